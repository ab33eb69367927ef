"""Kills migrations at random moments and opens the bank again: it is old or new, and then new.

A program: `python -m laboratory.migrate_loop FOLDER KILLS SEED` prints one JSON document. The schemas take turns.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

# Loaded before the forks: else most kills would hit the import of alembic.
import alembic.migration
import alembic.operations
from laboratory import older

from crmdesk.places import beside
from crmdesk.store import files, schema
from crmdesk.store.connection import connect
from crmdesk.store.opening import open_bank
from crmdesk.store.verify import verify

assert alembic.migration and alembic.operations


def run(bank: Path, lives: float | None) -> tuple[bool, float]:
    """Open the bank in a process of its own, killed after so many seconds; whether it said "done", how long it took."""
    ear, mouth = os.pipe()
    began = time.monotonic()
    pid = os.fork()
    if not pid:
        try:
            open_bank(bank).close()
            os.write(mouth, b"done")
        finally:
            os._exit(0)
    os.close(mouth)
    if lives is not None:
        time.sleep(lives)
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with os.fdopen(ear, "rb") as stream:
        return stream.read() == b"done", time.monotonic() - began


def counted(bank: Path) -> tuple[int, dict[str, int]]:
    """Schema number, and how many rows each table holds."""
    raw = connect(bank)
    try:
        number, _, counts = older.state(raw)
    finally:
        raw.close()
    return number, counts


def fresh(bank: Path, number: int) -> None:
    for file in bank.parent.glob(f"{bank.name}*"):
        file.unlink()
    older.build(bank, number)


def faults_of(bank: Path, before: dict[str, int]) -> list[str]:
    """What is wrong with a bank that was opened again: gone rows, a broken check, no good copy of before."""
    number, now = counted(bank)
    found = [
        f"{table} had {many} rows, now {now.get(table)}" for table, many in before.items() if now.get(table) != many
    ]
    found += [str(problem) for problem in verify(bank)["problems"]]
    found += [f"schema {number} after opening"] if number != schema.SCHEMA_VERSION else []
    copy = beside(bank, f"before-schema-{schema.SCHEMA_VERSION}")
    files.check_backup(copy)
    left = [file.name for file in bank.parent.glob("*.part*")]
    return found + [f"{name} was left over" for name in left]


def loop(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    draw = random.Random(seed)
    bank = folder / "old.crmdesk"
    schemas = sorted(older.AUDIT_KEYS)
    lasts = {}
    for number in schemas:
        fresh(bank, number)
        lasts[number] = run(bank, None)[1]
    found: Counter[str] = Counter()
    faults: list[str] = []
    for count in range(kills):
        start = schemas[count % len(schemas)]
        fresh(bank, start)
        _, before = counted(bank)
        said, _ = run(bank, draw.uniform(0, 1.2 * lasts[start]))
        number, _ = counted(bank)
        found["old" if number == start else "new" if number == schema.SCHEMA_VERSION else "between steps"] += 1
        faults += [f"kill {count}: said done at schema {number}"] if said and number != schema.SCHEMA_VERSION else []
        run(bank, None)
        faults += [f"kill {count} of schema {start}: {words}" for words in faults_of(bank, before)]
    return {"kills": kills, "found": found, "faults": faults[:20], "lasts": lasts}


if __name__ == "__main__":
    print(json.dumps(loop(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
