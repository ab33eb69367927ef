"""Households: who lives with whom, one household of each customer at a time."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from crmdesk.domain import own_field
from crmdesk.domain.change import Change
from crmdesk.domain.contact_rules import Unfit
from crmdesk.domain.customer import HOUSEHOLD_ROLES
from crmdesk.domain.errors import BadInput, Conflict, Refused
from crmdesk.domain.rights import Actor, Right
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.reach import check_customers
from crmdesk.services.subjects import refuse_erased
from crmdesk.store import audit
from crmdesk.store.journal import Journal, Stale
from crmdesk.store.queries import reach
from crmdesk.store.queries import surroundings as queries
from crmdesk.store.queries.offers import raw_of
from crmdesk.store.queries.surroundings import Membership, Person

NAME_AT_MOST: Final = 80


def person(raw: Any, number: str, *, merged: bool = False) -> Person:
    """The customer of a number; BadInput where it is unknown, or was merged or erased unless `merged`."""
    found = queries.person(raw, number)
    if found is None:
        raise BadInput(f"No customer has the number {number}; check it, then try again.")
    if found.merged_into is not None and not merged:
        raise BadInput(f"{number} was merged into another customer; open that one instead.")
    if not merged:
        refuse_erased(raw, found.id, number)
    return found


def note(app: App, session: Any, actor: Actor, act: str, who: Person, fields: str = "") -> None:
    """The audit row of a change around one customer."""
    audit.record(app.store, session, actor, act, who.number, customer_id=who.id, fields=fields)


def _human(raw: Any, number: str) -> Person:
    who = person(raw, number)
    if who.kind == "company":
        raise BadInput(f"{number} is a company, and companies live in no household; choose a person.")
    return who


@service(Right.EDIT_CUSTOMER, of={"number": "customer", "with_number": "customer"})
def join_household(
    app: App, actor: Actor, number: str, *, household: int | None = None, name: str = "", role: str = "member",
    with_number: str | None = None,
) -> Change:  # fmt: skip
    """The customer lives in `household`, in that of `with_number`, or in a new one called `name`, from today.

    Where `with_number` has none, a new one is made for both, with that person as its head. A household lived in so far
    is left today. Joining the own household again changes the role. BadInput says what cannot be.
    """
    if role not in HOUSEHOLD_ROLES:
        raise BadInput(f"'{role}' is not a place in a household; choose one of {', '.join(HOUSEHOLD_ROLES)}.")
    if household is not None and with_number is not None:
        raise BadInput("Name the household or a person who lives there, not both.")
    with app.store.write() as session:
        raw = raw_of(session)
        who = _human(raw, number)
        other = _human(raw, with_number) if with_number is not None else None
        if other is not None and other.id == who.id:
            raise BadInput(f"{number} cannot move in with itself; choose another customer.")
        journal = Journal(session, actor, "join household", f"Household of {number}")
        today = app.store.clock().date()
        target = _target(raw, actor, journal, who, other, household, name, today)
        place = queries.membership(raw, who.id)
        if place is not None and place.household_id == target:
            if place.role == role:
                raise BadInput(f"{number} lives in this household as {role} already.")
            journal.update("household_member", place.id, {"role": role})
        else:
            if place is not None:
                _move_out(journal, place, today)
            _move_in(journal, target, who.id, role, today)
        for there in filter(None, (who, other)):
            note(app, session, actor, "join household", there)
        touched = {who.id, *([other.id] if other else [])}
    return Change("join_household", {**journal.ids(), "customer": frozenset(touched)}, app.store.change_no())


def _target(
    raw: Any,
    actor: Actor,
    journal: Journal,
    who: Person,
    other: Person | None,
    household: int | None,
    name: str,
    today: date,
) -> int:
    """The id of the household to move into, made where there is none yet."""
    if household is not None:
        if queries.household(raw, household) is None:
            raise BadInput(f"There is no household {household}; choose another, or name a person who lives there.")
        _check_lived_in(raw, actor, household)
        return household
    place = queries.membership(raw, other.id) if other else None
    if place is not None:
        return place.household_id
    made = journal.insert("household", {"name": _household_name(name) or _default_name(other or who)})
    if other is not None:
        _move_in(journal, made, other.id, "head", today)
    return made


def _check_lived_in(raw: Any, actor: Actor, household: int) -> None:
    """Refused where people live there and none of them is in reach."""
    away: Refused | None = None
    for customer in reach.living_in(raw, household):
        try:
            check_customers(raw, actor, Right.EDIT_CUSTOMER, [customer])
        except Refused as refused:
            away = refused
        else:
            return
    if away is not None:
        raise away


def _default_name(who: Person) -> str:
    return f"{who.family_name} household"[:NAME_AT_MOST]


def _household_name(name: str) -> str:
    try:
        return own_field.line(name, NAME_AT_MOST)
    except Unfit as fault:
        raise BadInput(str(fault)) from None


def _move_in(journal: Journal, household: int, customer: int, role: str, today: date) -> None:
    journal.insert(
        "household_member", {"household_id": household, "customer_id": customer, "role": role, "from_on": today}
    )


def _move_out(journal: Journal, place: Membership, today: date) -> None:
    journal.update("household_member", place.id, {"to_on": max(today, place.from_on)})


@service(Right.EDIT_CUSTOMER, of="number")
def leave_household(app: App, actor: Actor, number: str) -> Change:
    """The customer leaves the household today. BadInput where there is none to leave."""
    with app.store.write() as session:
        raw = raw_of(session)
        who = person(raw, number)
        place = queries.membership(raw, who.id)
        if place is None:
            raise BadInput(f"{number} lives in no household that the bank knows; nothing to leave.")
        journal = Journal(session, actor, "leave household", f"{number} leaves the household")
        _move_out(journal, place, app.store.clock().date())
        note(app, session, actor, "leave household", who)
    return Change("leave_household", {**journal.ids(), "customer": frozenset({who.id})}, app.store.change_no())


@service(Right.EDIT_CUSTOMER)
def rename_household(app: App, actor: Actor, household: int, version: int, name: str) -> Change:
    """Give a household another name. BadInput for an empty one; Conflict where it is not at `version` any more."""
    kept = _household_name(name)
    if not kept:
        raise BadInput("The household has no name; write one.")
    with app.store.write() as session:
        _check_lived_in(raw_of(session), actor, household)
        journal = Journal(session, actor, "rename household", f"Rename household {household}")
        try:
            journal.update("household", household, {"name": kept}, version)
        except Stale as stale:
            if stale.now is None:
                raise BadInput(f"There is no household {household} any more.") from stale
            raise Conflict("Somebody else renamed this household meanwhile; look at it again.", stale.now) from stale
        audit.record(app.store, session, actor, "rename household", str(household), fields="name")
    return Change("rename_household", journal.ids(), app.store.change_no())
