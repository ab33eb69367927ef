"""The permissions of one customer: the grid as of any day beside today's, and every event behind it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.permission_grid import PermissionGrid
from crmdesk.desk.customers.tabs import _column, _named
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import Card, label
from crmdesk.services.permissions import Grid


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
