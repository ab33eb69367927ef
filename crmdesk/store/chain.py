"""Hash chains of the ledger and the audit: each row's HMAC covers the one before it.

Detects an edit, a deletion inside and a rewrite without the key; cutting off the tail shows only against an
anchor kept elsewhere (a backup's manifest).
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from json.encoder import encode_basestring
from typing import Any, Final

from sqlalchemy.orm import Session

from crmdesk.store.tables import metadata

GENESIS = "0" * 64
_PACK: Final = 10_000  # rows read at once, and between two words to who watches


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


def breaks(
    raw: Any, key: bytes, table: str, watch: Callable[[int], None] = lambda done: None
) -> Iterator[tuple[int, str]]:
    """(seq, reason) of each row at which a chain does not hold; `watch` hears how many rows are done.

    Reads through a raw connection, in order. Each row is judged against the hash that the one before it states, so that
    one wrong row is told once.
    """
    cursor = raw.execute(f"SELECT * FROM main.{table} ORDER BY seq")
    names = [d[0] for d in cursor.description]
    at_seq, at_previous, at_hash = (names.index(n) for n in ("seq", "prev_hash", "hash"))
    parts = _parts(names)
    blank, previous, expected, done = hmac.new(key, digestmod=hashlib.sha256), GENESIS, 1, 0
    while rows := cursor.fetchmany(_PACK):
        for values in rows:
            seq = values[at_seq]
            if seq != expected:
                yield expected, f"row {expected} is missing"
            if values[at_previous] != previous:
                yield seq, "the row does not follow the one before it"
            else:
                code = blank.copy()
                code.update((previous + _body(parts, values)).encode())
                if code.hexdigest() != values[at_hash]:
                    yield seq, "the row was changed after it was written"
            previous, expected = str(values[at_hash]), seq + 1  # a damaged page has anything there
        done += len(rows)
        watch(done)


def _parts(names: Sequence[str]) -> list[tuple[int, str]]:
    """(place of the column, its name as the canonical JSON has it), in the order of that JSON."""
    hashed = sorted(n for n in names if n not in ("prev_hash", "hash"))
    return [(names.index(n), f"{json.dumps(n)}:") for n in hashed]


def _body(parts: Sequence[tuple[int, str]], values: Sequence[Any]) -> str:
    """The bytes that `chain.digest` hashes, of a row as the file holds it: json.dumps a third as fast for the same."""
    texts = []
    for at, name in parts:
        value = values[at]
        if value is not None:
            kind = type(value)
            if kind is str:
                text = encode_basestring(value)
            else:  # `default`: a damaged page gives bytes
                text = str(value) if kind is int else json.dumps(value, default=repr)
            texts.append(name + text)
    return "{" + ",".join(texts) + "}"
