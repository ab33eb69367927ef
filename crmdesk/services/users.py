"""The people of a bank and their roles: a second person, new ones, roles by date, one-time passwords, an end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from crmdesk.domain import passwords
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadFields, BadInput, Refused
from crmdesk.domain.rights import Actor, Right, Role
from crmdesk.services import ways_in
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.new_user import NewUser, branch_fault, faults, role_fault, trimmed, words
from crmdesk.store import Store, audit, lockout, secret
from crmdesk.store.keyfile import Cost
from crmdesk.store.queries import people, work
from crmdesk.store.queries.offers import raw_of
from crmdesk.store.queries.people import Person


@dataclass(frozen=True)
class User:
    """One person: `since` the first role, `one_time` has yet to choose an own password, `locked_until` after wrong
    tries; moments in UTC by real time. Who never got a password (`can_sign_in` False) only owns tasks."""

    login: str
    name: str
    branch: str
    roles: frozenset[Role]
    since: datetime | None
    ended: datetime | None
    one_time: bool
    last_sign_in: datetime | None
    locked_until: datetime | None
    me: bool
    can_sign_in: bool


@dataclass(frozen=True)
class OneTime:
    """A password for its owner to type once, shown once; `change` is what the deed touched."""

    login: str
    password: str = field(repr=False)
    change: Change


@service(Right.READ_USERS)
def users(app: App, actor: Actor) -> list[User]:
    """Everybody by name, those who left last."""
    with app.store.whole.reader() as raw:
        found, seen = people.everybody(raw), people.last_sign_ins(raw)
    return [
        User(p.login, p.name, p.branch_name, p.roles, p.since, p.ended, p.one_time, seen.get(p.login),
             lockout.paused_until(app.path, p.login), p.login == actor.login,
             p.secret is not None and p.ended is None and ways_in.opens_for(app.store, p.login))
        for p in found
    ]  # fmt: skip


@service(Right.MANAGE_USERS)
def second_person(app: App, actor: Actor, me: NewUser, other: NewUser, *, cost: Cost | None = None) -> Change:
    """From now on, for good, the bank asks who is there: two people with passwords they typed, and their roles.

    The row of the computer's account becomes `me`, with its tasks; the account itself holds nothing any more. One of
    the two must be an administrator. BadFields: "me.FIELD" or "other.FIELD"; Refused in a bank that has users.
    """
    if not actor.single:
        raise Refused("This bank has users already; add a person on Administration > Users and roles.")
    me, other = trimmed(me), trimmed(other)
    bad: dict[str, str] = {}
    with app.store.whole.reader() as raw:
        for who, one in (("me", me), ("other", other)):
            bad |= {f"{who}.{field}": fault for field, fault in faults(raw, one).items()}
    if me.login.casefold() == other.login.casefold():
        bad.setdefault("other.login", "Two people need two names to sign in with.")
    if not bad and Role.ADMIN not in me.roles | other.roles:
        bad["me.roles"] = "One of the two must be an administrator, who adds people and keeps the bank."
    if bad:
        raise BadFields(bad)
    store, keys = app.store.whole, []
    with ways_in.kept(app.path), store.write() as session:
        if people.mode(raw_of(session)) != "single":  # another window was faster
            raise Refused("This bank has users by now; sign in with your name and password.")
        for one, old in ((me, actor.login), (other, other.login)):
            keys.append(_place(session, one, old, cost))
            ways_in.give(store, one.login, one.password, cost)
            audit.record(store, session, actor, "add person", f"staff {keys[-1]}", fields=words(one.roles))
        _end_account(session, actor.login, keys)
        people.to_multi(session)
        audit.record(store, session, actor, "turn on sign-in", reason="from single-user mode, for good")
        ways_in.take(store, "")
    return Change("second_person", {"staff": frozenset(keys), "bank_state": frozenset({1})}, store.change_no())


@service(Right.MANAGE_USERS)
def add(app: App, actor: Actor, new: NewUser, *, cost: Cost | None = None) -> OneTime:
    """A new person, or a colleague who had no password so far; the first password is a one-time one.

    BadFields("login", "name", "branch", "roles", "password"); Refused in single-user mode (`second_person`).
    """
    _need_users(actor)
    new = replace(trimmed(new), password=new.password or passwords.one_time(), one_time=True)
    store = app.store.whole
    with ways_in.kept(app.path), store.write() as session:
        bad = faults(raw_of(session), new)
        there = people.person(raw_of(session), new.login)
        if there is not None and (there.secret is not None or there.ended is not None):
            bad["login"] = f"The name {new.login} is taken; choose another one."
        if bad:
            raise BadFields(bad)
        key = _place(session, new, new.login, cost)
        ways_in.give(store, new.login, new.password, cost)
        audit.record(store, session, actor, "add person", f"staff {key}", fields=words(new.roles))
    return OneTime(new.login, new.password, _change(store, "add_person", key))


@service(Right.MANAGE_USERS)
def change_roles(app: App, actor: Actor, login: str, roles: Iterable[Role]) -> Change:
    """The roles of a colleague from now on; those that end keep their dates. It counts at that person's next step.

    Refused for one's own roles and for the last administrator's; BadFields("roles") where two exclude each other.
    """
    wanted, store = frozenset(roles), app.store.whole
    _need_users(actor)
    with store.write() as session:
        found = _colleague(session, actor, login, "roles")
        raw = raw_of(session)
        fault = role_fault(raw, wanted, found.branch_id is not None)
        if fault:
            raise BadFields({"roles": fault})
        if Role.ADMIN not in wanted:
            _keep_an_admin(raw, found)
        people.set_roles(session, found.id, found.roles, wanted)
        audit.record(store, session, actor, "change roles", f"staff {found.id}", fields=words(wanted),
                     reason=f"were: {words(found.roles)}")  # fmt: skip
    return _change(store, "change_roles", found.id)


@service(Right.MANAGE_USERS)
def move(app: App, actor: Actor, login: str, branch: str) -> Change:
    """Another branch for a colleague, by its code ("" none); BadFields("branch")."""
    store = app.store.whole
    _need_users(actor)
    with store.write() as session:
        found = _colleague(session, actor, login, "branch")
        raw = raw_of(session)
        fault = branch_fault(raw, branch) or role_fault(raw, found.roles, bool(branch))
        if fault:
            raise BadFields({"branch": fault})
        people.change(session, found.id, branch_id=work.branch_id(raw, branch) if branch else None)
        audit.record(store, session, actor, "move person", f"staff {found.id}", reason=f"to {branch or 'no branch'}")
    return _change(store, "move_person", found.id)


@service(Right.MANAGE_USERS)
def reset_password(app: App, actor: Actor, login: str, *, cost: Cost | None = None) -> OneTime:
    """A one-time password for a colleague who lost the own one; a pause after wrong tries ends with it."""
    store, password = app.store.whole, passwords.one_time()
    _need_users(actor)
    with ways_in.kept(app.path), store.write() as session:
        found = _colleague(session, actor, login, "password")
        _give_password(session, store, found, password, cost)
        audit.record(store, session, actor, "reset password", f"staff {found.id}")
    _sign_out(store, login)
    lockout.clear(app.path, login)
    return OneTime(login, password, _change(store, "reset_password", found.id))


@service(Right.MANAGE_USERS)
def end(app: App, actor: Actor, login: str) -> Change:
    """Somebody left: the roles end now, nothing opens for that person any more, and what they did stays theirs."""
    store = app.store.whole
    _need_users(actor)
    with ways_in.kept(app.path), store.write() as session:
        found = _colleague(session, actor, login, "end")
        _keep_an_admin(raw_of(session), found)
        people.set_roles(session, found.id, found.roles, ())
        people.change(session, found.id, ended_at=datetime.now(UTC), password_hash=None, one_time=None)
        ways_in.take(store, login)
        audit.record(store, session, actor, "end person", f"staff {found.id}", reason=f"was: {words(found.roles)}")
    _sign_out(store, login)
    return _change(store, "end_person", found.id)


@service(Right.MANAGE_USERS)
def reopen(app: App, actor: Actor, login: str, roles: Iterable[Role], *, cost: Cost | None = None) -> OneTime:
    """Somebody came back: roles anew, and a one-time password."""
    store, password, wanted = app.store.whole, passwords.one_time(), frozenset(roles)
    _need_users(actor)
    with ways_in.kept(app.path), store.write() as session:
        found = people.person(raw_of(session), login)
        if found is None or found.ended is None:
            raise BadInput(f"Nobody with the name {login} has left; choose somebody from the list.")
        fault = role_fault(raw_of(session), wanted, found.branch_id is not None)
        if fault:
            raise BadFields({"roles": fault})
        people.change(session, found.id, ended_at=None)
        people.set_roles(session, found.id, frozenset(), wanted)
        _give_password(session, store, found, password, cost)
        audit.record(store, session, actor, "reopen person", f"staff {found.id}", fields=words(wanted))
    return OneTime(login, password, _change(store, "reopen_person", found.id))


def _need_users(actor: Actor) -> None:
    if actor.single:
        raise Refused("One person works here so far; add a second person first, which turns sign-in on for good.")


def _colleague(session: Any, actor: Actor, login: str, what: str) -> Person:
    """Somebody else who works here; Refused for oneself, BadInput for nobody."""
    found = people.person(raw_of(session), login)
    if found is None or found.ended is not None:
        raise BadInput(f"Nobody with the name {login} works here; choose somebody from the list.")
    if login == actor.login:
        own = "choose Change password" if what == "password" else "another administrator can do that"
        raise Refused(f"You cannot do that to yourself; {own}.")
    return found


def _place(session: Any, new: NewUser, old: str, cost: Cost | None) -> int:
    """The row of a new person: a colleague's who is here under this name, else that of `old`, else a new one."""
    raw = raw_of(session)
    row = {"login": new.login, "name": new.name, "password_hash": secret.hashed(new.password, cost),
           "branch_id": work.branch_id(raw, new.branch) if new.branch else None, "one_time": new.one_time,
           "password_at": datetime.now(UTC)}  # fmt: skip
    there = people.person(raw, new.login) or people.person(raw, old)
    if there is None:
        key = people.add(session, **row)
    else:
        key = there.id
        people.change(session, key, **row)
    people.set_roles(session, key, there.roles if there else frozenset(), new.roles)
    return key


def _end_account(session: Any, login: str, people_now: Iterable[int]) -> None:
    """The computer's account, where its row did not become a person's."""
    found = people.person(raw_of(session), login)
    if found is not None and found.id not in people_now:
        people.change(session, found.id, ended_at=datetime.now(UTC))


def _give_password(session: Any, store: Store, found: Person, password: str, cost: Cost | None) -> None:
    people.change(session, found.id, password_hash=secret.hashed(password, cost), one_time=True,
                  password_at=datetime.now(UTC))  # fmt: skip
    ways_in.give(store, found.login, password, cost)


def _keep_an_admin(raw: Any, found: Person) -> None:
    if Role.ADMIN in found.roles and not people.holders(raw, Role.ADMIN) - {found.login}:
        raise Refused(f"{found.name} is the last administrator; give somebody else that role first.")


def _sign_out(store: Store, login: str) -> None:
    """Whoever is signed in here under this name is so no more."""
    for token in [token for token, who in store.sessions.items() if who == login]:
        store.sessions.pop(token, None)


def _change(store: Store, kind: str, key: int) -> Change:
    return Change(kind, {"staff": frozenset({key})}, store.change_no())
