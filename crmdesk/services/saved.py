"""Saved lists: a filter under a name, one's own or shared, never a list of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput, CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Right, clear
from crmdesk.services.context import App
from crmdesk.services.customers import CustomerQuery
from crmdesk.services.guard import service
from crmdesk.services.list_fields import check_filter
from crmdesk.store import audit
from crmdesk.store.journal import Journal
from crmdesk.store.queries import saved as queries

NAME_AT_MOST: Final = 80


@dataclass(frozen=True)
class SavedList:
    """One list as its owner, or with `shared` anybody, opens it; `broken` says why its filter does not hold any more.

    `columns` are the keys of the columns that were shown with it; () means those of every list.
    """

    id: int
    name: str
    owner: str
    shared: bool
    query: CustomerQuery = field(default_factory=CustomerQuery)
    columns: tuple[str, ...] = ()
    version: int = 1
    broken: str = ""


@service(Right.READ_CUSTOMER)
def lists(app: App, actor: Actor) -> list[SavedList]:
    """This person's own lists and those that others share, by name.

    A list that finds people by contact data is `broken` for a colleague who may not read such: no word of it is told.
    """
    with app.store.reader() as raw:
        return [_allowed(raw, actor, _read(row)) for row in queries.seen_by(raw, actor.login)]


@service(Right.READ_CUSTOMER)
def save(app: App, actor: Actor, name: str, query: CustomerQuery, columns: Sequence[str] = (),
         shared: bool = False) -> Change:  # fmt: skip
    """Keep the filter under a name; a list of one's own with that name is replaced. BadInput for an empty name."""
    name = _name(name)
    kept: dict[str, Any] = {**query.to_json(), "columns": list(columns)}
    with app.store.write() as session:
        journal = Journal(session, actor, "save list", f"Save list {name}")
        there = queries.named(session, actor.login, name)
        if there is None:
            values = {"name": name, "owner": actor.login, "shared": shared, "query": kept, "made_at": datetime.now(UTC)}
            journal.insert("saved_search", values)
        else:
            journal.update("saved_search", there, {"query": kept, "shared": shared})
        return _done(app, session, actor, journal, "save list")


@service(Right.READ_CUSTOMER)
def rename(app: App, actor: Actor, id: int, name: str) -> Change:
    """Give one's own list another name; BadInput where a second list of that name would be."""
    name = _name(name)
    with app.store.write() as session:
        _own(session, actor, id)
        if queries.named(session, actor.login, name) not in (None, id):
            raise BadInput(f"You have a list '{name}' already; choose another name, or delete that one first.")
        journal = Journal(session, actor, "rename list", f"Rename list to {name}")
        journal.update("saved_search", id, {"name": name})
        return _done(app, session, actor, journal, "rename list")


@service(Right.READ_CUSTOMER)
def delete(app: App, actor: Actor, id: int) -> Change:
    """Forget one's own list; its people stay as they are."""
    with app.store.write() as session:
        name = _own(session, actor, id)
        journal = Journal(session, actor, "delete list", f"Delete list {name}")
        journal.remove("saved_search", id)
        return _done(app, session, actor, journal, "delete list")


def _read(row: tuple[Any, ...]) -> SavedList:
    key, name, owner, shared, kept, version = row
    columns = tuple(map(str, kept.get("columns", ())))
    try:
        query, broken = CustomerQuery.of_json(kept), ""
    except CrmdeskError as error:
        query, broken = CustomerQuery(), str(error)
    return SavedList(key, name, owner, bool(shared), query, columns, version, broken)


def _allowed(raw: Any, actor: Actor, one: SavedList) -> SavedList:
    try:
        check_filter(raw, actor, one.query.filters)
        if one.query.text and one.owner != actor.login and not clear(actor, Right.READ_CONTACT):
            raise Refused(f"It searches for words in contact data, which {actor.login} may not read.")
    except Refused as refused:
        return replace(one, query=CustomerQuery(), broken=str(refused))
    return one


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > NAME_AT_MOST:
        raise BadInput(f"A list needs a name of at most {NAME_AT_MOST} characters.")
    return name


def _own(session: Any, actor: Actor, id: int) -> str:
    """The name of one's own list; a list of somebody else is theirs to change."""
    found = queries.owner_of(session, id)
    if found is None:
        raise BadInput("This list is gone; somebody deleted it meanwhile.")
    owner, name = found
    if owner != actor.login:
        raise Refused(f"The list '{name}' belongs to {owner}; save it under a name of your own to change it.")
    return name


def _done(app: App, session: Any, actor: Actor, journal: Journal, act: str) -> Change:
    audit.record(app.store, session, actor, act, ", ".join(map(str, sorted(journal.touched.get("saved_search", ())))))
    return Change(act, journal.ids(), app.store.change_no() + 1)
