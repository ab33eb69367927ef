"""The card of what is to be done for a customer: open tasks with [Done], and a way to a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.reason import offer
from crmdesk.desk.widgets import Card, Elided, button, clear, label
from crmdesk.desk.work import moments
from crmdesk.desk.work.task_deeds import TaskDeeds
from crmdesk.services.tasks import TaskRow

SHOWN: Final = 4


class TasksCard(Card):
    """`see` leads to the tab with all of them."""

    def __init__(self, context: DeskContext, see: Callable[[], Any]) -> None:
        super().__init__()
        self._see = see
        self._deeds = TaskDeeds(context, self)
        self._number = ""
        self._now: datetime | None = None
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        foot = QHBoxLayout()
        foot.addWidget(label("To do", "heading"))
        foot.addStretch(1)
        self.new_button = button("New task...", self.new, tip="A task about this customer")
        self.all_button = button("See all", see, "quiet", "The tab Tasks")
        foot.addWidget(self.all_button)
        foot.addWidget(self.new_button)
        self.rows.setSpacing(4)
        self.rows.addLayout(foot)
        self.rows.addLayout(self._column)
        self.new_button.setVisible(self._deeds.allowed)

    def show_all(self, number: str, found: Sequence[TaskRow] | None, now: datetime, why_not: str = "") -> None:
        """None: the person may not read tasks, so the card is absent. `why_not`: no task may be made here."""
        self._number, self._now = number, now
        offer(self.new_button, why_not, "A task about this customer")
        self.setVisible(found is not None)
        waiting = [one for one in found or () if one.state == "open"]
        clear(self._column)
        for one in waiting[:SHOWN]:
            self._column.addWidget(self._line(one, now))
        if not waiting:
            self._column.addWidget(label("Nothing is to be done for this customer.", "muted"))
        more = len(waiting) - SHOWN
        self.all_button.setText(f"See {more} more" if more > 0 else "See all")
        self.all_button.setVisible(bool(found))

    def new(self) -> None:
        if self._now is not None:
            self._deeds.new(self._now, self._number)

    def _line(self, one: TaskRow, now: datetime) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        due = moments.due(one.at, now)
        when = label(due, "fault" if one.at < now else "muted")
        what = Elided(one.title)
        what.setToolTip(f"{one.title}. {due}, {one.owner_name}.")
        row.addWidget(when)
        row.addWidget(what, 1)
        if self._deeds.allowed:
            done = button("Done", lambda: self._deeds.done([one]), "quiet", f"Done: {one.title}")
            done.setAccessibleName(f"Done: {one.title}")
            done.setStyleSheet("QPushButton { min-height: 16px; padding: 2px 7px; }")
            row.addWidget(done, 0, Qt.AlignmentFlag.AlignRight)
        return holder
