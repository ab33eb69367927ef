"""The segment of each customer as a feature: the latest run that the as-of day could know, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from logs import AS_OF, bank

from crmdesk.analytics.catalogue import HOST_FEATURES
from crmdesk.analytics.embedded import EmbeddedEngine
from crmdesk.analytics.population import Population
from crmdesk.contributions import Events
from crmdesk.jobs import Cancelled
from crmdesk.store import Store

NAMES = {"1.1": "Online", "1.2": "Online", "2.1": "", "3.1": "Branch"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = bank(tmp_path, 5, [])
    yield store
    store.close()


def mined(store: Store, number: int, members: dict[int, str], as_of: date = AS_OF, purpose: str = "profiling",
          outcome: str = "done") -> None:  # fmt: skip
    """Store a run as run `number` that put each customer into the segment of this code."""
    run: dict[str, Any] = {
        "id": number, "uuid": f"run-{number}", "analysis": "demo.split", "plugin": "demo", "versions": "{}",
        "params": "{}", "seed": 7, "as_of": as_of.isoformat(), "purpose": purpose, "data_hash": "d", "eligible": 5,
        "excluded": "{}", "population_hash": "p", "metrics": "{}", "warnings": "[]", "verdict": "", "outcome": outcome,
        "gives": "Segments", "by": "ela", "began_at": "2026-06-30 10:00:00", "ended_at": "2026-06-30 10:01:00",
    }  # fmt: skip
    with store.write() as session:
        insert = session.connection().exec_driver_sql
        names = ", ".join(f'"{name}"' for name in run)
        insert(f"INSERT INTO run ({names}) VALUES ({', '.join('?' * len(run))})", tuple(run.values()))
        codes = sorted(set(members.values()))
        insert("INSERT INTO segment (id, run_id, code, tier, parent, name, size) VALUES (?, ?, ?, 2, ?, ?, 1)",
               [(10 * number + i, number, code, code[0], NAMES[code]) for i, code in enumerate(codes)])  # fmt: skip
        insert("INSERT INTO segment_membership (run_id, customer_id, tier1, tier2, segment_id, provisional) "
               "VALUES (?, ?, ?, ?, ?, 0)", [(number, who, code[0], code[2], 10 * number + codes.index(code))
                                             for who, code in members.items()])  # fmt: skip


def ask(store: Store, *customers: int, as_of: date = AS_OF, cancel: Any = lambda: False) -> dict[str, list[Any]]:
    who = Population(np.array(customers, np.int64))
    table = EmbeddedEngine(store).aggregate(HOST_FEATURES["segment.current"], who, as_of, cancel=cancel)  # type: ignore[arg-type]
    found: dict[str, list[Any]] = table.to_pydict()
    return found


def test_without_a_segmentation_nobody_has_a_segment(store: Store) -> None:
    assert ask(store, 1, 4) == {"customer": [1, 4], "segment": [None, None], "tier1": [None, None]}
    assert ask(store) == {"customer": [], "segment": [], "tier1": []}


def test_names_codes_and_first_tier(store: Store) -> None:
    mined(store, 1, {1: "1.1", 2: "1.2", 3: "2.1", 5: "3.1"})
    assert ask(store, 1, 2, 3, 4, 5) == {
        "customer": [1, 2, 3, 4, 5],
        "segment": ["Online (1.1)", "Online (1.2)", "2.1", None, "Branch"],  # two of one name keep their code
        "tier1": ["1", "1", "2", None, "3"],
    }
    assert ask(store, 5)["segment"] == ["Branch"]


def test_the_latest_run_that_the_day_could_know(store: Store) -> None:
    mined(store, 1, {1: "1.1", 2: "3.1"}, as_of=date(2026, 5, 31))
    mined(store, 2, {1: "3.1"})
    assert ask(store, 1, 2)["segment"] == ["Branch", None]
    assert ask(store, 1, 2, as_of=date(2026, 6, 29))["segment"] == ["Online", "Branch"]
    assert ask(store, 1, 2, as_of=date(2026, 5, 30))["segment"] == [None, None]


def test_segments_for_credit_stay_there(store: Store) -> None:
    mined(store, 1, {1: "1.1"})
    mined(store, 2, {1: "3.1"}, purpose="credit")
    assert ask(store, 1)["segment"] == ["Online"]


def test_a_cancel_is_felt(store: Store) -> None:
    mined(store, 1, {1: "1.1"})
    with pytest.raises(Cancelled):
        ask(store, 1, cancel=lambda: True)


def test_balances_and_holdings_name_the_product(store: Store) -> None:
    with store.write() as session:
        insert = session.connection().exec_driver_sql
        insert("INSERT INTO account (id, number, product_id, currency, opened_on, version) "
               "VALUES (1, 'a', 3, 'EUR', '2020-01-01', 1), (2, 'b', 2, 'EUR', '2021-01-01', 1)")  # fmt: skip
        insert("INSERT INTO holding (account_id, customer_id, role) VALUES (1, 1, 'owner'), (2, 1, 'owner')")
        insert("INSERT INTO balance_month (account_id, month, \"average\") VALUES (1, '2026-05', 5)")
    assert names(store, "holdings") == {"MID": "Mid", "ANT": "Ant"}
    assert names(store, "balances") == {"MID": "Mid"}


def names(store: Store, over: str) -> dict[str, str]:
    events = Events("demo.e", "E", over=over, columns=("product", "product_name"))
    table = EmbeddedEngine(store).events(events, Population(np.array([1])), AS_OF).to_pydict()
    return dict(zip(table["product"], table["product_name"], strict=True))
