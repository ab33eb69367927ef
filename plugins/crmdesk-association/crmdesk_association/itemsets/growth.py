"""Itemsets grown depth first on bits: every frequent set once, in few and large vector operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.itemsets.bits import counts, within
from crmdesk_association.transactions import Ints, Words

Ranks = NDArray[np.integer]  # items by their rank: rare ones first, so that branches stay small
NARROW = 32  # words; sets of so few baskets are grown many at a time,
SMALL = 600_000  # and so are few siblings: their number squared times the words of a row
MOVE = 128  # what finding a set's baskets costs, in words read for each word of its row (measured)
PIECES = 256  # so many small arrays are joined into one: each alone would cost more than it holds


class TooMany(Exception):
    """More sets, or more memory, than allowed."""


@dataclass
class Harvest:
    """What was found so far: of each length the members (k, L) by rank and the counts (k), within limits."""

    most: int  # sets
    room: int  # bytes for members and counts
    sets: int = 0
    by_length: dict[int, list[tuple[Ranks, Ints]]] = field(default_factory=dict)

    def add(self, members: Ranks, found: Ints) -> None:
        """Take sets (k, L) with counts (k). TooMany beyond a limit, or where their subsets must be beyond it."""
        size = members.shape[1]
        self.sets += len(found)
        self.room -= members.nbytes + members.size * 4 + len(found) * 20  # here, and then in the answer
        if self.sets > self.most or self.room < 0 or size > self.most.bit_length():
            raise TooMany
        pieces = self.by_length.setdefault(size, [])
        pieces.append((members, found.astype(np.int32)))
        if len(pieces) % PIECES == 0:
            last = pieces[-PIECES:]
            pieces[-PIECES:] = [(np.concatenate([m for m, _ in last]), np.concatenate([f for _, f in last]))]

    def of_length(self, size: int) -> tuple[Ranks, Ints]:
        """Everything of one length in one piece; the pieces are let go."""
        pieces = self.by_length.pop(size)
        return np.concatenate([members for members, _ in pieces]), np.concatenate([found for _, found in pieces])


@dataclass(frozen=True)
class Front:
    """Sets of one size waiting to be joined with their later siblings (same members but the last).

    `members` (k, L) by rank; `later` (k): how many siblings follow; `rows` (k, w): their baskets, as bits.
    """

    members: Ranks
    later: Ints
    rows: Words


@dataclass
class Search:
    """One search. `paired` (m, m): which two items are frequent together, by rank; sets with other pairs are skipped.

    The search walks prefix by prefix and looks at the prefix's own baskets only (Zaki 2000, Eclat, on bits). Prefixes
    with few baskets wait in `fronts`, by size and width, and are grown together.
    """

    least: int
    longest: int
    paired: NDArray[np.bool_]
    harvest: Harvest
    block: int  # words worked on at a time
    tick: Callable[[int], None]  # told the words read
    fronts: dict[tuple[int, int], list[Front]] = field(default_factory=dict)
    waiting: dict[tuple[int, int], int] = field(default_factory=dict)

    def branch(self, prefix: Ranks, items: Ranks, rows: Words) -> None:
        """All sets of `prefix` (L), two or more of `items` (c, ascending) and no others; rows (c, w) within prefix."""
        if len(prefix) + 2 > self.longest:
            return
        if rows.shape[1] <= NARROW or len(items) * rows.size <= SMALL:
            self.wait(Front(_extended(prefix, items), np.arange(len(items))[::-1], _padded(rows)))
            return
        sizes = counts(rows)
        for place in range(len(items) - 1):
            partners = self.paired[items[place], items[place + 1 :]].nonzero()[0] + (place + 1)
            if not len(partners):
                continue
            kept, found = self._joined(rows, place, partners)
            if not len(kept):
                continue
            longer = np.concatenate([prefix, items[place : place + 1]])
            self.harvest.add(_extended(longer, items[kept]), found)
            if len(kept) > 1 and len(longer) + 2 <= self.longest:
                self.branch(longer, items[kept], self.own(rows, kept, rows[place], int(sizes[place])))

    def _joined(self, rows: Words, place: int, partners: Ints) -> tuple[Ints, Ints]:
        """Partners frequent together with the row at `place`, and their counts."""
        found = np.zeros(len(partners), dtype=np.int64)
        step = max(1, self.block // rows.shape[1])
        for at in range(0, len(partners), step):
            found[at : at + step] = counts(rows[partners[at : at + step]] & rows[place])
        self.tick(len(partners) * rows.shape[1])
        keep = found >= self.least
        return partners[keep], found[keep]

    def own(self, rows: Words, which: Ints, own: Words, size: int) -> Words:
        """Rows `which` within the `size` baskets of `own`; few rows are not worth the move to those baskets alone."""
        c, width = len(which), rows.shape[1]
        if c * (c - 1) * width > MOVE * width + 2 * c * size:
            return within(rows, which, own, size)
        few = rows.take(which, axis=0)
        few &= own
        return few

    def wait(self, front: Front) -> None:
        """Set aside until there is enough to grow at once; what is widest grown goes first."""
        key = front.members.shape[1], front.rows.shape[1]
        self.fronts.setdefault(key, []).append(front)
        self.waiting[key] = self.waiting.get(key, 0) + front.rows.size
        while sum(self.waiting.values()) > self.block:
            self.grow(max(self.waiting, key=self.waiting.__getitem__))

    def finish(self) -> None:
        """Grow all that still waits, short sets first: they only make longer ones."""
        while self.fronts:
            self.grow(min(self.fronts))

    def grow(self, key: tuple[int, int]) -> None:
        """Join the waiting sets of one size and width with their siblings, a block of pairs at a time."""
        waiting = self.fronts.pop(key)
        self.waiting.pop(key)
        members = np.concatenate([front.members for front in waiting])
        later = np.concatenate([front.later for front in waiting])
        rows = np.concatenate([front.rows for front in waiting])
        each = max(1, self.block // (rows.shape[1] + 8))  # pairs at a time; 8 words for their numbers
        ends = np.cumsum(later)
        begin = 0
        while begin < len(later):
            done = ends[begin - 1] if begin else 0
            end = max(int(np.searchsorted(ends, done + each, side="right")), begin + 1)
            self._pairs(members, later, rows, begin, end)
            begin = end

    def _pairs(self, members: Ranks, later: Ints, rows: Words, begin: int, end: int) -> None:
        """Join the sets begin..end-1 with each of their later siblings."""
        often = later[begin:end]
        first = np.repeat(np.arange(begin, end), often)
        second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(often) - often, often)
        last = members[:, -1]
        possible = self.paired[last[first], last[second]]
        first, second = first[possible], second[possible]
        both = rows.take(first, axis=0)
        both &= rows.take(second, axis=0)
        found = counts(both)
        self.tick(both.size)
        keep = np.flatnonzero(found >= self.least)
        if not len(keep):
            return
        first = first[keep]
        longer = np.column_stack([members[first], last[second[keep]]])
        self.harvest.add(longer, found[keep])
        if longer.shape[1] < self.longest:
            remaining = _siblings_after(first)
            family = remaining > 0
            family[1:] |= remaining[:-1] > 0
            if family.any():
                self.wait(Front(longer[family], remaining[family], both[keep[family]]))


def _extended(prefix: Ranks, items: Ranks) -> Ranks:
    """The sets `prefix` (L) + one of `items` (c): (c, L + 1)."""
    members = np.empty((len(items), len(prefix) + 1), dtype=items.dtype)
    members[:, :-1] = prefix
    members[:, -1] = items
    return members


def _siblings_after(parents: Ints) -> Ints:
    """How many entries with the same parent follow each entry; parents (k) ascending."""
    return np.searchsorted(parents, parents, side="right") - np.arange(len(parents)) - 1


def _padded(rows: Words) -> Words:
    """Rows widened to the next width that others have too: fewer kinds of width wait for each other."""
    width = rows.shape[1]
    step = max(1, (1 << width.bit_length()) // 8)  # an eighth of the width at most is added in vain
    extra = -width % step
    if not extra:
        return rows
    wide = np.zeros((len(rows), width + extra), dtype=np.uint64)
    wide[:, :width] = rows
    return wide
