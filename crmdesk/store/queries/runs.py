"""Runs and their tables: written once with everything that came out, read by public name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from crmdesk.store.tables.customer import Customer
from crmdesk.store.tables.run import Run, RunTable

Part = tuple[str, str, dict[str, Any] | None, bytes, str, int]  # kind, name, meta, bytes, sha256, rows


def insert(session: Session, values: dict[str, Any], parts: Iterable[Part]) -> int:
    """One run with its tables, figures and model, in the caller's unit of work; gives the internal id."""
    run = Run(**values)
    session.add(run)
    session.flush()
    assert run.id is not None
    session.add_all(
        RunTable(run_id=run.id, kind=kind, name=name, meta=meta, arrow=data, sha256=sha256, rows=rows)
        for kind, name, meta, data, sha256, rows in parts
    )
    return run.id


def newest_first(session: Session) -> list[dict[str, Any]]:
    """Every run without its tables."""
    return [run.model_dump() for run in session.exec(select(Run).order_by(col(Run.id).desc()))]


def find(session: Session, name: str) -> list[dict[str, Any]]:
    """The runs whose public name is `name` or begins with it (at most two: enough to see that it is unclear)."""
    query = select(Run).where(col(Run.uuid).startswith(name, autoescape=True)).order_by(col(Run.id)).limit(2)
    return [run.model_dump() for run in session.exec(query)]


def parts(session: Session, run_id: int, tables: Collection[str] | None = None) -> list[Part]:
    """Every table, figure and model of a run, in the order they were written; or only the `tables` of these names."""
    query = select(RunTable).where(RunTable.run_id == run_id).order_by(col(RunTable.id))
    if tables is not None:
        query = query.where(RunTable.kind == "table", col(RunTable.name).in_(tables))
    return [(p.kind, p.name, p.meta, p.arrow, p.sha256, p.rows) for p in session.exec(query)]


def latest_done(session: Session, analysis: str) -> tuple[int, str, str] | None:
    """(internal id, public name, purpose) of the latest finished run of an analysis."""
    query = select(Run.id, Run.uuid, Run.purpose).where(Run.analysis == analysis, Run.outcome == "done")
    row = session.exec(query.order_by(col(Run.id).desc()).limit(1)).first()
    return None if row is None or row[0] is None else (row[0], row[1], row[2])


def hashes(session: Session, run_id: int) -> dict[tuple[str, str], str]:
    """SHA-256 of each part by (kind, name), without reading the bytes."""
    query = select(RunTable.kind, RunTable.name, RunTable.sha256).where(RunTable.run_id == run_id)
    return {(kind, name): sha256 for kind, name, sha256 in session.exec(query)}


def customer_numbers(session: Session, ids: Sequence[int] | None = None) -> dict[int, str]:
    """Public number by pseudonym: of all customers, or of those given."""
    query = select(Customer.id, Customer.number)
    if ids is None or len(ids) > 500:
        wanted = None if ids is None else set(ids)
        return {i: n for i, n in session.exec(query) if i is not None and (wanted is None or i in wanted)}
    return {i: n for i, n in session.exec(query.where(col(Customer.id).in_(ids))) if i is not None}


def count_customers(session: Session) -> int:
    return int(session.exec(select(sa.func.count()).select_from(Customer)).one())
