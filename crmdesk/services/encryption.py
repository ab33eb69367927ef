"""A bank that a thief cannot read: encrypting its file, the passphrase, the printed recovery key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from crmdesk.domain import passwords
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadFields, CrmdeskError, Refused, WrongPassphrase
from crmdesk.domain.rights import Actor, Right, in_all_roles, may
from crmdesk.jobs.progress import Progress, Silent
from crmdesk.services import proving, sign_in, ways_in
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store import Store, audit, encrypting, keyfile
from crmdesk.store.keyfile import Cost, Keys
from crmdesk.store.queries import people


@dataclass(frozen=True)
class Encryption:
    """Whether the file is encrypted, where its audit key lies ("beside the file" or "wrapped"), the day of the present
    recovery key, and what still lies readable beside it (empty for who may not encrypt)."""

    encrypted: bool
    audit_key: str
    recovery_made_on: date | None
    plain_copies: tuple[Path, ...]


@dataclass(frozen=True)
class Encrypted:
    """What `encrypt` did. The recovery key is shown this once; `others` have no way in until their password is reset;
    `plain_copies` are older files with the same data that anybody can read."""

    file: Path
    recovery_key: str = field(repr=False)
    others: tuple[str, ...]
    plain_copies: tuple[Path, ...]


@service(Right.SIGNED_IN, whole=True)
def status(app: App, actor: Actor) -> Encryption:
    """How the open bank is protected."""
    encrypted = app.store.keys.data is not None
    copies = encrypting.plain_copies(app.path) if encrypted and may(in_all_roles(actor), Right.ENCRYPT) else ()
    made = keyfile.recovery_made_on(app.path) if encrypted else None
    return Encryption(encrypted, "wrapped" if encrypted else "beside the file", made, copies)


@service(Right.ENCRYPT, whole=True)
def encrypt(
    app: App, actor: Actor, passphrase: str, progress: Progress | None = None, *, cost: Cost | None = None
) -> Encrypted:
    """Encrypt the open bank's file; `app` is closed then, whatever the outcome: open the file again.

    `passphrase` opens it from now on: in a bank with users it must be the person's own password. BadFields where it is
    too easy or not that one; CrmdeskError, with the bank as it was, where another program has it open or the disk is
    full. The plain original is overwritten and removed; a disk may keep old blocks out of anybody's reach.
    """
    store, path, watched = app.store.whole, app.path, progress or Silent()
    if store.keys.data is not None:
        raise Refused(f"{path.name} is encrypted already; change the passphrase instead.")
    others = _check_passphrase(app, actor, passphrase, cost)
    encrypting.room_for(path)

    def prepare(part: Path, keys: Keys) -> None:
        copy = Store(part, keys)
        try:
            with copy.write() as session:
                audit.record(copy, session, actor, "encrypt", path.name)
        finally:
            copy.close()

    store.close()
    login = "" if actor.single else actor.login
    recovery_key = encrypting.encrypt_bank(path, login, passphrase, prepare, watched.step, cost)
    watched.step(1.0, "Done")
    return Encrypted(path, recovery_key, others, encrypting.plain_copies(path))


@service(Right.SIGNED_IN, whole=True)
def change_passphrase(app: App, actor: Actor, old: str, new: str, *, cost: Cost | None = None) -> Change:
    """A new passphrase for the signed-in person; in a bank without users the recovery key also stands for the old one.

    Backups made before keep the passphrase of their time.
    """
    _require_encrypted(app)
    return sign_in.change_password(app, actor, old, new, cost=cost)


@service(Right.ENCRYPT, whole=True)
def new_recovery_key(app: App, actor: Actor, *, cost: Cost | None = None) -> str:
    """A fresh recovery key to print; the former one opens nothing but older backups."""
    _require_encrypted(app)
    store = app.store.whole
    with ways_in.kept(app.path), store.write() as session:
        audit.record(store, session, actor, "new recovery key")
        return ways_in.print_anew(store, cost)


@service(Right.ENCRYPT, whole=True)
def remove_plain_copies(app: App, actor: Actor) -> tuple[Path, ...]:
    """Overwrite and remove what `status` lists as readable; returns the files. Their backups are gone then, too."""
    _require_encrypted(app)
    store, gone = app.store.whole, encrypting.plain_copies(app.path)
    with store.write() as session:
        audit.record(store, session, actor, "remove plain copies", f"{len(gone)} files")
    for file in gone:
        try:
            encrypting.shred(file)
        except OSError as error:
            raise CrmdeskError(f"{file} could not be removed ({error.strerror}); remove it yourself.") from None
    return gone


def _require_encrypted(app: App) -> None:
    if app.store.keys.data is None:
        raise Refused(f"{app.path.name} is not encrypted; encrypt it first.")


def _check_passphrase(app: App, actor: Actor, passphrase: str, cost: Cost | None) -> tuple[str, ...]:
    """BadFields where it must not be; returns the people who cannot open the bank by it.

    A wrong password counts as one at the door: this is no place to guess in.
    """
    if actor.single:
        passwords.check(passphrase, actor.login)
        return ()
    try:
        proving.inside(app, actor, passphrase, cost)
    except WrongPassphrase:
        raise BadFields({"password": "This is not your password; the one you sign in with opens the bank."}) from None
    with app.store.whole.reader() as raw:
        everybody = people.everybody(raw)
    return tuple(p.login for p in everybody if p.secret is not None and p.ended is None and p.login != actor.login)
