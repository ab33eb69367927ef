"""How far a right reaches over many customers at once, for services that choose, list or take back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from crmdesk.domain.errors import Refused
from crmdesk.domain.rights import Actor, Reach, Right, grant
from crmdesk.services.context import App
from crmdesk.services.guard import check_reach
from crmdesk.store.queries import reach as queries
from crmdesk.store.queries import subjects

FOUND_AT_MOST: Final = 25  # by who finds customers one at a time


def within(app: App, actor: Actor, right: Right) -> frozenset[int] | None:
    """The internal keys of the customers that a right reaches; None: everybody's, empty: nobody's."""
    cell = grant(actor, right)
    if cell is None:
        return frozenset()
    if cell.reach == Reach.ALL:
        return None
    with app.store.whole.reader() as raw:
        if cell.reach == Reach.OWN:
            return queries.looked_after(raw, actor.staff)
        return queries.of_branch(raw, actor.branch, actor.staff)


def check_row(raw: Any, actor: Actor, right: Right, kind: str, key: Any) -> None:
    """Refused where a row (`subjects.KINDS`) is out of the right's reach; a row that is not there passes.

    `raw`: a connection to the whole bank, such as that of a unit of work.
    """
    cell = grant(actor, right)
    if cell is None or actor.everywhere:
        return
    found = subjects.subject(raw, kind, key)
    if found is not None:
        check_reach(actor, cell, found)


def check_customers(raw: Any, actor: Actor, right: Right, customers: Iterable[int]) -> None:
    """Refused where one of these internal keys is out of the right's reach. `raw` as for `check_row`."""
    if actor.everywhere:
        return
    for customer in customers:
        check_row(raw, actor, right, "person", customer)


def listed_at_most(actor: Actor, limit: int) -> int:
    """How many customers a list names at once: few to who finds them one at a time."""
    cell = grant(actor, Right.READ_CUSTOMER)
    return min(limit, FOUND_AT_MOST) if cell is not None and cell.few else limit


def one_at_a_time(actor: Actor, right: Right) -> None:
    """Refused for who finds customers singly: such a person changes no list of them."""
    cell = grant(actor, right)
    if cell is not None and cell.few:
        raise Refused("Your role works with one customer at a time; open each of them, or ask the manager.")
