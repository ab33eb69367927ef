"""The people who work at the bank: the one at this desk, the others, and new ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Actor, Right
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store import audit
from crmdesk.store.queries import work as queries
from crmdesk.store.queries.offers import raw_of

LONGEST: Final = 80  # letters of a login or a name


@dataclass(frozen=True)
class StaffInfo:
    """One colleague; `me` marks the person at this desk."""

    login: str
    name: str
    branch: str
    me: bool


@service(Right.READ_WORK, Right.READ_USERS, any_of=True)
def people(app: App, actor: Actor) -> list[StaffInfo]:
    """All staff by name, the person at this desk included, who may have no row in the bank yet."""
    with app.store.reader() as raw:
        found = [StaffInfo(login, name, branch, login == actor.login) for login, name, branch in queries.staff(raw)]
    if not any(one.me for one in found):
        found.insert(0, StaffInfo(actor.login, actor.login, "", True))
    return found


@service(Right.READ_WORK, Right.READ_USERS, any_of=True)
def branches(app: App, actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the branches, by name: where a colleague may work."""
    with app.store.reader() as raw:
        return queries.branches(raw)


@service(Right.MANAGE_USERS)
def add(app: App, actor: Actor, login: str, name: str, branch: str = "") -> Change:
    """A new colleague, `branch` by its code; BadInput where the login is taken or a text is empty or too long."""
    login, name = login.strip(), name.strip()
    for what, text in (("login", login), ("name", name)):
        if not text or len(text) > LONGEST:
            raise BadInput(f"Give the colleague a {what} of 1 to {LONGEST} letters.")
    with app.store.write() as session:
        raw = raw_of(session)
        if queries.staff_id(raw, login) is not None:
            raise BadInput(f"The login {login} is taken; choose another one.")
        where = queries.branch_id(raw, branch) if branch else None
        if branch and where is None:
            raise BadInput(f"The bank has no branch {branch}; choose another one.")
        key = queries.add_staff(session, login, name, where)
        audit.record(app.store, session, actor, "add staff", f"staff {key}")
    return Change("add_staff", {"staff": frozenset({key})}, app.store.change_no())


def own_row(app: App, session: Any, actor: Actor) -> int:
    """The id of the person at this desk, whose row is made with the first deed that needs one."""
    key = queries.staff_id(raw_of(session), actor.login)
    if key is None:
        key = queries.add_staff(session, actor.login, actor.login)
        audit.record(app.store, session, actor, "add staff", f"staff {key}")
    return key


def row_of(app: App, session: Any, actor: Actor, login: str | None) -> int:
    """The id of a colleague by login, None the person at this desk; BadInput for a login nobody here has."""
    if login is None or login == actor.login:
        return own_row(app, session, actor)
    raw = raw_of(session)
    key = queries.staff_id(raw, login)
    if key is None or all(login != there for there, _, _ in queries.staff(raw)):
        raise BadInput(f"Nobody here has the login {login}; choose a colleague from the list.")
    return key
