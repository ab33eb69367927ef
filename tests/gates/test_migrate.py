"""A migration that is killed leaves the old bank or the new one, and the next opening makes it new.

`python3 run.py gates migrate --kill 200`; in every run a few. Banks of every older schema take turns.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from laboratory import outside


def test_a_killed_migration_leaves_old_or_new(full: bool, asked: Any, tmp_path: Path) -> None:
    kills, seed = asked("--kill", 9, 200), asked("--seed", 7, 7)
    found = outside.ask("migrate_loop", tmp_path, kills, seed)
    counts = ", ".join(f"{many} {what}" for what, many in sorted(found["found"].items()))
    times = ", ".join(f"{1000 * seconds:.0f} ms from {schema}" for schema, seconds in found["lasts"].items())
    print(f"{kills} migrations killed ({times}): {counts}; {len(found['faults'])} faults; seed {seed}")
    assert not found["faults"], "\n".join(found["faults"])
    if full:
        assert min(found["found"].get("old", 0), found["found"].get("new", 0)) > kills // 20
