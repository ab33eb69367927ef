"""Copies by themselves: every half hour, if something changed, behind the window."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer

from crmdesk.desk.context import DeskContext, sentence
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Right, may

if TYPE_CHECKING:
    from crmdesk.services.autobackup import CopyReport

EVERY: Final = 30 * 60 * 1000  # ms
FIRST: Final = 60 * 1000  # ms after a bank was opened: a copy of what an earlier day left must not wait


class Keeper(QObject):
    """Makes a copy of the open bank when one is due; a failure is said and tried again at the next turn."""

    def __init__(self, context: DeskContext, every: int = EVERY, first: int = FIRST) -> None:
        super().__init__()
        self._context = context
        self._busy = False
        self._every = QTimer(self, interval=every)
        self._first = QTimer(self, singleShot=True, interval=first)
        for timer in (self._every, self._first):
            timer.timeout.connect(self.keep)

    def start(self) -> None:
        """A bank is open now."""
        self._busy = False
        if may(self._context.actor, Right.BACKUP):
            self._first.start()
            self._every.start()

    def stop(self) -> None:
        self._first.stop()
        self._every.stop()

    def keep(self, then: Callable[[], Any] | None = None) -> None:
        """Make a copy now if one is due, then `then()`."""
        app, actor = self._context.app, self._context.actor
        if app is None or self._busy:
            return
        self._busy = True

        def work() -> CopyReport:
            from crmdesk.services import autobackup, retention  # bring the store: in a thread, after the first frame

            # Raw text past its time goes before another copy holds it; what could not go stays due and is tried again.
            with contextlib.suppress(CrmdeskError):
                retention.run(app, actor)
            return autobackup.make(app, actor)

        def kept(report: CopyReport) -> None:
            self._busy = False
            if report.change is not None:
                self._context.changed(report.change)
            if then is not None:
                then()

        self._context.background(work, kept, self._failed, self)

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self._context.notify(f"The automatic backup did not work. {sentence(error)}")
