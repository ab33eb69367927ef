"""Refuses one system call after another of an action on a bank, and says what came of each.

A program: `python -m laboratory.fault_loop FOLDER ACTION CALLS STEP` prints one JSON document: each STEP-th of the
first CALLS system calls returns ENOSPC, EIO and ENOMEM in turn.
"""

from __future__ import annotations

import errno
import json
import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from laboratory import refusing, work, writers
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.recording import Recording
from crmdesk.places import beside
from crmdesk.services import backup, customer_edit, importing, permission_record
from crmdesk.store import connection, files
from crmdesk.store.bank import create_bank
from crmdesk.store.opening import open_bank

BANK, COPY, NEW = "b.crmdesk", "copy.crmdesk", "new.crmdesk"
BUSY_MS = 50
ERRORS = (errno.ENOSPC, errno.EIO, errno.ENOMEM)
WHO = {"number": "L9-1", "kind": "person", "given_name": "Ada", "family_name": "Ek", "country": "SE", "branch": "HO"}


def _with(folder: Path, deed: Callable[[Any], Any]) -> None:
    """The whole of a person's action: open the bank, do it, close."""
    app: Any = SmallApp(open_bank(folder / BANK))
    try:
        deed(app)
    finally:
        app.store.close()


def customer(folder: Path) -> None:
    _with(folder, lambda app: customer_edit.create(app, ACTOR, WHO))


def permission(folder: Path) -> None:
    answer = Recording("marketing", (), "objected")
    _with(folder, lambda app: permission_record.record(app, ACTOR, "L8-1", answer))


def import_(folder: Path) -> None:
    _with(folder, lambda app: importing.run(app, ACTOR, folder.with_name(writers.SOURCE) / "1"))


def copy(folder: Path) -> None:
    _with(folder, lambda app: backup.backup(app, ACTOR, folder / NEW))


def restore(folder: Path) -> None:
    backup.restore(ACTOR, folder / COPY, folder / BANK)


def create(folder: Path) -> None:
    create_bank(folder / NEW).close()


ACTIONS: dict[str, Callable[[Path], None]] = {
    "customer": customer, "permission": permission, "import": import_, "backup": copy, "restore": restore,
    "create": create,
}  # fmt: skip


def build(folder: Path) -> None:
    """The bank of before: two units, a backup after the first."""
    store = create_bank(folder / BANK)
    work.unit(store, 1, 1)
    files.copy_bank(store.path, folder / COPY)
    work.unit(store, 1, 2)
    app: Any = SmallApp(store)
    customer_edit.create(app, ACTOR, {**WHO, "number": "L8-1"})
    store.close()
    writers.source(folder, 1)


@dataclass(frozen=True)
class State:
    """What a folder holds: every row of the bank, how many rows of each table, and the banks that are whole."""

    rows: str
    counts: dict[str, int]
    others: tuple[str, ...]


def state(folder: Path) -> State:
    """What is there, read by a program that knows nothing of what happened; raises where a bank is not whole."""
    bank = folder / BANK
    if not bank.exists():  # a restore that could not put back what it had moved says how to
        beside(bank, "before-restore").replace(bank)
        beside(bank, "before-restore.keys").replace(beside(bank, "keys"))
    found = work.look(bank)
    assert not found.torn and not found.broken, [*found.torn, *found.broken]
    store = open_bank(bank)
    with store.reader() as raw:
        rows = work.dump(raw)
        listed = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%search%'")
        tables = [name for (name,) in listed]
        counts = {table: raw.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}
    store.close()
    new = folder / NEW
    if new.exists():
        files.check_backup(new)
    return State(rows, counts, (NEW,) if new.exists() else ())


def told(action: str, folder: Path) -> tuple[str, str]:
    """("done" | "sentence" | "traceback", words) of one action, as a child tells it."""
    try:
        ACTIONS[action](folder)
    except CrmdeskError as error:
        return "sentence", str(error)
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-4:]
        where = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(last))
        return "traceback", f"{type(error).__name__}: {error} ({where})"
    return "done", ""


def fresh(base: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)


def loop(place: Path, action: str, calls: int, step: int) -> dict[str, Any]:
    """How often each outcome came; the words of those that must not be."""
    base, folder = place / "base", place / "tried"
    base.mkdir()
    build(base)
    for _ in range(2):  # the second finds everything imported
        fresh(base, folder)
        ACTIONS[action](folder)
    whole = state(folder)
    fresh(base, folder)
    before = state(folder)
    fresh(base, folder)
    # A refused lock looks like a busy bank, and is waited for.
    connection.PRAGMAS["busy_timeout"] = BUSY_MS
    every = len(refusing.run(lambda: told(action, folder), 0, 0).calls)
    outcomes: Counter[str] = Counter()
    words: list[str] = []
    left: Counter[str] = Counter()
    tried = 0
    for at in range(1, min(calls, every) + 1, step):
        for error in ERRORS:
            fresh(base, folder)
            heard = refusing.run(lambda: told(action, folder), at, error)
            tried += 1
            what, why = _judge(heard, folder, before, whole)
            outcomes[what] += 1
            left.update(f.name for f in folder.iterdir() if ".part" in f.name or f.name.endswith(".new"))
            if what not in ("done", "unchanged and a sentence"):
                number = heard.calls[at - 1] if len(heard.calls) >= at else "?"
                words.append(f"{action}, call {at} ({number}) {errno.errorcode[error]}: {what}: {why}")
    return {"calls": every, "tried": tried, "outcomes": outcomes, "words": words, "left": left}


def _judge(heard: refusing.Heard, folder: Path, before: State, whole: State) -> tuple[str, str]:
    if heard.told is None:
        return "died", f"status {heard.status}"
    what, why = heard.told
    try:
        now = state(folder)
    except BaseException as error:
        return "broken", f"{type(error).__name__}: {error} after {what} {why}"
    unchanged = now.rows == before.rows and now.others == before.others
    done = (now.counts, now.others) == (whole.counts, whole.others)
    if what == "traceback":
        return what, f"{why}; {'unchanged' if unchanged else 'done' if done else 'half'}"
    if what == "done":
        return ("done", "") if done else ("said to be done", "unchanged" if unchanged else "half")
    changed = "refused but done" if done else "refused but half"
    return ("unchanged and a sentence" if unchanged else changed), why


if __name__ == "__main__":
    print(json.dumps(loop(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
