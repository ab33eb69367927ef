"""Tells the audit of a search that a person lets stand; letters on the way to it leave no trace."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from crmdesk.desk.context import DeskContext
from crmdesk.services import audit_log

STANDS: Final = 2_000  # ms: whoever looks at an answer so long has asked the question


class SearchNotes(QObject):
    """One row for each search: when its answer has stood for a while, or at once when somebody goes on from it."""

    def __init__(self, context: DeskContext, parent: QObject, stands: int = STANDS) -> None:
        super().__init__(parent)
        self._context = context
        self._next: tuple[str, int, Hashable] | None = None
        self._noted: tuple[str, Hashable] = ("", None)
        self._timer = QTimer(self, singleShot=True, interval=stands)
        self._timer.timeout.connect(self.commit)

    def shown(self, text: str, found: int, how: Hashable = None) -> None:
        """The answer to `text` is on the screen; the same text again is no new search until it was cleared.

        Under another filter or order (`how`) it is one: who sees few at once would see others.
        """
        text = text.strip()
        self._timer.stop()
        self._next = (text, found, how) if text and (text, how) != self._noted else None
        self._noted = self._noted if text else ("", None)
        if self._next is not None:
            self._timer.start()

    def commit(self) -> None:
        """Write down what is asked now, unless it was."""
        self._timer.stop()
        app, actor = self._context.app, self._context.actor
        if self._next is None or app is None:
            return
        (text, found, how), self._next = self._next, None
        self._noted = (text, how)
        self._context.background(lambda: audit_log.note_search(app, actor, text, found), lambda _: None,
                                 lambda _: None, self)  # fmt: skip
