"""A bank as files: checked copies with their keys and a manifest, and the way back."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from crmdesk.domain.errors import CrmdeskError
from crmdesk.places import beside
from crmdesk.store import bank, chain

TRAVEL = ("keys", "tombstones")  # the files that go along with a bank


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def copy_bank(source: Path, target: Path) -> dict[str, Any]:
    """A checked copy of an open or closed bank at `target` with keys and manifest; returns the manifest.

    The copy is one moment of the bank (VACUUM INTO runs in one read transaction); writers go on meanwhile.
    """
    part = beside(target, "part")
    part.unlink(missing_ok=True)
    try:
        with bank.plain_words(target):
            raw = bank.connect(source)
            try:
                raw.execute("VACUUM INTO ?", (str(part),))
            finally:
                raw.close()
            # A vacuumed copy has the old journal mode; set now, or the first look at it would change its hash.
            bank.connect(part).close()
            manifest = _manifest(part)
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            for ending in TRAVEL:
                if beside(source, ending).exists():
                    shutil.copy2(beside(source, ending), beside(target, ending))
            text = json.dumps({**manifest, "sha256": sha256(part)}, indent=1)
            beside(target, "manifest.json").write_text(text, encoding="utf-8")
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)
        for end in ("-wal", "-shm"):
            part.with_name(part.name + end).unlink(missing_ok=True)
    return dict(json.loads(text))


def _manifest(path: Path) -> dict[str, Any]:
    """Schema, change number and audit head of a copy, once its integrity is checked."""
    raw = dbapi2.connect(f"file:{path}?mode=ro", uri=True)
    try:
        problems = raw.execute("PRAGMA integrity_check").fetchall()
        if problems != [("ok",)]:
            raise CrmdeskError(f"The copy at {path} did not pass its check ({problems[0][0]}); nothing was kept.")
        head = raw.execute("SELECT hash FROM audit_event ORDER BY seq DESC LIMIT 1").fetchone()
        seq = raw.execute("SELECT coalesce(max(seq), 0) FROM audit_event").fetchone()[0]
        uuid, change_no = raw.execute("SELECT bank_uuid, change_no FROM bank_state").fetchone()
        (schema,) = raw.execute("PRAGMA user_version").fetchone()
    finally:
        raw.close()
    return {"bank": uuid, "schema": schema, "change_no": change_no, "audit_seq": seq,
            "head": head[0] if head else chain.GENESIS}  # fmt: skip


def check_backup(backup: Path) -> None:
    """One sentence where a backup is missing, changed since it was made, damaged, or without its key."""
    bank.check_is_bank(backup)
    manifest = beside(backup, "manifest.json")
    if manifest.exists():
        try:
            wanted = json.loads(manifest.read_text(encoding="utf-8"))["sha256"]
        except (ValueError, KeyError, TypeError):
            raise CrmdeskError(f"{manifest} is damaged; take another backup.") from None
        if sha256(backup) != wanted:
            raise CrmdeskError(f"{backup} is not the file its manifest describes; take another backup.")
    with bank.plain_words(backup):
        _manifest(backup)
    chain.load_key(backup)


def restore_bank(backup: Path, target: Path) -> Path | None:
    """Put a checked backup in the place of `target`; a file already there is kept, and its new place returned."""
    check_backup(backup)
    if target.exists():
        _alone(target)
    part = beside(target, "part")
    with bank.plain_words(target):
        try:
            shutil.copyfile(backup, part)
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            kept = _set_aside(target) if target.exists() else None
            for ending in TRAVEL:
                beside(target, ending).unlink(missing_ok=True)
                if beside(backup, ending).exists():
                    shutil.copy2(beside(backup, ending), beside(target, ending))
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return kept


def _set_aside(target: Path) -> Path:
    kept = beside(target, "before-restore")
    number = 1
    while kept.exists():
        number += 1
        kept = beside(target, f"before-restore-{number}")
    for ending in TRAVEL:
        if beside(target, ending).exists():
            shutil.copy2(beside(target, ending), beside(kept, ending))
    target.replace(kept)
    return kept


def _alone(path: Path) -> None:
    """Restore needs the bank for itself; its log is folded into the file on the way."""
    raw = dbapi2.connect(str(path), isolation_level=None, timeout=0.5)
    try:
        raw.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        raw.execute("BEGIN EXCLUSIVE")
        raw.execute("COMMIT")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except dbapi2.OperationalError as error:
        raise CrmdeskError(f"{path} is in use by another program; close it there, then try again.") from error
    except dbapi2.DatabaseError:
        pass  # a damaged file is set aside as it is: that is why somebody restores
    finally:
        raw.close()
