"""The tab Timeline of a customer's page: picture above, list beneath, filters over both, and the way to reverse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.timeline import TimelinePicture
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import Card, button, label
from crmdesk.desk.zoom import px
from crmdesk.domain.interaction import CELLS
from crmdesk.domain.rights import Right, may
from crmdesk.services import interactions
from crmdesk.services.customers import MARKS_AT_MOST, Event, Timeline, TimelineFilter

ACTIVITIES: Final = {c.activity: c.activity.replace("_", " ").capitalize() for c in CELLS}
REASON: Final = 200  # letters of a reason
_Index = QModelIndex | QPersistentModelIndex


class Struck(QStyledItemDelegate):
    """What was reversed is struck through; the note beside it says so in words."""

    def __init__(self, tab: TimelineTab) -> None:
        super().__init__(tab)
        self._tab = tab

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        if self._tab.events[index.row()].reversed:
            font = QFont(option.font)
            font.setStrikeOut(True)
            option.font = font


class TimelineTab(QWidget):
    """The whole past; channel, mode, activity and month narrow both picture and list."""

    asked = Signal(object)  # a TimelineFilter

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self._context = context
        self._number = ""
        self.events: tuple[Event, ...] = ()
        self.picture = TimelinePicture(context)
        self.note = label("", "muted", wrap=True)
        self.channel, self.mode, self.activity, self.month = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self._fill(self.channel, "All channels", words.LANES)
        self._fill(self.mode, "All modes", words.MODES)
        self._fill(self.activity, "All activities", dict(sorted(ACTIVITIES.items(), key=lambda one: one[1])))
        self._fill(self.month, "All months", {})
        self.list = PlainTable(
            "Events", ("Date", "Channel", "What", "Mode", "Amount", "Response", "Note"),
            (104, 92, 0, 100, 116, 90, 0), frozenset({4}),
        )  # fmt: skip
        self.list.setItemDelegate(Struck(self))
        self.list.selectionModel().currentRowChanged.connect(lambda *_: self._fit())
        self.reverse_button = button("Reverse...", self.reverse, tip="It stays, struck through, and counts no more")
        card = Card()
        card.rows.addWidget(self.picture)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._filters())
        column.addWidget(card)
        column.addWidget(self.note)
        column.addWidget(self.list, 1)
        self.reverse_button.setVisible(may(context.actor, Right.ADD_INTERACTION))

    def _filters(self) -> QHBoxLayout:
        filters = QHBoxLayout()
        filters.setSpacing(8)
        for name, box in (("C&hannel", self.channel), ("&Mode", self.mode), ("Acti&vity", self.activity),
                          ("Mon&th", self.month)):  # fmt: skip
            filters.addWidget(buddy(name, box))
            filters.addWidget(box)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(12)
            box.activated.connect(lambda *_: self.asked.emit(self.wanted()))
        filters.addStretch(1)
        filters.addWidget(self.reverse_button)
        return filters

    @staticmethod
    def _fill(box: QComboBox, everything: str, options: dict[str, str]) -> None:
        box.clear()
        box.addItem(everything, "")
        for value, text in options.items():
            box.addItem(text, value)

    def wanted(self) -> TimelineFilter:
        """The filter as chosen; postings of the bank show only when asked for."""

        def one(box: QComboBox) -> tuple[str, ...]:
            return (box.currentData(),) if box.currentData() else ()

        return TimelineFilter(one(self.channel), one(self.mode), one(self.activity), self.month.currentData() or "")

    def show_all(self, number: str, line: Timeline, today: date) -> None:
        """The whole line of a customer: every filter open for another one, kept for one who was refreshed."""
        other, self._number = number != self._number, number
        month = "" if other else str(self.month.currentData() or "")
        if other:
            for box in (self.channel, self.mode, self.activity):
                box.setCurrentIndex(0)
        months = sorted({m[0] for m in line.months}, reverse=True)
        self._fill(self.month, "All months", {m: words.month(m) for m in months})
        self.month.setCurrentIndex(max(0, self.month.findData(month)))
        if self.wanted() == TimelineFilter():
            self.show_line(line, today)
        else:
            self.asked.emit(self.wanted())

    def show_line(self, line: Timeline, today: date) -> None:
        first = date.fromisoformat(f"{line.months[0][0]}-01") if line.months else date(today.year - 1, today.month, 1)
        self.picture.show_line(line, first, today)
        parts = [f"{words.count(line.total)} events" if line.total != 1 else "1 event"]
        if line.total > MARKS_AT_MOST:
            parts.append(f"the newest {words.count(MARKS_AT_MOST)} listed; choose a month for older ones")
        if line.postings:
            posted = "1 posting" if line.postings == 1 else f"{words.count(line.postings)} postings"
            parts.append(f"{posted} by the bank left out")
        self.note.setText("; ".join(parts) + ".")
        self.events = line.events
        self.list.show_rows([
            (words.on(datetime.fromtimestamp(e.at, UTC).date()), words.LANES.get(e.channel, e.channel), what(e),
             words.MODES.get(e.mode, e.mode), words.exact(e.amount, e.currency or "") if e.amount is not None else "",
             (e.response or "").replace("_", " "), note_of(e))
            for e in line.events
        ])  # fmt: skip
        self._fit()

    def chosen(self) -> Event | None:
        row = self.list.currentIndex().row()
        return self.events[row] if 0 <= row < len(self.events) else None

    def _fit(self) -> None:
        one = self.chosen()
        good = one is not None and one.id is not None and not one.reversed and one.channel != "system"
        self.reverse_button.setEnabled(good)
        tip = "It stays, struck through, and counts no more" if good else "Choose an interaction that still counts"
        self.reverse_button.setToolTip(tip)

    def reverse(self) -> None:
        one = self.chosen()
        if one is not None and one.id is not None:
            ReverseDialog(self._context, self, one).open()


class ReverseDialog(FormDialog):
    """Why it does not count: a reversal is a further row, so the past stays readable."""

    def __init__(self, context: DeskContext, parent: QWidget, event: Event) -> None:
        day = words.on(datetime.fromtimestamp(event.at, UTC).date())
        super().__init__(context, parent, "Reverse an interaction", "Reverse interaction",
                         f"{event.label}, {day}. It stays in the timeline, struck through, and counts no more. "
                         "A reversal cannot be taken back; record the interaction again instead.")  # fmt: skip
        self._event = event
        self.reason = QLineEdit()
        self.reason.setMaxLength(REASON)
        self.fields.addWidget(buddy("&Why", self.reason, "In a few words"))
        self.fields.addWidget(self.reason)
        self.setMinimumWidth(px(440))

    def work(self) -> Callable[[], Any]:
        app, actor, reason = self.context.app, self.context.actor, self.reason.text().strip()
        row = int(self._event.id or 0)
        return lambda: interactions.reverse(app, actor, row, reason)

    def done_words(self, saved: Any) -> str:
        return f"Reversed: {self._event.label}. It counts no more."


def what(event: Event) -> str:
    """The activity without its channel, which has a column of its own."""
    activity = event.label.partition(", ")[2]
    return activity[:1].upper() + activity[1:] if activity else event.label


def note_of(event: Event) -> str:
    """What stands beside an event: its note, of a reversed one when and why, and its campaign."""
    return ", ".join(part for part in (event.note, event.campaign or "") if part)
