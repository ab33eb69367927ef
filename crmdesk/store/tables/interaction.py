"""The catalogue of legal combinations and the interactions themselves."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import SQLModel

from crmdesk.store.tables.column import STRICT, col, key, ref


class Catalogue(SQLModel, table=True):
    """`id`: the row of the paper's Table 1 (1..37), 901.. for postings of the bank, above that rows it adds."""

    __tablename__ = "catalogue"
    __table_args__ = (sa.UniqueConstraint("channel", "mode", "activity"), STRICT)
    id: int | None = key()
    code: str = col("plain", unique=True)
    channel: str = col("plain")
    mode: str = col("plain")
    activity: str = col("plain")
    label: str = col("plain")
    group: str = col("plain", "")
    sign: str = col("plain", "")
    layout: str = col("plain", "")
    counts: bool = col("plain", True)
    version: int = col("plain", 1)
    from_on: date | None = col("plain", None)
    retired_on: date | None = col("plain", None)


class Interaction(SQLModel, table=True):
    """`occurred_s` and `recorded_s`: epoch seconds UTC; `amount`: signed minor units."""

    __tablename__ = "interaction"
    __table_args__ = (
        sa.CheckConstraint("initiated_by IN ('customer','bank')", name="initiated_by"),
        sa.Index("ix_interaction_customer_occurred", "customer_id", "occurred_s"),
        # Reversed ones are left out of every reading; there are few.
        sa.Index("ix_interaction_reverses", "reverses", sqlite_where=sa.text("reverses IS NOT NULL")),
        STRICT,
    )
    id: int | None = key()
    external_id: str | None = col("id", None, unique=True)
    content_key: bytes | None = col("plain", None, unique=True)
    customer_id: int = ref("customer.id")
    occurred_s: int = col("behaviour")
    recorded_s: int | None = col("plain", None)
    time_known: bool = col("plain", True)
    catalogue_id: int = ref("catalogue.id")
    amount: int | None = col("finance", None)
    currency: str | None = col("plain", None)
    account_id: int | None = ref("account.id", None)
    product_id: int | None = ref("product.id", None)
    campaign_id: int | None = ref("campaign.id", None)
    response: str | None = col("behaviour", None)
    initiated_by: str = col("plain", "customer")
    detail: str | None = col("text", None)
    batch_id: int | None = ref("import_batch.id", None)
    reverses: int | None = ref("interaction.id", None)
    version: int = col("plain", 1)
