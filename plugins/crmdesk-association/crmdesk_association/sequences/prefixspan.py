"""Frequent sequences by pattern growth (PrefixSpan), exact under limits on gaps and on the whole span."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.sequences.histories import Histories
from crmdesk_association.transactions import Ints

Pattern = tuple[tuple[int, ...], ...]  # steps in order, each a set of item places, ascending
Bools = NDArray[np.bool_]
NONE = np.int64(-(2**62))  # no occurrence ends here


@dataclass(frozen=True)
class Limits:
    """Days from one step to the next (least, most) and from the first step to the last (most)."""

    least_gap: int = 1
    most_gap: int = 365
    most_span: int = 730


@dataclass(frozen=True)
class Sequence:
    """A sequence, the customers who show it, and the quartiles of the days its shortest occurrence takes."""

    steps: Pattern
    count: int
    days: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def length(self) -> int:
        return sum(len(step) for step in self.steps)


@dataclass(frozen=True)
class Search:
    """Part of the histories, laid out for growing: S steps, E events by item, then step.

    `before` (S): the latest step of the same customer that the least gap allows before this one, -1 where none;
    `first` (S): the customer's first step. A group is the events of one item and one customer: `groups` (G) where it
    begins, `group_item`, `group_owner` (G).
    """

    owner: Ints
    day: Ints
    step: Ints
    item: Ints
    before: Ints
    first: Ints
    groups: Ints
    group_item: Ints
    group_owner: Ints

    @classmethod
    def of(cls, owner: Ints, day: Ints, step: Ints, item: Ints, limits: Limits) -> Search:
        """From steps sorted by owner and day and events in any order."""
        order = np.lexsort((step, item))
        step, item = step[order], item[order]
        whose = owner[step]
        new = np.ones(len(step), dtype=bool)
        new[1:] = (item[1:] != item[:-1]) | (whose[1:] != whose[:-1])
        groups = np.flatnonzero(new)
        first = np.searchsorted(owner, owner, side="left")
        before = allowed(owner, day, -max(limits.least_gap, 1), "right") - 1
        return cls(owner, day, step, item, np.where(before >= first, before, -1), first, groups, item[groups],
                   whose[groups])  # fmt: skip

    def only(self, kept: Bools, least: int) -> Search:
        """The part of the customers in `kept` (by owner), without items that fewer than `least` of them have.

        Steps go by whole customers and events by whole groups, so their order and what lies before them stay.
        """
        of_group = kept[self.group_owner]
        held = np.bincount(self.group_item[of_group], minlength=int(self.item.max(initial=0)) + 1)
        of_group &= held[self.group_item] >= least
        size = np.diff(np.append(self.groups, len(self.step)))
        of_event = np.repeat(of_group, size)
        of_step = kept[self.owner]
        place = np.cumsum(of_step) - 1
        before = self.before[of_step]
        groups = np.cumsum(size[of_group]) - size[of_group]
        return Search(
            self.owner[of_step], self.day[of_step], place[self.step[of_event]], self.item[of_event],
            np.where(before >= 0, place[before], -1), place[self.first[of_step]], groups, self.group_item[of_group],
            self.group_owner[of_group],
        )  # fmt: skip

    def begin(self, items: tuple[int, ...]) -> Ints:
        """Occurrences of a first step: the day at each step (S) that holds all of `items`, NONE elsewhere."""
        return np.where(self.holds(items), self.day, NONE)

    def holds(self, items: tuple[int, ...]) -> Bools:
        """Which steps (S) hold all of `items`."""
        found = np.zeros(len(self.day), dtype=np.int64)
        for item in items:
            low, high = np.searchsorted(self.item, [item, item + 1])
            found[self.step[low:high]] += 1
        every: Bools = found == len(items)
        return every

    def reach(self, start: Ints, limits: Limits) -> Ints:
        """Where a next step may follow: (S) the latest first day of an occurrence it would end, NONE elsewhere.

        `start` (S) is the same for the sequence so far. It suffices to look at the latest occurrence end that the
        least gap allows: among ends of one customer, a later end never has an earlier latest start (induction over
        the steps), so it is best for the most gap and for the span alike. First occurrences, as without limits,
        would lose customers whose first one lies too far back.
        """
        if not len(start):
            return start
        before = latest_end(start, self.before, self.first)
        begun = np.where(before >= 0, start[before], NONE)
        good = (before >= 0) & (self.day - self.day[before] <= limits.most_gap)
        good &= self.day - begun <= limits.most_span
        return np.where(good, begun, NONE)

    def taken(self, reach: Ints) -> Ints:
        """Days (G) of the shortest occurrence that an event of each group ends; negative where there is none."""
        days = np.where(reach == NONE, np.int64(2**62), self.day - reach)[self.step]
        shortest = np.minimum.reduceat(days, self.groups) if len(self.groups) else days
        return np.where(shortest == 2**62, -1, shortest)


def latest_end(start: Ints, before: Ints, first: Ints) -> Ints:
    """(S) the latest step at or before `before`, of the same customer, where an occurrence ends; -1 where none."""
    ends = np.maximum.accumulate(np.where(start == NONE, -1, np.arange(len(start))))
    found = np.where(before >= 0, ends[before], -1)
    return np.where(found >= first, found, -1)


def allowed(owner: Ints, day: Ints, days: int, side: Literal["left", "right"]) -> Ints:
    """(S) how many steps come before `days` after each step (side left: strictly), counting customers in order."""
    if not len(day):
        return np.empty(0, np.int64)
    # Beyond the whole time covered a limit limits nothing, and the sum stays small.
    covered = int(day.max() - day.min()) + 1
    shift = int(np.clip(days, -covered, covered))
    place = owner * np.int64(4 * covered) + (day - day.min() + covered)
    found: Ints = np.searchsorted(place, place + shift, side=side).astype(np.int64)
    return found


@dataclass
class _Found:
    """What a search has found so far, and what it may still find."""

    least: int
    longest: int
    most: int
    step: Callable[[float], None]
    most_grown: int
    grown: int = 0
    done: float = 0.0
    sequences: list[Sequence] = field(default_factory=list)

    def add(self, sequence: Sequence) -> None:
        self.sequences.append(sequence)
        if len(self.sequences) > self.most:
            raise TooMany

    def grow(self) -> None:
        """Another sequence is looked into."""
        self.grown += 1
        if self.grown > self.most_grown:
            raise TooMany
        self.step(self.done)


class TooMany(Exception):
    """More sequences than a search may find."""


def search(
    histories: Histories, least: int, limits: Limits, longest: int, most: int,
    step: Callable[[float], None] = lambda fraction: None, most_grown: int = 2**62,
) -> list[Sequence] | None:  # fmt: skip
    """All sequences of at most `longest` items that at least `least` customers show; None if more than `most`,
    or if more than `most_grown` would have to be looked into for longer ones.

    Pattern growth after Pei et al. (PrefixSpan, ICDE 2001), a sequence grown by a new step or by a further item of
    its last step; the projected database is the set of all steps where an occurrence ends, each with its latest
    start, which keeps the limits exact. Sorted by length, then by steps. A customer counts once.
    """
    whole = Search.of(histories.owner, histories.day, histories.step, histories.item, limits)
    found = _Found(least, longest, most, step, most_grown)
    single = [int(i) for i in np.flatnonzero(histories.holders >= least)]
    try:
        for done, item in enumerate(single):
            found.done = done / len(single)
            found.add(Sequence(((item,),), int(histories.holders[item])))
            _grow(whole, ((item,),), whole.begin((item,)), limits, found)
    except TooMany:
        return None
    return sorted(found.sequences, key=lambda sequence: (sequence.length, sequence.steps))


def _grow(view: Search, steps: Pattern, start: Ints, limits: Limits, found: _Found) -> None:
    """Add every frequent sequence that begins with `steps`, whose occurrences end as `start` (S) says."""
    size = sum(len(step) for step in steps)
    if size >= found.longest:
        return
    found.grow()
    # Cutting down costs about three looks: it pays for one look where little is left, for many where a third goes.
    view, start = _narrowed(view, start, found.least, 0.67 if size + 1 < found.longest else 0.15)
    last = steps[-1][-1]
    reach = view.reach(start, limits)
    grown = [((*steps, (item,)), count, days, reach) for item, count, days in _frequent(view, reach, found.least)]
    for item, count, days in _frequent(view, start, found.least, above=last):
        grown.append(((*steps[:-1], (*steps[-1], item)), count, days, start))
    for longer, count, days, ends in grown:
        found.add(Sequence(longer, count, days))
        if size + 1 < found.longest:
            held = view.holds(longer[-1][-1:])
            _grow(view, longer, np.where(held, ends, NONE), limits, found)


def _narrowed(view: Search, start: Ints, least: int, worth: float) -> tuple[Search, Ints]:
    """The search in those customers alone who show the sequence, where at most the share `worth` is left."""
    shows = np.zeros(int(view.owner.max(initial=0)) + 1, dtype=bool)
    shows[view.owner[start != NONE]] = True
    kept = shows[view.owner]
    if int(kept.sum()) > worth * len(kept):
        return view, start
    return view.only(shows, least), start[kept]


def _frequent(view: Search, reach: Ints, least: int, above: int = -1
              ) -> Iterator[tuple[int, int, tuple[float, float, float]]]:  # fmt: skip
    """Items after `above` that enough customers have where `reach` allows: item, customers, quartiles of days."""
    days = view.taken(reach)
    good = (days >= 0) & (view.group_item > above)
    counts = np.bincount(view.group_item[good], minlength=int(view.group_item.max(initial=0)) + 1)
    frequent = np.flatnonzero(counts >= least)
    if not frequent.size:
        return
    good &= counts[view.group_item] >= least
    # Groups come by item, so sorting item and days together puts each item's days in a row.
    wide = np.int64(int(days.max()) + 1)
    days = np.sort(view.group_item[good] * wide + days[good]) % wide
    begin = 0
    for item in frequent.tolist():
        mine = days[begin : begin + int(counts[item])]
        begin += int(counts[item])
        yield item, len(mine), quartiles(mine)


def quartiles(ordered: Ints) -> tuple[float, float, float]:
    """Lower quartile, median, upper quartile of ascending values, between neighbours as numpy's default."""
    at = np.array([0.25, 0.5, 0.75]) * (len(ordered) - 1)
    low = np.floor(at).astype(np.int64)
    high = np.minimum(low + 1, len(ordered) - 1)
    q = ordered[low] + (ordered[high] - ordered[low]) * (at - low)
    return float(q[0]), float(q[1]), float(q[2])
