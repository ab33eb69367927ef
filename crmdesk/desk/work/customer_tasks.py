"""The tasks and opportunities of one customer, as the tab of the customer's page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.background import Ticket
from crmdesk.desk.context import DeskContext
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import button, label
from crmdesk.desk.work import stages
from crmdesk.desk.work.opportunity_dialog import OpportunityDialog
from crmdesk.desk.work.task_deeds import TaskDeeds
from crmdesk.desk.work.task_model import DUE, OWNER, WHAT
from crmdesk.desk.work.task_table import TaskTable
from crmdesk.desk.zoom import px
from crmdesk.domain.change import Change
from crmdesk.services import opportunities, tasks
from crmdesk.services.opportunities import OpportunityRow
from crmdesk.services.tasks import TaskRow

TALL = 190  # px of the opportunities at most: there are few


class CustomerTasks(QWidget):
    """`show_customer(number)` asks again; it also refreshes by itself when tasks or opportunities change."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.context = context
        self.number = ""
        self._call: Ticket | None = None
        self._now = datetime.now(UTC)
        self._opportunities: list[OpportunityRow] = []
        self.deed = TaskDeeds(context, self)
        self.tasks = TaskTable(context, "Tasks about this customer", (DUE, WHAT, OWNER))
        self.tasks.asked.connect(self.do)
        self.tasks.chosen_changed.connect(self._follow)
        self.chances = PlainTable(
            "Opportunities of this customer", ("Stage", "What", "Value", "Next step", "Owner"), (90, 0, 110, 220, 110),
            frozenset({2}),
        )  # fmt: skip
        self.chances.setMaximumHeight(px(TALL))
        self.chances.doubleClicked.connect(lambda *_: self.change_chance())
        self.chances.activated.connect(lambda *_: self.change_chance())
        self.task_words, self.chance_words = label("", "heading"), label("", "heading")
        self._buttons: dict[str, QPushButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._head(self.task_words, "New task", lambda: self.deed.new(self._now, self.number)))
        column.addWidget(self.tasks, 2)
        column.addLayout(self._task_deeds())
        column.addSpacing(8)
        column.addLayout(self._head(self.chance_words, "New opportunity", self.new_chance))
        column.addWidget(self.chances, 1)
        column.addStretch(0)  # with neither table both sentences stand at the top
        context.hub.changed.connect(self._changed)

    def _head(self, words_: QWidget, text: str, deed: Any) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(words_)
        row.addStretch(1)
        if self.deed.allowed:
            row.addWidget(button(text, deed, "", f"{text} for this customer"))
        return row

    def _task_deeds(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        ways = (("done", "Finish task", "D"), ("snooze", "Snooze task...", "S"), ("hand_over", "Hand over...", "H"),
                ("edit", "Change task...", "Enter"), ("drop", "Drop task", "Delete"),
                ("reopen", "Reopen task", "R"))  # fmt: skip
        for key, title, shortcut in ways if self.deed.allowed else ():
            self._buttons[key] = button(title, lambda k=key: self.do(k), "", f"{title.rstrip('.')} ({shortcut})")
            row.addWidget(self._buttons[key])
        row.addStretch(1)
        return row

    def show_customer(self, number: str) -> None:
        """Everything to do about the customer with this number."""
        self.number = number
        app, actor = self.context.app, self.context.actor
        if not number or app is None:
            return
        if self._call is not None:
            self._call.drop()  # its answer may come after the newer one
        self._call = self.context.background(
            lambda: (tasks.of_customer(app, actor, number), opportunities.of_customer(app, actor, number),
                     app.store.clock()),
            lambda found: self._fill(number, *found), owner=self,
        )  # fmt: skip

    def _fill(self, number: str, found: list[TaskRow], chances: list[OpportunityRow], now: datetime) -> None:
        if number != self.number:
            return
        self._now, self._opportunities = now, chances
        open_ = sum(row.state == "open" for row in found)
        self.task_words.setText("No task is open." if not open_ else "1 task is open." if open_ == 1
                                else f"{open_} tasks are open.")  # fmt: skip
        self.tasks.show_rows(found, now)
        self.tasks.setVisible(bool(found))
        together = stages.worth(row for row in chances if row.stage not in ("won", "lost"))
        self.chance_words.setText(f"Opportunities: {together} under way" if together else
                                  "Opportunities" if chances else "No opportunity yet.")  # fmt: skip
        self.chances.setVisible(bool(chances))
        self.chances.show_rows([
            (stages.TITLES[row.stage], row.title, words.money(row.value, row.currency), stages.next_words(row),
             row.owner_name)
            for row in chances
        ])  # fmt: skip
        self._follow()

    def _changed(self, change: Change) -> None:
        if {"task", "opportunity"} & set(change.touched) and self.number:
            self.show_customer(self.number)

    def _follow(self) -> None:
        chosen = self.tasks.chosen()
        open_ = bool(chosen) and all(row.state == "open" for row in chosen)
        one = len(chosen) == 1
        can = {"done": open_, "snooze": open_ and one, "hand_over": open_, "edit": one, "drop": open_,
               "reopen": bool(chosen) and not any(row.state == "open" for row in chosen)}  # fmt: skip
        for key, made in self._buttons.items():
            made.setEnabled(can[key])
            made.setVisible(bool(self.tasks.tasks.rows))

    def do(self, key: str) -> None:
        """A deed by its name, on the tasks that are chosen."""
        chosen = self.tasks.chosen()
        if not chosen or key not in self._buttons or not self._buttons[key].isEnabled():
            return
        if key == "edit":
            self.deed.edit(chosen[0], self._now)
        elif key == "snooze":
            under = self._buttons["snooze"]
            self.deed.snooze_menu(chosen[0], self._now, under.mapToGlobal(QPoint(0, under.height())))
        else:
            {"done": self.deed.done, "drop": self.deed.drop, "reopen": self.deed.reopen,
             "hand_over": self.deed.hand_over}[key](chosen)  # fmt: skip

    def new_chance(self) -> None:
        OpportunityDialog(self.context, self, number=self.number).open()

    def change_chance(self) -> None:
        at = self.chances.currentIndex().row()
        if self.deed.allowed and 0 <= at < len(self._opportunities):
            OpportunityDialog(self.context, self, row=self._opportunities[at]).open()
