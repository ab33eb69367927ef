"""The permissions of one customer: the grid then beside now, every event, and what each event rests on."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from PySide6.QtCore import QDate, QSignalBlocker
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QDateEdit, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.permission_grid import PermissionGrid
from crmdesk.desk.customers.permissions_card import PermissionsCard
from crmdesk.desk.flow import flowing
from crmdesk.desk.form_dialog import buddy
from crmdesk.desk.permissions.evidence_card import EvidenceCard, status
from crmdesk.desk.permissions.receipt_dialog import ReceiptDialog
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import Card, button, label, scrolled
from crmdesk.desk.zoom import px
from crmdesk.domain.rights import Right, may
from crmdesk.services import permission_record, permissions
from crmdesk.services.permissions import Grid

_END = time(23, 59, 59, 999999)
TITLES = ("Date", "Purpose", "Channel", "What", "Until", "Source", "Proof", "Recorded")
WIDTHS = (96, 84, 88, 0, 96, 72, 56, 96)
IN_FULL_ALONE = (5, 7)  # source and day of record: in a narrow window they stand beside the table only
WIDE = 1000  # px from which then and now stand side by side
LEAST = 216  # px of the history, so that some events always show


class PermissionsTab(QWidget):
    """As of any day, and as it was known on any day: then stands beside now, what differs is outlined."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self._context = context
        self._now: Grid | None = None
        self._shown: Grid | None = None
        self._question: Any = None
        self.now_card = PermissionsCard(context)
        self.grid = PermissionGrid(context)  # then; it stands in for today's where nothing else is asked
        self.as_of, self.known_on = QDateEdit(), QDateEdit()
        self.note = label("", "muted")
        self.today_button: QPushButton = button("Back to today", self.back_to_today, "quiet", "What holds now")
        self.receipt_button = button("Receipt...", self.receipt, tip="What this customer permitted, to take home")
        self.restrict_button: QPushButton = button("Restrict", self._restrict)
        self.history = PlainTable("History of permissions", TITLES, WIDTHS)
        self.evidence = EvidenceCard(context)
        self.then_card = Card()
        self.then_card.rows.setContentsMargins(12, 12, 4, 12)
        self.then_title = label("", "heading")
        self.then_card.rows.addWidget(self.then_title)
        self.then_card.rows.addWidget(self.grid)
        self.then_card.setVisible(False)
        self.now_title = label("Now", "heading")
        self.now_card.rows.insertWidget(0, self.now_title)
        self._lay_out()
        self.restrict_button.setVisible(may(context.actor, Right.RESTRICT_CUSTOMER))
        for grid in (self.grid, self.now_card.grid):
            grid.evidence_asked.connect(self.point_to)
        self.history.selectionModel().currentRowChanged.connect(lambda *_: self._tell())
        self.history.activated.connect(lambda *_: self.evidence.ask())

    def _lay_out(self) -> None:
        tools, top = flowing()  # in as many lines as a narrow window needs
        for text, box, hint in (
            ("&As of", self.as_of, "What held on this day"),
            ("as &known on", self.known_on, "Only what had been recorded by this day"),
        ):
            box.setCalendarPopup(True)
            box.setDisplayFormat("d MMM yyyy")
            box.dateChanged.connect(self._ask)
            top.addWidget(buddy(text, box, hint))
            top.addWidget(box)
        for part in (self.today_button, self.restrict_button, self.receipt_button, self.note):
            top.addWidget(part)
        self._grids = QHBoxLayout()
        self._grids.setSpacing(12)
        self._grids.addWidget(self.then_card, 1)
        self._grids.addWidget(self.now_card, 1)
        lower = QHBoxLayout()
        lower.setSpacing(12)
        lower.addWidget(self.history, 2)
        lower.addWidget(self.evidence, 1)
        self.evidence.setMinimumWidth(px(260))
        self.history.setMinimumHeight(px(LEAST))
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addWidget(tools)
        column.addLayout(self._grids)
        column.addLayout(lower, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(inner))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = event.size().width() >= px(WIDE)
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._grids.direction() != way:
            self._grids.setDirection(way)
        for column in IN_FULL_ALONE:
            self.history.setColumnHidden(column, not wide)

    # Now and then -------------------------------------------------------------------------------------------------

    def show_now(self, grid: Grid) -> None:
        """What holds today; a day that was being looked at is left, for the history has grown since."""
        if self._question is not None:
            self._question.drop()  # it may be about another customer
        other = self._now is None or self._now.number != grid.number
        self._now = grid
        today = QDate(grid.at.year, grid.at.month, grid.at.day)
        for box in (self.as_of, self.known_on):
            with QSignalBlocker(box):
                box.setMaximumDate(today)
                box.setDate(today)
        self.now_card.show_now(grid)
        self.restrict_button.setText("Lift restriction" if grid.restricted else "Restrict processing")
        self.restrict_button.setToolTip("Only service messages go out while processing is restricted")
        if other:
            self.evidence.show_event(grid.number, None)
        self._show(grid)

    def show_then(self, grid: Grid) -> None:
        """Another day, or another knowledge, beside today."""
        self.then_title.setText(self._moment_words(grid))
        self._show(grid)

    def _show(self, grid: Grid) -> None:
        then = grid is not self._now
        self._shown = grid
        self.grid.show_grid(grid, self._now)
        self.then_card.setVisible(then)
        self.now_title.setVisible(then)
        self.today_button.setVisible(then)
        self.note.setText("What differs from today is outlined" if then else "Today")
        chosen = self.evidence.event.seq if self.evidence.event else None
        self.history.show_rows([
            (words.on(h.effective_at.date()), words.PURPOSES.get(h.purpose, h.purpose),
             words.CHANNELS.get(h.channel or "", "All channels"),
             f"{status(h).capitalize()}{', corrected' if h.voided else ''}", words.on(h.expires_on),
             words.way(h.source), "Yes" if h.has_evidence else "", words.on(h.recorded_at.date()))
            for h in grid.history
        ])  # fmt: skip
        self._select(chosen)

    def _moment_words(self, grid: Grid) -> str:
        held = f"On {words.on(grid.at.date())}"
        return f"{held}, as known on {words.on(grid.known_at.date())}" if grid.known_at else held

    def back_to_today(self) -> None:
        if self._now is not None:
            self.show_now(self._now)

    def _ask(self, _: QDate) -> None:
        if self._now is None:
            return
        if self._question is not None:
            self._question.drop()
        now, today = self._now, self._now.at.date()
        day, known = _day(self.as_of.date()), _day(self.known_on.date())
        if day == known == today:
            self.back_to_today()
            return
        app, actor = self._context.app, self._context.actor
        at = now.at if day == today else datetime.combine(day, _END, UTC)
        known_at = None if known == today else datetime.combine(known, _END, UTC)
        self._question = self._context.background(
            lambda: permissions.grid(app, actor, now.number, at, known_at), self.show_then, owner=self
        )

    # Events -------------------------------------------------------------------------------------------------------

    def point_to(self, seq: int | None) -> None:
        """Mark the event that decides a cell, and show what it rests on."""
        if self._select(seq):
            self.history.setFocus()
            self.evidence.ask()

    def _select(self, seq: int | None) -> bool:
        events = self._shown.history if self._shown else ()
        place = next((i for i, event in enumerate(events) if event.seq == seq), None)
        if place is not None:
            self.history.selectRow(place)
        return place is not None

    def _tell(self) -> None:
        """The event of the row that became the current one."""
        row = self.history.currentIndex().row()
        if self._shown is not None and 0 <= row < len(self._shown.history):
            event = self._shown.history[row]
            if self.evidence.event != event:
                self.evidence.show_event(self._shown.number, event)

    # Deeds --------------------------------------------------------------------------------------------------------

    def receipt(self) -> None:
        if self._now is not None:
            ReceiptDialog(self._context, self._now.number, self.window()).open()

    def _restrict(self) -> None:
        if self._now is None:
            return
        app, actor, number, on = self._context.app, self._context.actor, self._now.number, not self._now.restricted

        def done(change: Any) -> None:
            self._context.changed(change)
            self._context.notify(f"{number}: processing is restricted; only service messages go out." if on
                                 else f"{number}: the restriction is lifted.")  # fmt: skip

        self._context.background(lambda: permission_record.restrict(app, actor, number, on), done, owner=self)


def _day(shown: QDate) -> date:
    return date(shown.year(), shown.month(), shown.day())
