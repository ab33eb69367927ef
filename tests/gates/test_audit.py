"""1,000 attacks on the chains by whoever has the file but not the key: each is seen, at the row where it begins.

`python3 run.py gates audit --attack 1000`; in every run 33. An attack drops the safeguards, changes rows with a plain
connection, and puts the safeguards back; verify and the check of the desk then look at the file. Two controls are as
honest: a tail that is cut off shows only against an anchor, and so does a chain written anew with the key.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import small_bank
from small_bank import ACTOR, SmallApp
from sqlcipher3 import dbapi2

from crmdesk.services import anchors, audit_log, autobackup
from crmdesk.store import Store, chain
from crmdesk.store.anchors import head
from crmdesk.store.bank import create_bank
from crmdesk.store.verify import verify

ROWS = 60  # of each chain
TABLES = ("audit_event", "permission_event")
FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)
LEFT = "DELETE FROM permission_evidence WHERE event_id NOT IN (SELECT event_id FROM permission_event)"
# Columns that somebody may want to read otherwise, with other values that the table's types allow.
EDITS: dict[str, dict[str, tuple[Any, ...]]] = {
    "audit_event": {
        "at": ("2026-01-01 00:00:00.000000",), "actor": ("nobody", ""), "role": ("teller", "dpo"), "act": ("none",),
        "object": ("", "C-000009"), "customer_id": (None, 4), "fields": ("none", ""), "purpose": ("none", "credit"),
        "reason": ("asked to", ""), "run_uuid": (None, "run-9"),
    },
    "permission_event": {
        "customer_id": (4, 5), "purpose": ("sharing",), "channel": (None, "post"),
        "status": ("granted", "withdrawn", "erased"), "legal_basis": (None, "contract"),
        "effective_at": ("2020-01-01 00:00:00.000000",), "recorded_at": ("2020-01-01 00:00:00.000000",),
        "expires_on": (None, "2099-12-31"), "source": ("customer",), "actor": ("nobody",),
        "notice_sha256": (None, "f" * 64), "evidence_sha256": (None, "f" * 64), "voids": (None, 1),
        "event_id": ("another",),
    },
}  # fmt: skip


def audit_rows(many: int) -> list[dict[str, Any]]:
    acts = ("read customer", "reveal", "export", "record permission")
    return [
        {"at": FIRST + timedelta(minutes=n), "actor": ("ela", "mert")[n % 2], "role": "relationship_manager",
         "act": acts[n % 4], "object": f"C-{n % 5 + 1:06d}", "customer_id": n % 5 + 1, "fields": ("phone", "")[n % 2],
         "purpose": "service", "reason": "", "run_uuid": None if n % 3 else "run-1"}
        for n in range(many)
    ]  # fmt: skip


def build(path: Path) -> bytes:
    """The bank that is attacked, closed, with a backup beside it; its key, which no attack has."""
    store = create_bank(path, invented_until=small_bank.UNTIL)
    events = [
        small_bank.event(n % 5 + 1, "marketing", "email", ("granted", "withdrawn")[n % 2], "2026-02-03",
                         evidence_sha256=hashlib.sha256(b"said yes %d" % n).hexdigest())
        for n in range(ROWS)
    ]  # fmt: skip
    with store.write() as session:
        small_bank.add(session, "branch", [{"id": 2, "code": "B2", "name": "Harbour"}])
        small_bank.add(session, "customer", small_bank.PEOPLE)
        chain.append(session, store.audit_key, "permission_event", events)
        kept = [{"event_id": event["event_id"], "text": f"said yes {n}"} for n, event in enumerate(events)]
        small_bank.add(session, "permission_evidence", kept)
        chain.append(session, store.audit_key, "audit_event", audit_rows(ROWS))
    autobackup.make(SmallApp(store), ACTOR)
    key = store.audit_key
    store.close()
    return key


def opened(path: Path) -> Any:
    """A plain connection, as any tool would make: nothing is enforced that it does not ask for."""
    raw = dbapi2.connect(str(path), isolation_level=None)
    raw.execute("PRAGMA ignore_check_constraints = ON")
    return raw


def value(raw: Any, table: str, column: str, seq: int) -> Any:
    return raw.execute(f"SELECT {column} FROM {table} WHERE seq = ?", (seq,)).fetchone()[0]


def names(raw: Any, table: str) -> list[str]:
    return [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]


def edit(raw: Any, rng: random.Random, table: str) -> int:
    seq, column = rng.randint(1, ROWS), rng.choice(list(EDITS[table]))
    old = value(raw, table, column, seq)
    new = rng.choice([other for other in (*EDITS[table][column], "something else") if other != old])
    if new == "something else" and column in ("customer_id", "voids"):
        new = 3 if old != 3 else 2
    raw.execute(f"UPDATE {table} SET {column} = ? WHERE seq = ?", (new, seq))
    return seq


def replace(raw: Any, rng: random.Random, table: str) -> int:
    """INSERT OR REPLACE, which passes a delete trigger unless triggers are recursive."""
    seq, columns = rng.randint(1, ROWS), names(raw, table)
    row = dict(zip(columns, raw.execute(f"SELECT * FROM {table} WHERE seq = ?", (seq,)).fetchone(), strict=True))
    row["actor"] = "somebody"
    marks = ", ".join("?" * len(columns))
    raw.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", tuple(row.values()))
    return seq


def delete(raw: Any, rng: random.Random, table: str) -> int:
    seq = rng.randint(1, ROWS - 5)
    raw.execute(f"DELETE FROM {table} WHERE seq BETWEEN ? AND ?", (seq, seq + rng.randint(0, 3)))
    return seq


def close_the_gap(raw: Any, rng: random.Random, table: str) -> int:
    """Delete a row, number those after it anew and tie the ends together."""
    seq = rng.randint(2, ROWS - 1)
    before = value(raw, table, "hash", seq - 1)
    raw.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))
    raw.execute(f"UPDATE {table} SET prev_hash = ? WHERE seq = ?", (before, seq + 1))
    raw.execute(f"UPDATE {table} SET seq = -seq WHERE seq > ?", (seq,))
    raw.execute(f"UPDATE {table} SET seq = -seq - 1 WHERE seq < 0")
    return seq


def swap_numbers(raw: Any, rng: random.Random, table: str) -> int:
    one, other = sorted(rng.sample(range(1, ROWS + 1), 2))
    for old, new in ((one, -1), (other, one), (-1, other)):
        raw.execute(f"UPDATE {table} SET seq = ? WHERE seq = ?", (new, old))
    return one


def swap_contents(raw: Any, rng: random.Random, table: str) -> int:
    """Two rows keep their places and hashes and exchange what they say."""
    columns = [name for name in names(raw, table) if name not in ("seq", "prev_hash", "hash", "event_id")]
    while True:
        one, other = sorted(rng.sample(range(1, ROWS + 1), 2))
        first, second = (
            raw.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE seq = ?", (seq,)).fetchone()
            for seq in (one, other)
        )
        if first != second:
            break
    sets = ", ".join(f"{name} = ?" for name in columns)
    for seq, said in ((one, second), (other, first)):
        raw.execute(f"UPDATE {table} SET {sets} WHERE seq = ?", (*said, seq))
    return one


def insert_between(raw: Any, rng: random.Random, table: str) -> int:
    """A row that never was, in the middle, with hashes of its own making."""
    seq, columns = rng.randint(2, ROWS), names(raw, table)
    raw.execute(f"UPDATE {table} SET seq = -seq WHERE seq >= ?", (seq,))
    raw.execute(f"UPDATE {table} SET seq = -seq + 1 WHERE seq < 0")
    made = f"{rng.getrandbits(256):064x}"
    raw.execute(f"UPDATE {table} SET prev_hash = ? WHERE seq = ?", (made, seq + 1))
    forge(raw, rng, table, columns, seq, value(raw, table, "hash", seq - 1), made)
    return seq


def append(raw: Any, rng: random.Random, table: str) -> int:
    (last,) = raw.execute(f"SELECT max(seq) FROM {table}").fetchone()
    forge(raw, rng, table, names(raw, table), last + 1, value(raw, table, "hash", last), f"{rng.getrandbits(256):064x}")
    return int(last) + 1


def forge(raw: Any, rng: random.Random, table: str, columns: list[str], seq: int, previous: str, made: str) -> None:
    row = dict(zip(columns, raw.execute(f"SELECT * FROM {table} WHERE seq = 1").fetchone(), strict=True))
    row |= {"seq": seq, "prev_hash": previous, "hash": made}
    row |= {"event_id": str(uuid.UUID(int=rng.getrandbits(128)))} if "event_id" in row else {}
    raw.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", tuple(row.values()))


def rewrite(raw: Any, rng: random.Random, table: str, key: bytes = b"a guess") -> int:
    """Change a row, and write every hash from there on anew; without the key they are others."""
    seq, columns = rng.randint(1, ROWS), names(raw, table)
    raw.execute(f"UPDATE {table} SET actor = 'somebody' WHERE seq = ?", (seq,))
    previous = value(raw, table, "hash", seq - 1) if seq > 1 else chain.GENESIS
    for values in raw.execute(f"SELECT * FROM {table} WHERE seq >= ? ORDER BY seq", (seq,)).fetchall():
        row = dict(zip(columns, values, strict=True))
        digest = chain.digest(key, previous, row)
        raw.execute(f"UPDATE {table} SET prev_hash = ?, hash = ? WHERE seq = ?", (previous, digest, row["seq"]))
        previous = digest
    return seq


def other_hash(raw: Any, rng: random.Random, table: str) -> int:
    seq, column = rng.randint(1, ROWS), rng.choice(("prev_hash", "hash"))
    raw.execute(f"UPDATE {table} SET {column} = ? WHERE seq = ?", (f"{rng.getrandbits(256):064x}", seq))
    return seq


def evidence(raw: Any, rng: random.Random, table: str) -> int:
    """What a customer signed, kept beside the ledger under a hash that the ledger holds."""
    seq = rng.randint(1, ROWS)
    event = value(raw, "permission_event", "event_id", seq)
    raw.execute("UPDATE permission_evidence SET text = text || ' to all' WHERE event_id = ?", (event,))
    return seq


KINDS: tuple[Callable[[Any, random.Random, str], int], ...] = (
    edit, replace, delete, close_the_gap, swap_numbers, swap_contents, insert_between, append, rewrite, other_hash,
    evidence,
)  # fmt: skip


def attacked(bank: Path, copy: Path, deed: Callable[[Any], Any]) -> Any:
    """A copy of the bank on which `deed` was done behind the safeguards, which stand again afterwards."""
    for ending in ("", ".keys"):
        shutil.copyfile(f"{bank}{ending}", f"{copy}{ending}")
    raw = opened(copy)
    safeguards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in safeguards:
        raw.execute(f"DROP TRIGGER {name}")
    done = deed(raw)
    for _, sql in safeguards:
        raw.execute(sql)
    raw.close()
    return done


def first_bad(copy: Path) -> tuple[str, int] | None:
    """What the desk names, having asked that verify says the same."""
    store = Store(copy)
    found = audit_log.check(SmallApp(store), ACTOR)
    store.close()
    told = [p for p in verify(copy)["problems"] if p["check"] in ("ledger_chain", "audit_chain", "evidence")]
    assert found.ok == (not told)
    if found.first_bad is None:
        return None
    assert found.first_bad[:2] in {(p["table"], p["row"]) for p in told}
    return found.first_bad[:2]


@pytest.mark.timeout(3600)
def test_every_attack_without_the_key_is_seen_at_its_first_row(asked: Any, tmp_path: Path) -> None:
    attacks, seed = asked("--attack", 33, 1000), asked("--seed", 7, 7)
    rng, bank, copy = random.Random(seed), tmp_path / "b.crmdesk", tmp_path / "attacked.crmdesk"
    build(bank)
    attacked(bank, copy, lambda raw: None)
    assert first_bad(copy) is None  # an untouched copy is whole
    began, seen = time.perf_counter(), Counter[str]()
    for number in range(attacks):
        kind, table = KINDS[number % len(KINDS)], rng.choice(TABLES)
        where = "permission_event" if kind is evidence else table
        row = attacked(bank, copy, lambda raw: kind(raw, rng, table))  # noqa: B023 - called within this turn
        assert first_bad(copy) == (where, row), f"attack {number}, {kind.__name__} on {where}, seed {seed}"
        seen[kind.__name__] += 1
    kinds = ", ".join(f"{many} {name.replace('_', ' ')}" for name, many in seen.items())
    print(f"{attacks} attacks of {len(seen)} kinds ({kinds}): {sum(seen.values())} seen, each at its first row; "
          f"{time.perf_counter() - began:.0f} s")  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_a_cut_tail_is_seen_against_the_anchor_of_a_backup_alone(full: bool, tmp_path: Path, table: str) -> None:
    bank, copy = tmp_path / "b.crmdesk", tmp_path / "cut.crmdesk"
    build(bank)
    cuts = range(1, ROWS, 1 if full else 20)
    for rows in cuts:
        cut = f"DELETE FROM {table} WHERE seq > (SELECT max(seq) FROM {table}) - {rows + (table == 'audit_event')}"
        attacked(bank, copy, lambda raw: (raw.execute(cut), raw.execute(LEFT)))  # noqa: B023 - called within this turn
        assert first_bad(copy) is None  # the control: the rows that are left hold each other
        store = Store(copy)
        (manifest,) = (tmp_path / "b.crmdesk.backups").glob("*.manifest.json")
        (anchor,) = anchors.anchors(SmallApp(store), ACTOR, [manifest])
        store.close()
        assert not anchor.ok, f"{rows} rows cut off {table}"
        assert not verify(copy, anchor=manifest)["checks"]["anchors"]
    print(f"{len(cuts)} tails cut off {table}: all seen against a manifest, none without one")


def test_a_rewrite_with_the_key_is_seen_against_the_anchor_alone(tmp_path: Path) -> None:
    bank, copy = tmp_path / "b.crmdesk", tmp_path / "rewritten.crmdesk"
    key, rng = build(bank), random.Random(7)
    attacked(bank, copy, lambda raw: rewrite(raw, rng, "audit_event", key))
    assert first_bad(copy) is None  # the control: whoever has the key writes a chain that holds
    (manifest,) = (tmp_path / "b.crmdesk.backups").glob("*.manifest.json")
    assert not verify(copy, anchor=manifest)["ok"]


@pytest.mark.timeout(3600)
def test_a_long_audit_is_read_in_time(full: bool, tmp_path: Path) -> None:
    """10 s for a million rows; a small run only reports."""
    rows = 1_000_000 if full else 5_000
    store = create_bank(tmp_path / "long.crmdesk", invented_until=small_bank.UNTIL)
    with store.write() as session:
        for start in range(0, rows, 50_000):
            chain.append(session, store.audit_key, "audit_event", audit_rows(min(50_000, rows - start)))
    with store.reader() as raw:
        began = time.perf_counter()
        assert list(chain.breaks(raw, store.audit_key, "audit_event")) == []
        seconds = time.perf_counter() - began
        assert head(raw).seq == rows
    store.close()
    print(f"{rows:,} rows of the audit verified in {seconds:.1f} s ({seconds / rows * 1e6:.1f} us a row)")
    assert not full or seconds < 10
