"""SQL of the files kept with customers: their list without the content, one's content, one more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from crmdesk.store.queries.permissions import moment
from crmdesk.store.tables import metadata


@dataclass(frozen=True)
class DocumentInfo:
    """A file kept with a customer; `size` in bytes, `sha256` of its content, by which evidence names it."""

    id: int
    name: str
    kind: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime
    added_by: str


@dataclass(frozen=True)
class Content:
    """The bytes of a document with the customer whose it is."""

    customer: int
    number: str
    sha256: str
    content: bytes


def of_customer(raw: Any, customer: int) -> list[DocumentInfo]:
    """Newest first."""
    rows = raw.execute(
        "SELECT id, name, kind, media_type, size, sha256, added_at, added_by FROM document WHERE customer_id = ?"
        " ORDER BY id DESC", (customer,),
    )  # fmt: skip
    return [
        DocumentInfo(key, name, kind, media, size, sha256, moment(at), by)
        for key, name, kind, media, size, sha256, at, by in rows
    ]


def content(session: Session, document: int) -> Content | None:
    """None where no document has this id."""
    row = session.connection().exec_driver_sql(
        "SELECT d.customer_id, c.number, d.sha256, d.content FROM document d JOIN customer c ON c.id = d.customer_id"
        " WHERE d.id = ?", (document,),
    ).first()  # fmt: skip
    return Content(*row) if row else None


def kept(session: Session, customer: int, sha256: str) -> int | None:
    """The id under which this customer has this content already."""
    found = session.connection().exec_driver_sql(
        "SELECT id FROM document WHERE customer_id = ? AND sha256 = ?", (customer, sha256)
    ).scalar()  # fmt: skip
    return None if found is None else int(found)


def add(session: Session, values: Mapping[str, Any]) -> int:
    done = session.connection().execute(sa.insert(metadata.tables["document"]), dict(values))
    key = done.inserted_primary_key
    assert key is not None
    return int(key[0])
