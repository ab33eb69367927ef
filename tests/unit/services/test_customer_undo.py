"""Everything that is written down about a customer can be taken back and done again, to the letter."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.services import custom_fields, customer_edit, history, surroundings

ADA, CETIN, WORKS = "C-000001", "C-000002", "C-000005"
TABLES = ("customer", "household", "household_member", "relation", "interest", "life_event", "custom_field")
NEW = {"kind": "person", "family_name": "Zog", "branch": "HO", "custom.tier": "Gold"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "bank.crmdesk")
    custom_fields.add(made, ACTOR, code="tier", title="Tier", kind="choice", choices=("Gold", "Silver"))
    surroundings.join_household(made, ACTOR, CETIN, with_number=ADA)
    surroundings.relate(made, ACTOR, WORKS, ADA, "employer")
    surroundings.add_life_event(made, ACTOR, ADA, "move", date(2020, 1, 1), "to Moda")
    surroundings.add_interest(made, ACTOR, ADA, "loan")
    yield made
    made.store.close()


def content(app: SmallApp) -> dict[str, list[dict[str, Any]]]:
    """Every row but its version, which only ever grows; an own field that is empty counts as none."""
    found = {}
    with app.store.reader() as raw:
        for table in TABLES:
            rows = raw.execute(f"SELECT * FROM {table} ORDER BY id")
            names = [column[0] for column in rows.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in rows]
    for row in (row for rows in found.values() for row in rows):
        del row["version"]
        for name in ("custom", "settings", "choices"):
            row[name] = None if row.get(name) == "null" else row.get(name)
    return found


@pytest.mark.parametrize(
    "deed",
    [
        lambda app: customer_edit.create(app, ACTOR, NEW),
        lambda app: customer_edit.edit(
            app, ACTOR, ADA, 1, {"city": "İzmir", "phone": "", "birth_date": "", "branch": "B2", "custom.tier": "gold"}
        ),
        lambda app: surroundings.join_household(app, ACTOR, CETIN, name="At the harbour"),
        lambda app: surroundings.join_household(app, ACTOR, CETIN, with_number=ADA, role="partner"),
        lambda app: surroundings.leave_household(app, ACTOR, ADA),
        lambda app: surroundings.rename_household(app, ACTOR, 1, 1, "Moda 12"),
        lambda app: surroundings.relate(app, ACTOR, ADA, CETIN, "guarantor"),
        lambda app: surroundings.end_relation(app, ACTOR, 1),
        lambda app: surroundings.add_life_event(app, ACTOR, ADA, "birth", date(2021, 1, 1), "Elif"),
        lambda app: surroundings.remove_life_event(app, ACTOR, 1),
        lambda app: surroundings.add_interest(app, ACTOR, CETIN, "card"),
        lambda app: surroundings.remove_interest(app, ACTOR, 1),
        lambda app: custom_fields.add(app, ACTOR, code="pets", title="Pets", kind="whole"),
        lambda app: custom_fields.change(app, ACTOR, "tier", 1, title="Level", choices=("Gold", "Tin"), tag="finance"),
        lambda app: custom_fields.retire(app, ACTOR, "tier"),
    ],
)
def test_a_deed_is_taken_back_and_done_again(app: SmallApp, deed: Callable[[SmallApp], Any]) -> None:
    before = content(app)
    deed(app)
    after = content(app)
    assert after != before
    report = history.undo(app, ACTOR)
    assert report.kept == ()
    assert content(app) == before
    history.redo(app, ACTOR)
    assert content(app) == after
