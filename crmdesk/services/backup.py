"""Keeping a bank safe: verify, backup and restore."""

from pathlib import Path
from typing import Any

from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Actor, Right
from crmdesk.places import beside
from crmdesk.services import restoring
from crmdesk.services.context import App
from crmdesk.services.guard import file_service, service
from crmdesk.store import audit, carry, files, keyfile, open_bank
from crmdesk.store import verify as checks
from crmdesk.store.bank import Store
from crmdesk.store.keyfile import Keys


@file_service(Right.VERIFY)
def verify(actor: Actor, path: Path, keys: Keys | None = None, *, anchor: Path | None = None) -> dict[str, Any]:
    """Integrity, foreign keys, chains, triggers and settings of a bank; changes no row.

    `anchor`: a manifest or a text with an audit head that was kept elsewhere; BadInput where it holds none.
    `keys` open an encrypted bank. The file is opened as usual: a log that a crash left beside it is taken in first.
    """
    return checks.verify(path, keys, anchor=anchor)


@service(Right.BACKUP, whole=True)
def backup(app: App, actor: Actor, target: Path) -> dict[str, Any]:
    """A checked copy with keys and manifest; the audit then says which head it anchors, and that it is there."""
    if target.exists():
        raise CrmdeskError(f"{target} exists already; choose another name for the backup.")
    if not target.parent.is_dir():
        raise CrmdeskError(f"The folder {target.parent} does not exist; make it first.")
    if beside(target, "keys").exists():
        raise CrmdeskError(f"{beside(target, 'keys')} belongs to another bank; choose another name for the backup.")
    try:
        manifest = files.copy_bank(app.path, target, app.store.keys)
        with app.store.write() as session:
            audit.record(app.store, session, actor, "backup", target.name, reason=f"head {manifest['head']}")
    except BaseException:  # a copy that the audit does not know is none
        for file in (target, *(beside(target, ending) for ending in (*files.TRAVEL, "manifest.json"))):
            file.unlink(missing_ok=True)
        raise
    return {"file": str(app.path), "backup": str(target), "bytes": target.stat().st_size,
            "sha256": manifest["sha256"], "head": manifest["head"]}  # fmt: skip


@file_service(Right.RESTORE)
def restore(actor: Actor, source: Path, target: Path, keys: Keys | None = None) -> dict[str, Any]:
    """Put a checked backup in the place of `target`, keep what was there, and say so in the restored audit.

    What people took back since the backup goes into the restored ledger first (`carried_over` of it); grants do not.
    `carried_over` is None where the bank that is replaced could not be read or is not there. `keys` open an encrypted
    backup: those of the bank that it is one of (`app.store.keys`), or its own by the passphrase of its time, which is
    what opens the restored bank too. `protection`: "plain", "encrypted", or "lost" where a plain backup took the place
    of an encrypted bank.
    """
    if not source.exists():
        raise CrmdeskError(f"{source} does not exist; name the backup to restore from.")
    own, before = files.keys_for(source, keys), _keys_before(target, keys)
    protection = "encrypted" if own is not None else "plain"
    if own is None and target.exists() and keyfile.is_encrypted(target):
        protection = "lost"
    looked_at = files.sha256(source)
    by = restoring.agreed(actor, source, target, before, looked_at)
    found: carry.Later | None = None

    def prepare(part: Path) -> None:
        nonlocal found
        restoring.check_copied(source, part, looked_at)
        found = carry.later_in(target, part, own, before)
        store = Store(part, own)
        try:
            with store.write() as session:
                if found is not None:
                    carry.write(session, store.audit_key, found)
                audit.record(store, session, actor, "restore", str(source), reason=f"{_told(found)}; {by}")
        finally:
            store.close()

    kept = files.restore_bank(source, target, prepare, own, before)
    open_bank(target, own).close()  # an older backup is brought up to date
    # Erasure comes with the guard; until it exists there is no tombstone that could be applied.
    return {"backup": str(source), "file": str(target), "kept": str(kept) if kept else None,
            "tombstones_applied": 0, "carried_over": None if found is None else found.count,
            "protection": protection}  # fmt: skip


@service(Right.RESTORE, whole=True)
def to_carry_over(app: App, actor: Actor, source: Path) -> int:
    """How many withdrawals, refusals, objections and restrictions the open bank has that a backup lacks."""
    with app.store.reader() as newer:
        return carry.count_later(newer, source, files.keys_for(source, app.store.keys))


def _keys_before(target: Path, keys: Keys | None) -> Keys | None:
    """What opens the bank that is replaced; None where it is plain, or where nobody has its keys."""
    try:
        return files.keys_for(target, keys)
    except CrmdeskError:
        return None


def carried_words(report: dict[str, Any]) -> str:
    """What a report of `restore` says of the permissions that people took back since the backup, and of encryption."""
    said = {
        "plain": "",
        "encrypted": " It opens by the passphrases and the recovery key of the time of the backup.",
        "lost": " The backup is from before the bank was encrypted: encrypt it again.",
    }
    return _carried(report) + said[report["protection"]]


def _carried(report: dict[str, Any]) -> str:
    many = report["carried_over"]
    if many:
        what = "withdrawal, refusal, objection or restriction" if many == 1 else \
            "withdrawals, refusals, objections and restrictions"  # fmt: skip
        return f"{many:,} {what} recorded since the backup {'is' if many == 1 else 'are'} carried over."
    if many == 0:
        return "Nobody had taken a permission back since the backup."
    what = "The bank that was there could not be read" if report["kept"] else "There was no bank to compare with"
    return f"{what}: withdrawals since the backup may be missing; record them again."


def _told(found: carry.Later | None) -> str:
    if found is None:
        return "the bank replaced could not be read; withdrawals since the backup may be missing"
    return f"{found.count} withdrawals, refusals, objections and restrictions since the backup carried over"
