"""Who is there: what a bank asks before it opens, signing in and out, and one's own password."""

from __future__ import annotations

import contextlib
import getpass
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from crmdesk.domain import passwords
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadFields, CrmdeskError, Paused, Refused, SignInNeeded, WrongPassphrase
from crmdesk.domain.rights import Actor, single_user
from crmdesk.services import ways_in
from crmdesk.services.context import App
from crmdesk.services.guard import door_service
from crmdesk.store import Store, audit, keyfile, lockout, open_bank, secret
from crmdesk.store.keyfile import Cost, Keys
from crmdesk.store.queries import people


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
        what = "has users; sign in with your name and password" if asked.users else "is encrypted; give its passphrase"
        raise SignInNeeded(f"{path.name} {what}.", asked)
    who = login if asked.users else ""
    try:
        keys, before = _prove(path, asked.encrypted, who, passphrase, cost)
    except (WrongPassphrase, Paused) as error:
        if not asked.encrypted:
            _note_refusal(path, who, error)
        raise
    app = build(path, keys)
    try:
        return app, _welcome(app, who, passphrase, before, cost)
    except BaseException:
        app.close()
        raise


@door_service
def must_change(app: App, actor: Actor) -> bool:
    """Whether the person has a one-time password, and must choose an own one before anything else."""
    with app.store.whole.reader() as raw:
        found = people.person(raw, actor.login)
    return not actor.single and found is not None and found.one_time


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
    encrypted = keyfile.is_encrypted(app.path)
    if actor.single and not encrypted:
        return
    _check(app, actor, encrypted, passphrase, cost)
    with app.store.whole.reader() as raw:
        found = people.person(raw, actor.login)
    if not actor.single and (found is None or found.ended is not None):
        raise Refused(f"{actor.login} does not work here any more; an administrator can change that.")
    with app.store.whole.write() as session:
        audit.record(app.store, session, actor, "unlock")
    if actor.session and not (found and found.one_time):
        app.store.sessions[actor.session] = actor.login


@door_service
def change_password(app: App, actor: Actor, old: str, new: str, *, cost: Cost | None = None) -> Change:
    """One's own password; in an encrypted bank it is the passphrase too. A wrong old one counts as a failed sign-in.

    BadFields("password") where the new one is too easy to guess or no other than the old one.
    """
    encrypted, store = keyfile.is_encrypted(app.path), app.store.whole
    if actor.single and not encrypted:
        raise Refused("A bank without users has no password; add a second person first, or encrypt the bank.")
    with store.reader() as raw:
        found = people.person(raw, actor.login)
    if not actor.single and (found is None or found.ended is not None):
        raise Refused(f"{actor.login} does not work here any more; an administrator can change that.")
    passwords.check(new, actor.login, found.name if found else "")
    if new == old:
        raise BadFields({"password": "The new password is the old one; choose another."})
    _check(app, actor, encrypted, old, cost)
    touched: dict[str, frozenset[int] | str] = {}
    with ways_in.kept(app.path), store.write() as session:
        if found is not None and not actor.single:
            people.change(session, found.id, password_hash=secret.hashed(new, cost), one_time=False,
                          password_at=datetime.now(UTC))  # fmt: skip
            touched = {"staff": frozenset({found.id})}
        audit.record(store, session, actor, "change password", "" if found is None else f"staff {found.id}")
        ways_in.give(store, "" if actor.single else actor.login, new, cost)
    if actor.session:
        store.sessions[actor.session] = actor.login
    return Change("change_password", touched, store.change_no())


def _prove(path: Path, encrypted: bool, who: str, passphrase: str, cost: Cost | None,
           kept: Callable[[], str | None] | None = None) -> tuple[Keys | None, int]:  # fmt: skip
    """The keys (None of a plain bank) and the wrong tries before; WrongPassphrase and Paused count across restarts."""
    left = lockout.begin(path, who)
    try:
        if encrypted:
            keys = keyfile.unlock(path, who, passphrase)
        else:
            keys = None
            if not secret.matches(kept() if kept else people.secret_in_file(path, who), passphrase, cost):
                raise WrongPassphrase
    except WrongPassphrase:
        raise lockout.wrong(left) from None
    return keys, lockout.succeed(path, who)


def _check(app: App, actor: Actor, encrypted: bool, passphrase: str, cost: Cost | None) -> None:
    """Prove the person of an open bank; a wrong try is audited."""

    def kept() -> str | None:
        with app.store.whole.reader() as raw:
            found = people.person(raw, actor.login)
        return found.secret if found is not None and found.ended is None else None

    try:
        _prove(app.path, encrypted, "" if actor.single else actor.login, passphrase, cost, kept)
    except (WrongPassphrase, Paused) as error:
        _record_refusal(app.store.whole, actor, error)
        raise


def _welcome(app: App, who: str, passphrase: str, before: int, cost: Cost | None) -> Actor:
    """Note that somebody came in, hash the password at today's cost, and hand out the session."""
    store = app.store
    with store.reader() as raw:
        single, found = people.mode(raw) == "single", people.person(raw, who)
    if not single and (found is None or found.ended is not None):
        raise Refused(f"{who or 'Nobody'} does not work here any more; an administrator can change that.")
    if single or found is None:
        actor = single_user(computer_account())
    else:
        token = secrets.token_urlsafe(32)
        actor = Actor(who, found.roles, session=token, staff=found.id, branch=found.branch_id, everywhere=False)
    with ways_in.kept(app.path), store.write() as session:
        tries = "1 wrong try" if before == 1 else f"{before} wrong tries"
        audit.record(store, session, actor, people.SIGN_IN, reason=f"after {tries}" if before else "")
        if found is not None and not single and secret.is_stale(found.secret, cost):
            people.change(session, found.id, password_hash=secret.hashed(passphrase, cost))
        if keyfile.needs_rehash(app.path, who, cost):
            ways_in.give(store, who, passphrase, cost)
    if actor.session and not (found and found.one_time):
        store.sessions[actor.session] = who
    return actor


def _end_session(app: App, actor: Actor, act: str) -> None:
    store = app.store.whole
    if actor.session and store.sessions.pop(actor.session, None) is None:
        return
    with store.write() as session:
        audit.record(store, session, actor, act)


def _note_refusal(path: Path, who: str, error: CrmdeskError) -> None:
    """A plain bank can write down at once that somebody knocked; an encrypted one says it at the next sign-in."""
    with contextlib.suppress(CrmdeskError):  # that it could not be noted is no reason to tell more than the refusal
        store = open_bank(path)
        try:
            _record_refusal(store, Actor(who, frozenset()), error)
        finally:
            store.close()


def _record_refusal(store: Store, actor: Actor, error: CrmdeskError) -> None:
    with store.reader() as raw:
        if not actor.single and people.person(raw, actor.login) is None:
            return  # what was typed as a name may be a password; it is not written down
    with store.write() as session:
        act = "sign in paused" if isinstance(error, Paused) else "sign in refused"
        audit.record(store, session, actor, act)
