"""What the bank might do next for a customer: proposed by a run, decided by a person."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import SQLModel

from crmdesk.domain.text import sql_words
from crmdesk.store.tables.column import STRICT, col, key, ref

ACTIONS = ("offer", "call", "retain", "ask_permission", "none")
DECISIONS = ("open", "taken", "declined")


class RecommendedAction(SQLModel, table=True):
    """One for each customer and run. `reasons` are sentences, `rejected` maps a product to the gate that it failed.

    `p` is the chance within the model's horizon, `value` the expected margin of a year in minor units.
    """

    __tablename__ = "recommended_action"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "customer_id"),
        sa.CheckConstraint(f"action IN ({sql_words(ACTIONS)})", name="action"),
        sa.CheckConstraint(f"decision IN ({sql_words(DECISIONS)})", name="decision"),
        sa.CheckConstraint("(decision = 'open') = (decided_at IS NULL)", name="decided"),
        sa.CheckConstraint("p IS NULL OR p BETWEEN 0 AND 1", name="chance"),
        STRICT,
    )
    id: int | None = key()
    run_id: int = ref("run.id")
    customer_id: int = ref("customer.id", index=True)
    action: str = col("derived")
    channel: str | None = col("plain", None)
    product_id: int | None = ref("product.id", None)
    rule: int | None = col("plain", None)
    reasons: list[str] = col("derived", sa_type=sa.JSON)
    p: float | None = col("derived", None)
    value: int | None = col("derived", None)
    rejected: dict[str, str] = col("derived", sa_type=sa.JSON)
    made_at: datetime = col("plain")
    decision: str = col("behaviour", "open")
    decided_by: str | None = col("plain", None)
    decided_at: datetime | None = col("plain", None)
    version: int = col("plain", 1)
