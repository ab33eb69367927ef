"""Frequent itemsets by bit sets: exact counts, within a cap on sets and memory, refused early with advice."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import AnalysisError
from crmdesk_association import bits as bit_sets
from crmdesk_association.growth import Harvest, Ranks, Search, TooMany
from crmdesk_association.itemsets import assemble
from crmdesk_association.transactions import Ints, Itemsets, Words

MEMORY = 1 << 30  # bytes a search may use


def threshold(share: float, n: int) -> int:
    """The least count that is at least `share` of n, one at the least: the share as written, so .8 is 8/10."""
    return max(1, math.ceil(Fraction(str(share)) * n))


def mine(
    bits: Words, n: int, least: int, *, longest: int = 0, most: int = 1_000_000, memory: int = MEMORY,
    step: Callable[[float], None] = lambda fraction: None,
) -> Itemsets:  # fmt: skip
    """Every set of items that at least `least` of n baskets hold, with its exact count.

    bits (m, W) as `bits.pack` makes them; longest: most items in a set, 0 for no limit; most: sets; memory: bytes;
    step is told the fraction done and may raise. AnalysisError, early, where there are more sets than `most` or they
    do not fit `memory`; it names a support that would. Method: Zaki 2000 (Eclat), on bits, rare items first.
    """
    support = bit_sets.counts(bits)
    frequent = np.flatnonzero(support >= max(least, 1))
    order = frequent[np.argsort(support[frequent], kind="stable")]
    harvest = Harvest(most, memory)
    try:
        _search(bits, order, support[order], max(least, 1), longest or len(order), harvest, step)
    except TooMany:
        raise AnalysisError(f"There are more than {most:,} itemsets.") from None
    found = [harvest.of_length(size) for size in sorted(harvest.by_length)]
    places = order.astype(np.int32)
    return assemble(n, len(bits), [(places[members], counted) for members, counted in found])


def _search(
    bits: Words, order: Ints, support: Ints, least: int, longest: int, harvest: Harvest, step: Callable[[float], None]
) -> None:
    ranks = np.arange(len(order), dtype=np.int32)
    harvest.add(ranks[:, None], support)
    if longest < 2 or len(order) < 2:
        return
    block = max(1 << 11, min(bit_sets.BLOCK, bits.size // 32))
    paired = _pairs(bits, order, least, harvest, block)
    search = Search(least, longest, paired, harvest, block, lambda words: None)
    if longest > 2:
        for rank in range(len(order) - 2):
            step(rank / len(order))
            partners = rank + 1 + np.flatnonzero(paired[rank, rank + 1 :])
            if len(partners) > 1:
                own = bits[order[rank]]
                rows = bit_sets.within(bits, order[partners], own, -(-int(support[rank]) // 64))
                search.branch(ranks[rank : rank + 1], partners.astype(np.int32), rows)
        search.finish()
    step(1.0)


def _pairs(bits: Words, order: Ints, least: int, harvest: Harvest, block: int) -> NDArray[np.bool_]:
    """Which two items are frequent together (m, m), by rank; such pairs are harvested."""
    paired = np.zeros((len(order), len(order)), dtype=bool)
    each = max(1, block // max(bits.shape[1], 1))
    for rank in range(len(order) - 1):
        own, rest = bits[order[rank]], order[rank + 1 :]
        together = np.concatenate(
            [bit_sets.counts(bits[rest[at : at + each]] & own) for at in range(0, len(rest), each)]
        )
        keep = np.flatnonzero(together >= least)
        partners = rank + 1 + keep
        paired[rank, partners] = paired[partners, rank] = True
        if len(keep):
            members: Ranks = np.column_stack([np.full(len(keep), rank), partners]).astype(np.int32)
            harvest.add(members, together[keep])
    return paired
