"""A plain bank becomes an encrypted one: an encrypted copy beside it, compared row for row, takes its place."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from crmdesk.domain.errors import CrmdeskError
from crmdesk.places import beside
from crmdesk.store import files, keyfile
from crmdesk.store.connection import connect, plain_words, set_cipher
from crmdesk.store.keyfile import Cost, Keys

Step = Callable[[float, str], None]
_ROWS: Final = 5_000  # compared at a time
_BLOCK: Final = 1 << 20
_LEFT: Final = "unencrypted"  # the ending of the original until it is overwritten


def encrypt_bank(path: Path, login: str, passphrase: str, prepare: Callable[[Path, Keys], None], step: Step,
                 cost: Cost | None = None) -> str:  # fmt: skip
    """Encrypt the bank at `path`, which nobody may have open; returns the recovery key.

    `prepare(copy, keys)` may still write into the encrypted copy. Killed at any moment, `path` is the whole plain bank
    or the whole encrypted one. The plain original is overwritten and removed; CrmdeskError leaves it as it was.
    """
    part = beside(path, "part")
    keys = Keys(keyfile.load(path).audit, keyfile.fresh(encrypted=True).data)
    files.remove(part)
    try:
        with plain_words(path), files.alone(path) as raw:
            raw.execute("PRAGMA journal_mode = DELETE").fetchall()  # no log may outlive the file it belongs to
            step(0.05, "Encrypting")
            _export(raw, part, keys)
            step(0.4, "Comparing every row")
            _compare(raw, part, keys)
            step(0.8, "Putting the encrypted bank in place")
            prepare(part, keys)
            if part.with_name(part.name + files.LOGS[0]).exists():  # only the file itself is put in place
                raise CrmdeskError(f"{part} could not be finished; nothing was changed. Try again.")
            if os.name == "nt":
                raw.close()  # elsewhere it keeps others out until the exchange is done; there it would prevent it
            return _exchange(path, part, keys, login, passphrase, cost)
    finally:
        files.remove(part)


def _export(raw: Any, part: Path, keys: Keys) -> None:
    assert keys.data is not None
    files.make_own(part)
    set_cipher(raw)
    raw.execute("ATTACH DATABASE ? AS sealed KEY ?", (str(part), f"x'{keys.data.hex()}'"))
    raw.execute("SELECT sqlcipher_export('sealed')").fetchall()
    for name in ("application_id", "user_version"):
        (number,) = raw.execute(f"PRAGMA main.{name}").fetchone()
        raw.execute(f"PRAGMA sealed.{name} = {number}")
    raw.execute("DETACH DATABASE sealed")


def _compare(raw: Any, part: Path, keys: Keys) -> None:
    """Each definition and each row of the copy against the bank: a difference is a refusal."""
    with contextlib.closing(connect(part, key=keys.data)) as sealed:
        shape = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
        if raw.execute(shape).fetchall() != sealed.execute(shape).fetchall():
            raise CrmdeskError("The encrypted copy has other tables than the bank; nothing was changed. Try again.")
        found = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
        for (table,) in found.fetchall():
            plain, copied = _rows(raw, table), _rows(sealed, table)
            if any(one != other for one, other in zip(plain, copied, strict=True)):
                raise CrmdeskError(f"The encrypted copy differs in {table}; nothing was changed. Try again.")
        problems = sealed.execute("PRAGMA integrity_check").fetchall()
        if problems != [("ok",)]:
            raise CrmdeskError(f"The encrypted copy is not whole ({problems[0][0]}); nothing was changed. Try again.")


def _rows(raw: Any, table: str) -> Iterator[list[tuple[Any, ...]]]:
    """All rows in blocks; the last block is empty, so that a missing row is a difference and no short end."""
    cursor = raw.execute(f'SELECT * FROM "{table}"')
    while block := cursor.fetchmany(_ROWS):
        yield block
    yield []


def _exchange(path: Path, part: Path, keys: Keys, login: str, passphrase: str, cost: Cost | None) -> str:
    """One rename, with key files around it that fit the file before and after."""
    recovery_key = keyfile.begin_encryption(path, keys, login, passphrase, cost)
    left = beside(path, _LEFT)
    try:
        with contextlib.suppress(OSError):  # a file system without second names cannot overwrite what it replaced
            left.unlink(missing_ok=True)
            os.link(path, left)
        files.put_in_place(part, path, ())
    except BaseException:
        if _is_plain(path):  # else it is exchanged already, and the wraps are the only way into it
            left.unlink(missing_ok=True)
            keyfile.give_up_encryption(path)
        raise
    keyfile.end_encryption(path)
    shred(left)
    return recovery_key


def shred(file: Path) -> None:
    """Overwrite a file and remove it; what the disk itself keeps elsewhere is out of reach."""
    if not file.exists():
        return
    with file.open("r+b") as stream:
        for _ in range(0, file.stat().st_size, _BLOCK):
            stream.write(secrets.token_bytes(_BLOCK))
        stream.truncate(file.stat().st_size)
        stream.flush()
        os.fsync(stream.fileno())
    file.unlink()


def plain_copies(path: Path) -> tuple[Path, ...]:
    """What lies readable beside an encrypted bank from before: copies, backups, rows that an import set aside."""
    around = [p for p in path.parent.iterdir() if p.name.startswith(f"{path.name}.") and p.is_file()]
    for folder in (beside(path, "backups"), beside(path, "quarantine")):
        around += [p for p in folder.rglob("*") if p.is_file()] if folder.is_dir() else []
    return tuple(sorted(p for p in around if p.suffix == ".csv" or _is_plain(p) or _is_log_of_plain(p)))


def _is_plain(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(len(keyfile.PLAIN)) == keyfile.PLAIN
    except OSError:
        return False


def _is_log_of_plain(file: Path) -> bool:
    """A log lies in the open where its bank does."""
    return file.name.endswith(files.LOGS[0]) and _is_plain(file.with_name(file.name.removesuffix(files.LOGS[0])))


def room_for(path: Path) -> None:
    """CrmdeskError where the disk has no room for a second bank beside the first."""
    needed, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    if free < needed * 1.1:
        raise CrmdeskError(
            f"Encrypting needs {needed / 1e6:,.0f} MB free beside {path.name}, and {free / 1e6:,.0f} MB are; "
            "free some space, then try again."
        )
