"""Gate U2: thousands of random keys and clicks end in no exception, no new permission and no growing memory."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from gates.window_tour import controls, places
from gui.window import settle
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.services import permission_bank

KEYS = (
    Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left,
    Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_PageDown, Qt.Key.Key_Home,
    Qt.Key.Key_End, Qt.Key.Key_T, Qt.Key.Key_E, Qt.Key.Key_I, Qt.Key.Key_P,
)  # fmt: skip
TEXTS = ("ada", "C-0001", "1234", "yılmaz", "ß", "%", "'; DROP", "12.50", "2026-02-30", "x" * 40)
# What leaves the bank, ends the program or waits for a person is not for monkeys.
SPARED = {"file.new", "file.demo", "file.open", "file.close", "file.quit", "help.about"}
SPARED_WORDS = ("restore", "demonstration", "print", "export", "save a copy", "add document", "back up")
GROWTH = 50 * 1024 * 1024  # bytes for each 3,000 events: the allocator keeps what short-lived pages once needed


def spared(text: str) -> bool:
    return any(word in text.lower() for word in SPARED_WORDS)


class Monkey:
    """One seeded run: each event is a key, a text, a click, a menu entry or a page."""

    def __init__(self, desk: Frame, seed: int) -> None:
        self.desk, self.dice = desk, random.Random(seed)
        self.places = list(places(desk))
        self.deeds: tuple[tuple[int, Callable[[], Any]], ...] = (
            (40, self._click), (25, self._key), (15, self._text), (8, self._entry), (8, self._page), (4, self._close),
        )  # fmt: skip

    def act(self) -> None:
        (deed,) = self.dice.choices([d for _, d in self.deeds], [w for w, _ in self.deeds])
        deed()

    def _top(self) -> QWidget:
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu):
            popup.close()
        dialogs = [d for d in self.desk.findChildren(QDialog) if d.isVisible()]
        return dialogs[-1] if dialogs else self.desk

    def _click(self) -> None:
        parts = [w for w in controls(self._top()) if not spared(str(getattr(w, "text", str)()))]
        if not parts:
            return
        part = self.dice.choice(parts)
        menu = getattr(part, "menu", lambda: None)()
        if menu is None:  # a button's menu would wait for a choice
            inside = part.rect()
            x, y = (self.dice.randrange(max(side, 1)) for side in (inside.width(), inside.height()))
            QTest.mouseClick(part, Qt.MouseButton.LeftButton, pos=QPoint(x, y))

    def _key(self) -> None:
        QTest.keyClick(QApplication.focusWidget() or self._top(), self.dice.choice(KEYS))

    def _text(self) -> None:
        here = QApplication.focusWidget()
        for letter in self.dice.choice(TEXTS) if here is not None else "":  # QTest knows ASCII only
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, letter)
                QApplication.sendEvent(QApplication.focusWidget() or self.desk, event)

    def _entry(self) -> None:
        entry = self.dice.choice([e for e in self.desk.entries if e.id not in SPARED and not spared(e.title)])
        self.desk.act(entry.id)

    def _page(self) -> None:
        self.desk.shelf.go(*self.dice.choice(self.places))

    def _close(self) -> None:
        top = self._top()
        if isinstance(top, QDialog):
            top.reject()
        self.desk.resize(*self.dice.choice(((1440, 900), (1024, 700), (720, 450))))


def granted(desk: Frame) -> int:
    """How many permissions stand at yes in the whole bank."""
    app, actor = desk.context.app, desk.context.actor
    return sum(states.get("granted", 0) for states in permission_bank.overview(app, actor).rows.values())


@pytest.fixture
def caged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dialogs of the system would wait for a person."""
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, staticmethod(lambda *_, **__: ("", "")))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", staticmethod(lambda *_, **__: ""))
    monkeypatch.setattr(QMessageBox, "about", staticmethod(lambda *_: None))


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_monkey(full: bool, desk: Frame, qtbot: QtBot, caged: None, seed: int) -> None:
    if not full and seed > 1:
        pytest.skip("one seed in every run; all five by the gate")
    events = 20_000 if full else 600
    before, memory = granted(desk), 0
    monkey = Monkey(desk, seed)
    for number in range(events):
        monkey.act()
        if number % 25 == 0:
            qtbot.wait(1)
        if number == events // 5:  # pages and caches are warm now
            memory = psutil.Process().memory_info().rss
    for dialog in desk.findChildren(QDialog):
        dialog.reject()
    settle(qtbot, desk)
    grown = psutil.Process().memory_info().rss - memory
    print(f"seed {seed}: {events} events, permissions {before} -> {granted(desk)}, memory {grown / 2**20:+.0f} MiB")
    assert granted(desk) <= before
    assert not full or grown <= GROWTH * (events - events // 5) / 3_000
