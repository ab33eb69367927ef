"""Scoring with a stored model: members keep their segments, newcomers get one, and nobody without permission does."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmdesk.app import App, build_app
from crmdesk.contributions import Analysis
from crmdesk.domain.errors import AnalysisError, BadInput, CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Role
from crmdesk.mining.record import RunRecord
from crmdesk.results import Model, Scores, Segments
from crmdesk.services import banks, mining, scoring
from crmdesk.store import chain
from crmdesk.store.queries import customers as people
from tests.small_bank import ACTOR, add, interaction, person
from tests.unit.services.mining_bank import (
    ANALYSES,
    ONLINE,
    FewPlugins,
    SmallApp,
    Split,
    bank,
    refuses_profiling,
    say,
    split,
)

ANALYST = Actor("ana", frozenset({Role.ANALYST}))
NEW = "C-000090"


# The gemstone bank: the real segmentation in the real worker.


@pytest.fixture(scope="module")
def gemstone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    file = tmp_path_factory.mktemp("bank") / "g.crmdesk"
    banks.create(file, preset="gemstone", customers=1200, seed=7)
    with build_app(file) as app:
        yield app


@pytest.fixture(scope="module")
def mined(gemstone: App) -> RunRecord:
    return mining.run(gemstone, ACTOR, "segmentation.two_tier", {"k1": 4, "k2": 3})


def test_members_are_scored_into_their_own_segments(gemstone: App, mined: RunRecord) -> None:
    # Read back, so that nobody is in it who has withdrawn meanwhile.
    members = mining.get_run(gemstone, ACTOR, mined.uuid).tables["members"].set_index("customer")
    found = pd.DataFrame(scoring.score(gemstone, ACTOR, mined.uuid, list(members.index)).rows).set_index("customer")
    assert len(found) == len(members) > 1000
    assert (found["segment"] == members.loc[found.index, "segment"]).mean() >= 0.97
    assert found["segment"].nunique() == len(mined.tables["segments"])
    assert {"strength", "runner_up", "distance_pct", "provisional", "note"} < set(found.columns)
    names = dict(mined.tables["segments"][["segment", "name"]].itertuples(index=False))
    assert found["name"].tolist() == [names[code] for code in found["segment"]]


def test_who_withdrew_since_the_run_is_refused(gemstone: App, mined: RunRecord) -> None:
    number = str(mined.tables["members"]["customer"].iloc[3])
    assert scoring.score(gemstone, ACTOR, mined.uuid, [number]).rows
    with gemstone.store.reader() as raw:
        customer = people.id_of(raw, number)
    now = gemstone.store.clock()
    with gemstone.store.write() as session:
        objection = {**refuses_profiling(customer), "effective_at": now, "recorded_at": now}
        chain.append(session, gemstone.store.audit_key, "permission_event", [objection])
    with pytest.raises(Refused, match=f"{number} may not be scored .*no permission"):
        scoring.score(gemstone, ACTOR, mined.uuid, [number])


def test_a_single_step_offers_no_scoring(gemstone: App) -> None:
    record = mining.run(gemstone, ACTOR, "segmentation.single", {"k": 4})
    with pytest.raises(CrmdeskError, match="offers no scoring"):
        scoring.score(gemstone, ACTOR, record.uuid)


# A bank of forty: what the host does whatever the analysis.


def with_model(frame: pd.DataFrame, params: Split, progress: Any) -> Segments:
    return replace(split(frame, params, progress), model=Model("json", b"[3]"))


def place(model: Model, frame: pd.DataFrame, params: Split, progress: Any) -> Segments:
    """Everybody to the tier of the preferred channel, upper level; proves that the model came along."""
    tier1 = (frame["c06"] > frame["c01"]).astype(int) + 1
    return Segments("Placed.", tables={"members": pd.DataFrame(
        {"customer": frame.index, "tier1": tier1.to_numpy(), "tier2": 2, "segment": [f"{a}.2" for a in tier1],
         "strength": 0.8, "runner_up": "1.1", "distance_pct": float(model.data.decode().strip("[]")),
         "provisional": False, "note": params.style}
    )})  # fmt: skip


def forgets(model: Model, frame: pd.DataFrame, params: Split, progress: Any) -> Scores:
    return Scores("Too few.", tables={"scores": pd.DataFrame({"customer": frame.index[1:], "score": 0.5})})


def invents(model: Model, frame: pd.DataFrame, params: Split, progress: Any) -> Segments:
    found = place(model, frame, params, progress)
    return replace(found, tables={"members": found.tables["members"].assign(segment="9.9")})


def silent(model: Model, frame: pd.DataFrame, params: Split, progress: Any) -> Segments:
    return Segments("Nothing.")


def analysis(score: Callable[..., Any]) -> Analysis:
    name = f"demo.{score.__name__}"
    return Analysis(name, "Place", "With a model.", ("usage.cells",), Split, with_model, Segments, score=score)


def plugins() -> FewPlugins:
    made = [analysis(score) for score in (place, forgets, invents, silent)]
    modelless = replace(ANALYSES["demo.split"], id="demo.modelless", score=place)
    return FewPlugins({**ANALYSES, **{a.id: a for a in (*made, modelless)}})


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    app = replace(bank(tmp_path / "b.crmdesk"), plugins=plugins())
    yield app
    app.store.close()


def arrive(app: SmallApp, *ids: int) -> None:
    """New customers who go online once."""
    with app.store.write() as session:
        add(session, "customer", [person(i, "Nova", f"Ny{i}") for i in ids])
        add(session, "interaction", [interaction(i, "2026-09-20T10:00", ONLINE) for i in ids])


def audited(app: SmallApp) -> list[tuple[Any, ...]]:
    with app.store.reader() as raw:
        query = "SELECT object, purpose, run_uuid, customer_id, reason FROM audit_event WHERE act = 'score'"
        return [tuple(row) for row in raw.execute(query)]


def stored(app: SmallApp) -> list[int]:
    tables = ("run", "run_table", "segment", "segment_membership")
    with app.store.reader() as raw:
        return list(itertools.chain(*(raw.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables)))


def test_newcomers_are_scored_counted_and_audited_and_nothing_is_stored(app: SmallApp) -> None:
    record = mining.run(app, ACTOR, "demo.place", {"style": "wordy"})
    assert scoring.score(app, ACTOR, record.uuid).document() == {
        "run": record.uuid, "scores": [], "excluded": {"too_few_interactions": 2}
    }  # fmt: skip
    arrive(app, 90, 91)
    # One newcomer and one member say no: the member has a place in the run, so only the newcomer is counted.
    say(app, refuses_profiling(91), refuses_profiling(5))
    before = stored(app)
    found = scoring.score(app, ACTOR, record.uuid[:8])
    assert found.document() == {
        "run": record.uuid,
        "scores": [{"customer": NEW, "tier1": 2, "tier2": 2, "segment": "2.2", "name": "=Group", "strength": 0.8,
                    "runner_up": "1.1", "distance_pct": 3.0, "provisional": False, "note": "wordy"}],
        "excluded": {"no_permission_for_purpose": 1, "too_few_interactions": 2},
    }  # fmt: skip
    assert found.as_of == "2026-09-20"
    assert stored(app) == before
    assert audited(app)[1:] == [("demo.place", "profiling", record.uuid, 90, "1 customer rows")]


def test_an_unknown_or_excluded_number_refuses_the_whole(app: SmallApp) -> None:
    record = mining.run(app, ACTOR, "demo.place", {})
    with pytest.raises(BadInput, match="No customer has the number C-777777"):
        scoring.score(app, ACTOR, record.uuid, ["C-000001", "C-777777"])
    with pytest.raises(Refused, match="C-000042 may not be scored .* too few interactions"):
        scoring.score(app, ACTOR, record.uuid, ["C-000001", "C-000042"])
    assert not audited(app)
    twice = scoring.score(app, ACTOR, record.uuid, ["C-000002", "C-000001", "C-000002"])
    assert [row["customer"] for row in twice.rows] == ["C-000001", "C-000002"] and not twice.excluded


def test_a_run_without_result_model_or_scoring_says_so(app: SmallApp) -> None:
    with pytest.raises(AnalysisError):
        mining.run(app, ACTOR, "demo.refuse", {})
    failed = mining.runs(app, ACTOR)[0]
    for uuid, words in (
        (failed.uuid, "no result to score with: These customers are all alike"),
        (mining.run(app, ACTOR, "demo.split", {}).uuid, "offers no scoring"),
        (mining.run(app, ACTOR, "demo.modelless", {}).uuid, "stored no model"),
    ):
        with pytest.raises(CrmdeskError, match=words):
            scoring.score(app, ACTOR, uuid)
    with pytest.raises(BadInput, match="There is no run 'nothing'"):
        scoring.score(app, ACTOR, "nothing")


@pytest.mark.parametrize(
    ("score", "words"),
    [(forgets, "scored 0 of 1 customers"), (invents, "does not list"), (silent, "has no table")],
)
def test_what_a_plugin_gives_back_is_checked(app: SmallApp, score: Callable[..., Any], words: str) -> None:
    record = mining.run(app, ACTOR, f"demo.{score.__name__}", {})
    arrive(app, 90)
    with pytest.raises(AnalysisError, match=words):
        scoring.score(app, ACTOR, record.uuid)
    assert not audited(app)


def test_rights_and_pseudonyms(app: SmallApp) -> None:
    record = mining.run(app, ACTOR, "demo.place", {})
    arrive(app, 90)
    assert scoring.score(app, ANALYST, record.uuid).rows[0]["customer"] == "P-90"
    assert scoring.score(app, ANALYST, record.uuid, ["P-90"]).rows[0]["customer"] == "P-90"
    with pytest.raises(BadInput, match="No customer has the number"):  # a number would say who the pseudonym is
        scoring.score(app, ANALYST, record.uuid, [NEW])
    with pytest.raises(Refused, match="may not run analyses"):
        scoring.score(app, Actor("kim", frozenset({Role.MARKETING})), record.uuid)
