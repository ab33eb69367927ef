"""The bridge to threads: work runs in a pool, its result arrives on the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal
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

    def __init__(self, done: Done, failed: Failed, owner: QObject | None) -> None:
        super().__init__()
        self._done, self._failed, self._owner = done, failed, owner
        self.dropped = False
        self.over = threading.Event()  # set once the call runs no more, whether or not its answer is wanted
        self.answered.connect(self._arrive, Qt.ConnectionType.QueuedConnection)

    def drop(self) -> None:
        self.dropped = True

    def answer(self, value: Any, error: Exception | None) -> None:
        """Called in the worker thread."""
        self.answered.emit(value, error)

    def _arrive(self, value: Any, error: Exception | None) -> None:
        gone = self._owner is not None and not isValid(self._owner)
        if self.dropped or gone:
            return
        if error is not None:
            self._failed(error)
        else:
            self._done(value)


class _Call(QRunnable):
    def __init__(self, work: Work, ticket: Ticket) -> None:
        super().__init__()
        self._work, self._ticket = work, ticket

    def run(self) -> None:
        value, error = None, None
        try:
            if not self._ticket.dropped:
                value = self._work()
        except BaseException as caught:  # every failure is told to the page, none may end the thread
            error = failure(caught)
        if isValid(self._ticket):
            self._ticket.answer(value, error)
        self._ticket.over.set()


class Background:
    """A thread pool whose answers come back on the GUI thread."""

    def __init__(self, threads: int = 4) -> None:
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(threads)
        self._open: set[Ticket] = set()

    def __call__(self, work: Work, done: Done, failed: Failed, owner: QObject | None = None) -> Ticket:
        """Run `work()` in a thread, then `done(value)` or `failed(error)` here, unless `owner` was deleted."""
        ticket = Ticket(done, failed, owner)
        ticket.answered.connect(lambda *_: self._open.discard(ticket), Qt.ConnectionType.QueuedConnection)
        self._open.add(ticket)
        self._pool.start(_Call(work, ticket))
        return ticket

    @property
    def busy(self) -> int:
        return len(self._open)

    def drop_all(self) -> list[threading.Event]:
        """Forget every answer; gives the ends of the calls under way. A call that has not begun never will."""
        for ticket in self._open:
            ticket.drop()
        return [ticket.over for ticket in self._open]
