"""Itemsets grown depth first on bits: every frequent set once, in few and large vector operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.bits import counts, within
from crmdesk_association.transactions import Ints, Words

Ranks = NDArray[np.int32]  # items by their rank: rare ones first, so that branches stay small
NARROW = 32  # words; sets of so few baskets are grown many at a time
STEP_WORDS = 1 << 22  # words read between two reports of progress: some milliseconds


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
        self.sets += len(found)
        self.room -= members.nbytes + found.nbytes
        if self.sets > self.most or self.room < 0:
            raise TooMany
        self.by_length.setdefault(members.shape[1], []).append((members, found))

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
        if rows.shape[1] <= NARROW:
            members = np.column_stack([np.broadcast_to(prefix, (len(items), len(prefix))), items])
            self.wait(Front(members, np.arange(len(items))[::-1], _padded(rows)))
            return
        for place in range(len(items) - 1):
            partners = place + 1 + np.flatnonzero(self.paired[items[place], items[place + 1 :]])
            kept, found = self._joined(rows, place, partners)
            if not len(kept):
                continue
            longer = np.append(prefix, items[place])
            ends = np.broadcast_to(longer, (len(kept), len(longer)))
            self.harvest.add(np.column_stack([ends, items[kept]]), found)
            if len(kept) > 1 and len(longer) + 2 <= self.longest:
                self.branch(longer, items[kept], self._own(rows, kept, rows[place]))

    def _joined(self, rows: Words, place: int, partners: Ints) -> tuple[Ints, Ints]:
        """Partners frequent together with the row at `place`, and their counts."""
        found = np.zeros(len(partners), dtype=np.int64)
        step = max(1, self.block // rows.shape[1])
        for at in range(0, len(partners), step):
            found[at : at + step] = counts(rows[partners[at : at + step]] & rows[place])
        self.tick(len(partners) * rows.shape[1])
        keep = found >= self.least
        return partners[keep], found[keep]

    def _own(self, rows: Words, which: Ints, own: Words) -> Words:
        size = int(np.bitwise_count(own).sum(dtype=np.int64))
        return within(rows, which, own, -(-size // 64))

    def wait(self, front: Front) -> None:
        """Set aside until there is enough to grow at once."""
        key = front.members.shape[1], front.rows.shape[1]
        self.fronts.setdefault(key, []).append(front)
        self.waiting[key] = self.waiting.get(key, 0) + front.rows.size
        if self.waiting[key] > self.block:
            self.grow(key)

    def finish(self) -> None:
        """Grow all that still waits, short sets first: they only make longer ones."""
        while self.fronts:
            self.grow(min(self.fronts))

    def grow(self, key: tuple[int, int]) -> None:
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


def _siblings_after(parents: Ints) -> Ints:
    """How many entries with the same parent follow each entry; parents (k) ascending."""
    return np.searchsorted(parents, parents, side="right") - np.arange(len(parents)) - 1


def _padded(rows: Words) -> Words:
    """Rows widened to the next width that others have too: fewer kinds of width wait for each other."""
    width = rows.shape[1]
    wanted = next(w for w in (1, 2, 3, 4, 6, 8, 12, 16, 24, NARROW) if w >= width)
    return np.pad(rows, ((0, 0), (0, wanted - width))) if wanted > width else rows
