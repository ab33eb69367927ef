"""Colleagues at the desk: the list, a new one, and a new one in the middle of handing over."""

from __future__ import annotations

from typing import Any

from gui.window import settle
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.desk.work.colleagues import AddColleagueDialog, HandOverDialog
from crmdesk.services import tasks


def front() -> Any:
    return QApplication.activeModalWidget()


def add(qtbot: QtBot, desk: Frame, name: str, login: str) -> None:
    form = front()
    assert isinstance(form, AddColleagueDialog)
    settle(qtbot, desk)
    form.named.setText(name)
    form.login.setText(login)
    form.branch.setCurrentIndex(form.branch.findData("HO"))
    form.save_button.click()
    settle(qtbot, desk)


def test_a_colleague_is_added_where_one_person_works_alone(desk: Frame, qtbot: QtBot) -> None:
    desk.act("tools.users")
    settle(qtbot, desk)
    page = desk.shelf.page
    assert page.name == "administration" and "work alone" in page.answer.text()
    tab = page.tabs.part("users")
    tab.colleague_button.click()
    add(qtbot, desk, "Mira Kurt", "mira")
    model = tab.table.model()
    rows = {tuple(model.index(row, column).data() for column in (0, 1, 3)) for row in range(model.rowCount())}
    assert ("Mira Kurt", "mira", "Head office") in rows
    tab.colleague_button.click()
    again = front()
    add(qtbot, desk, "Another", "mira")
    assert again.isVisible() and "taken" in again.fault.text() and again.named.text() == "Another"
    again.close()


def test_handing_over_offers_to_add_the_first_colleague(desk: Frame, qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    assert app is not None
    tasks.add(app, actor, "Call back", app.store.clock())
    dialog = HandOverDialog(desk.context, desk, tasks.due(app, actor))
    dialog.open()
    settle(qtbot, desk)
    dialog.save_button.click()
    assert "press Add a colleague" in dialog.fault.text()
    dialog.add_button.click()
    add(qtbot, desk, "Mira Kurt", "mira")
    assert dialog.to.login() == "mira"
    dialog.save_button.click()
    settle(qtbot, desk)
    assert [row.owner for row in tasks.due(app, actor, mine=False)] == ["mira"]
