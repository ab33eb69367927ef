"""The page of the bank's own fields: added, moved, retired and brought back, each step one deed that undo knows."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from crmdesk.desk.fields_page import FieldDialog, FieldsPage
from crmdesk.desk.frame import Frame
from crmdesk.services import custom_fields, history


@pytest.fixture
def page(desk: Frame, qtbot: QtBot) -> FieldsPage:
    """The page on a bank with three fields."""
    context = desk.context
    for code in ("pets", "shoe", "vip"):
        custom_fields.add(context.app, context.actor, code=code, title=code.capitalize(), kind="text")
    context.open_page("fields")
    qtbot.waitUntil(lambda: bool(desk.findChildren(FieldsPage)))
    (made,) = desk.findChildren(FieldsPage)
    qtbot.waitUntil(lambda: made.table.model().rowCount() == 3)
    return made


def shown(page: FieldsPage) -> list[tuple[str, str]]:
    """(title, state) by row."""
    model = page.table.model()
    return [(str(model.index(row, 0).data()), str(model.index(row, 5).data())) for row in range(model.rowCount())]


def titles(page: FieldsPage) -> list[str]:
    return [title for title, _ in shown(page)]


def test_a_field_moves_as_one_deed(page: FieldsPage, qtbot: QtBot) -> None:
    assert titles(page) == ["Pets", "Shoe", "Vip"]
    page.table.selectRow(2)
    qtbot.mouseClick(page.up_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: titles(page) == ["Pets", "Vip", "Shoe"])
    chosen = page.chosen()
    assert chosen is not None and chosen.code == "vip"
    history.undo(page.context.app, page.context.actor)
    assert [f.code for f in custom_fields.fields(page.context.app, page.context.actor)] == ["pets", "shoe", "vip"]


def test_a_field_goes_out_of_use_and_comes_back(page: FieldsPage, qtbot: QtBot) -> None:
    page.table.selectRow(0)
    qtbot.mouseClick(page.retire_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: titles(page) == ["Shoe", "Vip", "Pets"])
    assert shown(page)[2][1].startswith("Retired ")
    page.table.selectRow(2)
    assert page.retire_button.text() == "Bring back field"
    assert not page.up_button.isEnabled()
    qtbot.mouseClick(page.retire_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: all(state == "In use" for _, state in shown(page)))


def test_a_field_is_added_by_keyboard_and_a_taken_code_is_told_beside_it(page: FieldsPage, qtbot: QtBot) -> None:
    page.add()
    (dialog,) = [d for d in page.findChildren(FieldDialog) if d.isVisible()]
    qtbot.keyClicks(dialog.title, "Very important")
    assert dialog.code.text() == "very_important"
    dialog.code.selectAll()
    qtbot.keyClicks(dialog.code, "pets")
    qtbot.keyClick(dialog.code, Qt.Key.Key_Return)
    fault: Any = dialog.faults["code"]
    qtbot.waitUntil(lambda: "has the code 'pets' already" in fault.text())
    assert dialog.isVisible() and dialog.title.text() == "Very important"
    dialog.code.selectAll()
    qtbot.keyClicks(dialog.code, "important")
    qtbot.keyClick(dialog.code, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Very important" in titles(page))
