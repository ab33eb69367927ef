"""Copies made by themselves: when something changed, in a folder beside the bank, thinned to 90 days."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from crmdesk.domain import retention
from crmdesk.domain.change import ALL, Change
from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.domain.rights import Actor, Right
from crmdesk.places import beside
from crmdesk.services import backup, restoring
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store import files, verify
from crmdesk.store.keyfile import Keys

EVERY_MINUTES: Final = 30
_STAMP: Final = "%Y%m%d-%H%M%S"
_OWN_ROW: Final = 1  # a copy's own audit row grows the change number once it is made


@dataclass(frozen=True)
class Copy:
    """One copy in the bank's folder of backups: when it was made, its size, the change number it stands at."""

    file: Path
    made_at: datetime
    bytes: int
    change_no: int | None


@dataclass(frozen=True)
class CopyReport:
    """What a call did: the new copy (None: nothing had changed), how many old ones went, and that as a sentence."""

    made: Copy | None
    thinned: int
    sentence: str
    change: Change | None = None


def folder(app: App) -> Path:
    """Where the copies of this bank lie: FILE.backups beside it."""
    return beside(app.path, "backups")


@service(Right.BACKUP, whole=True)
def copies(app: App, actor: Actor) -> list[Copy]:
    """All copies, the newest first; one without a readable manifest has no change number."""
    return _copies(app)


@service(Right.BACKUP, whole=True)
def changed(app: App, actor: Actor) -> bool:
    """Whether the bank changed since its newest copy, or has none."""
    newest = next(iter(_copies(app)), None)
    return newest is None or newest.change_no is None or app.store.change_no() > newest.change_no + _OWN_ROW


@service(Right.BACKUP, whole=True)
def make(app: App, actor: Actor, *, always: bool = False, now: datetime | None = None) -> CopyReport:
    """A checked copy if the bank changed since the last one, or `always`; then the old ones are thinned.

    The first copy of a day is also restored beside itself and verified, then removed again. `now` (aware) is the
    computer's time, not the bank's clock: copies age while the bank of an exercise stands still. CrmdeskError where the
    copy could not be made or did not pass; the older ones stay then.
    """
    now = now or datetime.now(UTC)
    if not always and not changed(app, actor):
        return CopyReport(None, 0, "Nothing changed since the last backup.")
    tested = any(one.made_at.date() == now.astimezone(UTC).date() for one in _copies(app))
    place = folder(app)
    try:
        place.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CrmdeskError(f"The folder {place} could not be made ({error.strerror}); free the name, then try again.") \
            from None  # fmt: skip
    file = place / f"{app.path.stem}-{now.astimezone(UTC):{_STAMP}}.crmdesk"
    if file.exists():
        raise BadInput("A backup was made this very second; it is the newest there is.")
    backup.backup(app, actor, file)
    if not tested:
        _try_restore(file, app.store.keys)
    made = _copy(file)
    assert made is not None
    change = Change("backup", {"audit_event": ALL}, app.store.change_no())
    return CopyReport(made, _thin(app, now), f"A backup was made and checked: {file.name}.", change)


def _try_restore(file: Path, keys: Keys) -> None:
    """Restore a copy beside itself and verify what comes out; nothing of it stays."""
    trial = beside(file, "trial")
    try:
        files.restore_bank(file, trial, keys=keys)
        problems = verify.verify(trial, keys)["problems"]
    finally:
        for ending in ("", "-wal", "-shm", *(f".{one}" for one in files.TRAVEL)):
            trial.with_name(trial.name + ending).unlink(missing_ok=True)
    if problems:
        first = problems[0]
        raise CrmdeskError(
            f"{file.name} was made, but restoring it on trial found something wrong ({first['reason']}); "
            "check the bank with: crmdesk verify"
        )


@service(Right.BACKUP, whole=True)
def check(app: App, actor: Actor, file: Path) -> str:
    """Read one copy through: hash, integrity, its key; a sentence, or CrmdeskError saying what is wrong with it."""
    files.check_backup(_own(app, file), files.keys_for(file, app.store.keys))
    return f"{file.name} is whole: it can be restored."


@service(Right.RESTORE, whole=True)
def restorable(app: App, actor: Actor, file: Path) -> Path:
    """The copy, once its check passed: what the desk hands to `backup.restore` after it closed the bank.

    NeedsSecond where a second person has to approve that first (`restoring.ask`).
    """
    files.check_backup(_own(app, file), files.keys_for(file, app.store.keys))
    restoring.check(app, actor, file)
    return file


def _own(app: App, file: Path) -> Path:
    if file.parent != folder(app):
        raise BadInput(f"{file.name} is not in the bank's folder of backups; restore it with: crmdesk restore")
    return file


def _copies(app: App) -> list[Copy]:
    place = folder(app)
    found = (_copy(file) for file in place.glob("*.crmdesk")) if place.is_dir() else ()
    return sorted((one for one in found if one is not None), key=lambda one: one.made_at, reverse=True)


def _copy(file: Path) -> Copy | None:
    """What is known of a copy by its name and manifest; None for a file that was not made here."""
    try:
        made_at = datetime.strptime(file.stem[-15:], _STAMP).replace(tzinfo=UTC)
        size = file.stat().st_size
    except (ValueError, OSError):
        return None
    try:
        number = int(json.loads(beside(file, "manifest.json").read_text(encoding="utf-8"))["change_no"])
    except (OSError, ValueError, KeyError, TypeError):
        return Copy(file, made_at, size, None)
    return Copy(file, made_at, size, number)


def _thin(app: App, now: datetime) -> int:
    """Delete the copies that need not be kept; returns how many."""
    found = _copies(app)
    keep = retention.kept((one.made_at for one in found), now)
    gone = [one for one in found if one.made_at not in keep]
    for one in gone:
        for name in (one.file, *(beside(one.file, ending) for ending in (*files.TRAVEL, "manifest.json"))):
            name.unlink(missing_ok=True)
    return len(gone)
