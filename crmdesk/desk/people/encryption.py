"""Tools > Encryption: what the file is worth to a thief, encrypting it, and the recovery key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from crmdesk.app import build_app
from crmdesk.desk import start, words
from crmdesk.desk.context import sentence
from crmdesk.desk.form_dialog import FormDialog
from crmdesk.desk.people.recovery_key import RecoveryKeyDialog
from crmdesk.desk.sign_in.new_password import RULE, NewPair
from crmdesk.desk.sign_in.passphrase import PassphraseField, title_of
from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px
from crmdesk.domain import passwords
from crmdesk.domain.errors import BadInput
from crmdesk.services import encryption, sign_in
from crmdesk.services.encryption import Encrypted, Encryption

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame

OPEN: Final = "Whoever gets this file can read it: it is not encrypted."
CLOSED: Final = "The file is encrypted: without a passphrase or the recovery key nobody reads it."
HELPS: Final = (
    "It helps against a stolen computer or a copied file, not against somebody who is signed in. If every passphrase "
    "and the recovery key are lost, the bank is lost."
)
AFTER: Final = (
    "Then a recovery key is shown once, to print. The bank closes for a moment; no other program may have it open."
)
OWN: Final = "Your password opens the encrypted bank from now on. {others}"
OTHERS: Final = "All the others need a new one-time password first: Administration > Users and roles."
SHUT_OUT: Final = (
    "{names} cannot open the bank yet: give each a new one-time password on Administration > Users and roles, or by "
    "crmdesk user FILE reset NAME."
)
LYING: Final = "Older copies that anybody can read: {names}."


def show_encryption(frame: Frame) -> None:
    """What the bank is like decides which dialog opens."""
    context = frame.context
    app, actor = context.app, context.actor

    def found(state: Encryption) -> None:
        (EncryptedDialog(frame, state) if state.encrypted else EncryptDialog(frame)).open()

    context.background(lambda: encryption.status(app, actor), found, owner=frame)


class EncryptDialog(FormDialog):
    """A plain bank: a passphrase, then the bank closes, is encrypted, and shows its recovery key."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame.context, frame, "Encryption", "Encrypt bank", f"{OPEN} {HELPS}")
        self._frame, self._single = frame, frame.context.actor.single
        self.setMinimumWidth(px(520))
        self.pair: NewPair | None = None
        self.own = PassphraseField("Your password")
        if self._single:
            self.own.setParent(self)
            self.own.setVisible(False)
            self.pair = NewPair(self._put, "passphrase")
            self.fields.addWidget(label(RULE, "muted", wrap=True))
            self.pair.new.setFocus()
        else:
            self.fields.addWidget(label(OWN.format(others=OTHERS), wrap=True))
            self._put(title_of(self.own, "Your &password"), self.own)
            self.own.setFocus()
        self.fields.addWidget(label(AFTER, "muted", wrap=True))

    def _put(self, title: QWidget, field: QWidget) -> None:
        self.fields.addWidget(title)
        self.fields.addWidget(field)

    def _typed(self) -> str:
        typed = self.pair.text() if self.pair is not None else self.own.text()
        if not typed:
            raise BadInput("Type your password first.")
        return typed

    def work(self) -> Callable[[], Any]:
        """Looks at the passphrase while the bank is still open: a wrong one closes nothing."""
        app, actor, typed = self.context.app, self.context.actor, self._typed()

        def check() -> str:
            if actor.single:
                passwords.check(typed, actor.login)
            else:
                sign_in.check_again(app, actor, typed)
            return typed

        return check

    def saved(self, value: Any) -> None:
        self.accept()
        encrypt(self._frame, value)


def encrypt(frame: Frame, passphrase: str) -> None:
    """Close the open bank, encrypt its file, show the recovery key, then the door; on a failure all is as it was."""
    context = frame.context
    assert context.app is not None
    path, actor = context.app.path, context.actor

    def work() -> Encrypted:
        app, who = sign_in.enter(path, lambda file, keys: build_app(file, keys=keys, safe_mode=True),
                                 "" if actor.single else actor.login, passphrase)  # fmt: skip
        try:
            return encryption.encrypt(app, who, passphrase)
        finally:
            app.close()

    def done(made: Encrypted) -> None:
        told = [SHUT_OUT.format(names=_listed(made.others))] if made.others else []
        told += [LYING.format(names=_names(made.plain_copies))] if made.plain_copies else []
        frame.start.welcome()
        RecoveryKeyDialog(
            context, frame, path.stem, made.recovery_key, " ".join(told), lambda: start.open_bank(frame, path)
        ).open()

    def failed(error: Exception) -> None:
        said = sentence(error)
        start.open_bank(frame, path, then=lambda opened: opened.notice(said))

    told = f"Encrypting {path.stem}..."
    frame.start.show_busy(told)
    frame.notice(told)
    frame.hide_bank(lambda: context.open_file(work, done, failed))


class EncryptedDialog(QDialog):
    """An encrypted bank: since when its recovery key is, what lies about readable, and what can be done."""

    def __init__(self, frame: Frame, state: Encryption) -> None:
        super().__init__(frame)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Encryption")
        self.setMinimumWidth(px(520))
        self._frame, self._context = frame, frame.context
        made = words.on(state.recovery_made_on) if state.recovery_made_on else "an unknown day"
        self.key = label(f"The recovery key in force was made on {made}.", wrap=True)
        self.copies = label("", "fault", wrap=True)
        self.fault = label("", "fault", wrap=True)
        self.fault.setVisible(False)
        self.remove_button = button("Remove readable copies", self.remove, tip="Overwrite and delete them, for good")
        self.key_button = button("Make a new recovery key...", self.renew, tip="The former one opens nothing any more")
        self.close_button = button("Close", self.accept, "primary", "Close (Esc)")
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for part in (self.key_button, self.remove_button):
            part.setAutoDefault(False)
            foot.addWidget(part)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        for line in (label(CLOSED, wrap=True), label(HELPS, "muted", wrap=True), self.key, self.copies, self.fault):
            column.addWidget(line)
        column.addLayout(foot)
        self._show_copies(state.plain_copies)
        self.close_button.setFocus()

    def _show_copies(self, copies: Any) -> None:
        self.copies.setText(LYING.format(names=_names(copies)) if copies else "")
        self.copies.setVisible(bool(copies))
        self.remove_button.setVisible(bool(copies))

    def remove(self) -> None:
        app, actor = self._context.app, self._context.actor

        def done(gone: Any) -> None:
            self._show_copies(())
            self._context.notify(f"{len(gone)} readable copies were removed.")

        self._context.background(lambda: encryption.remove_plain_copies(app, actor), done, self._failed, self)

    def renew(self) -> None:
        app, actor, name = self._context.app, self._context.actor, self._context.app.path.stem  # type: ignore[union-attr]

        def done(key: str) -> None:
            self.accept()
            RecoveryKeyDialog(self._context, self._frame, name, key, "", lambda: None).open()

        self._context.background(lambda: encryption.new_recovery_key(app, actor), done, self._failed, self)

    def _failed(self, error: Exception) -> None:
        self.fault.setText(sentence(error))
        self.fault.setVisible(True)


def _names(files: Any) -> str:
    return _listed([file.name for file in files])


def _listed(names: Sequence[str]) -> str:
    return words.listed(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
