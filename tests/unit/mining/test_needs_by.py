"""Needs that a parameter chooses: what is read, who may be used, and an analysis that reads no customers at all."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pytest

from crmdesk.contributions import Analysis, Events, Features, Field, Params, max_
from crmdesk.contributions.measures import Column_
from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.mining import frame
from crmdesk.mining.params import validate
from crmdesk.results import Metric, Table
from crmdesk.services import mining
from tests.small_bank import ACTOR, UNTIL, add
from tests.unit.services.mining_bank import FewPlugins, SmallApp, bank


class Source(Params):
    source: Literal["acts", "people", "file"] = Field("acts", title="Source", description="Where baskets come from.")


def look(frame: pd.DataFrame, params: Source, progress: Any) -> Table:
    """Says which columns it was given, and how many customers."""
    progress.step(0.5, "looking")
    assert frame.index.name == "customer"
    columns = pd.DataFrame({"column": [str(c) for c in frame.columns]})
    return Table(f"{frame.index.nunique()} customers.", {"rows": Metric(len(frame))}, {"columns": columns})


LOOK = Analysis(
    "demo.look", "Look", "Says what it sees.", (), Source, look, Table, optional=("person.card",), minimum=30,
    needs_by={"source": {"acts": ("usage.interactions",), "people": ("permission.states",), "file": ()}},
)  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    app = replace(bank(tmp_path / "b.crmdesk"), plugins=FewPlugins({LOOK.id: LOOK}))
    yield app
    app.store.close()


def ids(analysis: Analysis, source: str) -> list[str]:
    params = validate(analysis, {"source": source}, 7, UNTIL)
    return [need.id for need in frame.needs_of(analysis, {}, params)]


def test_a_parameter_chooses_the_needs() -> None:
    assert ids(LOOK, "acts") == ["usage.interactions", "person.card"]
    assert ids(LOOK, "people") == ["permission.states", "person.card"]
    assert ids(LOOK, "file") == []
    assert [need.id for need in frame.needs_of(LOOK, {})] == ids(LOOK, "acts")  # without parameters: the default
    assert ids(replace(LOOK, needs=("money.current",)), "file") == ["money.current", "person.card"]
    assert LOOK.every_need == ("usage.interactions", "permission.states", "person.card")


def test_only_a_chosen_need_has_to_exist() -> None:
    lost = replace(LOOK, needs_by={"source": {"acts": ("gone.feature",), "people": (), "file": ()}})
    assert ids(lost, "file") == []
    with pytest.raises(CrmdeskError, match=r"needs gone\.feature, which no loaded plugin offers"):
        ids(lost, "acts")


def test_an_analysis_without_any_needs_is_refused() -> None:
    with pytest.raises(CrmdeskError, match="names no data that it needs"):
        frame.needs_of(replace(LOOK, needs_by={}), {})


def test_the_choice_decides_who_may_be_used(app: SmallApp) -> None:
    acts = mining.population(app, ACTOR, LOOK.id)
    assert acts["excluded"]["too_few_interactions"] == 2
    assert mining.population(app, ACTOR, LOOK.id, None, {"source": "acts"}) == acts
    people = mining.population(app, ACTOR, LOOK.id, None, {"source": "people"})
    assert "too_few_interactions" not in people["excluded"]
    assert people["eligible"] == acts["eligible"] + 2
    nobody = mining.population(app, ACTOR, LOOK.id, None, {"source": "file"})
    assert (nobody["eligible"], nobody["excluded"]) == (0, {})
    with pytest.raises(BadInput, match="source must be one of"):
        mining.population(app, ACTOR, LOOK.id, None, {"source": "rumour"})


def test_optional_data_about_acts_asks_nobody_for_acts(app: SmallApp) -> None:
    wishes = replace(LOOK, optional=("usage.channel",))
    who = frame.people(app.store, wishes, {}, UNTIL, validate(wishes, {"source": "people"}, 7, UNTIL))
    assert "too_few_interactions" not in who.excluded


def test_a_run_gets_the_columns_of_its_choice(app: SmallApp) -> None:
    acts = mining.run(app, ACTOR, LOOK.id, {"source": "acts"})
    people = mining.run(app, ACTOR, LOOK.id, {"source": "people"})
    assert "occurred_s" in set(acts.tables["columns"]["column"])
    assert {"occurred_s", "granted_channel"} & set(people.tables["columns"]["column"]) == {"granted_channel"}
    assert acts.data_hash != people.data_hash


def test_no_customers_are_read_where_none_are_needed(app: SmallApp) -> None:
    run = mining.run(app, ACTOR, LOOK.id, {"source": "file"})
    assert (run.verdict, run.eligible, run.excluded, run.outcome) == ("0 customers.", 0, {}, "done")
    assert run.tables["columns"].empty
    assert run.data_hash == run.population_hash == hashlib.sha256(b"").hexdigest()
    again = mining.rerun(app, ACTOR, run.uuid)
    assert again.same, again.differences


def test_the_minimum_holds_where_customers_are_needed(app: SmallApp) -> None:
    strict = replace(app, plugins=FewPlugins({LOOK.id: replace(LOOK, minimum=10_000)}))
    with pytest.raises(CrmdeskError, match="needs at least 10000"):
        mining.run(strict, ACTOR, LOOK.id, {})
    assert mining.run(strict, ACTOR, LOOK.id, {"source": "file"}).outcome == "done"


def test_the_list_of_analyses_shows_the_default_choice(app: SmallApp) -> None:
    (listed,) = mining.analyses(app)
    assert listed.needs == ("usage.interactions",)


def test_choices_that_are_not_the_parameters_are_named() -> None:
    assert list(LOOK.bad_choices()) == []
    misspelt = replace(LOOK, needs_by={"source": {"act": (), "people": (), "file": ()}})
    assert list(misspelt.bad_choices()) == [
        "demo.look needs data by 'source', whose words are acts, file, people, not act, file, people."
    ]
    (unknown,) = replace(LOOK, needs_by={"sauce": {"acts": ()}}).bad_choices()
    assert unknown == "demo.look needs data by 'sauce', whose words are no fixed words, not acts."


def test_products_and_amounts_decide_who_is_left_out(tmp_path: Path) -> None:
    bare = Events("demo.held", "Held", over="holdings", columns=("opened_s", "product"))
    owed = Events("demo.owed", "Owed", over="holdings", columns=("opened_s", "principal"))
    largest = Features("demo.largest", "Largest", over="holdings", measures={"most": max_(Column_("principal"))})
    needs = {need.id: need for need in (bare, owed, largest)}
    app = bank(tmp_path / "p.crmdesk", customers=4, idle=0)
    with app.store.write() as session:
        add(
            session, "product", [{"id": 1, "code": "CUR", "name": "Current account", "family": "current", "version": 1}]
        )
        add(session, "account", [
            {"id": i, "number": str(i), "product_id": 1, "currency": money, "opened_on": on, "version": 1}
            for i, money, on in ((1, "EUR", "2020-01-01"), (2, "EUR", "2020-01-01"), (3, "USD", "2020-01-01"),
                                 (4, "EUR", "2026-10-31"))
        ])  # fmt: skip
        add(session, "holding", [{"account_id": i, "customer_id": i, "role": "owner"} for i in (1, 2, 3, 4)])

    def left_out(*ids: str) -> dict[str, int]:
        return frame.people(app.store, replace(LOOK, needs=ids, needs_by={}), needs, date(2026, 10, 30)).excluded

    assert left_out("demo.held") == {"no_products": 1}
    assert left_out("demo.owed") == {"no_products": 1, "mixed_currency": 1}
    assert left_out("demo.largest") == {"mixed_currency": 1}
    app.store.close()
