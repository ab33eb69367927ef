"""Whether a folder after a power cut holds what was said, and nothing by half: one judge for each workload."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from laboratory import older, work, writers
from laboratory.writers import BANK, COPY, OLDEST, ROWS, SEALED
from sqlcipher3 import dbapi2

from crmdesk.domain.errors import CrmdeskError
from crmdesk.places import beside
from crmdesk.store import files
from crmdesk.store.connection import connect
from crmdesk.store.keyfile import Keys
from crmdesk.store.verify import verify


@dataclass
class Verdict:
    """What is gone though it was said, and what is damaged or half there."""

    lost: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


Judge = Callable[[Path, set[str], Verdict], None]


def judged(workload: str, folder: Path, said: set[str]) -> Verdict:
    """The verdict on `folder`; a bank that cannot be opened is broken."""
    found = Verdict()
    try:
        JUDGES[workload](folder, said, found)
    except (dbapi2.Error, CrmdeskError, OSError) as error:
        found.broken.append(f"{type(error).__name__}: {error}")
    return found


def _look(folder: Path, said: set[str], found: Verdict, keys: Keys | None = None) -> work.Found:
    seen = work.look_raw(folder / BANK, keys)
    found.lost += sorted(seen.lost({one for one in said if one[0] in "ucip"}))
    found.broken += [*seen.torn, *seen.broken]
    return seen


def _work(folder: Path, said: set[str], found: Verdict) -> None:
    _look(folder, said, found)


def _encrypted(folder: Path, said: set[str], found: Verdict) -> None:
    _look(folder, said, found, SEALED)


def _import(folder: Path, said: set[str], found: Verdict) -> None:
    seen = work.look_raw(folder / BANK)
    found.broken += seen.broken
    raw = connect(folder / BANK)
    try:
        for table, column in (("customer", "number"), ("interaction", "external_id")):
            rows = [str(name) for (name,) in raw.execute(f"SELECT {column} FROM {table}")]
            for number in {row.partition("-")[0] for row in rows}:
                count = sum(row.startswith(f"{number}-") for row in rows)
                found.broken += [f"{count} of {table} {number}"] if count != ROWS else []
        batches = raw.execute("SELECT count(*) FROM import_batch").fetchone()[0]
        audited = raw.execute("SELECT count(*) FROM audit_event WHERE act = 'import'").fetchone()[0]
        people = raw.execute("SELECT count(*) FROM customer").fetchone()[0]
    finally:
        raw.close()
    found.broken += [f"{batches} batches, {audited} audited, {people} people"] if batches * ROWS != people else []
    found.broken += [f"{batches} batches, {audited} audited"] if batches != audited else []
    found.lost += [one for one in said if int(one[1:]) > batches]
    _copy(beside(folder / BANK, "before-import"), found)


def _copy(copy: Path, found: Verdict) -> int:
    """The change number of a copy, which must be whole where there is one; -1 where there is none."""
    if not copy.exists():
        return -1
    try:
        files.check_backup(copy)
    except CrmdeskError as error:
        found.broken.append(f"{copy.name}: {error}")
        return -1
    raw = connect(copy, read_only=True, still=True)
    try:
        return int(raw.execute("SELECT change_no FROM bank_state").fetchone()[0])
    finally:
        raw.close()


def _backup(folder: Path, said: set[str], found: Verdict) -> None:
    _look(folder, said, found)
    newest = _copy(folder / COPY, found)
    found.lost += [one for one in said if one[0] == "b" and int(one[1:]) > newest]


def _migration(folder: Path, said: set[str], found: Verdict) -> None:
    raw = connect(folder / BANK)
    try:
        found.broken += [text for (text,) in raw.execute("PRAGMA integrity_check") if text != "ok"]
        seen = older.state(raw)
    finally:
        raw.close()
    known = json.loads((folder.parent / "states.json").read_text(encoding="utf-8"))
    now = [seen[0], sorted(seen[1]), seen[2]]
    if now not in known:
        found.broken.append(f"a bank between two schemas, of {seen[0]}")
    found.lost += list(said) if now != known[-1] else []
    if now != known[0] and _copy(beside(folder / BANK, f"before-schema-{known[-1][0]}"), found) < 0:
        found.broken.append("migrated without the copy of before")


def states(folder: Path) -> None:
    """Write down the states a migration may stop at, old, between its steps and new: run once before the cuts."""
    from crmdesk.store import migrate, schema

    trial = folder.parent / "trial.crmdesk"
    older.build(trial, OLDEST)
    known = []
    for goal in range(OLDEST, schema.SCHEMA_VERSION + 1):
        migrate.migrate(trial, goal=goal)
        raw = connect(trial)
        number, shape, counts = older.state(raw)
        known.append([number, sorted(shape), counts])
        raw.close()
    (folder.parent / "states.json").write_text(json.dumps(known), encoding="utf-8")


def _restore(folder: Path, said: set[str], found: Verdict) -> None:
    kept = beside(folder / BANK, "before-restore")
    if not (folder / BANK).exists():
        if not kept.exists() or said:
            found.broken.append("neither the bank nor what was kept of it is there")
            return
        _set_back(kept, folder / BANK)
    seen = work.look_raw(folder / BANK)
    found.broken += [*seen.torn, *seen.broken]
    if seen.whole not in ({"u1-1"}, {"u1-1", "u1-2"}):
        found.broken.append(f"neither the old bank nor the backup: {sorted(seen.whole)}")
    found.lost += list(said) if seen.whole != {"u1-1"} else []


def _set_back(kept: Path, bank: Path) -> None:
    """What the sentence of an interrupted restore says: rename what was kept back, with what belongs to it."""
    for end in ("", "-wal", *(f".{one}" for one in files.TRAVEL)):
        old = kept.with_name(kept.name + end)
        if old.exists():
            old.replace(bank.with_name(bank.name + end))


def _create(folder: Path, said: set[str], found: Verdict) -> None:
    if not (folder / BANK).exists():
        found.lost += list(said)
        return
    found.broken += [str(problem) for problem in verify(folder / BANK)["problems"]]


JUDGES: dict[str, Judge] = {
    "unit": _work, "deed": _work, "encrypted": _encrypted, "import": _import, "backup": _backup,
    "migration": _migration, "restore": _restore, "create": _create,
}  # fmt: skip
assert set(JUDGES) == set(writers.WORKLOADS)
