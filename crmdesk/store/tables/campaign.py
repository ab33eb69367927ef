"""Campaigns, their arms and contacts, and what customers told the bank."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import SQLModel

from crmdesk.store.tables.column import STRICT, col, key, ref


class Campaign(SQLModel, table=True):
    """`channels` is a `;` list; a list is frozen at approval."""

    __tablename__ = "campaign"
    __table_args__ = STRICT
    id: int | None = key()
    code: str = col("plain", unique=True)
    name: str = col("plain")
    starts_on: date = col("plain")
    ends_on: date | None = col("plain", None)
    purpose: str = col("plain")
    channels: str = col("plain", "")
    product_id: int | None = ref("product.id", None)
    cost_fixed: int | None = col("plain", None)
    cost_contact: int | None = col("plain", None)
    state: str = col("plain", "closed")
    version: int = col("plain", 1)
    batch_id: int | None = ref("import_batch.id", None)


class CampaignArm(SQLModel, table=True):
    __tablename__ = "campaign_arm"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "name"), STRICT)
    id: int | None = key()
    campaign_id: int = ref("campaign.id")
    name: str = col("plain")
    share: float = col("plain")


class Contact(SQLModel, table=True):
    """A control customer has no `contacted_at`; `key` makes (campaign, customer, channel, contacted_at) unique."""

    __tablename__ = "contact"
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "customer_id", "channel", "contacted_at"),
        sa.CheckConstraint("arm <> 'control' OR contacted_at IS NULL", name="control_not_contacted"),
        STRICT,
    )
    id: int | None = key()
    campaign_id: int = ref("campaign.id")
    customer_id: int = ref("customer.id", index=True)
    arm: str = col("plain")
    channel: str | None = col("plain", None)
    contacted_at: datetime | None = col("behaviour", None)
    duration_s: int | None = col("after_contact", None)
    responded_at: datetime | None = col("after_contact", None)
    response: str | None = col("after_contact", None)
    permission_seq: int | None = ref("permission_event.seq", None)
    suppressed_reason: str | None = col("plain", None)
    note: str | None = col("text", None)
    batch_id: int | None = ref("import_batch.id", None)
    version: int = col("plain", 1)


class Feedback(SQLModel, table=True):
    """Answers to an instrument; `content_key` recognises the same answer in a second import."""

    __tablename__ = "feedback"
    __table_args__ = STRICT
    id: int | None = key()
    content_key: bytes | None = col("plain", None, unique=True)
    customer_id: int = ref("customer.id", index=True)
    at: datetime = col("behaviour")
    instrument: str = col("plain")
    question: str | None = col("plain", None)
    score: int | None = col("behaviour", None)
    text: str | None = col("text", None)
    expected: int | None = col("behaviour", None)
    batch_id: int | None = ref("import_batch.id", None)
