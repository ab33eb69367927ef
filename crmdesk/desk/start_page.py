"""The start page: recent banks, the demonstration bank, open a file, a new empty bank."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.page import Page
from crmdesk.desk.settings import WindowSettings
from crmdesk.desk.sign_in.door_card import DoorCard, centred
from crmdesk.desk.sign_in.new_password import NewPasswordCard
from crmdesk.desk.sign_in.recovery_card import RecoveryCard
from crmdesk.desk.widgets import Card, button, clear, label
from crmdesk.domain.errors import CrmdeskError

if TYPE_CHECKING:
    from crmdesk.services.sign_in import Door

WELCOME: Final = "Welcome to crmdesk"
INVITE: Final = "Open a bank, or try crmdesk on 15,000 invented customers."


RECOVERY: Final = 3  # the place of its card
LOST: Final = "Forgotten? An administrator gives you a new one-time password."
LOST_SINGLE: Final = "Only the passphrase opens it, or the recovery key that was printed."


class StartPage(Page):
    """Shown before a bank is open; loads nothing of the bank's code."""

    _heading, _invite = WELCOME, INVITE  # the base asks for them before this page is laid out

    def __init__(self, context: DeskContext, settings: WindowSettings, act: Callable[[str], None]) -> None:
        super().__init__(context, WELCOME)
        self._settings, self._act = settings, act
        self._open: Callable[[Path], None] = lambda path: None
        self._ask: Callable[[str, str], Any] = lambda name, passphrase: None
        self._ask_new: Callable[[str], Any] = lambda new: None
        self._recover: Callable[[str, str, str], Any] = lambda name, key, new: None
        self._recent = QVBoxLayout()
        self._recent.setSpacing(4)
        self._locked: set[Path] = set()  # recent banks that ask for a name or passphrase
        self.door = DoorCard(self._send, self.welcome, self.ask_recovery)
        self.recovery = RecoveryCard(self._send_recovery, self._back_to_door)
        self.new_password = NewPasswordCard(self._send_new, self.welcome)
        self._parts = QStackedWidget()
        for part in (_beside(self._recent_card(), _new_card(act)), centred(self.door), centred(self.new_password),
                     centred(self.recovery)):  # fmt: skip
            self._parts.addWidget(part)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self._parts)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, activated=self._escape)
        self.refresh()

    def on_open(self, deed: Callable[[Path], None]) -> None:
        """What a click on a recent bank does."""
        self._open = deed

    def show_busy(self, told: str) -> None:
        """Something is done with a bank that is not open: what, and no button until it ends."""
        self.title.setText(told)
        self.say("The bank opens by itself when it is done.")
        self.body.setEnabled(False)
        self.show_loading()

    def welcome(self) -> None:
        """The recent banks and the ways to begin."""
        self._heading, self._invite = WELCOME, INVITE
        self._parts.setCurrentIndex(0)
        self.door.passphrase.clear()
        self.new_password.pair.clear()
        self.recovery.forget()
        self.show_content()

    def ask(
        self, path: Path, door: Door, send: Callable[[str, str], Any], recover: Callable[[str, str, str], Any]
    ) -> None:  # fmt: skip
        """The bank wants to know who is there: `send(name, passphrase)`, or `recover(name, recovery key, new)`."""
        self._ask, self._recover = send, recover
        self._heading = f"Sign in to {path.stem}" if door.users else f"Open {path.stem}"
        self._invite = "This bank has users." if door.users else "This bank is encrypted."
        self._parts.setCurrentIndex(1)
        self.show_content()
        self.door.ask(name=door.users, note=LOST if door.users else LOST_SINGLE, encrypted=door.encrypted)

    def ask_recovery(self) -> None:
        """No passphrase is known any more."""
        users = not self.door.name.isHidden()
        self._parts.setCurrentIndex(RECOVERY)
        self.recovery.ask(users=users, name=self.door.name.text().strip())

    def _back_to_door(self) -> None:
        self.recovery.forget()
        self._parts.setCurrentIndex(1)
        self.door.setFocus()

    def ask_new(self, path: Path, send: Callable[[str], Any]) -> None:
        """A one-time password was right: `send(new)`."""
        self._ask_new = send
        self._heading, self._invite = f"Choose your password for {path.stem}", "Then the bank opens."
        self._parts.setCurrentIndex(2)
        self.show_content()
        self.new_password.ask()

    def refused(self, error: Exception) -> None:
        """What was typed did not open the bank: why, beside the fields."""
        self.show_content()
        cards: dict[int, Any] = {2: self.new_password, RECOVERY: self.recovery}
        card = cards.get(self._parts.currentIndex(), self.door)
        card.refused(sentence(error))

    def look_at_doors(self) -> None:
        """Behind the first frame: which of the recent banks ask before they open."""
        banks = [path for path in self._settings.recent() if path.exists()]

        def work() -> set[Path]:
            from crmdesk.services import sign_in  # brings the store: in a thread, after the first frame

            return {path for path in banks if _asks(sign_in.door, path)}

        def found(locked: set[Path]) -> None:
            if locked != self._locked:
                self._locked = locked
                self.refresh()

        if banks:
            self.context.background(work, found, lambda _: None, self)

    def _send(self, name: str, passphrase: str) -> None:
        self._ask(name, passphrase)

    def _send_new(self, new: str) -> None:
        self._ask_new(new)

    def _send_recovery(self, name: str, key: str, new: str) -> None:
        self._recover(name, key, new)

    def _escape(self) -> None:
        if self._parts.currentIndex() == RECOVERY:
            self._back_to_door()
        elif self._parts.currentIndex():
            self.welcome()

    def _settle(self, state: str, part: int) -> None:
        self.title.setText(self._heading)
        self.say(self._invite)
        self.body.setEnabled(True)
        super()._settle(state, part)

    def _recent_card(self) -> Card:
        card = Card("Recent banks")
        card.rows.addLayout(self._recent)
        card.rows.addSpacing(4)
        row = QHBoxLayout()
        row.addWidget(button("Open a file...", lambda: self._act("file.open"), tip="Open a bank (Ctrl+O)"))
        row.addWidget(button("Restore a backup...", lambda: self._act("file.restore"), tip="Of a bank that is gone"))
        row.addStretch(1)
        card.rows.addLayout(row)
        return card

    def refresh(self) -> None:
        clear(self._recent)
        banks = self._settings.recent()
        if not banks:
            self._recent.addWidget(label("No bank was opened on this computer yet.", "muted", wrap=True))
        for path in banks:
            self._recent.addWidget(self._row(path))

    def _row(self, path: Path) -> QWidget:
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        if path.exists():
            made = button(path.stem, lambda: self._open(path), "row", str(path))
            made.setAccessibleName(f"Open {path.stem}")
            across.addWidget(made, 1)
            if path in self._locked:
                across.addWidget(label("locked", "tag"))
            seen = datetime.fromtimestamp(path.stat().st_mtime)
            across.addWidget(label(f"{words.on(seen.date())} {seen:%H:%M}", "muted"))
        else:
            across.addWidget(label(f"{path.stem}: the file is gone", "muted"), 1)
            gone = button("Remove", lambda: self._forget(path), "quiet", f"Take {path.stem} off this list")
            gone.setAccessibleName(f"Remove {path.stem} from the list")
            across.addWidget(gone)
        return row

    def _forget(self, path: Path) -> None:
        self._settings.forget(path)
        self.refresh()


def _asks(door: Callable[[Path], Door], path: Path) -> bool:
    """Whether a bank asks before it opens; a file that is none says so when it is opened."""
    try:
        return door(path).asks
    except CrmdeskError:
        return False


def _beside(left: Card, right: Card) -> QWidget:
    both = QWidget()
    across = QHBoxLayout(both)
    across.setContentsMargins(0, 0, 0, 0)
    across.setSpacing(16)
    across.addWidget(left, 3, Qt.AlignmentFlag.AlignTop)
    across.addWidget(right, 2, Qt.AlignmentFlag.AlignTop)
    return both


def _new_card(act: Callable[[str], None]) -> Card:
    card = Card("New here?")
    told = "15,000 invented customers with accounts, interactions and permissions. It takes about a minute."
    card.rows.addWidget(label(told, "muted", wrap=True))
    card.rows.addWidget(button("Create the demonstration bank", lambda: act("file.demo"), "primary"))
    card.rows.addSpacing(8)
    card.rows.addWidget(label("Or begin with no customers and import your own.", "muted", wrap=True))
    card.rows.addWidget(button("New empty bank...", lambda: act("file.new"), tip="New bank (Ctrl+N)"))
    return card
