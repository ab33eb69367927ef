"""A new person in a bank that has users."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog
from crmdesk.desk.people.person_fields import PersonFields
from crmdesk.desk.zoom import px
from crmdesk.domain.errors import BadFields
from crmdesk.services import users

ANSWER = "The password is made here and shown once; with it this person signs in and chooses an own one."


class AddPersonDialog(FormDialog):
    """`added(OneTime)` is called with the password that is shown once."""

    def __init__(self, context: DeskContext, parent: QWidget | None, branches: Sequence[tuple[str, str]],
                 added: Callable[[Any], Any]) -> None:  # fmt: skip
        super().__init__(context, parent, "Add a person", "Add person", ANSWER)
        self._added = added
        self.setMinimumWidth(px(560))
        self.person = PersonFields(branches, password=False)
        self.fields.addWidget(self.person)
        self.person.named.setFocus()

    def work(self) -> Callable[[], Any]:
        app, actor, person = self.context.app, self.context.actor, self.person.person()
        return lambda: users.add(app, actor, person)

    def saved(self, value: Any) -> None:
        super().saved(value)
        self._added(value)

    def refused(self, error: Exception) -> None:
        super().refused(error)
        if isinstance(error, BadFields):
            self.person.to_fault(error.fields)

    def done_words(self, saved: Any) -> str:
        return f"{self.person.named.text().strip()} was added."
