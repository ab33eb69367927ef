"""One customer: identity with contact data masked, accounts, timeline, and the segment that mining found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from crmdesk.domain.customer import digits, full_name
from crmdesk.domain.errors import BadInput
from crmdesk.domain.permission import LEGITIMATE_INTEREST, PermissionEvent, decide
from crmdesk.domain.rights import Actor, Right, View, clear, grant, may, require
from crmdesk.services import reach, sight
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store import Store, audit
from crmdesk.store.queries import customer_page as page
from crmdesk.store.queries import customers as people
from crmdesk.store.queries import permissions as ledger
from crmdesk.store.queries import segments as segment_queries
from crmdesk.store.queries.customer_page import AccountRow, Event, SegmentCard, TimelineFilter

MARKS_AT_MOST: Final = 2_000  # more events than this are shown as monthly bars
_DEPOSITS: Final = people.HELD
_DEBTS: Final = ("loan", "mortgage")
REVEALABLE: Final = ("phone", "email", "birth_date", "gender")
_PROTECTED: Final = ("birth_date", "gender")


@dataclass(frozen=True)
class CustomerCard:
    """One customer with contact data masked; `held` and `owed` are None without balances or in mixed currencies.

    `held_band` tells `held` to who sees no amounts. `masked`: name and contact data are not shown; with `reason` they
    are once a reason is given. `rights` are those that reach this customer.
    """

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
    held_band: str = ""
    masked: bool = False
    reason: bool = False
    rights: frozenset[Right] = frozenset()


@dataclass(frozen=True)
class Timeline:
    """`events` newest first, at most 2,000; `months` (month, channel, mode, count) covers all `total` of them.

    Who sees interactions as counts gets no events.
    """

    total: int
    events: tuple[Event, ...]
    months: tuple[tuple[str, str, str, int], ...]
    postings: int


@service(Right.READ_CUSTOMER, of="number")
def get(app: App, actor: Actor, number: str, reason: str = "") -> CustomerCard:
    """One customer's identity, masked, with accounts and balances; BadInput where the number is unknown.

    Who must give a `reason` sees everything in clear with one, and the audit keeps it; Refused for one of few letters.
    """
    opened = sight.opened(number, reason, "identity, contact, accounts", app, actor)
    store: Store = opened or app.store
    with store.reader() as raw:
        who = page.identity(raw, people.id_of(raw, number))
        held = page.accounts(raw, who.id) if may(actor, Right.READ_ACCOUNTS) else []
        low = people.value_bands(raw, [who.id]).get(who.id, (None, "")) if sight.sight_of(actor).bands else (None, "")
    named, told = sight.names(actor) or opened is not None, clear(actor, Right.READ_CONTACT)
    open_now = [a for a in held if a.closed_on is None and a.role == "owner"]
    currencies = {a.currency for a in open_now}
    one = len(currencies) == 1
    return CustomerCard(
        number=who.number, name=full_name(who.given_name, who.family_name), kind=who.kind,
        born=_born(actor, who.birth_date, opened is not None), occupation=who.occupation or "",
        education=who.education or "", city=who.city or "", branch=who.branch,
        manager=who.manager or "", joined_on=who.joined_on, left_on=who.left_on, restricted=who.restricted,
        phone=(who.phone or "") if opened else _masked_phone(who.phone, told),
        email=(who.email or "") if opened else _masked_email(who.email, told), accounts=tuple(held),
        currency=currencies.pop() if one else "", held=_total(open_now, _DEPOSITS) if one else None,
        owed=_total(open_now, _DEBTS) if one else None, months=_months(open_now) if one else (),
        held_band=sight.money_band(*low), masked=not named, reason=sight.cell(actor, Right.READ_CUSTOMER).reason,
        rights=sight.rights_of(number, app, actor),
    )  # fmt: skip


def _born(actor: Actor, day: date | None, opened: bool) -> str:
    """The year; for a pseudonym ten years; with a reason the day."""
    if day is None:
        return ""
    return day.isoformat() if opened else sight.born(actor, day.year)


@service(Right.READ_CUSTOMER, of="number")
def note_opened(app: App, actor: Actor, number: str) -> None:
    """Write into the audit that `actor` opened this customer's page, in a unit of work of its own."""
    with app.store.reader() as raw:
        customer = people.id_of(raw, number)
    with app.store.write() as session:
        audit.record(app.store, session, actor, "read customer", number, customer_id=customer)


@service(Right.READ_CONTACT, of="number")
def reveal(app: App, actor: Actor, number: str, field: str, reason: str = "") -> str:
    """The unmasked phone, e-mail, birth date (ISO) or gender; each reading is audited.

    Refused without the right to it, and where the role must give a reason and none is given.
    """
    if field not in REVEALABLE:
        raise BadInput(f"'{field}' cannot be revealed; choose one of {', '.join(REVEALABLE)}.")
    right = Right.READ_PROTECTED if field in _PROTECTED else Right.READ_CONTACT
    require(actor, right)
    if sight.cell(actor, right).reason:
        sight.check_reason(reason)
    with app.store.whole.reader() as raw:  # the view hides what is asked for here
        reach.check_row(raw, actor, right, "customer", number)
        who = page.identity(raw, people.id_of(raw, number))
    with app.store.write() as session:
        audit.record(app.store, session, actor, "reveal", number, customer_id=who.id, fields=field, reason=reason)
    value = getattr(who, field)
    return value.isoformat() if isinstance(value, date) else value or ""


@service(Right.READ_INTERACTIONS, of="number")
def timeline(app: App, actor: Actor, number: str, filters: TimelineFilter | None = None) -> Timeline:
    """What happened with one customer: interactions and campaign contacts, and their monthly counts.

    What was reversed stands among the events and in no count; notes are free text, for who sees interactions in clear.
    """
    wanted = filters or TimelineFilter()
    seen = grant(actor, Right.READ_INTERACTIONS)
    with app.store.reader() as raw:
        customer = people.id_of(raw, number)
        events = page.events(raw, customer, wanted, MARKS_AT_MOST, notes=clear(actor, Right.READ_INTERACTIONS))
        whole = len(events) < MARKS_AT_MOST
        months = page.monthly(events) if whole else page.months(raw, customer, wanted)
        shown = () if seen is not None and seen.view == View.MASKED else tuple(events)
        return Timeline(sum(m[3] for m in months), shown, tuple(months), page.postings(raw, customer))


@service(Right.READ_RESULTS, of="number")
def segment(app: App, actor: Actor, number: str) -> SegmentCard | None:
    """The customer's place in the latest segmentation; None where that run left the customer out.

    None too where the permission for the run's purpose has ended since.
    """
    at = app.store.clock()
    with app.store.reader() as raw:
        customer = people.id_of(raw, number)
        purpose, basis = segment_queries.terms(raw)
        events = ledger.events(raw, [customer])[customer]
        blocked = customer in ledger.restricted(raw, [customer])
        if not minable(events, purpose, basis, at, blocked):
            return None
        return page.segment(raw, customer)


def minable(events: list[PermissionEvent], purpose: str, basis: str | None, at: datetime, restricted: bool) -> bool:
    """What mining found about a person is shown only while the person lets the bank mine for it."""
    return decide(events, purpose, None, at, restricted=restricted, basis=basis or LEGITIMATE_INTEREST).allowed


def _masked_phone(phone: str | None, told: bool) -> str:
    """The last four digits, by which a colleague on the phone knows it; not `told`: the mask that says there is one."""
    plain = digits(phone)
    return f"•••• {plain[-4:]}" if told and len(plain) > 6 else "••••" if phone else ""


def _masked_email(email: str | None, told: bool) -> str:
    name, at, host = (email or "").partition("@")
    return f"{name[:1]}•••@{host}" if told and at else "•••" if email else ""


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
