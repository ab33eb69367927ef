"""What each schema step does, written out: a step never changes again, whatever becomes of the tables later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmdesk.store.step_3 import STATEMENTS as THIRD
from crmdesk.store.step_4 import STATEMENTS as FOURTH

if TYPE_CHECKING:
    from alembic.operations import Operations


def to_2(op: Operations) -> None:
    """Recommended actions; and voided events of the ledger are found without reading all of it."""
    op.create_table(
        "recommended_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("channel", sa.String()),
        sa.Column("product_id", sa.Integer()),
        sa.Column("rule", sa.Integer()),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("p", sa.Float()),
        sa.Column("value", sa.Integer()),
        sa.Column("rejected", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", sa.DateTime()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run_id", "customer_id"),
        sa.CheckConstraint("action IN ('offer', 'call', 'retain', 'ask_permission', 'none')", name="action"),
        sa.CheckConstraint("decision IN ('open', 'taken', 'declined')", name="decision"),
        sa.CheckConstraint("(decision = 'open') = (decided_at IS NULL)", name="decided"),
        sa.CheckConstraint("p IS NULL OR p BETWEEN 0 AND 1", name="chance"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sqlite_strict=True,
    )
    op.create_index("ix_recommended_action_customer_id", "recommended_action", ["customer_id"])
    op.create_index(
        "ix_permission_event_voids", "permission_event", ["voids", "customer_id", "status"],
        sqlite_where=sa.text("voids IS NOT NULL"),
    )  # fmt: skip


def to_3(op: Operations) -> None:
    """The daily desk: households, tasks, opportunities, documents, lists, the bank's own fields, and every change."""
    for statement in THIRD:
        op.execute(statement)
    op.add_column("run", sa.Column("population", sa.JSON()))


def to_4(op: Operations) -> None:
    """The guard: people who sign in, acts of two people, privacy requests, and indexes for row rules and the audit."""
    for statement in FOURTH:
        op.execute(statement)
