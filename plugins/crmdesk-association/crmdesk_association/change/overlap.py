"""Counts of sets in two snapshots at once, and the sums over persons that say how much the two have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.change.snapshots import Snapshots, place
from crmdesk_association.transactions import Baskets, Ints, Words

Places = NDArray[np.int32]
BLOCK = 1 << 16  # words of bits looked at together: half a megabyte, which stays in the cache
PERSONS = 4_000_000  # counts of persons held at once: 32 MB


@dataclass(frozen=True)
class Sums:
    """What the tests need of r ratios x/y in both snapshots, added over persons; every array has shape (r,).

    x is how often the whole is met, y how often it could have been: for a support a person's baskets with the set and
    all of them, for a confidence baskets with both sides and with the first side. Of pairs such as `x1y0`, the first
    letter and number belong to the later (1) or earlier (0) snapshot: sum over persons of x later times y earlier.
    """

    x0: Ints
    y0: Ints
    x1: Ints
    y1: Ints
    xx0: Ints
    xy0: Ints
    yy0: Ints
    xx1: Ints
    xy1: Ints
    yy1: Ints
    x1x0: Ints
    x1y0: Ints
    y1x0: Ints
    y1y0: Ints

    def __len__(self) -> int:
        return len(self.x0)


def holding(bits: Words, members: Places) -> Words:
    """Bits of the baskets that hold all items of each row of members (r, L), padded with -1; (r, W).

    The last row of `bits` is all ones: what -1 means.
    """
    found: Words = bits[members[:, 0]]
    for column in members.T[1:]:
        found &= bits[column]
    return found


def padded(bits: Words) -> Words:
    """Bits with a row of ones after them, for `holding`."""
    return np.concatenate([bits, np.full((1, bits.shape[1]), ~np.uint64(0))])


def counts(bits: Words, members: Places, step: Callable[[float], None] | None = None) -> Ints:
    """How many baskets hold each set of members (r, L) padded with -1; every set has at least one item."""
    found = np.zeros(len(members), dtype=np.int64)
    bits, chunk = padded(bits), max(BLOCK // max(bits.shape[1], 1), 1)
    for start in range(0, len(members), chunk):
        found[start : start + chunk] = _ones(holding(bits, members[start : start + chunk]))
        if step is not None:
            step(min((start + chunk) / len(members), 1.0))
    return found


def _ones(words: Words) -> Ints:
    return np.bitwise_count(words).sum(axis=1, dtype=np.int64)


def sums(snapshots: Snapshots, whole: Places, part: Places | None, step: Callable[[float], None] | None = None) -> Sums:
    """The sums of r ratios: baskets with the set `whole` (r, L) among those with `part` (r, L'), or among all.

    `part` None: supports. Both padded with -1; every part lies in its whole.
    """
    reader = _one_each(snapshots) if snapshots.single else _Baskets(snapshots)
    size = reader.rows
    pieces = []
    for start in range(0, len(whole), size):
        rows = slice(start, start + size)
        pieces.append(reader.read(whole[rows], None if part is None else part[rows]))
        if step is not None:
            step(min((start + size) / len(whole), 1.0))
    if not pieces:
        return Sums(*(np.zeros(0, dtype=np.int64) for _ in range(14)))
    return Sums(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))


@dataclass(frozen=True)
class _Bits:
    """One basket a person: every sum is the count of an intersection of bit rows, persons in one order."""

    before: Words
    after: Words
    present_before: Words
    present_after: Words
    shared: bool

    @property
    def rows(self) -> int:
        """How many ratios are read at once."""
        return max(BLOCK // max(self.before.shape[1], 1), 1)

    def read(self, whole: Places, part: Places | None) -> tuple[Ints, ...]:
        x0, x1 = holding(self.before, whole) & self.present_before, holding(self.after, whole) & self.present_after
        if part is None:
            y0, y1 = (np.broadcast_to(row, x0.shape) for row in (self.present_before, self.present_after))
        else:
            y0, y1 = holding(self.before, part) & self.present_before, holding(self.after, part) & self.present_after
        nx0, ny0, nx1, ny1 = (_ones(words) for words in (x0, y0, x1, y1))
        nothing = np.zeros_like(nx0)
        pairs = ((x1, x0), (x1, y0), (y1, x0), (y1, y0))
        both = [_ones(a & b) if self.shared else nothing for a, b in pairs]
        # x and y are 0 or 1 and x lies in y, so squares and products within a snapshot are the counts again.
        return (nx0, ny0, nx1, ny1, nx0, nx0, ny0, nx1, nx1, ny1, *both)


def _one_each(snapshots: Snapshots) -> _Bits:
    n = snapshots.people
    present = [place(np.full((1, -(-len(who) // 64)), ~np.uint64(0)), who, n)
               for who in (snapshots.person_before, snapshots.person_after)]  # fmt: skip
    grids = [padded(place(side.bits, who, n)) for side, who in
             ((snapshots.before, snapshots.person_before), (snapshots.after, snapshots.person_after))]  # fmt: skip
    return _Bits(*grids, *present, snapshots.shared > 0)


@dataclass(frozen=True)
class _Baskets:
    """Several baskets a person: counts per person and set, then their products added."""

    snapshots: Snapshots

    @property
    def rows(self) -> int:
        """How many ratios are read at once."""
        return max(PERSONS // max(self.snapshots.people, self.snapshots.before.n, self.snapshots.after.n), 1)

    def read(self, whole: Places, part: Places | None) -> tuple[Ints, ...]:
        pair_of = ((self.snapshots.before, self.snapshots.person_before),
                   (self.snapshots.after, self.snapshots.person_after))  # fmt: skip
        (x0, y0), (x1, y1) = ([self._per_person(b, who, sets, len(whole)) for sets in (whole, part)]
                              for b, who in pair_of)  # fmt: skip
        pairs = ((x0, x0), (x0, y0), (y0, y0), (x1, x1), (x1, y1), (y1, y1), (x1, x0), (x1, y0), (y1, x0), (y1, y0))
        return (*(values.sum(axis=1) for values in (x0, y0, x1, y1)), *((a * b).sum(axis=1) for a, b in pairs))

    def _per_person(self, baskets: Baskets, who: Ints, sets: Places | None, r: int) -> Ints:
        """Baskets of each person that hold each set: (r, people)."""
        if sets is None:
            return np.broadcast_to(np.bincount(who, minlength=self.snapshots.people), (r, self.snapshots.people))
        rows = holding(padded(baskets.bits), sets)
        held = np.unpackbits(rows.view(np.uint8), axis=1, count=baskets.n)
        people = self.snapshots.people
        return np.stack([np.bincount(who[row.view(bool)], minlength=people) for row in held]).astype(np.int64)
