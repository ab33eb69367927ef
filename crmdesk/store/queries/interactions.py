"""SQL of interactions at the desk: what may be recorded, one more row, and its reversal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from crmdesk.domain.interaction import SYSTEM
from crmdesk.store.queries.permissions import day
from crmdesk.store.tables import metadata

RECORDED: Final = "record interaction"  # the act under which the audit names each recorded code
_LOOKED_BACK: Final = 20_000  # rows of the audit in which a person's habits are looked for
_CHANNELS: Final = "CASE channel WHEN 'branch' THEN 0 WHEN 'call_centre' THEN 1 WHEN 'online' THEN 2 ELSE 3 END"
_LEGAL: Final = f"""
SELECT k.id, k.code, k.channel, k.mode, k.activity, k.label, k.sign, k.layout, count(a.seq) AS used
FROM catalogue k LEFT JOIN (
  SELECT seq, object FROM audit_event
  WHERE seq > (SELECT coalesce(max(seq), 0) FROM audit_event) - {_LOOKED_BACK} AND actor = :actor AND act = '{RECORDED}'
) a ON a.object = k.code
WHERE k.channel <> '{SYSTEM}' AND (k.retired_on IS NULL OR k.retired_on > :day)
  AND (k.from_on IS NULL OR k.from_on <= :day)
GROUP BY k.id ORDER BY used DESC, {_CHANNELS}, k.id
"""


@dataclass(frozen=True)
class LegalCell:
    """A live row of the catalogue; `used`: how often this person recorded it lately."""

    id: int
    code: str
    channel: str
    mode: str
    activity: str
    label: str
    sign: str
    layout: str
    used: int


@dataclass(frozen=True)
class Kept:
    """An interaction as a reversal needs it; `reversed_by`: the row that took it back, or None."""

    row: Mapping[str, Any]
    number: str
    code: str
    channel: str
    reversed_by: int | None


@dataclass(frozen=True)
class OwnAccount:
    """An account that a customer owns or may use."""

    id: int
    number: str
    currency: str
    opened_on: date | None
    closed_on: date | None


def legal(raw: Any, actor: str, on: date) -> list[LegalCell]:
    """What may be recorded on a day, what this person recorded most first, then what happens at a branch."""
    return [LegalCell(*row) for row in raw.execute(_LEGAL, {"actor": actor, "day": on.isoformat()})]


def accounts(raw: Any, customer: int) -> list[OwnAccount]:
    """The customer's accounts, each once."""
    rows = raw.execute(
        "SELECT DISTINCT a.id, a.number, a.currency, a.opened_on, a.closed_on FROM holding h"
        " JOIN account a ON a.id = h.account_id WHERE h.customer_id = ? ORDER BY a.id", (customer,),
    )  # fmt: skip
    return [OwnAccount(key, number, money, day(opened), day(closed)) for key, number, money, opened, closed in rows]


def add(session: Session, values: Mapping[str, Any]) -> int:
    """One more interaction; returns its id."""
    done = session.connection().execute(sa.insert(metadata.tables["interaction"]), dict(values))
    key = done.inserted_primary_key
    assert key is not None
    return int(key[0])


def find(session: Session, key: int) -> Kept | None:
    """The interaction with this id; None where there is none."""
    target = metadata.tables["interaction"]
    row = session.connection().execute(sa.select(target).where(target.c.id == key)).mappings().first()
    if row is None:
        return None
    connection = session.connection()
    number = connection.exec_driver_sql("SELECT number FROM customer WHERE id = ?", (row["customer_id"],)).scalar_one()
    cell = connection.exec_driver_sql("SELECT code, channel FROM catalogue WHERE id = ?", (row["catalogue_id"],)).one()
    undone = connection.exec_driver_sql("SELECT id FROM interaction WHERE reverses = ?", (key,)).scalar()
    return Kept(dict(row), str(number), cell[0], cell[1], undone)


def seconds(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp())
