"""The locked window: nothing of a customer in it, its title, its notices or its spoken tree; drafts come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gui.doors import WORD, add_people, open_as
from gui.window import settle
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from crmdesk.desk.find import FindDialog
from crmdesk.desk.frame import Frame
from crmdesk.desk.settings import IDLE_CHOICES
from crmdesk.desk.sign_in.idle_dialog import IdleDialog
from crmdesk.desk.sign_in.lock_page import LockPage
from crmdesk.desk.work.task_dialog import TaskDialog
from crmdesk.domain.change import Change
from crmdesk.domain.errors import Refused
from crmdesk.domain.rights import Role
from crmdesk.services import customers
from crmdesk.services.customers import CustomerQuery

DRAFT = "Speak about the house in Moda"


@pytest.fixture
def guarded(closed_desk: Frame, bank: Path, qtbot: QtBot) -> Frame:
    """A relationship manager at the window, with the first customer of the list in hand."""
    add_people(bank, (Role.RELATIONSHIP_MANAGER,))
    return open_as(closed_desk, qtbot, bank, Role.RELATIONSHIP_MANAGER)


def first(desk: Frame) -> Any:
    """An own customer of the person at the window."""
    app, actor = desk.context.app, desk.context.actor
    with app.store.reader() as raw:  # type: ignore[union-attr]
        own = {key for (key,) in raw.execute("SELECT id FROM customer WHERE manager_id = ?", (actor.staff,))}
    found = customers.find(app, actor, CustomerQuery()).tolist()
    return customers.rows(app, actor, [key for key in found if not own or key in own][:1])[0]


def spoken(root: QAccessibleInterface | None) -> Iterator[str]:
    """Every text that a screen reader finds, from the program downwards."""
    if root is None or not root.isValid():
        return
    for kind in (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value, QAccessible.Text.Help):
        yield root.text(kind)
    for at in range(root.childCount()):
        yield from spoken(root.child(at))


def everything(desk: Frame) -> str:
    """Spoken texts of the whole program, titles, and what the widgets in the window say."""
    tree = list(spoken(QAccessible.queryAccessibleInterface(QApplication.instance())))
    inside = [str(getattr(w, "text", str)()) for w in desk.findChildren(object) if callable(getattr(w, "text", None))]
    inside += [w.toolTip() for w in desk.findChildren(object) if callable(getattr(w, "toolTip", None))]
    return "\n".join([*tree, *inside, desk.windowTitle()])


def unlock(desk: Frame, qtbot: QtBot, word: str = WORD) -> LockPage:
    page = desk.centralWidget()
    assert isinstance(page, LockPage)
    page.passphrase.line.setText(word)
    page.send()
    return page


def test_nothing_of_a_customer_is_left_to_see_or_to_hear(guarded: Frame, qtbot: QtBot) -> None:
    person = first(guarded)
    guarded.shelf.go("customer", {"number": person.number})
    settle(qtbot, guarded)
    dialog = TaskDialog(guarded.context, guarded, now=guarded.context.app.store.clock(), number=person.number)  # type: ignore[union-attr]
    dialog.open()
    QToolTip.showText(guarded.pos(), person.name, guarded)
    settle(qtbot, guarded)
    guarded.notice(f"{person.name} was saved.")
    assert person.name in everything(guarded) and person.number in everything(guarded)
    before = guarded.grab().toImage()
    guarded.act("file.lock")
    qtbot.wait(50)
    left = everything(guarded)
    assert person.number not in left and person.name not in left
    for word in person.name.split():
        assert word not in left
    assert "locked" in guarded.windowTitle() and isinstance(guarded.centralWidget(), LockPage)
    assert guarded.grab().toImage() != before
    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not guarded]
    assert not shown, shown


def test_what_was_open_comes_back_as_it_was(guarded: Frame, qtbot: QtBot) -> None:
    person = first(guarded)
    guarded.shelf.go("customer", {"number": person.number})
    settle(qtbot, guarded)
    assert guarded.shelf.page.state == "content", guarded.shelf.page._blank.text
    dialog = TaskDialog(guarded.context, guarded, now=guarded.context.app.store.clock(), number=person.number)  # type: ignore[union-attr]
    dialog.open()
    settle(qtbot, guarded)
    dialog.what.setText(DRAFT)
    dialog.what.setFocus()
    place = dialog.geometry()
    guarded.lock.lock()
    settle(qtbot, guarded)
    assert not dialog.isVisible()
    unlock(guarded, qtbot)
    qtbot.waitUntil(lambda: not guarded.lock.on, timeout=30_000)
    settle(qtbot, guarded)
    assert dialog.isVisible() and dialog.what.text() == DRAFT and dialog.geometry() == place and dialog.isModal()
    assert guarded.shelf.page.name == "customer" and guarded.shelf.page.state == "content"
    assert person.name in everything(guarded)
    dialog.save_button.click()
    settle(qtbot, guarded)
    assert guarded.context.app is not None and "locked" not in guarded.windowTitle()


def test_services_refuse_while_locked_and_answer_again_after(guarded: Frame, qtbot: QtBot) -> None:
    app, actor = guarded.context.app, guarded.context.actor
    assert customers.count(app, actor) > 0
    guarded.lock.lock()
    settle(qtbot, guarded)
    with pytest.raises(Refused):
        customers.count(app, actor)
    page = unlock(guarded, qtbot, "quite another word")
    qtbot.waitUntil(page.card.fault.isVisible, timeout=30_000)
    assert "tries left" in page.card.fault.text() and guarded.lock.on and not page.passphrase.text()
    with pytest.raises(Refused):
        customers.count(app, actor)
    unlock(guarded, qtbot)
    qtbot.waitUntil(lambda: not guarded.lock.on, timeout=30_000)
    assert customers.count(app, actor) > 0


def test_menus_and_keys_do_nothing_in_a_locked_window(guarded: Frame, qtbot: QtBot) -> None:
    guarded.lock.lock()
    assert {entry.menu for entry in guarded.entries} == {"File", "View"} and "file.export" not in guarded.actions
    guarded.act("tools.palette")
    assert not isinstance(QApplication.activeModalWidget(), FindDialog)
    guarded.notice("Somebody was saved.")
    assert not guarded.foot.notice.text()
    guarded.lock.lock()  # again: nothing
    unlock(guarded, qtbot)
    qtbot.waitUntil(lambda: not guarded.lock.on, timeout=30_000)
    assert "tools.palette" in guarded.actions


def test_a_dialog_that_was_on_its_way_is_covered_too(guarded: Frame, qtbot: QtBot) -> None:
    guarded.act("customer.task")  # asks the clock first, then opens
    guarded.lock.lock()
    settle(qtbot, guarded)
    qtbot.waitUntil(lambda: not [w for w in QApplication.topLevelWidgets() if isinstance(w, TaskDialog)
                                 and w.isVisible()], timeout=5_000)  # fmt: skip
    unlock(guarded, qtbot)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), TaskDialog), timeout=30_000)
    QApplication.activeModalWidget().close()
    settle(qtbot, guarded)


def test_changes_are_told_after_the_lock(guarded: Frame, qtbot: QtBot) -> None:
    told: list[Change] = []
    guarded.context.hub.changed.connect(told.append)
    guarded.lock.lock()
    guarded.context.changed(Change("edit", {"customer": frozenset({1})}))
    assert not told
    unlock(guarded, qtbot)
    qtbot.waitUntil(lambda: not guarded.lock.on, timeout=30_000)
    assert [change.kind for change in told] == ["edit"]
    settle(qtbot, guarded)


def test_ten_minutes_without_a_touch_lock_it_and_a_touch_begins_anew(
    guarded: Frame, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = guarded.lock.idle
    assert idle.seconds == 600
    now = [0.0, 0.0]
    monkeypatch.setattr(type(idle), "_now", staticmethod(lambda: tuple(now)))
    idle.touch()
    now[:] = [599.0, 599.0]
    idle.look()
    assert not guarded.lock.on
    QTest.keyClick(guarded.windowHandle(), Qt.Key.Key_Shift)
    now[:] = [1198.0, 1198.0]
    idle.look()
    assert not guarded.lock.on
    now[:] = [1000.0, 1300.0]  # asleep since: the one clock stood still
    idle.look()
    assert guarded.lock.on
    unlock(guarded, qtbot)
    qtbot.waitUntil(lambda: not guarded.lock.on, timeout=30_000)


def test_the_minutes_are_a_choice_of_this_computer(guarded: Frame, qtbot: QtBot) -> None:
    guarded.act("tools.idle")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, IdleDialog) and dialog.minutes.count() == len(IDLE_CHOICES)
    dialog.minutes.setCurrentIndex(dialog.minutes.findData(2))
    dialog.save_button.click()
    settle(qtbot, guarded)
    assert guarded.settings.idle_minutes == 2 and guarded.lock.idle.seconds == 120


def test_closing_a_locked_bank_shows_the_start_page(guarded: Frame, qtbot: QtBot) -> None:
    guarded.lock.lock()
    page = guarded.centralWidget()
    assert isinstance(page, LockPage)
    page.card.back_button.click()
    qtbot.waitUntil(lambda: "is closed" in guarded.foot.notice.text(), timeout=30_000)
    assert not guarded.lock.on and guarded.shelf.page is guarded.start and guarded.windowTitle() == "crmdesk"
    told: list[Change] = []
    guarded.context.hub.changed.connect(told.append)
    guarded.context.changed(Change("edit", {}))
    assert told  # the next bank's pages are told at once


def test_a_bank_without_a_password_is_covered_only(desk: Frame, qtbot: QtBot) -> None:
    assert not desk.lock.idle._timer.isActive()
    person = first(desk)
    desk.shelf.go("customer", {"number": person.number})
    settle(qtbot, desk)
    desk.act("file.lock")
    page = desk.centralWidget()
    assert isinstance(page, LockPage) and not page.passphrase.isVisible() and person.name not in everything(desk)
    page.send()
    assert not desk.lock.on and desk.shelf.page.name == "customer"
