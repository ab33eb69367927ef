"""The pages of analyses and results: every state, running through the window, and a view that stops."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from gui import sample
from gui.window import app_on, settle
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.desk.results.twin import Twin
from crmdesk.desk.widgets import Band
from crmdesk.services import mining


def go(desk: Frame, qtbot: QtBot, name: str, **args: Any) -> Any:
    desk.shelf.go(name, args)
    settle(qtbot, desk)
    return desk.shelf.page


def run_sample(desk: Frame, **params: Any) -> Any:
    return mining.run(desk.context.app, desk.context.actor, "sample.groups", params)


@pytest.fixture
def run_page(desk: Frame, qtbot: QtBot) -> Any:
    page = go(desk, qtbot, "analysis", analysis="sample.groups")
    qtbot.waitUntil(lambda: page._day_known, timeout=10_000)
    settle(qtbot, desk)
    return page


def test_home_says_what_the_bank_holds(desk: Frame) -> None:
    assert desk.shelf.page.answer.text() == "Tiny holds 300 customers, invented data to 30 Jun 2026."


def test_home_counts_and_draws_without_reading_the_bank_or_the_run(
    desk: Frame, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crmdesk.desk.results.twin import PictureWidget
    from crmdesk.services import customers
    from crmdesk.store.queries import runs

    run_sample(desk)
    read: list[str] = []
    parts = runs.parts

    def noted(*given: Any) -> Any:
        found = parts(*given)
        read.extend(name for _, name, *_ in found)
        return found

    monkeypatch.setattr(runs, "parts", noted)
    monkeypatch.delattr(customers, "find")
    desk.shelf.page.refresh()
    settle(qtbot, desk)
    assert desk.shelf.page.answer.text().startswith("Tiny holds 300 customers")
    assert desk.shelf.page.findChild(PictureWidget) is not None
    assert set(read) == {"permissions", "segments"}  # asked again where the window saw the run come


def test_pages_say_why_they_are_empty(empty_desk: Frame, qtbot: QtBot) -> None:
    for name, words in (("analyses", "every one comes with a plugin"), ("runs", "No analysis has been run")):
        page = go(empty_desk, qtbot, name)
        assert page.state == "empty" and words in page._blank.text


def test_the_form_follows_the_parameters(run_page: Any) -> None:
    assert run_page.form.values() == {"k": None, "share": 0.5, "method": "plain", "strict": False, "fail": False}
    run_page.form.put({"k": 5, "method": "weighted"})
    assert run_page.form.values()["k"] == 5 and run_page.form.values()["method"] == "weighted"
    assert "--k 5 --method weighted --seed 7 --as-of 2026-06-30" in run_page.line
    assert "--share" not in run_page.line


def test_the_left_out_list_adds_up(run_page: Any, desk: Frame) -> None:
    who = mining.population(desk.context.app, desk.context.actor, "sample.groups")
    said = [run_page._who_rows.itemAt(i).widget().text() for i in range(run_page._who_rows.count())]
    assert said[0] == f"300 customers, {who['eligible']} used."
    assert who["eligible"] + sum(who["excluded"].values()) == 300
    assert len(said) == 2 + sum(n > 0 for n in who["excluded"].values())


def test_the_command_is_copied(run_page: Any) -> None:
    run_page._copy()
    assert QGuiApplication.clipboard().text() == run_page.line


def test_a_run_ends_on_its_result(run_page: Any, desk: Frame, qtbot: QtBot) -> None:
    run_page.form.put({"k": 4})
    run_page.run()
    qtbot.waitUntil(lambda: desk.shelf.page.name == "result", timeout=30_000)
    settle(qtbot, desk)
    page = desk.shelf.page
    assert page.answer.text().startswith("2 groups, 4 segments")
    (stored,) = mining.runs(desk.context.app, desk.context.actor)
    assert stored.params["k"] == 4 and stored.uuid == page.record.uuid


def test_a_run_that_cannot_answer_says_so(run_page: Any, desk: Frame, qtbot: QtBot) -> None:
    run_page.form.put({"fail": True})
    run_page.run()
    qtbot.waitUntil(lambda: run_page.state == "error", timeout=30_000)
    assert "Fewer than 4 customers used a channel" in run_page._band.text


def test_an_unknown_analysis_is_one_sentence(desk: Frame, qtbot: QtBot) -> None:
    page = go(desk, qtbot, "analysis", analysis="gone.away")
    assert page.state == "error" and "gone.away" in page._band.text and not page.run_button.isEnabled()


def test_every_view_of_a_result_opens(desk: Frame, qtbot: QtBot) -> None:
    page = go(desk, qtbot, "result", run=run_sample(desk).uuid)
    titles = [page.tabs.tabText(i) for i in range(page.tabs.count())]
    assert titles == ["Map", "Broken", "Profile", "Stability", "Staged vs single", "Permissions", "Channel x mode",
                      "Customers", "Tables"]  # fmt: skip
    for at in range(page.tabs.count()):
        page.tabs.setCurrentIndex(at)
        assert page.tabs.widget(at).layout().count() == 1
        page.tabs.widget(at).grab()


def test_a_result_without_stable_segments_shows_why_and_its_tables_only(desk: Frame, qtbot: QtBot) -> None:
    page = go(desk, qtbot, "result", run=run_sample(desk).uuid)
    page._clear_tabs()
    page._fill(page.record, {**page._tables, "segments": page._tables["segments"].head(1)})
    assert [page.tabs.tabText(i) for i in range(page.tabs.count())] == ["Stability", "Tables"]


def test_a_view_that_raises_gives_way_to_the_tables(desk: Frame, qtbot: QtBot) -> None:
    page = go(desk, qtbot, "result", run=run_sample(desk).uuid)
    page.tabs.setCurrentIndex(1)
    band = page.tabs.widget(1).findChild(Band)
    assert band.text.startswith("This view stopped.")
    assert page.tabs.widget(1).findChild(QTableView) is not None


def test_every_picture_has_a_table_twin(desk: Frame, qtbot: QtBot) -> None:
    page = go(desk, qtbot, "result", run=run_sample(desk).uuid)
    for at in range(2, 7):
        page.tabs.setCurrentIndex(at)
        twin = page.tabs.widget(at).findChild(Twin)
        page.toggle_twin()
        assert twin.shows_table and twin.findChild(QTableView).model().rowCount() > 0
        page.toggle_twin()
        assert not twin.shows_table


def test_tables_sort_with_missing_values_last(qtbot: QtBot) -> None:
    import pandas as pd

    from crmdesk.desk.results.frame_model import FrameModel

    model = FrameModel(pd.DataFrame({"name": ["b", None, "a"], "n": [2.0, float("nan"), 1.0]}))
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for column in (0, 1):
        model.sort(column)
        assert [model.value(r, "name") for r in range(2)] == ["a", "b"]
    assert model.data(model.index(2, 1)) == "–"


def test_a_run_without_result_says_why(desk: Frame, qtbot: QtBot) -> None:
    from crmdesk.domain.errors import AnalysisError

    with pytest.raises(AnalysisError):
        run_sample(desk, fail=True)
    (failed,) = mining.runs(desk.context.app, desk.context.actor)
    page = go(desk, qtbot, "result", run=failed.uuid)
    assert not page._export_deed.isEnabled()
    assert page.state == "empty" and "Fewer than 4 customers" in page.answer.text()


def test_history_sorts_searches_and_opens(desk: Frame, qtbot: QtBot) -> None:
    run_sample(desk, k=3)
    last = run_sample(desk, k=4)
    page = go(desk, qtbot, "runs")
    QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert page.answer.text() == "2 runs, 2 with a result." and page.chosen.uuid == last.uuid
    page.search.setText("no such thing")
    assert page.state == "no match"
    page._clear()
    assert page.state == "content" and page.model.rowCount() == 2
    page.open_chosen()
    settle(qtbot, desk)
    assert desk.shelf.page.name == "result"


def test_run_again_fills_the_form(desk: Frame, qtbot: QtBot) -> None:
    run = mining.run(desk.context.app, desk.context.actor, "sample.groups", {"k": 6}, seed=11)
    go(desk, qtbot, "result", run=run.uuid)._again()
    qtbot.waitUntil(lambda: desk.shelf.page.name == "analysis")
    settle(qtbot, desk)
    form = desk.shelf.page.form
    assert form.values()["k"] == 6 and form.fields["seed"].value() == 11


def test_plugins_are_listed_with_state_and_reason(desk: Frame, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QLabel

    page = go(desk, qtbot, "plugins")
    words = [w.text() for w in page.findChildren(QLabel)]
    assert page.answer.text() == "1 of 3 plugins is ready."
    assert any("made for api 2" in w for w in words) and "✓ Ready" in words and "· Off" in words


def test_too_few_customers_turn_run_off(open_on: Any, tmp_path: Path, qtbot: QtBot) -> None:
    from crmdesk.store import create_bank

    path = tmp_path / "None.crmdesk"
    create_bank(path).close()
    desk = open_on(app_on(path))
    page = go(desk, qtbot, "analysis", analysis="sample.groups")
    qtbot.waitUntil(lambda: page.state == "error" or not page.run_button.isEnabled(), timeout=10_000)


def test_stability_names_groups_and_what_was_chosen(desk: Frame) -> None:
    from crmdesk.desk.results.segments import stability

    (picture,) = stability(sample.segments(range(8)).tables)
    assert picture.groups() == ["Groups by use: 2 chosen", "Levels in Online: 2 chosen"]


def test_columns_are_headed_in_words_and_shares_stand_in_percent() -> None:
    from crmdesk.desk.results.frame_model import FrameModel

    model = FrameModel(sample.segments(range(8)).tables["segments"])
    heads = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(model.columnCount())]
    assert heads[:5] == ["Segment", "Group code", "Level code", "Name", "Customers"]
    assert model.data(model.index(0, heads.index("Share"))) == "25.0 %"


def test_the_command_names_only_the_file_where_it_lies_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crmdesk.desk.mine.words import command

    bank = tmp_path / "B.crmdesk"
    assert str(bank) in command(bank, "a.b", {}, {}, 7, None)
    monkeypatch.chdir(tmp_path)
    assert command(bank, "a.b", {}, {}, 7, None) == "crmdesk mine B.crmdesk a.b --seed 7"


def test_one_segment_of_everybody_is_no_picture_for_home() -> None:
    from crmdesk.desk.results.segments import overview

    tables = dict(sample.segments(range(8)).tables)
    assert overview(tables) is not None
    tables["segments"] = tables["segments"].head(1)
    assert overview(tables) is None


def test_keys_for_programs_are_not_shown_to_people(qtbot: QtBot) -> None:
    import pandas as pd

    from crmdesk.desk.results.frame_model import table_view

    table = table_view(pd.DataFrame({"steps": ["a → b"], "keys": ["[]"], "if_keys": ["[]"], "count": [3]}), "sequences")
    qtbot.addWidget(table)
    assert [table.isColumnHidden(at) for at in range(4)] == [False, True, True, False]


def test_the_older_of_two_answers_never_comes_last(desk: Frame, qtbot: QtBot) -> None:
    page, slow = desk.shelf.page, threading.Event()
    shown: list[str] = []
    page.load(lambda: (slow.wait(10), "older")[1], shown.append)
    page.load(lambda: "newer", shown.append)
    qtbot.waitUntil(lambda: shown == ["newer"])
    slow.set()
    settle(qtbot, desk)
    assert shown == ["newer"] and page.state == "content"
