"""The card that asks for name and passphrase before a bank opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crmdesk.desk.sign_in.passphrase import PassphraseField, title_of
from crmdesk.desk.widgets import Card, button, label
from crmdesk.desk.zoom import px

WIDE = 460  # px
LONGEST = 80  # letters of a name


class FormCard(Card):
    """A narrow card with fields under their titles, a sentence for what is wrong, and its buttons."""

    def __init__(self, verb: str, deed: Callable[[], Any], back: str, leave: Callable[[], Any]) -> None:
        super().__init__()
        self.setMaximumWidth(px(WIDE))
        self.fault = label("", "fault", wrap=True)
        self.fault.setVisible(False)
        self.do_button = button(verb, deed, "primary", f"{verb} (Enter)")
        self.back_button = button(back, leave, tip=f"{back} (Esc)")
        self.foot = QHBoxLayout()
        self.foot.setSpacing(8)
        self.foot.addWidget(self.back_button)
        self.foot.addStretch(1)
        self.foot.addWidget(self.do_button)

    def finish(self, *under: QWidget) -> None:
        """The fault, what may stand under it, and the buttons, under the fields."""
        for part in (self.fault, *under):
            self.rows.addWidget(part)
        self.rows.addSpacing(4)
        self.rows.addLayout(self.foot)

    def put(self, title: QWidget, field: QWidget) -> None:
        self.rows.addWidget(title)
        self.rows.addWidget(field)

    def tell(self, text: str) -> None:
        """What is wrong, spoken as well; "" hides it."""
        self.fault.setText(text)
        self.fault.setVisible(bool(text))
        if text:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.fault, text))

    def wait(self, waiting: bool) -> None:
        """While the answer is awaited nothing can be pressed twice."""
        self.do_button.setEnabled(not waiting)


class DoorCard(FormCard):
    """Name and passphrase; `sign_in(name, passphrase)` is called by Enter or the button.

    A bank without users has no names: then only the passphrase is asked for.
    """

    def __init__(self, sign_in: Callable[[str, str], Any], leave: Callable[[], Any], lost: Callable[[], Any]) -> None:
        super().__init__("Sign in", self.send, "Back", leave)
        self._sign_in = sign_in
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST)
        self.name.setAccessibleName("Name")
        self.name.setToolTip("The name an administrator gave you")
        self.name.returnPressed.connect(self.send)
        self.name_title = label("&Name", "muted")
        self.name_title.setBuddy(self.name)
        self.passphrase = PassphraseField()
        self.passphrase.entered.connect(self.send)
        self.note = label("", "muted", wrap=True)
        self.put(self.name_title, self.name)
        self.put(title_of(self.passphrase, "&Passphrase"), self.passphrase)
        self.lost_button = button("Lost passphrase?", lost, "quiet", "The printed recovery key opens the bank")
        self.lost_button.setAutoDefault(False)
        self.finish(self.note)
        self.foot.insertWidget(1, self.lost_button)

    def ask(self, *, name: bool, note: str, encrypted: bool = False) -> None:
        """Ask anew; the fields are empty, the first one has the focus."""
        self.name.setVisible(name)
        self.name_title.setVisible(name)
        self.do_button.setText("Sign in" if name else "Open the bank")
        self.do_button.setAccessibleName(self.do_button.text())
        self.do_button.setToolTip(f"{self.do_button.text()} (Enter)")
        self.lost_button.setVisible(encrypted)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.name.clear()
        self.passphrase.clear()
        self.tell("")
        self.wait(False)
        (self.name if name else self.passphrase).setFocus()

    def send(self) -> None:
        if not self.do_button.isEnabled():
            return
        if not self.name.isHidden() and not self.name.text().strip():
            self.name.setFocus()
            self.tell("Type your name first.")
            return
        if not self.passphrase.text():
            self.passphrase.setFocus()
            self.tell("Type the passphrase first.")
            return
        self.tell("")
        self.wait(True)
        self._sign_in(self.name.text().strip() if not self.name.isHidden() else "", self.passphrase.text())

    def refused(self, sentence: str) -> None:
        """Wrong: the name stays, the passphrase is typed anew."""
        self.wait(False)
        self.passphrase.clear()
        self.passphrase.setFocus()
        self.tell(sentence)


def centred(card: QWidget, above: int = 0) -> QWidget:
    """A card in the middle of a page's width, with `above` parts of the free height over it and three under it."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(card, 4)
    row.addStretch(1)
    if above:
        column.addStretch(above)
    column.addLayout(row)
    column.addStretch(3)
    return made
