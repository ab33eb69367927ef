"""A million rows of the audit: reading the chain against a bare scan that hashes the same rows, and its pages.

`python3 run.py bench auditing`. The pages are compared with the bare statement that finds the same rows by an index.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from harness import Call, compare

sys.path.insert(0, str(Path(__file__).parents[1]))

ROWS = int(os.environ.get("CRMDESK_BENCH_AUDIT", "1000000"))
CUSTOMERS = 15_000
ASKED = 200  # pages asked for in one run, so that the time is one that can be measured
FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)
ACTS = ("read customer", "reveal", "export", "record permission")


def make_bank(path: Path) -> Path:
    from small_bank import UNTIL, add, person

    from crmdesk.store import chain
    from crmdesk.store.bank import create_bank

    store = create_bank(path, invented_until=UNTIL)
    with store.write() as session:
        add(session, "customer", [person(n, "A", "B") for n in range(1, CUSTOMERS + 1)])
        for start in range(0, ROWS, 50_000):
            chain.append(session, store.audit_key, "audit_event", [
                {"at": FIRST + timedelta(seconds=10 * n), "actor": f"person{n % 40}", "role": "teller",
                 "act": ACTS[n % 4], "object": f"C-{n % CUSTOMERS + 1:06d}", "customer_id": n % CUSTOMERS + 1,
                 "fields": "", "purpose": "service", "reason": "", "run_uuid": None}
                for n in range(start, min(start + 50_000, ROWS))
            ])  # fmt: skip
    store.close()
    return path


def _open(path: str) -> Any:
    from small_bank import SmallApp

    from crmdesk.store import open_bank

    return SmallApp(open_bank(Path(path)))


def _warm() -> None:
    importlib.import_module("crmdesk.services.audit_log")
    importlib.import_module("small_bank")


def scan_and_hash(path: str) -> str:
    """What no check can do without: every row read once, and as many bytes hashed under a key."""
    app, total = _open(path), 0
    with app.store.reader() as raw:
        code = hmac.new(b"key", digestmod=hashlib.sha256)
        cursor = raw.execute("SELECT * FROM audit_event ORDER BY seq")
        while rows := cursor.fetchmany(10_000):
            for row in rows:
                one = code.copy()
                one.update(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode())
                one.hexdigest()
                total += 1
    return str(total)


def check(path: str) -> str:
    """The check of the desk: both chains, the kept evidence, the anchors."""
    from small_bank import ACTOR

    from crmdesk.services import audit_log

    found = audit_log.check(_open(path), ACTOR)
    assert found.ok
    return str(found.rows)


def bare_pages(path: str) -> str:
    app, seen = _open(path), 0
    for n in range(ASKED):
        with app.store.reader() as raw:
            seen += len(raw.execute(
                "SELECT e.*, c.number FROM audit_event e LEFT JOIN customer c ON c.id = e.customer_id"
                " WHERE e.act = ? AND e.seq < ? ORDER BY e.seq DESC LIMIT 200",
                (ACTS[n % 4], ROWS - 1_000 * n % ROWS),
            ).fetchall())  # fmt: skip
    return str(seen)


def pages(path: str) -> str:
    """The same pages through the service: guarded, filtered, 200 rows each."""
    from small_bank import ACTOR

    from crmdesk.services import audit_log

    app, seen = _open(path), 0
    for n in range(ASKED):
        wanted = audit_log.AuditFilter(act=ACTS[n % 4])
        seen += len(audit_log.events(app, ACTOR, wanted, before=ROWS - 1_000 * n % ROWS).rows)
    return str(seen)


for side in (scan_and_hash, check, bare_pages, pages):
    side.warm = _warm  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make_bank(tmp_path_factory.mktemp("auditing") / "bank.crmdesk"))


def test_the_whole_check_against_a_scan_that_hashes(bank: str) -> None:
    sides = Call("scan and hash", scan_and_hash, {"path": bank}), Call("check", check, {"path": bank})
    compare(f"the chain of {ROWS:,} rows", *sides, gate=1.3).check()


def test_the_pages_against_bare_statements(bank: str) -> None:
    sides = Call("bare pages", bare_pages, {"path": bank}), Call("pages", pages, {"path": bank})
    compare(f"{ASKED} pages of 200 rows out of {ROWS:,}", *sides, gate=1.6).check()
