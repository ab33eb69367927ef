"""The seam between what is measured and how: engines take declarations and give Arrow tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Final, Protocol

from crmdesk.analytics.plan import plan
from crmdesk.analytics.population import Population
from crmdesk.analytics.tables import table
from crmdesk.contributions.records import Events, Features
from crmdesk.domain.errors import BadInput
from crmdesk.jobs import Progress, Silent

if TYPE_CHECKING:
    import pyarrow as pa


SILENT: Final = Silent()


def never() -> bool:
    return False


class AnalyticsEngine(Protocol):
    """Answers declarations for a population as of a day; usable from a background thread."""

    name: str

    def aggregate(
        self,
        f: Features,
        who: Population,
        as_of: date,
        *,
        progress: Progress = SILENT,
        cancel: Callable[[], bool] = never,
    ) -> pa.Table:
        """`customer` (int64, sorted, one row per customer of `who`), then the measures; `finish` is not applied."""
        ...

    def events(
        self,
        e: Events,
        who: Population,
        as_of: date,
        *,
        progress: Progress = SILENT,
        cancel: Callable[[], bool] = never,
    ) -> pa.Table:
        """`customer` and the columns, one row per event, sorted by customer, then time."""
        ...

    def close(self) -> None: ...


def validate(declaration: Features | Events) -> None:
    """Check tables, columns and types without a bank; BadInput with one sentence naming the declaration."""
    try:
        source = table(declaration.over)
        if isinstance(declaration, Events):
            for name in declaration.columns:
                source.column(name)
            return
        if declaration.key != "customer":
            raise BadInput(f"Features are keyed by customer, not by {declaration.key}.")
        plan(declaration.measures, source)
    except BadInput as error:
        raise BadInput(f"{declaration.id}: {error}") from None
