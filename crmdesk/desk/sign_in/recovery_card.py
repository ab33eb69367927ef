"""The way back into an encrypted bank whose passphrase is lost: the printed recovery key and a new password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from crmdesk.desk.sign_in.door_card import LONGEST, FormCard
from crmdesk.desk.sign_in.new_password import RULE, NewPair
from crmdesk.desk.widgets import label
from crmdesk.domain.errors import BadInput

USERS: Final = (
    "Somebody else can still sign in? An administrator gives you a new one-time password; no key is needed. "
    "Where no administrator can, the recovery key opens the bank for one, who then helps the others."
)
ALONE: Final = "The recovery key opens the bank, and the passphrase you choose here opens it from then on."
LOST: Final = (
    "It is the key that was shown once, when the bank was encrypted, to be printed. Who has lost that too has lost the "
    "bank: nobody can open it, its makers included."
)


class RecoveryCard(FormCard):
    """`recover(name, key, new)` is called by Enter or the button; a bank without users has no names."""

    def __init__(self, recover: Callable[[str, str, str], Any], leave: Callable[[], Any]) -> None:
        super().__init__("Open the bank", self.send, "Back", leave)
        self._recover = recover
        self.told = label("", wrap=True)
        self.name, self.key = QLineEdit(), QLineEdit()
        self.name.setMaxLength(LONGEST)
        self.key.setMaxLength(LONGEST)
        self.key.setPlaceholderText("8 groups of 4 signs")
        self.key.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.name_title, self.key_title = label("&Name of an administrator", "muted"), label("&Recovery key", "muted")
        self.rows.addWidget(self.told)
        for title, field, tip in (
            (self.name_title, self.name, "Only an administrator comes in by the recovery key"),
            (self.key_title, self.key, "As it was printed; capital or small letters, with or without dashes"),
        ):
            title.setBuddy(field)
            field.setAccessibleName(title.text().replace("&", ""))
            field.setToolTip(tip)
            field.returnPressed.connect(self.send)
            self.put(title, field)
        self.pair = NewPair(self.put)
        for one in (self.pair.new, self.pair.again):
            one.entered.connect(self.send)
        self.rows.addWidget(label(RULE, "muted", wrap=True))
        self.finish(label(LOST, "muted", wrap=True))

    def ask(self, *, users: bool, name: str = "") -> None:
        """Ask anew; nothing typed before is left."""
        self.told.setText(USERS if users else ALONE)
        self.name.setVisible(users)
        self.name_title.setVisible(users)
        self.forget()
        self.name.setText(name)
        self.tell("")
        self.wait(False)
        (self.name if users and not name else self.key).setFocus()

    def forget(self) -> None:
        self.name.clear()
        self.key.clear()
        self.pair.clear()

    def send(self) -> None:
        if not self.do_button.isEnabled():
            return
        name = self.name.text().strip() if not self.name.isHidden() else ""
        try:
            for field, value, what in ((self.name, name or self.name.isHidden(), "the name of an administrator"),
                                       (self.key, self.key.text().strip(), "the recovery key")):  # fmt: skip
                if not value:
                    field.setFocus()
                    raise BadInput(f"Type {what} first.")
            new = self.pair.text()
        except BadInput as error:
            self.tell(str(error))
            return
        self.tell("")
        self.wait(True)
        self._recover(name, self.key.text().strip(), new)

    def refused(self, sentence: str) -> None:
        """Wrong: everything stays, for one sign of the key may be wrong."""
        self.wait(False)
        self.key.setFocus()
        self.tell(sentence)
