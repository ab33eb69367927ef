"""Is there structure at all: the silhouette against populations with the same margins and no groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk_segmentation import hellinger, lloyd, money

Floats = NDArray[np.float64]
Rng = np.random.Generator
ALPHA = 0.025  # of each tier; .05 for the whole run
FIRST = 39
MARGIN = 0.01
MOST_ROWS = 2000
STARTS = 2


@dataclass(frozen=True)
class Null:
    """draw(rng) -> points of one structureless population, in the space and number of `points`."""

    points: Floats
    draw: Callable[[Rng], Floats]


@dataclass
class Test:
    """One comparison at k: `p` = (1 + nulls that reach the observed silhouette) / (1 + nulls)."""

    null: Null
    k: int
    seed: int
    observed: float
    drawn: list[float]

    @property
    def p(self) -> float:
        return (1 + sum(value >= self.observed for value in self.drawn)) / (1 + len(self.drawn))

    @property
    def clear(self) -> bool:
        """The observed silhouette lies above the mean of the nulls by more than the margin."""
        return self.observed >= float(np.mean(self.drawn)) + MARGIN


def silhouette_at(points: Floats, k: int, seed: int) -> float:
    labels = lloyd.kmeans(points, k, seed, STARTS).labels
    return lloyd.simplified_silhouette(points, labels)


def begin(null: Null, k: int, seed: int) -> Test:
    return Test(null, k, seed, silhouette_at(null.points, k, seed), [])


def extend(test: Test, total: int, step: Callable[[float, str], None]) -> None:
    """Draw nulls up to `total`; the same test extended twice equals one extended once."""
    for b in range(len(test.drawn), total):
        step(b / total, f"Comparing {test.k} groups with chance")
        rng = np.random.default_rng([test.seed, test.k, b])
        test.drawn.append(silhouette_at(test.null.draw(rng), test.k, test.seed + b))


def use_null(counts: Floats) -> Null:
    """Tier 1: root shares of one structureless population; counts (n, cells)."""
    draw = use_counts(counts)

    def points(rng: Rng) -> Floats:
        drawn = draw(rng)
        return hellinger.root_shares(drawn, hellinger.population_shares(drawn))

    return Null(hellinger.root_shares(counts, hellinger.population_shares(counts)), points)


def use_counts(counts: Floats) -> Callable[[Rng], Floats]:
    """Counts of one Dirichlet-multinomial population: observed shares and volumes, concentration by moments."""
    population = hellinger.population_shares(counts)
    held = population > 0
    p, volume = population[held], counts.sum(axis=1)
    concentration = _concentration(counts[:, held], p, volume)

    def draw(rng: Rng) -> Floats:
        shares = rng.standard_gamma(np.tile(p * concentration, (len(volume), 1))) + 1e-300
        shares /= shares.sum(axis=1, keepdims=True)
        drawn = np.zeros(counts.shape)
        drawn[:, held] = rng.multinomial(volume.astype(np.int64), shares)
        return drawn

    return draw


def _concentration(counts: Floats, p: Floats, volume: Floats) -> float:
    """From Pearson's X2 of each customer: its mean is (cells - 1)(1 + (n - 1) / (1 + concentration))."""
    expected = volume[:, None] * p
    x2 = ((counts - expected) ** 2 / expected).sum(axis=1) / max(len(p) - 1, 1)
    rho = float(((x2 - 1) * (volume - 1)).sum() / max(float(((volume - 1) ** 2).sum()), 1.0))
    return 1 / float(np.clip(rho, 1e-4, 0.95)) - 1


def money_null(held: Floats) -> Null:
    """Tier 2: zero-aware logs of one structureless population; held (n, columns), NaN = not held."""
    draw = money_amounts(held)

    def points(rng: Rng) -> Floats:
        drawn = draw(rng)
        return money.fit(drawn).transform(drawn)

    return Null(money.fit(held).transform(held), points)


def money_amounts(held: Floats) -> Callable[[Rng], Floats]:
    """Amounts of one structureless population: a Gaussian copula of ranks, observed margins.

    Ownership and amount are separate variables of the copula; every drawn column is a permutation of the
    observed one, so margins, zeros and non-owners stay exactly as they are.
    """
    owned = ~np.isnan(held)
    share = owned.mean(axis=0)
    root = _root(_latent_correlation(held, owned, share))
    columns = held.shape[1]
    owners = owned.sum(axis=0)
    amounts = [np.sort(held[owned[:, j], j]) for j in range(columns)]

    def draw(rng: Rng) -> Floats:
        z = rng.standard_normal((len(held), 2 * columns)) @ root
        drawn = np.full(held.shape, np.nan)
        for j in range(columns):
            order = np.argsort(-z[:, j], kind="stable")[: owners[j]]
            drawn[order[np.argsort(z[order, columns + j], kind="stable")], j] = amounts[j]
        return drawn

    return draw


def _latent_correlation(held: Floats, owned: NDArray[np.bool_], share: Floats) -> Floats:
    """Correlations of latent normals: columns of ownership, then of amounts (normal scores among owners)."""
    from scipy.special import ndtri
    from scipy.stats import norm, rankdata

    columns = held.shape[1]
    scores = np.full((len(held), 2 * columns), np.nan)
    stretch = np.ones(2 * columns)
    for j in range(columns):
        n = int(owned[:, j].sum())
        spread = np.sqrt(share[j] * (1 - share[j]))
        scores[:, j] = (owned[:, j] - share[j]) / spread if spread > 0 else 0.0
        stretch[j] = spread / norm.pdf(ndtri(share[j])) if spread > 0 else 1.0  # biserial correction
        if n > 1:
            scores[owned[:, j], columns + j] = ndtri((rankdata(held[owned[:, j], j]) - 0.5) / n)
    latent: Floats = np.clip(_pairwise(scores) * np.outer(stretch, stretch), -0.99, 0.99)
    return latent


def _pairwise(scores: Floats) -> Floats:
    """Correlations over the rows where both are known; 0 with fewer than 30 such rows or without variance."""
    known = (~np.isnan(scores)).astype(float)
    filled = np.nan_to_num(scores)
    n = known.T @ known
    safe = np.maximum(n, 1.0)
    mean = filled.T @ known / safe  # mean of i over the rows shared with j
    square = (filled**2).T @ known / safe - mean**2
    cross = filled.T @ filled / safe - mean * mean.T
    with np.errstate(invalid="ignore", divide="ignore"):
        r = cross / np.sqrt(square * square.T)
    return np.where((n >= 30) & np.isfinite(r), r, 0.0)


def _root(correlation: Floats) -> Floats:
    """A square root of the nearest positive matrix with ones on the diagonal."""
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
    root = vectors * np.sqrt(np.maximum(values, 1e-9))
    root = root / np.sqrt((root * root).sum(axis=1, keepdims=True))
    return np.ascontiguousarray(root.T)
