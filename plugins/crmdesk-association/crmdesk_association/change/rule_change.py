"""Tests of change between two snapshots that respect who is in both: a p, a difference and its interval per ratio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import statistics
from crmdesk_association.change.overlap import Sums
from crmdesk_association.rules.hypergeometric import fisher_upper
from crmdesk_association.transactions import Ints

Floats = NDArray[np.float64]
Step = Callable[[float], None]
BLOCK = 10_000  # ratios tested between two looks at whether to stop


@dataclass(frozen=True)
class Change:
    """Tested differences of r ratios, later minus earlier; shape (r,), shares between 0 and 1.

    NaN where a snapshot has nothing to divide by: such a ratio cannot be compared and is no test.
    `low`, `high`: 95 % interval of the difference.
    """

    before: Floats
    after: Floats
    difference: Floats
    low: Floats
    high: Floats
    p: Floats

    def rows(self, which: slice) -> Change:
        """Some of the ratios."""
        return Change(*(getattr(self, field.name)[which] for field in fields(self)))


def compare(sums: Sums, *, exact: bool, step: Step = lambda fraction: None) -> Change:
    """Two-sided tests that ratios x/y are the same in both snapshots, and the intervals of their differences.

    Both ratios are linearised per person (Taylor, as in survey sampling: Cochran 1977, 6.3): person i adds
    z_i = (x1_i - R1 y1_i) / Y1 - (x0_i - R0 y0_i) / Y0, and the variance is the sum of z_i^2 (cluster-robust). Persons
    in both snapshots bring their covariance, persons in one bring none, so independent, identical and partly
    overlapping snapshots are one formula.

    p is the robust score test (Boos 1992): z_i at the ratio R common to both, which makes it McNemar's test for the
    support among the same people, with Yates' correction (half a basket on each side). Where `exact` (one basket a
    person) and nobody adds to both sides it is Fisher's exact test, and where everybody stands under the line in
    both, as in a support among the same people, McNemar's exact test; both doubled.

    The interval joins the Wilson intervals of both ratios with their correlation (Newcombe 1998, method 10; Zou and
    Donner 2008), Wilson's n divided by the design effect where persons have several baskets.
    """
    parts = []
    for start in range(0, max(len(sums), 1), BLOCK):
        step(start / max(len(sums), 1))
        rows = slice(start, start + BLOCK)
        parts.append(_compared(Sums(*(getattr(sums, field.name)[rows] for field in fields(Sums))), exact))
    return Change(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _compared(sums: Sums, exact: bool) -> tuple[Floats, ...]:
    """The columns of `Change` for some of the ratios."""
    known = (sums.y0 > 0) & (sums.y1 > 0)
    y0, y1 = np.maximum(sums.y0, 1).astype(float), np.maximum(sums.y1, 1).astype(float)
    before, after = sums.x0 / y0, sums.x1 / y1
    p = _score(sums, y0, y1)
    if exact:
        alone = sums.y1y0 == 0
        p[alone] = fisher(sums.x0[alone], sums.y0[alone], sums.x1[alone], sums.y1[alone])
        # Everybody counted below the line in both: what is left to differ are those who gained or lost the whole.
        same = (sums.y1y0 == sums.y0) & (sums.y1y0 == sums.y1) & known
        p[same] = mcnemar((sums.x1 - sums.x1x0)[same], (sums.x0 - sums.x1x0)[same])
    low, high = _interval(sums, before, after, y0, y1)
    missing = [np.where(known, values, np.nan) for values in (after - before, low, high, p)]
    return np.where(sums.y0 > 0, before, np.nan), np.where(sums.y1 > 0, after, np.nan), *missing


def _spread(sums: Sums, r0: Floats, r1: Floats, y0: Floats, y1: Floats) -> tuple[Floats, Floats, Floats]:
    """Sums over persons of the squared later part, the squared earlier part and their product, at ratios r1 and r0."""
    later = (sums.xx1 - 2 * r1 * sums.xy1 + r1**2 * sums.yy1) / y1**2
    earlier = (sums.xx0 - 2 * r0 * sums.xy0 + r0**2 * sums.yy0) / y0**2
    both = (sums.x1x0 - r0 * sums.x1y0 - r1 * sums.y1x0 + r1 * r0 * sums.y1y0) / (y1 * y0)
    return np.maximum(later, 0.0), np.maximum(earlier, 0.0), both


def _score(sums: Sums, y0: Floats, y1: Floats) -> Floats:
    from scipy.special import erfc

    common = (sums.x0 + sums.x1) / np.maximum(sums.y0 + sums.y1, 1)
    later, earlier, both = _spread(sums, common, common, y0, y1)
    variance = np.maximum(later + earlier - 2 * both, 0.0)
    gap = np.maximum(np.abs(sums.x1 / y1 - sums.x0 / y0) - (1 / y1 + 1 / y0) / 2, 0.0)
    moved = (gap > 0) & (variance > 1e-18)  # nobody moved: rounding alone is left of the variance
    z = np.divide(gap, np.sqrt(variance), out=np.zeros_like(gap), where=moved)
    p: Floats = erfc(z / np.sqrt(2))
    return p


def fisher(x0: Ints, y0: Ints, x1: Ints, y1: Ints) -> Floats:
    """Two-sided Fisher p of x0 of y0 against x1 of y1 (shape (r,)): twice the smaller exact tail, 1 at most."""
    tails = [fisher_upper(mine, size, x0 + x1, y0 + y1) for mine, size in ((x0, y0), (x1, y1))]
    return np.asarray(np.minimum(2 * np.minimum(*tails), 1.0))


def mcnemar(gained: Ints, lost: Ints) -> Floats:
    """Two-sided exact McNemar p (shape (r,)): twice the binomial tail at one half, 1 at most.

    >>> float(mcnemar(np.array([8]), np.array([1]))[0])
    0.0390625
    """
    from scipy.special import bdtr

    return np.asarray(np.minimum(2 * bdtr(np.minimum(gained, lost).astype(float), gained + lost, 0.5), 1.0))


def _interval(sums: Sums, before: Floats, after: Floats, y0: Floats, y1: Floats) -> tuple[Floats, Floats]:
    later, earlier, both = _spread(sums, before, after, y0, y1)
    product = np.sqrt(later * earlier)
    correlation = np.clip(np.divide(both, product, out=np.zeros_like(both), where=product > 1e-18), -1.0, 1.0)
    l0, u0 = _wilson(before, y0, earlier)
    l1, u1 = _wilson(after, y1, later)
    down, up = after - l1, u1 - after
    below, above = before - l0, u0 - before
    low = after - before - np.sqrt(np.maximum(down**2 + above**2 - 2 * correlation * down * above, 0.0))
    high = after - before + np.sqrt(np.maximum(up**2 + below**2 - 2 * correlation * up * below, 0.0))
    return np.maximum(low, -1.0), np.minimum(high, 1.0)


def _wilson(rate: Floats, y: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Wilson interval at the number of baskets worth as much as the persons' own variance says."""
    plain = rate * (1 - rate) / y
    effect = np.divide(variance, plain, out=np.ones_like(rate), where=plain > 0)
    size = y / np.maximum(effect, 1e-9)
    return statistics.wilson(rate * size, size)
