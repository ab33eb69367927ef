"""Audit heads that are kept apart from the bank: where they lie, and whether the bank still agrees with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crmdesk.domain.rights import Actor, Right
from crmdesk.places import beside
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store import chain_check
from crmdesk.store.chain_check import Head
from crmdesk.store.queries import audit as queries


@dataclass(frozen=True)
class Anchor:
    """A head kept elsewhere: `where` names the file, `seq` None where it does not tell, `ok` whether it still holds.

    `why` says of one that does not hold what became of the rows.
    """

    where: str
    at: datetime | None
    seq: int | None
    head: str
    ok: bool
    why: str = ""


@service(Right.VERIFY, whole=True)
def anchors(app: App, actor: Actor, files: Sequence[Path] = ()) -> list[Anchor]:
    """Every anchor beside the bank, newest first, after those in `files` (manifests, or texts with a printed head).

    BadInput for a file that holds no head.
    """
    with app.store.reader() as raw:
        return compared(raw, app.path, files)


@service(Right.VERIFY, whole=True)
def head(app: App, actor: Actor) -> Head:
    """Where the audit stands now: the anchor to print or to write down elsewhere."""
    with app.store.reader() as raw:
        return chain_check.head(raw)


def head_words(app: App) -> tuple[str, str]:
    """Title and text of the audit head for the foot of an export, as `chain_check.read_head` reads it again."""
    with app.store.whole.reader() as raw:
        now = chain_check.head(raw)
    return "Audit head", f"row {now.seq}, {now.hash}"


def compared(raw: Any, bank: Path, files: Sequence[Path] = ()) -> list[Anchor]:
    """The anchors in `files` and those in the bank's folder of backups, each against the rows of `raw`."""
    uuid, told = queries.bank_uuid(raw), []
    for file in files:
        told.append((str(file), _time(file), chain_check.read_head(file)))
    own = [(str(file), _time(file), found) for file in _manifests(bank) if (found := _of_bank(file, uuid)) is not None]
    told += sorted(own, key=lambda one: one[1] or datetime.min.replace(tzinfo=UTC), reverse=True)
    return [_anchor(raw, where, at, found) for where, at, found in told]


def _anchor(raw: Any, where: str, at: datetime | None, found: Head) -> Anchor:
    if chain_check.holds(raw, found):
        return Anchor(where, at, found.seq, found.hash, True)
    since = chain_check.restored_since(raw, found, at)
    if since is not None:
        why = f"the bank was set back by a restore on {since:%Y-%m-%d %H:%M} UTC"
    else:
        why = "rows of the audit are gone or were written anew since this anchor was kept"
    return Anchor(where, at, found.seq, found.hash, since is not None, why)


def _manifests(bank: Path) -> list[Path]:
    place = beside(bank, "backups")
    return sorted(place.glob("*.manifest.json")) if place.is_dir() else []


def _of_bank(manifest: Path, uuid: str) -> Head | None:
    """The head in a backup's manifest; None where it is of another bank or not readable: `verify` is not about it."""
    try:
        facts = json.loads(manifest.read_text(encoding="utf-8"))
        return Head(int(facts["audit_seq"]), str(facts["head"])) if facts["bank"] == uuid else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _time(file: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return None
