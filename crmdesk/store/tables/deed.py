"""Who changed which field from what to what: the history of every record, and what undo works from."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from crmdesk.store.tables.column import STRICT, col, key, ref


class Deed(SQLModel, table=True):
    """One action of a person that can be undone; append-only. An undo is a deed that names the one it `undoes`."""

    __tablename__ = "deed"
    __table_args__ = STRICT
    id: int | None = key()
    at: datetime = col("plain")
    actor: str = col("plain", index=True)
    act: str = col("plain")
    title: str = col("text")
    undoes: int | None = ref("deed.id", None, unique=True)


class FieldChange(SQLModel, table=True):
    """One field of one row before and after, as JSON; `version` is the row's after it.

    A row that was made or removed has the field "*": the whole row stands in `after` or in `before`.
    """

    __tablename__ = "field_change"
    __table_args__ = (sa.Index("ix_field_change_row", "table_name", "row_id"), STRICT)
    id: int | None = key()
    deed_id: int = ref("deed.id", index=True)
    table_name: str = col("plain")
    row_id: int = col("plain")
    customer_id: int | None = col("id", None, index=True)
    field: str = col("plain")
    before: Any = col("text", None, sa_type=sa.JSON(none_as_null=True), nullable=True)
    after: Any = col("text", None, sa_type=sa.JSON(none_as_null=True), nullable=True)
    version: int | None = col("plain", None)
