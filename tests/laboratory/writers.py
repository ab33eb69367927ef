"""What is done to a bank while its power is cut, or while its system calls fail: each a workload that says ACK.

A program: `python -m laboratory.writers WORKLOAD FOLDER COUNT SYNCHRONOUS`. The log is folded into the file after
every 200 pages, so that cuts hit checkpoints too, but not after each commit: that would hide a store that does not
sync. Erasure is not among them: it does not exist yet.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from laboratory import older, work
from small_bank import ACTOR, SmallApp

from crmdesk.services import backup, banks, importing
from crmdesk.store import connection, files
from crmdesk.store.bank import create_bank
from crmdesk.store.keyfile import Keys
from crmdesk.store.opening import open_bank

BANK, COPY, SOURCE = "b.crmdesk", "copy.crmdesk", "source"
ROWS = 6  # customers of one import
OLDEST = 1  # the schema that the migration begins with
SEALED = Keys(b"a" * 32, b"d" * 32)  # of the encrypted bank of the laboratory
Say = Callable[[str], None]


@dataclass(frozen=True)
class Workload:
    """`prepare` makes the base image in a folder; `run` does `count` pieces of work there."""

    prepare: Callable[[Path], None]
    run: Callable[[Path, int, Say], None]
    count: int  # pieces in a whole gate


def _empty(folder: Path) -> None:
    create_bank(folder / BANK).close()


def _sealed(folder: Path) -> None:
    create_bank(folder / BANK, keys=SEALED).close()


def _endless(kind: str, keys: Keys | None = None) -> Callable[[Path, int, Say], None]:
    def run(folder: Path, count: int, say: Say) -> None:
        store = open_bank(folder / BANK, keys)
        going = work.ENDLESS[kind](store, 1, 1, say)
        for _ in range(count):
            next(going)
        store.close()

    return run


def source(folder: Path, number: int) -> Path:
    """The files of import `number`, in a folder beside the bank's: so many customers, one interaction each."""
    place = folder.with_name(SOURCE) / str(number)
    place.mkdir(parents=True, exist_ok=True)
    people = [f"M{number}-{k},person,Given{k},Family{number}" for k in range(ROWS)]
    head = "interaction,customer,occurred_at,channel,mode,activity,amount,currency"
    visits = [f"X{number}-{k},M{number}-{k},2024-01-02,atm,transaction,deposit,{k + 1}," for k in range(ROWS)]
    (place / "customers.csv").write_text("\n".join(["customer,kind,given_name,family_name", *people]) + "\n")
    (place / "interactions.csv").write_text("\n".join([head, *visits]) + "\n")
    return place


def _imports(folder: Path, count: int, say: Say) -> None:
    app: Any = SmallApp(open_bank(folder / BANK))
    for number in range(1, count + 1):
        importing.run(app, ACTOR, source(folder, number))
        say(f"m{number}")
    app.store.close()


def _old(folder: Path) -> None:
    older.build(folder / BANK, OLDEST)


def _migration(folder: Path, count: int, say: Say) -> None:
    open_bank(folder / BANK).close()
    say("migrated")


def _backups(folder: Path, count: int, say: Say) -> None:
    store = open_bank(folder / BANK)
    for number in range(1, count + 1):
        say(work.unit(store, 1, number))
        say(f"b{files.copy_bank(folder / BANK, folder / COPY)['change_no']}")
    store.close()


def _two(folder: Path) -> None:
    """A bank, a backup of it, and two units more in the bank."""
    store = create_bank(folder / BANK)
    work.unit(store, 1, 1)
    files.copy_bank(folder / BANK, folder / COPY)
    work.unit(store, 1, 2)
    store.close()


def _restore(folder: Path, count: int, say: Say) -> None:
    backup.restore(ACTOR, folder / COPY, folder / BANK)
    say("restored")


def _create(folder: Path, count: int, say: Say) -> None:
    banks.create(folder / BANK, actor=ACTOR)
    say("created")


WORKLOADS = {
    "unit": Workload(_empty, _endless("unit"), 30),
    "deed": Workload(_empty, _endless("deed"), 40),
    "encrypted": Workload(_sealed, _endless("unit", SEALED), 30),
    "import": Workload(_empty, _imports, 4),
    "backup": Workload(_empty, _backups, 5),
    "migration": Workload(_old, _migration, 1),
    "restore": Workload(_two, _restore, 1),
    "create": Workload(lambda folder: None, _create, 1),
}


def main(workload: str, folder: Path, count: int, synchronous: int) -> None:
    connection.PRAGMAS.update({"synchronous": synchronous, "wal_autocheckpoint": 200})
    WORKLOADS[workload].run(folder, count, lambda said: _ack(said))


def _ack(said: str) -> None:
    os.write(1, f"ACK {said}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
