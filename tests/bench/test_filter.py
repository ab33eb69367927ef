"""Three chips over a large bank, against the SQL that somebody would write for them by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from harness import Call, answer_of, compare

sys.path.insert(0, str(Path(__file__).parents[1]))

from large_bank import LARGE, make_bank, open_app

# Name of the case -> chips as (field, operator, values), and the conditions by hand.
CASES = {
    "branch, product, joined": (
        (("branch", "is", ("B2", "B3", "B4")), ("product", "is", ("savings",)), ("joined", "from", ("2015-01-01",))),
        "branch_id IN (2, 3, 4) AND joined_on >= '2015-01-01' AND EXISTS (SELECT 1 FROM holding h JOIN account a"
        " ON a.id = h.account_id WHERE h.customer_id = customer.id AND h.role = 'owner' AND a.closed_on IS NULL"
        " AND a.product_id = 2)",
    ),
    "own field, prospect, active": (
        (("custom.tier", "is", ("gold",)), ("prospect", "is", ("no",)), ("active", "from", ("2026-10-01",))),
        "json_extract(custom, '$.tier') = 'gold'"
        " AND EXISTS (SELECT 1 FROM holding WHERE holding.customer_id = customer.id)"
        " AND (SELECT max(occurred_s) FROM interaction i WHERE i.customer_id = customer.id"
        " AND initiated_by = 'customer' AND reverses IS NULL) >= unixepoch('2026-10-01')",
    ),
    "may be e-mailed, branch not, born": (
        (("marketing", "is", ("email",)), ("branch", "is_not", ("B2",)), ("born", "before", ("1990-01-01",))),
        "branch_id <> 2 AND birth_date < '1990-01-01' AND id IN (SELECT customer_id FROM (SELECT customer_id, status,"
        " max(effective_at || CASE status WHEN 'granted' THEN 1 ELSE 2 END || printf('%012d', seq))"
        " FROM permission_event WHERE purpose = 'marketing' AND (channel = 'email' OR channel IS NULL)"
        " AND effective_at <= datetime('now') GROUP BY customer_id) WHERE status = 'granted')",
    ),
}  # fmt: skip


def by_hand(path: str, case: str) -> str:
    with open_app(path).store.reader() as raw:
        rows = raw.execute(f"SELECT id FROM customer WHERE {CASES[case][1]} ORDER BY name_folded, id").fetchall()
    return answer_of({"id": [key for (key,) in rows]})


def by_chips(path: str, case: str) -> str:
    from small_bank import ACTOR

    from crmdesk.domain.filter import Chip
    from crmdesk.services import customers
    from crmdesk.services.customers import CustomerQuery

    chips = tuple(Chip(*chip) for chip in CASES[case][0])
    return answer_of({"id": customers.find(open_app(path), ACTOR, CustomerQuery(filters=chips))})


def _warm() -> None:
    """Imports, and the bank read once, so that neither side pays for the disk."""
    arguments = json.loads(sys.argv[2])
    by_chips(**arguments)


by_hand.warm = by_chips.warm = _warm  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = make_bank(tmp_path_factory.mktemp("filter") / "large.crmdesk")
    with open_app(str(path)).store.write() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO custom_field (code, title, kind, choices, tag, position, version)"
            """ VALUES ('tier', 'Tier', 'choice', '["gold", "silver", "plain"]', 'plain', 0, 1)"""
        )
    return str(path)


@pytest.mark.parametrize("case", CASES)
def test_three_chips_cost_what_sql_by_hand_costs(bank: str, case: str) -> None:
    arguments = {"path": bank, "case": case}
    compare(f"{case}, {LARGE:,} customers", Call("by hand", by_hand, arguments), Call("chips", by_chips, arguments),
            gate=1.5).check()  # fmt: skip
