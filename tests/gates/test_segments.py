"""Ten planted banks and twenty without groups: small in every run, whole by `python3 run.py gates segments`.

The planted customers come from the tests' own generator, so that the gate does not hang on `bank create`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from crmdesk_segmentation import fitting, inputs
from crmdesk_segmentation.levels import Pace
from crmdesk_segmentation.params import TwoTier
from crmdesk_segmentation.score import assign
from threadpoolctl import threadpool_limits

from crmdesk.api import statistics
from crmdesk.jobs import Silent

sys.path.insert(0, str(Path(__file__).parents[1] / "plugins" / "segmentation"))
from planted import planted

PLANTED_SEEDS = tuple(range(1, 11))
NULL_SEEDS = tuple(range(1, 21))
SEPARATED: dict[str, Any] = {"spread": 0.33}
WITHOUT: dict[str, Any] = {"segments": False, "tiers": (1.0,), "separation": 0.0, "spread": 0.9}


def fitted(n: int, seed: int, kind: dict[str, Any], params: TwoTier) -> tuple[float, float, int]:
    """ARI of tier 1, ARI of the segments, number of segments."""
    bank = planted(n, seed, **kind)
    with threadpool_limits(1):
        people = inputs.read(bank.frame)
        model = fitting.fit(people, params, Pace(Silent())).model
    members = assign(model, people.customers, people.counts, people.money)
    return (statistics.adjusted_rand(bank.segment, members["tier1"]),
            statistics.adjusted_rand(bank.joint, members["segment"]), len(model.codes))  # fmt: skip


@pytest.mark.timeout(3600)
def test_chosen_numbers_recover_the_planted_segments(full: bool) -> None:
    """Tier 1 >= .95 in nine of ten, joint >= .78 in eight of ten."""
    seeds = PLANTED_SEEDS if full else PLANTED_SEEDS[:1]
    found = [fitted(15_000 if full else 6_000, seed, SEPARATED, TwoTier()) for seed in seeds]
    for seed, (first, joint, k) in zip(seeds, found, strict=True):
        print(f"seed {seed}: tier 1 {first:.3f}, joint {joint:.3f}, {k} segments")
    assert sum(first >= 0.95 for first, _, _ in found) >= 0.9 * len(seeds)
    assert sum(joint >= (0.78 if full else 0.75) for _, joint, _ in found) >= 0.8 * len(seeds)


@pytest.mark.timeout(3600)
def test_given_numbers_recover_more(full: bool) -> None:
    """Tier 1 >= .95 and joint >= .80 in each at the planted numbers."""
    for seed in PLANTED_SEEDS if full else PLANTED_SEEDS[:1]:
        first, joint, _ = fitted(15_000 if full else 3_000, seed, SEPARATED, TwoTier(k1=4, k2=3))
        print(f"seed {seed}: tier 1 {first:.3f}, joint {joint:.3f}")
        assert first >= 0.95
        assert joint >= 0.80


@pytest.mark.timeout(3600)
def test_banks_without_groups_stay_in_one_piece(full: bool) -> None:
    """No split in either tier in seventeen of twenty."""
    seeds = NULL_SEEDS if full else NULL_SEEDS[:1]
    pieces = [fitted(6_000 if full else 1_500, seed, WITHOUT, TwoTier())[2] for seed in seeds]
    print(f"segments found: {pieces}")
    assert sum(k == 1 for k in pieces) >= (17 if full else 1)
