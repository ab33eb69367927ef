"""Whether the person at the window still works here with the same roles: an administrator may change that any time."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from crmdesk.desk.context import DeskContext
from crmdesk.domain.errors import Refused

EVERY: Final = 5_000  # ms


class Standing(QObject):
    """Services ask the bank at every call; this eye has the window follow: `changed(actor)`, `ended()`."""

    changed = Signal(object)
    ended = Signal()

    def __init__(self, context: DeskContext, every: int = EVERY) -> None:
        super().__init__()
        self._context = context
        self._timer = QTimer(self, interval=every)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Somebody has signed in; in single-user mode nobody's roles change."""
        if self._context.actor.session:
            self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def look(self) -> None:
        app, actor = self._context.app, self._context.actor
        if app is None:
            return

        def ask() -> Any:
            from crmdesk.services import guard  # brings the store, which is loaded by now

            return guard.fresh(app, actor)

        self._context.background(ask, self._found, self._failed, self)

    def _found(self, now: Any) -> None:
        before = self._context.actor
        if self._timer.isActive() and (now.roles, now.branch) != (before.roles, before.branch):
            self.changed.emit(now)

    def _failed(self, error: Exception) -> None:
        if self._timer.isActive() and isinstance(error, Refused):  # anything else passes, or is said by the page
            self.stop()
            self.ended.emit()
