"""What customers hold: products, accounts, holdings, monthly balances, standing orders."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import SQLModel

from crmdesk.store.tables.column import STRICT, col, key, ref

# An account's number without the spaces and strokes that people write into it; an index holds this very expression.
PLAIN_NUMBER = "replace(replace(upper(number), ' ', ''), '-', '')"


class Product(SQLModel, table=True):
    __tablename__ = "product"
    __table_args__ = STRICT
    id: int | None = key()
    code: str = col("plain", unique=True)
    name: str = col("plain")
    family: str = col("plain")
    annual_margin: int | None = col("plain", None)
    version: int = col("plain", 1)


class Account(SQLModel, table=True):
    __tablename__ = "account"
    __table_args__ = (
        sa.CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="closed_after_open"),
        # Found by its beginning and by its last four signs, however people space it.
        sa.Index("ix_account_plain", sa.text(PLAIN_NUMBER)),
        sa.Index("ix_account_tail", sa.text(f"substr({PLAIN_NUMBER}, -4)")),
        STRICT,
    )
    id: int | None = key()
    number: str = col("id", unique=True)
    product_id: int = ref("product.id", index=True)
    currency: str = col("plain", "EUR")
    opened_on: date = col("plain")
    closed_on: date | None = col("plain", None)
    principal: int | None = col("finance", None)
    batch_id: int | None = ref("import_batch.id", None)
    version: int = col("plain", 1)


class Holding(SQLModel, table=True):
    __tablename__ = "holding"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "customer_id", "role"),
        sa.CheckConstraint("role IN ('owner','authorised')", name="role"),
        STRICT,
    )
    id: int | None = key()
    account_id: int = ref("account.id")
    customer_id: int = ref("customer.id", index=True)
    role: str = col("plain")
    batch_id: int | None = ref("import_batch.id", None)


class BalanceMonth(SQLModel, table=True):
    """Balances of one month in minor units; `month` is YYYY-MM."""

    __tablename__ = "balance_month"
    __table_args__ = STRICT
    account_id: int = col("plain", primary_key=True, foreign_key="account.id")
    month: str = col("plain", primary_key=True)
    average: int = col("finance")
    end: int | None = col("finance", None)
    batch_id: int | None = ref("import_batch.id", None)


class StandingOrder(SQLModel, table=True):
    """An order to pay, not an interaction; a basket item."""

    __tablename__ = "standing_order"
    __table_args__ = STRICT
    id: int | None = key()
    external_id: str | None = col("id", None, unique=True)
    account_id: int = ref("account.id", index=True)
    to_bank: str | None = col("finance", None)
    to_account: str | None = col("finance", None)
    amount: int = col("finance")
    kind: str = col("plain", "other")
    batch_id: int | None = ref("import_batch.id", None)
