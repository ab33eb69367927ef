"""Reads of the ledger over the whole bank: who is not asked, names, and what was withdrawn lately."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from crmdesk.store.queries.permissions import STANDING, moment, stored

_SAYING: Final = (
    "SELECT e.seq, c.number, c.given_name, c.family_name, e.purpose, e.channel, e.status, e.effective_at,"
    " e.recorded_at FROM permission_event e JOIN customer c ON c.id = e.customer_id"
)


@dataclass(frozen=True)
class SayingRow:
    """One event with who said it."""

    seq: int
    number: str
    given: str | None
    family: str
    purpose: str
    channel: str | None
    status: str
    at: datetime
    recorded_at: datetime


def restricted(raw: Any) -> list[int]:
    """All customers whose data is restricted."""
    return [customer for (customer,) in raw.execute("SELECT id FROM main.customer WHERE restricted")]


def not_asked(raw: Any, clock: datetime) -> list[int]:
    """Whom the bank does not ask again: restricted, merged into another, or gone."""
    rows = raw.execute(
        "SELECT id FROM main.customer WHERE restricted OR merged_into IS NOT NULL OR left_on <= ?",
        (clock.date().isoformat(),),
    )
    return [customer for (customer,) in rows]


def names(raw: Any, customers: Sequence[int]) -> dict[int, tuple[str, str | None, str]]:
    """(number, given name, family name) of each."""
    rows = raw.execute(
        "SELECT id, number, given_name, family_name FROM customer WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(customers)),),
    )
    return {key: (number, given, family) for key, number, given, family in rows}


def sayings(raw: Any, seqs: Sequence[int]) -> list[SayingRow]:
    """These events, the newest in effect first."""
    wanted = " WHERE e.seq IN (SELECT value FROM json_each(?)) ORDER BY e.effective_at DESC, e.seq DESC"
    return _rows(raw.execute(_SAYING + wanted, (json.dumps(list(seqs)),)))


def withdrawn_since(
    raw: Any, since: datetime, limit: int, customers: Collection[int] | None = None
) -> list[SayingRow]:  # fmt: skip
    """Withdrawals and objections recorded after `since` that were not voided, the newest first; None: everybody's."""
    standing = f"e.seq IN (SELECT seq FROM permission_event WHERE recorded_at > :since AND {STANDING})"
    wanted = f" WHERE e.status IN ('withdrawn', 'objected') AND {standing}{{}} ORDER BY e.seq DESC LIMIT :limit"
    among = "" if customers is None else " AND e.customer_id IN (SELECT value FROM json_each(:among))"
    given = {"since": stored(since), "limit": limit, "among": json.dumps(sorted(customers or ()))}
    return _rows(raw.execute(_SAYING + wanted.format(among), given))


def _rows(rows: Any) -> list[SayingRow]:
    found = []
    for row in map(list, rows):
        row[7:9] = moment(row[7]), moment(row[8])
        found.append(SayingRow(*row))
    return found
