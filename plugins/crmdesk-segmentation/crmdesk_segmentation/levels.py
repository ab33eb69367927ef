"""One level of grouping: choose or take k, test it against chance, keep what `k_choice` tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import AnalysisError, Progress, statistics
from crmdesk_segmentation import choose_k, null_test
from crmdesk_segmentation.choose_k import Fit, Step, Trial

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass
class Level:
    """A tier-1 split (parent "") or the split of one group; k = 1 means no split."""

    tier: int
    parent: str
    rows: Labels  # which of the level's people the trials saw
    trials: list[Trial] = field(default_factory=list)
    trial: Trial | None = None
    test: null_test.Test | None = None
    given: bool = False

    @property
    def k(self) -> int:
        return self.trial.k if self.trial is not None else 1

    @property
    def boot_ari(self) -> float | None:
        return self.trial.boot_ari if self.trial is not None else None

    def stability(self, labels: Labels) -> Floats:
        """Jaccard of each final group 0..k-1; labels (n,) of the level's people."""
        if self.trial is None or self.trial.jaccards is None:
            return np.ones(self.k)
        table = np.zeros((self.k, int(self.trial.labels.max()) + 1))
        np.add.at(table, (labels[self.rows], self.trial.labels), 1)
        found: Floats = self.trial.jaccards[table.argmax(axis=1)]
        return found

    def records(self) -> list[dict[str, Any]]:
        """Rows of `k_choice`."""
        rows = [
            {"tier": self.tier, "parent": self.parent, "k": t.k, "boot_ari": t.boot_ari, "min_jaccard": t.min_jaccard,
             "silhouette": t.silhouette, "null_p": t.null_p, "chosen": t is self.trial, "bootstraps": len(t.aris)}
            for t in self.trials
        ]  # fmt: skip
        if self.trial is None:
            rows.insert(0, {"tier": self.tier, "parent": self.parent, "k": 1, "boot_ari": None, "min_jaccard": None,
                            "silhouette": None, "null_p": None, "chosen": True, "bootstraps": 0})  # fmt: skip
        return rows


def find(level: Level, rows: Floats, null: null_test.Null, fit: Fit, k: int | None, seed: int, step: Step) -> Level:
    """Fill a level: `k` given or chosen by stability; not yet tested. rows, null.points: the level's sample."""
    if k == 1 or (k is None and len(rows) < choose_k.LEAST_PEOPLE * 3):
        level.given = k == 1
        return level
    distinct = len(np.unique(null.points.round(12), axis=0))
    if k is not None:
        if k > distinct:
            raise AnalysisError(f"Fewer customers that differ than groups: {distinct} for {k} groups. Ask for fewer.")
        level.given = True
        level.trials = choose_k.screen(rows, null.points, [k], fit, seed, step)
        level.trial = level.trials[0]
        choose_k.bootstrap(level.trial, rows, fit, seed, step)
    elif distinct > max(choose_k.KS):
        level.trial, level.trials = choose_k.choose(rows, null.points, fit, seed, step)
    return level


def test_levels(levels: Sequence[Level], nulls: Sequence[null_test.Null], seed: int, step: Step) -> None:
    """Null tests of one tier, Holm over its levels; a chosen split that chance explains is undone."""
    open_levels = [i for i, level in enumerate(levels) if level.trial is not None]
    for i in open_levels:
        level = levels[i]
        assert level.trial is not None
        level.test = null_test.begin(nulls[i], level.trial.k, seed + i)
        null_test.extend(level.test, null_test.FIRST, step)
        if len(levels) > 1 and level.test.p <= null_test.ALPHA:
            null_test.extend(level.test, 40 * len(levels) - 1, step)
        level.trial.null_p = level.test.p
    p = [level.test.p if level.test is not None else 1.0 for level in levels]
    adjusted = statistics.holm(p) if len(p) else []
    for i in open_levels:
        level = levels[i]
        assert level.test is not None
        if not level.given and not (adjusted[i] <= null_test.ALPHA + 1e-12 and level.test.clear):
            level.trial = None


@dataclass
class Pace:
    """Progress that never goes back, and can be repeated from deep inside a fit."""

    progress: Progress
    fraction: float = 0.0
    text: str = ""

    def step(self, fraction: float, text: str = "") -> None:
        self.fraction, self.text = max(self.fraction, fraction), text or self.text
        self.again()

    def again(self) -> None:
        self.progress.step(self.fraction, self.text)


def stepper(step: Callable[[float, str], None], low: float, high: float) -> Step:
    """Progress of a part, mapped to low..high of the whole."""

    def part(fraction: float, text: str = "") -> None:
        step(low + (high - low) * min(fraction, 1.0), text)

    return part


def by_size(labels: Labels, first_coordinate: Floats) -> Labels:
    """order[new] = old: groups by size, largest first; ties by the first coordinate of their centre."""
    sizes = np.bincount(labels, minlength=len(first_coordinate))
    return np.lexsort((first_coordinate, -sizes)).astype(np.int64)
