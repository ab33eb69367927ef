"""Fisher's exact test for hundreds of thousands of rules at once: the upper tail of the hypergeometric law."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crmdesk_association.transactions import Ints

Floats = NDArray[np.float64]
BLOCK = 8_192  # rows whose terms stay in the processor's cache
STRIDE = 16  # terms added between two looks at what is done
SMALL = 1e-17  # terms below this share of their sum change nothing in a float64
HALF_LOG_TAU = 0.9189385332046727


def fisher_upper(
    count: ArrayLike, a: ArrayLike, b: ArrayLike, n: ArrayLike, step: Callable[[float], None] = lambda fraction: None
) -> Floats:
    """P(X >= count) where b of n baskets are marked and a of the n are drawn: float64 in the broadcast shape.

    All are whole numbers, max(0, a + b - n) <= count <= min(a, b), a and b <= n; otherwise ValueError. The first term
    is the probability mass by Loader's saddle point form (2000), exact to a few 1e-14; the terms after it follow by
    their ratios. From the mean downward the lower tail is summed and taken from 1, so the sum is always the short one.
    Source: Fisher's exact test, one-sided, is this tail. Where it is below the smallest float64 it is 0.
    """
    shape = np.broadcast_shapes(*(np.shape(x) for x in (count, a, b, n)))
    k, drawn, marked, size = (
        np.broadcast_to(np.asarray(x, dtype=np.int64), shape).ravel() for x in (count, a, b, n)
    )  # fmt: skip
    least = np.maximum(0, drawn + marked - size)
    if bool(((k < least) | (k > np.minimum(drawn, marked)) | (np.maximum(drawn, marked) > size)).any()):
        raise ValueError("a count cannot be above its margins, nor below what they leave over")
    p = np.empty(len(k))
    for first in range(0, len(k), BLOCK):
        step(first / len(k))
        rows = slice(first, first + BLOCK)
        p[rows] = _block(k[rows], drawn[rows], marked[rows], size[rows])
    return p.reshape(shape)


def _block(k: Ints, drawn: Ints, marked: Ints, size: Ints) -> Floats:
    # The mean as whole numbers may not fit 64 bits where baskets are many; as floats it is near enough to choose by.
    upper = k > drawn.astype(float) * marked / np.maximum(size, 1)
    p = np.empty(len(k))
    rows = np.flatnonzero(upper)
    p[rows] = _tail(k[rows], drawn[rows], marked[rows], size[rows])
    # P(X >= k) = 1 - P(X <= k - 1), and what is not in is out: of the drawn, `drawn - k + 1` and more are unmarked.
    rows = np.flatnonzero(~upper)
    p[rows] = 1.0
    rows = rows[k[rows] > np.maximum(0, drawn[rows] + marked[rows] - size[rows])]
    p[rows] -= _tail(drawn[rows] - k[rows] + 1, drawn[rows], size[rows] - marked[rows], size[rows])
    return np.clip(p, 0.0, 1.0)


def _tail(k: Ints, drawn: Ints, marked: Ints, size: Ints) -> Floats:
    """P(X >= k) for k about the mean or above, where each term is smaller than the one before."""
    total = np.ones(len(k))
    rows = np.arange(len(k))
    # Next term / term = (drawn - k)(marked - k) / (k + 1)(size - drawn - marked + k + 1), k growing by one.
    from_drawn, from_marked = (drawn - k).astype(float), (marked - k).astype(float)
    into, into_rest = (k + 1).astype(float), (size - drawn - marked + k + 1).astype(float)
    term, whole = np.ones(len(k)), np.ones(len(k))
    while rows.size:
        for _ in range(STRIDE):
            term *= from_drawn * from_marked / (into * into_rest)
            whole += term
            from_drawn -= 1
            from_marked -= 1
            into += 1
            into_rest += 1
            # At the last possible count a factor is 0, and with it every later term.
        total[rows] = whole
        going = np.abs(term) > SMALL * whole
        rows, term, whole = rows[going], term[going], whole[going]
        from_drawn, from_marked = from_drawn[going], from_marked[going]
        into, into_rest = into[going], into_rest[going]
    return np.asarray(np.exp(_log_mass(k, drawn, marked, size)) * total)


def _log_mass(k: Ints, drawn: Ints, marked: Ints, size: Ints) -> Floats:
    """Log of P(X = k): three binomial masses at one rate, drawn / size (Loader 2000).

    Of the marked k are drawn, of the rest drawn - k, of all together drawn.
    """
    rest = size - marked
    rate = drawn / np.maximum(size, 1)
    inside, outside = _log_binomial(k, marked, rate), _log_binomial(drawn - k, rest, rate)
    return np.asarray(inside + outside - _log_binomial(drawn, size, rate))


def _log_binomial(k: Ints, n: Ints, rate: Floats) -> Floats:
    """Log of C(n, k) rate^k (1 - rate)^(n - k), without the cancellation of log gammas; 0 where n is 0."""
    inside, outside = k.astype(float), (n - k).astype(float)
    size = n.astype(float)
    edge = (k == 0) | (k == n)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (
            _stirling_error(n) - _stirling_error(k) - _stirling_error(n - k)
            - _deviance(inside, size * rate) - _deviance(outside, size * (1 - rate))
            - HALF_LOG_TAU + 0.5 * (np.log(size) - np.log(inside) - np.log(outside))
        )  # fmt: skip
        at_edge = np.where(k == 0, np.where(n == 0, 0.0, size * np.log1p(-rate)), size * np.log(rate))
    return np.where(edge, at_edge, middle)


def _deviance(x: Floats, mean: Floats) -> Floats:
    """x log(x / mean) + mean - x, by a series where x is near the mean and the parts would cancel (Loader's bd0)."""
    off = (x - mean) / (x + mean)
    far = x * np.log(x / mean) + mean - x
    near = (x - mean) * off
    power, square = 2 * x * off, off * off
    for j in range(1, 9):  # |off| < .1: the ninth term is below 1e-17
        power = power * square
        near = near + power / (2 * j + 1)
    return np.where(np.abs(off) < 0.1, near, far)


def _table() -> Floats:
    """log(n!) - log(sqrt(2 pi n) (n / e)^n) for n = 0..15, from exact factorials; 0 for n = 0."""
    values = np.zeros(16)
    factorial = 1
    for n in range(1, 16):
        factorial *= n
        values[n] = np.log(float(factorial)) - (n + 0.5) * np.log(float(n)) + n - HALF_LOG_TAU
    return values


STIRLING = _table()


def _stirling_error(n: Ints) -> Floats:
    """How far Stirling's formula falls short of log(n!), by its series from 16 on."""
    large = np.maximum(n, 16).astype(float)
    square = large * large
    series = (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / large
    return np.where(n < 16, STIRLING[np.minimum(n, 15)], series)
