"""Hash chains of the ledger and the audit: each row's HMAC covers the one before it.

Detects an edit, a deletion inside and a rewrite without the key; cutting off the tail shows only against an
anchor kept elsewhere (a backup's manifest).
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from crmdesk.store.tables import metadata

GENESIS = "0" * 64


def canonical(value: Any) -> Any:
    """A column's value as the file stores it, so that the same row gives the same bytes when read back."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value


def digest(key: bytes, previous: str, row: dict[str, Any]) -> str:
    """HMAC-SHA256(key, previous hash + the row as canonical JSON without its hashes)."""
    body = {k: canonical(v) for k, v in row.items() if k not in ("prev_hash", "hash") and v is not None}
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, previous.encode() + text.encode(), hashlib.sha256).hexdigest()


def head(session: Session, table: str) -> tuple[int, str]:
    """Last seq and hash of a chain; (0, GENESIS) when it is empty."""
    found = session.connection().exec_driver_sql(f"SELECT seq, hash FROM {table} ORDER BY seq DESC LIMIT 1").first()
    return (int(found[0]), str(found[1])) if found else (0, GENESIS)


def append(session: Session, key: bytes, table: str, rows: Iterable[dict[str, Any]]) -> list[int]:
    """Append rows (column name to value, without seq and hashes) to a chain; returns their seq numbers."""
    names = [c.name for c in metadata.tables[table].columns]
    seq, previous = head(session, table)
    linked = []
    for row in rows:
        seq += 1
        full = {**row, "seq": seq}
        current = digest(key, previous, full)
        full.update(prev_hash=previous, hash=current)
        linked.append(tuple(canonical(full.get(name)) for name in names))
        previous = current
    if linked:
        marks = ", ".join("?" * len(names))
        quoted = ", ".join(f'"{n}"' for n in names)
        session.connection().exec_driver_sql(f"INSERT INTO {table} ({quoted}) VALUES ({marks})", linked)
    return list(range(seq - len(linked) + 1, seq + 1))


def breaks(raw: Any, key: bytes, table: str) -> Iterator[tuple[int, str]]:
    """(seq, reason) of each row at which a chain does not hold; reads through a raw connection, in order."""
    cursor = raw.execute(f"SELECT * FROM {table} ORDER BY seq")
    names = [d[0] for d in cursor.description]
    previous, expected = GENESIS, 1
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        if row["seq"] != expected:
            yield expected, f"row {expected} is missing"
        if row["prev_hash"] != previous:
            yield row["seq"], "the row does not follow the one before it"
        elif digest(key, previous, row) != row["hash"]:
            yield row["seq"], "the row was changed after it was written"
        previous, expected = row["hash"], row["seq"] + 1
