"""Colleagues to hand tasks over to, and a new one, who needs no password for that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.widgets import button
from crmdesk.desk.work.task_dialog import WIDE, StaffField, form_rows
from crmdesk.desk.zoom import px
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Right, may
from crmdesk.services import staff, tasks
from crmdesk.services.tasks import TaskRow

ADD: Final = "Add a colleague..."
NOBODY: Final = "There is nobody else to hand it to"


class AddColleagueDialog(FormDialog):
    """A new colleague; `added(login)` is called once it is saved."""

    def __init__(self, context: DeskContext, parent: QWidget | None, added: Callable[[str], Any]) -> None:
        super().__init__(context, parent, "Add a colleague", "Add colleague")
        self._added = added
        self.setMinimumWidth(px(WIDE))
        self.named, self.login = QLineEdit(), QLineEdit()
        self.branch = QComboBox()
        self.branch.addItem("No branch", "")
        for field in (self.named, self.login):
            field.setMaxLength(staff.LONGEST)
        rows = form_rows()
        for title, field, hint in (("&Name", self.named, "As tasks and lists show it"),
                                   ("&Login", self.login, "The name this person signs in to the computer with"),
                                   ("&Branch", self.branch, "")):  # fmt: skip
            rows.addRow(buddy(title, field, hint), field)
        self.fields.addLayout(rows)
        self.named.setFocus()
        app, actor = context.app, context.actor
        context.background(lambda: staff.branches(app, actor), self._fill, owner=self)

    def _fill(self, branches: list[tuple[str, str]]) -> None:
        for code, name in branches:
            self.branch.addItem(name, code)

    def work(self) -> Callable[[], Any]:
        app, actor = self.context.app, self.context.actor
        login, name, branch = self.login.text(), self.named.text(), str(self.branch.currentData() or "")
        return lambda: staff.add(app, actor, login, name, branch)

    def saved(self, value: Any) -> None:
        login = self.login.text().strip()
        super().saved(value)
        self._added(login)

    def done_words(self, saved: Any) -> str:
        return f"{self.named.text().strip()} was added; tasks can be handed over now."


class HandOverDialog(FormDialog):
    """A colleague who takes the chosen tasks; who may can add one here."""

    def __init__(self, context: DeskContext, parent: QWidget | None, chosen: Sequence[TaskRow]) -> None:
        many = f"{len(chosen)} tasks" if len(chosen) > 1 else "1 task"
        answer = chosen[0].title if len(chosen) == 1 else f"{many}, the first: {chosen[0].title}"
        super().__init__(context, parent, "Hand over", f"Hand over {many}", answer)
        self._ids = [row.id for row in chosen]
        self.setMinimumWidth(px(WIDE))
        self.to = StaffField(context, others=True)
        rows = form_rows()
        rows.addRow(buddy("C&olleague", self.to, "The colleague sees from whom the task came"), self.to)
        self.fields.addLayout(rows)
        self.add_button = button(ADD, self._add, tip="Somebody who is not in this list yet")
        self.add_button.setAutoDefault(False)
        self.add_button.setVisible(may(context.actor, Right.MANAGE_USERS))
        self.foot.insertWidget(0, self.add_button)
        self.to.setFocus()

    def _add(self) -> None:
        AddColleagueDialog(self.context, self, self.to.ask).open()

    def work(self) -> Callable[[], Any]:
        login, app, actor = self.to.login(), self.context.app, self.context.actor
        if login is None:
            how = f"press {ADD.rstrip('.')}" if may(actor, Right.MANAGE_USERS) else "an administrator adds colleagues"
            raise BadInput(f"{NOBODY}; {how} first.")
        return lambda: tasks.hand_over(app, actor, self._ids, login)

    def done_words(self, saved: Any) -> str:
        return f"Handed over to {self.to.currentText()}. Ctrl+Z takes it back."
