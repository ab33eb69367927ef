"""Keeping a bank safe: verify, backup and restore."""

from pathlib import Path
from typing import Any

from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Actor, Right, require
from crmdesk.places import beside
from crmdesk.services.context import App
from crmdesk.store import audit, files, open_bank
from crmdesk.store import verify as checks


def verify(actor: Actor, path: Path) -> dict[str, Any]:
    """Integrity, foreign keys, chains, triggers and settings of a bank; changes no row.

    The file is opened as usual, so the log that a crash left beside it is taken in first.
    """
    require(actor, Right.VERIFY)
    return checks.verify(path)


def backup(app: App, actor: Actor, target: Path) -> dict[str, Any]:
    """A checked copy with keys and manifest; the audit then says which head it anchors, and that it is there."""
    require(actor, Right.BACKUP)
    if target.exists():
        raise CrmdeskError(f"{target} exists already; choose another name for the backup.")
    if not target.parent.is_dir():
        raise CrmdeskError(f"The folder {target.parent} does not exist; make it first.")
    if beside(target, "keys").exists():
        raise CrmdeskError(f"{beside(target, 'keys')} belongs to another bank; choose another name for the backup.")
    try:
        manifest = files.copy_bank(app.path, target)
    except BaseException:
        for ending in (*files.TRAVEL, "manifest.json"):
            beside(target, ending).unlink(missing_ok=True)
        raise
    with app.store.write() as session:
        audit.record(app.store, session, actor, "backup", target.name, reason=f"head {manifest['head']}")
    return {"file": str(app.path), "backup": str(target), "bytes": target.stat().st_size,
            "sha256": manifest["sha256"], "head": manifest["head"]}  # fmt: skip


def restore(actor: Actor, source: Path, target: Path) -> dict[str, Any]:
    """Put a checked backup in the place of `target`, keep what was there, and say so in the restored audit."""
    require(actor, Right.RESTORE)
    kept = files.restore_bank(source, target)
    store = open_bank(target)
    try:
        with store.write() as session:
            audit.record(store, session, actor, "restore", str(source))
    finally:
        store.close()
    # Erasure comes with the guard; until it exists there is no tombstone that could be applied.
    return {"backup": str(source), "file": str(target), "kept": str(kept) if kept else None, "tombstones_applied": 0}
