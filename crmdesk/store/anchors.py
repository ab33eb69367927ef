"""Audit heads kept apart from the bank: what they look like in a file, and whether the bank still has their rows."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from crmdesk.domain.errors import BadInput
from crmdesk.places import beside
from crmdesk.store.chain import GENESIS

_HEX: Final = re.compile(r"\b[0-9a-f]{64}\b")
_ROW: Final = re.compile(r"\brow (\d+), ([0-9a-f]{64})\b")
_LEDGER: Final = re.compile(r"\bledger row (\d+), ([0-9a-f]{64})\b")


@dataclass(frozen=True)
class Head:
    """Where the audit stood: its last seq (None: not told) and that row's hash; the same of the permission ledger."""

    seq: int | None
    hash: str
    ledger_seq: int | None = None
    ledger_hash: str = ""

    @property
    def words(self) -> str:
        """As it is printed and written under exports; `parse` reads it again."""
        return f"row {self.seq}, {self.hash}; ledger row {self.ledger_seq}, {self.ledger_hash}"

    @property
    def facts(self) -> dict[str, int | str | None]:
        """As manifests and the file beside an export hold it."""
        return {
            "audit_seq": self.seq,
            "head": self.hash,
            "ledger_seq": self.ledger_seq,
            "ledger_head": self.ledger_hash,
        }


@dataclass(frozen=True)
class Anchor:
    """A head kept elsewhere: `where` names the file, `at` its time, `seq` None where it does not tell.

    `ok`: the bank still has its row, or a restore set the bank back behind it; `why` says so, or what is wrong.
    """

    where: str
    at: datetime | None
    seq: int | None
    head: str
    ok: bool
    why: str = ""


def head(raw: Any) -> Head:
    """The last row of the audit and that of the ledger; row 0 where there is none."""
    ends = []
    for table in ("audit_event", "permission_event"):
        found = raw.execute(f"SELECT seq, hash FROM main.{table} ORDER BY seq DESC LIMIT 1").fetchone()
        ends.append((int(found[0]), str(found[1])) if found else (0, GENESIS))
    return Head(*ends[0], *ends[1])


def read(file: Path) -> Head:
    """The audit head in a manifest, in the facts beside an export, or in a text that holds it as printed; BadInput."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{file} could not be read; name a backup's manifest or a text with the audit head.") from None
    return parse(text, str(file))


def parse(text: str, name: str = "This text") -> Head:
    """As `read`, of the text itself: JSON with "head" (and "audit_seq"), or words with 64 hexadecimal letters."""
    try:
        facts = json.loads(text)
    except ValueError:
        facts = None
    if isinstance(facts, dict):
        if _HEX.fullmatch(str(facts.get("head"))):
            return _of_facts(facts)
        text = str(facts.get("Audit head") or facts.get("audit_head") or "")
    ledger, rest = _LEDGER.search(text), _LEDGER.sub("", text)
    more = (int(ledger[1]), ledger[2]) if ledger else ()
    if told := _ROW.search(rest):
        return Head(int(told[1]), told[2], *more)
    if found := _HEX.search(rest):
        return Head(None, found[0], *more)
    raise BadInput(f"{name} holds no audit head; name a backup's manifest or a text with the 64 letters of one.")


def _of_facts(facts: dict[str, Any]) -> Head:
    seq, ledger, end = facts.get("audit_seq"), facts.get("ledger_seq"), facts.get("ledger_head")
    told = isinstance(ledger, int) and _HEX.fullmatch(str(end))
    return Head(seq if isinstance(seq, int) else None, facts["head"], *((ledger, str(end)) if told else ()))


def missing(raw: Any, anchor: Head) -> str:
    """The chain that has no longer the row at which an anchor was taken; "" where both have it."""
    for name, table, seq, wanted in (
        ("audit", "audit_event", anchor.seq, anchor.hash),
        ("ledger", "permission_event", anchor.ledger_seq, anchor.ledger_hash or GENESIS),
    ):
        if wanted == GENESIS:
            continue
        found = raw.execute(f"SELECT seq FROM main.{table} WHERE hash = ?", (wanted,)).fetchone()
        if found is None or seq not in (None, found[0]):
            return name
    return ""


def compared(raw: Any, bank: Path, files: Sequence[Path] = ()) -> list[Anchor]:
    """The anchors in `files`, then those of manifests beside the bank, newest first, each against the rows of `raw`.

    BadInput for a file that holds no head; a manifest beside the bank that is not its own or not readable is passed.
    """
    (uuid,) = raw.execute("SELECT bank_uuid FROM bank_state").fetchone()
    own = [(file, _time(file), found) for file in _manifests(bank) if (found := _of_bank(file, uuid)) is not None]
    own.sort(key=lambda one: one[1], reverse=True)
    return [_anchor(raw, *one) for one in ([(file, _time(file), read(file)) for file in files] + own)]


def _anchor(raw: Any, file: Path, at: datetime, found: Head) -> Anchor:
    chain = missing(raw, found)
    if not chain:
        return Anchor(str(file), at, found.seq, found.hash, True)
    since = _restored_since(raw, found, at) if chain == "audit" else None
    if since is not None:
        why = f"the bank was set back behind it by a restore on {since:%Y-%m-%d %H:%M} UTC"
    else:
        why = f"rows of the {chain} are gone or were written anew since it was kept"
    return Anchor(str(file), at, found.seq, found.hash, since is not None, why)


def _restored_since(raw: Any, anchor: Head, at: datetime) -> datetime | None:
    """When a restore set the audit back behind an anchor; None where none did.

    A restore writes a row of its own in the place of those that went, which nobody without the key can forge.
    """
    rows = raw.execute("SELECT seq, at FROM main.audit_event WHERE act = 'restore' ORDER BY seq").fetchall()
    moments = [(seq, datetime.fromisoformat(text).replace(tzinfo=UTC)) for seq, text in rows]
    return next((when for seq, when in moments if (anchor.seq is None or seq <= anchor.seq) and when >= at), None)


def _manifests(bank: Path) -> list[Path]:
    place = beside(bank, "backups")
    found = sorted(place.glob("*.manifest.json")) if place.is_dir() else []
    return [*found, *(file for file in (beside(bank, "manifest.json"),) if file.is_file())]


def _of_bank(manifest: Path, uuid: str) -> Head | None:
    try:
        facts = json.loads(manifest.read_text(encoding="utf-8"))
        return _of_facts(facts) if facts["bank"] == uuid else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _time(file: Path) -> datetime:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)
