"""What customers did and when, as steps of one day or a few: the database that sequences are mined from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import AnalysisError
from crmdesk_association.params import SequenceParams
from crmdesk_association.transactions import Ints, Item

if TYPE_CHECKING:
    import pandas as pd

DAY = 86_400
FEWEST = 200
CHANNEL_WORDS = {"atm": "ATM", "online": "online", "call_centre": "call centre", "branch": "branch"}
COLUMNS = {"products": ("opened_s", "product", "family"), "acts": ("occurred_s", "channel", "activity")}


@dataclass(frozen=True)
class Histories:
    """n customers with S steps that hold E events of m items.

    `owner`, `day` (S): whose step it is (place 0 .. n-1, ascending) and its first day since 1970 (rising within a
    customer, never twice the same); `step`, `item` (E): events by step, then item, each pair once. Customers without
    an event left (everything of theirs was dropped) count in n and have no step.
    """

    n: int
    items: tuple[Item, ...]
    owner: Ints
    day: Ints
    step: Ints
    item: Ints
    notes: tuple[str, ...] = ()

    @property
    def labels(self) -> list[str]:
        return [item.label for item in self.items]

    @property
    def holders(self) -> Ints:
        """Customers (m) who have each item at least once."""
        held = np.unique(self.item * max(self.n, 1) + self.owner[self.step])
        return np.bincount(held // max(self.n, 1), minlength=len(self.items)).astype(np.int64)


def build(
    n: int, items: tuple[Item, ...], owner: Ints, day: Ints, item: Ints, together: int = 0, notes: tuple[str, ...] = ()
) -> Histories:
    """Histories from E events in any order, with repeats: `owner`, `day`, `item` (E) each.

    A step begins with a customer's first event that no step holds yet and takes all events of the `together` days
    after it, so it never lasts longer than that; its day is its first.
    """
    order = np.lexsort((item, day, owner))
    owner, day, item = owner[order], day[order], item[order]
    first = _merged(owner, day, together)
    new = np.ones(len(owner), dtype=bool)
    new[1:] = (owner[1:] != owner[:-1]) | (first[1:] != first[:-1])
    step = np.cumsum(new) - 1
    wide = np.int64(max(len(items), 1))
    pairs = np.unique(step * wide + item)
    return Histories(n, items, owner[new], first[new], pairs // wide, pairs % wide, notes)


def _merged(owner: Ints, day: Ints, together: int) -> Ints:
    """First day of the step of each event, (E); events sorted by owner and day."""
    if together == 0 or not len(day):
        return day
    first = day.copy()
    far = np.int64(day.max() - day.min() + together + 2)
    place = owner * far + (day - day.min())
    start = 0
    ends = np.searchsorted(place, place + together, side="right")
    last_of_owner = np.searchsorted(owner, owner, side="right")
    ends = np.minimum(ends, last_of_owner)
    while start < len(day):
        first[start : ends[start]] = day[start]
        start = int(ends[start])
    return first


def read(frame: pd.DataFrame, params: SequenceParams) -> Histories:
    """The histories of the host's frame: products at their first opening, or acts day by day (UTC days).

    AnalysisError where columns are missing, fewer than 200 customers have an event or no item is left.
    """
    table, notes = _events(frame, params)
    customers, owner = np.unique(table["customer"].to_numpy(np.int64), return_inverse=True)
    n = len(customers)
    if n < FEWEST:
        raise AnalysisError(f"Not enough data: {n} customers with an event, and at least {FEWEST} are needed.")
    keys, item = np.unique(table["key"].to_numpy(str), return_inverse=True)
    names = table.drop_duplicates("key").set_index("key")["label"]
    items = tuple(Item(str(key), str(names[key])) for key in keys)
    whole = build(n, items, owner.astype(np.int64), table["day"].to_numpy(np.int64), item.astype(np.int64))
    usual = whole.holders > params.drop_above * n
    if usual.any():
        said = ", ".join(f"{items[i].label} ({whole.holders[i] / n:.0%})" for i in np.flatnonzero(usual))
        notes.append(f"Left out, because more than {params.drop_above:.0%} of customers have it: {said}.")
    if usual.all():
        raise AnalysisError("Every item is one that nearly all customers have; raise 'Drop above' to keep some.")
    keep = ~usual[item]
    place = np.cumsum(~usual) - 1
    left = tuple(items[i] for i in np.flatnonzero(~usual))
    return build(n, left, owner[keep].astype(np.int64), table["day"].to_numpy(np.int64)[keep], place[item[keep]],
                 params.together_days, tuple(notes))  # fmt: skip


def _events(frame: pd.DataFrame, params: SequenceParams) -> tuple[pd.DataFrame, list[str]]:
    """One row an event: customer, day, key, label; and what was left out, in words."""
    import pandas as pd

    time, *named = COLUMNS[params.events]
    missing = [name for name in (time, *named) if name not in frame.columns]
    if missing:
        raise AnalysisError(f"The data lacks {', '.join(missing)}; import {params.events} with their dates first.")
    kept = frame[frame["role"].astype(object) == "owner"] if "role" in frame.columns else frame
    seconds = kept[time].to_numpy(np.float64)
    unknown = [kept[name].isna().to_numpy() for name in named if params.events == "acts" or name == params.items]
    good = np.isfinite(seconds) & ~np.logical_or.reduce(unknown)
    notes = [f"{int((~good).sum()):,} events without a date or a name are left out."] if not good.all() else []
    kept = kept[good]
    keys, labels = _names(kept, params)
    days = np.floor(seconds[good] / DAY).astype(np.int64)
    table = pd.DataFrame({"customer": kept.index.to_numpy(np.int64), "day": days, "key": keys, "label": labels})
    if params.events == "products":
        # A second account of a kind says nothing about the order in which kinds are taken.
        table = table.sort_values(["customer", "day"], kind="stable").drop_duplicates(["customer", "key"])
    return table, notes


def _names(kept: pd.DataFrame, params: SequenceParams) -> tuple[NDArray[Any], NDArray[Any]]:
    """Key and label of each event."""
    if params.events == "acts":
        channel, activity = kept["channel"].astype("category"), kept["activity"].astype("category")
        code = channel.cat.codes.to_numpy(np.int64) * len(activity.cat.categories) + activity.cat.codes.to_numpy()
        keys = [f"{c}.{a}" for c in channel.cat.categories for a in activity.cat.categories]
        labels = [f"{CHANNEL_WORDS.get(str(c), str(c))}: {str(a).replace('_', ' ')}"
                  for c in channel.cat.categories for a in activity.cat.categories]  # fmt: skip
        return np.array(keys, dtype=object)[code], np.array(labels, dtype=object)[code]
    keys = kept[params.items].astype(str).to_numpy(dtype=object)
    if params.items == "family" or "product_name" not in kept.columns:
        return keys, np.array([str(key).replace("_", " ") for key in keys], dtype=object)
    return keys, kept["product_name"].astype(object).where(kept["product_name"].notna(), keys).to_numpy(dtype=object)
