"""Widgets that hang in cycles are collected on the window's thread only, whoever makes the garbage."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.desk.sweeper import Sweeper


class Cycle:
    """Garbage that notes the thread in which it was collected."""

    def __init__(self, ended: list[threading.Thread]) -> None:
        self.itself, self._ended = self, ended

    def __del__(self) -> None:
        self._ended.append(threading.current_thread())


@pytest.fixture
def sweeper(qtbot: QtBot) -> Iterator[Sweeper]:
    owner = QObject()
    made = Sweeper(owner)
    made.start()
    yield made
    made.stop()


def littered(ended: list[threading.Thread]) -> None:
    """A thread that makes far more cycles than Python waits for."""
    thread = threading.Thread(target=lambda: [Cycle(ended) for _ in range(5_000)] and None)
    thread.start()
    thread.join()


def test_a_thread_that_litters_sweeps_nothing(sweeper: Sweeper) -> None:
    ended: list[threading.Thread] = []
    littered(ended)
    assert not ended
    sweeper.sweep()
    assert ended and set(ended) == {threading.main_thread()}


def test_the_timer_sweeps_by_itself(sweeper: Sweeper, qtbot: QtBot) -> None:
    ended: list[threading.Thread] = []
    littered(ended)
    qtbot.waitUntil(lambda: len(ended) == 5_000, timeout=5_000)
    assert set(ended) == {threading.main_thread()}


def test_what_grew_old_is_swept_in_time(sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Cycle([])
    kept = weakref.ref(gone)
    gc.collect(1)  # it is among the old ones now
    del gone
    monkeypatch.setattr(gc, "get_count", lambda: (701, 11, 11))
    sweeper.sweep()
    assert kept() is not None, "a look through everything is rare"
    monkeypatch.setattr("crmdesk.desk.sweeper.WHOLE_AFTER", -1.0)
    sweeper.sweep()
    assert kept() is None


def test_the_last_window_gives_the_collector_back(qtbot: QtBot) -> None:
    owner = QObject()
    one, other = Sweeper(owner), Sweeper(owner)
    one.start()
    other.start()
    one.start()  # a second time changes nothing
    one.stop()
    assert not gc.isenabled()
    other.stop()
    assert gc.isenabled()


def test_a_window_sweeps_until_it_is_closed(closed_desk: Frame, qtbot: QtBot) -> None:
    assert not gc.isenabled()
    closed_desk.close()
    qtbot.waitUntil(lambda: not closed_desk.isVisible(), timeout=10_000)
    assert gc.isenabled()
