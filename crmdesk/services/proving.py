"""That a person is who they say: one passphrase looked at, each wrong one counted and, where it can be, audited."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from crmdesk.domain.errors import CrmdeskError, Paused, Refused, WrongPassphrase
from crmdesk.domain.rights import Actor
from crmdesk.services.context import App
from crmdesk.store import Store, audit, keyfile, lockout, open_bank, secret
from crmdesk.store.keyfile import Cost, Keys
from crmdesk.store.queries import people
from crmdesk.store.queries.people import Person

# The same to everybody: it tells of the bank, and nothing of the name that was typed.
SINCE = "Who has had no password since the bank was encrypted gets a new one from an administrator."
GONE = "{} does not work here any more; an administrator can change that."


def at_the_door(
    path: Path, who: str, passphrase: str, encrypted: bool, cost: Cost | None = None
) -> tuple[Keys | None, int]:
    """The keys of a closed bank (None of a plain one) and how many wrong tries came before.

    WrongPassphrase says how many tries are left, Paused until when none is looked at.
    """
    try:
        return _prove(path, who, passphrase, encrypted, lambda: _secret(people.person_in_file(path, who)), cost)
    except (WrongPassphrase, Paused) as error:
        if not encrypted:
            _note_at_the_door(path, who, error)
            raise
        if not who:
            raise
        if isinstance(error, Paused):
            raise Paused(f"{error} {SINCE}", error.until) from None
        raise WrongPassphrase(f"{error} {SINCE}") from None


def inside(app: App, actor: Actor, passphrase: str, cost: Cost | None = None) -> Person | None:
    """The person of an open bank, proved again; None for the one of a bank without users.

    Refused for somebody who left; WrongPassphrase and Paused as at the door, and audited.
    """
    encrypted, found = keyfile.is_encrypted(app.path), standing(app, actor)
    who = actor.login if found else ""
    try:
        _prove(app.path, who, passphrase, encrypted, lambda: _secret(found), cost)
    except (WrongPassphrase, Paused) as error:
        note_refusal(app.store.whole, actor, error)
        raise
    return found


def standing(app: App, actor: Actor) -> Person | None:
    """The actor's row in a bank with users, None in one without; Refused for who does not work here."""
    with app.store.whole.reader() as raw:
        if people.mode(raw) == "single":
            return None
        found = people.person(raw, actor.login)
    if found is None or found.ended is not None:
        raise Refused(GONE.format(actor.login or "Nobody"))
    return found


def note_refusal(store: Store, actor: Actor, error: CrmdeskError) -> None:
    """The audit row of a try that failed, of a person whom the bank knows."""
    with store.reader() as raw:
        single, found = people.mode(raw) == "single", people.person(raw, actor.login)
    if not single and found is None:
        return  # what was typed as a name may be a password; it is not written down
    if not single and found is not None:
        actor = replace(actor, roles=found.roles, single=False)
    with store.write() as session:
        audit.record(store, session, actor, "sign in paused" if isinstance(error, Paused) else "sign in refused")


def _note_at_the_door(path: Path, who: str, error: CrmdeskError) -> None:
    """A plain bank can write down at once that somebody knocked; an encrypted one says it at the next sign-in."""
    with contextlib.suppress(CrmdeskError):  # that it could not be noted is no reason to say more than the refusal
        store = open_bank(path)
        try:
            note_refusal(store, Actor(who, frozenset()), error)
        finally:
            store.close()


def _prove(path: Path, who: str, passphrase: str, encrypted: bool, kept: Callable[[], str | None],
           cost: Cost | None) -> tuple[Keys | None, int]:  # fmt: skip
    left = lockout.begin(path, who)
    try:
        keys = keyfile.unlock(path, who, passphrase) if encrypted else None
        if not encrypted and not secret.matches(kept(), passphrase, cost):
            raise WrongPassphrase
    except WrongPassphrase:
        raise lockout.wrong(left) from None
    return keys, lockout.succeed(path, who)


def _secret(found: Person | None) -> str | None:
    return found.secret if found is not None and found.ended is None else None
