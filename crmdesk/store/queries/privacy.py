"""Reads of what customers ask about their data: the open requests, those of one customer, and one request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from crmdesk.store.queries.permissions import moment

_ROW: Final = (
    "SELECT p.id, c.number, p.kind, p.received_on, p.due_on, p.extended_because, p.note, p.made_by, p.made_at,"
    " p.state, p.ended_by, p.ended_at, p.outcome, p.version, p.customer_id"
    " FROM privacy_request p JOIN customer c ON c.id = p.customer_id"
)
AT_MOST: Final = 1_000


@dataclass(frozen=True)
class Asked:
    """One request as the bank holds it; `customer` is the internal key."""

    id: int
    number: str
    kind: str
    received_on: date
    due_on: date
    extended_because: str | None
    note: str | None
    made_by: str
    made_at: datetime
    state: str
    ended_by: str | None
    ended_at: datetime | None
    outcome: str | None
    version: int
    customer: int


def _asked(row: tuple[Any, ...]) -> Asked:
    values = dict(zip(Asked.__dataclass_fields__, row, strict=True))
    for name in ("received_on", "due_on"):
        values[name] = date.fromisoformat(values[name])
    for name in ("made_at", "ended_at"):
        values[name] = moment(values[name]) if values[name] else None
    return Asked(**values)


def open_ones(raw: Any) -> list[Asked]:
    """All that are open, the one due first at the top."""
    found = raw.execute(f"{_ROW} WHERE p.state = 'open' ORDER BY p.due_on, p.id LIMIT {AT_MOST}")
    return [_asked(row) for row in found]


def of_customer(raw: Any, customer: int) -> list[Asked]:
    """Every request of one customer: the open ones first, then those that ended, the latest first."""
    found = raw.execute(f"{_ROW} WHERE p.customer_id = ? ORDER BY p.state = 'open' DESC, p.id DESC", (customer,))
    return [_asked(row) for row in found]


def ended(raw: Any, since: date) -> list[Asked]:
    """Those that ended on this day or later, the latest first."""
    found = raw.execute(
        f"{_ROW} WHERE p.state <> 'open' AND p.ended_at >= ? ORDER BY p.ended_at DESC, p.id DESC LIMIT {AT_MOST}",
        (since.isoformat(),),
    )
    return [_asked(row) for row in found]


def one(raw: Any, key: int) -> Asked | None:
    row = raw.execute(f"{_ROW} WHERE p.id = ?", (key,)).fetchone()
    return _asked(row) if row else None


def open_of_kind(raw: Any, customer: int, kind: str) -> tuple[date, date] | None:
    """(received, due) of an open request of this kind by this customer; None where there is none."""
    row = raw.execute(
        "SELECT received_on, due_on FROM privacy_request WHERE customer_id = ? AND kind = ? AND state = 'open' LIMIT 1",
        (customer, kind),
    ).fetchone()
    return (date.fromisoformat(row[0]), date.fromisoformat(row[1])) if row else None


def changes(raw: Any, key: int) -> list[tuple[datetime, str, str, str, Any, Any]]:
    """(at, by, act, field, before, after) of everything done to a request, oldest first; values as JSON text."""
    rows = raw.execute(
        "SELECT d.at, d.actor, d.act, f.field, f.before, f.after FROM main.field_change f"
        " JOIN deed d ON d.id = f.deed_id WHERE f.table_name = 'privacy_request' AND f.row_id = ? ORDER BY f.id",
        (key,),
    )
    return [(moment(r[0]), *r[1:]) for r in rows]
