"""Who may take what next: a run's rules applied to customers as they stand today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmdesk.api import Model, Progress, Rules, so_many, span
from crmdesk_association.baskets import attributes
from crmdesk_association.baskets.holdings import day_of, read, stop_of
from crmdesk_association.offers import recommend
from crmdesk_association.offers.recommend import OfferRule
from crmdesk_association.params import RulesParams
from crmdesk_association.rules import words

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("customer", "product", "p", "low", "high", "rule", "why")


def run(model: Model, frame: pd.DataFrame, params: RulesParams, progress: Progress) -> Rules:
    """The table `offers`: every customer and shown rule whose first side is held and whose product is not.

    Each row has the rule's number, its chance `p` of a purchase within the run's horizon with the 95 % interval, and
    `why` in words. Sorted by customer, then product, the strongest rule (highest lower end of its interval) first.
    frame: as `mine_rules.run` takes it; there may be one customer only.
    """
    progress.step(0.1, "Looking who lacks what")
    days, rules = recommend.from_json(model.data)
    table = _empty() if frame.empty or not rules else offers(frame, rules, days, params)
    progress.step(1.0, "Offers found")
    people = table["customer"].nunique()
    told = f"{len(table):,} offers for {people:,} customers" if len(table) else "No rule applies to these customers"
    return Rules(f"{told}.", tables={"offers": table})


def offers(frame: pd.DataFrame, rules: tuple[OfferRule, ...], days: int, params: RulesParams) -> pd.DataFrame:
    """The rows of `offers` for rules that come strongest first."""
    import pandas as pd

    held = read(frame)
    used = tuple(dict.fromkeys(item.attribute for rule in rules for item in rule.first if item.kind == "attribute"))
    known = recommend.traits(frame, held, tuple(name for name in used if name in attributes.ATTRIBUTES))
    owned = held.grid(held.held(stop_of(day_of(params.as_of, held.opened))))
    who = np.flatnonzero(owned.any(axis=1))
    owned = owned[who]
    mine = [np.flatnonzero(recommend.applies(recommend.keys_of(rule.first), rule.then.key, held, who, owned, known))
            for rule in rules]  # fmt: skip
    place = np.repeat(np.arange(len(rules)), [len(rows) for rows in mine])
    table = pd.DataFrame({
        "customer": held.customers[who[np.concatenate(mine)]],
        "product": np.array([rule.then.key for rule in rules], dtype=object)[place],
        **{name: np.array([getattr(rule, name) for rule in rules])[place] for name in ("p", "low", "high")},
        "rule": np.array([rule.rule for rule in rules], dtype=np.int64)[place],
        "why": np.array([why(rule, days) for rule in rules], dtype=object)[place],
    }, columns=list(COLUMNS)).astype({"product": "str", "why": "str"})  # fmt: skip
    return table.sort_values(["customer", "product"], kind="stable", ignore_index=True)


def why(rule: OfferRule, days: int) -> str:
    """'has Home mortgage and no Contents insurance; of 100 such customers 4 to 6 took it within 180 days'."""
    held = [words.label(item) for item in rule.first if item.kind == "product"]
    like = [words.label(item) for item in rule.first if item.kind == "attribute"]
    lacks = f"no {words.label(rule.then)}"
    has = f"has {words.listed(held)} and {lacks}" if held else f"has {lacks}"
    whole = f"{has} ({', '.join(like)})" if like else has
    counted = [item for item in rule.first if item.key in rule.counted]
    join = "and" if any(item.kind == "product" for item in counted) else "with"
    such = "such customers" if len(counted) == len(rule.first) else f"{words.who(counted, 'customers')} {join} {lacks}"
    of = so_many(rule.high)
    return f"{whole}; of {of:,} {such} {span(rule.low, rule.high, of)} took it within {days} days"


def _empty() -> pd.DataFrame:
    import pandas as pd

    kinds = ("int64", "str", "float64", "float64", "float64", "int64", "str")
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in zip(COLUMNS, kinds, strict=True)})
