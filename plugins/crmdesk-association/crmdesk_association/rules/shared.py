"""Baskets that share their owners: tests and intervals that take the owners, not the baskets, as independent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import statistics
from crmdesk_association.itemsets.lattice import Lattice
from crmdesk_association.rules.rules import RuleSet, Step, quiet
from crmdesk_association.transactions import Baskets, Ints, Words

Floats = NDArray[np.float64]
CHUNK = 32  # rules whose counts by owner are held at once
EARLIER = (0xFF00 >> np.arange(8)).astype(np.uint8)  # of a byte of eight baskets: those before the 0th, the 1st ...


@dataclass(frozen=True)
class Shared:
    """The baskets of p owners, each owner's in a row: from `start[i]` up to `start[i + 1]` (p + 1); `bits` (m, W)."""

    bits: Words
    start: Ints

    @classmethod
    def of(cls, baskets: Baskets) -> Shared | None:
        """None where every basket has an owner of its own; ValueError where an owner's baskets lie apart."""
        owners = baskets.owners
        first = np.flatnonzero(np.append(True, owners[1:] != owners[:-1]))
        if len(first) != np.unique(owners).size:
            raise ValueError("the baskets of an owner must lie together")
        return None if len(first) == baskets.n else cls(baskets.bits, np.append(first, baskets.n))

    def counts(self, tree: Lattice, places: Ints) -> Floats:
        """(r, p) how many baskets of each owner hold each of the lattice's sets, the empty one among them."""
        return np.stack([self._of(tree.members[place] if place < tree.empty else None) for place in places.tolist()])

    def _of(self, members: NDArray[np.int32] | None) -> Floats:
        if members is None:
            return np.diff(self.start).astype(float)
        held = np.bitwise_and.reduce(self.bits[members[members >= 0]], axis=0).view(np.uint8)
        # Baskets that hold the set before each owner's first: whole bytes before it, and the bits before it in its own.
        whole = np.append(0, np.cumsum(np.bitwise_count(held), dtype=np.int64))
        own = np.append(held, np.uint8(0))[self.start >> 3] & EARLIER[self.start & 7]
        return np.asarray(np.diff(whole[self.start >> 3] + np.bitwise_count(own)), dtype=float)


def tails(shared: Shared, tree: Lattice, both: Ints, first: Ints, second: Ints, among: Ints, step: Step) -> Floats:
    """One-sided p (r,) that first and second side go together no more than by chance, by places of their sets.

    Among the baskets that hold `among` (r,), with a share P of `first` and Q of `second` (both hold `among`), owner i
    with m baskets, a and c of the two and x of `both`, adds x - Q a - P c + P Q m to the surplus of baskets with both
    sides. Owners alone are independent, so the surplus has the variance of the sum of their parts (the cluster-robust
    score test: Rao and Scott 1992, Boos 1992); its Student law has the degrees of freedom that the parts are worth
    (Satterthwaite 1946), so that a few busy owners prove little. Half a basket is taken off for continuity.
    """
    from scipy.special import stdtr

    found = np.ones(len(both))
    for rows in _chunks(len(both), step):
        x, a, c, m = (shared.counts(tree, places[rows]) for places in (both, first, second, among))
        size = m.sum(axis=1, keepdims=True)
        p, q = a.sum(axis=1, keepdims=True) / size, c.sum(axis=1, keepdims=True) / size
        parts = x - q * a - p * c + p * q * m
        squares, surplus = parts**2, parts.sum(axis=1) - 0.5
        spread = squares.sum(axis=1)
        some = (surplus > 0) & (spread > 1e-12)
        freedom = spread[some] ** 2 / (squares[some] ** 2).sum(axis=1)
        found[rows][some] = stdtr(freedom, -surplus[some] / np.sqrt(spread[some]))
    return found


def intervals(shared: Shared, tree: Lattice, rules: RuleSet, step: Step = quiet) -> tuple[Floats, Floats]:
    """Wilson intervals (r,) of the confidence at the number of baskets worth as much, were they all of other owners.

    That number is the baskets with the antecedent over the design effect: the variance of the ratio by owners over
    that of as many independent baskets, one at the least (Kish 1965). Where all or none hold the consequent the owners
    count for as much as their numbers of baskets are even.
    """
    low, high = np.zeros(len(rules)), np.ones(len(rules))
    for rows in _chunks(len(rules), step):
        x, a = (shared.counts(tree, rules.sets[rows, i]) for i in (0, 1))
        size, rate = rules.antecedent_count[rows].astype(float), rules.count[rows] / rules.antecedent_count[rows]
        by_owner = ((x - rate[:, None] * a) ** 2).sum(axis=1)
        plain = rate * (1 - rate) * size
        effect = np.divide(by_owner, plain, out=(a**2).sum(axis=1) / size, where=plain > 0)
        worth = size / np.maximum(effect, 1.0)
        low[rows], high[rows] = statistics.wilson(rate * worth, worth)
    return low, high


def _chunks(r: int, step: Step) -> Iterator[slice]:
    for begin in range(0, r, CHUNK):
        step(begin / r)
        yield slice(begin, begin + CHUNK)
