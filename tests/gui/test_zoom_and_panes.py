"""Zoom makes letters and measures larger at once, F6 walks the panes, help is read inside the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gui.window import settle
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from crmdesk.desk import zoom
from crmdesk.desk.frame import Frame
from crmdesk.desk.help_page import HelpPage
from crmdesk.domain.filter import Chip


@pytest.fixture(autouse=True)
def usual_size() -> Iterator[None]:
    yield
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    zoom.wear(app, 100)


def test_larger_letters_and_measures_at_once_and_next_time(desk: Frame, qtbot: QtBot) -> None:
    desk.resize(1440, 900)
    before, wide = desk.shelf.page.title.fontMetrics().height(), desk.rail.width()  # type: ignore[union-attr]
    for _ in range(4):
        desk.act("view.larger")
    settle(qtbot, desk)
    assert zoom.percent() == desk.settings.zoom == 175
    assert desk.shelf.page.name == "home"
    assert desk.shelf.page.title.fontMetrics().height() > 1.5 * before
    assert desk.rail.width() != wide  # type: ignore[union-attr]
    desk.act("view.usual")
    settle(qtbot, desk)
    assert zoom.percent() == 100 and desk.shelf.page.title.fontMetrics().height() == before


def test_pages_come_back_as_they_stood(desk: Frame, qtbot: QtBot) -> None:
    desk.shelf.go("analysis", {"analysis": "sample.groups"})
    settle(qtbot, desk)
    desk.shelf.page.form.fields["seed"].put(4711)
    desk.shelf.go("customers", {"text": "a"})
    settle(qtbot, desk)
    page = desk.shelf.page
    page.search.setText("an")
    page.chips.put(Chip("marketing", "is", ("email",)))
    page.tools.turn("city")
    settle(qtbot, desk)
    asked, row = page.query(), page.table.verticalHeader().defaultSectionSize()
    desk.act("view.larger")
    settle(qtbot, desk)
    again = desk.shelf.page
    assert again is not page and again.query() == asked and again.query().sort == "city"
    assert again.table.verticalHeader().defaultSectionSize() > row
    desk.shelf.back()  # it is not in front: it comes back when somebody goes there
    settle(qtbot, desk)
    assert desk.shelf.page.form.fields["seed"].value() == 4711
    desk.shelf.go("customers", {"text": "zz"})  # who asks for something else gets that
    assert desk.shelf.page.search.text() == "zz"


def test_a_dialog_is_never_larger_than_its_window(desk: Frame) -> None:
    zoom.wear(QApplication.instance(), 200)  # type: ignore[arg-type]
    dialog = QDialog(desk)
    desk.resize(1440, 900)
    zoom.size_dialog(dialog, 300, 200)
    assert (dialog.width(), dialog.height()) == (600, 400)
    zoom.size_dialog(dialog, 1_000, 1_000)
    assert dialog.width() <= max(1440, dialog.screen().availableSize().width())
    assert dialog.height() <= max(900, dialog.screen().availableSize().height())


def test_zoom_ends_at_its_limits(desk: Frame) -> None:
    for _ in range(20):
        desk.act("view.larger")
    assert zoom.percent() == 200
    for _ in range(20):
        desk.act("view.smaller")
    assert zoom.percent() == 70


def test_a_window_for_one_pane_has_the_pages_in_a_menu(desk: Frame, qtbot: QtBot) -> None:
    desk.resize(720, 450)
    qtbot.wait(10)
    assert desk.rail is not None and not desk.rail.isVisible() and desk.top.pages.isVisible()
    next(a for a in desk.top.pages.menu().actions() if a.text() == "Customers").trigger()
    settle(qtbot, desk)
    assert desk.shelf.page.name == "customers"
    desk.resize(1280, 800)
    qtbot.wait(10)
    assert desk.rail.isVisible() and not desk.top.pages.isVisible()


def test_next_pane_walks_around(desk: Frame, qtbot: QtBot) -> None:
    desk.shelf.go("customers", {})
    settle(qtbot, desk)
    seen = []
    for _ in range(3):
        desk.act("view.pane")
        here = QApplication.focusWidget()
        seen.append(next(p for p in (desk.rail, desk.top, desk.shelf, desk.foot) if p and p.isAncestorOf(here)))
    assert len(set(map(id, seen))) == 3


@pytest.mark.parametrize("topic", ["guide", "plugins", "commands"])
def test_help_is_read_inside(desk: Frame, qtbot: QtBot, topic: str) -> None:
    desk.act(f"help.{topic}")
    settle(qtbot, desk)
    page = desk.shelf.page
    assert isinstance(page, HelpPage) and len(page.text.toPlainText()) > 1000
    page.find()
    QTest.keyClicks(page.search, "bank")
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    assert page.text.textCursor().selectedText().lower() == "bank"


def test_help_before_a_bank_is_open_has_a_window_of_its_own(closed_desk: Frame, qtbot: QtBot) -> None:
    closed_desk.act("help.guide")
    dialog = closed_desk.findChild(QDialog)
    assert dialog is not None and dialog.isVisible() and closed_desk.shelf.page is closed_desk.start
    dialog.close()
