"""Mining of those whom a filter takes: who is outside, what is kept with the run, and who asks again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crmdesk.analytics.population import OUTSIDE, Population
from crmdesk.contributions import Analysis
from crmdesk.domain.errors import AnalysisError, BadInput, Refused
from crmdesk.domain.filter import Chip
from crmdesk.domain.rights import Actor, Role
from crmdesk.results import Model, Scores
from crmdesk.services import mining, scoring
from tests.small_bank import ACTOR, add, person
from tests.unit.services.mining_bank import (
    ANALYSES,
    FewPlugins,
    SmallApp,
    Split,
    bank,
    refuses_profiling,
    say,
)

ANALYST = Actor("ana", frozenset({Role.ANALYST}))
COMPANIES = Chip("kind", "is", ("company",))
PEOPLE = Chip("kind", "is", ("person",))


def train(frame: Any, params: Split, progress: Any) -> Scores:
    return score(Model("demo", b"1"), frame, params, progress)


def score(model: Model, frame: Any, params: Split, progress: Any) -> Scores:
    import pandas as pd

    table = pd.DataFrame({"customer": frame.index, "score": 0.5, "level": "low", "contributions": "", "note": ""})
    return Scores("Scored.", tables={"scores": table}, model=model)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    """Forty active customers, two idle ones; every third is a company."""
    made = bank(tmp_path / "b.crmdesk")
    with made.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET kind = 'company' WHERE id % 3 = 0")
    yield made
    made.store.close()


def test_the_others_are_outside_and_every_customer_is_counted_once(app: SmallApp) -> None:
    say(app, refuses_profiling(3), refuses_profiling(4))
    before = mining.population(app, ACTOR, "demo.split", population=(COMPANIES,))
    assert before["excluded"] == {OUTSIDE: 28, "no_permission_for_purpose": 1, "too_few_interactions": 1}
    assert before["eligible"] + sum(before["excluded"].values()) == 42
    record = mining.run(app, ACTOR, "demo.split", {}, population=(COMPANIES,))
    assert (record.eligible, dict(record.excluded)) == (before["eligible"], before["excluded"])
    assert set(record.tables["members"]["customer"]) == {f"C-{i:06d}" for i in range(6, 40, 3)}


def test_a_run_keeps_its_filter_and_the_history_tells_it(app: SmallApp) -> None:
    record = mining.run(app, ACTOR, "demo.split", {}, population=(COMPANIES,))
    assert mining.get_run(app, ACTOR, record.uuid).population == (COMPANIES,)
    assert mining.runs(app, ACTOR)[0].population == (COMPANIES,)
    assert mining.mine_document(record)["population"]["filter"] == [COMPANIES.to_json()]
    everybody = mining.run(app, ACTOR, "demo.split", {})
    assert everybody.population == () and "filter" not in mining.mine_document(everybody)["population"]
    with app.store.reader() as raw:
        kept = raw.execute("SELECT population FROM run ORDER BY id").fetchall()
    assert json.loads(kept[0][0]) == [COMPANIES.to_json()] and kept[1] == (None,)


def test_a_rerun_asks_for_the_same_people(app: SmallApp) -> None:
    record = mining.run(app, ACTOR, "demo.split", {}, population=(COMPANIES,))
    again = mining.rerun(app, ACTOR, record.uuid)
    assert again.same
    assert mining.get_run(app, ACTOR, again.run).population == (COMPANIES,)
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET kind = 'person' WHERE id = 6")
    later = mining.rerun(app, ACTOR, record.uuid)
    assert not later.same
    assert any("outside the population 28 -> 29" in words for words in later.differences)


def test_only_people_of_the_runs_population_are_scored(app: SmallApp, monkeypatch: pytest.MonkeyPatch) -> None:
    analyses = {**ANALYSES, "demo.score": Analysis("demo.score", "Score", "Scores.", ("usage.cells",), Split, train,
                                                   Scores, score=score)}  # fmt: skip
    app = SmallApp(app.store, app.engine, FewPlugins(analyses))
    record = mining.run(app, ACTOR, "demo.score", {}, population=(COMPANIES,))
    assert scoring.score(app, ACTOR, record.uuid, ["C-000009"]).rows
    with pytest.raises(Refused, match="outside the population"):
        scoring.score(app, ACTOR, record.uuid, ["C-000010"])
    assert scoring.score(app, ACTOR, record.uuid).excluded[OUTSIDE] == 28


@pytest.mark.parametrize("chip", [Chip("custom.gone", "is", ("a",)), Chip("custom.tier", "from", ("2",))], ids=str)
def test_a_filter_of_an_unknown_field_is_refused_before_anything_is_recorded(app: SmallApp, chip: Chip) -> None:
    field = {"code": "tier", "title": "Tier", "kind": "choice", "choices": '["a"]', "tag": "plain", "position": 0,
             "version": 1}  # fmt: skip
    with app.store.write() as session:
        add(session, "custom_field", [field])
    with pytest.raises(BadInput):
        mining.run(app, ACTOR, "demo.split", {}, population=(chip,))
    assert not mining.runs(app, ACTOR)


def test_an_analyst_may_not_choose_by_contact_data(app: SmallApp) -> None:
    chip = Chip("city", "contains", ("mo",))
    for ask in (mining.run, mining.population):
        with pytest.raises(Refused, match="contact data"):
            ask(app, ANALYST, "demo.split", **({"raw_params": {}} if ask is mining.run else {}), population=(chip,))  # type: ignore[operator]
    assert mining.population(app, ANALYST, "demo.split", population=(PEOPLE,))["eligible"] == 27


def test_a_filter_that_takes_nobody_is_told_by_its_reason(app: SmallApp) -> None:
    with pytest.raises(AnalysisError, match="42 outside the population"):
        mining.run(app, ACTOR, "demo.split", {}, population=(Chip("joined", "from", ("2026-01-01",)),))


def test_the_filter_is_asked_at_the_moment_of_the_run(app: SmallApp) -> None:
    with app.store.write() as session:
        add(session, "customer", [person(90, "New", "Person")])
    assert mining.population(app, ACTOR, "demo.split", population=(PEOPLE,))["excluded"]["too_few_interactions"] == 2


def test_within_keeps_the_sum() -> None:
    rng = np.random.default_rng(5)
    ids = rng.permutation(200)
    used, minor, gone = np.sort(ids[:120]), np.sort(ids[120:150]), np.sort(ids[150:])
    who = Population(used, {"minor": 30, "erased": 50}, used[:7], {"minor": minor, "erased": gone})
    chosen = np.sort(rng.choice(300, 140, replace=False))
    inside = who.within(chosen)
    assert inside.eligible + sum(inside.excluded.values()) == 200
    assert set(inside.customers) == set(used) & set(chosen)
    assert set(inside.provisional) == set(used[:7]) & set(chosen)
    assert set(inside.left_out[OUTSIDE]) == set(range(200)) - set(chosen)
