"""Shots of every page and state, for a person to look at: `pytest tests/gui -m shots` writes them to out/shots."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gui.window import settle
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crmdesk.app import build_app
from crmdesk.desk.frame import Frame
from crmdesk.services import banks, mining, offers

pytestmark = pytest.mark.shots
OUT = Path(os.environ.get("CRMDESK_SHOTS", Path(__file__).parents[2] / "out" / "shots"))
SIZES = ((1440, 900), (1024, 700))
Shoot = Callable[[Frame, str], None]


@pytest.fixture
def shoot(qtbot: QtBot) -> Shoot:
    """Write NAME-WIDTHxHEIGHT-THEME.png in both sizes and both themes."""

    def take(frame: Frame, name: str) -> None:
        OUT.mkdir(parents=True, exist_ok=True)
        for theme in ("light", "dark"):
            frame.wear(theme)
            for width, height in SIZES:
                frame.resize(width, height)
                settle(qtbot, frame)
                picture = frame.grab()
                assert picture.save(str(OUT / f"{name}-{width}x{height}-{theme}.png"))
        frame.wear("light")

    return take


def test_start(closed_desk: Frame, shoot: Shoot, tmp_path: Path, bank: Path) -> None:
    shoot(closed_desk, "start-first")
    closed_desk.settings.remember(bank)
    closed_desk.settings.remember(tmp_path / "North.crmdesk")
    closed_desk.start.refresh()
    shoot(closed_desk, "start-recent")
    closed_desk.start.show_error(ValueError("x"))
    shoot(closed_desk, "start-error")
    closed_desk.start.show_content()
    closed_desk.start.show_loading()
    shoot(closed_desk, "start-loading")


def test_empty_bank(empty_desk: Frame, shoot: Shoot, qtbot: QtBot) -> None:
    for name in ("home", "analyses", "runs", "plugins"):
        empty_desk.shelf.go(name, {})
        settle(qtbot, empty_desk)
        shoot(empty_desk, f"{name}-empty")


def test_bank(desk: Frame, shoot: Shoot, qtbot: QtBot) -> None:
    record = mining.run(desk.context.app, desk.context.actor, "sample.groups", {})
    for name in ("home", "analyses", "runs", "plugins", "customers"):
        desk.shelf.go(name, {})
        settle(qtbot, desk)
        shoot(desk, name)
    desk.shelf.go("runs", {})
    settle(qtbot, desk)
    desk.shelf.page.search.setText("nothing like it")
    shoot(desk, "runs-no-match")
    desk.shelf.go("analysis", {"analysis": "sample.groups"})
    settle(qtbot, desk)
    qtbot.wait(250)
    shoot(desk, "analysis")
    desk.shelf.page.show_stale("14 people withdrew since this run.", "Run again", lambda: None)
    shoot(desk, "analysis-stale")
    desk.shelf.go("result", {"run": record.uuid})
    settle(qtbot, desk)
    tabs = desk.shelf.page.tabs
    for at in range(tabs.count()):
        tabs.setCurrentIndex(at)
        shoot(desk, f"result-{at}-{tabs.tabText(at).replace(' ', '-').lower()}")
    tabs.setCurrentIndex(2)
    desk.shelf.page.toggle_twin()
    shoot(desk, "result-twin")


@pytest.fixture
def gemstone(tmp_path: Path) -> Path:
    """A bank that was segmented by the real plugin: CRMDESK_SHOTS_BANK, or a small one made here."""
    given = os.environ.get("CRMDESK_SHOTS_BANK")
    if given:
        return Path(given)
    path = tmp_path / "Gemstone.crmdesk"
    banks.create(path, preset="gemstone", customers=2_000, seed=7)
    return path


def test_real_bank(open_on: Callable[[Any], Frame], gemstone: Path, shoot: Shoot, qtbot: QtBot) -> None:
    desk = open_on(build_app(gemstone))
    app, actor = desk.context.app, desk.context.actor
    runs = mining.runs(app, actor)
    record = runs[0] if runs else mining.run(app, actor, "segmentation.two_tier", {})
    desk.shelf.go("home", {})
    shoot(desk, "real-home")
    desk.shelf.go("customers", {})
    settle(qtbot, desk)
    customers = desk.shelf.page
    number = customers.model.row(0).number
    for name, text in (("plain", ""), ("searched", "ada"), ("no-match", "no such person")):
        customers.search.setText(text)
        qtbot.wait(300)
        shoot(desk, f"real-customers-{name}")
    desk.shelf.go("analysis", {"analysis": "segmentation.two_tier"})
    qtbot.wait(300)
    shoot(desk, "real-analysis")
    for page, args in (("customer", {"number": number}), ("result", {"run": record.uuid})):
        desk.shelf.go(page, args)
        settle(qtbot, desk)
        tabs = desk.shelf.page.tabs
        for at in range(tabs.count()):
            tabs.setCurrentIndex(at)
            shoot(desk, f"real-{page}-{at}-{tabs.tabText(at).replace(' ', '-').lower()}")
    desk.shelf.go("customer", {"number": "X-0"})
    shoot(desk, "real-customer-unknown")


def test_associate(open_on: Callable[[Any], Frame], gemstone: Path, shoot: Shoot, qtbot: QtBot) -> None:
    desk = open_on(build_app(gemstone))
    app, actor = desk.context.app, desk.context.actor
    for analysis in ("association.rules", "association.sequences", "association.change"):
        desk.shelf.go("analysis", {"analysis": analysis})
        qtbot.wait(500)
        shoot(desk, f"associate-form-{analysis.partition('.')[2]}")
        found = [run for run in mining.runs(app, actor) if run.analysis == analysis and run.outcome == "done"]
        record = found[0] if found else mining.run(app, actor, analysis, {})
        desk.shelf.go("result", {"run": record.uuid})
        settle(qtbot, desk)
        tabs = desk.shelf.page.tabs
        for at in range(tabs.count()):
            tabs.setCurrentIndex(at)
            qtbot.wait(50)
            shoot(desk, f"associate-{analysis.partition('.')[2]}-{at}-{tabs.tabText(at).replace(' ', '-').lower()}")
    rules = next(r for r in mining.runs(app, actor) if r.analysis == "association.rules" and r.outcome == "done")
    desk.shelf.go("offers", {"run": rules.uuid, "rule": 3})
    settle(qtbot, desk)
    shoot(desk, "associate-offers")
    found_list = offers.candidates(app, actor, rules.uuid, channel="email", top=20)
    offers.keep(app, actor, found_list)
    desk.shelf.go("customer", {"number": found_list.rows[0].number})
    settle(qtbot, desk)
    shoot(desk, "associate-customer")


def test_jobs(desk: Frame, shoot: Shoot, qtbot: QtBot) -> None:
    import threading

    gate = threading.Event()

    def wait(progress: object) -> None:
        progress.step(0.42, "Choosing the number of groups")  # type: ignore[attr-defined]
        gate.wait(60)

    def fail(progress: object) -> None:
        raise ValueError("x")

    desk.tray.start("Two-tier segmentation", wait, lambda v: None, lambda e: None)
    desk.tray.start("Import", fail, lambda v: None, lambda e: None)
    qtbot.waitUntil(lambda: len(desk.tray.running) == 1)
    for theme in ("light", "dark"):
        desk.wear(theme)
        desk.resize(1440, 900)
        qtbot.wait(100)
        OUT.mkdir(parents=True, exist_ok=True)
        assert desk.grab().save(str(OUT / f"jobs-1440x900-{theme}.png"))
    desk.act("tools.palette")
    dialog = QApplication.activeModalWidget()
    if dialog is not None:
        dialog.grab().save(str(OUT / "find-dark.png"))
        dialog.close()
    gate.set()
