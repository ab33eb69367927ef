"""Customers and the staff and branches that serve them."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from crmdesk.store.tables.column import STRICT, col, key, ref


class Branch(SQLModel, table=True):
    __tablename__ = "branch"
    __table_args__ = STRICT
    id: int | None = key()
    code: str = col("plain", unique=True)
    name: str = col("plain")
    city: str | None = col("plain", None)
    region: str | None = col("plain", None)


class Staff(SQLModel, table=True):
    __tablename__ = "staff"
    __table_args__ = STRICT
    id: int | None = key()
    login: str = col("id", unique=True)
    name: str = col("id")
    branch_id: int | None = ref("branch.id", None)
    password_hash: str | None = col("plain", None)
    one_time: bool | None = col("plain", None)  # the password was given by another person and must be changed
    password_at: datetime | None = col("plain", None)
    ended_at: datetime | None = col("plain", None)


class StaffRole(SQLModel, table=True):
    __tablename__ = "staff_role"
    __table_args__ = STRICT
    id: int | None = key()
    staff_id: int = ref("staff.id", index=True)
    role: str = col("plain")
    from_at: datetime = col("plain")
    to_at: datetime | None = col("plain", None)


class Customer(SQLModel, table=True):
    """`id` is the pseudonym of analyses, `number` what people see. A prospect has no holding."""

    __tablename__ = "customer"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('person','company')", name="kind"),
        sa.CheckConstraint("gender IN ('female','male','other','unknown')", name="gender"),
        sa.CheckConstraint("left_on IS NULL OR joined_on IS NULL OR left_on >= joined_on", name="left_after_joined"),
        STRICT,
    )
    id: int | None = key()
    number: str = col("id", unique=True)
    kind: str = col("plain", "person")
    given_name: str | None = col("id", None)
    family_name: str = col("id")
    birth_date: date | None = col("protected", None)
    gender: str = col("protected", "unknown")
    occupation: str | None = col("behaviour", None)
    education: str | None = col("behaviour", None)
    income: int | None = col("finance", None)
    email: str | None = col("contact", None)
    phone: str | None = col("contact", None)
    street: str | None = col("contact", None)
    city: str | None = col("contact", None)
    postcode: str | None = col("contact", None)
    country: str | None = col("contact", None)
    branch_id: int = ref("branch.id", index=True)
    manager_id: int | None = ref("staff.id", None, index=True)
    source: str | None = col("plain", None)
    joined_on: date | None = col("plain", None)
    left_on: date | None = col("plain", None)
    relation_wanted: str = col("plain", "unknown")
    restricted: bool = col("plain", False)
    merged_into: int | None = ref("customer.id", None)
    custom: dict[str, Any] | None = col("behaviour", None, sa_type=sa.JSON)
    batch_id: int | None = ref("import_batch.id", None)
    version: int = col("plain", 1)
    # Search columns: kept by services.customers and the import through domain.customer.fold.
    name_folded: str = col("id", "", index=True)
    city_folded: str = col("contact", "", index=True)
    email_folded: str = col("contact", "")
    phone_digits: str = col("contact", "")
