"""The three ways to find itemsets: our bit sets, and mlxtend's two for comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from crmdesk_association.itemsets.bits import counts, unpack
from crmdesk_association.itemsets.budget import Budget
from crmdesk_association.itemsets.itemsets import assemble
from crmdesk_association.itemsets.miner import mine
from crmdesk_association.transactions import Baskets, Itemsets

if TYPE_CHECKING:
    import pandas as pd

HALF = 0.5  # a count, so that mlxtend's comparison of shares cannot lose a set to rounding


def find(
    engine: str, baskets: Baskets, least: int, longest: int = 0, most: int = 1_000_000,
    step: Callable[[float], None] = lambda fraction: None,
) -> Itemsets:  # fmt: skip
    """All sets that `least` baskets or more hold, by "bitset", "fpgrowth" or "apriori": the same from each.

    longest: most items in a set, 0 for no limit; most: sets; AnalysisError with advice where there are more. mlxtend's
    engines look at the whole first and report no progress while they run. ValueError for another engine.
    """
    if engine == "bitset":
        return mine(baskets.bits, baskets.n, least, longest=longest, most=most, step=step)
    if engine not in ("fpgrowth", "apriori"):
        raise ValueError(f"no engine is called {engine}")
    return _mlxtend(engine, baskets, max(least, 1), longest, most, step)


def _mlxtend(
    engine: str, baskets: Baskets, least: int, longest: int, most: int, step: Callable[[float], None]
) -> Itemsets:
    import pandas as pd
    from mlxtend import frequent_patterns

    support = counts(baskets.bits)
    frequent = np.flatnonzero(support >= least)
    budget = Budget(baskets.bits, support, baskets.n, longest, most)
    budget.check(least)
    step(0.0)
    if not len(frequent):
        return assemble(baskets.n, len(support), {}, ())
    held = pd.DataFrame(unpack(baskets.bits[frequent], baskets.n), columns=frequent)
    share = (least - HALF) / baskets.n
    found = getattr(frequent_patterns, engine)(held, min_support=share, use_colnames=True, max_len=longest or None)
    if len(found) > most:
        raise budget.refusal(least)
    step(1.0)
    return _gathered(found, baskets.n, len(support))


def _gathered(found: pd.DataFrame, n: int, m: int) -> Itemsets:
    """mlxtend's table as itemsets; supports are shares of n, so their counts are whole numbers."""
    counted = np.rint(found["support"].to_numpy() * n).astype(np.int64)
    sets: list[Any] = found["itemsets"].tolist()
    length = np.array([len(one) for one in sets], dtype=np.int64)
    sizes = {int(size): int((length == size).sum()) for size in np.unique(length)}
    pieces = (
        (np.array([sorted(sets[i]) for i in np.flatnonzero(length == size)], dtype=np.int32), counted[length == size])
        for size in sizes
    )
    return assemble(n, m, sizes, pieces)
