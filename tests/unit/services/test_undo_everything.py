"""A day's work of every kind is taken back deed by deed, and the bank is what it was; redone, it is the day again."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.services import (
    bulk,
    custom_fields,
    customer_edit,
    history,
    households,
    opportunities,
    saved,
    surroundings,
    tasks,
)  # fmt: skip
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.store.verify import verify

TABLES = ("customer", "household", "household_member", "relation", "interest", "life_event", "custom_field", "task",
          "opportunity", "saved_search")  # fmt: skip
ADA, CETIN, IDA = "C-000001", "C-000002", "C-000003"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def content(app: SmallApp) -> dict[str, list[dict[str, Any]]]:
    """Every row that can be undone; versions only ever grow."""
    found = {}
    with app.store.reader() as raw:
        for table in TABLES:
            cursor = raw.execute(f"SELECT * FROM {table} ORDER BY id")
            names = [d[0] for d in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
            kept = [{k: None if v == "null" else v for k, v in r.items() if k != "version"} for r in rows]
            found[table] = kept
    return found


def work(app: SmallApp) -> None:
    """One deed of each kind, each on what those before it left."""
    now = app.store.clock()
    values = {"family_name": "Berg", "given_name": "Liv", "branch": "HO", "kind": "person", "country": "SE"}
    number = customer_edit.create(app, ACTOR, values).number
    customer_edit.edit(app, ACTOR, ADA, 1, {"city": "Bursa", "occupation": "nurse"})
    custom_fields.add(app, ACTOR, code="tone", title="Tone", kind="choice", choices=("formal", "warm"))
    custom_fields.change(app, ACTOR, "tone", 1, title="Tone of letters")
    bulk.apply(app, ACTOR, Chosen(CustomerQuery()), "custom.tone", "warm")
    bulk.apply(app, ACTOR, Chosen(CustomerQuery(), (1, 2, 3)), "source", "fair")
    households.join_household(app, ACTOR, ADA, with_number=CETIN)
    households.join_household(app, ACTOR, IDA, name="Ström")
    households.leave_household(app, ACTOR, CETIN)
    surroundings.relate(app, ACTOR, ADA, number, "referrer")
    surroundings.add_life_event(app, ACTOR, ADA, "move", date(2026, 5, 3), "to Bursa")
    surroundings.add_interest(app, ACTOR, IDA, "loan")
    around = surroundings.of_customer(app, ACTOR, ADA)
    surroundings.end_relation(app, ACTOR, around.relations[0].id)
    surroundings.remove_life_event(app, ACTOR, around.life_events[0].id)
    tasks.add(app, ACTOR, "Call", now + timedelta(days=1), number=ADA)
    (task,) = tasks.of_customer(app, ACTOR, ADA)
    tasks.snooze(app, ACTOR, task.id, now + timedelta(days=2))
    tasks.done(app, ACTOR, task.id)
    opportunities.add(app, ACTOR, ADA, "Home loan")
    (one,) = opportunities.of_customer(app, ACTOR, ADA)
    opportunities.move(app, ACTOR, one.id, one.version, "lost", lost_reason="price")
    saved.save(app, ACTOR, "Mine", CustomerQuery("moda"))
    (kept,) = saved.lists(app, ACTOR)
    saved.rename(app, ACTOR, kept.id, "My Moda")
    saved.delete(app, ACTOR, kept.id)


def test_a_whole_day_goes_back_and_comes_again(app: SmallApp) -> None:
    before = content(app)
    work(app)
    after, days = content(app), [d for d in history.deeds(app, ACTOR) if d.undoes is None]
    assert after != before and len(days) >= 20
    while history.next_undo(app, ACTOR):
        assert history.undo(app, ACTOR).kept == ()
    found = content(app)
    (moved,) = found.pop("opportunity")  # its moves are kept for good, and so is it
    assert (moved["stage"], moved["lost_reason"]) == ("lost", "recorded by mistake")
    assert found == {table: rows for table, rows in before.items() if table != "opportunity"}
    while history.next_redo(app, ACTOR):
        assert history.redo(app, ACTOR).kept == ()
    assert content(app) == after
    assert verify(app.store.path)["ok"]
