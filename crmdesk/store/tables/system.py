"""The bank's own state, settings, imports with their quarantine, and the audit chain."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from crmdesk.store.tables.column import STRICT, col, key, ref


class BankState(SQLModel, table=True):
    """One row. `change_no` grows by one in each unit of work; an invented bank's clock stands at `invented_until`."""

    __tablename__ = "bank_state"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"), STRICT)
    id: int | None = key()
    bank_uuid: str = col("plain")
    change_no: int = col("plain", 0)
    mode: str = col("plain", "single")
    created_at: datetime = col("plain")
    invented_until: date | None = col("plain", None)
    preset: str | None = col("plain", None)
    seed: int | None = col("plain", None)
    customers: int | None = col("plain", None)


class Setting(SQLModel, table=True):
    __tablename__ = "setting"
    __table_args__ = STRICT
    name: str = col("plain", primary_key=True)
    value: Any = col("plain", sa_type=sa.JSON)


class ImportBatch(SQLModel, table=True):
    __tablename__ = "import_batch"
    __table_args__ = STRICT
    id: int | None = key()
    profile: str = col("plain")
    source: str = col("plain")
    by: str = col("plain")
    at: datetime = col("plain")


class ImportFile(SQLModel, table=True):
    """What became of one source file of a batch: rows_in = inserted + updated + unchanged + quarantined."""

    __tablename__ = "import_file"
    __table_args__ = (
        sa.CheckConstraint("rows_in = inserted + updated + unchanged + quarantined", name="every_row_accounted_for"),
        STRICT,
    )
    batch_id: int = col("plain", primary_key=True, foreign_key="import_batch.id")
    file: str = col("plain", primary_key=True)
    sha256: str = col("plain")
    rows_in: int = col("plain")
    inserted: int = col("plain")
    updated: int = col("plain")
    unchanged: int = col("plain")
    quarantined: int = col("plain")


class Quarantine(SQLModel, table=True):
    """A row that was set aside; `row` counts records, the header is 1; `raw` is kept 90 days."""

    __tablename__ = "quarantine"
    __table_args__ = STRICT
    id: int | None = key()
    batch_id: int = ref("import_batch.id", index=True)
    file: str = col("plain")
    row: int = col("plain")
    column: str | None = col("plain", None)
    code: str = col("plain")
    reason: str = col("text")
    raw: str | None = col("text", None)


class AuditEvent(SQLModel, table=True):
    """Who did what, when and why; append-only and hash-chained."""

    __tablename__ = "audit_event"
    __table_args__ = (
        sa.Index("ix_audit_event_customer_id", "customer_id", sqlite_where=sa.text("customer_id IS NOT NULL")),
        sa.Index("ix_audit_event_actor", "actor"),
        sa.Index("ix_audit_event_act", "act"),
        STRICT,
    )
    seq: int | None = key()
    at: datetime = col("plain")
    actor: str = col("id")
    role: str = col("plain")
    act: str = col("plain")
    object: str = col("plain", "")
    customer_id: int | None = col("id", None)
    fields: str = col("plain", "")
    purpose: str = col("plain", "")
    reason: str = col("plain", "")
    run_uuid: str | None = col("plain", None)
    prev_hash: str = col("plain", unique=True)
    hash: str = col("plain", unique=True)
