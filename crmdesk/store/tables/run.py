"""The run ledger: who mined what, when, on which data, and every table that came out."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from crmdesk.store.tables.column import STRICT, col, key, ref


class Run(SQLModel, table=True):
    """Written once, at the end; append-only. `uuid` is the run's public name."""

    __tablename__ = "run"
    __table_args__ = STRICT
    id: int | None = key()
    uuid: str = col("plain", unique=True)
    analysis: str = col("plain", index=True)
    plugin: str = col("plain")
    versions: dict[str, Any] = col("plain", sa_type=sa.JSON)
    params: dict[str, Any] = col("plain", sa_type=sa.JSON)
    seed: int = col("plain")
    as_of: str = col("plain")
    purpose: str = col("plain")
    data_hash: str = col("plain")
    eligible: int = col("plain")
    excluded: dict[str, Any] = col("plain", sa_type=sa.JSON)
    population_hash: str = col("plain")
    metrics: dict[str, Any] = col("derived", sa_type=sa.JSON)
    warnings: list[str] = col("plain", sa_type=sa.JSON)
    verdict: str = col("derived")
    outcome: str = col("plain")
    gives: str = col("plain")
    by: str = col("plain")
    began_at: datetime = col("plain")
    ended_at: datetime = col("plain")
    population: list[dict[str, Any]] | None = col("plain", None, sa_type=sa.JSON(none_as_null=True))


class RunTable(SQLModel, table=True):
    """`kind` table, figure or model; `rerun` compares these bytes."""

    __tablename__ = "run_table"
    __table_args__ = (sa.UniqueConstraint("run_id", "kind", "name"), STRICT)
    id: int | None = key()
    run_id: int = ref("run.id")
    kind: str = col("plain")
    name: str = col("plain")
    meta: dict[str, Any] | None = col("plain", None, sa_type=sa.JSON)
    arrow: bytes = col("derived")
    sha256: str = col("plain")
    rows: int = col("plain", 0)


class Job(SQLModel, table=True):
    """The live state of long work; a dead pid at start means it was interrupted."""

    __tablename__ = "job"
    __table_args__ = STRICT
    id: int | None = key()
    kind: str = col("plain")
    state: str = col("plain")
    params: dict[str, Any] | None = col("plain", None, sa_type=sa.JSON)
    seed: int | None = col("plain", None)
    progress: float = col("plain", 0.0)
    checkpoint: str | None = col("plain", None)
    pid: int | None = col("plain", None)
    heartbeat: datetime | None = col("plain", None)
    run_id: int | None = ref("run.id", None)


class Segment(SQLModel, table=True):
    __tablename__ = "segment"
    __table_args__ = (sa.UniqueConstraint("run_id", "code"), STRICT)
    id: int | None = key()
    run_id: int = ref("run.id")
    code: str = col("plain")
    tier: int = col("plain")
    parent: str | None = col("plain", None)
    name: str = col("derived")
    size: int = col("derived")
    stability: float | None = col("derived", None)
    profile: dict[str, Any] | None = col("derived", None, sa_type=sa.JSON)


class SegmentMembership(SQLModel, table=True):
    __tablename__ = "segment_membership"
    __table_args__ = STRICT
    run_id: int = col("plain", primary_key=True, foreign_key="run.id")
    customer_id: int = col("id", primary_key=True, foreign_key="customer.id", index=True)
    tier1: str = col("derived")
    tier2: str = col("derived")
    segment_id: int = ref("segment.id")
    strength: float | None = col("derived", None)
    runner_up: str | None = col("derived", None)
    distance_pct: float | None = col("derived", None)
    provisional: bool = col("derived", False)
