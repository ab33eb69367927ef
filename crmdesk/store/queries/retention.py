"""SQL of retention: what is past its time, how much and since when, and the raw text that then goes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crmdesk.domain import retention as rules
from crmdesk.store.tables import metadata

_STANDS: Final = (
    "c.merged_into IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM permission_event e WHERE e.customer_id = c.id AND e.status = 'erased')"
)
# The day a person was last heard of or spoken to; of one about whom no day is known, the day the row came.
_PROSPECTS: Final = f"""
SELECT c.number, substr(coalesce(nullif(max(
    coalesce(c.joined_on, ''),
    coalesce((SELECT date(max(i.occurred_s), 'unixepoch') FROM interaction i WHERE i.customer_id = c.id), ''),
    coalesce((SELECT max(max(coalesce(t.contacted_at, ''), coalesce(t.responded_at, '')))
              FROM contact t WHERE t.customer_id = c.id), ''),
    coalesce((SELECT max(e.effective_at) FROM permission_event e WHERE e.customer_id = c.id), '')), ''),
    (SELECT b.at FROM import_batch b WHERE b.id = c.batch_id), (SELECT s.created_at FROM bank_state s)), 1, 10), 1
FROM customer c WHERE {_STANDS} AND NOT EXISTS (SELECT 1 FROM holding h WHERE h.customer_id = c.id)
"""
_FORMER: Final = f"""
SELECT c.number, coalesce(c.left_on, (SELECT max(a.closed_on) FROM holding h JOIN account a ON a.id = h.account_id
    WHERE h.customer_id = c.id)), 1
FROM customer c WHERE {_STANDS} AND EXISTS (SELECT 1 FROM holding h WHERE h.customer_id = c.id)
    AND (c.left_on IS NOT NULL OR NOT EXISTS (SELECT 1 FROM holding h JOIN account a ON a.id = h.account_id
        WHERE h.customer_id = c.id AND a.closed_on IS NULL))
"""
_INTERACTIONS: Final = """
SELECT c.number, date(min(i.occurred_s), 'unixepoch'), count(*)
FROM interaction i JOIN customer c ON c.id = i.customer_id WHERE i.occurred_s < :until_s GROUP BY i.customer_id
"""
_BATCHES: Final = """
SELECT b.id, substr(b.at, 1, 10), (SELECT count(*) FROM quarantine q
    WHERE q.batch_id = b.id AND (q.raw IS NOT NULL OR q.reason <> ''))
FROM import_batch b WHERE b.at < :until
"""
_LISTS: Final = {rules.PROSPECTS: _PROSPECTS, rules.FORMER: _FORMER, rules.INTERACTIONS: _INTERACTIONS}
AT_MOST: Final = 1_000


@dataclass(frozen=True)
class Past:
    """How much of a kind is past its time, and the oldest day of it (None: nothing)."""

    count: int
    oldest: date | None


def past(raw: Any, code: str, last: date) -> Past:
    """Customers, interactions or rows of the audit of day `last` or before."""
    if code == rules.AUDIT:
        sql = "SELECT count(*), min(substr(at, 1, 10)) FROM audit_event WHERE at < :until"
    elif code == rules.INTERACTIONS:
        sql = "SELECT count(*), date(min(occurred_s), 'unixepoch') FROM interaction WHERE occurred_s < :until_s"
    else:
        sql = f"SELECT count(*), min(since) FROM (SELECT number, since FROM ({_named(code)}) WHERE since <= :last)"
    count, oldest = raw.execute(sql, _bounds(last)).fetchone()
    return Past(int(count), date.fromisoformat(oldest) if oldest else None)


def who(raw: Any, code: str, last: date) -> list[tuple[str, date, int]]:
    """(number, since, how many) of the customers concerned, the oldest first, at most 1,000."""
    sql = (
        f"SELECT number, since, many FROM ({_named(code)}) WHERE since <= :last ORDER BY since, number LIMIT {AT_MOST}"
    )
    return [(number, date.fromisoformat(since), many) for number, since, many in raw.execute(sql, _bounds(last))]


def batches(raw: Any, last: date) -> list[tuple[int, date, int]]:
    """(batch, day, rows that still hold what was read) of every import of that day or before, the oldest first."""
    rows = raw.execute(f"{_BATCHES} ORDER BY b.id", _bounds(last))
    return [(key, date.fromisoformat(day), many) for key, day, many in rows]


def forget_raw(session: Session, keys: Sequence[int]) -> int:
    """Blank what was read, and the reason that quotes it, of these batches; how many rows. File, row, code stay."""
    rows = metadata.tables["quarantine"]
    done = session.connection().execute(
        sa.update(rows).where(rows.c.batch_id.in_(sa.text("SELECT value FROM json_each(:keys)")))
        .where(sa.or_(rows.c.raw.is_not(None), rows.c.reason != "")).values(raw=None, reason=""),
        {"keys": json.dumps(list(keys))},
    )  # fmt: skip
    return int(done.rowcount)


def checkpoint(raw: Any) -> None:
    """Fold the log into the file and empty it; `raw` is outside a transaction."""
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def months(raw: Any) -> dict[str, int]:
    """What the bank set, by code."""
    found = raw.execute("SELECT name, value FROM setting WHERE name LIKE 'retention.%'")
    return {name.partition(".")[2]: int(json.loads(value)) for name, value in found}


def set_months(session: Session, code: str, value: int) -> None:
    session.connection().exec_driver_sql(
        "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (f"retention.{code}", json.dumps(value)),
    )


def _named(code: str) -> str:
    """The list of a kind with names for its three columns."""
    return f"WITH v(number, since, many) AS ({_LISTS[code]}) SELECT * FROM v"


def _bounds(last: date) -> dict[str, Any]:
    """The day after the last one that counts, as the columns hold it."""
    after = last + timedelta(days=1)
    return {"last": last.isoformat(), "until": after.isoformat(),
            "until_s": int(datetime.combine(after, time(), UTC).timestamp())}  # fmt: skip
