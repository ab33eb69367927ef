"""The bridge to threads: work runs in a pool, its result arrives on the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal
from shiboken6 import isValid

from crmdesk.domain.errors import CrmdeskError

Work = Callable[[], Any]
Done = Callable[[Any], None]
Failed = Callable[[Exception], None]
ENDING = "A plugin tried to end the whole program and was stopped; turn it off on the page Plugins and tell its author."


def failure(error: BaseException) -> Exception:
    """What a page is told: the error itself, or a sentence where it was meant to end the program (sys.exit)."""
    if isinstance(error, Exception):
        return error
    told = CrmdeskError(ENDING)
    told.__cause__ = error
    return told


class Ticket(QObject):
    """One call under way. `drop()` forgets its answer: a newer question has taken its place."""

    answered = Signal(object, object)

    def __init__(self, home: QObject, work: Work, done: Done, failed: Failed, owner: QObject | None,
                 among: set[Ticket]) -> None:  # fmt: skip
        super().__init__(home)  # which deletes it on its own thread, whoever is the last to hold it
        self._work: Work | None = work
        self._told: tuple[Done, Failed, QObject | None] | None = (done, failed, owner)
        self._among = among  # the calls under way
        among.add(self)
        self.dropped = False
        self.over = threading.Event()  # set once the call runs no more, whether or not its answer is wanted
        self.answered.connect(self._arrive, Qt.ConnectionType.QueuedConnection)

    def drop(self) -> None:
        self.dropped = True

    def run(self) -> None:
        """Called in the worker thread."""
        value, error = None, None
        try:
            if not self.dropped and self._work is not None:
                value = self._work()
        except BaseException as caught:  # every failure is told to the page, none may end the thread
            error = failure(caught)
        if isValid(self):
            self.answered.emit(value, error)
        self.over.set()

    def _arrive(self, value: Any, error: Exception | None) -> None:
        """Tell the answer, then let go of everything: with its page's functions a ticket would keep the page."""
        told, self._told, self._work = self._told, None, None
        try:
            if told is not None and not self.dropped:
                self._tell(*told, value, error)
        finally:
            self._among.discard(self)

    @staticmethod
    def _tell(done: Done, failed: Failed, owner: QObject | None, value: Any, error: Exception | None) -> None:
        if owner is not None and not isValid(owner):
            return
        if error is not None:
            failed(error)
        else:
            done(value)


class Background:
    """A thread pool whose answers come back on the GUI thread."""

    def __init__(self, threads: int = 4) -> None:
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(threads)
        self._home = QObject()
        self._open: set[Ticket] = set()
        self._made: list[Ticket] = []

    def __call__(self, work: Work, done: Done, failed: Failed, owner: QObject | None = None) -> Ticket:
        """Run `work()` in a thread, then `done(value)` or `failed(error)` here, unless `owner` was deleted."""
        self._sweep()
        ticket = Ticket(self._home, work, done, failed, owner, self._open)
        self._made.append(ticket)
        self._pool.start(ticket.run)  # not as a QRunnable: half of those are never let go of
        return ticket

    def _sweep(self) -> None:
        """Delete the tickets that were answered, once their thread has left them: it still holds one while it tells."""
        left = [ticket for ticket in self._made if ticket in self._open or not ticket.over.is_set()]
        for ticket in set(self._made) - set(left):
            ticket.deleteLater()
        self._made = left

    @property
    def busy(self) -> int:
        return len(self._open)

    def drop_all(self) -> list[threading.Event]:
        """Forget every answer; gives the ends of the calls under way. A call that has not begun never will."""
        for ticket in self._open:
            ticket.drop()
        return [ticket.over for ticket in self._open]
