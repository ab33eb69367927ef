"""What a locked window shows: who is at work here, and the way back in; nothing of the bank."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crmdesk.desk.sign_in.door_card import FormCard, centred
from crmdesk.desk.sign_in.passphrase import PassphraseField, title_of
from crmdesk.desk.widgets import label

LOCKED: Final = "The window is locked"
KEPT: Final = "What was open comes back as it was."
OPEN: Final = (
    "This bank has no password: this only covers the window, and whoever sits here can uncover it. "
    "Encrypt the bank, or add a second person, to lock it."
)


class LockPage(QWidget):
    """`unlock(passphrase)` is called by Enter or the button; without `asks` one press is enough."""

    def __init__(self, person: str, *, asks: bool, unlock: Callable[[str], Any], leave: Callable[[], Any]) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(LOCKED if asks else "The window is covered")
        self._asks, self._unlock = asks, unlock
        self.card = FormCard("Unlock" if asks else "Uncover the window", self.send, "Close the bank", leave)
        self.card.rows.addWidget(label(self.accessibleName(), "title"))
        self.card.rows.addWidget(label(f"{person}. {KEPT}" if asks else OPEN, "muted", wrap=True))
        self.passphrase = PassphraseField("Passphrase")
        if asks:
            self.card.put(title_of(self.passphrase, "&Passphrase"), self.passphrase)
            self.passphrase.entered.connect(self.send)
        else:
            self.passphrase.setParent(self)
            self.passphrase.setVisible(False)
        self.card.finish()
        column = QVBoxLayout(self)
        column.addWidget(centred(self.card, 2))
        self.card.do_button.setAutoDefault(True)
        self.setFocusProxy(self.passphrase if asks else self.card.do_button)

    def send(self) -> None:
        if not self.card.do_button.isEnabled():
            return
        if self._asks and not self.passphrase.text():
            self.passphrase.setFocus()
            self.card.tell("Type your passphrase first.")
            return
        self.card.tell("")
        self.card.wait(True)
        self._unlock(self.passphrase.text())

    def refused(self, sentence: str) -> None:
        self.card.wait(False)
        self.passphrase.clear()
        self.setFocus()
        self.card.tell(sentence)
