"""Frequent itemsets by bit sets: exact counts, within a cap on sets and memory, refused early with advice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.itemsets import bits as bit_sets
from crmdesk_association.itemsets.budget import Budget, threshold
from crmdesk_association.itemsets.growth import Harvest, Ranks, Search, TooMany
from crmdesk_association.itemsets.itemsets import assemble
from crmdesk_association.transactions import Ints, Itemsets, Words

__all__ = ["mine", "threshold"]
MEMORY = 1 << 30  # bytes the found sets may take
REPORT = 1 << 22  # words read between two reports: some thousandths of a second
SET_BYTES = 48  # of a set of four items, while it is found and in the answer


def mine(
    bits: Words, n: int, least: int, *, longest: int = 0, most: int = 1_000_000, memory: int = MEMORY,
    step: Callable[[float], None] = lambda fraction: None,
) -> Itemsets:  # fmt: skip
    """Every set of items that at least `least` of n baskets hold, with its exact count.

    bits (m, W) as `bits.pack` makes them; longest: most items in a set, 0 for no limit; most: sets; memory: bytes;
    step is told the fraction done and may raise. AnalysisError, early, where there are more sets than `most` or they
    do not fit `memory`; it names a support that would. Method: Zaki 2000 (Eclat), on bits, rare items first.
    """
    support, least = bit_sets.counts(bits), max(least, 1)
    frequent = np.flatnonzero(support >= least)
    order = frequent[np.argsort(support[frequent], kind="stable")]
    budget = Budget(bits, support, n, longest, min(most, memory // SET_BYTES))
    budget.check(least)
    harvest = Harvest(most, memory)
    try:
        _search(bits, order, support[order], least, longest or len(order), harvest, step)
    except TooMany:
        raise budget.refusal(least) from None
    places = order.astype(small_type(len(bits)))
    sizes = {size: sum(len(found) for _, found in pieces) for size, pieces in sorted(harvest.by_length.items())}
    found = ((places[members], counted) for members, counted in map(harvest.of_length, list(sizes)))
    return assemble(n, len(bits), sizes, found)


@dataclass
class Pace:
    """Tells how far the search is, every few milliseconds of work."""

    step: Callable[[float], None]
    fraction: float = 0.0
    words: int = 0

    def read(self, words: int) -> None:
        self.words += words
        if self.words >= REPORT:
            self.words = 0
            self.step(self.fraction)


def _search(
    bits: Words, order: Ints, support: Ints, least: int, longest: int, harvest: Harvest, step: Callable[[float], None]
) -> None:
    ranks = np.arange(len(order), dtype=small_type(len(order)))
    harvest.add(ranks[:, None], support)
    if longest > 1:
        block = max(1 << 11, min(2 * bit_sets.BLOCK, bits.size // 6))
        pace = Pace(step)
        paired = _pairs(bits, order, least, harvest, block, pace)
        search = Search(least, longest, paired, harvest, block, pace.read)
        for rank in range(len(order) - 2):
            pace.fraction = rank / len(order)
            partners = rank + 1 + np.flatnonzero(paired[rank, rank + 1 :])
            if len(partners) > 1 and longest > 2:
                rows = search.own(bits, order[partners], bits[order[rank]], int(support[rank]))
                search.branch(ranks[rank : rank + 1], partners.astype(ranks.dtype), rows)
        search.finish()
    step(1.0)


def _pairs(bits: Words, order: Ints, least: int, harvest: Harvest, block: int, pace: Pace) -> NDArray[np.bool_]:
    """Which two items are frequent together (m, m), by rank; such pairs are harvested."""
    kind = small_type(len(order))
    paired = np.zeros((len(order), len(order)), dtype=bool)
    each = max(1, block // max(bits.shape[1], 1))
    for rank in range(len(order) - 1):
        own, rest = bits[order[rank]], order[rank + 1 :]
        together = np.concatenate(
            [bit_sets.counts(bits[rest[at : at + each]] & own) for at in range(0, len(rest), each)]
        )
        pace.read(len(rest) * len(own))
        keep = np.flatnonzero(together >= least)
        partners = rank + 1 + keep
        paired[rank, partners] = paired[partners, rank] = True
        if len(keep):
            members: Ranks = np.column_stack([np.full(len(keep), rank), partners]).astype(kind)
            harvest.add(members, together[keep])
    return paired


def small_type(m: int) -> np.dtype[np.signedinteger]:
    """The smallest whole numbers that hold m items' places."""
    return np.dtype(np.int16 if m < 1 << 15 else np.int32)
