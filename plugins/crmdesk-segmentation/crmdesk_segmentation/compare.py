"""Staged against single-step: how far the usual one-step ways agree with the two-tier segments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import statistics
from crmdesk_segmentation import hellinger, lloyd, money
from crmdesk_segmentation.choose_k import sample

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Step = Callable[[float, str], None]
METHODS = ("columns", "blocks", "pca")
TITLES = {"columns": "single step, every column alike", "blocks": "single step, use and money 1:1",
          "pca": "single step, 1:1 after PCA"}  # fmt: skip
RESAMPLES = 200
SAME = 0.90


def space(counts: Floats, held: Floats, method: str) -> Floats:
    """The points (n, columns) a single step clusters: use and zero-aware money side by side."""
    use = hellinger.root_shares(counts, hellinger.population_shares(counts))
    cash = money.fit(held).transform(held)
    if method == "columns":
        return _z(np.hstack([use, cash]))
    if method == "pca":
        use, cash = _components(use), _components(cash)
    return np.hstack([_unit(use), _unit(cash)])


def _z(points: Floats) -> Floats:
    sd = points.std(axis=0)
    z: Floats = (points - points.mean(axis=0)) / np.where(sd > 1e-12, sd, 1.0)
    return z


def _unit(block: Floats) -> Floats:
    """Centred, with total variance 1, so that blocks weigh the same."""
    centred = block - block.mean(axis=0)
    total = float(centred.var(axis=0).sum())
    scaled: Floats = centred / (np.sqrt(total) if total > 1e-12 else 1.0)
    return scaled


def _components(block: Floats, keep: float = 0.80) -> Floats:
    """Principal components that hold 80 % of the variance; signs fixed by the largest loading."""
    centred: Floats = block - block.mean(axis=0)
    if not centred.shape[1]:
        return centred
    values, vectors = np.linalg.eigh(centred.T @ centred)
    order = np.argsort(-values)
    share = np.cumsum(values[order]) / max(float(values.sum()), 1e-12)
    kept = vectors[:, order[: int(np.searchsorted(share, keep)) + 1]]
    turned: Floats = centred @ (kept * np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])]))
    return turned


def compare(counts: Floats, held: Floats, group: NDArray[np.str_], segment: NDArray[np.str_], seed: int,
            step: Step) -> pd.DataFrame:  # fmt: skip
    """The table `comparison`: agreement of each single step at the same number of segments, with 95 % intervals."""
    import pandas as pd

    rows = sample(len(segment), seed)
    k = np.unique(segment).size
    found = []
    for i, method in enumerate(METHODS if k > 1 else ()):
        step(i / len(METHODS), "Comparing with a single step")
        labels = lloyd.kmeans(space(counts[rows], held[rows], method), k, seed).labels
        agree = statistics.agreement(segment[rows], labels)
        low, high = _interval(segment[rows], labels, seed)
        found.append([TITLES[method], k, *agree, statistics.adjusted_rand(group[rows], labels), low, high])
    return pd.DataFrame(found, columns=["method", "given_k", "ari", "ami", "v", "tier1_ari", "low", "high"])


def _interval(first: NDArray[np.str_], second: NDArray[np.int64], seed: int) -> tuple[float, float]:
    """Bootstrap of people: a resample of pairs of labels is a multinomial draw of the contingency table."""
    table = statistics.contingency(first, second)
    draws = np.random.default_rng(seed).multinomial(int(table.sum()), (table / table.sum()).ravel(), RESAMPLES)
    aris = [statistics.rand_of(draw.reshape(table.shape)) for draw in draws]
    return float(np.percentile(aris, 2.5)), float(np.percentile(aris, 97.5))


def verdict(table: pd.DataFrame) -> str:
    """One sentence on staging against a single step; without a truth it can speak of agreement only."""
    if table.empty:
        return ""
    best = table.sort_values(["ari", "method"], ascending=[False, True]).iloc[0]
    figures = f"agreement {best['ari']:.2f} ({best['low']:.2f}-{best['high']:.2f})"
    if best["low"] >= SAME:
        return f"No difference: a single step finds the same segments, {figures}."
    return f"A single step finds other segments: the closest, {best['method']}, has {figures}."
