"""What people took back after a backup was made: found in the bank it replaces, written into the restored one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2

from crmdesk.domain.errors import CrmdeskError
from crmdesk.store import chain
from crmdesk.store.connection import connect, plain_words
from crmdesk.store.keyfile import Keys

STRICTER: Final = ("refused", "withdrawn", "objected", "erased")  # events that never make a state laxer
# Rows that these point at may be others in the backup, or none.
_NOT_CARRIED: Final = ("seq", "prev_hash", "hash", "customer_id", "campaign_id", "batch_id", "voids")


@dataclass(frozen=True)
class Later:
    """Events (columns of permission_event, customer by `number`, what one voids by `voided`), their words, and the
    numbers of customers whose data was restricted; none of it is in the backup.
    """

    events: tuple[dict[str, Any], ...]
    words: dict[str, str]
    restricted: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.events) + len(self.restricted)


NOTHING: Final = Later((), {}, ())


def later(newer: Any, older: Any) -> Later:
    """Compare the bank that is replaced with the backup, by raw connections; NOTHING where they are two banks.

    Grants are left out, and so are events that were recorded in error and corrected since.
    """
    names = [raw.execute("SELECT bank_uuid FROM bank_state").fetchone() for raw in (newer, older)]
    if names[0] != names[1]:
        return NOTHING
    known = dict(older.execute("SELECT number, restricted FROM customer"))
    events = tuple(e for e in _events(newer, _shared(newer, older)) if e["number"] in known and _lacks(older, e))
    words = {
        event: text for e in events for event, text in newer.execute(
            "SELECT event_id, text FROM permission_evidence WHERE event_id = ?", (e["event_id"],)
        )
    }  # fmt: skip
    restricted = newer.execute("SELECT number FROM customer WHERE restricted = 1 ORDER BY number")
    return Later(events, words, tuple(number for (number,) in restricted if known.get(number) == 0))


def later_in(path: Path, backup: Path, keys: Keys | None = None, newer_keys: Keys | None = None) -> Later | None:
    """The same of two files that nobody has open; None where the bank at `path` is missing or cannot be read.

    `keys` are those of an encrypted backup, `newer_keys` those of an encrypted bank.
    """
    if not path.exists():
        return None
    log = path.with_name(path.name + "-wal")
    older = connect(backup, key=keys.data if keys else None, read_only=True, still=True)
    try:
        key = newer_keys.data if newer_keys else None
        newer = connect(path, key=key, read_only=True, still=not log.exists())
        try:
            return later(newer, older)
        finally:
            newer.close()
    except (dbapi2.DatabaseError, CrmdeskError):
        return None  # a damaged bank is why somebody restores
    finally:
        older.close()


def count_later(newer: Any, backup: Path, keys: Keys | None = None) -> int:
    """How much of an open bank, by a raw connection, a backup lacks."""
    key = keys.data if keys else None
    opened = contextlib.closing(connect(backup, key=key, read_only=True, still=True))
    with plain_words(backup), opened as older:
        return later(newer, older).count


def write(session: Session, key: bytes, found: Later) -> None:
    """Append the events to the ledger of the restored bank, with their words, and set the restrictions."""
    link = session.connection()
    rows = []
    for event in found.events:
        where = link.exec_driver_sql("SELECT id FROM customer WHERE number = ?", (event["number"],)).scalar_one()
        voids = None
        if event["voided"]:
            voids = link.exec_driver_sql(
                "SELECT seq FROM permission_event WHERE event_id = ?", (event["voided"],)
            ).scalar_one()
        kept = {name: value for name, value in event.items() if name not in ("number", "voided")}
        rows.append({**kept, "customer_id": where, "voids": voids})
    chain.append(session, key, "permission_event", rows)
    for event_id, text in found.words.items():
        link.exec_driver_sql("INSERT INTO permission_evidence (event_id, text) VALUES (?, ?)", (event_id, text))
    for number in found.restricted:
        link.exec_driver_sql("UPDATE customer SET restricted = 1, version = version + 1 WHERE number = ?", (number,))


def _shared(newer: Any, older: Any) -> int:
    """The last event of the backup if the newer ledger goes on from it, else 0: then every event is compared."""
    last = older.execute("SELECT seq, hash FROM permission_event ORDER BY seq DESC LIMIT 1").fetchone()
    if last is None:
        return 0
    same = newer.execute("SELECT 1 FROM permission_event WHERE seq = ? AND hash = ?", last).fetchone()
    return int(last[0]) if same else 0


def _events(newer: Any, after: int) -> Iterator[dict[str, Any]]:
    """Events after a seq that are stricter, in order: refusals and the like, and corrections of grants."""
    marks = ", ".join("?" * len(STRICTER))
    cursor = newer.execute(
        "SELECT e.*, c.number, v.event_id AS voided FROM permission_event e JOIN customer c ON c.id = e.customer_id"
        " LEFT JOIN permission_event v ON v.seq = e.voids"
        f" WHERE e.seq > ? AND (e.status IN ({marks}) OR (e.status = 'voided' AND v.status = 'granted'))"
        " AND NOT EXISTS (SELECT 1 FROM permission_event w WHERE w.voids = e.seq) ORDER BY e.seq",
        (after, *STRICTER),
    )
    names = [column[0] for column in cursor.description]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        yield {name: value for name, value in row.items() if name not in _NOT_CARRIED}


def _lacks(older: Any, event: dict[str, Any]) -> bool:
    """Whether the backup lacks the event, and holds the grant that it corrects."""
    has = "SELECT 1 FROM permission_event WHERE event_id = ?"
    if older.execute(has, (event["event_id"],)).fetchone() is not None:
        return False
    return not event["voided"] or older.execute(has, (event["voided"],)).fetchone() is not None
