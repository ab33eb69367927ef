"""The host's frame of products opened and closed, as arrays: who held what on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import AnalysisError
from crmdesk_association.transactions import Item

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
DAY = 86_400
NEEDED = ("opened_s", "closed_s", "product", "family")


@dataclass(frozen=True)
class Holdings:
    """r products opened by c customers; only what a customer owns, never what he may merely use.

    `customers` (c) pseudonyms ascending, `first` (c) a row of the frame for each; `owner` (r) place of the customer,
    `item` (r) place among `items`, `opened` and `closed` (r) epoch seconds, closed = inf while open.
    """

    customers: Ints
    first: Ints
    owner: Ints
    item: Ints
    opened: Floats
    closed: Floats
    items: tuple[Item, ...]

    def held(self, stop: float) -> Flags:
        """Rows (r) that are opened before `stop` and not closed by then."""
        return np.asarray((self.opened < stop) & (self.closed >= stop))

    def grid(self, rows: Flags) -> Flags:
        """(c, items): who has at least one of these rows of an item."""
        found = np.zeros((len(self.customers), len(self.items)), dtype=bool)
        found[self.owner[rows], self.item[rows]] = True
        return found


def stop_of(day: date) -> float:
    """Epoch seconds at which the day is over (UTC, as the host counts days)."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + DAY


def day_of(as_of: str | None, times: Floats) -> date:
    """The as-of day; without one, the day of the latest known time (the first of 1970 without any)."""
    if as_of:
        return date.fromisoformat(as_of[:10])
    known = times[np.isfinite(times)]
    return date(1970, 1, 1) + timedelta(days=int(known.max() // DAY) if known.size else 0)


def seconds(frame: pd.DataFrame, name: str) -> Floats:
    """A column of epoch seconds as float64, NaN where unknown; AnalysisError where it is no time at all."""
    try:
        times: Floats = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise AnalysisError(f"The column {name} holds something that is no time; correct it at its source.") from None
    if np.isinf(times).any():
        raise AnalysisError(f"The column {name} holds an infinite time; correct it at its source.")
    return times


def pseudonyms(frame: pd.DataFrame) -> Ints:
    """Whose row it is (rows); AnalysisError where the index holds no whole numbers."""
    if frame.empty:
        return np.empty(0, np.int64)
    if frame.index.dtype.kind not in "iu":
        raise AnalysisError("The rows do not say whose they are: the index must hold customers as whole numbers.")
    return frame.index.to_numpy(dtype=np.int64)


def read(frame: pd.DataFrame, items: str = "product") -> Holdings:
    """The holdings of a frame; `items` says whether each product is an item or each family.

    Rows without a product or a day of opening are left out. AnalysisError where a column is missing.
    """
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing:
        raise AnalysisError(f"The data lacks {', '.join(missing)}; import accounts with their products first.")
    opened, closed = seconds(frame, "opened_s"), seconds(frame, "closed_s")
    words = frame["product" if items == "product" else "family"]
    mine = ~np.isnan(opened) & ~words.isna().to_numpy()
    if "role" in frame.columns:
        mine &= np.asarray(frame["role"].astype(object).to_numpy() == "owner", dtype=bool)
    rows = np.flatnonzero(mine)
    customers, first, owner = np.unique(pseudonyms(frame)[rows], return_index=True, return_inverse=True)
    found, item = _items(frame.iloc[rows], items)
    until = np.where(np.isnan(closed[rows]), np.inf, closed[rows])
    return Holdings(customers, rows[first], owner.astype(np.int64), item, opened[rows], until, found)


def _items(frame: pd.DataFrame, items: str) -> tuple[tuple[Item, ...], Ints]:
    """The items sorted by key, and each row's place among them."""
    import pandas as pd

    words = frame["product" if items == "product" else "family"]
    codes, values = pd.factorize(words.astype(object), sort=False)
    keys = [str(value) for value in values]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    place = np.empty(len(keys), np.int64)
    place[order] = np.arange(len(keys))
    labels = {key: key.replace("_", " ").capitalize() for key in keys} if items == "family" else {k: k for k in keys}
    if items == "product" and "product_name" in frame.columns:
        _, at = np.unique(codes, return_index=True)
        named = frame["product_name"].astype(object).to_numpy()[at]
        labels |= {key: str(name) for key, name in zip(keys, named, strict=True) if isinstance(name, str) and name}
    return tuple(Item(keys[i], labels[keys[i]]) for i in order), place[codes]


def held_at(frame: pd.DataFrame, day: date) -> Flags:
    """Rows of the frame (rows) that their customer holds as owner at the end of the day."""
    opened, closed = seconds(frame, "opened_s"), seconds(frame, "closed_s")
    stop = stop_of(day)
    mine = (opened < stop) & (np.isnan(closed) | (closed >= stop))
    if "role" in frame.columns:
        mine &= np.asarray(frame["role"].astype(object).to_numpy() == "owner", dtype=bool)
    return np.asarray(mine)
