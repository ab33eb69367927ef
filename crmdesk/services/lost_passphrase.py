"""The way back into an encrypted bank whose passphrase is lost: the printed recovery key, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from crmdesk.domain import passwords, recovery
from crmdesk.domain.errors import BadFields, Refused, WrongPassphrase
from crmdesk.domain.rights import Actor, Role, single_user
from crmdesk.services import sign_in, ways_in
from crmdesk.services.sign_in import A, Build
from crmdesk.store import audit, keyfile, lockout, open_bank, secret
from crmdesk.store.keyfile import Cost, Keys
from crmdesk.store.queries import people

SLOT = "the recovery key"  # where wrong tries of it are counted


def enter(
    path: Path, build: Build[A], recovery_key: str, new: str, login: str = "", *, cost: Cost | None = None
) -> tuple[A, Actor]:
    """Open the bank by its recovery key, with `new` as the passphrase from now on.

    In a bank with users only an administrator's (`login`), who then resets the others. WrongPassphrase and Paused as
    at sign-in; BadInput where a group of the key is mistyped; BadFields("password"); Refused for a plain bank.
    """
    if not keyfile.is_encrypted(path):
        raise Refused(f"{path.name} is not encrypted, so there is no recovery key; an administrator can help.")
    passwords.check(new, login)
    if recovery.looks_like(new):  # what opens the bank already is no password of a person
        raise BadFields({"password": "The new password is a recovery key; choose another."})
    recovery.read(recovery_key)  # a slip of the pen is no try
    left = lockout.begin(path, SLOT)
    try:
        keys = keyfile.recover(path, recovery_key)
    except WrongPassphrase:
        raise lockout.wrong(left, what="The recovery key is wrong") from None
    lockout.succeed(path, SLOT)
    _give(path, keys, login.strip() if sign_in.door(path).users else "", new, cost)
    return sign_in.enter(path, build, login, new, cost=cost)


def _give(path: Path, keys: Keys, who: str, new: str, cost: Cost | None) -> None:
    store = open_bank(path, keys)
    try:
        with store.reader() as raw:
            found = people.person(raw, who) if who else None
        if who and (found is None or found.ended is not None or Role.ADMIN not in found.roles):
            raise Refused(f"{who} is no administrator here; an administrator can use the recovery key and help others.")
        actor = Actor(who, found.roles) if found else single_user(sign_in.computer_account())
        with ways_in.kept(path), store.write() as session:
            if found is not None:
                people.change(session, found.id, password_hash=secret.hashed(new, cost), one_time=False,
                              password_at=datetime.now(UTC))  # fmt: skip
            audit.record(store, session, actor, "change password", f"staff {found.id}" if found else "",
                         reason="by the recovery key")  # fmt: skip
            ways_in.give(store, who, new, cost)
        lockout.clear(path, who)
    finally:
        store.close()
