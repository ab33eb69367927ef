"""Closing a bank or the window: the window stays alive, and the bank is let go only when nothing runs on it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gui.window import settle
from pytestqt.qtbot import QtBot

from crmdesk.desk import start
from crmdesk.desk.frame import Frame
from crmdesk.store import create_bank

PROMPT = 0.5  # seconds that a click may take


class Busy:
    """Work on the bank that goes on, whatever is asked, until it is let go."""

    def __init__(self) -> None:
        self.begun, self.released = threading.Event(), threading.Event()

    def __call__(self, progress: object = None) -> str:
        self.begun.set()
        self.released.wait(20)
        return "done"


@pytest.fixture
def busy() -> Iterator[Busy]:
    work = Busy()
    yield work
    work.released.set()


@pytest.fixture
def closings(desk: Frame) -> list[float]:
    """The times at which the bank of the window was closed."""
    app: Any = desk.context.app
    seen: list[float] = []
    close = app.close

    def noted() -> None:
        seen.append(time.monotonic())
        close()

    app.close = noted
    return seen


def begin(desk: Frame, qtbot: QtBot, busy: Busy, how: str, told: list[object]) -> None:
    """Start the work as a job of the tray, or as the call of a page or of a plugin's action."""
    if how == "job":
        desk.tray.start("Import", busy, told.append, told.append)
    else:
        desk.context.background(busy, told.append, told.append)
    qtbot.waitUntil(busy.begun.is_set)


@pytest.mark.parametrize("how", ["job", "call"])
def test_a_bank_is_closed_only_when_nothing_runs_on_it(
    desk: Frame, qtbot: QtBot, busy: Busy, closings: list[float], how: str
) -> None:
    told: list[object] = []
    begin(desk, qtbot, busy, how, told)
    began = time.monotonic()
    desk.act("file.close")
    assert time.monotonic() - began < PROMPT, "the click waited for the work"
    assert desk.shelf.page is desk.start and desk.context.app is None and "Closing Tiny" in desk.foot.notice.text()
    qtbot.wait(300)
    assert not closings, "the bank was closed under running work"
    busy.released.set()
    qtbot.waitUntil(lambda: desk.foot.notice.text() == "Tiny is closed.", timeout=5000)
    settle(qtbot, desk)
    assert len(closings) == 1 and not told  # what it answers is for nobody any more


def test_the_window_closes_behind_a_page_that_says_so(
    desk: Frame, qtbot: QtBot, busy: Busy, closings: list[float]
) -> None:
    begin(desk, qtbot, busy, "job", [])
    began = time.monotonic()
    desk.close()
    desk.close()  # the impatient second click changes nothing
    assert time.monotonic() - began < PROMPT
    qtbot.wait(300)
    assert desk.isVisible() and desk.start.state == "empty" and "Closing" in desk.start._blank.text
    assert not closings
    desk.act("view.dark")
    assert desk.settings.theme != "dark"  # nothing new is begun
    busy.released.set()
    qtbot.waitUntil(lambda: not desk.isVisible(), timeout=5000)
    assert len(closings) == 1


def test_a_job_that_waits_for_its_turn_never_begins(desk: Frame, qtbot: QtBot, busy: Busy) -> None:
    others = [busy, Busy(), Busy()]  # the tray runs two at once
    for work in others:
        desk.tray.start("Import", work, lambda value: None, lambda error: None)
    qtbot.waitUntil(lambda: others[0].begun.is_set() and others[1].begun.is_set())
    desk.act("file.close")
    for work in others:
        work.released.set()
    qtbot.waitUntil(lambda: not desk.tray.running, timeout=5000)
    assert not others[2].begun.is_set()


def test_a_bank_that_is_being_opened_outlives_the_one_that_is_closed(desk: Frame, qtbot: QtBot, tmp_path: Path) -> None:
    create_bank(tmp_path / "North.crmdesk").close()
    start.open_bank(desk, tmp_path / "North.crmdesk")
    desk.act("file.close")
    qtbot.waitUntil(lambda: desk.windowTitle().startswith("North"), timeout=20_000)
    settle(qtbot, desk)
    assert desk.shelf.page.name == "home"


def test_a_window_closed_while_a_bank_opens_closes_that_bank_too(closed_desk: Frame, qtbot: QtBot, bank: Path) -> None:
    closed_desk.start._open(bank)
    closed_desk.close()
    qtbot.waitUntil(lambda: not closed_desk.isVisible(), timeout=20_000)
    assert closed_desk.context.app is None
    assert not bank.with_name(bank.name + "-wal").exists(), "the bank was left open"
