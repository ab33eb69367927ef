"""A bank as files: checked copies with their keys and a manifest, and the way back."""

import contextlib
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from crmdesk.domain.errors import CrmdeskError
from crmdesk.places import beside
from crmdesk.store import anchors, bank, keyfile
from crmdesk.store.connection import connect, plain_words, turn
from crmdesk.store.keyfile import Keys

TRAVEL = ("keys", "tombstones")  # the files that go along with a bank
LOGS = ("-wal", "-shm")  # SQLite's own, while a bank is open or after a crash


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def copy_bank(source: Path, target: Path, keys: Keys | None = None) -> dict[str, Any]:
    """A checked copy of an open or closed bank at `target` with keys and manifest; returns the manifest.

    The copy is one moment of the bank (VACUUM INTO runs in one read transaction); writers go on meanwhile. An older
    copy at `target` is replaced; a failure before the last renames leaves it as it was.
    """
    part = beside(target, "part")
    remove(part)
    try:
        with plain_words(target):
            key = keys.data if keys else None
            raw = connect(source, key=key)
            try:
                check_pages(raw, source)  # what is damaged would be copied as far as it can be read
                make_own(part)
                raw.execute("VACUUM INTO ?", (str(part),))
            finally:
                raw.close()
            # A vacuumed copy has the old journal mode; set now, or the first look at it would change its hash.
            connect(part, key=key).close()
            manifest = {**_manifest(part, key), "sha256": sha256(part)}
            _copy_companions(source, part)
            beside(part, "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
            # Without its manifest a copy is still good; with another's it would be refused: so the old one goes first,
            # and the new one comes last.
            beside(target, "manifest.json").unlink(missing_ok=True)
            put_in_place(part, target, TRAVEL)
            beside(part, "manifest.json").replace(beside(target, "manifest.json"))
            _sync_folder(target)
    finally:
        remove(part)
    return manifest


def check_pages(raw: Any, path: Path) -> None:
    """CrmdeskError where the pages of an open bank are not whole."""
    with plain_words(path):
        (found,) = raw.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise CrmdeskError(f"{path} is damaged and was left as it is; restore the last good backup beside it.")


def make_own(file: Path) -> None:
    """An empty new file that its owner alone reads, before anything is written into it."""
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _copy_companions(source: Path, target: Path) -> None:
    for ending in TRAVEL:
        if beside(source, ending).exists():
            shutil.copy2(beside(source, ending), beside(target, ending))


def put_in_place(part: Path, target: Path, endings: tuple[str, ...]) -> None:
    """Renames only, once everything is on the disk: companions first, the bank itself last."""
    for file in (part, *(beside(part, e) for e in (*endings, "manifest.json"))):
        if file.exists():
            with file.open("rb+") as stream:
                os.fsync(stream.fileno())
    for new, old in [(beside(part, e), beside(target, e)) for e in endings] + [(part, target)]:
        if new.exists():
            new.replace(old)
    _sync_folder(target)


def _sync_folder(target: Path) -> None:
    """The names of the folder that holds `target` are on the disk."""
    if os.name == "posix":  # elsewhere a folder cannot be synced, and need not be
        folder = os.open(target.resolve().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def remove(part: Path) -> None:
    for file in (part, *(part.with_name(part.name + e) for e in LOGS), *(beside(part, e) for e in TRAVEL)):
        file.unlink(missing_ok=True)
    beside(part, "manifest.json").unlink(missing_ok=True)


def _manifest(path: Path, key: bytes | None) -> dict[str, Any]:
    """Schema, change number and audit head of a copy, once its integrity is checked."""
    raw = connect(path, key=key, read_only=True, still=True)
    try:
        problems = raw.execute("PRAGMA integrity_check").fetchall()
        if problems != [("ok",)]:
            raise CrmdeskError(f"The copy at {path} did not pass its check ({problems[0][0]}); nothing was kept.")
        head = anchors.head(raw)
        uuid, change_no = raw.execute("SELECT bank_uuid, change_no FROM bank_state").fetchone()
        (schema,) = raw.execute("PRAGMA user_version").fetchone()
    finally:
        raw.close()
    return {"bank": uuid, "schema": schema, "change_no": change_no, **head.facts}


def keys_for(file: Path, keys: Keys | None) -> Keys | None:
    """What opens this bank or backup: its own keys (None) of a plain one, else `keys`; CrmdeskError where none do.

    The keys of an encrypted bank stay the same while people come, go and change their passphrases: those of the bank
    open each of its backups since it was encrypted. A backup of another bank opens by its own passphrase.
    """
    if not keyfile.is_encrypted(file):
        return None
    if keys is None or keys.data is None:
        raise CrmdeskError(f"{file} is encrypted; give a name and passphrase.")
    return keys


def check_backup(backup: Path, keys: Keys | None = None) -> None:
    """One sentence where a backup is missing, changed since it was made, damaged, or without its key.

    `keys` are those of the backup, from the key file beside it; a plain one needs none.
    """
    if not backup.exists():
        raise CrmdeskError(f"{backup} does not exist; name the backup to restore from.")
    bank.check_is_bank(backup, keys)
    manifest = beside(backup, "manifest.json")
    if manifest.exists():
        try:
            wanted = json.loads(manifest.read_text(encoding="utf-8"))["sha256"]
        except (ValueError, KeyError, TypeError):
            raise CrmdeskError(f"{manifest} is damaged; take another backup.") from None
        if sha256(backup) != wanted:
            raise CrmdeskError(f"{backup} is not the file its manifest describes; take another backup.")
    with plain_words(backup):
        _manifest(backup, keys.data if keys else None)
    if keys is None:
        keyfile.load(backup)


def restore_bank(backup: Path, target: Path, prepare: Callable[[Path], None] | None = None,
                 keys: Keys | None = None, target_keys: Keys | None = None) -> Path | None:  # fmt: skip
    """Put a checked backup in the place of `target`; a file already there is kept, and its new place returned.

    `keys` open the backup, `target_keys` the bank that is replaced (None: plain, or not known). Everything is copied
    beside `target` first and `prepare(copy)` may still write into the copy, so that only renames remain; if one fails,
    what was there comes back.
    """
    with plain_words(target):
        check_backup(backup, keys)
        if target.is_dir():
            raise CrmdeskError(f"{target} is a folder; name the file of the bank.")
        if target.exists() and backup.samefile(target):
            raise CrmdeskError(f"{target} is the backup itself; name the bank that it shall replace.")
        if not target.parent.is_dir():
            raise CrmdeskError(f"The folder {target.parent} does not exist; make it first.")
        if target.exists():
            _check_alone(target, target_keys)
        part = beside(target, "part")
        remove(part)
        try:
            make_own(part)
            shutil.copyfile(backup, part)
            _copy_companions(backup, part)
            if prepare is not None:
                prepare(part)
                if part.with_name(part.name + LOGS[0]).exists():  # only the file itself is put in place
                    raise CrmdeskError(f"{part} could not be finished; nothing was changed. Try again.")
            return _exchange(part, target)
        finally:
            remove(part)


def _exchange(part: Path, target: Path) -> Path | None:
    """Move `target` with its companions and logs aside and `part` into its place."""
    kept = _free_name(target)
    moved: list[tuple[Path, Path]] = []
    try:
        # A log left beside the restored file would be replayed into it; a damaged bank may have left one.
        for end in ("", *LOGS, *(f".{e}" for e in TRAVEL)):
            old = target.with_name(target.name + end)
            if old.exists():
                moved.append((old, kept.with_name(kept.name + end)))
                old.replace(moved[-1][1])
        put_in_place(part, target, TRAVEL)
    except BaseException:
        for old, new in reversed(moved):
            if new.exists():
                new.replace(old)
        raise
    return kept if kept.exists() else None


def _free_name(target: Path) -> Path:
    kept, number = beside(target, "before-restore"), 1
    while kept.exists():
        number += 1
        kept = beside(target, f"before-restore-{number}")
    return kept


def _check_alone(path: Path, keys: Keys | None) -> None:
    """Restore needs the bank for itself; its log is folded into the file on the way."""
    try:
        with alone(path, keys):
            pass
    except dbapi2.DatabaseError:
        # A damaged file is set aside as it is: that is why somebody restores. So is one whose key nobody gave, unless
        # another program holds it.
        _check_not_held(path)


@contextlib.contextmanager
def alone(path: Path, keys: Keys | None = None) -> Iterator[Any]:
    """A raw connection to a bank that nobody else has open, or can open meanwhile; its log is folded into the file."""
    raw = dbapi2.connect(str(path), isolation_level=None, timeout=0.5)
    try:
        turn(raw, keys.data if keys else None)
        try:
            raw.execute("PRAGMA main.locking_mode = EXCLUSIVE").fetchall()
            raw.execute("BEGIN EXCLUSIVE")
            raw.execute("COMMIT")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except dbapi2.OperationalError as error:
            raise CrmdeskError(f"{path} is in use by another program; close it there, then try again.") from error
        yield raw
    finally:
        raw.close()


def _check_not_held(path: Path) -> None:
    """Whoever has a bank open holds byte 128 of its -shm file (SQLite, "WAL-mode file format", section 2)."""
    shm = path.with_name(path.name + LOGS[1])
    if sys.platform == "win32" or not shm.exists():
        return  # there an open file cannot be renamed
    import fcntl

    with shm.open("r+b") as stream:
        try:
            fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 128)
        except OSError:
            raise CrmdeskError(f"{path} is in use by another program; close it there, then try again.") from None
