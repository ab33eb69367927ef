"""Where the subsets of each frequent itemset lie among all of them, by place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.transactions import Ints, Itemsets


@dataclass(frozen=True)
class Lattice:
    """Places of sets and of their subsets among k found itemsets. Place k is the empty set, -1 none of them.

    The sets are a prefix tree by their order (length, then members): the key of a set is its prefix's place times
    `width` plus its last item, and `keys[l]` holds those of length l + 1, ascending, from place `starts[l]` on. So a
    look-up is one binary search an item, exact, without hashes.
    `smaller` (k, longest): the place of set z without its i-th member; -1 beyond its length.
    `counts` (k + 1): with n, the count of the empty set, at the end.
    """

    members: NDArray[np.int32]
    counts: Ints
    smaller: Ints
    keys: tuple[Ints, ...]
    starts: tuple[int, ...]
    width: int

    @property
    def empty(self) -> int:
        return len(self.smaller)

    def find(self, sets: NDArray[np.int32]) -> Ints:
        """Places (r) of sets (r, w), members ascending and padded with -1; -1 where a set is not among the found."""
        place = np.full(len(sets), self.empty, dtype=np.int64)
        for depth in range(sets.shape[1]):
            going = np.flatnonzero((sets[:, depth] >= 0) & (place >= 0))
            if depth >= len(self.keys):
                place[going] = -1
            else:
                place[going] = self._child(depth, place[going], sets[going, depth].astype(np.int64))
        return place

    def _child(self, depth: int, prefix: Ints, item: Ints) -> Ints:
        return _child(
            self.keys[depth], self.starts[depth], self.width, prefix if depth else np.zeros_like(prefix), item
        )


def _child(keys: Ints, start: int, width: int, prefix: Ints, item: Ints) -> Ints:
    """Places of prefix + item; a prefix or an item that is not there gives -1."""
    if not keys.size:
        return np.full(len(item), -1, dtype=np.int64)
    wanted = np.where((prefix < 0) | (item >= width), -1, prefix * width + item)
    at = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
    return np.where(keys[at] == wanted, start + at, -1)


def lattice(found: Itemsets) -> Lattice:
    """The lattice of all frequent itemsets; ValueError where a subset of one is missing (closed or maximal sets)."""
    k, longest = found.members.shape
    members, width = found.members.astype(np.int64), int(found.members.max(initial=0)) + 1
    smaller = np.full((k, longest), -1, dtype=np.int64)
    keys: list[Ints] = []
    starts: list[int] = []
    prefix = np.zeros(0, dtype=np.int64)
    for depth in range(longest):
        first, last = np.searchsorted(found.length, [depth + 1, depth + 2]).tolist()
        block = members[first:last]
        if depth == 0:
            smaller[first:last, 0] = k
            keys.append(block[:, 0])
        else:
            prefix = _prefixes(block[:, :depth], keys, starts, width)
            for i in range(depth):
                shorter = smaller[prefix, i] if depth > 1 else np.zeros(len(block), dtype=np.int64)
                smaller[first:last, i] = _child(keys[depth - 1], starts[depth - 1], width, shorter, block[:, depth])
            smaller[first:last, depth] = prefix
            keys.append(prefix * width + block[:, depth])
        starts.append(first)
    if k and bool((smaller < 0).sum() != k * longest - int(found.length.sum())):
        raise ValueError("some subsets of the itemsets are missing: rules need all frequent itemsets")
    counts = np.append(found.counts, found.n).astype(np.int64)
    return Lattice(found.members, counts, smaller, tuple(keys), tuple(starts), width)


def _prefixes(block: Ints, keys: list[Ints], starts: list[int], width: int) -> Ints:
    """Places of sets whose subsets are all in `keys` already; each differing row is looked up once."""
    if not len(block):
        return np.zeros(0, dtype=np.int64)
    fresh = np.append(True, (block[1:] != block[:-1]).any(axis=1))
    rows = block[fresh]
    place = np.zeros(len(rows), dtype=np.int64)
    for depth in range(rows.shape[1]):
        place = _child(keys[depth], starts[depth], width, place, rows[:, depth])
    if bool((place < 0).any()):
        raise ValueError("some subsets of the itemsets are missing: rules need all frequent itemsets")
    return place[np.cumsum(fresh) - 1]
