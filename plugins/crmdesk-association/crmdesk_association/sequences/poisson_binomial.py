"""How likely a count of independent yes-or-no cases is, each case with a chance of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.transactions import Ints

Floats = NDArray[np.float64]
SMALL = 64  # cases up to which the sum is worked out exactly
STEPS = 60
BLOCK = 2_000  # counts at a time, so that the table of chances stays small


def exact_tail(chances: Floats, count: int) -> float:
    """P(N >= count) of N, the number of cases that happen, by adding one case of chance p after the other.

    f_i(k) = (1 - p_i) f_{i-1}(k) + p_i f_{i-1}(k - 1): the recursion of Barlow and Heidmann (1984), see Hong (2013),
    "On computing the distribution function for the Poisson binomial distribution".
    """
    if count <= 0:
        return 1.0
    if count > len(chances):
        return 0.0
    law = np.zeros(len(chances) + 1)
    law[0] = 1.0
    for p in chances.tolist():
        law[1:] = law[1:] * (1 - p) + law[:-1] * p
        law[0] *= 1 - p
    return float(min(law[count:].sum(), 1.0))


def upper_tails(values: Floats, cases: NDArray[np.int64], counts: Ints) -> Floats:
    """P(N_j >= counts_j) for each of r counts (r,): N_j sums `cases` (r, V) independent cases of chances `values` (V,).

    Exact up to 64 uncertain cases; beyond that the saddlepoint formula of Lugannani and Rice (1980) with the second
    continuity correction of Daniels (1987), whose relative error in the tail is a few thousandths. Cases of chance 0
    and 1 are certain and left out of the sum.
    """
    certain = values >= 1.0
    uncertain = (values > 0.0) & ~certain
    left = counts - cases[:, certain].sum(axis=1)
    chances, weights = values[uncertain], cases[:, uncertain]
    n = weights.sum(axis=1)
    tails = np.where(left <= 0, 1.0, 0.0)
    open_ = (left > 0) & (left <= n)
    for j in np.flatnonzero(open_ & (n <= SMALL)).tolist():
        tails[j] = exact_tail(np.repeat(chances, weights[j]), int(left[j]))
    many = np.flatnonzero(open_ & (n > SMALL))
    for begin in range(0, len(many), BLOCK):
        part = many[begin : begin + BLOCK]
        tails[part] = _saddlepoint(chances, weights[part].astype(np.float64), left[part].astype(np.float64))
    return tails


def _saddlepoint(chances: Floats, weights: Floats, counts: Floats) -> Floats:
    """Upper tails (r,) at `counts` 1 .. n; chances (V,) within 0 and 1, weights (r, V)."""
    from scipy.special import ndtr

    at = counts - 0.5
    tilt = _tilt(chances, weights, at)
    growth = np.expm1(tilt)[:, None] * chances
    moment = (weights * np.log1p(growth)).sum(axis=1)
    tilted = chances * np.exp(tilt)[:, None] / (1 + growth)
    spread = (weights * tilted * (1 - tilted)).sum(axis=1)
    third = (weights * tilted * (1 - tilted) * (1 - 2 * tilted)).sum(axis=1)
    w = np.sign(tilt) * np.sqrt(np.maximum(2 * (tilt * at - moment), 0.0))
    u = 2 * np.sinh(tilt / 2) * np.sqrt(spread)
    middle = np.abs(w) < 1e-3  # where the two parts cancel, the formula's limit takes over
    safe_w, safe_u = np.where(middle, 1.0, w), np.where(middle, 1.0, u)
    tail = ndtr(-w) + np.exp(-w * w / 2) / np.sqrt(2 * np.pi) * (1 / safe_u - 1 / safe_w)
    centre = ndtr(-w) - third / (6 * np.sqrt(2 * np.pi) * spread**1.5)
    found: Floats = np.clip(np.where(middle, centre, tail), 0.0, 1.0)
    return found


def _tilt(chances: Floats, weights: Floats, at: Floats) -> Floats:
    """The tilt (r,) under which the count's mean is `at`, by Newton's steps kept between two bounds."""
    logit = np.log(chances) - np.log1p(-chances)
    low, high = np.full(len(at), -40.0), np.full(len(at), 40.0)
    tilt: Floats = np.zeros(len(at))
    for _ in range(STEPS):
        tilted = 1 / (1 + np.exp(-(tilt[:, None] + logit)))
        excess = (weights * tilted).sum(axis=1) - at
        low, high = np.where(excess < 0, tilt, low), np.where(excess > 0, tilt, high)
        slope = (weights * tilted * (1 - tilted)).sum(axis=1)
        new = tilt - excess / np.maximum(slope, 1e-300)
        new = np.where((new > low) & (new < high), new, (low + high) / 2)
        if np.abs(new - tilt).max() < 1e-12:
            break
        tilt = new
    return tilt
