"""Whether customers do things in an order that is no accident: counts against shuffled orders of the same things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import statistics
from crmdesk_association.sequences.direction import directions
from crmdesk_association.sequences.histories import Histories
from crmdesk_association.sequences.poisson_binomial import Floats, upper_tails
from crmdesk_association.sequences.prefixspan import Limits, Pattern
from crmdesk_association.sequences.shuffles import blocks, popcount, spans
from crmdesk_association.transactions import Ints

Bools = NDArray[np.bool_]
WORK = 2_000_000_000  # words that one round may look at: tens of seconds
REPLICA_COST = 20  # how much dearer a sequence is whose span must be checked
GRID = 1_000  # chances given a part are rounded up to so many steps
LEAST_SCREENED = 200  # customers by whom sequences are chosen, where not all can be tested


@dataclass(frozen=True)
class Judgement:
    """For r sequences (r,): expected customers in random order, p, q; the same given the best shown part; shown.

    NaN in p and q: not tested, because a sample of customers gave less sign of an order than with others;
    NaN in `part_q`: no part of it stands up by itself. `tested_customers`: those whose order was tested.
    """

    expected: Floats
    p: Floats
    q: Floats
    part_q: Floats
    shown: Bools
    tested_customers: int


@dataclass(frozen=True)
class Tally:
    """For r sequences: `cases` (r, R + 1) customers by the number of the R arrangements in which they show it."""

    counts: Ints
    cases: NDArray[np.int64]

    @property
    def values(self) -> Floats:
        """Chance of a customer for each column of `cases`.

        The observed order is one of the R = 1 + shuffles arrangements, all equally likely if order is an accident
        (Phipson and Smyth 2010). So nobody who shows a sequence has chance 0 and nobody who does not has chance 1,
        and the count's distance from its mean has on average just the variance that these chances add up to:
        few shuffles cost power, never honesty.
        """
        columns = self.cases.shape[1]
        chances: Floats = np.arange(columns) / (columns - 1)
        return chances

    @property
    def mean(self) -> Floats:
        total: Floats = self.cases @ self.values
        return total

    @property
    def expected(self) -> Floats:
        """Customers who would show each sequence on average over the shuffles alone."""
        arrangements = self.cases.shape[1] - 1
        alone: Floats = (self.mean * arrangements - self.counts) / (arrangements - 1)
        return alone

    @property
    def surprise(self) -> Floats:
        """How many standard deviations each count lies above its mean."""
        spread = np.sqrt(self.cases @ (self.values * (1 - self.values)))
        above: Floats = (self.counts - self.mean) / np.maximum(spread, 1e-9)
        return above


def judge(
    histories: Histories, patterns: list[Pattern], limits: Limits, *, shuffles: int, seed: int, fdr: float,
    tests: int = 0, step: Callable[[float], None] = lambda fraction: None,
) -> Judgement:  # fmt: skip
    """Test the order of each of `patterns` (two steps or more) against `shuffles` orders within each customer.

    A customer's days stay and what happened on them is permuted; each customer shows a sequence with a chance
    estimated over the arrangements, so the number who do is Poisson-binomial. p is the larger of its upper tail and
    of the sign test against the same steps rearranged (`directions`): an order counts only where it beats both. q is
    Benjamini-Hochberg's for `tests` sequences looked for (see `searched`), at least for all tested. Where testing all
    with everybody would take too long, a random sample of customers chooses which are worth it and the others alone
    test them. `shown`: q < fdr, and q < fdr as well among the customers who show a part that stands up by itself (see
    `_given_parts`).
    """
    everyone = np.ones(histories.n, dtype=bool)
    r = len(patterns)
    if not r:
        none = np.empty(0)
        return Judgement(none, none, none, none, np.empty(0, bool), int(everyone.sum()))
    chosen, screened, expected = _choose(histories, patterns, limits, shuffles, seed, lambda f: step(0.4 * f))
    rest = histories.only(~screened) if screened.any() else histories
    tried = [patterns[i] for i in chosen]
    tally = count(rest, tried, limits, shuffles, seed, lambda f: step(0.4 + 0.4 * f))
    p, part_q = np.full(r, np.nan), np.full(r, np.nan)
    p[chosen] = upper_tails(tally.values, tally.cases, tally.counts)
    # A direction is worth asking for only where the shuffles leave hope; elsewhere p is too large with or without it.
    hopeful = np.flatnonzero(np.nan_to_num(p, nan=1.0) < fdr)
    turned = directions(rest, [patterns[i] for i in hopeful], limits, lambda f: step(0.8 + 0.1 * f))
    p[hopeful] = np.maximum(p[hopeful], turned)
    q = statistics.benjamini_hochberg(p, tests)
    stands = np.nan_to_num(q, nan=1.0) < fdr
    best = _given_parts(rest, patterns, stands, limits, shuffles, seed, lambda f: step(0.9 + 0.1 * f))
    part_q[list(best)] = statistics.benjamini_hochberg(list(best.values()))
    # Those tested are counted in both groups of customers; the others are scaled up from the sample.
    share = max(float(screened.mean()), 1e-9)
    expected = np.where(np.isnan(p), expected / share, expected)
    expected[chosen] += tally.expected
    return Judgement(expected, p, q, part_q, stands & ~(part_q >= fdr), int((~screened).sum()))


def _choose(histories: Histories, patterns: list[Pattern], limits: Limits, shuffles: int, seed: int,
            step: Callable[[float], None]) -> tuple[Ints, Bools, Floats]:  # fmt: skip
    """Which sequences are tested, the customers spent on choosing them (n,), and what is expected among those."""
    r, screened = len(patterns), np.zeros(histories.n, dtype=bool)
    if _work(patterns, limits, shuffles) * len(histories.owner) <= WORK:
        return np.arange(r), screened, np.zeros(r)
    few = min(shuffles, 63)
    share = WORK / max(_work(patterns, limits, few) * len(histories.owner), 1)
    size = int(np.clip(share * histories.n, min(LEAST_SCREENED, histories.n // 4), histories.n // 4))
    screened[np.random.default_rng(seed).choice(histories.n, size, replace=False)] = True
    tally = count(histories.only(screened), patterns, limits, few, seed, step)
    order = np.lexsort((np.arange(r), -tally.surprise))
    work = np.cumsum([_work([patterns[i]], limits, shuffles) for i in order.tolist()])
    fits = max(int(np.searchsorted(work * (len(histories.owner) * (1 - size / histories.n)), WORK)), 1)
    return np.sort(order[:fits]), screened, tally.expected


def _work(patterns: list[Pattern], limits: Limits, shuffles: int) -> int:
    """Words that a test of `patterns` looks at for each step of a customer."""
    width = -(-(shuffles + 1) // 64)
    return sum(REPLICA_COST * (shuffles + 1) if spans(steps, limits) else width for steps in patterns)


def count(histories: Histories, patterns: list[Pattern], limits: Limits, shuffles: int, seed: int,
          step: Callable[[float], None] = lambda fraction: None) -> Tally:  # fmt: skip
    """Customers by the number of arrangements in which they show each sequence, the observed one among them."""
    arrangements = shuffles + 1
    counts = np.zeros(len(patterns), dtype=np.int64)
    cases = np.zeros((len(patterns), arrangements + 1), dtype=np.int64)
    order = sorted(range(len(patterns)), key=patterns.__getitem__)
    done = 0
    for block in blocks(histories, limits, shuffles, seed, any(spans(steps, limits) for steps in patterns)):
        for turn, j in enumerate(order):
            if turn % 64 == 0:
                step((done + len(block.owner) * turn / len(order)) / len(histories.owner))
            hits = block.hits(patterns[j])
            counts[j] += int((hits[0] & np.uint64(1)).sum())
            cases[j] += np.bincount(popcount(hits), minlength=arrangements + 1)
        done += len(block.owner)
    return Tally(counts, cases)


def _parts(steps: Pattern) -> list[Pattern]:
    """The sequence without one of its items, where two steps are left."""
    parts = []
    for place, items in enumerate(steps):
        for item in items:
            left = tuple(i for i in items if i != item)
            parts.append((*steps[:place], *((left,) if left else ()), *steps[place + 1 :]))
    return [part for part in dict.fromkeys(parts) if len(part) > 1]


def _given_parts(histories: Histories, patterns: list[Pattern], stands: Bools, limits: Limits, shuffles: int,
                 seed: int, step: Callable[[float], None]) -> dict[int, float]:  # fmt: skip
    """For each sequence that stands and has parts that stand: the largest p of the whole given one of the parts.

    Among the customers who show the part, the arrangements that show the part too are equally likely if nothing but
    the part is no accident; the share of them that show the whole is each customer's chance, rounded up to a
    thousandth, and the number who show the whole is tested against these chances as before. A longer sequence that
    only repeats what its part says is so left out.
    """
    standing = {patterns[i] for i in np.flatnonzero(stands).tolist()}
    pairs = [(i, part) for i in np.flatnonzero(stands).tolist() for part in _parts(patterns[i]) if part in standing]
    if not pairs:
        return {}
    counts, cases = np.zeros(len(pairs), dtype=np.int64), np.zeros((len(pairs), GRID + 1), dtype=np.int64)
    done = 0
    for block in blocks(histories, limits, shuffles, seed, any(spans(steps, limits) for steps in standing)):
        for turn, (i, part) in enumerate(pairs):
            if turn % 32 == 0:
                step((done + len(block.owner) * turn / len(pairs)) / len(histories.owner))
            of_part = block.hits(part)
            both = block.hits(patterns[i]) & of_part
            shows = (of_part[0] & np.uint64(1)).astype(bool)
            counts[turn] += int((both[0] & np.uint64(1)).sum())
            ratio = -(-popcount(both)[shows] * GRID // popcount(of_part)[shows])
            cases[turn] += np.bincount(ratio, minlength=GRID + 1)
        done += len(block.owner)
    tails = upper_tails(np.arange(GRID + 1) / GRID, cases, counts)
    worst: dict[int, float] = {}
    for (i, _), p in zip(pairs, tails.tolist(), strict=True):
        worst[i] = max(p, worst.get(i, 0.0))
    return worst
