"""Reminders: the task that rings first is told in a row above the jobs; the focus stays where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from crmdesk.desk.background import Ticket
from crmdesk.desk.context import DeskContext
from crmdesk.desk.widgets import Elided, button, clear
from crmdesk.desk.work import moments
from crmdesk.domain.change import Change
from crmdesk.domain.rights import Right, may

if TYPE_CHECKING:
    from datetime import datetime

    from crmdesk.services.tasks import TaskRow

EVERY: Final = 30_000  # ms


class Reminders(QFrame):
    """One row for the first task that rings, with how many more do; it is not there while none rings.

    What rings is read from the bank: a restart forgets none, and one that was only closed here rings again.
    """

    def __init__(self, context: DeskContext, every: int = EVERY) -> None:
        super().__init__()
        self.context = context
        self.setAccessibleName("Reminders")
        self._closed: set[tuple[int, Any]] = set()
        self._spoken: set[tuple[int, Any]] = set()
        self._call: Ticket | None = None
        self._shown: Any = None
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(16, 4, 16, 4)
        self._rows.setSpacing(4)
        self.setVisible(False)
        self._timer = QTimer(self, interval=every)
        self._timer.timeout.connect(self.look)
        context.hub.changed.connect(self._changed)

    def start(self) -> None:
        """A bank is open now."""
        self._closed.clear()
        self._spoken.clear()
        self._call = None
        if may(self.context.actor, Right.READ_WORK):
            self._timer.start()
            self.look()

    def stop(self) -> None:
        self._timer.stop()
        self._show([], None)

    def look(self) -> None:
        """Ask what rings now."""
        app, actor = self.context.app, self.context.actor
        if app is None or not self._timer.isActive():
            return

        def ask() -> tuple[list[TaskRow], datetime]:
            from crmdesk.services import tasks  # brings the store: in a thread, after the first frame

            return tasks.reminders(app, actor), app.store.clock()

        if self._call is not None:
            self._call.drop()
        self._call = self.context.background(ask, lambda found: self._show(*found), lambda _: None, self)

    def _changed(self, change: Change) -> None:
        if "task" in change.touched:
            self.look()

    def _show(self, found: list[TaskRow], now: datetime | None) -> None:
        rows = [row for row in found if _ring(row) not in self._closed]
        shown = (rows[0], moments.due(rows[0].due_at, now), len(rows)) if rows and now else None
        if shown != self._shown:  # a row that stays as it is keeps the focus it may have
            self._shown = shown
            clear(self._rows)
            if rows and now:
                self._rows.addWidget(self._row(rows[0], now, len(rows) - 1))
        self.setVisible(bool(rows))
        fresh = [row for row in rows if _ring(row) not in self._spoken]
        self._spoken |= {_ring(row) for row in rows}
        if fresh:
            tail = f" and {len(fresh) - 1} more" if len(fresh) > 1 else ""
            self.context.notify(f"To think of: {fresh[0].title}{tail}")

    def _row(self, row: TaskRow, now: datetime, more: int) -> QFrame:
        from crmdesk.desk.work.task_deeds import TaskDeeds  # brings the store, which is loaded by now

        made = QFrame()
        made.setProperty("role", "card")
        across = QHBoxLayout(made)
        across.setContentsMargins(12, 4, 8, 4)
        across.setSpacing(8)
        about = f", {row.name}" if row.name else ""
        words = Elided(f"{moments.due(row.due_at, now)}: {row.title}{about}")
        across.addWidget(words, 1)
        deeds = TaskDeeds(self.context, self)
        if deeds.allowed:
            across.addWidget(self._named("Finish task", lambda: deeds.done([row]), row))
            snooze = self._named("Snooze task...", lambda: None, row)
            snooze.clicked.connect(
                lambda *_: deeds.snooze_menu(row, now, snooze.mapToGlobal(QPoint(0, snooze.height())))
            )
            across.addWidget(snooze)
        if row.number:
            across.addWidget(self._named("Open customer", lambda: self._open(row), row))
        if more:
            across.addWidget(button(f"See {more} more", self._open_tasks, "quiet", "Open the page Tasks"))
        across.addWidget(self._named("Close", lambda: self._close(row), row))
        return made

    @staticmethod
    def _named(text: str, deed: Any, row: TaskRow) -> Any:
        made = button(text, deed, "quiet", f"{text.rstrip('.')}: {row.title}")
        made.setAccessibleName(f"{text.rstrip('.')}: {row.title}")
        return made

    def _open(self, row: TaskRow) -> None:
        self.context.open_page("customer", number=row.number)

    def _open_tasks(self) -> None:
        self.context.open_page("tasks")

    def _close(self, row: TaskRow) -> None:
        """Ring no more until the bank is opened again; the task stays due."""
        self._closed.add(_ring(row))
        self.look()


def _ring(row: TaskRow) -> tuple[int, Any]:
    """What rings: the task at that moment, so that a later snooze rings anew."""
    return row.id, row.snoozed_until or row.remind_at
