"""Progress of a job: a fraction, a step in words, and the place where a cancel is felt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Cancelled(Exception):
    """The person stopped the job; let it pass, the host rolls back."""


class Progress(Protocol):
    """`step(fraction, text)`: fraction 0..1 done, text for people; raises Cancelled when the job was stopped."""

    def step(self, fraction: float, text: str = "") -> None: ...


class Silent:
    """Progress nobody watches; `should_stop` may still cancel."""

    def __init__(self, should_stop: Callable[[], bool] = lambda: False) -> None:
        self._should_stop = should_stop

    def step(self, fraction: float, text: str = "") -> None:
        if self._should_stop():
            raise Cancelled
