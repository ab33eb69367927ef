"""The permission ledger (append-only, hash-chained) with its purposes, notices and evidence."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import SQLModel

from crmdesk.store.tables.column import STRICT, col, key, ref


class Purpose(SQLModel, table=True):
    __tablename__ = "purpose"
    __table_args__ = STRICT
    id: int | None = key()
    code: str = col("plain", unique=True)
    version: int = col("plain", 1)
    rule: str = col("plain")
    default_life_months: int | None = col("plain", None)


class Notice(SQLModel, table=True):
    __tablename__ = "notice"
    __table_args__ = STRICT
    id: int | None = key()
    code: str = col("plain", unique=True)
    version: int = col("plain", 1)
    language: str = col("plain", "en")
    text: str = col("plain")
    sha256: str = col("plain")


class PermissionRow(SQLModel, table=True):
    """One event of the ledger. Evidence lies in `permission_evidence`; the chain holds its hash only."""

    __tablename__ = "permission_event"
    __table_args__ = (
        sa.CheckConstraint(
            "status IN ('asked','granted','refused','withdrawn','objected','erased','voided')", name="status"
        ),
        sa.CheckConstraint(
            "status <> 'granted' OR legal_basis <> 'consent' "
            "OR (notice_sha256 IS NOT NULL AND evidence_sha256 IS NOT NULL)",
            name="consent_has_proof",
        ),
        sa.CheckConstraint("status <> 'granted' OR legal_basis IS NOT NULL", name="grant_has_basis"),
        sa.Index("ix_permission_event_state", "customer_id", "purpose", "channel", "effective_at", "seq"),
        # Every reading of the ledger asks which events were voided; there are few.
        sa.Index(
            "ix_permission_event_voids", "voids", "customer_id", "status", sqlite_where=sa.text("voids IS NOT NULL")
        ),
        STRICT,
    )
    seq: int | None = key()
    event_id: str = col("id", unique=True)
    customer_id: int = ref("customer.id")
    purpose: str = col("plain")
    channel: str | None = col("plain", None)
    status: str = col("behaviour")
    legal_basis: str | None = col("plain", None)
    effective_at: datetime = col("behaviour")
    recorded_at: datetime = col("plain")
    expires_on: date | None = col("plain", None)
    source: str = col("plain")
    actor: str = col("plain")
    campaign_id: int | None = ref("campaign.id", None)
    batch_id: int | None = ref("import_batch.id", None)
    notice: str | None = col("plain", None)
    notice_sha256: str | None = col("plain", None)
    evidence_sha256: str | None = col("plain", None)
    voids: int | None = col("plain", None)
    prev_hash: str = col("plain", unique=True)
    hash: str = col("plain", unique=True)


class PermissionEvidence(SQLModel, table=True):
    """The words or document behind an event, apart from the chain so that erasure can remove it."""

    __tablename__ = "permission_evidence"
    __table_args__ = STRICT
    event_id: str = col("id", primary_key=True, foreign_key="permission_event.event_id")
    text: str = col("text")
