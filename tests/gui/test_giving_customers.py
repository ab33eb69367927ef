"""Administration > Users and roles: customers without a relationship manager are given to one, counted and unnamed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gui.doors import add_people, open_as
from gui.window import settle
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.desk.people.assign_dialog import NOBODY, AssignDialog
from crmdesk.desk.people.users_tab import UsersTab
from crmdesk.domain.rights import Role
from crmdesk.services import users

WAIT = """SELECT b.code, b.name, count(*) FROM customer c JOIN branch b ON b.id = c.branch_id
WHERE c.manager_id IS NULL AND c.merged_into IS NULL GROUP BY b.id ORDER BY b.code"""
OWN = "SELECT count(*) FROM customer c JOIN staff s ON s.id = c.manager_id WHERE s.login = 'rana'"


@pytest.fixture
def office(closed_desk: Frame, bank: Path, qtbot: QtBot) -> Frame:
    add_people(bank, (Role.RELATIONSHIP_MANAGER, Role.TELLER))
    return open_as(closed_desk, qtbot, bank, Role.ADMIN)


def look(desk: Frame, sql: str) -> list[tuple[Any, ...]]:
    assert desk.context.app is not None
    with desk.context.app.store.whole.reader() as raw:
        return list(raw.execute(sql))


def tab_at(desk: Frame, qtbot: QtBot, login: str) -> UsersTab:
    desk.act("tools.users")
    settle(qtbot, desk)
    tab = desk.shelf.page.tabs.part("users")
    tab.table.selectRow([user.login for user in tab._users].index(login))
    return tab


def opened(desk: Frame, qtbot: QtBot) -> AssignDialog:
    tab_at(desk, qtbot, "rana").give_button.click()
    settle(qtbot, desk)
    form = QApplication.activeModalWidget()
    assert isinstance(form, AssignDialog)
    return form


def test_only_a_relationship_manager_is_given_customers(office: Frame, qtbot: QtBot) -> None:
    for login in ("tuna", "adem", "dora"):
        tab = tab_at(office, qtbot, login)
        assert not tab.give_button.isEnabled() and "relationship manager" in tab.give_button.toolTip()
    tab = tab_at(office, qtbot, "rana")
    assert tab.give_button.isEnabled() and tab.give_button.isVisible()


def test_a_branch_is_given_by_keyboard_and_its_count_is_said_before(office: Frame, qtbot: QtBot) -> None:
    before = look(office, OWN)[0][0]
    form = opened(office, qtbot)
    assert form.groups.count() == len(look(office, WAIT)) and form.focusWidget() is form.groups
    branch, name, count = next(row for row in look(office, WAIT) if row[1] == form._groups[0].branch_name)
    assert form.said.text() == f"Rana Reis gets {count:,} customer{'' if count == 1 else 's'} of {name}."
    assert name == form._user.branch  # the own branch stands first
    qtbot.keyClick(form, Qt.Key.Key_Return)
    settle(qtbot, office)
    assert QApplication.activeModalWidget() is None
    assert look(office, OWN)[0][0] == before + count and branch not in [row[0] for row in look(office, WAIT)]
    assert f"{count:,} customer" in office.foot.notice.text()
    office.act("edit.undo")
    settle(qtbot, office)
    assert look(office, OWN)[0][0] == before and "C-0" not in office.foot.notice.text()


def test_nobody_is_named_and_escape_gives_nothing(office: Frame, qtbot: QtBot) -> None:
    before = look(office, OWN)
    form = opened(office, qtbot)
    texts = " ".join(one.text() for one in form.findChildren(QLabel))
    texts += " ".join(box.itemText(i) for box in form.findChildren(QComboBox) for i in range(box.count()))
    assert "C-0" not in texts
    names = [name for (name,) in look(office, "SELECT family_name FROM customer WHERE length(family_name) > 4")]
    assert not [name for name in names[:500] if name in texts.split()]
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    assert look(office, OWN) == before


def test_the_customers_of_who_left_are_offered_and_then_nobody_waits(office: Frame, qtbot: QtBot) -> None:
    app, actor = office.context.app, office.context.actor
    users.change_roles(app, actor, "tuna", {Role.TELLER, Role.RELATIONSHIP_MANAGER})
    users.end(app, actor, "rana")
    tab_at(office, qtbot, "tuna").give_button.click()
    settle(qtbot, office)
    form: Any = QApplication.activeModalWidget()
    while form._groups:
        left = [i for i, one in enumerate(form._groups) if one.of == "rana"]
        form.groups.setCurrentIndex(left[0] if left else 0)
        assert not left or "Rana Reis" in form.groups.currentText()
        form.save_button.click()
        settle(qtbot, office)
        assert look(office, OWN) == [(0,)]
        tab_at(office, qtbot, "tuna").give_button.click()
        settle(qtbot, office)
        form = QApplication.activeModalWidget()
    assert form.said.text() == NOBODY and not form.save_button.isEnabled()
    form.reject()
