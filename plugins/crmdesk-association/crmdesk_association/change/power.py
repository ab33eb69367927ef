"""Which tests get how much of the allowance for false discoveries: more where a change could be seen at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import statistics
from crmdesk_association.transactions import Ints

Floats = NDArray[np.float64]
WORTH = 4 / 3  # the smallest growth the allowance is spent for: a third more
EVEN = 0.1  # share of the allowance that every test gets alike, so that none is without
HALVINGS = 80


def weights(total: Ints, before: Ints, after: Ints, alpha: float) -> Floats:
    """Weights of r tests, 1 on average, from how well each could see a growth by WORTH.

    `total` (r): baskets with the whole rule in both snapshots together; `before`, `after` (r): baskets that might
    have held it, in each. None of them says in which snapshot the rule is more frequent, so that weighing by them
    keeps the false discovery rate (Genovese, Roeder and Wasserman 2006). The weight is the one of most power at the
    expected z of such a growth (Roeder and Wasserman 2009, equation 5); where theirs falls again for tests with power
    to spare it stays level here: a rule loses nothing by being frequent.
    """
    if not len(total):
        return np.zeros(0)
    among = np.maximum(before + after, 1).astype(float)
    expected = np.log(WORTH) * np.sqrt(np.maximum(total, 0) * (before / among) * (after / among))
    expected = np.maximum(expected, 1e-3)
    low, high = 0.0, 1e4
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if float(_levels(expected, middle).sum()) > alpha:
            low = middle
        else:
            high = middle
    level = _levels(expected, high)
    return EVEN + (1 - EVEN) * level / level.mean()


def _levels(expected: Floats, c: float) -> Floats:
    """The level of each test at the constant c: the upper normal tail from z/2 + c/z, at its least from z on."""
    from scipy.special import ndtr

    z = np.minimum(expected, np.sqrt(2 * c)) if c > 0 else expected
    levels: Floats = ndtr(-(z / 2 + c / z))
    return levels


def weighted_q(p: Floats, weight: Floats) -> Floats:
    """Benjamini and Hochberg's q of p / weight (r), at most 1; NaN stays NaN and is no test.

    The weights of what is a test are scaled to 1 on average.
    """
    known = ~np.isnan(p)
    if not known.any():
        return np.full(len(p), np.nan)
    return statistics.benjamini_hochberg(np.minimum(p * weight[known].mean() / weight, 1.0))
