"""How many groups: one fit for each k, a race of bootstraps to the best three, and limits noise does not pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import statistics
from crmdesk_segmentation.lloyd import kmeans, scouted, simplified_silhouette

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Step = Callable[[float, str], None]
KS = tuple(range(2, 9))
MOST_ROWS = 6000
BOOTSTRAPS = 20
CANDIDATES = 3
TRYOUTS = 2  # bootstraps every k gets before the best three get them all
LEAST_ARI, ARI_SLACK = 0.80, 0.02
LEAST_JACCARD = 0.80
LEAST_SHARE, LEAST_PEOPLE = 0.03, 100


class Fitted(Protocol):
    def assign(self, rows: Floats, /) -> Labels: ...


class Fit(Protocol):
    """`full` for the base fit, `quick` for one bootstrap: (rows, k, seed) -> a fitted partition."""

    def full(self, rows: Floats, k: int, seed: int, /) -> Fitted: ...

    def quick(self, rows: Floats, k: int, seed: int, /) -> Fitted: ...


class KMeansFit:
    """K-means in the given space."""

    def full(self, rows: Floats, k: int, seed: int) -> Fitted:
        return kmeans(rows, k, seed)

    def quick(self, rows: Floats, k: int, seed: int) -> Fitted:
        return scouted(rows, k, seed)


@dataclass
class Trial:
    """One k as `k_choice` shows it: bootstrap ARIs, and of each bootstrap the best Jaccard of each base cluster."""

    k: int
    silhouette: float
    labels: Labels
    aris: list[float] = field(default_factory=list)
    overlaps: list[Floats] = field(default_factory=list)
    null_p: float | None = None
    passed: bool = False

    @property
    def boot_ari(self) -> float | None:
        return float(np.mean(self.aris)) if self.aris else None

    @property
    def jaccards(self) -> Floats | None:
        """Mean best Jaccard of each base cluster, in the order of the base labels."""
        means: Floats | None = np.mean(self.overlaps, axis=0) if self.overlaps else None
        return means

    @property
    def min_jaccard(self) -> float | None:
        found = self.jaccards
        return None if found is None else float(found.min())


def sample(n: int, seed: int, most: int = MOST_ROWS) -> Labels:
    """Row numbers, sorted: all, or `most` of them drawn without replacement."""
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, most, replace=False))


def screen(rows: Floats, points: Floats, ks: Sequence[int], fit: Fit, seed: int, step: Step) -> list[Trial]:
    """One full fit for each k with its simplified silhouette in the space of `points`."""
    trials = []
    for i, k in enumerate(ks):
        step(i / len(ks), f"Trying {k} groups")
        if k <= len(rows):
            labels = np.unique(fit.full(rows, k, seed).assign(rows), return_inverse=True)[1]
            trials.append(Trial(k, simplified_silhouette(points, labels), labels))
    return trials


def bootstrap(trial: Trial, rows: Floats, fit: Fit, seed: int, step: Step, total: int = BOOTSTRAPS) -> None:
    """Refit on resampled people, predict all, compare with the base labels (clusterboot; Hennig 2007).

    Goes on from the bootstraps a trial has, up to `total`.
    """
    for b in range(len(trial.aris), total):
        step(b / total, f"Checking {trial.k} groups")
        drawn = np.random.default_rng([seed, trial.k, b]).integers(0, len(rows), len(rows))
        table = _pairs(trial.labels, fit.quick(rows[drawn], trial.k, seed + 1 + b).assign(rows))
        trial.aris.append(statistics.rand_of(table))
        union = table.sum(axis=1, keepdims=True) + table.sum(axis=0) - table
        trial.overlaps.append((table / union).max(axis=1))


def best_three(trials: Sequence[Trial], rows: Floats, fit: Fit, seed: int, step: Step) -> list[Trial]:
    """The trials whose first bootstraps agree most (ties: the higher silhouette), then bootstrapped in full.

    Silhouette alone often drops the true k: in few columns noise scores higher with every further group.
    """
    for i, trial in enumerate(trials):
        bootstrap(trial, rows, fit, seed, lambda f, text, i=i: step(0.25 * (i + f) / len(trials), text), TRYOUTS)  # type: ignore[misc]
    best = sorted(trials, key=lambda t: (-(t.boot_ari or 0.0), -t.silhouette))[:CANDIDATES]
    for i, trial in enumerate(best):
        bootstrap(trial, rows, fit, seed, lambda f, text, i=i: step(0.25 + 0.25 * (i + f), text))  # type: ignore[misc]
    return best


def _pairs(first: Labels, second: Labels) -> Labels:
    """Contingency table of labels 0..k-1, without the sorting that labels of any kind need."""
    wide = int(second.max()) + 1
    table: Labels = np.bincount(first * wide + second, minlength=(int(first.max()) + 1) * wide).reshape(-1, wide)
    return table[:, table.any(axis=0)]


def choose(rows: Floats, points: Floats, fit: Fit, seed: int, step: Step) -> tuple[Trial | None, list[Trial]]:
    """The largest k that is as stable as the best, with groups that are stable and not small; and all trials.

    rows (n, columns) are fitted, points (n, d) measure the silhouette. None: no k passes.
    """
    trials = screen(rows, points, KS, fit, seed, lambda f, text: step(f / 3, text))
    best = best_three(trials, rows, fit, seed, lambda f, text: step((1 + 2 * f) / 3, text))
    limit = max(LEAST_ARI, max((t.boot_ari or 0.0 for t in best), default=0.0) - ARI_SLACK)
    for trial in best:
        sizes = np.bincount(trial.labels)
        trial.passed = bool(
            sizes.size == trial.k
            and (trial.boot_ari or 0.0) >= limit
            and (trial.min_jaccard or 0.0) >= LEAST_JACCARD
            and sizes.min() >= max(LEAST_SHARE * len(rows), LEAST_PEOPLE)
        )
    return max((t for t in best if t.passed), key=lambda t: t.k, default=None), trials
