"""Who is there: what a bank asks before it opens, signing in and out, and one's own password."""

from __future__ import annotations

import getpass
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from crmdesk.domain import passwords
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadFields, Refused, SignInNeeded
from crmdesk.domain.rights import Actor, single_user
from crmdesk.services import proving, ways_in
from crmdesk.services.context import App
from crmdesk.services.guard import door_service
from crmdesk.store import audit, keyfile, secret
from crmdesk.store.keyfile import Cost, Keys
from crmdesk.store.queries import people
from crmdesk.store.queries.people import Person

__all__ = ["Cost", "Door", "Keys", "at_file", "change_password", "check_again", "computer_account", "door", "enter",
           "join", "leave", "lock", "must_change", "name_of"]  # fmt: skip


class OpenApp(App, Protocol):
    """An open bank that can be closed again (`crmdesk.app.App`)."""

    def close(self) -> None: ...


A = TypeVar("A", bound=OpenApp)
Build = Callable[[Path, Keys | None], A]


@dataclass(frozen=True)
class Door:
    """What a bank asks for first: a passphrase where `encrypted`, a name and password where it has `users`."""

    file: Path
    encrypted: bool
    users: bool

    @property
    def asks(self) -> bool:
        return self.encrypted or self.users


def door(path: Path) -> Door:
    """What the bank at `path` asks for; CrmdeskError where there is none."""
    if path.is_file() and keyfile.is_encrypted(path):
        return Door(path, True, not keyfile.has_wrap(path, ""))
    return Door(path, False, people.mode_of_file(path) != "single")


def computer_account() -> str:
    """The name of whoever uses this computer: the actor of a bank without users."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def enter(
    path: Path, build: Build[A], login: str = "", passphrase: str = "", *, cost: Cost | None = None
) -> tuple[A, Actor]:
    """Open the bank as one person; `build(path, keys)` makes the app. A plain single-user bank asks nothing.

    SignInNeeded where a name or passphrase is missing, WrongPassphrase with the tries that are left, Paused after
    five. The actor of a person with a one-time password may do nothing (`must_change`) until `change_password`.
    """
    asked, login = door(path), login.strip()
    if not asked.asks:
        return build(path, None), single_user(computer_account())
    if not passphrase or (asked.users and not login):
        raise SignInNeeded(_asking(asked), asked)
    who = login if asked.users else ""
    keys, before = proving.at_the_door(path, who, passphrase, asked.encrypted, cost)
    app = build(path, keys)
    try:
        return app, _welcome(app, who, passphrase, before, cost)
    except BaseException:
        app.close()
        raise


def join(app: A, login: str, passphrase: str, *, cost: Cost | None = None) -> Actor:
    """Sign in to a bank that is open: somebody else takes the place, or the first one after `second_person`."""
    asked, who = door(app.path), login.strip()
    if not asked.users:
        raise Refused("A bank without users has nobody to sign in; add a second person first.")
    _, before = proving.at_the_door(app.path, who, passphrase, asked.encrypted, cost)
    return _welcome(app, who, passphrase, before, cost)


def at_file(
    path: Path, login: str = "", passphrase: str = "", *, cost: Cost | None = None
) -> tuple[Keys | None, Actor]:
    """Prove a person to a bank that stays closed, for what works on files (verify, restore): its keys, and the actor.

    The actor has no session: an open bank refuses it. Raises as `enter` does.
    """
    asked, login = door(path), login.strip()
    if not asked.asks:
        return None, single_user(computer_account())
    if not passphrase or (asked.users and not login):
        raise SignInNeeded(_asking(asked), asked)
    who = login if asked.users else ""
    keys, _ = proving.at_the_door(path, who, passphrase, asked.encrypted, cost)
    if not asked.users:
        return keys, single_user(computer_account())
    found = people.person_in_file(path, who, keys)
    if found is None or found.ended is not None:
        raise Refused(proving.GONE.format(who))
    return keys, Actor(who, found.roles, staff=found.id, branch=found.branch_id, everywhere=False)


@door_service
def must_change(app: App, actor: Actor) -> bool:
    """Whether the person has a one-time password, and must choose an own one before anything else."""
    with app.store.whole.reader() as raw:
        found = people.person(raw, actor.login)
    return not actor.single and found is not None and found.one_time


@door_service
def name_of(app: App, actor: Actor) -> str:
    """The actor's own name, as colleagues read it; the login where the bank has no row of that person."""
    with app.store.whole.reader() as raw:
        found = people.person(raw, actor.login)
    return found.name if found is not None else actor.login


@door_service
def leave(app: App, actor: Actor) -> None:
    """Sign out: services refuse this actor from now on, until `check_again`."""
    _end_session(app, actor, "sign out")


@door_service
def lock(app: App, actor: Actor) -> None:
    """As `leave`, for a person who only went for a while."""
    _end_session(app, actor, "lock")


@door_service
def check_again(app: App, actor: Actor, passphrase: str, *, cost: Cost | None = None) -> None:
    """Unlock: the same person's passphrase, with the same count of wrong ones; a plain single-user bank asks none."""
    if proving.standing(app, actor) is None and not keyfile.is_encrypted(app.path):
        return
    found = proving.inside(app, actor, passphrase, cost)
    with app.store.whole.write() as session:
        audit.record(app.store, session, _known(actor, found), "unlock")
    if found is not None and actor.session and not found.one_time:
        app.store.whole.proved.pop(actor.session, None)
        app.store.sessions[actor.session] = actor.login


@door_service
def change_password(app: App, actor: Actor, old: str, new: str, *, cost: Cost | None = None) -> Change:
    """One's own password; in an encrypted bank it is the passphrase too. A wrong old one counts as a failed sign-in.

    BadFields("password") where the new one is too easy to guess or no other than the old one.
    """
    store, found = app.store.whole, proving.standing(app, actor)
    if found is None and not keyfile.is_encrypted(app.path):
        raise Refused("A bank without users has no password; add a second person first, or encrypt the bank.")
    passwords.check(new, actor.login, found.name if found else "")
    if new == old:
        raise BadFields({"password": "The new password is the old one; choose another."})
    proving.inside(app, actor, old, cost)
    key = f"staff {found.id}" if found else ""
    with ways_in.kept(app.path), store.write() as session:
        if found is not None:
            people.change(session, found.id, password_hash=secret.hashed(new, cost), one_time=False,
                          password_at=datetime.now(UTC))  # fmt: skip
        audit.record(store, session, _known(actor, found), "change password", key)
        ways_in.give(store, actor.login if found else "", new, cost)
    if found is not None and actor.session:
        store.proved.pop(actor.session, None)
        store.sessions[actor.session] = actor.login
    touched = {"staff": frozenset({found.id})} if found else {}
    return Change("change_password", touched, store.change_no())


def _asking(asked: Door) -> str:
    what = "has users; sign in with your name and password" if asked.users else "is encrypted; give its passphrase"
    return f"{asked.file.name} {what}."


def _known(actor: Actor, found: Person | None) -> Actor:
    """The actor with the roles that the bank knows: what the audit says of who did it."""
    return actor if found is None else replace(actor, roles=found.roles, single=False)


def _welcome(app: App, who: str, passphrase: str, before: int, cost: Cost | None) -> Actor:
    """Note that somebody came in, hash the password at today's cost, and hand out the session."""
    store = app.store
    actor = single_user(computer_account())
    found = proving.standing(app, replace(actor, login=who))
    if found is not None:
        token = secrets.token_urlsafe(32)
        actor = Actor(who, found.roles, session=token, staff=found.id, branch=found.branch_id, everywhere=False)
    with ways_in.kept(app.path), store.write() as session:
        tries = "1 wrong try" if before == 1 else f"{before} wrong tries"
        audit.record(store, session, actor, people.SIGN_IN, reason=f"after {tries}" if before else "")
        if found is not None and secret.is_stale(found.secret, cost):
            people.change(session, found.id, password_hash=secret.hashed(passphrase, cost))
        if keyfile.needs_rehash(app.path, who, cost):
            ways_in.give(store, who, passphrase, cost)
    if found is not None and not found.one_time:
        store.sessions[actor.session] = who
    return actor


def _end_session(app: App, actor: Actor, act: str) -> None:
    """Nothing, for who was not signed in; a plain single-user bank has nobody to sign out."""
    store = app.store.whole
    if store.sessions.pop(actor.session, None) is not None or (actor.single and store.keys.data is not None):
        with store.write() as session:
            audit.record(store, session, actor, act)
