"""Passwords as a bank keeps them: Argon2id hashes that say at what cost they were made."""

from __future__ import annotations

import unicodedata
from typing import Any

from crmdesk.store.keyfile import COST, Cost


def hashed(password: str, cost: Cost | None = None) -> str:
    """The text that the bank keeps instead of the password; about 0.3 s at full cost."""
    return str(_hasher(cost).hash(_plain(password)))


def matches(secret: str | None, password: str, cost: Cost | None = None) -> bool:
    """Whether this is the password; a person without one (None) takes as long to refuse."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if secret is None:
        _hasher(cost).hash(_plain(password))
        return False
    try:
        return bool(_hasher(cost).verify(secret, _plain(password)))
    except (VerificationError, InvalidHashError):
        return False


def is_stale(secret: str | None, cost: Cost | None = None) -> bool:
    """Whether the password was hashed at another cost than today's and should be hashed again."""
    return secret is None or bool(_hasher(cost).check_needs_rehash(secret))


def _plain(password: str) -> str:
    """Typed on another keyboard or system, the same letters may come in other pieces."""
    return unicodedata.normalize("NFC", password)


def _hasher(cost: Cost | None) -> Any:
    from argon2 import PasswordHasher, Type

    cost = cost or COST
    return PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes, type=Type.ID)
