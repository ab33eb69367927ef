"""The way into an encrypted bank that each person holds: given, taken, and put back where the deed failed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from crmdesk.store import Store, keyfile
from crmdesk.store.keyfile import Cost

T = TypeVar("T")
_Boxes = dict[str, Any]
_RECOVERY: Final = "recovery"
# What the unit of work under way changed so far: the ways in before each step and after it.
_steps: ContextVar[list[tuple[_Boxes, _Boxes]] | None] = ContextVar("steps", default=None)


def give(store: Store, login: str, passphrase: str, cost: Cost | None = None) -> None:
    """Let this person open the bank by this passphrase; nothing to do where the bank is not encrypted."""
    if store.keys.data is not None:
        _step(store, lambda: keyfile.wrap(store.path, store.keys, login, passphrase, cost=cost))


def take(store: Store, login: str) -> None:
    if store.keys.data is not None:
        _step(store, lambda: keyfile.unwrap_user(store.path, login))


def print_anew(store: Store, cost: Cost | None = None) -> str:
    """A fresh recovery key of an encrypted bank; the former one opens nothing any more."""
    return _step(store, lambda: keyfile.new_recovery_key(store.path, store.keys, cost=cost))


def opens_for(store: Store, login: str) -> bool:
    """Whether the bank opens for this person at all: of an encrypted one, whoever holds a way in."""
    return store.keys.data is None or keyfile.has_wrap(store.path, login)


@contextlib.contextmanager
def kept(bank: Path) -> Iterator[None]:
    """Around a unit of work that gives or takes ways in: where it fails, those are again what they were.

    Only those: what another process gave or took meanwhile stays.
    """
    steps: list[tuple[_Boxes, _Boxes]] = []
    token = _steps.set(steps)
    try:
        yield
    except BaseException:
        for step in reversed(steps):
            keyfile.update(bank, partial(_put_back, step))
        raise
    finally:
        _steps.reset(token)


def _step(store: Store, deed: Callable[[], T]) -> T:
    """One change, in the unit of work of the bank: nobody else changes a way in meanwhile."""
    before = _boxes(keyfile.document(store.path))
    done = deed()
    steps = _steps.get()
    if steps is not None:
        steps.append((before, _boxes(keyfile.document(store.path))))
    return done


def _boxes(found: dict[str, Any]) -> _Boxes:
    return {**found["wraps"], _RECOVERY: found.get(_RECOVERY)}


def _put_back(step: tuple[_Boxes, _Boxes], found: dict[str, Any]) -> None:
    before, after = step
    for slot in before.keys() | after.keys():
        place = found if slot == _RECOVERY else found["wraps"]
        if before.get(slot) == after.get(slot) or place.get(slot) != after.get(slot):
            continue  # not changed by this step, or changed again by somebody else
        if before.get(slot) is None:
            place.pop(slot, None)
        else:
            place[slot] = before[slot]
