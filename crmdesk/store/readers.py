"""Read-only connections kept open between reads: opening one costs more than the rows a window asks for."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Final

KEPT: Final = 4  # as many as the desk has threads


class Readers:
    """Lends a raw connection to one user at a time; `connect()` opens one when all are lent."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._idle: list[Any] = []  # pop and append are atomic, so threads need no lock
        self._closed = False

    @contextlib.contextmanager
    def lend(self) -> Iterator[Any]:
        """A connection inside one read transaction. After an error it is closed, not kept."""
        try:
            raw = self._idle.pop()
        except IndexError:
            raw = self._connect()
        try:
            raw.execute("BEGIN")
            yield raw
            # The driver's own rollback also ends cursors read half: they would hold the next reader to this old view.
            raw.rollback()
        except BaseException:
            raw.close()
            raise
        if self._closed or len(self._idle) >= KEPT:
            raw.close()
        else:
            self._idle.append(raw)

    def close(self) -> None:
        """Close what lies idle; what is lent is closed when it comes back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
