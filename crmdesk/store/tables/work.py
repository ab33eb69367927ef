"""What staff have to do: tasks and opportunities, and the lists they saved."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from crmdesk.domain.text import sql_words
from crmdesk.domain.work import ORIGINS, STAGES, TASK_STATES
from crmdesk.store.tables.column import STRICT, col, key, ref


class Task(SQLModel, table=True):
    """Something to do for one owner, with or without a customer; times are UTC."""

    __tablename__ = "task"
    __table_args__ = (
        sa.CheckConstraint(f"state IN ({sql_words(TASK_STATES)})", name="state"),
        sa.CheckConstraint(f"origin IN ({sql_words(ORIGINS)})", name="origin"),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended"),
        sa.Index("ix_task_open", "owner_id", "due_at", "snoozed_until", sqlite_where=sa.text("state = 'open'")),
        STRICT,
    )
    id: int | None = key()
    customer_id: int | None = ref("customer.id", None, index=True)
    owner_id: int = ref("staff.id")
    title: str = col("text")
    note: str | None = col("text", None)
    due_at: datetime = col("plain")
    remind_at: datetime | None = col("plain", None)
    snoozed_until: datetime | None = col("plain", None)
    state: str = col("plain", "open")
    origin: str = col("plain", "manual")
    handed_from: int | None = ref("staff.id", None)
    made_at: datetime = col("plain")
    made_by: str = col("plain")
    ended_at: datetime | None = col("plain", None)
    version: int = col("plain", 1)


class Opportunity(SQLModel, table=True):
    """A product that a customer may take, on its way from identified to won or lost; `value` minor units."""

    __tablename__ = "opportunity"
    __table_args__ = (
        sa.CheckConstraint(f"stage IN ({sql_words(STAGES)})", name="stage"),
        sa.CheckConstraint("(stage = 'lost') = (lost_reason IS NOT NULL)", name="lost_has_reason"),
        STRICT,
    )
    id: int | None = key()
    customer_id: int = ref("customer.id", index=True)
    product_id: int | None = ref("product.id", None)
    title: str = col("text")
    stage: str = col("behaviour", "identified")
    value: int | None = col("finance", None)
    currency: str | None = col("plain", None)
    next_step: str | None = col("text", None)
    next_on: date | None = col("plain", None)
    owner_id: int = ref("staff.id", index=True)
    contact_id: int | None = ref("contact.id", None)
    lost_reason: str | None = col("text", None)
    made_at: datetime = col("plain")
    moved_at: datetime = col("plain")
    version: int = col("plain", 1)


class OpportunityMove(SQLModel, table=True):
    """Each change of an opportunity's stage; append-only."""

    __tablename__ = "opportunity_move"
    __table_args__ = STRICT
    id: int | None = key()
    opportunity_id: int = ref("opportunity.id", index=True)
    from_stage: str | None = col("plain", None)
    to_stage: str = col("plain")
    at: datetime = col("plain")
    by: str = col("plain")


class SavedSearch(SQLModel, table=True):
    """A list by its filter, never by its ids: `query` holds text, filters, sort and columns."""

    __tablename__ = "saved_search"
    __table_args__ = (sa.UniqueConstraint("owner", "name"), STRICT)
    id: int | None = key()
    name: str = col("plain")
    owner: str = col("plain")
    shared: bool = col("plain", False)
    query: dict[str, Any] = col("plain", sa_type=sa.JSON)
    made_at: datetime = col("plain")
    version: int = col("plain", 1)
