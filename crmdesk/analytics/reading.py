"""SQLite to arrays: each column of an id window joined into one text by SQLite and parsed in C.

group_concat skips NULL, so each column is coalesced to a sentinel and its length is compared with count(*);
the parser ends at the first character it cannot read, which shows as a shorter column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crmdesk.analytics.expressions import Batch, Value, Words
from crmdesk.analytics.period import Period
from crmdesk.analytics.tables import Column, Table
from crmdesk.domain.errors import CrmdeskError
from crmdesk.jobs import Cancelled, Progress

WINDOW = 65_536  # parsing one window holds the interpreter lock for under 2 ms
FEW = 512  # customers that are looked up one by one in a table longer than LONG
LONG = 2 * WINDOW
NULL = -9_000_000_000_000_000_000  # outside every column: amounts have at most 17 digits


def parse(text: str | None, rows: int) -> NDArray[np.int64]:
    """Integers parted by blanks; CrmdeskError unless there are exactly `rows`."""
    values = np.fromstring(text, dtype=np.int64, sep=" ") if text else np.empty(0, np.int64)
    if len(values) != rows:
        raise CrmdeskError("A column of the bank could not be read as numbers; run crmdesk verify on the file.")
    return values


def read_words(raw: Any, column: Column) -> Words:
    """The words of a coded column, sorted, and the way from stored numbers to their places."""
    pairs = list(raw.execute(column.words))
    words = tuple(sorted({word for _, word in pairs}))
    place = {word: number for number, word in enumerate(words)}
    rank = np.full(max((number for number, _ in pairs), default=0) + 1, -1, np.int64)
    for number, word in pairs:
        rank[number] = place[word]
    return Words(words, rank)


def read_windows(raw: Any, sql: str, walked: str, window: str, columns: Sequence[str], parameters: dict[str, Any],
                 ) -> Iterator[tuple[float, list[NDArray[np.int64]]]]:  # fmt: skip
    """(fraction done, one array per SQL expression) for each window of ids; `sql` is FROM ... WHERE ..."""
    key = window.rpartition(".")[2]
    low, high = raw.execute(f"SELECT min({key}), max({key}) FROM {walked}").fetchone()
    if low is None:
        return
    joined = ", ".join(f"group_concat(coalesce({column}, {NULL}), ' ')" for column in columns)
    statement = f"SELECT count(*), {joined} {sql} AND {window} BETWEEN :low AND :high"
    for start in range(low, high + 1, WINDOW):
        rows, *texts = raw.execute(statement, {**parameters, "low": start, "high": start + WINDOW - 1}).fetchone()
        yield min(1.0, (start + WINDOW - low) / (high + 1 - low)), [parse(text, rows) for text in texts]


def read_few(raw: Any, sql: str, window: str, customer: str, customers: NDArray[np.int64], columns: Sequence[str],
             parameters: dict[str, Any]) -> list[NDArray[np.int64]]:  # fmt: skip
    """One array per SQL expression over the rows of a few customers, found by the index, in the order of `window`."""
    wanted = ", ".join(map(str, customers.tolist()))
    named = ", ".join(f"coalesce({column}, {NULL}) AS c{place}" for place, column in enumerate(columns))
    joined = ", ".join(f"group_concat(c{place}, ' ')" for place in range(len(columns)))
    inner = f"SELECT {named} {sql} AND {customer} IN ({wanted}) ORDER BY {window}"
    rows, *texts = raw.execute(f"SELECT count(*), {joined} FROM ({inner})", parameters).fetchone()
    return [parse(text, rows) for text in texts]


class Places:
    """Where each wanted customer stands in the result: `of(ids)` gives the row, -1 for others."""

    def __init__(self, customers: NDArray[np.int64]) -> None:
        # Ids come from one integer key, so a table by id is small and ten times faster than a search.
        self._place = np.full(int(customers[-1]) + 1 if len(customers) else 0, -1, np.int64)
        self._place[customers] = np.arange(len(customers))

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        inside = ids < len(self._place)
        return self._place[ids] if inside.all() else np.where(inside, self._place[np.where(inside, ids, 0)], -1)


class Reader:
    """Batches of an analytics table for wanted customers and a period; `customer` holds their place in the result."""

    def __init__(self, raw: Any, table: Table, names: Sequence[str], words: dict[str, Words]) -> None:
        self._raw, self._table, self._words = raw, table, words
        self._names = [name for name in names if name != "customer"]
        needed = ["customer", *self._names]
        self._sql = list(dict.fromkeys(table.column(name).sql for name in needed))
        if table.only and table.only[0] not in self._sql:
            self._sql.append(table.only[0])
        joins = dict.fromkeys(column.join for name in needed if (column := table.column(name)).join)
        self._from = f"FROM {table.source} {' '.join(joins)} WHERE {table.where}"

    def batches(
        self, customers: NDArray[np.int64], period: Period, progress: Progress, cancel: Callable[[], bool]
    ) -> Iterator[Batch]:
        """One batch per window; raises Cancelled between two windows."""
        if not len(customers):
            return
        places = Places(customers)
        counting = self._counting()
        if self._few(customers):
            arrays = read_few(self._raw, self._from, self._table.window, self._table.column("customer").sql, customers,
                              self._sql, period.parameters())  # fmt: skip
            yield self._batch(dict(zip(self._sql, arrays, strict=True)), places, counting)
            return
        found = read_windows(
            self._raw, self._from, self._table.walked, self._table.window, self._sql, period.parameters()
        )
        for fraction, arrays in found:
            if cancel():
                raise Cancelled
            progress.step(fraction, f"Reading {self._table.name}")
            yield self._batch(dict(zip(self._sql, arrays, strict=True)), places, counting)

    def _few(self, customers: NDArray[np.int64]) -> bool:
        """Whether looking each customer up costs less than a walk through the whole table."""
        if len(customers) > FEW:
            return False
        key = self._table.window.rpartition(".")[2]
        low, high = self._raw.execute(f"SELECT min({key}), max({key}) FROM {self._table.walked}").fetchone()
        return low is not None and bool(high - low > LONG)

    def _counting(self) -> NDArray[np.bool_] | None:
        if self._table.only is None:
            return None
        numbers = [number for (number,) in self._raw.execute(self._table.only[1])]
        counting = np.zeros(max(numbers, default=0) + 1, bool)
        counting[numbers] = True
        return counting

    def _batch(self, arrays: dict[str, NDArray[np.int64]], places: Places, counting: NDArray[np.bool_] | None) -> Batch:
        place = places.of(arrays[self._table.column("customer").sql])
        keep = place >= 0
        if counting is not None and self._table.only is not None:
            number = arrays[self._table.only[0]]
            keep &= (number < len(counting)) & counting[np.minimum(number, len(counting) - 1)]
        if not keep.all():
            place, arrays = place[keep], {sql: values[keep] for sql, values in arrays.items()}
        return {"customer": (place, None), **{name: self._decoded(name, arrays) for name in self._names}}

    def _decoded(self, name: str, arrays: dict[str, NDArray[np.int64]]) -> Value:
        values = arrays[self._table.column(name).sql]
        known = values != NULL
        if known.all():
            return (self._words[name].rank[values] if name in self._words else values), None
        if name in self._words:
            return self._words[name].rank[np.where(known, values, 0)], known
        return values, known
