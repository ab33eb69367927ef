"""What surrounds a customer: household, relations, interests, life events, documents, and fields a bank adds."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from crmdesk.domain.customer import FIELD_KINDS, RELATION_KINDS
from crmdesk.domain.text import sql_words
from crmdesk.store.tables.column import STRICT, col, key, ref


class Household(SQLModel, table=True):
    __tablename__ = "household"
    __table_args__ = STRICT
    id: int | None = key()
    name: str = col("id")
    version: int = col("plain", 1)


class HouseholdMember(SQLModel, table=True):
    """A customer lives in one household at a time: at most one row of each customer is open."""

    __tablename__ = "household_member"
    __table_args__ = (
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name="to_after_from"),
        sa.Index("ix_household_member_open", "customer_id", unique=True, sqlite_where=sa.text("to_on IS NULL")),
        STRICT,
    )
    id: int | None = key()
    household_id: int = ref("household.id", index=True)
    customer_id: int = ref("customer.id")
    role: str = col("plain", "member")
    from_on: date = col("plain")
    to_on: date | None = col("plain", None)
    version: int = col("plain", 1)


class Relation(SQLModel, table=True):
    """`from_id` is the guarantor, referrer or employer of `to_id`; each relation of two people stands once."""

    __tablename__ = "relation"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN ({sql_words(RELATION_KINDS)})", name="kind"),
        sa.CheckConstraint("from_id <> to_id", name="two_people"),
        sa.Index(
            "ix_relation_standing", "from_id", "to_id", "kind", unique=True, sqlite_where=sa.text("to_on IS NULL")
        ),
        STRICT,
    )
    id: int | None = key()
    from_id: int = ref("customer.id", index=True)
    to_id: int = ref("customer.id", index=True)
    kind: str = col("plain")
    from_on: date | None = col("plain", None)
    to_on: date | None = col("plain", None)
    version: int = col("plain", 1)


class Interest(SQLModel, table=True):
    """A family of products that the customer asked about."""

    __tablename__ = "interest"
    __table_args__ = STRICT
    id: int | None = key()
    customer_id: int = ref("customer.id", index=True)
    family: str = col("behaviour")
    at: datetime = col("behaviour")
    source: str = col("plain")
    version: int = col("plain", 1)


class LifeEvent(SQLModel, table=True):
    """A turn in a customer's life; what was predicted names the run that said so."""

    __tablename__ = "life_event"
    __table_args__ = (
        sa.CheckConstraint("source IN ('told', 'predicted')", name="source"),
        sa.CheckConstraint("source <> 'predicted' OR run_id IS NOT NULL", name="predicted_by_a_run"),
        STRICT,
    )
    id: int | None = key()
    customer_id: int = ref("customer.id", index=True)
    kind: str = col("protected")
    on: date = col("protected")
    source: str = col("plain", "told")
    run_id: int | None = ref("run.id", None)
    note: str | None = col("text", None)
    version: int = col("plain", 1)


class Document(SQLModel, table=True):
    """A file kept with a customer, such as a signed form; permission events name it by `sha256`."""

    __tablename__ = "document"
    __table_args__ = (sa.UniqueConstraint("customer_id", "sha256"), STRICT)
    id: int | None = key()
    customer_id: int = ref("customer.id", index=True)
    name: str = col("text")
    kind: str = col("plain", "other")
    media_type: str = col("plain")
    content: bytes = col("text")
    size: int = col("plain")
    sha256: str = col("plain", index=True)
    added_at: datetime = col("plain")
    added_by: str = col("plain")


class CustomField(SQLModel, table=True):
    """A field that the bank added to its customers; values lie in `customer.custom` under `code`."""

    __tablename__ = "custom_field"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN ({sql_words(FIELD_KINDS)})", name="kind"),
        sa.CheckConstraint("kind <> 'choice' OR choices IS NOT NULL", name="choice_has_choices"),
        STRICT,
    )
    id: int | None = key()
    code: str = col("plain", unique=True)
    title: str = col("plain")
    kind: str = col("plain")
    choices: list[str] | None = col("plain", None, sa_type=sa.JSON)
    tag: str = col("plain", "plain")
    position: int = col("plain", 0)
    retired_on: date | None = col("plain", None)
    settings: dict[str, Any] | None = col("plain", None, sa_type=sa.JSON)
    version: int = col("plain", 1)
