"""What a receipt names: a customer's events with their notices and hashes, and the bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from crmdesk.store.queries.permissions import day, moment


@dataclass(frozen=True)
class ReceiptEvent:
    """One event with the notice it was given on; the hashes are those of the chain."""

    seq: int
    event_id: str
    purpose: str
    channel: str | None
    status: str
    legal_basis: str | None
    at: datetime
    recorded_at: datetime
    expires_on: date | None
    source: str
    notice: str | None
    notice_sha256: str | None
    evidence_sha256: str | None
    voids: int | None
    language: str | None
    notice_text: str | None


@dataclass(frozen=True)
class Bank:
    """The controller: its lasting id and its name."""

    uuid: str
    name: str


def events(raw: Any, customer: int) -> list[ReceiptEvent]:
    """All events of a customer as they took effect."""
    rows = raw.execute(
        "SELECT e.seq, e.event_id, e.purpose, e.channel, e.status, e.legal_basis, e.effective_at, e.recorded_at,"
        " e.expires_on, e.source, e.notice, e.notice_sha256, e.evidence_sha256, e.voids, n.language, n.text"
        " FROM permission_event e LEFT JOIN notice n ON n.code = e.notice AND n.sha256 = e.notice_sha256"
        " WHERE e.customer_id = ? ORDER BY e.effective_at, e.seq",
        (customer,),
    )
    return [_event(list(row)) for row in rows]


def _event(row: list[Any]) -> ReceiptEvent:
    row[6:9] = moment(row[6]), moment(row[7]), day(row[8])
    return ReceiptEvent(*row)


def bank(raw: Any, file: str) -> Bank:
    """Who issues the receipt: named by the setting bank.name, without one as the bank's `file` is."""
    (key,) = raw.execute("SELECT bank_uuid FROM bank_state").fetchone()
    named = raw.execute("SELECT value FROM setting WHERE name = 'bank.name'").fetchone()
    return Bank(key, named[0] if named and named[0].strip() else file)
