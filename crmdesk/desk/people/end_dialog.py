"""Somebody leaves, or comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog
from crmdesk.desk.people.role_boxes import RoleBoxes
from crmdesk.desk.zoom import px
from crmdesk.services import users
from crmdesk.services.users import User

ENDS = "{name} is signed out at once and cannot come in again; roles end today, and everything done stays as it is. "
BACK = "An administrator can let {name} in again, with a new password."
ANEW = "Choose the roles anew; a one-time password is shown once."


class EndDialog(FormDialog):
    """What ends is said before the button is pressed."""

    def __init__(self, context: DeskContext, parent: QWidget | None, user: User) -> None:
        told = (ENDS + BACK).format(name=user.name)
        super().__init__(context, parent, f"End the access of {user.name}", "End access", told)
        self._user = user
        self.setMinimumWidth(px(460))
        self.cancel_button.setFocus()

    def work(self) -> Callable[[], Any]:
        app, actor, login = self.context.app, self.context.actor, self._user.login
        return lambda: users.end(app, actor, login)

    def done_words(self, saved: Any) -> str:
        return f"{self._user.name} cannot sign in any more."


class ReopenDialog(FormDialog):
    """`made(OneTime)` is called with the password that is shown once."""

    def __init__(self, context: DeskContext, parent: QWidget | None, user: User, made: Callable[[Any], Any]) -> None:
        super().__init__(context, parent, f"Let {user.name} in again", "Let in again", ANEW)
        self._user, self._made = user, made
        self.setMinimumWidth(px(560))
        self.boxes = RoleBoxes()
        self.fields.addWidget(self.boxes)
        self.boxes.setFocus()

    def work(self) -> Callable[[], Any]:
        app, actor, login, roles = self.context.app, self.context.actor, self._user.login, self.boxes.roles()
        return lambda: users.reopen(app, actor, login, roles)

    def saved(self, value: Any) -> None:
        super().saved(value)
        self._made(value)

    def done_words(self, saved: Any) -> str:
        return f"{self._user.name} can sign in again."
