"""Mining from the typed parameter to the stored run, on a real bank with small analyses."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmdesk.domain.errors import AnalysisError, BadInput, CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Role
from crmdesk.jobs import Cancelled
from crmdesk.mining import execute
from crmdesk.results import Table
from crmdesk.services import mining
from tests.small_bank import ACTOR, add, interaction
from tests.unit.services.mining_bank import ANALYSES, FewPlugins, SmallApp, Split, bank, refuses_profiling, say

ANALYST = Actor("ana", frozenset({Role.ANALYST}))


def read(frame: pd.DataFrame, params: Split, progress: Any) -> Table:
    """A table of a file, and the file's text where others give its hash."""
    text = Path(os.environ["CRMDESK_TEST_FILE"]).read_text()
    return Table("Read.", tables={"source": pd.DataFrame({"sha256": [text]}), "found": pd.DataFrame({"x": [text]})})


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    app = bank(tmp_path / "b.crmdesk")
    yield app
    app.store.close()


def rows(app: SmallApp, sql: str) -> list[tuple[Any, ...]]:
    with app.store.reader() as raw:
        return [tuple(row) for row in raw.execute(sql)]


def test_a_run_is_stored_with_tables_segments_and_audit(app: SmallApp) -> None:
    before = app.store.change_no()
    record = mining.run(app, ACTOR, "demo.split", {"style": "wordy"}, seed=11)
    assert app.store.change_no() == before + 1
    assert (record.outcome, record.verdict, record.eligible) == ("done", "4 segments.", 40)
    assert record.excluded == {"too_few_interactions": 2}
    assert record.as_of == "2026-09-09"
    assert {name for (name,) in rows(app, "SELECT name FROM run_table WHERE kind = 'table'")} == {
        "segments", "members", "profile", "k_choice"
    }  # fmt: skip
    assert rows(app, "SELECT count(*), count(DISTINCT customer_id) FROM segment_membership") == [(40, 40)]
    stored = rows(app, "SELECT code, parent, profile FROM segment ORDER BY tier, code")
    assert [(code, parent) for code, parent, _ in stored] == [("1.1", "1"), ("1.2", "1"), ("2.1", "2"), ("2.2", "2")]
    assert json.loads(stored[0][2])["fields"] == {"c01": 1.5}
    mine = "SELECT s.code, m.provisional FROM segment_membership m JOIN segment s ON s.id = m.segment_id"
    assert rows(app, f"{mine} WHERE m.customer_id = 1") == [("1.1", 1)]
    assert rows(app, "SELECT act, object, purpose, run_uuid, reason FROM audit_event") == [
        ("run", "demo.split", "profiling", record.uuid, "done")
    ]


def test_the_stored_run_reads_back_as_it_was(app: SmallApp) -> None:
    record = mining.run(app, ACTOR, "demo.split", {"style": "wordy"})
    again = mining.get_run(app, ACTOR, record.uuid[:8])
    assert mining.mine_document(again) == mining.mine_document(record)
    assert again.result is not None
    assert again.result.figures["sizes"].kind == "bars"
    assert again.versions["plugin demo"] == "1.2.3"
    assert set(again.versions) >= {"crmdesk", "numpy", "scikit-learn", "python", "threads"}
    assert len(again.data_hash) == len(again.population_hash) == 64


def test_the_document_has_exactly_the_promised_keys(app: SmallApp) -> None:
    document = json.loads(json.dumps(mining.mine_document(mining.run(app, ACTOR, "demo.split", {})), allow_nan=False))
    assert list(document) == ["run", "analysis", "params", "seed", "as_of", "population", "metrics", "tables",
                              "warnings", "verdict"]  # fmt: skip
    assert document["params"] == {"k1": None, "k2": None, "style": "plain"}
    assert document["population"] == {"eligible": 40, "excluded": {"too_few_interactions": 2}}
    assert document["metrics"] == {"boot_ari": {"value": 0.95, "low": 0.9, "high": None}}
    members = document["tables"]["members"]
    assert members["columns"][0] == "customer"
    assert (members["rows"], len(members["head"])) == (40, 5)
    assert members["head"][0] == ["C-000001", 1, 1, "1.1", 0.9, None, 50.0, True]


def test_an_analyst_sees_pseudonyms(app: SmallApp) -> None:
    record = mining.run(app, ANALYST, "demo.split", {})
    assert record.tables["members"]["customer"].tolist()[:2] == ["P-1", "P-2"]


def test_events_reach_an_analysis(app: SmallApp) -> None:
    record = mining.run(app, ACTOR, "demo.channels", {})
    assert record.verdict == "2 channels used."
    assert sorted(record.tables["channels"].itertuples(index=False, name=None)) == [("atm", 180), ("online", 180)]


@pytest.mark.parametrize(
    ("analysis", "raw", "as_of", "words"),
    [
        ("demo.nothing", {}, None, "There is no analysis"),
        ("demo.split", {"k1": 99}, None, "k1 must be at most 9"),
        ("demo.split", {"k9": 1}, None, "no parameter 'k9'"),
        ("demo.split", {}, "soon", "as-of 'soon' is not a day"),
        ("demo.split", {}, "2999-01-01", "in the future"),
    ],
)
def test_wrong_input_leaves_no_trace(app: SmallApp, analysis: str, raw: Any, as_of: Any, words: str) -> None:
    before = app.store.change_no()
    with pytest.raises(BadInput, match=words):
        mining.run(app, ACTOR, analysis, raw, as_of=as_of)
    assert app.store.change_no() == before
    assert mining.runs(app, ACTOR) == []


@pytest.mark.parametrize(
    ("analysis", "error", "words"),
    [
        ("demo.refuse", AnalysisError, "These customers are all alike."),
        ("demo.stumble", CrmdeskError, "ZeroDivisionError"),
        ("demo.lost", CrmdeskError, "Lost needs gone.feature, which no loaded plugin offers"),
    ],
)
def test_a_failure_is_recorded_with_its_reason(
    app: SmallApp, analysis: str, error: type[CrmdeskError], words: str
) -> None:
    with pytest.raises(error, match=words):
        mining.run(app, ACTOR, analysis, {})
    (run,) = mining.runs(app, ACTOR)
    assert run.outcome == "failed"
    assert words in run.verdict
    assert rows(app, "SELECT count(*) FROM run_table") == [(0,)]
    with pytest.raises(CrmdeskError, match="has nothing to compare with"):
        mining.rerun(app, ACTOR, run.uuid)
    with pytest.raises(CrmdeskError, match="has no result"):
        mining.export(app, ACTOR, run.uuid, app.path.parent / "out")


def test_a_cancel_is_recorded_and_passed_on(app: SmallApp) -> None:
    with pytest.raises(Cancelled):
        mining.run(app, ACTOR, "demo.split", {}, cancel=lambda: True)
    (run,) = mining.runs(app, ACTOR)
    assert (run.outcome, run.verdict) == ("cancelled", "Cancelled by ela.")


def test_progress_grows_from_nought_to_one(app: SmallApp) -> None:
    class Steps:
        seen: list[float] = []

        def step(self, fraction: float, text: str = "") -> None:
            self.seen.append(fraction)

    mining.run(app, ACTOR, "demo.split", {}, progress=Steps())
    assert Steps.seen == sorted(Steps.seen)
    assert 0 <= Steps.seen[0] < Steps.seen[-1] <= 1


@pytest.mark.parametrize(
    ("customers", "idle", "as_of", "words"),
    [
        (0, 0, None, "found no customers: the bank is empty"),
        (0, 3, None, "can use no customer .left out: 3 too few interactions."),
        (4, 0, "1999-01-01", "can use no customer .left out: 4 joined after as of."),
    ],
)
def test_nobody_to_mine_is_one_sentence(tmp_path: Path, customers: int, idle: int, as_of: Any, words: str) -> None:
    app = bank(tmp_path / "few.crmdesk", customers, idle)
    with pytest.raises(AnalysisError, match=words):
        mining.run(app, ACTOR, "demo.split", {}, as_of=as_of)
    assert [r.outcome for r in mining.runs(app, ACTOR)] == ["failed"]
    app.store.close()


def test_one_customer_is_mined(tmp_path: Path) -> None:
    app = bank(tmp_path / "one.crmdesk", 1, 0)
    assert mining.run(app, ACTOR, "demo.split", {}).verdict == "1 segments."
    app.store.close()


def test_permission_now_decides_who_is_mined(app: SmallApp) -> None:
    say(app, refuses_profiling(3))
    assert mining.population(app, ACTOR, "demo.split") == {
        "eligible": 39, "excluded": {"no_permission_for_purpose": 1, "too_few_interactions": 2}, "as_of": "2026-09-09"
    }  # fmt: skip
    members = mining.run(app, ANALYST, "demo.split", {}, as_of="2026-05-01").tables["members"]
    assert 3 not in members["customer"].tolist()


def test_the_same_run_again_gives_the_same_bytes(app: SmallApp) -> None:
    first = mining.run(app, ACTOR, "demo.split", {"k1": 2}, seed=3)
    report = mining.rerun(app, ACTOR, first.uuid).document()
    assert report["same"] is True
    assert report["differences"] == []
    assert report["tables"] == dict.fromkeys(("k_choice", "members", "profile", "segments"), True)
    assert [r.uuid for r in mining.runs(app, ACTOR)] == [report["run"], first.uuid]
    assert mining.get_run(app, ACTOR, report["run"]).params == first.params


def test_a_rerun_names_what_changed(app: SmallApp, monkeypatch: pytest.MonkeyPatch) -> None:
    first = mining.run(app, ACTOR, "demo.split", {}).uuid
    with app.store.write() as session:
        add(session, "interaction", [interaction(1, f"2026-08-08T10:{m}", 6, -1) for m in range(10, 40)])
    report = mining.rerun(app, ACTOR, first)
    assert report.tables["members"] is False
    assert report.differences == ("The data of the same customers changed since the first run.",)
    say(app, refuses_profiling(3))
    report = mining.rerun(app, ACTOR, first)
    assert (report.same, report.tables["members"]) == (False, False)
    assert report.differences == (
        "Permission changed the population: 40 customers then, 39 now (no permission for purpose 0 -> 1).",
    )
    real = execute.versions
    monkeypatch.setattr(execute, "versions", lambda plugin, threads: {**real(plugin, threads), "numpy": "0.1"})
    assert mining.rerun(app, ACTOR, first).differences[-1].endswith("and is 0.1 now.")


def test_a_rerun_says_that_the_file_changed(app: SmallApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file.csv"
    monkeypatch.setenv("CRMDESK_TEST_FILE", str(file))
    app = replace(app, plugins=FewPlugins({"demo.read": replace(ANALYSES["demo.channels"], id="demo.read", run=read)}))
    file.write_text("one")
    first = mining.run(app, ACTOR, "demo.read", {}).uuid
    assert mining.rerun(app, ACTOR, first).same
    file.write_text("other")
    report = mining.rerun(app, ACTOR, first)
    assert (report.same, report.differences) == (False, ("The file that was read changed since the first run.",))
    off = replace(app, plugins=FewPlugins({}))
    with pytest.raises(CrmdeskError, match="made by demo.read of demo, which is not loaded; enable it"):
        mining.rerun(off, ACTOR, first)


def test_unknown_and_unclear_runs(app: SmallApp) -> None:
    for name in ("", "nothing", "%"):
        with pytest.raises(BadInput, match="There is no run"):
            mining.get_run(app, ACTOR, name)


def test_rights(app: SmallApp) -> None:
    teller = Actor("tom", frozenset({Role.TELLER}))
    for call in (
        lambda: mining.run(app, teller, "demo.split", {}),
        lambda: mining.runs(app, teller),
        lambda: mining.get_run(app, teller, "x"),
        lambda: mining.rerun(app, teller, "x"),
        lambda: mining.export(app, teller, "x", app.path.parent),
        lambda: mining.recover(app, teller, app.path.parent, "demo.split"),
        lambda: mining.population(app, teller, "demo.split"),
    ):
        with pytest.raises(Refused, match="tom may not"):
            call()  # type: ignore[no-untyped-call]


def test_the_list_of_analyses(app: SmallApp) -> None:
    infos = {info.id: info.document() for info in mining.analyses(app)}
    found = infos["demo.split"]
    assert list(found) == ["id", "title", "summary", "plugin", "purpose", "gives", "needs", "params"]
    assert found["params"][0] == {
        "name": "k1", "type": "int", "default": None, "title": "Groups", "description": "How many; empty: choose.",
        "minimum": 1, "maximum": 9, "choices": None,
    }  # fmt: skip
    assert (found["params"][2]["type"], found["params"][2]["choices"]) == ("choice", ["plain", "wordy"])
    json.dumps(infos, allow_nan=False)


def test_who_refused_since_the_run_is_in_none_of_its_tables(app: SmallApp) -> None:
    uuid = mining.run(app, ACTOR, "demo.split", {}).uuid
    say(app, refuses_profiling(3))
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET restricted = 1 WHERE id = 5")
    for actor, gone in ((ACTOR, {"C-000003", "C-000005"}), (ANALYST, {3, 5})):
        record = mining.get_run(app, actor, uuid)
        shown = set(record.tables["members"]["customer"])
        assert (len(shown), shown & gone, record.left_out) == (38, set(), 2)
        assert record.result is not None
        assert not {3, 5} & set(record.result.tables["members"]["customer"])
        assert "C-000003" not in json.dumps(mining.mine_document(record)["tables"])
