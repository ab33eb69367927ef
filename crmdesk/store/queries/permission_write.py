"""Writes of the permission ledger, and what must be known of a customer, a notice and a document for them."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from crmdesk.domain.errors import BadInput
from crmdesk.store import chain
from crmdesk.store.queries.permissions import moment, stored


@dataclass(frozen=True)
class Subject:
    """The customer a recording is about; `newest` is the latest instant the ledger knows of, up to the clock."""

    id: int
    number: str
    restricted: bool
    merged_into: str | None
    holds: bool
    newest: datetime | None


@dataclass(frozen=True)
class NoticeRow:
    """One version of a notice; `code` is unique and ends with the version."""

    id: int
    code: str
    version: int
    language: str
    text: str
    sha256: str


def raw_of(session: Session) -> Any:
    """The driver's connection of a unit of work, for reads that must see what it is about to change."""
    return session.connection().connection.driver_connection


def subject(raw: Any, number: str, clock: datetime) -> Subject:
    """What recording needs to know of a customer; BadInput where the number is unknown."""
    found = raw.execute(
        "SELECT c.id, c.number, c.restricted, m.number, EXISTS (SELECT 1 FROM holding h JOIN account a"
        " ON a.id = h.account_id WHERE h.customer_id = c.id AND a.closed_on IS NULL)"
        " FROM customer c LEFT JOIN customer m ON m.id = c.merged_into WHERE c.number = ?",
        (number,),
    ).fetchone()
    if found is None:
        raise BadInput(f"No customer has the number {number}; check it, then try again.")
    key, public, restricted, merged, holds = found
    return Subject(key, public, bool(restricted), merged, bool(holds), newest(raw, [key], clock).get(key))


def newest(raw: Any, customers: Iterable[int], clock: datetime) -> dict[int, datetime]:
    """The latest instant at which something took effect or was recorded for each customer, not beyond `clock`."""
    rows = raw.execute(
        "SELECT customer_id, max(max(CASE WHEN effective_at <= :at THEN effective_at ELSE '' END,"
        " CASE WHEN recorded_at <= :at THEN recorded_at ELSE '' END)) FROM permission_event"
        " WHERE customer_id IN (SELECT value FROM json_each(:ids)) GROUP BY customer_id",
        {"at": stored(clock), "ids": json.dumps([int(c) for c in customers])},
    )
    return {customer: moment(at) for customer, at in rows if at}


def append(session: Session, key: bytes, rows: Sequence[Mapping[str, Any]], texts: Sequence[str] = ()) -> list[int]:
    """Append events (columns of permission_event) to the chain; `texts`: the words behind each, "" for none.

    Events get a fresh id. Returns their seq numbers.
    """
    full = [{"event_id": str(uuid.uuid4()), **row} for row in rows]
    seqs = chain.append(session, key, "permission_event", full)
    words = [(row["event_id"], text) for row, text in zip(full, texts, strict=False) if text]
    if words:
        session.connection().exec_driver_sql("INSERT INTO permission_evidence (event_id, text) VALUES (?, ?)", words)
    return seqs


def last_seq(raw: Any) -> int:
    """The seq of the ledger's last event, 0 in an empty one."""
    return int(raw.execute("SELECT coalesce(max(seq), 0) FROM permission_event").fetchone()[0])


def life_months(raw: Any, purpose: str) -> int | None:
    """How many months a grant for a purpose lasts; None where the bank set none."""
    found = raw.execute("SELECT default_life_months FROM purpose WHERE code = ?", (purpose,)).fetchone()
    return found[0] if found else None


def notices(raw: Any) -> list[NoticeRow]:
    """Every version of every notice, the oldest first."""
    rows = raw.execute("SELECT id, code, version, language, text, sha256 FROM notice ORDER BY id")
    return [NoticeRow(*row) for row in rows]


def notice(raw: Any, key: int) -> NoticeRow | None:
    found = raw.execute("SELECT id, code, version, language, text, sha256 FROM notice WHERE id = ?", (key,)).fetchone()
    return NoticeRow(*found) if found else None


def add_notice(session: Session, code: str, version: int, language: str, text: str) -> int:
    """A further version; returns its id."""
    done = session.connection().exec_driver_sql(
        "INSERT INTO notice (code, version, language, text, sha256) VALUES (?, ?, ?, ?, ?)",
        (code, version, language, text, sha256(text)),
    )
    return int(done.lastrowid)


def document(raw: Any, customer: int, digest: str) -> str | None:
    """The name of a document kept with this customer; None where there is none of these bytes."""
    found = raw.execute(
        "SELECT name FROM document WHERE customer_id = ? AND sha256 = ?", (customer, digest)
    ).fetchone()  # fmt: skip
    return found[0] if found else None


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
