"""A password of one's own: the card after a one-time password, and the dialog at any time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtWidgets import QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog
from crmdesk.desk.sign_in.door_card import FormCard
from crmdesk.desk.sign_in.passphrase import PassphraseField, title_of
from crmdesk.desk.widgets import label
from crmdesk.desk.zoom import px
from crmdesk.domain.errors import BadInput

LEAST: Final = 10  # letters
RULE: Final = f"{LEAST} letters or more; several words are easy to keep and hard to guess."
UNLIKE: Final = "The two new passwords are not alike; type them again."


class NewPair:
    """A new password and the same once more."""

    def __init__(self, put: Callable[[QWidget, QWidget], Any], what: str = "password") -> None:
        self.new = PassphraseField(f"New {what}", RULE)
        self.again = PassphraseField(f"The new {what} once more")
        put(title_of(self.new, f"&New {what}"), self.new)
        put(title_of(self.again, "The same &once more"), self.again)

    def text(self) -> str:
        """What was typed; BadInput where it cannot be the new one."""
        if len(self.new.text()) < LEAST:
            raise BadInput(f"A password has {LEAST} letters or more.")
        if self.new.text() != self.again.text():
            raise BadInput(UNLIKE)
        return self.new.text()

    def clear(self) -> None:
        self.new.clear()
        self.again.clear()


class NewPasswordCard(FormCard):
    """Before the bank is shown to somebody who came in with a one-time password."""

    def __init__(self, save: Callable[[str], Any], leave: Callable[[], Any]) -> None:
        super().__init__("Save my password", self.send, "Not now", leave)
        self._save = save
        told = "The password you were given works once. Choose your own; nobody else will know it."
        self.rows.addWidget(label(told, wrap=True))
        self.pair = NewPair(self.put)
        self.pair.new.entered.connect(self.pair.again.setFocus)
        self.pair.again.entered.connect(self.send)
        self.rows.addWidget(label(RULE, "muted", wrap=True))
        self.finish()

    def ask(self) -> None:
        self.pair.clear()
        self.tell("")
        self.wait(False)
        self.pair.new.setFocus()

    def send(self) -> None:
        if not self.do_button.isEnabled():
            return
        try:
            new = self.pair.text()
        except BadInput as error:
            self.tell(str(error))
            return
        self.tell("")
        self.wait(True)
        self._save(new)

    def refused(self, sentence: str) -> None:
        self.wait(False)
        self.pair.new.setFocus()
        self.tell(sentence)


class ChangePasswordDialog(FormDialog):
    """One's own password: the old one, then the new one twice; `change(old, new)` saves, in the background."""

    def __init__(self, context: DeskContext, parent: QWidget | None, change: Callable[[str, str], Any],
                 what: str = "password") -> None:  # fmt: skip
        super().__init__(context, parent, f"Change my {what}", f"Change {what}")
        self._change, self._what = change, what
        self.setMinimumWidth(px(420))
        self.old = PassphraseField(f"Present {what}")
        self._put(title_of(self.old, f"&Present {what}"), self.old)
        self.pair = NewPair(self._put, what)
        self.fields.addWidget(label(RULE, "muted", wrap=True))
        self.old.setFocus()

    def _put(self, title: QWidget, field: QWidget) -> None:
        self.fields.addWidget(title)
        self.fields.addWidget(field)

    def work(self) -> Callable[[], Any]:
        old, new = self.old.text(), self.pair.text()
        if not old:
            raise BadInput(f"Type your present {self._what} first.")
        return lambda: self._change(old, new)

    def refused(self, error: Exception) -> None:
        super().refused(error)
        self.old.setFocus()

    def done_words(self, saved: Any) -> str:
        return f"Your {self._what} is changed."
