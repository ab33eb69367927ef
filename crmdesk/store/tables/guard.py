"""What needs a second person, and what people ask of the bank about their data."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from crmdesk.domain.guard import PROPOSAL_KINDS, PROPOSAL_STATES, REQUEST_KINDS, REQUEST_STATES
from crmdesk.domain.text import sql_words
from crmdesk.store.tables.column import STRICT, col, key, ref


class Proposal(SQLModel, table=True):
    """An act that waits for a second person: `subject` is the hash of exactly what may then be done, once."""

    __tablename__ = "proposal"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN ({sql_words(PROPOSAL_KINDS)})", name="kind"),
        sa.CheckConstraint(f"state IN ({sql_words(PROPOSAL_STATES)})", name="state"),
        sa.CheckConstraint("state NOT IN ('approved', 'refused', 'used') OR decided_by <> made_by", name="two_people"),
        sa.Index("ix_proposal_open", "made_at", sqlite_where=sa.text("state IN ('open', 'approved')")),
        STRICT,
    )
    id: int | None = key()
    kind: str = col("plain")
    title: str = col("text")
    subject: str = col("plain")
    details: dict[str, Any] = col("text", sa_type=sa.JSON)
    reason: str = col("text", "")
    made_by: str = col("id")
    made_at: datetime = col("plain")
    state: str = col("plain", "open")
    decided_by: str | None = col("id", None)
    decided_at: datetime | None = col("plain", None)
    answer: str | None = col("text", None)
    used_at: datetime | None = col("plain", None)
    version: int = col("plain", 1)


class PrivacyRequest(SQLModel, table=True):
    """What a customer asked under GDPR articles 15 to 21, with the day by which the bank must have answered."""

    __tablename__ = "privacy_request"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN ({sql_words(REQUEST_KINDS)})", name="kind"),
        sa.CheckConstraint(f"state IN ({sql_words(REQUEST_STATES)})", name="state"),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended"),
        sa.CheckConstraint("due_on >= received_on", name="due_after_received"),
        sa.Index("ix_privacy_request_open", "due_on", sqlite_where=sa.text("state = 'open'")),
        STRICT,
    )
    id: int | None = key()
    customer_id: int = ref("customer.id", index=True)
    kind: str = col("plain")
    received_on: date = col("plain")
    due_on: date = col("plain")
    extended_because: str | None = col("text", None)
    note: str | None = col("text", None)
    made_by: str = col("id")
    made_at: datetime = col("plain")
    state: str = col("plain", "open")
    ended_by: str | None = col("id", None)
    ended_at: datetime | None = col("plain", None)
    outcome: str | None = col("text", None)
    version: int = col("plain", 1)
