"""The further tabs of a customer's page: timeline with its list, and money."""

from __future__ import annotations

from datetime import UTC, date, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.timeline import TimelinePicture
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import Card, label
from crmdesk.services.customers import MARKS_AT_MOST, CustomerCard, Timeline, TimelineFilter


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
