"""Intervals, tests and measures of agreement that more than one room needs; numpy now, SciPy only when asked."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Z95 = 1.959963984540054


def wilson(hits: ArrayLike, n: ArrayLike, z: float = Z95) -> tuple[Floats, Floats]:
    """Wilson score interval of the rates hits/n, as arrays (low, high); n = 0 gives (0, 1): nothing is known.

    >>> low, high = wilson(8, 10)
    >>> round(float(low), 3), round(float(high), 3)
    (0.49, 0.943)
    """
    k, size = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    safe = np.maximum(size, 1.0)
    rate = k / safe
    middle = (rate + z * z / (2 * safe)) / (1 + z * z / safe)
    half = z * np.sqrt(rate * (1 - rate) / safe + z * z / (4 * safe * safe)) / (1 + z * z / safe)
    empty = size <= 0
    low = np.where(empty | (k <= 0), 0.0, middle - half)
    high = np.where(empty | (k >= size), 1.0, middle + half)
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def benjamini_hochberg(p: ArrayLike, tests: int = 0) -> Floats:
    """q-values (Benjamini and Hochberg 1995) in the order of `p`; NaN stays NaN and is not counted as a test.

    `tests`: how many tests there were in all, if more than the p given; the others count as p = 1.
    """
    values = np.asarray(p, dtype=float)
    q = np.full(values.shape, np.nan)
    known = np.flatnonzero(~np.isnan(values))
    if known.size:
        order = known[np.argsort(values[known], kind="stable")]
        scaled = values[order] * max(known.size, tests) / np.arange(1, known.size + 1)
        q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q


def holm(p: ArrayLike) -> Floats:
    """p-values adjusted by Holm's step-down (1979), in the order of `p`: reject where the result <= alpha."""
    values = np.asarray(p, dtype=float)
    order = np.argsort(values, kind="stable")
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * np.arange(values.size, 0, -1)), 1.0)
    return adjusted


def beta_binomial_fit(hits: ArrayLike, n: ArrayLike) -> tuple[float, float]:
    """Prior (a, b) of rates that differ between groups, by maximum likelihood; the shrunk rate is (a+k)/(a+b+n).

    Without two groups that have cases it is Jeffreys' prior around the pooled rate. a + b lies in 0.5 .. 10,000.
    """
    k, size = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    k, size = k[size > 0], size[size > 0]
    if k.size < 2:
        rate = (k.sum() + 0.5) / (size.sum() + 1.0)
        return float(rate), float(1 - rate)
    from scipy.optimize import minimize
    from scipy.special import betaln

    rate = float(np.clip((k.sum() + 0.5) / (size.sum() + 1.0), 1e-4, 1 - 1e-4))

    def loss(theta: Floats) -> float:
        mean, total = 1 / (1 + math.exp(-theta[0])), math.exp(theta[1])
        a, b = mean * total, (1 - mean) * total
        return -float((betaln(k + a, size - k + b) - betaln(a, b)).sum())

    found = minimize(loss, [math.log(rate / (1 - rate)), math.log(10.0)], method="L-BFGS-B",
                     bounds=[(-12, 12), (math.log(0.5), math.log(1e4))])  # fmt: skip
    mean, total = 1 / (1 + math.exp(-found.x[0])), math.exp(found.x[1])
    return mean * total, (1 - mean) * total


def contingency(first: ArrayLike, second: ArrayLike) -> NDArray[np.int64]:
    """Counts of each pair of labels, shape (labels of first, labels of second), labels sorted."""
    a_names, a = np.unique(np.asarray(first), return_inverse=True)
    b_names, b = np.unique(np.asarray(second), return_inverse=True)
    cells = np.bincount(a * b_names.size + b, minlength=a_names.size * b_names.size)
    return cells.reshape(a_names.size, b_names.size).astype(np.int64)


def adjusted_rand(first: ArrayLike, second: ArrayLike) -> float:
    """Adjusted Rand index of two partitions (Hubert and Arabie 1985); 1 when both are the same single group.

    >>> adjusted_rand([0, 0, 1, 1], ["b", "b", "a", "a"])
    1.0
    """
    return rand_of(contingency(first, second))


def rand_of(table: NDArray[np.int64]) -> float:
    """Adjusted Rand index of a contingency table."""
    counts = table.astype(float)
    pairs = float((counts * (counts - 1)).sum()) / 2
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    by_rows = float((rows * (rows - 1)).sum()) / 2
    by_columns = float((columns * (columns - 1)).sum()) / 2
    n = float(counts.sum())
    chance = by_rows * by_columns / max(n * (n - 1) / 2, 1.0)
    most = (by_rows + by_columns) / 2
    return 1.0 if most == chance else (pairs - chance) / (most - chance)


class Agreement(NamedTuple):
    """How well two partitions agree: adjusted Rand, adjusted mutual information, V-measure."""

    ari: float
    ami: float
    v: float


def agreement(first: ArrayLike, second: ArrayLike) -> Agreement:
    """All three measures of two partitions of the same people (AMI: Vinh, Epps and Bailey 2010, arithmetic mean)."""
    return agreement_of(contingency(first, second))


def chance_information(table: NDArray[np.int64]) -> float:
    """Mutual information (nats) that two random partitions with the table's sizes have on average."""
    return _expected_information(table.sum(axis=1), table.sum(axis=0), int(table.sum()))


def agreement_of(table: NDArray[np.int64], chance: float | None = None) -> Agreement:
    """The three measures of a contingency table; `chance` spares computing the chance term again (bootstraps)."""
    n = int(table.sum())
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    h_rows, h_columns = _entropy(rows), _entropy(columns)
    mean = (h_rows + h_columns) / 2
    ari = rand_of(table)
    if mean == 0.0:
        return Agreement(ari, 1.0, 1.0)
    held = table > 0
    share = table[held] / n
    expected = np.outer(rows, columns)[held] / n / n
    mutual = float((share * np.log(share / expected)).sum())
    chance = _expected_information(rows, columns, n) if chance is None else chance
    ami = (mutual - chance) / (mean - chance) if mean != chance else 1.0
    return Agreement(ari, float(ami), mutual / mean)


def _entropy(sizes: NDArray[np.int64]) -> float:
    share = sizes[sizes > 0] / sizes.sum()
    return -float((share * np.log(share)).sum())


def _expected_information(rows: NDArray[np.int64], columns: NDArray[np.int64], n: int) -> float:
    """Mean mutual information of random partitions with these sizes (hypergeometric cells)."""
    from scipy.special import gammaln

    total = 0.0
    for a in rows.tolist():
        for b in columns.tolist():
            cell = np.arange(max(1, a + b - n), min(a, b) + 1)
            log_p = (
                gammaln(a + 1) + gammaln(b + 1) + gammaln(n - a + 1) + gammaln(n - b + 1) - gammaln(n + 1)
                - gammaln(cell + 1) - gammaln(a - cell + 1) - gammaln(b - cell + 1) - gammaln(n - a - b + cell + 1)
            )  # fmt: skip
            total += float((cell / n * np.log(n * cell / (a * b)) * np.exp(log_p)).sum())
    return total


def cohens_d(inside: ArrayLike, outside: ArrayLike) -> float:
    """Difference of means in pooled standard deviations; 0 where neither side varies."""
    a, b = np.asarray(inside, dtype=float), np.asarray(outside, dtype=float)
    if a.size < 2 or b.size < 2:
        return 0.0
    pooled = math.sqrt(((a.size - 1) * a.var(ddof=1) + (b.size - 1) * b.var(ddof=1)) / (a.size + b.size - 2))
    return float((a.mean() - b.mean()) / pooled) if pooled > 0 else 0.0


def ranks(values: ArrayLike) -> Floats:
    """Ranks from 1, ties share their mean rank."""
    data = np.asarray(values, dtype=float)
    _, inverse, counts = np.unique(data, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean_rank: Floats = (last - (counts - 1) / 2)[inverse]
    return mean_rank


def cliffs_delta(inside: ArrayLike, outside: ArrayLike) -> tuple[float, float]:
    """Cliff's delta, P(inside > outside) - P(inside < outside), by ranks, and its two-sided p (Mann-Whitney, ties).

    >>> cliffs_delta([3, 4, 5], [1, 2])[0]
    1.0
    """
    a, b = np.asarray(inside, dtype=float), np.asarray(outside, dtype=float)
    if a.size == 0 or b.size == 0:
        return 0.0, 1.0
    both = np.concatenate([a, b])
    n, rank = both.size, ranks(both)
    u = float(rank[: a.size].sum()) - a.size * (a.size + 1) / 2
    delta = 2 * u / (a.size * b.size) - 1
    ties = np.unique(both, return_counts=True)[1].astype(float)
    spread = n + 1 - float((ties**3 - ties).sum()) / max(n * (n - 1), 1)
    sd = math.sqrt(max(a.size * b.size * spread / 12, 0.0))
    p = math.erfc(abs(u - a.size * b.size / 2) / sd / math.sqrt(2)) if sd > 0 else 1.0
    return delta, p


def welch_p(inside: ArrayLike, outside: ArrayLike) -> float:
    """Two-sided p that two means are equal, variances free, by the normal law (for groups of 30 and more)."""
    a, b = np.asarray(inside, dtype=float), np.asarray(outside, dtype=float)
    if a.size < 2 or b.size < 2:
        return 1.0
    error = math.sqrt(a.var(ddof=1) / a.size + b.var(ddof=1) / b.size)
    gap = abs(float(a.mean() - b.mean()))
    if error == 0.0:
        return 0.0 if gap > 0 else 1.0
    return math.erfc(gap / error / math.sqrt(2))
