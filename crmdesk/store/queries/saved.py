"""Reads of saved lists."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from crmdesk.store.tables.work import SavedSearch


def seen_by(raw: Any, login: str) -> list[tuple[Any, ...]]:
    """(id, name, owner, shared, query, version) of a person's own lists and of shared ones, by name."""
    rows = raw.execute(
        "SELECT id, name, owner, shared, query, version FROM saved_search WHERE owner = ? OR shared"
        " ORDER BY lower(name), owner", (login,),
    )  # fmt: skip
    return [(key, name, owner, shared, json.loads(query), version) for key, name, owner, shared, query, version in rows]


def named(session: Session, owner: str, name: str) -> int | None:
    """The id of a person's list of this name, whatever its letters' case."""
    query = select(SavedSearch.id).where(SavedSearch.owner == owner, sa.func.lower(SavedSearch.name) == name.lower())
    return session.exec(query.order_by(col(SavedSearch.id))).first()


def owner_of(session: Session, key: int) -> tuple[str, str] | None:
    """(owner, name) of a list."""
    row = session.exec(select(SavedSearch.owner, SavedSearch.name).where(SavedSearch.id == key)).first()
    return None if row is None else (row[0], row[1])
