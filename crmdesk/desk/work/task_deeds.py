"""What can be done with tasks, wherever they are shown: each deed in the background, told to every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.work import moments
from crmdesk.desk.work.colleagues import HandOverDialog
from crmdesk.desk.work.task_dialog import SnoozeDialog, TaskDialog
from crmdesk.domain.change import Change
from crmdesk.domain.rights import Right, may
from crmdesk.services import tasks
from crmdesk.services.tasks import TaskRow

TAKE_BACK = "Ctrl+Z takes it back."


class TaskDeeds:
    """The deeds of one view; `failed` shows an error there."""

    def __init__(self, context: DeskContext, view: QWidget, failed: Callable[[Exception], None] | None = None) -> None:
        self._context, self._view, self._failed = context, view, failed or context.notice_error

    @property
    def allowed(self) -> bool:
        return may(self._context.actor, Right.EDIT_WORK)

    def new(self, now: datetime, number: str = "", title: str = "") -> None:
        TaskDialog(self._context, self._view, now=now, number=number, title=title).open()

    def edit(self, row: TaskRow, now: datetime) -> None:
        TaskDialog(self._context, self._view, now=now, task=row).open()

    def done(self, rows: Sequence[TaskRow]) -> None:
        """Finish each open one of `rows`, one deed each."""
        self._each(tasks.done, [row for row in rows if row.state == "open"], "Done")

    def drop(self, rows: Sequence[TaskRow]) -> None:
        self._each(tasks.drop, [row for row in rows if row.state == "open"], "Dropped")

    def reopen(self, rows: Sequence[TaskRow]) -> None:
        self._each(tasks.reopen, [row for row in rows if row.state != "open"], "Open again")

    def hand_over(self, rows: Sequence[TaskRow]) -> None:
        chosen = [row for row in rows if row.state == "open"]
        if chosen:
            HandOverDialog(self._context, self._view, chosen).open()

    def snooze(self, row: TaskRow, until: datetime, now: datetime) -> None:
        app, actor = self._context.app, self._context.actor
        self._run(lambda: [tasks.snooze(app, actor, row.id, until)],
                  f"Snoozed until {moments.moment(until, now)}: {row.title}. {TAKE_BACK}")  # fmt: skip

    def snooze_menu(self, row: TaskRow, now: datetime, at: QPoint) -> QMenu:
        """The choices of a snooze as a menu at a place on the screen; the last one asks for a time."""
        menu = QMenu(self._view)
        menu.setAccessibleName(f"Snooze {row.title}")
        for words, until in moments.snoozes(now):
            menu.addAction(words).triggered.connect(lambda *_, end=until: self.snooze(row, end, now))
        another = menu.addAction("Until another time...")
        another.triggered.connect(lambda *_: SnoozeDialog(self._context, self._view, row, now).open())
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
        return menu

    def _each(self, deed: Callable[..., Change], rows: Sequence[TaskRow], words: str) -> None:
        app, actor = self._context.app, self._context.actor
        if rows:
            one = len(rows) == 1
            what = rows[0].title if one else f"{len(rows)} tasks"
            back = TAKE_BACK if one else "Ctrl+Z takes them back, one after the other."
            self._run(lambda: [deed(app, actor, row.id) for row in rows], f"{words}: {what}. {back}")

    def _run(self, work: Callable[[], list[Change]], words: str) -> None:
        def arrived(changes: list[Change]) -> None:
            for change in changes:
                self._context.changed(change)
            self._context.notify(words)

        def failed(error: Any) -> None:
            self._failed(error)

        self._context.background(work, arrived, failed, self._view)
