"""What customers did and when, as steps of one day or a few: the database that sequences are mined from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import AnalysisError
from crmdesk_association.params import SequenceParams
from crmdesk_association.transactions import Ints, Item

if TYPE_CHECKING:
    import pandas as pd

DAY = 86_400
SYSTEM = "system"  # the channel of postings that the bank makes itself
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
    dropped: tuple[tuple[Item, int], ...] = ()  # items nearly everybody has, with the customers who do

    @property
    def labels(self) -> list[str]:
        return [item.label for item in self.items]

    @property
    def holders(self) -> Ints:
        """Customers (m) who have each item at least once."""
        held = np.unique(self.item * max(self.n, 1) + self.owner[self.step])
        return np.bincount(held // max(self.n, 1), minlength=len(self.items)).astype(np.int64)

    def only(self, kept: NDArray[np.bool_]) -> Histories:
        """The customers in `kept` (n,) alone; their places and n stay as they are."""
        of_step = kept[self.owner]
        of_event = of_step[self.step]
        step = (np.cumsum(of_step) - 1)[self.step[of_event]]
        return replace(self, owner=self.owner[of_step], day=self.day[of_step], step=step, item=self.item[of_event])


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


def read(frame: pd.DataFrame, params: SequenceParams, beat: Callable[[], None] = lambda: None) -> Histories:
    """The histories of the host's frame: products at their first opening, or acts day by day (UTC days).

    `beat` is called between the parts of the work, so that a cancel is felt.
    AnalysisError where columns are missing, fewer than 200 customers have an event or no item is left.
    """
    beat()
    customers, day, item, items, notes = _events(frame, params)
    beat()
    people, owner = np.unique(customers, return_inverse=True)
    n = len(people)
    if n < FEWEST:
        raise AnalysisError(f"Not enough data: {n} customers with an event, and at least {FEWEST} are needed.")
    held = np.unique(item * n + owner) // n
    holders = np.bincount(held, minlength=len(items))
    usual = holders > params.drop_above * n
    if usual.any():
        said = ", ".join(f"{items[i].label} ({100 * holders[i] / n:.0f} %)" for i in np.flatnonzero(usual))
        notes.append(f"Left out, because more than {100 * params.drop_above:.0f} % of customers have it: {said}.")
    if usual.all():
        raise AnalysisError("Every item is one that nearly all customers have; raise 'Drop above' to keep some.")
    keep = ~usual[item]
    place = np.cumsum(~usual) - 1
    beat()
    left = tuple(items[i] for i in np.flatnonzero(~usual))
    made = build(
        n, left, owner[keep].astype(np.int64), day[keep], place[item[keep]], params.together_days, tuple(notes)
    )
    return replace(made, dropped=tuple((items[i], int(holders[i])) for i in np.flatnonzero(usual)))


def _events(frame: pd.DataFrame, params: SequenceParams) -> tuple[Ints, Ints, Ints, list[Item], list[str]]:
    """Customer, day and item of each event, the items by key, and what was left out, in words."""
    time, *named = COLUMNS[params.events]
    missing = [name for name in (time, *named) if name not in frame.columns]
    if missing:
        raise AnalysisError(f"The data lacks {', '.join(missing)}; import {params.events} with their dates first.")
    kept, notes = frame, []
    if "role" in frame.columns:
        kept = kept[kept["role"].astype(object) == "owner"]
    if params.events == "acts" and (own := (kept["channel"].astype(object) == SYSTEM).to_numpy()).any():
        kept = kept[~own]
        notes.append("Postings of the bank itself, such as interest and fees, are no acts and are left out.")
    seconds = kept[time].to_numpy(np.float64)
    asked = named if params.events == "acts" else [params.items]
    good = np.isfinite(seconds) & ~kept[asked].isna().any(axis=1).to_numpy()
    if not good.all():
        notes.append(f"{int((~good).sum()):,} events without a date or a name are left out.")
    kept = kept[good]
    item, items = _items(kept, params)
    customers, day = kept.index.to_numpy(np.int64), np.floor(seconds[good] / DAY).astype(np.int64)
    if params.events == "products":
        # A second account of a kind says nothing about the order in which kinds are taken.
        order = np.lexsort((day, item, customers))
        first = np.ones(len(order), dtype=bool)
        same = (np.diff(customers[order]) == 0) & (np.diff(item[order]) == 0)
        first[1:] = ~same
        customers, day, item = customers[order][first], day[order][first], item[order][first]
    return customers, day, item, items, notes


def _items(kept: pd.DataFrame, params: SequenceParams) -> tuple[Ints, list[Item]]:
    """The item of each event, and the items by key."""
    if params.events == "acts":
        channel, activity = kept["channel"].astype("category").cat, kept["activity"].astype("category").cat
        wide = max(len(activity.categories), 1)
        pair, item = np.unique(channel.codes.to_numpy(np.int64) * wide + activity.codes.to_numpy(), return_inverse=True)
        pairs = [
            (str(channel.categories[code // wide]), str(activity.categories[code % wide])) for code in pair.tolist()
        ]
        return item.astype(np.int64), [
            Item(f"{way}.{what}", f"{CHANNEL_WORDS.get(way, way)}: {what.replace('_', ' ')}") for way, what in pairs
        ]
    codes = kept[params.items].astype(str).astype("category").cat
    keys = [str(key) for key in codes.categories]
    labels = {key: key.replace("_", " ") for key in keys}
    if params.items == "product" and "product_name" in kept.columns:
        called = kept[["product", "product_name"]].dropna().astype(str).drop_duplicates("product")
        labels |= dict(zip(called["product"], called["product_name"], strict=True))
    return codes.codes.to_numpy().astype(np.int64), [Item(key, labels[key]) for key in keys]
