"""Administration > Users and roles: people come, change and leave; the second person; encryption and its key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gui.doors import PEOPLE, WORD, add_people, join, open_as
from gui.window import settle
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.desk.people.add_dialog import AddPersonDialog
from crmdesk.desk.people.encryption import EncryptDialog, EncryptedDialog
from crmdesk.desk.people.one_time import OneTimeDialog
from crmdesk.desk.people.recovery_key import RecoveryKeyDialog
from crmdesk.desk.people.role_boxes import RoleBoxes
from crmdesk.desk.people.second_person import SecondPersonDialog
from crmdesk.desk.people.users_tab import UsersTab
from crmdesk.desk.sign_in.new_password import ChangePasswordDialog
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Role
from crmdesk.services import sign_in, users


def front() -> Any:
    return QApplication.activeModalWidget()


def tab_of(desk: Frame, qtbot: QtBot) -> UsersTab:
    desk.act("tools.users")
    settle(qtbot, desk)
    tab = desk.shelf.page.tabs.part("users")
    assert isinstance(tab, UsersTab)
    return tab


@pytest.fixture
def office(closed_desk: Frame, bank: Path, qtbot: QtBot) -> Frame:
    """The administrator at the window of a bank with an analyst."""
    add_people(bank, (Role.ANALYST,))
    return open_as(closed_desk, qtbot, bank, Role.ADMIN)


def choose(tab: UsersTab, login: str) -> None:
    tab.table.selectRow([user.login for user in tab._users].index(login))


def row(tab: UsersTab, login: str) -> list[str]:
    model, at = tab.table.model(), [user.login for user in tab._users].index(login)
    return [str(model.index(at, column).data()) for column in range(model.columnCount())]


def test_a_person_is_added_and_the_password_is_shown_once(office: Frame, qtbot: QtBot) -> None:
    tab = tab_of(office, qtbot)
    tab.add_button.click()
    form = front()
    assert isinstance(form, AddPersonDialog)
    form.person.named.setText("Seda Sahin")
    form.person.login.setText("seda")
    form.save_button.click()
    settle(qtbot, office)
    assert form.isVisible() and "role" in form.fault.text() and form.person.named.text() == "Seda Sahin"
    form.person.roles.boxes[Role.AUDITOR].setChecked(True)
    form.save_button.click()
    settle(qtbot, office)
    shown = front()
    assert isinstance(shown, OneTimeDialog)
    word = shown.password.text()
    shown.done_button.click()
    settle(qtbot, office)
    assert row(tab, "seda")[2] == "auditor" and row(tab, "seda")[5] == "One-time password"
    assert not [w for w in QApplication.topLevelWidgets() if word in str(getattr(w, "text", str)())]
    actor = sign_in.join(office.context.app, "seda", word)
    assert sign_in.must_change(office.context.app, actor)


def test_roles_change_and_forbidden_pairs_are_off_with_their_reason(office: Frame, qtbot: QtBot) -> None:
    tab = tab_of(office, qtbot)
    choose(tab, "ela")
    tab.roles_button.click()
    boxes: RoleBoxes = front().boxes
    boxes.boxes[Role.ADMIN].setChecked(True)
    assert not boxes.boxes[Role.DPO].isEnabled() and "Nobody is both" in boxes.boxes[Role.DPO].toolTip()
    assert "Nobody is both" in boxes.why.text()
    boxes.boxes[Role.ADMIN].setChecked(False)
    assert boxes.boxes[Role.DPO].isEnabled()
    boxes.boxes[Role.MARKETING].setChecked(True)
    front().save_button.click()
    settle(qtbot, office)
    assert row(tab, "ela")[2] == "analyst, marketing"


def test_somebody_leaves_and_comes_back(office: Frame, qtbot: QtBot) -> None:
    tab = tab_of(office, qtbot)
    choose(tab, "ela")
    tab.end_button.click()
    front().save_button.click()
    settle(qtbot, office)
    assert row(tab, "ela")[5].startswith("Left") and "1 left" in office.shelf.page.answer.text()
    with pytest.raises(CrmdeskError):
        join(office.context.app, Role.ANALYST)
    assert tab.end_button.text() == "Let in again..." and not tab.roles_button.isEnabled()
    tab.end_button.click()
    front().boxes.boxes[Role.ANALYST].setChecked(True)
    front().save_button.click()
    settle(qtbot, office)
    shown = front()
    assert isinstance(shown, OneTimeDialog)
    shown.close()
    settle(qtbot, office)
    assert row(tab, "ela")[5] == "One-time password"


def test_nobody_does_it_to_himself_and_a_password_is_reset(office: Frame, qtbot: QtBot) -> None:
    tab = tab_of(office, qtbot)
    assert not tab.reset_button.isEnabled() and "Choose somebody" in tab.reset_button.toolTip()
    choose(tab, "adem")
    for made in (tab.roles_button, tab.reset_button, tab.end_button):
        assert not made.isEnabled() and "yourself" in made.toolTip()
    choose(tab, "ela")
    tab.reset_button.click()
    settle(qtbot, office)
    shown = front()
    assert isinstance(shown, OneTimeDialog)
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    settle(qtbot, office)
    assert row(tab, "ela")[5] == "One-time password"


def test_an_auditor_reads_the_people_and_changes_nothing(closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    add_people(bank, (Role.AUDITOR,))
    desk = open_as(closed_desk, qtbot, bank, Role.AUDITOR)
    tab = tab_of(desk, qtbot)
    assert tab.table.model().rowCount() == 4
    assert not [b for b in (tab.add_button, tab.roles_button, tab.end_button, tab.second_button) if b.isVisible()]


def fill(fields: Any, role: Role) -> None:
    login, name = PEOPLE[role]
    fields.login.setText(login)
    fields.named.setText(name)
    fields.pair.new.line.setText(WORD)
    fields.pair.again.line.setText(WORD)


def test_the_second_person_turns_sign_in_on_for_good(desk: Frame, bank: Path, qtbot: QtBot) -> None:
    tab = tab_of(desk, qtbot)
    assert tab.second_button.isVisible() and not tab.add_button.isVisible()
    tab.second_button.click()
    form = front()
    assert isinstance(form, SecondPersonDialog) and form.save_button.text() == "Next"
    form.save()
    assert "for good" in form.fault.text() and form.tabs.currentIndex() == 0
    form.agree.setChecked(True)
    form.save()
    fill(form.me, Role.ADMIN)
    form.me.pair.again.line.setText("something else here")
    form.save()
    assert form.tabs.currentIndex() == 1 and "not alike" in form.fault.text()
    form.me.pair.again.line.setText(WORD)
    form.save()
    fill(form.other, Role.DPO)
    form.other.login.setText("adem")
    assert form.save_button.text() == "Turn sign-in on"
    form.save()
    settle(qtbot, desk)
    assert form.isVisible() and "two names" in form.fault.text()
    form.other.login.setText("dora")
    form.save()
    qtbot.waitUntil(lambda: desk.start.door.isVisible(), timeout=60_000)
    assert desk.context.app is None
    desk.start.door.name.setText("adem")
    desk.start.door.passphrase.line.setText(WORD)
    desk.start.door.send()
    qtbot.waitUntil(lambda: desk.shelf.page.name == "home", timeout=60_000)
    settle(qtbot, desk)
    assert desk.foot.person.text() == "Adem Arslan, administrator" and not desk.foot.single.isVisible()


def test_one_changes_the_own_password(office: Frame, qtbot: QtBot) -> None:
    office.act("file.password")
    form = front()
    assert isinstance(form, ChangePasswordDialog)
    form.old.line.setText("not mine at all")
    form.pair.new.line.setText("nine white moons")
    form.pair.again.line.setText("nine white moons")
    form.save_button.click()
    settle(qtbot, office)
    assert form.isVisible() and "wrong" in form.fault.text().lower()
    form.old.line.setText(WORD)
    form.save_button.click()
    settle(qtbot, office)
    assert "is changed" in office.foot.notice.text()
    assert sign_in.join(office.context.app, "adem", "nine white moons")


def test_a_bank_without_a_password_says_how_to_get_one(desk: Frame) -> None:
    desk.act("file.password")
    assert front() is None and "encrypt it" in desk.foot.notice.text()


def test_a_bank_is_encrypted_and_its_key_typed_back(desk: Frame, bank: Path, tmp_path: Path, qtbot: QtBot) -> None:
    desk.act("tools.encryption")
    settle(qtbot, desk)
    form = front()
    assert isinstance(form, EncryptDialog) and form.pair is not None
    form.pair.new.line.setText("password123")
    form.pair.again.line.setText("password123")
    form.save_button.click()
    settle(qtbot, desk)
    assert form.isVisible() and "first that anybody tries" in form.fault.text()
    form.pair.new.line.setText(WORD)
    form.pair.again.line.setText(WORD)
    form.save_button.click()
    qtbot.waitUntil(lambda: isinstance(front(), RecoveryKeyDialog), timeout=120_000)
    shown = front()
    paper = tmp_path / "key.pdf"
    shown.write(paper)
    qtbot.waitUntil(paper.exists, timeout=30_000)
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert shown.isVisible() and "first" in shown.fault.text()
    shown.check()
    assert shown.isVisible()
    for field, at in zip(shown.typed, shown.asked, strict=True):
        field.setText(shown._groups[at].lower())
    shown.check()
    qtbot.waitUntil(lambda: desk.start.door.isVisible(), timeout=60_000)
    assert desk.start.title.text() == "Open Tiny" and not desk.start.door.name.isVisible()
    desk.start.door.passphrase.line.setText(WORD)
    desk.start.door.send()
    qtbot.waitUntil(lambda: desk.shelf.page.name == "home", timeout=60_000)
    settle(qtbot, desk)
    assert "encrypted" in desk.foot.file.text() and desk.lock.idle._timer.isActive()
    assert bank.read_bytes()[:15] != b"SQLite format 3"
    desk.act("tools.encryption")
    settle(qtbot, desk)
    told = front()
    assert isinstance(told, EncryptedDialog) and "was made on" in told.key.text()
    told.close_button.click()
    desk.act("file.lock")
    page = desk.centralWidget()
    page.passphrase.line.setText("not the one")
    page.send()
    qtbot.waitUntil(page.card.fault.isVisible, timeout=30_000)
    page.passphrase.line.setText(WORD)
    page.send()
    qtbot.waitUntil(lambda: not desk.lock.on, timeout=30_000)
    settle(qtbot, desk)


def test_users_of_the_store_are_those_of_the_table(office: Frame, qtbot: QtBot) -> None:
    tab = tab_of(office, qtbot)
    found = users.users(office.context.app, office.context.actor)
    assert tab.table.model().rowCount() == len(found) == 4
    assert office.shelf.page.answer.text() == "4 people can sign in."
