"""Looks the hash chains over: every row against its hash, every kept evidence against the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from crmdesk.store import chain

CHAINS: Final = ("permission_event", "audit_event")
_EVIDENCE: Final = (
    "SELECT e.seq, e.evidence_sha256, w.text FROM main.permission_evidence w"
    " LEFT JOIN main.permission_event e ON e.event_id = w.event_id ORDER BY e.seq"
)
_DOCUMENTS: Final = (
    "SELECT (SELECT min(e.seq) FROM main.permission_event e WHERE e.evidence_sha256 = d.sha256), d.sha256, d.content"
    " FROM main.document d ORDER BY d.id"
)
_NOTICES: Final = (
    "SELECT (SELECT min(e.seq) FROM main.permission_event e WHERE e.notice = n.code), n.sha256, n.text"
    " FROM main.notice n ORDER BY n.id"
)
# What is kept apart from the chain, under a hash that the chain holds: its table, its rows, its noun.
_APART: Final = (
    ("permission_evidence", _EVIDENCE, "evidence"), ("document", _DOCUMENTS, "document kept as evidence"),
    ("notice", _NOTICES, "notice shown"),
)  # fmt: skip


@dataclass(frozen=True)
class Break:
    """The first row at which something does not hold; `row` is its seq in `table`."""

    table: str
    row: int
    why: str


def evidence_breaks(raw: Any) -> Iterator[tuple[int, str]]:
    """(seq, reason) of each event of the ledger whose kept evidence or notice is not what the event was hashed with.

    Seq 0 where no event names it. Evidence that is not kept (an import that gave none, an erased person) has nothing
    to compare.
    """
    there = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table, sql, noun in _APART:
        if table not in there:  # a bank of an older schema
            continue
        for seq, wanted, kept in raw.execute(sql):
            if table == "permission_evidence" and seq is None:
                yield 0, "an evidence belongs to no event of the ledger"
            elif wanted and hashlib.sha256(kept.encode() if isinstance(kept, str) else kept).hexdigest() != wanted:
                yield seq or 0, f"the {noun} was changed after it was recorded"


def first_break(raw: Any, key: bytes, watch: Callable[[int], None] = lambda done: None) -> Break | None:
    """The first thing that does not hold in the ledger, the audit and the evidence; None where all holds.

    `watch` hears how many rows of both chains are done.
    """
    before = 0
    for table in CHAINS:
        for seq, why in chain.breaks(raw, key, table, lambda done, so_far=before: watch(so_far + done)):  # type: ignore[misc]
            return Break(table, seq, why)
        before += count(raw, table)
    return next((Break("permission_event", seq, why) for seq, why in evidence_breaks(raw)), None)


def set_back(raw: Any) -> list[tuple[int, datetime]]:
    """(seq, its moment, aware UTC) of the audit's rows that are over a minute older than the row before: the clock
    of the computer was set back. At most 100.
    """
    rows = raw.execute(
        "SELECT seq, at FROM (SELECT seq, at, lag(at) OVER (ORDER BY seq) AS before FROM main.audit_event)"
        " WHERE at < before AND julianday(before) - julianday(at) > 1.0 / 1440 ORDER BY seq LIMIT 100"
    )
    return [(seq, datetime.fromisoformat(at).replace(tzinfo=UTC)) for seq, at in rows]


def count(raw: Any, table: str) -> int:
    """How many rows a chain has."""
    return int(raw.execute(f"SELECT count(*) FROM main.{table}").fetchone()[0])
