"""How many groups: a quick screen by silhouette, bootstraps of the best three, and limits that noise does not pass."""

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
REFERENCE_ROWS = 2000
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
    """One k as `k_choice` shows it; Jaccards are means per base cluster, in the order of the base labels.

    `reference` is the silhouette at this k of one population with the same margins and no groups.
    """

    k: int
    silhouette: float
    labels: Labels
    reference: float = 0.0
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


def screen(rows: Floats, points: Floats, ks: Sequence[int], fit: Fit, seed: int, step: Step,
           reference: Floats | None = None) -> list[Trial]:  # fmt: skip
    """One full fit for each k with its simplified silhouette in the space of `points`.

    The silhouette of noise grows with k in few columns; a quick fit of `reference` (the same margins without
    groups) shows how far, so that the best three are those most above it.
    """
    trials = []
    for i, k in enumerate(ks):
        step(i / len(ks), f"Trying {k} groups")
        if k <= len(rows):
            labels = np.unique(fit.full(rows, k, seed).assign(rows), return_inverse=True)[1]
            trial = Trial(k, simplified_silhouette(points, labels), labels)
            if reference is not None:
                few = reference[:REFERENCE_ROWS]
                trial.reference = simplified_silhouette(few, kmeans(few, k, seed, starts=1).labels)
            trials.append(trial)
    return trials


def best_three(trials: Sequence[Trial]) -> list[Trial]:
    """The k of the highest silhouette, then those most above the reference: small k keep the others honest."""
    top = min(trials, key=lambda t: (-t.silhouette, t.k), default=None)
    rest = sorted((t for t in trials if t is not top), key=lambda t: (t.reference - t.silhouette, t.k))
    return [t for t in (top, *rest) if t is not None][:CANDIDATES]


def bootstrap(trial: Trial, rows: Floats, fit: Fit, seed: int, step: Step) -> None:
    """Refit on resampled people, predict all, compare with the base labels (clusterboot; Hennig 2007)."""
    rng = np.random.default_rng([seed, trial.k])
    best = []
    for b in range(BOOTSTRAPS):
        step(b / BOOTSTRAPS, f"Checking {trial.k} groups")
        drawn = rng.integers(0, len(rows), len(rows))
        other = fit.quick(rows[drawn], trial.k, seed + 1 + b).assign(rows)
        table = _pairs(trial.labels, other)
        trial.aris.append(statistics.rand_of(table))
        union = table.sum(axis=1, keepdims=True) + table.sum(axis=0) - table
        best.append((table / union).max(axis=1))
    trial.jaccards = np.mean(best, axis=0)


def _pairs(first: Labels, second: Labels) -> Labels:
    """Contingency table of labels 0..k-1, without the sorting that labels of any kind need."""
    wide = int(second.max()) + 1
    table: Labels = np.bincount(first * wide + second, minlength=(int(first.max()) + 1) * wide).reshape(-1, wide)
    return table[:, table.any(axis=0)]


def choose(rows: Floats, points: Floats, fit: Fit, seed: int, step: Step,
           reference: Floats | None = None) -> tuple[Trial | None, list[Trial]]:  # fmt: skip
    """The largest k that is as stable as the best, with groups that are stable and not small; and all trials.

    rows (n, columns) are fitted, points (n, d) measure the silhouette. None: no k passes.
    """
    trials = screen(rows, points, KS, fit, seed, lambda f, text: step(f / 3, text), reference)
    best = best_three(trials)
    for i, trial in enumerate(best):
        done = (1 + 2 * i / CANDIDATES) / 3
        bootstrap(trial, rows, fit, seed, lambda f, text, done=done: step(done + f * 2 / 9, text))  # type: ignore[misc]
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
