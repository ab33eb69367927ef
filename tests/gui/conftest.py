"""A window on a real small bank, with the sample analysis in place of installed plugins."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gui.window import app_on, settle
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from crmdesk.desk import start
from crmdesk.desk.frame import Frame
from crmdesk.services import banks
from crmdesk.store import create_bank


@pytest.fixture(scope="session")
def tiny_bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny preset, made once; tests take copies."""
    path = tmp_path_factory.mktemp("bank") / "Tiny.crmdesk"
    banks.create(path, preset="tiny", seed=7)
    return path


@pytest.fixture
def bank(tiny_bank: Path, tmp_path: Path) -> Path:
    for file in tiny_bank.parent.glob("Tiny.crmdesk*"):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / "Tiny.crmdesk"


@pytest.fixture(autouse=True)
def no_dialog_left() -> Iterator[None]:
    """A dialog that a test left open would stand in front of the next one's window."""
    yield
    for window in QApplication.topLevelWidgets():
        if isinstance(window, QDialog):
            window.close()


@pytest.fixture
def closed_desk(qtbot: QtBot) -> Iterator[Frame]:
    """The window before a bank is open."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    frame = start.make_frame(app)
    frame.resize(1280, 800)
    frame.show()
    qtbot.waitExposed(frame)
    yield frame
    frame.close()  # not qtbot's: it would delete the window while the bank is still being closed behind it
    qtbot.waitUntil(lambda: not frame.isVisible(), timeout=30_000)
    frame.deleteLater()
    qtbot.wait(1)


Opened = Callable[[Any], Frame]


@pytest.fixture
def open_on(closed_desk: Frame, qtbot: QtBot) -> Opened:
    """Give the window an app and wait for Home."""

    def put(app: Any) -> Frame:
        closed_desk.context.app = app
        closed_desk.show_bank()
        settle(qtbot, closed_desk)
        return closed_desk

    return put


@pytest.fixture
def desk(open_on: Opened, bank: Path) -> Frame:
    """The window on the tiny bank."""
    return open_on(app_on(bank))


@pytest.fixture
def empty_desk(open_on: Opened, tmp_path: Path) -> Frame:
    """The window on a bank without customers and without analyses."""
    path = tmp_path / "Empty.crmdesk"
    create_bank(path).close()
    return open_on(app_on(path, analyses=()))
