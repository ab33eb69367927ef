"""The embedded engine: numpy kernels over column arrays read from the bank's SQLite file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmdesk.analytics.computed import COMPUTED
from crmdesk.analytics.engine import SILENT, never, validate
from crmdesk.analytics.expressions import Batch, Value, Words
from crmdesk.analytics.kernels import masked
from crmdesk.analytics.period import Period
from crmdesk.analytics.plan import plan
from crmdesk.analytics.population import Population
from crmdesk.analytics.reading import Reader, read_words
from crmdesk.analytics.tables import Table, table
from crmdesk.contributions.records import Events, Features
from crmdesk.jobs import Cancelled, Progress
from crmdesk.store import Store

if TYPE_CHECKING:
    import pyarrow as pa


class EmbeddedEngine:
    """Reads, aggregates and forgets, each call in one read transaction with a connection of its own.

    Safe to call from any thread. Raises Cancelled within one window (65,536 rows) of `cancel` turning true,
    BadInput for a declaration that names unknown tables, columns or words.
    """

    name = "embedded"

    def __init__(self, store: Store) -> None:
        self._store = store

    def aggregate(
        self,
        f: Features,
        who: Population,
        as_of: date,
        *,
        progress: Progress = SILENT,
        cancel: Callable[[], bool] = never,
    ) -> pa.Table:
        """One row per customer of `who`: int64 counts, sums of integers, minima and maxima; float64 moments;
        dictionary-coded text for a `top` of words; NULL where nothing was there. `finish` is not applied."""
        validate(f)
        period = Period(as_of, f.months)
        with self._store.reader() as raw:
            if f.id in COMPUTED:
                return COMPUTED[f.id](raw, who.customers, as_of, self._store.clock(), progress, cancel)
            source = table(f.over)
            used = plan(f.measures, source).columns
            words = _words(raw, source, used)
            todo = plan(f.measures, source, words, len(who.customers))
            for batch in Reader(raw, source, used, words).batches(who.customers, period, progress, cancel):
                for kernel in todo.kernels:
                    kernel.add(batch)
        found: dict[str, Value] = {}
        for kernel in todo.kernels:
            if cancel():
                raise Cancelled
            found |= {name: masked(column) for name, column in kernel.columns().items()}
        columns = {name: _arrow(*found[name], words.get(todo.worded.get(name, ""))) for name in f.measures}
        return _table({"customer": _arrow(who.customers, None), **columns})

    def events(
        self,
        e: Events,
        who: Population,
        as_of: date,
        *,
        progress: Progress = SILENT,
        cancel: Callable[[], bool] = never,
    ) -> pa.Table:
        """One row per event up to `as_of`, sorted by customer, time, then order of entry; words as dictionaries."""
        validate(e)
        source = table(e.over)
        names = sorted({*e.columns, source.time} - {"customer"})
        with self._store.reader() as raw:
            words = _words(raw, source, names)
            batches = list(
                Reader(raw, source, names, words).batches(who.customers, Period(as_of, e.months), progress, cancel)
            )
        place, _ = _joined("customer", batches)
        order = np.lexsort((_joined(source.time, batches)[0], place))
        columns = {"customer": _arrow(who.customers[place[order]], None)}
        for name in e.columns:
            if name != "customer":
                values, known = _joined(name, batches)
                columns[name] = _arrow(values[order], None if known is None else known[order], words.get(name))
        return _table(columns)

    def close(self) -> None:
        """Nothing is kept between calls."""


def _words(raw: Any, source: Table, names: Sequence[str]) -> dict[str, Words]:
    return {name: read_words(raw, source.column(name)) for name in names if source.column(name).coded}


def _joined(name: str, batches: list[Batch]) -> Value:
    if not batches:
        return np.empty(0, np.int64), None
    values = np.concatenate([batch[name][0] for batch in batches])
    if all(batch[name][1] is None for batch in batches):
        return values, None
    masks = [np.ones(len(batch[name][0]), bool) if batch[name][1] is None else batch[name][1] for batch in batches]
    return values, np.concatenate([mask for mask in masks if mask is not None])


def _arrow(values: NDArray[Any], known: NDArray[np.bool_] | None, words: Words | None = None) -> pa.Array:
    import pyarrow as pa

    mask = None if known is None else ~known
    if words is None:
        return pa.array(values, mask=mask)
    codes = pa.array(values.astype(np.int32), mask=mask)
    if words.words and not isinstance(words.words[0], str):
        return pa.array(np.array(words.words, np.int64)).take(codes)
    return pa.DictionaryArray.from_arrays(codes, pa.array(words.words, pa.string()))


def _table(columns: dict[str, pa.Array]) -> pa.Table:
    import pyarrow as pa

    return pa.table(columns)
