"""Looks the hash chains over: every row against its hash, every evidence against the ledger, heads kept elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any, Final

from crmdesk.domain.errors import BadInput
from crmdesk.store.chain import GENESIS

CHAINS: Final = ("permission_event", "audit_event")
_HEX: Final = re.compile(r"\b[0-9a-f]{64}\b")
_PACK: Final = 10_000  # rows between two looks at whether to go on


@dataclass(frozen=True)
class Break:
    """The first row at which something does not hold; `row` is its seq in `table`."""

    table: str
    row: int
    why: str


@dataclass(frozen=True)
class Head:
    """Where a chain stood: its last seq (None: not told) and that row's hash."""

    seq: int | None
    hash: str


def breaks(
    raw: Any, key: bytes, table: str, watch: Callable[[int], None] = lambda done: None
) -> Iterator[tuple[int, str]]:
    """(seq, reason) of each row at which a chain does not hold; `watch` hears how many rows are done.

    A row whose hash is right starts the chain anew for those after it, so that one wrong row is told once.
    """
    cursor = raw.execute(f"SELECT * FROM main.{table} ORDER BY seq")
    names = [d[0] for d in cursor.description]
    at_seq, at_previous, at_hash = (names.index(n) for n in ("seq", "prev_hash", "hash"))
    parts = _parts(names)
    blank, previous, expected, done = hmac.new(key, digestmod=hashlib.sha256), GENESIS, 1, 0
    while rows := cursor.fetchmany(_PACK):
        for values in rows:
            seq = values[at_seq]
            if seq != expected:
                yield expected, f"row {expected} is missing"
            if values[at_previous] != previous:
                yield seq, "the row does not follow the one before it"
            else:
                code = blank.copy()
                code.update((previous + _body(parts, values)).encode())
                if code.hexdigest() != values[at_hash]:
                    yield seq, "the row was changed after it was written"
            previous, expected = values[at_hash], seq + 1
        done += len(rows)
        watch(done)


def _parts(names: Sequence[str]) -> list[tuple[int, str]]:
    """(place of the column, its name as the canonical JSON has it), in the order of that JSON."""
    hashed = sorted(n for n in names if n not in ("prev_hash", "hash"))
    return [(names.index(n), f"{json.dumps(n)}:") for n in hashed]


def _body(parts: Sequence[tuple[int, str]], values: Sequence[Any]) -> str:
    """The bytes that `chain.digest` hashes, of a row as the file holds it: json.dumps a third as fast for the same."""
    texts = []
    for at, name in parts:
        value = values[at]
        if value is not None:
            kind = type(value)
            text = encode_basestring(value) if kind is str else str(value) if kind is int else json.dumps(value)
            texts.append(name + text)
    return "{" + ",".join(texts) + "}"


def evidence_breaks(raw: Any) -> Iterator[tuple[int, str]]:
    """(seq, reason) of each event of the ledger whose kept evidence or notice is not what the event was hashed with.

    Evidence that is not kept as text (a document, an import that gave none, an erased person) has nothing to compare.
    """
    rows = raw.execute(
        "SELECT e.seq, e.evidence_sha256, w.text FROM main.permission_evidence w"
        " LEFT JOIN main.permission_event e ON e.event_id = w.event_id ORDER BY e.seq"
    )
    for seq, wanted, text in rows:
        if seq is None:
            yield 0, "an evidence belongs to no event of the ledger"
        elif wanted and hashlib.sha256(text.encode()).hexdigest() != wanted:
            yield seq, "the evidence was changed after it was recorded"
    for code, wanted, text in raw.execute("SELECT code, sha256, text FROM main.notice ORDER BY id"):
        if hashlib.sha256(text.encode()).hexdigest() != wanted:
            found = raw.execute("SELECT min(seq) FROM main.permission_event WHERE notice = ?", (code,)).fetchone()
            yield found[0] or 0, f"the notice {code} was changed after it was made"


def first_break(raw: Any, key: bytes, watch: Callable[[int], None] = lambda done: None) -> Break | None:
    """The first thing that does not hold in the ledger, the audit and the evidence; None where all holds.

    `watch` hears how many rows of both chains are done.
    """
    before = 0
    for table in CHAINS:
        for seq, why in breaks(raw, key, table, lambda done, so_far=before: watch(so_far + done)):  # type: ignore[misc]
            return Break(table, seq, why)
        before += count(raw, table)
    return next((Break("permission_event", seq, why) for seq, why in evidence_breaks(raw)), None)


def count(raw: Any, table: str) -> int:
    """How many rows a chain has."""
    return int(raw.execute(f"SELECT count(*) FROM main.{table}").fetchone()[0])


def head(raw: Any, table: str = "audit_event") -> Head:
    """The last row of a chain."""
    found = raw.execute(f"SELECT seq, hash FROM main.{table} ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(int(found[0]), str(found[1])) if found else Head(0, GENESIS)


def read_head(file: Path) -> Head:
    """The audit head in a manifest, in the facts beside an export, or in a text that holds it as printed; BadInput."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{file} could not be read; name a backup's manifest or a text with the audit head.") from None
    return parse_head(text, str(file))


def parse_head(text: str, name: str = "This text") -> Head:
    """As `read_head`, of the text itself: JSON with "head" (and "audit_seq"), or words with 64 hexadecimal letters."""
    try:
        facts = json.loads(text)
    except ValueError:
        facts = None
    if isinstance(facts, dict):
        if _HEX.fullmatch(str(facts.get("head"))):
            seq = facts.get("audit_seq")
            return Head(seq if isinstance(seq, int) else None, facts["head"])
        text = str(facts.get("Audit head", ""))
    if found := _HEX.search(text):
        number = re.search(r"\brow (\d+)\b", text)
        return Head(int(number[1]) if number else None, found[0])
    raise BadInput(f"{name} holds no audit head; name a backup's manifest or a text with the 64 letters of one.")


def holds(raw: Any, anchor: Head) -> bool:
    """Whether the audit still has the row at which an anchor was taken."""
    if anchor.hash == GENESIS:
        return True
    found = raw.execute("SELECT seq FROM main.audit_event WHERE hash = ?", (anchor.hash,)).fetchone()
    return found is not None and anchor.seq in (None, found[0])


def restored_since(raw: Any, anchor: Head, at: datetime | None) -> datetime | None:
    """When a restore set the audit back behind an anchor; None where none did.

    The rows after the restored ones begin with its own, which nobody without the key can write.
    """
    rows = raw.execute("SELECT seq, at FROM main.audit_event WHERE act = 'restore' ORDER BY seq").fetchall()
    for seq, text in rows:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
        if (anchor.seq is None or seq <= anchor.seq) and (at is None or moment >= at):
            return moment
    return None
