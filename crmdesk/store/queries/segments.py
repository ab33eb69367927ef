"""Segments of a run and who belongs to them: the stored form of a segmentation's tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from crmdesk.store.queries import permissions
from crmdesk.store.tables.run import Segment

MEMBER_COLUMNS = ("customer", "tier1", "tier2", "segment", "strength", "runner_up", "distance_pct", "provisional")


def insert(session: Session, run_id: int, segments: Iterable[dict[str, Any]], members: Iterable[Sequence[Any]]) -> None:
    """Segments (code, tier, parent, name, size, stability, profile), then members in the order of MEMBER_COLUMNS."""
    rows = [Segment(run_id=run_id, **values) for values in segments]
    session.add_all(rows)
    session.flush()
    ids = {row.code: row.id for row in rows}
    linked = [(run_id, who, t1, t2, ids[code], *rest) for who, t1, t2, code, *rest in members]
    if linked:
        session.connection().exec_driver_sql(
            "INSERT INTO segment_membership"
            "(run_id, customer_id, tier1, tier2, segment_id, strength, runner_up, distance_pct, provisional)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            linked,
        )


def terms(raw: Any) -> tuple[str, str | None]:
    """Purpose of the latest run that made segments, and its basis: who may not be mined for it now shows none."""
    row = raw.execute(
        "SELECT r.purpose, s.value FROM run r LEFT JOIN setting s ON s.name = 'basis.' || r.purpose"
        " WHERE r.id = (SELECT max(run_id) FROM segment)"
    ).fetchone()
    return (str(row[0]), permissions.basis_of(row[1])) if row else ("profiling", None)


def shown(raw: Any, at: datetime) -> tuple[str, dict[str, str]]:
    """SQL and parameters that give the ids of those whose segment may be shown at `at`."""
    purpose, basis = terms(raw)
    return permissions.mined(purpose, at, basis)
