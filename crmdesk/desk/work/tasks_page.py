"""The page of tasks: what is due in one sentence, the list by due date, and its deeds beneath."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPushButton, QVBoxLayout

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import buddy
from crmdesk.desk.page import Page
from crmdesk.desk.widgets import button, label
from crmdesk.desk.work import moments
from crmdesk.desk.work.task_deeds import TaskDeeds
from crmdesk.desk.work.task_table import TaskTable
from crmdesk.services import tasks
from crmdesk.services.tasks import Agenda, TaskRow

SHOWS: Final = (("All that are open", "open"), ("Due today or before", "due"), ("Done and dropped", "ended"))


@dataclass(frozen=True)
class Found:
    """The rows that are shown, the counts of the head, and the bank's clock; `still` where that stands still."""

    rows: list[TaskRow]
    agenda: Agenda
    late: int
    now: datetime
    still: bool


class TasksPage(Page):
    """Every deed has a key and a button; F5 asks again."""

    name: ClassVar[str] = "tasks"
    tables: ClassVar[frozenset[str]] = frozenset({"task"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Tasks")
        self.deed = TaskDeeds(context, self, self.show_error)
        self._now = datetime.now(UTC)
        self.table = TaskTable(context, "Tasks by due date")
        self.table.asked.connect(self.do)
        self.table.chosen_changed.connect(self._follow)
        self.shows = QComboBox()
        for title, key in SHOWS:
            self.shows.addItem(title, key)
        self.shows.currentIndexChanged.connect(lambda *_: self.refresh())
        self.all = QCheckBox("Those of colleagues too")
        self.all.toggled.connect(lambda *_: self.refresh())
        self._buttons: dict[str, QPushButton] = {}
        if self.deed.allowed:
            self.new_button = self.add_deed(
                "New task", lambda: self.deed.new(self._now), "primary", "Write down a task (Ctrl+Shift+T)"
            )
        self._clock = label("", "tag")
        self._clock.setVisible(False)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._filters())
        column.addWidget(self.table, 1)
        column.addLayout(self._deeds())

    def _filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(buddy("&Show", self.shows))
        row.addWidget(self.shows)
        row.addWidget(self.all)
        row.addStretch(1)
        row.addWidget(self._clock)
        return row

    def _deeds(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        ways = (("done", "Finish task", "D"), ("snooze", "Snooze task...", "S"), ("hand_over", "Hand over...", "H"),
                ("edit", "Change task...", "Enter"), ("drop", "Drop task", "Delete"), ("reopen", "Reopen task", "R"),
                ("open", "Open customer", "O"))  # fmt: skip
        for key, title, shortcut in ways:
            if self.deed.allowed or key == "open":
                self._buttons[key] = button(title, lambda k=key: self.do(k), "", f"{title.rstrip('.')} ({shortcut})")
                row.addWidget(self._buttons[key])
        row.addStretch(1)
        return row

    def refresh(self) -> None:
        app, actor = self.context.app, self.context.actor
        shown, mine = self.shows.currentData(), not self.all.isChecked()

        def ask() -> Found:
            assert app is not None
            now = app.store.clock()
            end = moments.end_of_day(now)
            rows = tasks.due(app, actor, mine=mine, until=end if shown == "due" else None, done=shown == "ended")
            late = tasks.agenda(app, actor, moments.start_of_day(now), mine=mine).due
            still = app.store.state().invented_until is not None
            return Found(rows, tasks.agenda(app, actor, end, mine=mine), late, now, still)

        self.load(ask, self._show)

    def find(self) -> None:
        self.table.setFocus()

    def _show(self, found: Found) -> None:
        self._now = found.now
        self._clock.setVisible(found.still)
        self._clock.setText(f"Invented bank: its clock stands at {found.now.astimezone():%H:%M}, "
                            f"{words.on(found.now.astimezone().date())}")  # fmt: skip
        first = f" The first {tasks.AT_MOST} are listed." if len(found.rows) >= tasks.AT_MOST else ""
        self.say(moments.agenda_words(found.agenda, found.now, found.late) + first)
        self.table.show_rows(found.rows, found.now)
        if self.deed.allowed:
            self.new_button.setVisible(bool(found.rows))  # one filled button in a view: the empty page has its own
        if not found.rows:
            self._show_nothing()

    def _show_nothing(self) -> None:
        if self.shows.currentData() == "ended":
            self.show_empty("No task was finished or dropped yet.", "Show the open tasks", self._show_open)
        elif self.shows.currentData() == "due":
            self.show_empty(self.answer.text(), "Show all that are open", self._show_open)
        else:
            ways = [("Write down a task", self._write)] if self.deed.allowed else []
            ways += [("See those of colleagues", lambda: self.all.setChecked(True))] if not self.all.isChecked() else []
            self.show_no_match("No task is open.", *ways)

    def _write(self) -> None:
        self.deed.new(self._now)

    def _show_open(self) -> None:
        self.shows.setCurrentIndex(0)

    def _follow(self) -> None:
        """Only the deeds that the chosen rows allow are there to be pressed."""
        chosen = self.table.chosen()
        open_ = bool(chosen) and all(row.state == "open" for row in chosen)
        one = len(chosen) == 1
        can = {"done": open_, "snooze": open_ and one, "hand_over": open_, "edit": one, "drop": open_,
               "reopen": bool(chosen) and not any(row.state == "open" for row in chosen),
               "open": one and bool(chosen[0].number)}  # fmt: skip
        for key, made in self._buttons.items():
            made.setEnabled(can[key])

    def do(self, key: str) -> None:
        """A deed by its name, on the rows that are chosen."""
        chosen = self.table.chosen()
        if not chosen or key not in self._buttons or not self._buttons[key].isEnabled():
            return
        if key == "open":
            self.context.open_page("customer", number=chosen[0].number)
        elif key == "edit":
            self.deed.edit(chosen[0], self._now)
        elif key == "snooze":
            under = self._buttons["snooze"]
            self.deed.snooze_menu(chosen[0], self._now, under.mapToGlobal(QPoint(0, under.height())))
        else:
            {"done": self.deed.done, "drop": self.deed.drop, "reopen": self.deed.reopen,
             "hand_over": self.deed.hand_over}[key](chosen)  # fmt: skip
