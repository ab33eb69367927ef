"""Kill -9 at random moments: what was said to be saved is there, and nothing is there by half.

`python3 run.py gates kill --kills 1000 --writers 1,3`; in every run a few. A kill cannot tell a store that waits for
the disk from one that does not: that is `gates powercut`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from laboratory import outside, work

from crmdesk.store.bank import create_bank


def test_killed_writers_lose_nothing_that_they_said(full: bool, asked: Any, tmp_path: Path) -> None:
    kills, writers, seed = asked("--kills", 12, 1_000), asked("--writers", "1,3", "1,3"), asked("--seed", 7, 7)
    base = tmp_path / "base.crmdesk"
    create_bank(base).close()
    found = outside.ask("kill_loop", base, kills, writers, seed)
    rate, faults = 60 * found["kills"] / found["seconds"], found["faults"]
    print(f"{found['kills']} kills of {writers} writers at once, {found['acks']:,} acks: {len(faults)} faults; "
          f"{found['rounds']} openings, {rate:.0f} kills a minute, seed {seed}")  # fmt: skip
    assert not faults, "\n".join(faults)
    assert found["kills"] >= kills and found["acks"] >= (5 * kills if full else 1)


def test_the_looking_over_sees_a_torn_unit_and_a_lost_one(tmp_path: Path) -> None:
    store = create_bank(tmp_path / "b.crmdesk")
    said = {work.unit(store, 1, number) for number in (1, 2)}
    store.close()
    assert work.look(store.path).lost(said) == set() == work.look(store.path).lost(set())
    with work.spoiled(store.path) as raw:
        raw.execute("DELETE FROM interaction WHERE customer_id = 2 AND id = (SELECT max(id) FROM interaction)")
    found = work.look(store.path)
    assert found.torn == ["unit L1-2: 2 interactions, 1 events"] and found.lost(said) == {"u1-2"}
    with work.spoiled(store.path) as raw:
        raw.executescript("DROP TRIGGER audit_event_no_delete; DELETE FROM audit_event WHERE seq = 1;")
    assert any("audit_event 1: row 1 is missing" in line for line in work.look_raw(store.path).broken)
