"""FILE.keys: the audit key of a plain bank in the open, both keys of an encrypted one wrapped for each person."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

from crmdesk.domain import recovery
from crmdesk.domain.errors import CrmdeskError, WrongPassphrase
from crmdesk.places import beside

T = TypeVar("T")
PLAIN: Final = b"SQLite format 3\0"  # what an encrypted file does not begin with
WRONG: Final = "The name or the passphrase is wrong, or this person has no key to the bank."


@dataclass(frozen=True)
class Keys:
    """The audit key, and in an encrypted bank the 256-bit key of its pages; printing shows neither."""

    audit: bytes = field(repr=False)
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Cost:
    """What one guess costs (Argon2id): memory in KiB, passes, lanes."""

    memory_kib: int = 65536
    passes: int = 3
    lanes: int = 4

    def kek(self, secret: str, salt: bytes) -> bytes:
        """The 32 bytes that seal a wrap; about 0.3 s at full cost."""
        from argon2.low_level import Type, hash_secret_raw

        # Typed on another keyboard or system, the same letters may come in other pieces.
        plain = unicodedata.normalize("NFC", secret).encode()
        return hash_secret_raw(plain, salt, self.passes, self.memory_kib, self.lanes, 32, Type.ID)


COST: Final = Cost()
_MOST: Final = Cost(1 << 20, 16, 16)  # a hostile file must not ask for all the memory there is


def fresh(*, encrypted: bool = False) -> Keys:
    """New random keys; without a data key for a plain bank."""
    return Keys(secrets.token_bytes(32), secrets.token_bytes(32) if encrypted else None)


def make(bank: Path, keys: Keys | None = None) -> Keys:
    """The key file of a new bank, readable by its owner alone; an encrypted one opens for nobody until `wrap`."""
    file = beside(bank, "keys")
    if file.exists():
        raise CrmdeskError(f"{file} exists already; it belongs to another bank: move it away first.")
    keys = keys or fresh()
    _save(file, _sealed() if keys.data else {"format": 1, "audit_key": keys.audit.hex()})
    return keys


def is_encrypted(bank: Path) -> bool:
    """Whether the bank asks for a passphrase; False also where it has no key file yet."""
    if not beside(bank, "keys").exists():
        return False
    found = document(bank)
    return "wraps" in found and ("audit_key" not in found or not _begins_plain(bank))


def has_wrap(bank: Path, login: str) -> bool:
    """Whether this person holds a key to the encrypted bank; "" is the one of single-user mode."""
    found = document(bank)
    return "wraps" in found and _slot(found, login) in found["wraps"]


def load(bank: Path) -> Keys:
    """The key of a plain bank; CrmdeskError for an encrypted one, a missing or a damaged file."""
    found = document(bank)
    if is_encrypted(bank):
        raise CrmdeskError(f"{bank} is encrypted; give a name and passphrase.")
    try:
        return Keys(bytes.fromhex(found["audit_key"]))
    except (KeyError, TypeError, ValueError):
        raise _damaged(bank) from None


def unlock(bank: Path, login: str, passphrase: str) -> Keys:
    """The keys of an encrypted bank by a person's passphrase; with login "" also by the recovery key.

    WrongPassphrase where none opens it; that takes as long for a name without a key as for a wrong passphrase.
    """
    if not login and recovery.looks_like(passphrase):
        return recover(bank, passphrase)
    found = document(bank)
    slot = _slot(found, login)
    return _opened(bank, found, found.get("wraps", {}).get(slot), slot, passphrase)


def recover(bank: Path, recovery_key: str) -> Keys:
    """The keys by the printed recovery key; BadInput says which group was mistyped, WrongPassphrase if it is old."""
    found, text = document(bank), recovery.read(recovery_key)
    return _opened(bank, found, found.get("recovery"), "recovery", text)


def wrap(bank: Path, keys: Keys, login: str, passphrase: str, *, cost: Cost | None = None) -> None:
    """Let one person open the encrypted bank by this passphrase from now on, and by no earlier one."""

    def change(found: dict[str, Any]) -> None:
        slot = _slot(found, login)
        found["wraps"][slot] = _wrapped(keys, slot, passphrase, cost or COST)

    update(bank, change)


def unwrap_user(bank: Path, login: str) -> None:
    """Take one person's way in; those who know the keys themselves are not stopped by it."""
    update(bank, lambda found: found["wraps"].pop(_slot(found, login), None))


def new_recovery_key(bank: Path, keys: Keys, *, cost: Cost | None = None) -> str:
    """A fresh recovery key, to be printed once; the former one opens nothing any more."""
    text = recovery.make()
    box = _wrapped(keys, "recovery", recovery.read(text), cost or COST)
    update(bank, lambda found: found.update(recovery={**box, "made_on": date.today().isoformat()}))
    return text


def recovery_made_on(bank: Path) -> date | None:
    """The day of the present recovery key; None where there is none."""
    made = document(bank).get("recovery", {}).get("made_on")
    return date.fromisoformat(made) if made else None


def needs_rehash(bank: Path, login: str, cost: Cost | None = None) -> bool:
    """Whether this person's key was wrapped at another cost than today's."""
    found = document(bank)
    box = found.get("wraps", {}).get(_slot(found, login)) if "wraps" in found else None
    return box is not None and _cost(bank, box) != (cost or COST)


def document(bank: Path) -> dict[str, Any]:
    """The key file as it is; CrmdeskError where it is missing or damaged."""
    file = beside(bank, "keys")
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CrmdeskError(
            f"{file} is missing: it travels with the bank; copy it back from where the bank came."
        ) from None
    except ValueError:
        raise _damaged(bank) from None
    sealed = isinstance(found, dict) and isinstance(found.get("wraps"), dict) and isinstance(found.get("names"), str)
    if not isinstance(found, dict) or not (sealed or isinstance(found.get("audit_key"), str)):
        raise _damaged(bank)
    return found


def update(bank: Path, change: Callable[[dict[str, Any]], T]) -> T:
    """Change the key file in one atomic step, alone among processes and threads; returns what `change` returns."""
    with _alone(bank):
        found = document(bank)
        before = json.dumps(found)
        result = change(found)
        if json.dumps(found) != before:
            _save(beside(bank, "keys"), found)
    return result


def begin_encryption(bank: Path, keys: Keys, login: str, passphrase: str, cost: Cost | None = None) -> str:
    """Add the wraps while the bank still lies in the open; returns the recovery key.

    The audit key stays until `end_encryption`: killed at any point between, the file opens as what it then is.
    """
    update(bank, lambda found: found.update({k: v for k, v in _sealed().items() if k != "format"}))
    wrap(bank, keys, login, passphrase, cost=cost)
    return new_recovery_key(bank, keys, cost=cost)


def end_encryption(bank: Path) -> None:
    """The encrypted file is in its place: no key stays in the open."""

    def change(found: dict[str, Any]) -> None:
        found.pop("audit_key", None)
        found["format"] = 2

    update(bank, change)


def give_up_encryption(bank: Path) -> None:
    """The file stays as it was: take the wraps back."""
    update(bank, lambda found: [found.pop(name, None) for name in ("names", "wraps", "recovery")])


def _sealed() -> dict[str, Any]:
    return {"format": 2, "names": secrets.token_hex(32), "wraps": {}}


def _slot(found: dict[str, Any], login: str) -> str:
    """A person's place in the file: a keyed hash, so that the names do not lie beside a stolen bank."""
    if "names" not in found:
        return ""
    return hmac.new(bytes.fromhex(found["names"]), login.encode(), hashlib.sha256).hexdigest()


def _wrapped(keys: Keys, slot: str, secret: str, cost: Cost) -> dict[str, Any]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    assert keys.data is not None, "only the keys of an encrypted bank are wrapped"
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    box = AESGCM(cost.kek(secret, salt)).encrypt(nonce, keys.audit + keys.data, slot.encode())
    return {"memory_kib": cost.memory_kib, "passes": cost.passes, "lanes": cost.lanes,
            "salt": salt.hex(), "nonce": nonce.hex(), "box": box.hex()}  # fmt: skip


def _opened(bank: Path, found: dict[str, Any], box: dict[str, Any] | None, slot: str, secret: str) -> Keys:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if not is_encrypted(bank):
        raise CrmdeskError(f"{bank} is not encrypted; it opens without a passphrase.")
    if box is None:
        COST.kek(secret, secrets.token_bytes(16))  # as long as a real try: the time must not tell who has a key
        raise WrongPassphrase(WRONG)
    try:
        kek = _cost(bank, box).kek(secret, bytes.fromhex(box["salt"]))
        both = AESGCM(kek).decrypt(bytes.fromhex(box["nonce"]), bytes.fromhex(box["box"]), slot.encode())
    except InvalidTag:
        raise WrongPassphrase(WRONG) from None
    except (KeyError, TypeError, ValueError):
        raise _damaged(bank) from None
    if "audit_key" in found:  # an encryption was killed after the exchange and before its last step
        end_encryption(bank)
    return Keys(both[:32], both[32:])


def _cost(bank: Path, box: dict[str, Any]) -> Cost:
    try:
        cost = Cost(int(box["memory_kib"]), int(box["passes"]), int(box["lanes"]))
    except (KeyError, TypeError, ValueError):
        raise _damaged(bank) from None
    lanes, passes = 1 <= cost.lanes <= _MOST.lanes, 1 <= cost.passes <= _MOST.passes
    if not (lanes and passes and 8 * cost.lanes <= cost.memory_kib <= _MOST.memory_kib):
        raise _damaged(bank)
    return cost


def _damaged(bank: Path) -> CrmdeskError:
    return CrmdeskError(f"{beside(bank, 'keys')} is damaged; copy it back from a backup of the bank.")


def _begins_plain(bank: Path) -> bool:
    with contextlib.suppress(OSError), bank.open("rb") as file:
        return file.read(len(PLAIN)) == PLAIN
    return False


def _save(file: Path, content: dict[str, Any]) -> None:
    """Whole or not at all, on the disk before it counts, 0600."""
    part = file.with_name(file.name + ".new")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as stream:
            json.dump(content, stream)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # elsewhere a folder cannot be synced, and need not be
        folder = os.open(file.resolve().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextlib.contextmanager
def _alone(bank: Path) -> Iterator[None]:
    """Hold FILE.lock, an empty file, against other processes and threads."""
    with beside(bank, "lock").open("a+b") as stream:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
