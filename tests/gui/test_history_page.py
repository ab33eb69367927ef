"""Edit > Undo, Redo and History: own deeds taken back in any order, and what others did since is named."""

from pathlib import Path
from typing import Any

import pytest
from gui.window import app_on, settle
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.desk.history.deeds import told
from crmdesk.domain.change import Change
from crmdesk.domain.rights import single_user
from crmdesk.services import customer_edit, customers
from crmdesk.services.customers import CustomerQuery
from crmdesk.services.history import UndoReport


@pytest.fixture
def said(desk: Frame) -> list[str]:
    """What the status bar was given to say."""
    heard: list[str] = []
    desk.context.noticed.connect(heard.append)
    return heard


@pytest.fixture
def number(desk: Frame) -> str:
    app, actor = desk.context.app, desk.context.actor
    return customers.rows(app, actor, [int(customers.find(app, actor, CustomerQuery())[0])])[0].number


def edit(app: Any, actor: Any, number: str, **values: str) -> None:
    customer_edit.edit(app, actor, number, customer_edit.draft(app, actor, number).version, values)


def held(desk: Frame, number: str, field: str) -> str:
    return customer_edit.draft(desk.context.app, desk.context.actor, number).values[field]


def test_ctrl_z_takes_back_and_ctrl_shift_z_does_again(desk: Frame, number: str, said: list[str], qtbot: QtBot) -> None:
    before = held(desk, number, "city")
    edit(desk.context.app, desk.context.actor, number, city="Bergama")
    desk.shelf.go("customer", {"number": number})
    settle(qtbot, desk)
    page = desk.shelf.page
    assert "Bergama" in shown(page)
    desk.actions["edit.undo"].trigger()
    qtbot.waitUntil(lambda: held(desk, number, "city") == before)
    settle(qtbot, desk)
    assert before in shown(page) and "Bergama" not in shown(page)  # the open page follows
    assert said[-1] == f"Taken back: city of {number}."
    desk.actions["edit.redo"].trigger()
    qtbot.waitUntil(lambda: held(desk, number, "city") == "Bergama")
    settle(qtbot, desk)


def shown(page: Any) -> str:
    return "\n".join(one.text() for one in page.overview.identity.findChildren(QLabel))


def test_undo_and_redo_have_their_keys(desk: Frame) -> None:
    keys = {name: desk.actions[name].shortcut().toString() for name in ("edit.undo", "edit.redo", "customer.new")}
    assert keys == {"edit.undo": "Ctrl+Z", "edit.redo": "Ctrl+Shift+Z", "customer.new": "Ctrl+Shift+N"}


def test_nothing_to_undo_is_a_sentence(desk: Frame, said: list[str], qtbot: QtBot) -> None:
    desk.actions["edit.undo"].trigger()
    settle(qtbot, desk)
    assert "nothing to undo" in said[-1]


def test_the_page_lists_own_deeds_and_takes_back_the_chosen_one(desk: Frame, number: str, qtbot: QtBot) -> None:
    before = held(desk, number, "city")
    edit(desk.context.app, desk.context.actor, number, city="Bergama")
    edit(desk.context.app, desk.context.actor, number, occupation="pilot")
    desk.actions["edit.history"].trigger()
    settle(qtbot, desk)
    page: Any = desk.shelf.page
    assert page.answer.text() == "2 deeds of yours, none taken back."
    page.table.selectRow(1)  # the older one
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: held(desk, number, "city") == before)
    settle(qtbot, desk)
    assert held(desk, number, "occupation") == "pilot"
    states = [page.table.model().index(row, 3).data() for row in range(page.table.model().rowCount())]
    assert states == ["An undo", "", "Taken back"]
    page.table.selectRow(2)
    assert not page.undo_button.isEnabled() and "taken back already" in page.undo_button.toolTip()


def test_an_empty_history_says_what_it_will_hold(desk: Frame, qtbot: QtBot) -> None:
    desk.shelf.go("history", {})
    settle(qtbot, desk)
    assert desk.shelf.page.state == "empty" and "You changed nothing yet" in desk.shelf.page._blank.text


def test_what_somebody_else_edited_since_stays_and_is_named(
    desk: Frame, number: str, bank: Path, said: list[str], qtbot: QtBot
) -> None:
    edit(desk.context.app, desk.context.actor, number, city="Bergama", occupation="pilot")
    other = app_on(bank)
    edit(other, single_user("kemal"), number, city="Ankara")
    other.close()
    desk.actions["edit.undo"].trigger()
    settle(qtbot, desk)
    assert held(desk, number, "city") == "Ankara" and held(desk, number, "occupation") != "pilot"
    assert "Left as it is" in said[-1] and "kemal" in said[-1]


def test_many_kept_rows_are_counted_not_listed() -> None:
    kept = tuple(f"C-{i}: city was changed by mia since and stays." for i in range(5))
    text = told(UndoReport("Undo: Change manager", 3, kept, Change("undo"), "Change manager"), "Done")
    assert text.startswith("Done: Change manager. ")
    assert "C-0" in text and "C-1" in text and "C-2" not in text and "And 3 more." in text
