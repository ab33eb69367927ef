"""Customers: find them in order, choose some or all of them, show a block of rows; the page of one lives beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.customer import full_name
from crmdesk.domain.errors import BadInput
from crmdesk.domain.filter import Chip, from_json
from crmdesk.domain.permission import MARKETING_CHANNELS, Decision, PermissionEvent, decide_each
from crmdesk.domain.rights import Actor, Right
from crmdesk.services import column_values
from crmdesk.services.context import App
from crmdesk.services.customer_card import (
    MARKS_AT_MOST,
    REVEALABLE,
    CustomerCard,
    Timeline,
    get,
    minable,
    note_opened,
    reveal,
    segment,
    timeline,
)
from crmdesk.services.guard import service
from crmdesk.services.list_fields import FilterField, ListColumn, check_filter, columns, fields
from crmdesk.services.reach import FOUND_AT_MOST
from crmdesk.services.sight import cell, money_band, narrower, sight_of
from crmdesk.store.queries import customers as people
from crmdesk.store.queries import permissions as ledger
from crmdesk.store.queries import runs
from crmdesk.store.queries import segments as segment_queries
from crmdesk.store.queries.customer_page import AccountRow, Event, SegmentCard, TimelineFilter
from crmdesk.store.queries.search import reasons
from crmdesk.store.scope import within

__all__ = [
    "BLOCK",
    "MARKS_AT_MOST",
    "REVEALABLE",
    "AccountRow",
    "Chosen",
    "CustomerCard",
    "CustomerQuery",
    "CustomerRow",
    "Event",
    "FilterField",
    "ListColumn",
    "SegmentCard",
    "Timeline",
    "TimelineFilter",
    "choices",
    "columns",
    "count",
    "count_chosen",
    "fields",
    "find",
    "get",
    "ids_of",
    "note_opened",
    "reveal",
    "rows",
    "segment",
    "timeline",
]  # fmt: skip
BLOCK: Final = 256
LETTERS_AT_LEAST: Final = 2


@dataclass(frozen=True)
class CustomerQuery:
    """What the list shows: searched words, chips joined by AND, and the column it is sorted by."""

    text: str = ""
    filters: tuple[Chip, ...] = ()
    sort: str = "name"
    descending: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "filters": [chip.to_json() for chip in self.filters], "sort": self.sort,
                "descending": self.descending}  # fmt: skip

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "CustomerQuery":
        """What `to_json` gave; BadInput where a chip is none any more."""
        return cls(str(kept.get("text", "")), from_json(kept.get("filters", ())), str(kept.get("sort", "name")),
                   bool(kept.get("descending", False)))  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """Customers that something shall be done with: `ids`, or without them all whom the query finds."""

    query: CustomerQuery
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True)
class CustomerRow:
    """One line of the list; `value` minor units held, `permissions` what marketing may do now, per channel.

    `extra` holds the further columns that were asked for, as text by key; `failed` names those that could not be
    computed, by the title of the plugin that gives them. `why` a typed number found this customer: "phone ends 8491".
    `band` tells `value` to who sees no amounts: "1,000 to 2,000". `permissions` is empty for who may not know them.
    """

    id: int
    number: str
    name: str
    city: str
    segment: str
    value: int | None
    currency: str
    permissions: tuple[tuple[str, Decision], ...]
    active_on: date | None
    extra: Mapping[str, str] = field(default_factory=dict)
    failed: tuple[str, ...] = ()
    why: str = ""
    band: str = ""


@service(Right.READ_CUSTOMER)
def count(app: App, actor: Actor) -> int:
    """How many customers the bank has."""
    with app.store.read() as session:
        return runs.count_customers(session)


@service(Right.READ_CUSTOMER)
def find(app: App, actor: Actor, query: CustomerQuery, *,
         cancel: Callable[[], bool] = lambda: False) -> NDArray[np.int64]:  # fmt: skip
    """Ids of all customers who match, in sort order. Raises Cancelled soon after `cancel()` turns true.

    Refused where a filter asks for contact data that this person may not read. Who finds customers one at a time finds
    at most 25, and nobody without two letters or digits (`search_rule`).
    """
    at = app.store.clock()
    with app.store.reader() as raw:
        return ids_of(raw, actor, Chosen(query), at, cancel=cancel)


@service(Right.READ_CUSTOMER)
def search_rule(app: App, actor: Actor) -> str:
    """What a search must hold to find anybody, as a sentence; "" for who sees the whole list."""
    if not cell(actor, Right.READ_CUSTOMER).few:
        return ""
    return f"Type at least {LETTERS_AT_LEAST} letters or digits; at most {FOUND_AT_MOST} customers are shown."


def ids_of(raw: Any, actor: Actor, chosen: Chosen, at: datetime, *,
           cancel: Callable[[], bool] = lambda: False) -> NDArray[np.int64]:  # fmt: skip
    """Ids of the chosen customers as one reading connection sees them, for use inside a unit of work.

    Those named by id come in the order named, without those that are gone; inside a unit of work also those out of
    reach, whom a service must leave out itself. A filter finds none of them anywhere.
    """
    query, few = chosen.query, cell(actor, Right.READ_CUSTOMER).few
    if chosen.ids is not None:
        return people.there(raw, chosen.ids[:FOUND_AT_MOST] if few else chosen.ids)
    check_filter(raw, actor, query.filters)
    if few and sum(letter.isalnum() for letter in query.text) < LETTERS_AT_LEAST:
        return np.empty(0, np.int64)
    return people.ids(raw, query.text, query.filters, query.sort, query.descending, at, sight=sight_of(actor),
                      limit=FOUND_AT_MOST if few else None, cancel=cancel)  # fmt: skip


@service(Right.READ_CUSTOMER)
def count_chosen(app: App, actor: Actor, chosen: Chosen) -> int:
    """How many customers are chosen."""
    with app.store.reader() as raw:
        return len(ids_of(raw, actor, chosen, app.store.clock()))


@service(Right.READ_CUSTOMER)
def rows(app: App, actor: Actor, ids: Sequence[int], columns: tuple[str, ...] = (),
         searched: str = "") -> list[CustomerRow]:  # fmt: skip
    """The lines of one block (at most 256 ids), in the order asked; ids that are gone are left out.

    `columns` are keys of further columns. One that a plugin gives and fails to compute shows "-". `searched`: the text
    that found them, of which each row then says `why`.
    """
    wanted = [int(i) for i in ids]
    most = FOUND_AT_MOST if cell(actor, Right.READ_CUSTOMER).few else BLOCK
    if len(wanted) > most:
        raise BadInput(f"At most {most} customers are read at once, not {len(wanted)}; ask for them in blocks.")
    at, sight = app.store.clock(), sight_of(actor)
    with app.store.reader() as raw:
        purpose, basis = segment_queries.terms(raw)
        events = ledger.events(raw, wanted, "marketing", "profiling", purpose)
        whys = reasons(raw, wanted, searched, contact=sight.contact, accounts=sight.accounts)
        segments = people.segment_names(raw, wanted)
        values = people.value_bands(raw, wanted) if sight.bands else people.values(raw, wanted)
        told = _told(raw, actor, wanted)
        found = {}
        for key, number, given, family, city, restricted, active in people.block(raw, wanted, sight):
            value, currency = values.get(key, (None, ""))
            if key in segments and not minable(events[key], purpose, basis, at, bool(restricted)):
                del segments[key]
            found[key] = CustomerRow(
                key, number, full_name(given, family), city or "", segments.get(key, ""),
                None if sight.bands else value, "" if sight.bands else currency,
                _offers(events[key], at, bool(restricted)) if key in told else (), _on(active), why=whys.get(key, ""),
                band=money_band(value, currency) if sight.bands else "",
            )  # fmt: skip
    shown = [found[i] for i in wanted if i in found]
    if not columns:
        return shown
    cells = column_values.cells(app, actor, [row.id for row in shown], columns)
    return [replace(row, extra=cells.of[row.id], failed=cells.failed) for row in shown]


def _told(raw: Any, actor: Actor, wanted: list[int]) -> set[int]:
    """Those whose permissions this person may know."""
    if not narrower(actor, Right.READ_PERMISSIONS):
        return set(wanted)
    return people.reached(raw, wanted, within(actor, Right.READ_PERMISSIONS))


def _offers(events: list[PermissionEvent], at: datetime, restricted: bool) -> tuple[tuple[str, Decision], ...]:
    """Marketing by each channel."""
    return tuple(decide_each(events, "marketing", MARKETING_CHANNELS, at, restricted=restricted).items())


@service(Right.READ_CUSTOMER)
def choices(app: App, actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """(value, label) for the filters whose values come from the bank: branch and segment."""
    with app.store.reader() as raw:
        return people.choices(raw)


def _on(seconds: int | None) -> date | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).date()
