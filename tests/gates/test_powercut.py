"""A power cut at any moment loses nothing that was said, and leaves nothing by half; a store that does not wait does.

`python3 run.py gates powercut --points 20000 --control`; in every run a few points of each workload. The controls (the
same run with synchronous NORMAL and OFF) must lose and must be damaged: where they come out clean, the gate fails.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from laboratory import outside, tracing, writers

FULL, NORMAL, OFF = 2, 1, 0
# How many of a hundred points each workload gets; a small run traces two of them.
SHARES = {"unit": 30, "backup": 12, "migration": 8, "deed": 20, "encrypted": 10, "import": 10, "restore": 5,
          "create": 5}  # fmt: skip
SMALL, SEED = ("unit", "backup"), 7


@pytest.fixture(autouse=True)
def traced() -> None:
    why = tracing.missing()
    if why:
        pytest.skip(why)


def cuts(folder: Path, workload: str, points: int, seed: int, synchronous: int = FULL, count: int = 0) -> Any:
    folder.mkdir()
    found = outside.ask("power", folder, workload, points, seed, synchronous, count)
    rate = 60 * points / found["seconds"]
    name = {FULL: "FULL", NORMAL: "NORMAL", OFF: "OFF"}[synchronous]
    print(f"{name:6} {workload:9} {points:>6,} cuts of {found['acts']:,} acts with {found['acks']} acks: "
          f"{found['lost']:,} lost, {found['broken']:,} corrupt; {rate:,.0f} cuts a minute")  # fmt: skip
    return found


def test_no_cut_loses_or_damages_anything(full: bool, asked: Any, tmp_path: Path) -> None:
    points, seed = asked("--points", 400, 20_000), asked("--seed", SEED, SEED)
    assert set(SHARES) == set(writers.WORKLOADS)
    shares = {name: part for name, part in SHARES.items() if full or name in SMALL}
    words, total = [], 0
    for workload, part in shares.items():
        of_this = -(-points * part // sum(shares.values()))
        found = cuts(tmp_path / workload, workload, of_this, seed, FULL, 0 if full else 3)
        assert found["acks"]
        words, total = words + found["words"], total + of_this
    assert not words, "\n".join(words)
    assert total >= points


def test_the_controls_fail(full: bool, asked: Any, tmp_path: Path) -> None:
    """Else the simulator could not tell a store that syncs from one that does not."""
    if full and not asked("--control", False, False):
        pytest.skip("the controls were not asked for: --control")
    points, seed = (1_500, asked("--seed", SEED, SEED)) if full else (120, SEED)
    careless = cuts(tmp_path / "normal", "unit", points, seed, NORMAL, 0 if full else 8)
    assert careless["lost"] > points // 10 and careless["broken"] == 0
    blind = cuts(tmp_path / "off", "unit", points, seed, OFF, 0 if full else 16)
    assert blind["broken"] > points // 10
