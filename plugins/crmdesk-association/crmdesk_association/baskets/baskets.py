"""Baskets of any kind: products held on a day, acts of a visit or day, or a file; with their owners' attributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import CELLS, CHANNELS, AnalysisError
from crmdesk_association.baskets import attributes, holdings, table_file
from crmdesk_association.baskets.holdings import DAY, day_of, held_at, pseudonyms, seconds, stop_of
from crmdesk_association.itemsets import bits
from crmdesk_association.itemsets.miner import threshold
from crmdesk_association.params import Mining
from crmdesk_association.transactions import Baskets, Item

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FEWEST", "Found", "day_of", "held_at", "make", "stop_of", "unit"]
Ints = NDArray[np.int64]
FEWEST = 200
MOST_NAMED = 6  # items that a note lists
UNITS = {"products": "customers", "visits": "visits", "days": "days", "table": "baskets"}
ACTS = ("occurred_s", "channel", "mode", "activity")
ITEM_COLUMNS = ("item", "label", "kind", "count", "share", "used", "reason")
ITEM_TEXTS = ("item", "label", "kind", "reason")  # typed, so that a table without rows survives storing


@dataclass(frozen=True)
class Found:
    """The baskets to mine, and `items`: every item there is, with how many hold it and why it is used or not."""

    baskets: Baskets
    items: pd.DataFrame
    source: pd.DataFrame | None = None  # one row about the file, where there is one


@dataclass(frozen=True)
class _Raw:
    """n baskets over all items as pairs (basket, item), with repeats; `owners` (n)."""

    n: int
    items: tuple[Item, ...]
    basket: Ints
    item: Ints
    owners: Ints
    notes: tuple[str, ...] = ()
    source: pd.DataFrame | None = None


def unit(params: Mining) -> str:
    """What a basket is called, in the plural."""
    return UNITS[params.basket]


def make(
    frame: pd.DataFrame, params: Mining, *, day: date | None = None, since: date | None = None,
    among: Sequence[Item] | None = None, fewest: int = FEWEST, table: str | None = None,
) -> Found:  # fmt: skip
    """The baskets at the end of `day` (None: the as-of day, else the latest in the data).

    products: what each customer holds then as owner; who holds nothing has no basket. visits and days: acts after
    the end of `since` (None: all), up to `day`. table: the file `table` (None: params.table), without any frame.
    Without `among`, items that too many or too few baskets hold are left out; with it exactly these items are kept,
    in this order. AnalysisError below `fewest` baskets, and where a file is given that nobody would read.
    """
    if params.basket != "table" and (params.table or getattr(params, "table_before", None)):
        raise AnalysisError(
            f"A table file is given, but baskets are {params.basket}: set basket to table, or give no file."
        )
    raw = _READERS[params.basket](frame, params, day, since, table)
    if raw.n < fewest:
        raise AnalysisError(f"Not enough data: {raw.n} {unit(params)}, and at least {fewest} are needed.")
    return _among(raw, among) if among is not None else _chosen(raw, params)


def _products(frame: pd.DataFrame, params: Mining, day: date | None, since: date | None, table: str | None) -> _Raw:
    held = holdings.read(frame, params.items)
    rows = np.flatnonzero(held.held(stop_of(day or day_of(params.as_of, held.opened))))
    owners, basket = np.unique(held.owner[rows], return_inverse=True)
    raw = _Raw(len(owners), held.items, basket.astype(np.int64), held.item[rows], held.customers[owners])
    return _with_owners(raw, frame, held.first[owners], np.arange(len(owners)), params)


def _acts(frame: pd.DataFrame, params: Mining, day: date | None, since: date | None, table: str | None) -> _Raw:
    """An act is an item, such as `online.transaction.transfer`; postings that the bank makes itself do not count."""
    missing = [name for name in ACTS if name not in frame.columns]
    if missing:
        raise AnalysisError(f"The data lacks {', '.join(missing)}; import interactions first.")
    times, customers = seconds(frame, "occurred_s"), pseudonyms(frame)
    stop = stop_of(day or day_of(params.as_of, times))
    channel = _places(frame["channel"], CHANNELS)
    start = stop_of(since) if since is not None else -np.inf
    rows = np.flatnonzero((times < stop) & (times >= start) & (channel >= 0))
    act, items = _act_items(frame, channel, rows)
    people, owner = np.unique(customers[rows], return_inverse=True)
    days = (times[rows] // DAY).astype(np.int64)
    place = channel[rows] if params.basket == "visits" else np.zeros(len(rows), np.int64)
    span = int(days.max() - days.min()) + 1 if len(rows) else 1
    code = (owner * span + (days - days.min() if len(rows) else days)) * len(CHANNELS) + place
    _, first, basket = np.unique(code, return_index=True, return_inverse=True)
    raw = _Raw(len(first), items, basket.astype(np.int64), act, people[owner[first]])
    first_row = np.full(len(people), -1, np.int64)
    first_row[owner[::-1]] = rows[::-1]
    return _with_owners(raw, frame, first_row, owner[first], params)


def _places(column: pd.Series, words: Sequence[str]) -> Ints:
    """Place of each row's word among `words`, -1 = none of them (rows)."""
    import pandas as pd

    codes, found = pd.factorize(column)
    place = {word: i for i, word in enumerate(words)}
    to = np.array([*(place.get(str(word), -1) for word in found), -1], dtype=np.int64)
    return to[codes]


def _act_items(frame: pd.DataFrame, channel: Ints, rows: Ints) -> tuple[Ints, tuple[Item, ...]]:
    """Place of each row's act among the items (len(rows)), and the items sorted by key."""
    import pandas as pd

    labels = {cell.code: cell.label for cell in CELLS}
    modes, mode_words = pd.factorize(frame["mode"].astype(object).iloc[rows], use_na_sentinel=False)
    acts, act_words = pd.factorize(frame["activity"].astype(object).iloc[rows], use_na_sentinel=False)
    code = (channel[rows] * max(len(mode_words), 1) + modes) * max(len(act_words), 1) + acts
    found, place = np.unique(code, return_inverse=True)
    keys = []
    for value in found.tolist():
        rest, act = divmod(value, max(len(act_words), 1))
        where, mode = divmod(rest, max(len(mode_words), 1))
        keys.append(f"{CHANNELS[where]}.{mode_words[mode]}.{act_words[act]}")
    order = sorted(range(len(keys)), key=keys.__getitem__)
    to = np.empty(len(keys), np.int64)
    to[order] = np.arange(len(keys))
    items = tuple(Item(keys[i], labels.get(keys[i], keys[i].replace("_", " ").replace(".", ", "))) for i in order)
    return to[place], items


def _table(frame: pd.DataFrame, params: Mining, day: date | None, since: date | None, table: str | None) -> _Raw:
    import pandas as pd

    file = table_file.read(table or params.table)
    source = pd.DataFrame({"file": [file.name], "sha256": [file.sha256], "bytes": [file.size], "baskets": [file.n],
                           "items": [len(file.names)]})  # fmt: skip
    items = tuple(Item(name, name) for name in file.names)
    return _Raw(file.n, items, file.basket, file.item, np.arange(1, file.n + 1), (), source)


_READERS = {"products": _products, "visits": _acts, "days": _acts, "table": _table}


def _with_owners(raw: _Raw, frame: pd.DataFrame, first: Ints, owner: Ints, params: Mining) -> _Raw:
    """The attributes of the owners added: `first` (owners) is a row of each, `owner` (n) whose basket it is."""
    names = attributes.wanted(params.attributes)
    if not names:
        return raw
    asked = params.attributes != type(params).model_fields["attributes"].default
    circular = [] if asked or params.basket == "products" else [name for name in names if name in attributes.USED]
    names = tuple(name for name in names if name not in circular)
    items, rows, places, notes = attributes.find(frame.iloc[first], names, asked)
    if circular:
        notes.append(f"Left out: {' and '.join(circular)}, made of the acts themselves, so they would only say them "
                     "again; list the attributes to have them.")  # fmt: skip
    # Baskets of each owner lie at pointer[owner] .. pointer[owner + 1] of `order`.
    order = np.argsort(owner, kind="stable")
    many = np.bincount(owner, minlength=len(first))
    start = np.cumsum(many) - many
    repeat = many[rows]
    offset = np.arange(int(repeat.sum())) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    basket = order[np.repeat(start[rows], repeat) + offset]
    item = np.repeat(places, repeat) + len(raw.items)
    return _Raw(raw.n, (*raw.items, *items), np.concatenate([raw.basket, basket]), np.concatenate([raw.item, item]),
                raw.owners, tuple(notes))  # fmt: skip


def _chosen(raw: _Raw, params: Mining) -> Found:
    """The items worth mining, by name of their kind and key, and all items with the reason."""
    m = max(len(raw.items), 1)
    pairs = np.unique(raw.basket * m + raw.item)
    counts = np.bincount(pairs % m, minlength=m)[: len(raw.items)]
    many = counts > params.drop_above * raw.n
    few = counts < max(threshold(params.min_support, raw.n), 1)
    kept = np.flatnonzero(~many & ~few)
    to = np.full(m, -1, np.int64)
    to[kept] = np.arange(len(kept))
    inside = to[pairs % m] >= 0
    packed = bits.pack(pairs[inside] // m, to[pairs[inside] % m], raw.n, len(kept))
    left_out = _said_nothing(raw, counts, np.flatnonzero(many & ~few), params)
    baskets = Baskets(raw.n, tuple(raw.items[i] for i in kept), packed, raw.owners, (*raw.notes, *left_out))
    return Found(baskets, _listed(raw, counts, many, few), raw.source)


def _said_nothing(raw: _Raw, counts: Ints, places: Ints, params: Mining) -> tuple[str, ...]:
    """One note of all items that nearly every basket holds, the commonest first; none without such items."""
    if not len(places):
        return ()
    order = places[np.argsort(-counts[places], kind="stable")]
    named = ", ".join(f"{raw.items[i].label} ({100 * counts[i] / raw.n:.0f} %)" for i in order[:MOST_NAMED].tolist())
    more = f" and {len(order) - MOST_NAMED:,} more" if len(order) > MOST_NAMED else ""
    return (f"Left out, because more than {100 * params.drop_above:g} % of {unit(params)} have it: {named}{more}.",)


def _listed(raw: _Raw, counts: Ints, many: NDArray[np.bool_], few: NDArray[np.bool_]) -> pd.DataFrame:
    """The table `items`, the commonest first."""
    import pandas as pd

    reason = np.select([few, many], ["below the least support", "held by nearly everybody"], "")
    table = pd.DataFrame({
        "item": [item.key for item in raw.items], "label": [item.label for item in raw.items],
        "kind": [item.kind for item in raw.items], "count": counts.astype(np.int64),
        "share": counts / max(raw.n, 1), "used": ~(many | few), "reason": reason,
    }, columns=list(ITEM_COLUMNS)).astype(dict.fromkeys(ITEM_TEXTS, "str"))  # fmt: skip
    return table.sort_values(["count", "item"], ascending=[False, True], kind="stable", ignore_index=True)


def _among(raw: _Raw, among: Sequence[Item]) -> Found:
    place = {item.key: i for i, item in enumerate(among)}
    to = np.array([*(place.get(item.key, -1) for item in raw.items), -1], dtype=np.int64)
    item = to[raw.item]
    packed = bits.pack(raw.basket[item >= 0], item[item >= 0], raw.n, len(among))
    counts = bits.counts(packed)
    flags = np.zeros(len(among), dtype=bool)
    listed = _listed(_Raw(raw.n, tuple(among), item, item, raw.owners), counts, flags, flags)
    return Found(Baskets(raw.n, tuple(among), packed, raw.owners, raw.notes), listed, raw.source)
