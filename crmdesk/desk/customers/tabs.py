"""The further tabs of a customer's page: timeline with its list, permissions then and now, and money."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers import words
from crmdesk.desk.customers.permission_grid import PermissionGrid
from crmdesk.desk.customers.plain_table import PlainTable
from crmdesk.desk.customers.timeline import TimelinePicture
from crmdesk.desk.widgets import Card, label
from crmdesk.services.customers import MARKS_AT_MOST, CustomerCard, Timeline, TimelineFilter
from crmdesk.services.permissions import Grid


def _column(tab: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(tab)
    column.setContentsMargins(0, 12, 0, 0)
    column.setSpacing(12)
    return column


def _named(row: QHBoxLayout, text: str, control: QWidget) -> None:
    """A label as the buddy of its control."""
    name = QLabel(text)
    name.setBuddy(control)
    row.addWidget(name)
    row.addWidget(control)


class TimelineTab(QWidget):
    """The whole past: picture above, list beneath; channel, mode and month narrow both."""

    asked = Signal(object)  # a TimelineFilter

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.picture = TimelinePicture(context)
        self.note = label("", "muted", wrap=True)
        self.channel, self.mode, self.month = QComboBox(), QComboBox(), QComboBox()
        self._fill(self.channel, "All channels", words.LANES)
        self._fill(self.mode, "All modes", words.MODES)
        self._fill(self.month, "All months", {})
        self.list = PlainTable(
            "Events", ("Date", "Channel", "What", "Mode", "Amount", "Response", "Campaign"),
            (112, 96, 0, 104, 120, 96, 150), frozenset({4}),
        )  # fmt: skip
        filters = QHBoxLayout()
        for name, box in (("C&hannel", self.channel), ("&Mode", self.mode), ("Mon&th", self.month)):
            box.setAccessibleName(name.replace("&", ""))
            box.activated.connect(lambda *_: self.asked.emit(self.wanted()))
            _named(filters, name, box)
        filters.addStretch(1)
        filters.addWidget(self.note)
        card = Card()
        card.rows.addWidget(self.picture)
        column = _column(self)
        column.addLayout(filters)
        column.addWidget(card)
        column.addWidget(self.list, 1)

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

        return TimelineFilter(one(self.channel), one(self.mode), (), self.month.currentData() or "")

    def show_all(self, line: Timeline, today: date) -> None:
        """A fresh customer: every filter open, the months on offer."""
        for box in (self.channel, self.mode):
            box.setCurrentIndex(0)
        months = sorted({m[0] for m in line.months}, reverse=True)
        self._fill(self.month, "All months", {m: words.month(m) for m in months})
        self.show_line(line, today)

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
        self.list.show_rows([
            (words.on(datetime.fromtimestamp(e.at, UTC).date()), words.LANES.get(e.channel, e.channel), e.label,
             words.MODES.get(e.mode, e.mode), words.exact(e.amount, e.currency or "") if e.amount is not None else "",
             (e.response or "").replace("_", " "), e.campaign or "")
            for e in line.events
        ])  # fmt: skip


class PermissionsTab(QWidget):
    """The grid as of any day, with what differs from today outlined, and every event behind it."""

    asked = Signal(object)  # an aware datetime

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.grid = PermissionGrid(context)
        self.as_of = QDateEdit()
        self.as_of.setCalendarPopup(True)
        self.as_of.setDisplayFormat("d MMM yyyy")
        self.as_of.setAccessibleName("As of")
        self.as_of.dateChanged.connect(self._ask)
        self.note = label("", "muted")
        self.history = PlainTable(
            "History of permissions", ("Date", "Purpose", "Channel", "What", "Until", "Source", "Proof", "Recorded"),
            (104, 88, 96, 0, 104, 96, 64, 104),
        )  # fmt: skip
        self.grid.evidence_asked.connect(self.point_to)
        self._now: Grid | None = None
        top = QHBoxLayout()
        _named(top, "&As of", self.as_of)
        top.addWidget(self.note)
        top.addStretch(1)
        card = Card()
        card.rows.addLayout(top)
        card.rows.addWidget(self.grid)
        column = _column(self)
        column.addWidget(card)
        column.addWidget(label("History", "heading"))
        column.addWidget(self.history, 1)

    def show_now(self, grid: Grid) -> None:
        self._now = grid
        self.as_of.blockSignals(True)
        self.as_of.setMaximumDate(QDate(grid.at.year, grid.at.month, grid.at.day))
        self.as_of.setDate(self.as_of.maximumDate())
        self.as_of.blockSignals(False)
        self.note.setText("Today")
        self.grid.show_grid(grid)
        self.history.show_rows([
            (words.on(h.effective_at.date()), words.PURPOSES.get(h.purpose, h.purpose),
             words.CHANNELS.get(h.channel or "", "All channels"), h.status.capitalize(), words.on(h.expires_on),
             h.source.replace("_", " "), "Yes" if h.has_evidence else "", words.on(h.recorded_at.date()))
            for h in grid.history
        ])  # fmt: skip

    def show_then(self, grid: Grid) -> None:
        self.grid.show_grid(grid, self._now)
        self.note.setText("What differs from today is outlined")

    def point_to(self, seq: int | None) -> None:
        """Mark the event that decides a cell."""
        places = [i for i, h in enumerate(self._now.history) if h.seq == seq] if self._now else []
        if places:
            self.history.selectRow(places[0])
            self.history.setFocus()

    def _ask(self, day: QDate) -> None:
        if self._now is None:
            return
        if day == self.as_of.maximumDate():
            self.show_now(self._now)
        else:
            self.asked.emit(datetime.combine(date(day.year(), day.month(), day.day()), time(23, 59, 59), UTC))


class MoneyTab(QWidget):
    """Every account, and the months behind the balance line."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.accounts = PlainTable(
            "Accounts", ("Product", "Kind", "Number", "Opened", "Closed", "Balance"), (0, 130, 130, 104, 104, 130),
            frozenset({5}),
        )  # fmt: skip
        self.months = PlainTable("Balance by month", ("Month", "Held"), (130, 0), frozenset({1}))
        column = _column(self)
        column.addWidget(label("Accounts", "heading"))
        column.addWidget(self.accounts, 2)
        column.addWidget(label("Held by month: current, savings and investment accounts", "heading"))
        column.addWidget(self.months, 3)

    def show_card(self, card: CustomerCard) -> None:
        self.accounts.show_rows([
            (a.product, words.FAMILIES.get(a.family, a.family) + (", authorised" if a.role != "owner" else ""),
             a.number, words.on(a.opened_on), words.on(a.closed_on),
             words.exact(a.months[max(a.months)], a.currency) if a.months else words.NOTHING)
            for a in card.accounts
        ])  # fmt: skip
        self.months.show_rows([(words.month(m), words.exact(v, card.currency)) for m, v in reversed(card.months)])
