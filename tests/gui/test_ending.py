"""A plugin that calls sys.exit, in a view, an action or a job, ends nothing but its own deed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from gui.window import app_on, settle
from PySide6.QtWidgets import QTableView, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.api import Action, Segments, View
from crmdesk.desk.frame import Frame
from crmdesk.desk.widgets import Band
from crmdesk.domain.change import ALL, Change
from crmdesk.services import mining


def leave(*given: Any) -> Any:
    sys.exit(4)


def leaves_at_the_twin(result: Segments, context: Any) -> QWidget:
    made = QWidget()
    made.toggle_twin = leave  # type: ignore[attr-defined]
    return made


ENDS = View("sample.ends", "Ends", Segments, leave, order=10)


def test_a_view_that_ends_the_program_gives_way_to_the_tables(open_on: Any, bank: Path, qtbot: QtBot) -> None:
    desk = open_on(app_on(bank, views={ENDS.id: ENDS}))
    run = mining.run(desk.context.app, desk.context.actor, "sample.groups", {})
    desk.shelf.go("result", {"run": run.uuid})
    settle(qtbot, desk)
    first = desk.shelf.page.tabs.widget(0)
    assert first.findChild(Band).text.startswith("This view stopped.") and first.findChild(QTableView) is not None


def test_a_view_that_ends_the_program_at_its_table_is_told(open_on: Any, bank: Path, qtbot: QtBot) -> None:
    view = View("sample.twin", "Twin", Segments, leaves_at_the_twin, order=10)
    desk = open_on(app_on(bank, views={view.id: view}))
    run = mining.run(desk.context.app, desk.context.actor, "sample.groups", {})
    desk.shelf.go("result", {"run": run.uuid})
    settle(qtbot, desk)
    desk.act("view.twin")
    assert "could not show its table" in desk.foot.notice.text()


def test_an_action_that_ends_the_program_is_told(desk: Frame, qtbot: QtBot) -> None:
    action = Action("sample.leave", "Leave", "Tools", leave)
    desk.context.app.plugins.actions = lambda: {action.id: action}  # type: ignore[union-attr]
    desk.contribute()
    desk.act(action.id)
    settle(qtbot, desk)
    assert "tried to end the whole program" in desk.foot.notice.text()


def test_a_job_that_ends_the_program_has_failed(desk: Frame, qtbot: QtBot) -> None:
    told: list[Exception] = []
    desk.tray.start("Import", leave, lambda value: None, told.append)
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    assert "tried to end" in desk.tray._rows[0].step.text() and not desk.tray.running


def test_views_of_an_open_result_follow_the_plugins(open_on: Any, bank: Path, qtbot: QtBot) -> None:
    desk = open_on(app_on(bank))
    run = mining.run(desk.context.app, desk.context.actor, "sample.groups", {})
    desk.shelf.go("result", {"run": run.uuid})
    settle(qtbot, desk)
    page = desk.shelf.page
    assert page.tabs.tabText(0) == "Map"
    desk.context.app.plugins.shown = {}
    desk.context.changed(Change("plugins", {"plugin": ALL}))
    settle(qtbot, desk)
    assert "Map" not in [page.tabs.tabText(i) for i in range(page.tabs.count())] and page.tabs.count()
