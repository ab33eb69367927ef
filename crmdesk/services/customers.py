"""Customers: find them in order, show a block of rows, and open one with accounts, timeline and segment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.customer import digits, full_name
from crmdesk.domain.errors import BadInput
from crmdesk.domain.filter import Chip
from crmdesk.domain.permission import LEGITIMATE_INTEREST, MARKETING_CHANNELS, Decision, PermissionEvent, decide
from crmdesk.domain.rights import Actor, Right, may, require
from crmdesk.services.context import App
from crmdesk.store import audit
from crmdesk.store.queries import customer_page as page
from crmdesk.store.queries import customers as people
from crmdesk.store.queries import permissions as ledger
from crmdesk.store.queries import runs
from crmdesk.store.queries import segments as segment_queries
from crmdesk.store.queries.customer_page import AccountRow, Event, SegmentCard, TimelineFilter

BLOCK: Final = 256
MARKS_AT_MOST: Final = 2_000  # more events than this are shown as monthly bars
_DEPOSITS: Final = people.HELD
_DEBTS: Final = ("loan", "mortgage")
REVEALABLE: Final = ("phone", "email")


@dataclass(frozen=True)
class CustomerQuery:
    """What the list shows: searched words, chips joined by AND, and the column it is sorted by."""

    text: str = ""
    filters: tuple[Chip, ...] = ()
    sort: str = "name"
    descending: bool = False


@dataclass(frozen=True)
class CustomerRow:
    """One line of the list; `value` minor units held, `permissions` what marketing may do now, per channel."""

    id: int
    number: str
    name: str
    city: str
    segment: str
    value: int | None
    currency: str
    permissions: tuple[tuple[str, Decision], ...]
    active_on: date | None


@dataclass(frozen=True)
class CustomerCard:
    """One customer with contact data masked; `held` and `owed` are None without balances or in mixed currencies."""

    number: str
    name: str
    kind: str
    born: str
    occupation: str
    education: str
    city: str
    branch: str
    manager: str
    joined_on: date | None
    left_on: date | None
    restricted: bool
    phone: str
    email: str
    accounts: tuple[AccountRow, ...]
    currency: str
    held: int | None
    owed: int | None
    months: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Timeline:
    """`events` newest first, at most 2,000; `months` (month, channel, mode, count) covers all `total` of them."""

    total: int
    events: tuple[Event, ...]
    months: tuple[tuple[str, str, str, int], ...]
    postings: int


def count(app: App, actor: Actor) -> int:
    """How many customers the bank has."""
    require(actor, Right.READ_CUSTOMER)
    with app.store.read() as session:
        return runs.count_customers(session)


def find(app: App, actor: Actor, query: CustomerQuery, *,
         cancel: Callable[[], bool] = lambda: False) -> NDArray[np.int64]:  # fmt: skip
    """Ids of all customers who match, in sort order. Raises Cancelled soon after `cancel()` turns true."""
    require(actor, Right.READ_CUSTOMER)
    at = app.store.clock()
    with app.store.reader() as raw:
        return people.ids(raw, query.text, query.filters, query.sort, query.descending, at,
                          contact=may(actor, Right.READ_CONTACT), cancel=cancel)  # fmt: skip


def rows(app: App, actor: Actor, ids: Sequence[int]) -> list[CustomerRow]:
    """The lines of one block (at most 256 ids), in the order asked; ids that are gone are left out."""
    require(actor, Right.READ_CUSTOMER)
    wanted = [int(i) for i in ids]
    if len(wanted) > BLOCK:
        raise BadInput(f"At most {BLOCK} customers are read at once, not {len(wanted)}; ask for them in blocks.")
    at = app.store.clock()
    names = may(actor, Right.READ_CONTACT)
    with app.store.reader() as raw:
        purpose, basis = segment_queries.terms(raw)
        events = ledger.events(raw, wanted, "marketing", "profiling", purpose)
        segments, values = people.segment_names(raw, wanted), people.values(raw, wanted)
        found = {}
        for key, number, given, family, city, restricted, active in people.block(raw, wanted):
            value, currency = values.get(key, (None, ""))
            if key in segments and not _minable(events[key], purpose, basis, at, bool(restricted)):
                del segments[key]
            found[key] = CustomerRow(
                key, number, full_name(given, family) if names else number, (city or "") if names else "",
                segments.get(key, ""), value, currency, _offers(events[key], at, bool(restricted)), _on(active),
            )  # fmt: skip
    return [found[i] for i in wanted if i in found]


def _offers(events: list[PermissionEvent], at: datetime, restricted: bool) -> tuple[tuple[str, Decision], ...]:
    """Marketing by each channel. Channels without an event of their own share one decision: most of a block's cost."""
    own = {e.channel for e in events if e.purpose == "marketing"}
    shared = decide([e for e in events if e.channel is None], "marketing", None, at, restricted=restricted)
    return tuple(
        (c, decide(events, "marketing", c, at, restricted=restricted) if c in own else shared)
        for c in MARKETING_CHANNELS
    )


def _minable(events: list[PermissionEvent], purpose: str, basis: str | None, at: datetime, restricted: bool) -> bool:
    """What mining found about a person is shown only while the person lets the bank mine for it."""
    return decide(events, purpose, None, at, restricted=restricted, basis=basis or LEGITIMATE_INTEREST).allowed


def choices(app: App, actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """(value, label) for the filters whose values come from the bank: branch and segment."""
    require(actor, Right.READ_CUSTOMER)
    with app.store.reader() as raw:
        return people.choices(raw)


def get(app: App, actor: Actor, number: str) -> CustomerCard:
    """One customer's identity, masked, with accounts and balances; BadInput where the number is unknown."""
    require(actor, Right.READ_CUSTOMER)
    with app.store.reader() as raw:
        who = page.identity(raw, people.id_of(raw, number))
        held = page.accounts(raw, who.id) if may(actor, Right.READ_ACCOUNTS) else []
    clear = may(actor, Right.READ_CONTACT)
    open_now = [a for a in held if a.closed_on is None and a.role == "owner"]
    currencies = {a.currency for a in open_now}
    one = len(currencies) == 1
    return CustomerCard(
        number=who.number, name=full_name(who.given_name, who.family_name) if clear else who.number, kind=who.kind,
        born=str(who.birth_date.year) if who.birth_date and clear else "", occupation=who.occupation or "",
        education=who.education or "", city=(who.city or "") if clear else "", branch=who.branch,
        manager=who.manager or "", joined_on=who.joined_on, left_on=who.left_on, restricted=who.restricted,
        phone=_masked_phone(who.phone), email=_masked_email(who.email), accounts=tuple(held),
        currency=currencies.pop() if one else "", held=_total(open_now, _DEPOSITS) if one else None,
        owed=_total(open_now, _DEBTS) if one else None, months=_months(open_now) if one else (),
    )  # fmt: skip


def note_opened(app: App, actor: Actor, number: str) -> None:
    """Write into the audit that `actor` opened this customer's page, in a unit of work of its own."""
    require(actor, Right.READ_CUSTOMER)
    with app.store.reader() as raw:
        customer = people.id_of(raw, number)
    with app.store.write() as session:
        audit.record(app.store, session, actor, "read customer", number, customer_id=customer)


def reveal(app: App, actor: Actor, number: str, field: str, reason: str = "") -> str:
    """The unmasked phone or e-mail; each reading is audited."""
    require(actor, Right.READ_CONTACT)
    if field not in REVEALABLE:
        raise BadInput(f"'{field}' cannot be revealed; choose one of {', '.join(REVEALABLE)}.")
    with app.store.reader() as raw:
        who = page.identity(raw, people.id_of(raw, number))
    with app.store.write() as session:
        audit.record(app.store, session, actor, "reveal", number, customer_id=who.id, fields=field, reason=reason)
    return (who.phone if field == "phone" else who.email) or ""


def timeline(app: App, actor: Actor, number: str, filters: TimelineFilter | None = None) -> Timeline:
    """What happened with one customer: interactions and campaign contacts, and their monthly counts."""
    require(actor, Right.READ_INTERACTIONS)
    wanted = filters or TimelineFilter()
    with app.store.reader() as raw:
        customer = people.id_of(raw, number)
        months = page.months(raw, customer, wanted)
        events = page.events(raw, customer, wanted, MARKS_AT_MOST)
        return Timeline(sum(m[3] for m in months), tuple(events), tuple(months), page.postings(raw, customer))


def segment(app: App, actor: Actor, number: str) -> SegmentCard | None:
    """The customer's place in the latest segmentation; None where that run left the customer out.

    None too where the permission for the run's purpose has ended since.
    """
    require(actor, Right.READ_RESULTS)
    at = app.store.clock()
    with app.store.reader() as raw:
        customer = people.id_of(raw, number)
        purpose, basis = segment_queries.terms(raw)
        events = ledger.events(raw, [customer])[customer]
        blocked = customer in ledger.restricted(raw, [customer])
        if not _minable(events, purpose, basis, at, blocked):
            return None
        return page.segment(raw, customer)


def _on(seconds: int | None) -> date | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).date()


def _masked_phone(phone: str | None) -> str:
    plain = digits(phone)
    return f"•••• {plain[-4:]}" if len(plain) > 6 else "••••" if plain else ""


def _masked_email(email: str | None) -> str:
    name, at, host = (email or "").partition("@")
    return f"{name[:1]}•••@{host}" if at else ""


def _total(accounts: Sequence[AccountRow], families: tuple[str, ...]) -> int | None:
    """The newest balances together; None where no account of these families has one."""
    newest = [a.months[max(a.months)] for a in accounts if a.family in families and a.months]
    return sum(newest) if newest else None


def _months(accounts: Sequence[AccountRow]) -> tuple[tuple[str, int], ...]:
    """(YYYY-MM, minor units held) of the last 13 months that have a balance."""
    totals: dict[str, int] = {}
    for account in accounts:
        if account.family in _DEPOSITS:
            for month, balance in account.months.items():
                totals[month] = totals.get(month, 0) + balance
    return tuple(sorted(totals.items())[-page.MONTHS_SHOWN :])
