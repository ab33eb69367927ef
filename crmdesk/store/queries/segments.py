"""Segments of a run and who belongs to them: the stored form of a segmentation's tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session, col, select

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


def of_run(session: Session, run_id: int) -> list[dict[str, Any]]:
    """The segments of a run, first tier first, then by code."""
    query = select(Segment).where(Segment.run_id == run_id).order_by(col(Segment.tier), col(Segment.code))
    return [segment.model_dump() for segment in session.exec(query)]


def of_customer(session: Session, customer_id: int) -> dict[str, Any] | None:
    """The newest segment of one customer with its run (uuid, analysis, as_of); None where there is none."""
    row = (
        session.connection()
        .exec_driver_sql(
            "SELECT m.tier1, m.tier2, s.code, s.name, m.strength, m.runner_up, m.distance_pct, m.provisional,"
            " r.uuid, r.analysis, r.as_of FROM segment_membership m"
            " JOIN segment s ON s.id = m.segment_id JOIN run r ON r.id = m.run_id"
            " WHERE m.customer_id = ? ORDER BY m.run_id DESC LIMIT 1",
            (customer_id,),
        )
        .first()
    )
    names = ("tier1", "tier2", "segment", "name", "strength", "runner_up", "distance_pct", "provisional",
             "run", "analysis", "as_of")  # fmt: skip
    return dict(zip(names, row, strict=True)) if row else None
