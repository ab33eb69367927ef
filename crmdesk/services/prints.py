"""What is put on paper: a list for its purpose, one customer, a run without its persons; each print is audited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from crmdesk.domain.errors import Refused
from crmdesk.domain.own_field import written
from crmdesk.domain.rights import Actor, Right, View, grant, may
from crmdesk.mining.record import RunRecord
from crmdesk.services import customer_card, customer_export, permissions
from crmdesk.services.context import App
from crmdesk.services.customer_card import CustomerCard, Timeline
from crmdesk.services.customer_export import ExportPlan
from crmdesk.services.customers import Chosen
from crmdesk.services.filter_words import describe
from crmdesk.services.guard import service
from crmdesk.services.list_fields import ListColumn
from crmdesk.services.permissions import Grid
from crmdesk.services.runs import finished
from crmdesk.store import audit
from crmdesk.store.queries import customers as people
from crmdesk.store.queries.customer_page import SegmentCard

ROWS_AT_MOST: Final = 500  # of a list; whoever needs more needs a file


@dataclass(frozen=True)
class PrintedList:
    """Heads and texts of the first rows, whom the plan left out, and the filter in words."""

    plan: ExportPlan
    columns: tuple[ListColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    filter: str
    at: datetime


@dataclass(frozen=True)
class PrintedCustomer:
    """One customer as the page shows them, contact data masked."""

    card: CustomerCard
    grid: Grid
    line: Timeline | None
    segment: SegmentCard | None
    at: datetime


@service(Right.EXPORT)
def customer_list(app: App, actor: Actor, chosen: Chosen, columns: tuple[str, ...], purpose: str, channel: str = "", *,
                  kept: bool) -> PrintedList:  # fmt: skip
    """The first 500 customers; who may not be written for this purpose is left out. `kept`: as a file, so audited."""
    plan, shown, rows = customer_export.first_rows(
        app, actor, chosen, columns, purpose=purpose, channel=channel, limit=ROWS_AT_MOST, kept=kept
    )
    texts = tuple(tuple(_text(cell) for cell in row) for row in rows)
    return PrintedList(plan, tuple(shown), texts, describe(app, actor, chosen.query), app.store.clock())


@service(Right.EXPORT, of="number")
def customer(app: App, actor: Actor, number: str, reason: str = "", *, kept: bool) -> PrintedCustomer:
    """One customer for paper; BadInput for an unknown number. Without a `reason`, where one is asked, masked."""
    cell = grant(actor, Right.EXPORT)
    if cell is not None and cell.view != View.CLEAR and not cell.reason:
        raise Refused("One customer goes on paper for who looks after that customer; ask the manager named there.")
    line = customer_card.timeline(app, actor, number) if may(actor, Right.READ_INTERACTIONS) else None
    segment = customer_card.segment(app, actor, number) if may(actor, Right.READ_RESULTS) else None
    card, grid = customer_card.get(app, actor, number, reason), permissions.grid(app, actor, number)
    made = PrintedCustomer(card, grid, line, segment, app.store.clock())
    if kept:
        with app.store.reader() as raw:
            key = people.id_of(raw, number)
        with app.store.write() as session:
            audit.record(app.store, session, actor, "print customer", number, customer_id=key, purpose="service")
    return made


@service(Right.EXPORT)
def result(app: App, actor: Actor, uuid: str, *, kept: bool) -> tuple[RunRecord, dict[str, Any]]:
    """A run and those of its tables that hold no persons; those are exported, never printed."""
    record = finished(app, actor, uuid)
    tables = {name: table for name, table in record.tables.items() if "customer" not in table.columns}
    if kept:
        with app.store.write() as session:
            audit.record(app.store, session, actor, "print result", record.analysis, purpose=record.purpose,
                         run_uuid=record.uuid, fields=", ".join(tables))  # fmt: skip
    return record, tables


def _text(cell: Any) -> str:
    """One cell as a person reads it: a number with all its digits, without needless zeros."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return written(cell)
    return f"{cell.day} {cell:%b %Y}" if isinstance(cell, date) else str(cell)
