"""Small databases of customers' histories, and sequences found by trying everything: what the miner is checked by."""

from __future__ import annotations

from itertools import combinations, pairwise, product

import numpy as np
from crmdesk_association.sequences.histories import Histories, build
from crmdesk_association.sequences.prefixspan import Limits, Pattern
from crmdesk_association.transactions import Item

Steps = list[tuple[int, set[int]]]  # a customer's days with what happened on them, by day


def histories(people: list[Steps], items: int) -> Histories:
    """The miner's form of `people`."""
    rows = [(who, day, item) for who, steps in enumerate(people) for day, held in steps for item in sorted(held)]
    owner, day, item = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return build(len(people), tuple(Item(str(i), f"Item {i}") for i in range(items)), owner, day, item)


def occurrences(steps: Steps, pattern: Pattern, limits: Limits) -> list[tuple[int, ...]]:
    """The days of every admissible occurrence of `pattern`."""
    found = []
    for places in combinations(range(len(steps)), len(pattern)):
        days = tuple(steps[place][0] for place in places)
        gaps = [b - a for a, b in pairwise(days)]
        if (all(set(want) <= steps[place][1] for want, place in zip(pattern, places, strict=True))
                and all(limits.least_gap <= gap <= limits.most_gap for gap in gaps)
                and days[-1] - days[0] <= limits.most_span):  # fmt: skip
            found.append(days)
    return found


def candidates(items: int, longest: int) -> list[Pattern]:
    """Every sequence of sets with at most `longest` items."""
    sets = [chosen for size in range(1, longest + 1) for chosen in combinations(range(items), size)]
    return [steps for size in range(1, longest + 1) for steps in product(sets, repeat=size)
            if sum(map(len, steps)) <= longest]  # fmt: skip


def by_trying(
    people: list[Steps], items: int, least: int, limits: Limits, longest: int
) -> dict[Pattern, tuple[int, tuple[float, float, float]]]:
    """Every frequent sequence: customers, and the quartiles of the days of their shortest occurrences."""
    found = {}
    for pattern in candidates(items, longest):
        days = [min(o[-1] - o[0] for o in every) for steps in people if (every := occurrences(steps, pattern, limits))]
        if len(days) >= least:
            low, middle, high = np.percentile(days, [25, 50, 75])
            found[pattern] = (len(days), (float(low), float(middle), float(high)))
    return found
