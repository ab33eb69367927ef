"""Who and what surrounds a customer: household, relations, life events and interests, each change undoable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from crmdesk.domain import own_field
from crmdesk.domain.change import Change
from crmdesk.domain.contact_rules import OLDEST_YEARS, Unfit, in_words
from crmdesk.domain.customer import LIFE_EVENTS, PRODUCT_FAMILIES, RELATION_KINDS, full_name
from crmdesk.domain.days import shift_months
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Actor, Right
from crmdesk.services import sight
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.households import join_household, leave_household, note, person, rename_household
from crmdesk.store import audit
from crmdesk.store.journal import Journal
from crmdesk.store.queries import surroundings as queries
from crmdesk.store.queries.offers import raw_of

__all__ = [
    "HouseholdInfo", "InterestInfo", "LifeEventInfo", "Member", "RelationInfo", "Surroundings", "add_interest",
    "add_life_event", "end_relation", "join_household", "leave_household", "of_customer", "relate", "remove_interest",
    "remove_life_event", "rename_household",
]  # fmt: skip
NOTE_AT_MOST: Final = 500
AHEAD_MONTHS: Final = 60  # how far ahead a life event may be told
INTEREST_SOURCES: Final = ("told", "branch", "call", "web", "campaign")


@dataclass(frozen=True)
class Member:
    number: str
    name: str
    role: str
    from_on: date


@dataclass(frozen=True)
class HouseholdInfo:
    id: int
    name: str
    version: int
    members: tuple[Member, ...]


@dataclass(frozen=True)
class RelationInfo:
    """`direction` "from": this customer is the guarantor, referrer or employer of `number`; "to": the other way."""

    id: int
    kind: str
    direction: str
    number: str
    name: str
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True)
class LifeEventInfo:
    id: int
    kind: str
    on: date
    source: str
    note: str


@dataclass(frozen=True)
class InterestInfo:
    id: int
    family: str
    at: datetime
    source: str


@dataclass(frozen=True)
class Surroundings:
    """`household` None: in none. Who may not read names gets numbers or pseudonyms for them, and no life events."""

    number: str
    household: HouseholdInfo | None
    relations: tuple[RelationInfo, ...]
    life_events: tuple[LifeEventInfo, ...]
    interests: tuple[InterestInfo, ...]


@service(Right.READ_CUSTOMER, of="number")
def of_customer(app: App, actor: Actor, number: str, reason: str = "") -> Surroundings:
    """Household with its members now, relations both ways, life events and interests. BadInput: unknown number.

    Who is out of reach is left out. Who must give a `reason` sees all with one, which the audit keeps.
    """
    opened = sight.opened(number, reason, "household, relations, life events", app, actor)
    with (opened or app.store).reader() as raw:
        who = person(raw, number, merged=True)
        place = queries.membership(raw, who.id)
        relations = tuple(
            RelationInfo(r["id"], r["kind"], r["direction"], r["number"],
                         full_name(r["given_name"], r["family_name"]), r["from_on"], r["to_on"])
            for r in queries.relations(raw, who.id)
        )  # fmt: skip
        household = None
        found = queries.household(raw, place.household_id) if place else None
        if found:
            there = tuple(Member(n, full_name(g, f), role, on) for n, g, f, role, on in queries.members(raw, found[0]))
            household = HouseholdInfo(found[0], found[1], found[2], there)
        events = tuple(LifeEventInfo(*row) for row in queries.life_events(raw, who.id))
        interests = tuple(InterestInfo(*row) for row in queries.interests(raw, who.id))
    return Surroundings(who.number, household, relations, events, interests)


@service(Right.EDIT_CUSTOMER, of={"from_number": "customer", "to_number": "customer"})
def relate(app: App, actor: Actor, from_number: str, to_number: str, kind: str) -> Change:
    """`from_number` is the guarantor, referrer or employer (or other) of `to_number`, from today."""
    if kind not in RELATION_KINDS:
        raise BadInput(f"'{kind}' is not a relation; choose one of {', '.join(RELATION_KINDS)}.")
    with app.store.write() as session:
        raw = raw_of(session)
        one, other = person(raw, from_number), person(raw, to_number)
        if one.id == other.id:
            raise BadInput(f"{from_number} cannot be related to itself; choose another customer.")
        if queries.standing_relation(raw, one.id, other.id, kind):
            raise BadInput(f"{from_number} is {kind} of {to_number} already.")
        journal = Journal(session, actor, "relate customers", f"{from_number} is {kind} of {to_number}")
        journal.insert(
            "relation", {"from_id": one.id, "to_id": other.id, "kind": kind, "from_on": app.store.clock().date()}
        )
        note(app, session, actor, "relate customers", one, kind)
        note(app, session, actor, "relate customers", other, kind)
    return Change("relate", {**journal.ids(), "customer": frozenset({one.id, other.id})}, app.store.change_no())


@service(Right.EDIT_CUSTOMER, of={"relation_id": "relation"})
def end_relation(app: App, actor: Actor, relation_id: int) -> Change:
    """The relation ends today and stays in view as ended. BadInput where it is unknown or has ended."""
    with app.store.write() as session:
        raw = raw_of(session)
        found = queries.relation(raw, relation_id)
        if found is None:
            raise BadInput(f"There is no relation {relation_id} any more.")
        if found["to_on"] is not None:
            raise BadInput(f"This relation ended on {found['to_on']} already; nothing to end.")
        one, other = (person(raw, found[side], merged=True) for side in ("from", "to"))
        journal = Journal(
            session, actor, "end relation", f"{one.number} is no longer {found['kind']} of {other.number}"
        )
        journal.update("relation", relation_id, {"to_on": app.store.clock().date()})
        for who in (one, other):
            note(app, session, actor, "end relation", who, found["kind"])
    return Change("end_relation", {**journal.ids(), "customer": frozenset({one.id, other.id})}, app.store.change_no())


@service(Right.EDIT_CUSTOMER, of="number")
def add_life_event(app: App, actor: Actor, number: str, kind: str, on: date, note: str = "") -> Change:
    """A turn in the customer's life that was told; it may lie up to five years ahead. BadInput says what cannot be."""
    if kind not in LIFE_EVENTS:
        raise BadInput(f"'{kind}' is not a life event; choose one of {', '.join(LIFE_EVENTS)}.")
    today = app.store.clock().date()
    if on > shift_months(today, AHEAD_MONTHS):
        raise BadInput(f"{in_words(on)} is more than five years ahead; check the year.")
    if on < shift_months(today, -12 * OLDEST_YEARS):
        raise BadInput(f"{in_words(on)} is more than {OLDEST_YEARS} years ago; check the year.")
    values = {"kind": kind, "on": on, "source": "told", "note": _kept(note, NOTE_AT_MOST) or None}
    return _add(app, actor, number, "life_event", values, "add life event", f"Life event of {number}: {kind}")


@service(Right.EDIT_CUSTOMER, of={"event_id": "life_event"})
def remove_life_event(app: App, actor: Actor, event_id: int) -> Change:
    """Take out a life event that was written down in error; the history keeps it."""
    return _remove(app, actor, "life_event", event_id, "remove life event")


@service(Right.EDIT_CUSTOMER, of="number")
def add_interest(app: App, actor: Actor, number: str, family: str, source: str = "told") -> Change:
    """The customer asked about a family of products. BadInput where that is noted already."""
    if family not in PRODUCT_FAMILIES:
        raise BadInput(f"'{family}' is not a family of products; choose one of {', '.join(PRODUCT_FAMILIES)}.")
    if source not in INTEREST_SOURCES:
        raise BadInput(f"'{source}' is not a source; choose one of {', '.join(INTEREST_SOURCES)}.")
    values = {"family": family, "at": app.store.clock(), "source": source}
    return _add(app, actor, number, "interest", values, "add interest", f"Interest of {number}: {family}")


@service(Right.EDIT_CUSTOMER, of={"interest_id": "interest"})
def remove_interest(app: App, actor: Actor, interest_id: int) -> Change:
    """Take out an interest; the history keeps it."""
    return _remove(app, actor, "interest", interest_id, "remove interest")


def _add(app: App, actor: Actor, number: str, table: str, values: dict[str, Any], act: str, title: str) -> Change:
    with app.store.write() as session:
        raw = raw_of(session)
        who = person(raw, number)
        if table == "interest" and any(row[1] == values["family"] for row in queries.interests(raw, who.id)):
            raise BadInput(f"The interest of {number} in {values['family']} is noted already.")
        journal = Journal(session, actor, act, title)
        journal.insert(table, {"customer_id": who.id, **values})
        note(app, session, actor, act, who, values.get("family", ""))  # what befell a person is not for the audit
    return Change(act.replace(" ", "_"), {**journal.ids(), "customer": frozenset({who.id})}, app.store.change_no())


def _remove(app: App, actor: Actor, table: str, key: int, act: str) -> Change:
    with app.store.write() as session:
        found = queries.of_row(raw_of(session), table, key)
        if found is None:
            raise BadInput("It was taken out by somebody else already; nothing to do.")
        customer, number = found
        journal = Journal(session, actor, act, f"{act.capitalize()} of {number}")
        journal.remove(table, key)
        audit.record(app.store, session, actor, act, number, customer_id=customer)
    return Change(act.replace(" ", "_"), {**journal.ids(), "customer": frozenset({customer})}, app.store.change_no())


def _kept(text: str, most: int) -> str:
    try:
        return own_field.line(text, most)
    except Unfit as fault:
        raise BadInput(str(fault)) from None
