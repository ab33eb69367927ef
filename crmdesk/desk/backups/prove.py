"""Who restores: a bank or a backup that is not open asks for name and passphrase in a dialog."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.sign_in.passphrase import PassphraseField, title_of
from crmdesk.desk.zoom import px
from crmdesk.domain.errors import BadInput

if TYPE_CHECKING:
    from crmdesk.services.sign_in import Door


class ProveDialog(FormDialog):
    """`then((keys, actor))` once the passphrase was right; `given_up()` where the dialog is closed before."""

    def __init__(
        self, context: DeskContext, parent: QWidget, door: Door, what: str, then: Callable[[Any], Any],
        given_up: Callable[[], Any],
    ) -> None:  # fmt: skip
        super().__init__(context, parent, f"Sign in to {door.file.stem}", "Go on", what)
        self._door, self._then = door, then
        self.setMinimumWidth(px(420))
        self.name = QLineEdit()
        title = buddy("&Name", self.name)
        self.passphrase = PassphraseField("Passphrase")
        for part in (title, self.name, title_of(self.passphrase, "&Passphrase"), self.passphrase):
            self.fields.addWidget(part)
        for part in (title, self.name):
            part.setVisible(door.users)
        (self.name if door.users else self.passphrase).setFocus()
        self.rejected.connect(given_up)

    def work(self) -> Callable[[], Any]:
        path, users = self._door.file, self._door.users
        name, passphrase = self.name.text().strip(), self.passphrase.text()
        if users and not name:
            self.name.setFocus()
            raise BadInput("Type your name first.")
        if not passphrase:
            self.passphrase.setFocus()
            raise BadInput("Type the passphrase first.")

        def prove() -> Any:
            from crmdesk.services import sign_in  # brings the store: in a thread

            return sign_in.at_file(path, name if users else "", passphrase)

        return prove

    def refused(self, error: Exception) -> None:
        super().refused(error)
        if not isinstance(error, BadInput):
            self.passphrase.clear()
            self.passphrase.setFocus()

    def saved(self, value: Any) -> None:
        self.accept()
        self._then(value)
