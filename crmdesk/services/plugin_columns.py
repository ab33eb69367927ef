"""Columns that plugins add to the customer list: computed for the rows shown, each failing for itself alone."""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from crmdesk.analytics.catalogue import HOST_FEATURES
from crmdesk.analytics.population import Population
from crmdesk.contributions import Column, Features, resolve
from crmdesk.domain.bands import band
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Actor, Right, View, grant, may, reads_scores
from crmdesk.mining.checks import ONE_ROW_PER_CUSTOMER
from crmdesk.plugin_host.loading import PluginFault, guarded
from crmdesk.services import result_masks as masks
from crmdesk.services.context import App
from crmdesk.services.customer_card import minable
from crmdesk.services.guard import service
from crmdesk.services.reach import within
from crmdesk.store.queries import permissions as ledger
from crmdesk.store.queries import runs

FAILED: Final = "-"
_KEPT_AT_MOST: Final = 4
_log = logging.getLogger(__name__)
# Values of one column of one run by customer: a run never changes, and a page of the list reads it again and again.
_kept: OrderedDict[tuple[Path, str, str], dict[int, Any]] = OrderedDict()


@service(Right.SIGNED_IN)
def offered(app: App, actor: Actor) -> dict[str, Column]:
    """The plugins' columns that this person may see, by id."""
    found: dict[str, Column] = getattr(app.plugins, "columns", dict)()
    return {key: column for key, column in found.items() if all(may(actor, right) for right in _rights(column))}


@service(Right.SIGNED_IN)
def cells(
    app: App, actor: Actor, ids: Sequence[int], keys: Sequence[str]
) -> tuple[dict[int, dict[str, str]], tuple[str, ...]]:
    """Text of these columns by customer, and the titles of those that could not be computed, with their plugin's.

    Customers out of reach have none; who sees results masked gets numbers as bands.
    """
    known = offered(app, actor)
    found: dict[int, dict[str, str]] = {key: {} for key in ids}
    failed = []
    for key in (key for key in keys if key in known):
        column = known[key]
        try:
            values = guarded(f"The column {key} failed", _task(app, actor, column, _reached(app, actor, column, ids)))
        except PluginFault as fault:
            _log.warning("%s", fault)
            failed.append(f"{column.title} ({app.plugins.plugin_of(key).title})")
            values = dict.fromkeys(ids, FAILED)
        for customer, value in values.items():
            found[customer][key] = value
    return found, tuple(failed)


def _rights(column: Column) -> tuple[Right, ...]:
    """What a column needs: a plugin may ask for a right more, never for one in the place of that to read results."""
    return (Right.READ_RESULTS,) if column.may is None else (Right.READ_RESULTS, column.may)


def _reached(app: App, actor: Actor, column: Column, ids: Sequence[int]) -> Sequence[int]:
    """Those of the customers whom the column's rights reach."""
    for right in _rights(column):
        reached = within(app, actor, right)
        ids = ids if reached is None else [customer for customer in ids if customer in reached]
    return ids


def _task(app: App, actor: Actor, column: Column, ids: Sequence[int]) -> Callable[[], dict[int, str]]:
    cells = [grant(actor, right) for right in _rights(column)]
    masked = any(cell is not None and cell.view == View.MASKED for cell in cells)

    def compute() -> dict[int, str]:
        what, source, name = column.parts()
        if masked and masks.is_reason(name):
            return {}
        found = _feature(app, source, name, ids) if what == "feature" else _result(app, actor, source, name)
        values = found if what == "feature" else _permitted(app, source, found, ids)
        if masked:
            return _in_bands(values, Counter(found.values()), column.kind)
        return {customer: text(value, column.kind) for customer, value in values.items()}

    return compute


def _in_bands(values: Mapping[int, Any], shared: Mapping[Any, int], kind: str) -> dict[int, str]:
    """Values of single persons as bands, days as years; a word where enough people share it."""

    def told(value: Any) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return text(value, kind)[:4] if kind == "date" else band(value)
        return text(value, kind) if shared.get(value, 0) >= masks.SHARED else ""

    return {customer: told(value) for customer, value in values.items()}


def _feature(app: App, feature_id: str, name: str, ids: Sequence[int]) -> dict[int, Any]:
    """A measured column as of today, of those who permit profiling now."""
    feature = {**HOST_FEATURES, **app.plugins.features}.get(feature_id)
    if not isinstance(feature, Features):
        raise CrmdeskError(f"{feature_id} is no feature with one row for each customer")
    customers = np.array(sorted(_permitting(app, ids, "profiling")), dtype=np.int64)
    if not len(customers):
        return {}
    day = app.store.clock().date()
    table = app.engine.aggregate(feature, Population(customers), day)
    arrays: Mapping[str, Any] = {n: table.column(n).to_numpy() for n in table.column_names if n != "customer"}
    if feature.finish is not None:
        arrays = resolve(feature.finish)(arrays, day)
    if name not in arrays or len(arrays[name]) != len(customers):
        raise CrmdeskError(f"{feature_id} gives no column {name} for each customer")
    return dict(zip(customers.tolist(), np.asarray(arrays[name]).tolist(), strict=True))


def _permitted(app: App, analysis: str, values: Mapping[int, Any], ids: Sequence[int]) -> dict[int, Any]:
    """What was found about those of the customers who permit the purpose of the latest run now."""
    with app.store.read() as session:
        latest = runs.latest_done(session, analysis)
    mined = _permitting(app, ids, latest[2]) if latest and values else ()
    return {customer: values[customer] for customer in mined if customer in values}


def _result(app: App, actor: Actor, analysis: str, name: str) -> dict[int, Any]:
    """What the latest run of an analysis found about everybody; empty before the first run.

    Empty too where scores of that purpose are not for this person.
    """
    with app.store.read() as session:
        latest = runs.latest_done(session, analysis)
    if latest is None:
        return {}
    run, uuid, purpose = latest
    if purpose == "credit" and not reads_scores(actor, purpose):
        return {}
    place = (app.store.path, uuid, name)
    values = _kept.pop(place, None)  # another thread may drop it at any moment
    if values is None:
        with app.store.read() as session:
            values = _column_of(runs.parts(session, run, ONE_ROW_PER_CUSTOMER), name)
    _kept[place] = values  # read last, dropped last
    while len(_kept) > _KEPT_AT_MOST:
        _kept.popitem(last=False)
    return values


def _column_of(parts: Sequence[runs.Part], name: str) -> dict[int, Any]:
    import pyarrow as pa

    for _, _, _, data, _, _ in parts:
        with pa.ipc.open_stream(data) as reader:
            table = reader.read_all()
        if name in table.column_names and "customer" in table.column_names:
            return dict(zip(table.column("customer").to_pylist(), table.column(name).to_pylist(), strict=True))
    raise CrmdeskError(f"the run has no column {name} with one row for each customer")


def _permitting(app: App, ids: Sequence[int], purpose: str) -> list[int]:
    """Those who let the bank mine for `purpose` now."""
    at = app.store.clock()
    with app.store.reader() as raw:
        basis = ledger.basis(raw, purpose)
        events = ledger.events(raw, ids, "marketing", "profiling", purpose)
        blocked = ledger.restricted(raw, ids)
    return [customer for customer in ids if minable(events[customer], purpose, basis, at, customer in blocked)]


def text(value: Any, kind: str) -> str:
    """A value as the list shows it: numbers without needless digits, days as ISO text.

    >>> text(12.0, "number"), text(0.3333333, "number"), text(86400, "date"), text(None, "text")
    ('12', '0.3333', '1970-01-02', '')
    """
    if value is None or value != value:  # NaN is missing
        return ""
    if kind == "date" and isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).date().isoformat()
    return number_text(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def number_text(value: float) -> str:
    """At most four decimals, never an exponent."""
    if float(value).is_integer():
        return str(int(value))
    return f"{value:.4f}".rstrip("0").rstrip(".")
