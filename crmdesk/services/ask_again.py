"""Tasks to ask customers again for a permission that ends: counted first, then made as one deed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Actor, Right
from crmdesk.services import staff
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.subjects import writable
from crmdesk.store import audit
from crmdesk.store.journal import Journal
from crmdesk.store.queries import work as queries
from crmdesk.store.queries.offers import raw_of

AT_MOST: Final = 500  # customers at once
TITLE: Final = "Ask again for permission"
ORIGIN: Final = "repermission"
HAVE_ONE: Final = "have an open task for it already"
GONE: Final = "were merged or erased, or are not known any more"
LONGEST_NOTE: Final = 4_000


@dataclass(frozen=True)
class TaskPlan:
    """How many tasks would be made, and how many customers are left out, by reason."""

    count: int
    left_out: dict[str, int]


@dataclass(frozen=True)
class TasksMade:
    """What was made: how many, who was left out, and the change."""

    count: int
    left_out: dict[str, int]
    change: Change


@service(Right.EDIT_WORK, of={"numbers": "customer"})
def plan(app: App, actor: Actor, numbers: list[str]) -> TaskPlan:
    """Count one task for each customer (numbers; at most 500), without those who have one; BadInput for more."""
    _check(numbers)
    with app.store.reader() as raw:
        wanted, left_out = _wanted(raw, numbers)
    return TaskPlan(len(wanted), left_out)


@service(Right.EDIT_WORK, of={"notes": "customer"})
def make_tasks(app: App, actor: Actor, notes: Mapping[str, str], due_at: datetime,
               owner: str | None = None) -> TasksMade:  # fmt: skip
    """One task for each customer of `notes` (number: what ends), due at `due_at`, for `owner` (a login, None: oneself).

    One deed, which undo takes back whole. Customers with an open task of this kind are left out and counted; BadInput
    where nobody is left, or for more than 500.
    """
    _check(list(notes))
    with app.store.write() as session:
        wanted, left_out = _wanted(raw_of(session), list(notes))
        if not wanted:
            raise BadInput("All of these customers have an open task to be asked again; nothing was made.")
        many = "1 task" if len(wanted) == 1 else f"{len(wanted)} tasks"
        journal = Journal(session, actor, "add tasks", f"Add {many}: {TITLE}")
        own = staff.own_row(app, session, actor)
        for_whom = staff.row_of(app, session, actor, owner)
        made = {"title": TITLE, "due_at": queries.utc(due_at), "origin": ORIGIN, "made_at": app.store.clock(),
                "made_by": actor.login, "owner_id": for_whom,
                **({"handed_from": own} if for_whom != own else {})}  # fmt: skip
        for number, customer in wanted.items():
            note = notes[number].strip()[:LONGEST_NOTE] or None
            journal.insert("task", {**made, "customer_id": customer, "note": note})
        audit.record(app.store, session, actor, "add tasks", f"{len(wanted)} tasks", reason=ORIGIN)
    return TasksMade(len(wanted), left_out, Change("add_tasks", journal.ids(), app.store.change_no()))


def _check(numbers: list[str]) -> None:
    if not numbers:
        raise BadInput("Choose at least one customer to ask again.")
    if len(numbers) > AT_MOST:
        raise BadInput(f"{len(numbers):,} customers are chosen; tasks are made for at most {AT_MOST} at once.")


def _wanted(raw: Any, numbers: list[str]) -> tuple[dict[str, int], dict[str, int]]:
    """The internal keys of those who get a task, by number, and how many do not, by reason."""
    busy = queries.customers_with_task(raw, ORIGIN)
    wanted: dict[str, int] = {}
    left_out: dict[str, int] = {}
    for number in dict.fromkeys(numbers):
        try:
            customer = writable(raw, number)
        except BadInput:
            left_out[GONE] = left_out.get(GONE, 0) + 1
            continue
        if customer in busy:
            left_out[HAVE_ONE] = left_out.get(HAVE_ONE, 0) + 1
        else:
            wanted[number] = customer
    return wanted, left_out
