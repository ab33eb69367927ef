"""The way into an encrypted bank that each person holds: given, taken, and put back where the deed failed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from crmdesk.store import Store, keyfile
from crmdesk.store.keyfile import Cost


def give(store: Store, login: str, passphrase: str, cost: Cost | None = None) -> None:
    """Let this person open the bank by this passphrase; nothing to do where the bank is not encrypted."""
    if store.keys.data is not None:
        keyfile.wrap(store.path, store.keys, login, passphrase, cost=cost)


def take(store: Store, login: str) -> None:
    if store.keys.data is not None:
        keyfile.unwrap_user(store.path, login)


def opens_for(store: Store, login: str) -> bool:
    """Whether the bank opens for this person at all: of an encrypted one, whoever holds a way in."""
    return store.keys.data is None or keyfile.has_wrap(store.path, login)


@contextlib.contextmanager
def kept(bank: Path) -> Iterator[None]:
    """Around a unit of work that gives or takes ways in: where it fails, they are again what they were."""
    before = keyfile.document(bank).get("wraps")
    try:
        yield
    except BaseException:
        if before is not None:
            keyfile.update(bank, lambda found: found.update(wraps=before))
        raise
