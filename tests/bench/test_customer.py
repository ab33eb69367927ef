"""Opening customers with long histories, against the plain SQL of the same facts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from harness import Call, answer_of, compare

sys.path.insert(0, str(Path(__file__).parents[1]))

from large_bank import LARGE, RICH, make_bank, open_app

OPENED = 100
_LAST = 2_000


def numbers(customers: int) -> list[str]:
    """Customers with hundreds of events, thirty-nine balances and two dozen permission events, spread over the bank."""
    rich = range(RICH, customers + 1, RICH)
    return [f"C-{key:07d}" for key in rich[:: max(1, len(rich) // OPENED)]][:OPENED]


def by_hand(path: str, customers: int) -> str:
    """One statement for each kind of fact, rows fetched and left as they come."""
    seen, events, months = [], [], []
    with open_app(path).store.reader() as raw:
        for number in numbers(customers):
            who = raw.execute("SELECT c.*, b.name FROM customer c JOIN branch b ON b.id = c.branch_id WHERE number = ?",
                              (number,)).fetchone()  # fmt: skip
            key = who[0]
            held = raw.execute(
                "SELECT a.*, p.name, p.family, h.role FROM holding h JOIN account a ON a.id = h.account_id"
                " JOIN product p ON p.id = a.product_id WHERE h.customer_id = ?", (key,)).fetchall()  # fmt: skip
            raw.execute(
                "SELECT account_id, month, coalesce(end, average) FROM balance_month WHERE account_id IN"
                f" ({','.join(str(a[0]) for a in held)}) ORDER BY month", ()).fetchall()  # fmt: skip
            acts = raw.execute(
                "SELECT i.id, i.occurred_s, i.time_known, k.channel, k.mode, k.activity, k.label, i.amount, i.currency,"
                " i.response, i.initiated_by, i.detail FROM interaction i JOIN catalogue k ON k.id = i.catalogue_id"
                " WHERE i.customer_id = ? ORDER BY i.occurred_s DESC LIMIT ?", (key, _LAST)).fetchall()  # fmt: skip
            bars = raw.execute(
                "SELECT strftime('%Y-%m', i.occurred_s, 'unixepoch'), k.channel, k.mode, count(*) FROM interaction i"
                " JOIN catalogue k ON k.id = i.catalogue_id WHERE i.customer_id = ? GROUP BY 1, 2, 3",
                (key,)).fetchall()  # fmt: skip
            raw.execute("SELECT * FROM permission_event WHERE customer_id = ? ORDER BY effective_at, seq",
                        (key,)).fetchall()  # fmt: skip
            seen.append(key)
            events.append(len(acts))
            months.append(len(bars))
    return answer_of({"customer": seen, "events": events, "months": months})


def by_services(path: str, customers: int) -> str:
    """What the customer's page asks when it opens: card, timeline and permissions."""
    from small_bank import ACTOR

    from crmdesk.services import customers as service
    from crmdesk.services import permissions

    app = open_app(path)
    seen, events, months = [], [], []
    for number in numbers(customers):
        card = service.get(app, ACTOR, number)
        line = service.timeline(app, ACTOR, number)
        permissions.grid(app, ACTOR, number)
        seen.append(int(card.number[2:]))
        events.append(len(line.events))
        months.append(len(line.months))
    return answer_of({"customer": seen, "events": events, "months": months})


def _warm() -> None:
    by_services(**json.loads(sys.argv[2]))


by_hand.warm = by_services.warm = _warm  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make_bank(tmp_path_factory.mktemp("customer") / "large.crmdesk"))


def test_a_customers_page_costs_what_its_facts_cost(bank: str) -> None:
    arguments = {"path": bank, "customers": LARGE}
    compare(f"a customer's page, {LARGE:,} customers", Call("SQL", by_hand, arguments),
            Call("services", by_services, arguments), gate=1.5).check()  # fmt: skip
