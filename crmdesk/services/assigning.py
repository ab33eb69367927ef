"""Customers without a relationship manager who works here, and giving those of a branch to one; counts, no names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from crmdesk.domain.change import Change, named
from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.rights import Actor, Right, Role
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store import audit
from crmdesk.store.journal import Journal
from crmdesk.store.queries import assigning as queries
from crmdesk.store.queries import people, work
from crmdesk.store.queries.offers import raw_of
from crmdesk.store.queries.people import Person

ACT: Final = "assign customers"
PACK: Final = 2_000  # customers changed by one statement


@dataclass(frozen=True)
class Unassigned:
    """`count` customers of a branch who have no manager; `of` one who left, or has that role no more ("" never one)."""

    branch: str
    branch_name: str
    count: int
    of: str = ""
    of_name: str = ""


@dataclass(frozen=True)
class Assigned:
    """How many customers somebody looks after from now on in addition; undone as one deed."""

    count: int
    change: Change


@service(Right.MANAGE_USERS, whole=True)
def waiting(app: App, actor: Actor) -> list[Unassigned]:
    """By branch, those who never had a manager before those of each colleague who is none any more."""
    with app.store.reader() as raw:
        return [Unassigned(code, name, count, of, of_name) for code, name, of, of_name, count in queries.waiting(raw)]


@service(Right.MANAGE_USERS, whole=True)
def assign(app: App, actor: Actor, login: str, branch: str, of: str = "") -> Assigned:
    """Every customer of a branch (its code) who has no manager becomes this colleague's; the others keep theirs.

    With `of`, those of a colleague who left or is no relationship manager any more. One unit of work. Refused in
    single-user mode; BadInput for whoever looks after nobody, for a manager's own customers, and where nobody waits.
    """
    if actor.single:
        raise Refused("One person works here so far and looks after everybody; customers are given to a colleague.")
    with app.store.write() as session:
        raw = raw_of(session)
        to, place = _manager(raw, login), work.branch_id(raw, branch)
        if place is None:
            known = ", ".join(code for code, _ in work.branches(raw))
            raise BadInput(f"There is no branch '{branch}'; known: {known}.")
        former = _former(raw, of) if of else None
        keys = queries.given(raw, place, former.id if former else None)
        if not keys:
            whose = f"is {former.name}'s" if former else "is without a relationship manager"
            raise BadInput(f"No customer of branch {branch} {whose}; there is nobody to give.")
        words = f"{len(keys):,} customer{'' if len(keys) == 1 else 's'} of branch {branch}"
        journal = Journal(session, actor, ACT, f"Give {words} to {to.name}")
        for start in range(0, len(keys), PACK):
            journal.update_many("customer", {key: {"manager_id": to.id} for key in keys[start : start + PACK]})
        audit.record(app.store, session, actor, ACT, f"deed {journal.id}", fields="manager",
                     reason=f"{words}, to {login}{f', of {of}' if of else ''}")  # fmt: skip
    return Assigned(len(keys), Change("assign_customers", named(journal.ids()), app.store.change_no()))


def _works(found: Person) -> bool:
    return found.ended is None and Role.RELATIONSHIP_MANAGER in found.roles


def _manager(raw: Any, login: str) -> Person:
    found = people.person(raw, login)
    if found is None or found.ended is not None:
        raise BadInput(f"Nobody with the name {login} works here; choose somebody from the list.")
    if not _works(found):
        raise BadInput(f"{found.name} is no relationship manager; give that role first, then the customers.")
    return found


def _former(raw: Any, login: str) -> Person:
    found = people.person(raw, login)
    if found is None:
        raise BadInput(f"Nobody has the name {login} in this bank; choose somebody from the list.")
    if _works(found):
        raise BadInput(f"{found.name} looks after the own customers and can hand them over; only those of a colleague "
                       "who left, or is no relationship manager any more, are given from here.")  # fmt: skip
    return found
