"""Home's cards: what is due, permissions, backups; each asks, shows and fails alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from gui.window import app_on, settle
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.desk.home_cards import BackupCard, DueCard, HomeCard, PermissionsCard
from crmdesk.domain.change import Change
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import autobackup, permission_bank, permission_record, tasks


def card(desk: Frame, kind: type[HomeCard]) -> Any:
    return desk.shelf.page.findChild(kind)


def words(view: Any) -> str:
    return " | ".join(made.text() for made in view.findChildren(QLabel) if made.isVisibleTo(view))


def press(view: Any, text: str) -> None:
    next(made for made in view.findChildren(QPushButton) if made.text() == text).click()


def a_task(desk: Frame, title: str, hours: int, **more: Any) -> None:
    app, actor = desk.context.app, desk.context.actor
    assert app is not None
    desk.context.changed(tasks.add(app, actor, title, app.store.clock() + timedelta(hours=hours), **more))


def test_what_is_due_is_done_and_snoozed_from_home(desk: Frame, qtbot: QtBot) -> None:
    due = card(desk, DueCard)
    assert "Nothing due." in words(due)
    a_task(desk, "late one", -50)
    a_task(desk, "today's", 0)
    a_task(desk, "to come", 60)
    settle(qtbot, desk)
    assert "2 days late | late one" in words(due) and "23:59 | today's" in words(due) and "to come" not in words(due)
    press(due, "Finish")
    settle(qtbot, desk)
    assert "late one" not in words(due) and "Ctrl+Z takes it back" in desk.foot.notice.text()
    press(due, "Snooze...")
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.actions()[1].trigger()
    menu.close()
    settle(qtbot, desk)
    assert "Nothing due. Next: tomorrow, 1 task." in words(due)
    press(due, "See the tasks")
    settle(qtbot, desk)
    assert desk.shelf.page.name == "tasks"
    a_task(desk, "another", 0)  # the card behind is asked again when Home is opened
    desk.shelf.go("home", {})
    settle(qtbot, desk)
    assert "another" in words(due) and "1 task is due today" in desk.shelf.page.answer.text()


def test_many_tasks_are_counted(desk: Frame, qtbot: QtBot) -> None:
    for at in range(7):
        a_task(desk, f"task {at}", 0)
    settle(qtbot, desk)
    assert "task 4" in words(card(desk, DueCard)) and "task 5" not in words(card(desk, DueCard))
    press(card(desk, DueCard), "See 2 more tasks")
    settle(qtbot, desk)
    assert desk.shelf.page.name == "tasks"


def test_permissions_count_people_once_and_open_their_page(desk: Frame, qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    shown = card(desk, PermissionsCard)
    before = {one.number for one in permission_bank.changed_since(app, actor)}
    with app.store.reader() as raw:  # type: ignore[union-attr]
        numbers = [number for (number,) in raw.execute("SELECT number FROM customer ORDER BY id")]
    number = next(number for number in numbers if number not in before)
    for purpose in ("marketing", "survey"):
        desk.context.changed(permission_record.withdraw(app, actor, number, purpose))
    settle(qtbot, desk)
    after = {one.number for one in permission_bank.changed_since(app, actor)}
    assert len(after) == len(before) + 1
    many = f"{len(after)} customers" if len(after) > 1 else "1 customer"
    assert f"{many} withdrew or objected in the last 7 days." in words(shown)
    due = {one.number for one in permission_bank.repermission(app, actor) if one.state == "expires"}
    assert (f"of {len(due)} customers end" if len(due) > 1 else "within 60 days") in words(shown)
    press(shown, "See the permissions")
    settle(qtbot, desk)
    assert desk.shelf.page.name == "permissions"


def test_a_backup_from_home(desk: Frame, qtbot: QtBot) -> None:
    shown = card(desk, BackupCard)
    assert "There is no backup yet" in words(shown)
    press(shown, "Back up now")
    settle(qtbot, desk)
    assert "Today" in words(shown) and "nothing changed since" in words(shown)
    assert len(autobackup.copies(desk.context.app, desk.context.actor)) == 1
    press(shown, "See the backups")
    settle(qtbot, desk)
    assert desk.shelf.page.name == "backups"


def test_a_card_fails_alone_and_can_be_tried_again(desk: Frame, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise CrmdeskError("The ledger is being read by the auditor.")

    with monkeypatch.context() as patch:
        patch.setattr(permission_bank, "changed_since", broken)
        desk.shelf.page.refresh()
        settle(qtbot, desk)
        shown = card(desk, PermissionsCard)
        assert "Permissions could not be read. The ledger is being read" in words(shown)
        assert "Nothing due" in words(card(desk, DueCard)) and desk.shelf.page.state == "content"
    press(shown, "Try again")
    settle(qtbot, desk)
    assert "could not be read" not in words(shown) and "in the last 7 days" in words(shown)


def test_cards_are_there_by_right(bank: Any, open_on: Callable[[Any], Frame], closed_desk: Frame, qtbot: QtBot) -> None:
    closed_desk.context.actor = Actor("mk", frozenset({Role.MARKETING}))
    desk = open_on(app_on(bank))
    assert [card(desk, kind).isVisible() for kind in (DueCard, PermissionsCard, BackupCard)] == [False, True, False]
    assert "due" not in desk.shelf.page.answer.text()
    desk.context.changed(Change("x", {"task": frozenset({1})}))
    settle(qtbot, desk)
    assert card(desk, DueCard).isHidden()  # never asked, so it cannot even fail
