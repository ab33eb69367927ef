"""How long customers take from one step of a sequence to the next: each customer's shortest occurrence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmdesk_association.sequences.histories import Histories
from crmdesk_association.sequences.prefixspan import NONE, Limits, Pattern, Search, latest_end
from crmdesk_association.transactions import Ints

if TYPE_CHECKING:
    import pandas as pd

WIDTHS = (1, 2, 5, 7, 14, 30, 60, 90, 180, 365, 730, 1_825, 3_650)
BARS = 16
COLUMNS = ("sequence", "step", "days_from", "days_to", "customers")


def search_of(histories: Histories, limits: Limits) -> Search:
    """The whole histories laid out for looking up sequences."""
    return Search.of(histories.owner, histories.day, histories.step, histories.item, limits)


def shortest(search: Search, steps: Pattern, limits: Limits) -> tuple[Ints, Ints]:
    """Customers (c,) who show the sequence and the days (c, steps) of their shortest occurrence.

    Shortest from first step to last among all that the limits allow; of equals the earliest, and within it each
    step as late as the next one allows. A customer who shows the sequence often counts once.
    """
    start, came = search.begin(steps[0]), []
    for items in steps[1:]:
        came.append(latest_end(start, search.before, search.first))
        start = np.where(search.holds(items), search.reach(start, limits), NONE)
    ends = np.flatnonzero(start != NONE)
    order = np.lexsort((ends, search.day[ends] - start[ends], search.owner[ends]))
    owners, first = np.unique(search.owner[ends][order], return_index=True)
    at = ends[order][first]
    days = [search.day[at]]
    for before in reversed(came):
        at = before[at]
        days.append(search.day[at])
    return owners, np.stack(days[::-1], axis=1) if len(at) else np.empty((0, len(steps)), np.int64)


def histogram(search: Search, shown: dict[int, Pattern], limits: Limits) -> pd.DataFrame:
    """The table `waiting`: customers by days from step to step (1: from the first to the second), days_to excluded.

    Every sequence has bars of one width, as few days as give at most 16 bars.
    """
    import pandas as pd

    rows: list[tuple[int, int, int, int, int]] = []
    for number, steps in shown.items():
        _, days = shortest(search, steps, limits)
        gaps = np.diff(days, axis=1)
        longest = int(gaps.max(initial=0)) + 1
        width = next((w for w in WIDTHS if w * BARS >= longest), longest)
        for place in range(gaps.shape[1]):
            bars = np.bincount(gaps[:, place] // width, minlength=-(-longest // width))
            rows.extend((number, place + 1, bar * width, (bar + 1) * width, int(held))
                        for bar, held in enumerate(bars.tolist()))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(np.int64)
