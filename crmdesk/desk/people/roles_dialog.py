"""Other roles, or another branch, for a colleague."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.people.role_boxes import RoleBoxes
from crmdesk.desk.zoom import px
from crmdesk.domain.change import Change
from crmdesk.services import users
from crmdesk.services.users import User

COUNTS = "It counts at once, in every window. Roles that end keep their dates."


class RolesDialog(FormDialog):
    """Saves what is different only: the branch first, for a teller needs one."""

    def __init__(self, context: DeskContext, parent: QWidget | None, user: User,
                 branches: Sequence[tuple[str, str]]) -> None:  # fmt: skip
        super().__init__(context, parent, f"Roles of {user.name}", "Change roles", COUNTS)
        self._user = user
        self.setMinimumWidth(px(560))
        self.branch = QComboBox()
        self.branch.addItem("No branch", "")
        for code, name in branches:
            self.branch.addItem(name, code)
        self.branch.setCurrentIndex(max(0, self.branch.findText(user.branch)))
        self._was = str(self.branch.currentData())
        rows = QFormLayout()
        rows.addRow(buddy("&Branch", self.branch, "Tellers and managers see the customers of it"), self.branch)
        self.boxes = RoleBoxes(user.roles)
        self.fields.addLayout(rows)
        self.fields.addWidget(self.boxes)
        self.boxes.setFocus()

    def work(self) -> Callable[[], Any]:
        app, actor, login = self.context.app, self.context.actor, self._user.login
        roles, branch = self.boxes.roles(), str(self.branch.currentData())
        first_roles = not branch  # who leaves the branch gives up the role that needs one before

        def save() -> Change | None:
            change: Change | None = None
            for step in (True, False) if first_roles else (False, True):
                if step and roles != self._user.roles:
                    change = users.change_roles(app, actor, login, roles)
                elif not step and branch != self._was:
                    change = users.move(app, actor, login, branch)
            return change

        return save

    def done_words(self, saved: Any) -> str:
        return f"{self._user.name} has these roles now." if saved is not None else "Nothing was changed."
