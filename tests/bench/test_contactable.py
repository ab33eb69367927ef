"""The contactable list over 400,000 permission events, against one scan of that table; one check, and the overview."""

from __future__ import annotations

import hashlib
import importlib
import random
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from harness import Call, compare

sys.path.insert(0, str(Path(__file__).parents[1]))

EVENTS = 400_000
CUSTOMERS = 100_000
SCAN = ("SELECT count(*), sum(customer_id), max(status), max(effective_at), max(purpose), max(channel),"
        " max(expires_on), max(source) FROM permission_event")  # fmt: skip
STATUSES, WEIGHTS = ("asked", "granted", "refused", "withdrawn", "objected"), (30, 40, 15, 12, 3)


def make_bank(path: Path) -> Path:
    """Customers with four events each on average over four years, all the ledger's statuses, 200 of them voided."""
    from small_bank import add, event, person

    from crmdesk.domain.permission import MARKETING_CHANNELS
    from crmdesk.store.bank import create_bank

    rng = random.Random(11)
    start = datetime(2023, 1, 1, tzinfo=UTC)
    store = create_bank(path, invented_until=date(2026, 10, 31))
    with store.write() as session:
        add(session, "customer", [person(i, "A", "B", restricted=int(i % 500 == 0)) for i in range(1, CUSTOMERS + 1)])
        seconds = sorted(rng.randrange(1_390 * 86_400) for _ in range(EVENTS))
        rows = []
        for seq, second in enumerate(seconds, start=1):
            at, status = start + timedelta(seconds=second), rng.choices(STATUSES, WEIGHTS)[0]
            channel = rng.choice(MARKETING_CHANNELS)
            all_ways = status in ("refused", "withdrawn", "objected") and rng.random() < 0.3
            row = event(rng.randrange(1, CUSTOMERS + 1), rng.choice(("marketing", "marketing", "survey")),
                        None if all_ways else channel, status, "2026-01-01")  # fmt: skip
            stamp = at.strftime("%Y-%m-%d %H:%M:%S.%f")
            row |= {"effective_at": stamp, "recorded_at": stamp, "seq": seq, "voids": None,
                    "expires_on": (at + timedelta(days=730)).date().isoformat() if status == "granted" else None,
                    "prev_hash": f"{seq:064d}", "hash": f"{seq + 1:064d}"}  # fmt: skip
            rows.append(row)
        for place in rng.sample(range(EVENTS), 200):
            struck = {"status": "voided", "voids": place + 1, "seq": len(rows) + 1, "legal_basis": None}
            marks = {"prev_hash": f"{len(rows) + 1:064d}", "hash": f"{len(rows) + 2:064d}"}
            rows.append({**rows[place], **struck, **marks, "event_id": f"v{place}", "expires_on": None})
        add(session, "permission_event", rows)
        session.connection().exec_driver_sql("ANALYZE")
    store.close()
    return path


def _open(path: str) -> Any:
    from crmdesk.store import open_bank

    return open_bank(Path(path))


def _warm() -> None:
    importlib.import_module("crmdesk.services.permission_bank")


def scan(path: str) -> None:
    """One bare pass over the table that reads the columns a list must look at."""
    store = _open(path)
    with store.reader() as raw:
        for _ in range(5):
            assert raw.execute(SCAN).fetchone()[0] >= EVENTS


def contactable(path: str) -> None:
    """Everybody whom e-mail may reach with offers now, ids handed over."""
    from crmdesk.store.queries import permissions

    store = _open(path)
    with store.reader() as raw:
        for _ in range(5):
            sql, parameters = permissions.permitted("marketing", "email", store.clock())
            assert len(raw.execute(sql, parameters).fetchall()) > CUSTOMERS // 100


def by_sql(path: str) -> str:
    """The list by the statement of lists."""
    from crmdesk.store.queries import permissions

    store = _open(path)
    with store.reader() as raw:
        found = raw.execute(*permissions.permitted("marketing", "email", store.clock())).fetchall()
    return hashlib.sha256(str(sorted(found)).encode()).hexdigest()


def one_by_one(path: str) -> str:
    """The same list by the domain's rule, customer by customer; prints what one check costs."""
    from crmdesk.domain.permission import decide
    from crmdesk.store.queries import permissions

    store, found, spent = _open(path), [], 0.0
    at = store.clock()
    with store.reader() as raw:
        for first in range(1, CUSTOMERS + 1, 5_000):
            people = range(first, first + 5_000)
            events, blocked = permissions.events(raw, people), permissions.restricted(raw, people)
            began = time.process_time()
            found += [
                (c,) for c in people
                if decide(events[c], "marketing", "email", at, restricted=c in blocked).allowed
            ]  # fmt: skip
            spent += time.process_time() - began
    print(f"one check: {spent / CUSTOMERS * 1e6:.1f} us", file=sys.stderr)
    return hashlib.sha256(str(sorted(found)).encode()).hexdigest()


def whole_bank(path: str) -> None:
    """The bank's grid, all purposes and channels."""
    from small_bank import ACTOR, SmallApp

    from crmdesk.services import permission_bank

    assert permission_bank.overview(SmallApp(_open(path)), ACTOR).customers == CUSTOMERS


for _each in (scan, contactable, by_sql, one_by_one, whole_bank):
    _each.warm = _warm  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make_bank(tmp_path_factory.mktemp("bench") / "ledger.crmdesk"))


def test_the_contactable_list_is_three_scans_at_most(bank: str) -> None:
    told = {"path": bank}
    compare("Contactable list", Call("one scan", scan, told), Call("the list", contactable, told), gate=3).check()


def test_the_list_is_who_the_rule_allows(bank: str) -> None:
    told = {"path": bank}
    compare("Rule and list", Call("one by one", one_by_one, told), Call("the list", by_sql, told), gate=1).check()


def test_the_banks_grid(bank: str) -> None:
    told = {"path": bank}
    compare("Overview of 20 cells", Call("five scans", scan, told), Call("the grid", whole_bank, told)).check()
