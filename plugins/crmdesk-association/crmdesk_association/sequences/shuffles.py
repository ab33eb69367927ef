"""The customers' steps in shuffled order, many shuffles at once: one bit of a word for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.sequences.histories import Histories
from crmdesk_association.sequences.prefixspan import NONE, Limits, Pattern, Search, allowed
from crmdesk_association.transactions import Ints, Words

BYTES = 64_000_000  # what the words of one block may take
REPLICAS = 1_500_000  # steps of a block, all arrangements counted, where the span needs each by itself


@dataclass(frozen=True)
class Windows:
    """For each step the steps that the gaps allow before it, as two overlapping runs of 2^k steps.

    `ends`, `one`, `other` by k: the steps with such a window, and where its two runs begin.
    """

    ends: tuple[Ints, ...]
    one: tuple[Ints, ...]
    other: tuple[Ints, ...]

    @classmethod
    def of(cls, owner: Ints, day: Ints, limits: Limits) -> Windows:
        first = np.searchsorted(owner, owner, side="left")
        low = np.maximum(allowed(owner, day, -min(limits.most_gap, limits.most_span), "left"), first)
        high = allowed(owner, day, -max(limits.least_gap, 1), "right") - 1
        size = np.where(high >= low, high - low + 1, 0)
        level = np.frexp(size.astype(np.float64))[1] - 1
        ends = tuple(np.flatnonzero(level == k) for k in range(int(level.max(initial=-1)) + 1))
        return cls(ends, tuple(low[at] for at in ends),
                   tuple(high[at] - (1 << k) + 1 for k, at in enumerate(ends)))  # fmt: skip

    def spread(self, state: Words) -> Words:
        """(W, S) the bits of `state` (W, S) anywhere in each step's window, by doubling runs (a sparse table)."""
        found = np.zeros_like(state)
        run = state
        for k, (at, one, other) in enumerate(zip(self.ends, self.one, self.other, strict=True)):
            if k:
                half = 1 << (k - 1)
                longer = run.copy()
                longer[:, :-half] |= run[:, half:]
                run = longer
            found[:, at] = run[:, one] | run[:, other]
        return found


@dataclass
class Block:
    """c customers whose S steps keep their days while what happened moves: bit 0 as observed, the others shuffled.

    `words` (m, W, S): bit r of the words of an item at a step is set where arrangement r has the item there;
    `begin` (c): each customer's first step; `arrangements`: 1 + shuffles.
    """

    arrangements: int
    begin: Ints
    words: Words
    windows: Windows
    limits: Limits
    owner: Ints
    day: Ints
    _reached: dict[int, tuple[Pattern, Words]] = field(default_factory=dict)
    _replica: Search | None = None

    def hits(self, steps: Pattern) -> Words:
        """(W, c) in which arrangements each customer shows the sequence. Sorted sequences share their beginnings."""
        if spans(steps, self.limits):
            return self._one_by_one(steps)
        found: Words = np.bitwise_or.reduceat(self._ends(steps), self.begin, axis=1)
        return found

    def _ends(self, steps: Pattern) -> Words:
        here = self._holds(steps[-1])
        return here if len(steps) == 1 else here & self._reach(steps[:-1])

    def _reach(self, steps: Pattern) -> Words:
        """(W, S) where a next step may follow an occurrence of `steps`; the last one of each length is kept."""
        known = self._reached.get(len(steps))
        if known is None or known[0] != steps:
            known = (steps, self.windows.spread(self._ends(steps)))
            self._reached[len(steps)] = known
        return known[1]

    def _holds(self, items: tuple[int, ...]) -> Words:
        found: Words = self.words[items[0]]
        for item in items[1:]:
            found = found & self.words[item]
        return found

    def _one_by_one(self, steps: Pattern) -> Words:
        """As `hits`, every arrangement a customer by itself: slower, but with the days that the span needs."""
        search = self._replica = self._replica or self._replicas()
        start = search.begin(steps[0])
        for items in steps[1:]:
            start = np.where(search.holds(items), search.reach(start, self.limits), NONE)
        shows = np.zeros((len(self.begin), self.words.shape[1] * 64), dtype=np.uint8)
        who = np.unique(search.owner[start != NONE])
        shows[who // self.arrangements, who % self.arrangements] = 1
        packed: Words = np.packbits(shows, axis=1, bitorder="little").view("<u8").astype(np.uint64).T
        return np.ascontiguousarray(packed)

    def _replicas(self) -> Search:
        bits = np.unpackbits(self.words.astype("<u8").view(np.uint8).reshape(*self.words.shape, 8), axis=3,
                             bitorder="little")  # fmt: skip
        item, word, step, bit = np.nonzero(bits)
        which = word * 64 + bit
        # Steps of the replicas: by customer, then by arrangement, then by day.
        place = self.begin[self.owner]
        size = np.diff(np.append(self.begin, len(self.owner)))[self.owner]
        first = place * self.arrangements
        at = first[step] + which * size[step] + (step - place[step])
        count = len(self.owner) * self.arrangements
        owner, day = np.empty(count, np.int64), np.empty(count, np.int64)
        steps = np.arange(len(self.owner))
        for r in range(self.arrangements):
            spot = first + r * size + (steps - place)
            owner[spot], day[spot] = self.owner * self.arrangements + r, self.day
        return Search.of(owner, day, at, item.astype(np.int64), self.limits)


def spans(steps: Pattern, limits: Limits) -> bool:
    """Whether the limit on the whole span may forbid what the gaps allow."""
    return len(steps) > 2 and (len(steps) - 1) * limits.most_gap > limits.most_span


def blocks(histories: Histories, limits: Limits, shuffles: int, seed: int, spanning: bool) -> Iterator[Block]:
    """The customers in blocks that fit into memory, their steps shuffled `shuffles` times within each customer.

    What happened on one day moves as a whole, so that things done together stay together and only their order is
    at stake. `spanning`: some sequence needs its span checked, which takes smaller blocks.
    """
    width = -(-(shuffles + 1) // 64)
    fit = REPLICAS // (shuffles + 1) if spanning else BYTES // (8 * width * max(len(histories.items), 1))
    bounds = np.append(np.flatnonzero(np.diff(histories.owner, prepend=-1)), len(histories.owner))
    rng = np.random.default_rng(seed)
    low = 0
    while low < bounds[-1]:
        # As many whole customers as fit, and one at least.
        place = max(np.searchsorted(bounds, low + fit, side="right") - 1, np.searchsorted(bounds, low, side="right"))
        high = int(bounds[place])
        yield _block(histories, low, high, limits, shuffles, rng)
        low = high


def _block(histories: Histories, low: int, high: int, limits: Limits, shuffles: int, rng: np.random.Generator
           ) -> Block:  # fmt: skip
    from_, to = np.searchsorted(histories.step, [low, high])
    step, item = histories.step[from_:to] - low, histories.item[from_:to]
    _, owner = np.unique(histories.owner[low:high], return_inverse=True)
    owner = owner.astype(np.int64)
    size, width = high - low, -(-(shuffles + 1) // 64)
    words = np.zeros((len(histories.items), width, size), dtype=np.uint64)
    flat = words.reshape(-1)
    base = item * (width * size)
    place = np.arange(size)
    for r in range(shuffles + 1):
        if r:
            # Customers' numbers plus fractions sort into the same customers, their steps in random order.
            place = np.argsort(owner + rng.random(size))
        flat[base + (r // 64) * size + place[step]] |= np.uint64(1 << (r % 64))
    begin = np.flatnonzero(np.diff(owner, prepend=-1))
    day = histories.day[low:high]
    return Block(shuffles + 1, begin, words, Windows.of(owner, day, limits), limits, owner, day)


def popcount(words: Words) -> NDArray[np.int64]:
    """(c,) how many bits are set in the words (W, c) of each customer."""
    found: NDArray[np.int64] = np.bitwise_count(words).sum(axis=0, dtype=np.int64)
    return found
