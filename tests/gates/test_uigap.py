"""Gate U1: while a person works, the window answers within 50 ms (p99.9) and 100 ms at worst."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from gates.window_tour import places, show
from gui.window import app_on, settle
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.services import banks


class Watchdog:
    """A thread that asks the event loop every 2 ms and keeps how long each answer took, in ms."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._answered = threading.Event()
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._answered.set)
        self._over = False
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._over:
            self._answered.clear()
            asked = time.perf_counter()
            self._answered.wait(5)
            self.gaps.append(1000 * (time.perf_counter() - asked))
            time.sleep(0.002)

    def __enter__(self) -> Watchdog:
        self._timer.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._answered.set()
        self._thread.join()
        self._timer.stop()


def journey(desk: Frame, qtbot: QtBot, spots: list[tuple[str, dict[str, Any]]], rounds: int) -> None:
    """Pages, typing, scrolling, opening customers, tabs: what a person does on a morning."""
    for at in range(rounds):
        for name, args in spots:
            show(desk, qtbot, name, args)
        show(desk, qtbot, "customers", {})
        page = desk.shelf.page
        for letter in ("ada", "son", "17")[at % 3]:
            QTest.keyClick(page.search, letter)
            qtbot.wait(40)
        settle(qtbot, desk)
        page.search.clear()
        settle(qtbot, desk)
        for _ in range(10):
            QTest.keyClick(page.table, Qt.Key.Key_PageDown)
            qtbot.wait(15)
        QTest.keyClick(page.table, Qt.Key.Key_Return)
        settle(qtbot, desk)
        tabs = getattr(desk.shelf.page, "tabs", None)
        for tab in range(tabs.count() if tabs is not None else 0):
            tabs.setCurrentIndex(tab)
            qtbot.wait(30)


def test_uigap(full: bool, open_on: Callable[[Any], Frame], tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "Gap.crmdesk"
    banks.create(path, preset="gemstone" if full else "tiny", customers=15_000 if full else None, seed=7)
    desk = open_on(app_on(path))
    spots = list(places(desk))
    journey(desk, qtbot, spots, 1)  # first openings import and build
    with Watchdog() as watchdog:
        journey(desk, qtbot, spots, 10 if full else 1)
    gaps = np.array(watchdog.gaps)
    assert len(gaps) > 100, "the watchdog saw nothing"
    p999, worst = float(np.percentile(gaps, 99.9)), float(gaps.max())
    print(f"{len(gaps)} questions, p99 {np.percentile(gaps, 99):.0f} ms, p99.9 {p999:.0f} ms, worst {worst:.0f} ms")
    if full:  # a short run on a busy machine only shows that the watchdog works
        assert p999 <= 50 and worst <= 100
