"""Reads and writes of the acts that wait for a second person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from crmdesk.store.queries.permissions import moment, stored
from crmdesk.store.tables import metadata

_COLUMNS: Final = (
    "p.id, p.kind, p.title, p.subject, p.details, p.reason, p.made_by, p.made_at, p.state, p.decided_by,"
    " p.decided_at, p.answer, p.used_at"
)
WAITING: Final = ("open", "approved")


@dataclass(frozen=True)
class Proposed:
    """A row of the table `proposal`."""

    id: int
    kind: str
    title: str
    subject: str
    details: dict[str, Any]
    reason: str
    made_by: str
    made_at: datetime
    state: str
    decided_by: str | None
    decided_at: datetime | None
    answer: str | None
    used_at: datetime | None


def waiting(raw: Any) -> list[Proposed]:
    """Those that wait for an answer or, approved, for the act; the oldest first."""
    rows = raw.execute(f"SELECT {_COLUMNS} FROM proposal p WHERE state IN ('open', 'approved') ORDER BY made_at, id")
    return [_proposed(row) for row in rows]


def ended(raw: Any, limit: int) -> list[Proposed]:
    """Those that were refused, withdrawn or used, the latest first."""
    rows = raw.execute(
        f"SELECT {_COLUMNS} FROM proposal p WHERE state NOT IN ('open', 'approved') ORDER BY id DESC LIMIT ?", (limit,)
    )
    return [_proposed(row) for row in rows]


def one(raw: Any, key: int) -> Proposed | None:
    row = raw.execute(f"SELECT {_COLUMNS} FROM proposal p WHERE id = ?", (key,)).fetchone()
    return _proposed(row) if row else None


def of_subject(raw: Any, kind: str, subject: str, made_by: str, states: tuple[str, ...] = WAITING,
               since: datetime | None = None) -> list[Proposed]:  # fmt: skip
    """One person's proposals of exactly this act in these states, the latest decision first; `since`: used since."""
    marks = ", ".join("?" * len(states))
    rows = raw.execute(
        f"SELECT {_COLUMNS} FROM proposal p WHERE kind = ? AND subject = ? AND made_by = ? AND state IN ({marks})"
        " AND coalesce(used_at, '9') >= ? ORDER BY decided_at DESC, id DESC",
        (kind, subject, made_by, *states, stored(since) if since else ""),
    )
    return [_proposed(row) for row in rows]


def add(session: Session, **columns: Any) -> int:
    """A new proposal, open; returns its id."""
    return int(session.execute(sa.insert(metadata.tables["proposal"]), columns).inserted_primary_key[0])  # type: ignore[attr-defined]


def change(session: Session, key: int, **columns: Any) -> None:
    table = metadata.tables["proposal"]
    session.execute(sa.update(table).where(table.c.id == key).values(version=table.c.version + 1, **columns))


def _proposed(row: tuple[Any, ...]) -> Proposed:
    key, kind, title, subject, details, reason, made_by, made_at, state, decided_by, decided_at, answer, used_at = row
    return Proposed(
        key, kind, title, subject, json.loads(details), reason, made_by, moment(made_at), state, decided_by,
        moment(decided_at) if decided_at else None, answer, moment(used_at) if used_at else None,
    )  # fmt: skip
