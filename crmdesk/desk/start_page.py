"""The start page: recent banks, the demonstration bank, open a file, a new empty bank."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.page import Page
from crmdesk.desk.settings import WindowSettings
from crmdesk.desk.widgets import Card, button, clear, label

WELCOME: Final = "Welcome to crmdesk"
INVITE: Final = "Open a bank, or try crmdesk on 15,000 invented customers."


class StartPage(Page):
    """Shown before a bank is open; loads nothing of the bank's code."""

    def __init__(self, context: DeskContext, settings: WindowSettings, act: Callable[[str], None]) -> None:
        super().__init__(context, WELCOME)
        self._settings, self._act = settings, act
        self._open: Callable[[Path], None] = lambda path: None
        self._recent = QVBoxLayout()
        self._recent.setSpacing(4)
        across = QHBoxLayout(self.body)
        across.setContentsMargins(0, 8, 0, 0)
        across.setSpacing(16)
        across.addWidget(self._recent_card(), 3, Qt.AlignmentFlag.AlignTop)
        across.addWidget(self._new_card(), 2, Qt.AlignmentFlag.AlignTop)
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

    def _settle(self, state: str, part: int) -> None:
        self.title.setText(WELCOME)
        self.say(INVITE)
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

    def _new_card(self) -> Card:
        card = Card("New here?")
        told = "15,000 invented customers with accounts, interactions and permissions. It takes about a minute."
        card.rows.addWidget(label(told, "muted", wrap=True))
        card.rows.addWidget(button("Create the demonstration bank", lambda: self._act("file.demo"), "primary"))
        card.rows.addSpacing(8)
        card.rows.addWidget(label("Or begin with no customers and import your own.", "muted", wrap=True))
        card.rows.addWidget(button("New empty bank...", lambda: self._act("file.new"), tip="New bank (Ctrl+N)"))
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
