"""The state of the whole bank's permissions on one day: the grid, and the states of the chosen cell as a table."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from PySide6.QtCore import QDate, QSignalBlocker, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import buddy
from crmdesk.desk.permissions.bank_grid import STATES, BankGrid, SwatchDelegate, named, percent
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.theme import GLYPHS, WORDS
from crmdesk.desk.widgets import Card, button, label, scrolled
from crmdesk.desk.zoom import px
from crmdesk.domain.filter import Chip
from crmdesk.services.permission_bank import Overview, Place

_END = time(23, 59, 59, 999999)
LEAST = 108  # px of the table of states
MEANS = {
    "granted": "said yes, and the grant has not ended", "pending": "were asked and have not answered",
    "none": "were never asked", "expired": "said yes, and the grant has ended", "refused": "said no when asked",
    "withdrawn": "took their yes back", "objected": "objected: only their own later grant lifts it",
    "restricted": "their data may not be used at all", "erased": "are erased",
}  # fmt: skip
SILENT = "said nothing against it; the bank rests on its legitimate interest"


class StateTab(QWidget):
    """`asked(at, known_at)`: another day was chosen; None is today."""

    asked = Signal(object, object)

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self._context = context
        self._today: date | None = None
        self.grid = BankGrid(context)
        self.as_of, self.known_on = QDateEdit(), QDateEdit()
        self.today_button: QPushButton = button("Back to today", self._back, "quiet", "What holds now")
        self.today_button.setVisible(False)
        self.cell_title = label("", "heading")
        self.see_button: QPushButton = button("See customers", self._see, tip="Who may be contacted this way (Enter)")
        self.states = PlainTable("States of the chosen permission", ("State", "Customers", "Share", "They"),
                                 (132, 96, 72, 0), frozenset({1, 2}))  # fmt: skip
        self.swatches = SwatchDelegate(context, self.states)
        self.states.setItemDelegateForColumn(0, self.swatches)
        self.grid.chosen.connect(self._tell)
        self.grid.opened.connect(lambda _: self._see())
        self._lay_out()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        for text, box, hint in (
            ("&As of", self.as_of, "What held on this day"),
            ("as &known on", self.known_on, "Only what had been recorded by this day"),
        ):
            box.setCalendarPopup(True)
            box.setDisplayFormat("d MMM yyyy")
            box.dateChanged.connect(self._ask)
            top.addWidget(buddy(text, box, hint))
            top.addWidget(box)
        top.addWidget(self.today_button)
        top.addStretch(1)
        below = QHBoxLayout()
        below.addWidget(self.cell_title)
        below.addStretch(1)
        below.addWidget(self.see_button)
        card = Card()
        card.rows.setContentsMargins(12, 4, 4, 8)
        card.rows.addWidget(self.grid)
        self.states.setMinimumHeight(px(LEAST))
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(card)
        column.addLayout(below)
        column.addWidget(self.states, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(inner))

    def show_overview(self, overview: Overview, today: date) -> None:
        self._today = today
        last = QDate(today.year, today.month, today.day)
        for box, shown in ((self.as_of, overview.at), (self.known_on, overview.known_at)):
            with QSignalBlocker(box):
                box.setMaximumDate(last)
                box.setDate(QDate(shown.year, shown.month, shown.day) if shown else last)
        self.today_button.setVisible(self._moment() != (None, None))
        self.grid.show_overview(overview)
        self._tell(self.grid.place)

    def _moment(self) -> tuple[datetime | None, datetime | None]:
        """The day looked at and the day of the knowledge, as moments; None is today."""
        days = [date(d.year(), d.month(), d.day()) for d in (self.as_of.date(), self.known_on.date())]
        at, known = (None if day == self._today else datetime.combine(day, _END, UTC) for day in days)
        return at, known

    def _ask(self, _: QDate) -> None:
        if self._today is not None:
            self.asked.emit(*self._moment())

    def _back(self) -> None:
        for box in (self.as_of, self.known_on):
            with QSignalBlocker(box):
                box.setDate(box.maximumDate())
        self.asked.emit(None, None)

    def _tell(self, place: Place) -> None:
        """The states of a cell, from yes to the strictest no."""
        overview = self.grid.bank.overview
        if overview is None:
            return
        counts = overview.rows.get(place, {})
        yes = overview.allowed.get(place, 0)
        silent = place[1] is None and yes > counts.get("granted", 0)  # the recorded basis lets silence pass
        told = f"{words.count(yes)} of {words.count(overview.customers)} customers ({percent(yes, overview.customers)})"
        self.cell_title.setText(f"{named(place)}: {told} may be {'used' if place[1] is None else 'reached'}")
        self.see_button.setVisible(place[0] == "marketing")
        rows: list[tuple[Any, ...]] = [
            (f"{GLYPHS[state]} {WORDS[state]}", words.count(counts[state]), percent(counts[state], overview.customers),
             SILENT if silent and state in ("none", "pending") else MEANS[state])
            for state in STATES if counts.get(state)
        ]  # fmt: skip
        self.swatches.states = tuple(state for state in STATES if counts.get(state))
        self.states.show_rows(rows)

    def _see(self) -> None:
        """The customers whom offers may reach on the chosen channel today."""
        purpose, channel = self.grid.place
        if purpose == "marketing" and channel:
            self._context.open_page("customers", text="", filters=(Chip("marketing", "is", (channel,)),))
