"""The slice an analysis gets: the wanted columns of the customers whose permission covers the purpose now."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from crmdesk.analytics.catalogue import HOST_FEATURES
from crmdesk.analytics.population import Population, latest_activity, population
from crmdesk.contributions import Analysis, Events, Features, Params
from crmdesk.contributions.columns import columns_of
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.filter import Chip
from crmdesk.jobs import Progress
from crmdesk.mining.payload import arrow_bytes, data_hash
from crmdesk.store import Store
from crmdesk.store.queries import filters

if TYPE_CHECKING:
    from crmdesk.analytics.engine import AnalyticsEngine

Need = Features | Events
AMOUNTS = {"principal", "average", "end"}  # columns that cannot be added up across currencies


@dataclass(frozen=True)
class Slice:
    """The people, the needs in order, and one Arrow stream per need; `finish` has not been applied."""

    who: Population
    needs: tuple[Need, ...]
    streams: tuple[bytes, ...]

    @property
    def data_hash(self) -> str:
        return data_hash(self.streams)

    @property
    def population_hash(self) -> str:
        """SHA-256 over the sorted pseudonyms as little-endian int64."""
        return hashlib.sha256(self.who.customers.astype("<i8").tobytes()).hexdigest()


def needs_of(analysis: Analysis, features: Mapping[str, Need], params: Params | None = None) -> tuple[Need, ...]:
    """The needs that `params` (without: the defaults) choose, then the optional ones that exist.

    Nothing, the optional ones neither, where the choice asks for no data of customers. CrmdeskError where a needed
    one is unknown.
    """
    known = {**HOST_FEATURES, **features}
    required = analysis.required(params)
    missing = [need for need in required if need not in known]
    if missing:
        raise CrmdeskError(
            f"{analysis.title} needs {', '.join(missing)}, which no loaded plugin offers; enable the one that does."
        )
    if not required:
        if not analysis.needs_by:
            raise CrmdeskError(f"{analysis.title} names no data that it needs; tell the author of its plugin.")
        return ()
    found = tuple(known[n] for n in dict.fromkeys((*required, *(o for o in analysis.optional if o in known))))
    if sum(isinstance(need, Events) for need in found) > 1:
        raise CrmdeskError(f"{analysis.title} asks for two event logs; an analysis may have one.")
    return found


def interaction_months(needs: tuple[Need, ...]) -> int | None:
    """How many months before the as-of day a customer must have shown activity in; 0 = ever, None = need not."""
    months = [need.months for need in needs if need.over == "interactions"]
    if not months:
        return None
    return 0 if 0 in months else max(months)


def default_day(store: Store) -> date:
    """The day of the latest customer activity; today, by the bank's clock, in a bank without any."""
    with store.whole.reader() as raw:
        return latest_activity(raw) or store.clock().date()


def people(
    store: Store, analysis: Analysis, features: Mapping[str, Need], as_of: date, params: Params | None = None,
    purpose: str | None = None, chips: tuple[Chip, ...] = (),
) -> Population:  # fmt: skip
    """Who may be used for the analysis's purpose (or for another one) now, and why the others may not.

    With `chips` only those whom the filter takes now. Nobody, and nobody left out, where the parameters choose no data
    of customers.
    """
    required = analysis.required(params)
    needed = tuple(need for need in needs_of(analysis, features, params) if need.id in required)
    if not needed:
        return Population(np.empty(0, np.int64))
    months = interaction_months(needed)
    clock = store.clock()
    with store.whole.reader() as raw:  # masked or missing rows would change who may be used
        found = population(
            raw, purpose or analysis.purpose, as_of, clock, months is not None, months=months or 0,
            needs_money=any(need.id.startswith("money.") or AMOUNTS & {*columns_of(need)} for need in needed),
            needs_products=any(isinstance(need, Events) and need.over == "holdings" for need in needed),
        )  # fmt: skip
        if not chips:
            return found
        return found.within(np.array(sorted(filters.ids_of(raw, chips, clock)), dtype=np.int64))


def take(
    engine: AnalyticsEngine, who: Population, needs: tuple[Need, ...], as_of: date,
    progress: Progress, cancel: Callable[[], bool],
) -> Slice:  # fmt: skip
    """Ask the engine for every need; runs in the caller's background thread and feels a cancel between needs."""
    streams = []
    for done, need in enumerate(needs):
        progress.step(done / len(needs), f"Reading {need.title}")
        table: Any
        if isinstance(need, Events):
            table = engine.events(need, who, as_of, progress=progress, cancel=cancel)
        else:
            table = engine.aggregate(need, who, as_of, progress=progress, cancel=cancel)
        streams.append(arrow_bytes(table))
    progress.step(1.0, "Data read")
    return Slice(who, needs, tuple(streams))
