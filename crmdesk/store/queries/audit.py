"""Reads of the audit: pages of rows newest first, who and what occurs in it, backups and restores it knows of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from crmdesk.store.queries.permissions import moment, stored

# A row about a customer often names the number as its object: whoever sees a pseudonym in its place sees it there too.
# Numbers of customers out of sight are left empty; `customer` is what the reader's connection shows of the table.
_ROWS: Final = """
SELECT e.seq, e.at, e.actor, e.role, e.act,
       CASE WHEN e.customer_id IS NULL OR c.number = m.number OR instr(e.object, m.number) = 0 THEN e.object
            ELSE replace(e.object, m.number, coalesce(c.number, '')) END,
       CASE WHEN e.customer_id IS NULL THEN '' ELSE coalesce(c.number, '') END,
       e.fields, e.purpose, e.reason, coalesce(e.run_uuid, '')
FROM main.audit_event e LEFT JOIN customer c ON c.id = e.customer_id LEFT JOIN main.customer m ON m.id = e.customer_id
"""
# Each distinct value by a jump in the index: a plain DISTINCT would read every row of a long audit.
_DISTINCT: Final = """
WITH RECURSIVE v(x) AS (
  SELECT min({column}) FROM audit_event
  UNION ALL SELECT (SELECT min({column}) FROM audit_event WHERE {column} > v.x) FROM v WHERE v.x IS NOT NULL
) SELECT x FROM v WHERE x IS NOT NULL
"""


@dataclass(frozen=True)
class AuditFilter:
    """Which rows: by a login, an act, a customer, a run, from one day to another (UTC, both included); "" is any.

    `searched` finds the searches in which one word was looked for; the words themselves are not kept.
    """

    actor: str = ""
    act: str = ""
    number: str = ""
    since: date | None = None
    until: date | None = None
    run: str = ""
    searched: str = ""


@dataclass(frozen=True)
class AuditRow:
    """One deed: `at` aware UTC, `number` the customer it was about ("" none, or none that the reader may see)."""

    seq: int
    at: datetime
    actor: str
    role: str
    act: str
    object: str
    number: str
    fields: str
    purpose: str
    reason: str
    run: str


def events(
    raw: Any, wanted: AuditFilter, customer: int | None, word: str, before: int | None, limit: int
) -> list[AuditRow]:
    """At most `limit` rows that match, newest first, below seq `before`.

    `customer` is a key, `word` a hash, as the audit has them.
    """
    return list(_read(raw, wanted, customer, word, before, f"DESC LIMIT {limit:d}"))


def in_order(raw: Any, wanted: AuditFilter, customer: int | None, word: str) -> Iterator[AuditRow]:
    """All rows that match, oldest first, read as they are asked for."""
    return _read(raw, wanted, customer, word, None, "ASC")


def _read(
    raw: Any, wanted: AuditFilter, customer: int | None, word: str, before: int | None, order: str
) -> Iterator[AuditRow]:
    tests: dict[str, Any] = {
        "e.actor = ?": wanted.actor or None, "e.act = ?": wanted.act or None, "e.run_uuid = ?": wanted.run or None,
        "e.customer_id = ?": customer, "e.seq < ?": before, "e.at >= ?": _day(wanted.since),
        "e.at < ?": _day(wanted.until + timedelta(days=1)) if wanted.until else None,
        "instr(e.object, ?)": word or None,
    }  # fmt: skip
    asked = {test: value for test, value in tests.items() if value is not None}
    where = f"WHERE {' AND '.join(asked)} " if asked else ""
    cursor = raw.execute(f"{_ROWS}{where}ORDER BY e.seq {order}", tuple(asked.values()))
    return (AuditRow(row[0], moment(row[1]), *row[2:]) for row in cursor)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def distinct(raw: Any, column: str) -> list[str]:
    """Every value of `actor` or `act` that the audit holds, in order."""
    return [value for (value,) in raw.execute(_DISTINCT.format(column={"actor": "actor", "act": "act"}[column]))]


def rows_taken(raw: Any, actor: str, acts: Sequence[str], since: datetime) -> int:
    """How many rows about customers left the bank with a person alone since a moment, by acts that tell so."""
    marks = ", ".join("?" * len(acts))
    found = raw.execute(
        "SELECT coalesce(sum(CAST(reason AS INTEGER)), 0) FROM audit_event WHERE actor = ? AND at >= ?"
        f" AND act IN ({marks}) AND instr(reason, ';') = 0", (actor, stored(since), *acts),
    )  # fmt: skip
    return int(found.fetchone()[0])


def customer_behind(raw: Any, number: str) -> int | None:
    """The key of the customer whom this connection shows under a number; None where there is none."""
    found = raw.execute("SELECT id FROM customer WHERE number = ?", (number,)).fetchone()
    return int(found[0]) if found else None


def bank_uuid(raw: Any) -> str:
    return str(raw.execute("SELECT bank_uuid FROM bank_state").fetchone()[0])
