"""What single items did by themselves between two snapshots: shares, tests and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmdesk_association.baskets.baskets import Found
from crmdesk_association.change import snapshots
from crmdesk_association.change.change_words import went
from crmdesk_association.change.tested import Tested
from crmdesk_association.params import ChangeParams

if TYPE_CHECKING:
    import pandas as pd


def items_table(before: Found, after: Found, params: ChangeParams, tested: Tested) -> pd.DataFrame:
    """Every item as `snapshots.items` lists it, with the test of its share where it is compared.

    `difference` with its 95 % interval `low` .. `high`, p, q (over all tests of differences, rules and items alike)
    and `changed`: q below `params.fdr` and an interval without 0.
    """
    table = snapshots.items(before, after, params)
    keys = np.array([item.key for item in before.baskets.items], dtype=object)[tested.item]
    place = {key: at for at, key in enumerate(keys.tolist())}
    at = np.array([place.get(key, -1) for key in table["item"]], dtype=np.int64)
    single = tested.single
    columns = {"difference": single.difference, "low": single.low, "high": single.high, "p": single.p,
               "q": tested.q_single}  # fmt: skip
    for name, values in columns.items():
        table[name] = np.where(at >= 0, np.append(values, np.nan)[at], np.nan)
    table["changed"] = (table["q"] < params.fdr) & ((table["low"] > 0) | (table["high"] < 0))
    return table


def told(items: pd.DataFrame) -> list[str]:
    """The items that changed, the largest difference first: "root vegetables 11 % → 7 %"."""
    changed = items[items["changed"]]
    changed = changed.reindex(changed["difference"].abs().sort_values(ascending=False, kind="stable").index)
    columns = (changed[name].tolist() for name in ("label", "share_before", "share_after"))
    return [f"{label} {went(before, after)}" for label, before, after in zip(*columns, strict=True)]
