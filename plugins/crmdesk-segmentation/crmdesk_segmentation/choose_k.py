"""How many groups: a quick screen by silhouette, bootstraps of the best three, and limits that noise does not pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import Progress, statistics
from crmdesk_segmentation.lloyd import simplified_silhouette

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
KS = tuple(range(2, 9))
MOST_ROWS = 6000
BOOTSTRAPS = 20
CANDIDATES = 3
LEAST_ARI, ARI_SLACK = 0.80, 0.02
LEAST_JACCARD = 0.80
LEAST_SHARE, LEAST_PEOPLE = 0.03, 100


class Fitted(Protocol):
    def assign(self, rows: Floats, /) -> Labels: ...


Fit = Callable[[Floats, int, int, int], Fitted]  # rows, k, seed, starts


@dataclass
class Trial:
    """One k as `k_choice` shows it; Jaccards are means per base cluster, in the order of the base labels."""

    k: int
    silhouette: float
    labels: Labels
    aris: list[float] = field(default_factory=list)
    jaccards: Floats | None = None
    null_p: float | None = None
    passed: bool = False

    @property
    def boot_ari(self) -> float | None:
        return float(np.mean(self.aris)) if self.aris else None

    @property
    def min_jaccard(self) -> float | None:
        return float(self.jaccards.min()) if self.jaccards is not None else None


def sample(n: int, seed: int, most: int = MOST_ROWS) -> Labels:
    """Row numbers, sorted: all, or `most` of them drawn without replacement."""
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, most, replace=False))


def screen(rows: Floats, points: Floats, ks: Sequence[int], fit: Fit, seed: int, starts: int,
           step: Callable[[float, str], None]) -> list[Trial]:  # fmt: skip
    """One fit for each k with its simplified silhouette in the space of `points`."""
    trials = []
    for i, k in enumerate(ks):
        step(i / len(ks), f"Trying {k} groups")
        if k <= len(rows):
            labels = np.unique(fit(rows, k, seed, starts).assign(rows), return_inverse=True)[1]
            trials.append(Trial(k, simplified_silhouette(points, labels), labels))
    return trials


def bootstrap(trial: Trial, rows: Floats, fit: Fit, seed: int, step: Callable[[float, str], None]) -> None:
    """Refit on resampled people, predict all, compare with the base labels (clusterboot; Hennig 2007)."""
    rng = np.random.default_rng([seed, trial.k])
    best = []
    for b in range(BOOTSTRAPS):
        step(b / BOOTSTRAPS, f"Checking {trial.k} groups")
        drawn = rng.integers(0, len(rows), len(rows))
        other = fit(rows[drawn], trial.k, seed + 1 + b, 1).assign(rows)
        table = statistics.contingency(trial.labels, other)
        trial.aris.append(statistics.rand_of(table))
        union = table.sum(axis=1, keepdims=True) + table.sum(axis=0) - table
        best.append((table / union).max(axis=1))
    trial.jaccards = np.mean(best, axis=0)


def choose(rows: Floats, points: Floats, fit: Fit, seed: int, progress: Progress, at: tuple[float, float],
           starts: int) -> tuple[Trial | None, list[Trial]]:  # fmt: skip
    """The largest k that is as stable as the best, with groups that are stable and not small; and all trials.

    rows (n, columns) are fitted, points (n, d) measure the silhouette. None: no k passes.
    """
    low, high = at
    third = (high - low) / 3

    def step(fraction: float, text: str) -> None:
        progress.step(low + third * fraction, text)

    trials = screen(rows, points, KS, fit, seed, starts, step)
    best = sorted(trials, key=lambda t: (-t.silhouette, t.k))[:CANDIDATES]
    for i, trial in enumerate(best):

        def deeper(fraction: float, text: str, i: int = i) -> None:
            progress.step(low + third * (1 + 2 * (i + fraction) / CANDIDATES), text)

        bootstrap(trial, rows, fit, seed, deeper)
    limit = max(LEAST_ARI, max((t.boot_ari or 0.0 for t in best), default=0.0) - ARI_SLACK)
    for trial in best:
        sizes = np.bincount(trial.labels)
        trial.passed = (
            sizes.size == trial.k
            and (trial.boot_ari or 0.0) >= limit
            and (trial.min_jaccard or 0.0) >= LEAST_JACCARD
            and sizes.min() >= max(LEAST_SHARE * len(rows), LEAST_PEOPLE)
        )
    return max((t for t in best if t.passed), key=lambda t: t.k, default=None), trials
