"""Wrong passwords are counted beside the bank, in FILE.keys: five, and fifteen minutes of pause follow.

A try is counted before the password is looked at, so neither a kill nor many tries at once get more of them. The file
keeps the highest time seen: a clock set back moves a pause with it, so it ends no sooner and lasts no longer than
fifteen minutes of waiting from then.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from crmdesk.domain.errors import CrmdeskError, Paused, WrongPassphrase
from crmdesk.places import beside
from crmdesk.store import keyfile
from crmdesk.store.connection import plain_words

TRIES: Final = 5
PAUSE: Final = 15 * 60  # seconds


def begin(bank: Path, login: str, now: float | None = None) -> int:
    """Count a try of this person; returns how many are left should it fail. Raises Paused during a pause."""

    def count(found: dict[str, Any]) -> tuple[int, float]:
        at, tries, slot = _tidied(found, now), found["failures"]["tries"], _slot(found, login)
        many, until = tries.get(slot, (0, 0.0))
        if until:
            return -1, float(until)
        many += 1
        tries[slot] = [many, at + PAUSE if many >= TRIES else 0.0]
        return TRIES - many, float(tries[slot][1])

    with _whole(bank):
        left, until = keyfile.update(bank, count)
    if left < 0:
        raise paused(until)
    return left


def succeed(bank: Path, login: str) -> int:
    """The try that `begin` counted was right: forget the wrong ones before it; returns how many they were."""

    def forget(found: dict[str, Any]) -> int:
        many, _ = found.get("failures", {}).get("tries", {}).pop(_slot(found, login), (1, 0.0))
        return int(many) - 1

    with _whole(bank):
        return keyfile.update(bank, forget)


def clear(bank: Path, login: str) -> None:
    """An administrator gave a new password: its owner need not wait."""
    with _whole(bank):
        keyfile.update(bank, lambda found: found.get("failures", {}).get("tries", {}).pop(_slot(found, login), None))


def paused_until(bank: Path, login: str, now: float | None = None) -> datetime | None:
    """The end of this person's pause; None where there is none."""
    with _whole(bank):
        found = keyfile.document(bank)
        _tidied(found, now)
        _, until = found["failures"]["tries"].get(_slot(found, login), (0, 0.0))
    return datetime.fromtimestamp(until, UTC) if until else None


def wrong(
    left: int, now: float | None = None, what: str = "Name or passphrase is wrong"
) -> WrongPassphrase | Paused:  # fmt: skip
    """What a person is told whose try failed, with `left` more of them."""
    if left <= 0:
        return paused((time.time() if now is None else now) + PAUSE)
    tries = "1 try" if left == 1 else f"{left} tries"
    return WrongPassphrase(f"{what}. {tries} left before a 15-minute pause.")


def paused(until: float) -> Paused:
    end = datetime.fromtimestamp(until, UTC)
    return Paused(f"Too many wrong tries; wait until {end.astimezone():%H:%M}, then try again.", end)


@contextlib.contextmanager
def _whole(bank: Path) -> Iterator[None]:
    """A disk that fails, and counters that somebody wrote over, are told in a sentence: nobody gets in by them."""
    try:
        with plain_words(bank):
            yield
    except (AttributeError, KeyError, TypeError, ValueError):
        raise CrmdeskError(f"{beside(bank, 'keys')} is damaged; copy it back from a backup of the bank.") from None


def _tidied(found: dict[str, Any], now: float | None) -> float:
    """Bring the counters to this moment: move pauses with a clock that was set back, drop those that ended."""
    at = time.time() if now is None else now
    kept = found.setdefault("failures", {})
    tries = kept.setdefault("tries", {})
    back = max(0.0, float(kept.get("seen", at)) - at)
    for slot, (many, until) in list(tries.items()):
        if until and until - back <= at:
            del tries[slot]
        elif until:
            tries[slot] = [many, min(until - back, at + PAUSE)]
    kept["seen"] = at
    return at


def _slot(found: dict[str, Any], login: str) -> str:
    """A person's counter: 16 bits of a keyed hash, so that no name lies here and invented ones cannot fill the disk."""
    key = bytes.fromhex(found.get("names") or found["audit_key"])
    return hmac.new(key, b"tries of " + login.encode(), hashlib.sha256).hexdigest()[:4]
