"""What a run's filter tells: neither old chips nor new questions lead to birthdays and hidden fields."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crmdesk.domain.filter import Chip
from crmdesk.mining import ledger
from crmdesk.services import mining, runs
from tests.small_bank import ACTOR
from tests.unit.services.mining_bank import SmallApp
from tests.unit.services.staffed_bank import actor, staffed, with_users

HIDDEN = (Chip("city", "contains", ("Moda",)), Chip("born", "from", ("1985-05-17",)))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = staffed(tmp_path / "b.crmdesk")
    with made.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET city = 'Moda', city_folded = 'moda'")
        session.connection().exec_driver_sql("UPDATE customer SET birth_date = '1985-05-17' WHERE id = 7")
        session.connection().exec_driver_sql("UPDATE customer SET birth_date = '1985-05-16' WHERE id <> 7")
    yield made
    made.store.close()


def eligible(app: SmallApp, who: Any, *chips: Chip) -> int:
    return int(mining.population(app, who, "demo.split", population=chips)["eligible"])


def test_an_analyst_cannot_halve_a_decade_until_a_birthday_stands(app: SmallApp) -> None:
    younger, older = Chip("born", "from", ("1985-05-17",)), Chip("born", "before", ("1985-05-17",))
    everybody = eligible(app, ACTOR)
    assert (eligible(app, ACTOR, younger), eligible(app, ACTOR, older)) == (1, everybody - 1)
    with_users(app)
    anna = actor("anna")
    assert (eligible(app, anna, younger), eligible(app, anna, older)) == (0, everybody)
    assert eligible(app, anna, Chip("born", "from", ("1980-01-01",))) == everybody
    made = mining.run(app, anna, "demo.split", {}, population=(older,))
    assert made.chips == (Chip("born", "before", ("1990-01-01",)).to_json(),)
    assert len(made.tables["members"]) == everybody


@pytest.mark.parametrize("login", ["anna", "mark", "dora"])
def test_conditions_of_an_old_run_are_told_to_who_may_ask_them(app: SmallApp, login: str) -> None:
    kept = Chip("kind", "is", ("person",))
    uuid = mining.run(app, ACTOR, "demo.split", {}, population=(*HIDDEN, kept)).uuid
    assert len(runs.get_run(app, ACTOR, uuid).chips) == 3
    with_users(app)
    one = runs.get_run(app, actor(login), uuid)
    listed = next(record for record in runs.runs(app, actor(login)) if record.uuid == uuid)
    assert (one.chips, one.untold) == (listed.chips, listed.untold) == ((kept.to_json(),), 2)
    told = mining.mine_document(one)["population"]
    assert (told["filter"], told["filter_hidden"]) == ([kept.to_json()], 2)


def test_a_condition_that_no_program_reads_is_told_to_nobody_else(app: SmallApp) -> None:
    record, gone = mining.run(app, ACTOR, "demo.split", {}), ({"field": "tattoo", "values": ["x"]},)
    ledger.write(app.store, ACTOR, replace(record, uuid="old", chips=gone, result=None, outcome="failed"))
    with_users(app)
    found = next(one for one in runs.runs(app, actor("anna")) if one.uuid == "old")
    assert (found.chips, found.untold) == ((), 1)
