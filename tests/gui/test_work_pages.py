"""Tasks, opportunities, reminders and backups at the desk, by keyboard and by button."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from gui.window import app_on, settle
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from crmdesk.desk import start
from crmdesk.desk.backups.backups_page import size
from crmdesk.desk.backups.restore import restore
from crmdesk.desk.frame import Frame
from crmdesk.desk.work import moments
from crmdesk.desk.work.board import MIME
from crmdesk.desk.work.customer_tasks import CustomerTasks
from crmdesk.domain.rights import Actor, Role, single_user
from crmdesk.services import autobackup, opportunities, staff, tasks
from crmdesk.store import create_bank

BO = single_user("bo")
KEY = Qt.Key


def go(desk: Frame, qtbot: QtBot, name: str) -> Any:
    desk.shelf.go(name, {})
    settle(qtbot, desk)
    return desk.shelf.page


def dialog() -> Any:
    found = QApplication.activeModalWidget()
    assert isinstance(found, QDialog)
    return found


def press(widget: Any, key: Any, *, both: bool = False) -> None:
    way = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(widget, key, way if both else Qt.KeyboardModifier.NoModifier)


@pytest.fixture
def now(desk: Frame) -> datetime:
    return desk.context.app.store.clock()  # type: ignore[union-attr]


@pytest.fixture
def numbers(desk: Frame) -> list[str]:
    with desk.context.app.store.reader() as raw:  # type: ignore[union-attr]
        return [number for (number,) in raw.execute("SELECT number FROM customer ORDER BY id LIMIT 5")]


@pytest.fixture
def three(desk: Frame, now: datetime, numbers: list[str]) -> list[int]:
    """A late task, one of today and one to come."""
    app, actor = desk.context.app, desk.context.actor
    staff.add(app, actor, "bo", "Bo Ek")
    made = []
    for title, days in (("late one", -2), ("today's", 0), ("to come", 3)):
        change = tasks.add(app, actor, title, now + timedelta(days=days), number=numbers[0])
        made += list(change.touched["task"])
    return made  # type: ignore[return-value]


def test_the_empty_page_says_so_and_leads_to_a_task(desk: Frame, qtbot: QtBot) -> None:
    page = go(desk, qtbot, "tasks")
    assert page.answer.text() == "Nothing due." and "No task is open" in page._blank.text
    assert not page.new_button.isVisible()  # one filled button in a view
    page._write()
    made = dialog()
    made.what.setText("Call about the card")
    press(made.what, KEY.Key_Return)
    settle(qtbot, desk)
    assert page.state == "content" and page.table.tasks.rows[0].title == "Call about the card"
    assert page.answer.text().startswith("Nothing due. Next: tomorrow, 1 task.")


def test_a_task_without_words_or_with_a_bad_time_stays_in_the_dialog(desk: Frame, qtbot: QtBot) -> None:
    go(desk, qtbot, "tasks")
    desk.act("customer.task")
    settle(qtbot, desk)
    made = dialog()
    made.note.setPlainText("kept")
    made.save()
    assert made.fault.text() == "Say what to do."
    made.what.setText("Call")
    made.due.at.setCurrentText("25:00")
    made.save()
    assert "'25:00' is not a time" in made.fault.text()
    made.due.at.setCurrentText("9.30")
    made.customer.number.setText("C-nobody")
    qtbot.wait(200)
    settle(qtbot, desk)
    assert "C-nobody" in made.customer.name.text()
    made.save()
    settle(qtbot, desk)
    assert "C-nobody" in made.fault.text() and made.note.toPlainText() == "kept" and made.isVisible()
    made.customer.number.clear()
    made.save()
    settle(qtbot, desk)
    (row,) = desk.shelf.page.table.tasks.rows
    assert (row.title, row.note, f"{row.due_at.astimezone():%H:%M}") == ("Call", "kept", "09:30")
    assert row.remind_at == row.due_at


def test_the_list_by_keyboard(desk: Frame, qtbot: QtBot, three: list[int], now: datetime) -> None:
    page = go(desk, qtbot, "tasks")
    assert page.answer.text().startswith("2 tasks are due today, 1 of them late. Next:")
    assert [row.title for row in page.table.tasks.rows] == ["late one", "today's", "to come"]
    page.find()
    press(page.table, KEY.Key_D)
    settle(qtbot, desk)
    assert [row.title for row in page.table.tasks.rows] == ["today's", "to come"]
    assert "Done: late one" in desk.foot.notice.text()
    press(page.table, KEY.Key_S)
    menu = QApplication.activePopupWidget()
    assert menu is not None and len(menu.actions()) >= 3
    menu.actions()[1].trigger()
    menu.close()
    settle(qtbot, desk)
    assert tasks.due(desk.context.app, desk.context.actor)[0].snoozed_until is not None
    assert page.table.tasks.index(0, 0).data().endswith("snoozed")
    press(page.table, KEY.Key_Delete)
    settle(qtbot, desk)
    assert len(page.table.tasks.rows) == 1
    page.shows.setCurrentIndex(2)
    settle(qtbot, desk)
    assert {row.state for row in page.table.tasks.rows} == {"done", "dropped"}
    page.find()
    press(page.table, KEY.Key_R)
    settle(qtbot, desk)
    assert len(page.table.tasks.rows) == 1
    page.shows.setCurrentIndex(1)
    settle(qtbot, desk)
    assert all(row.at <= moments.end_of_day(now) for row in page.table.tasks.rows)


def test_several_are_handed_over_at_once(desk: Frame, qtbot: QtBot, three: list[int]) -> None:
    page = go(desk, qtbot, "tasks")
    page.table.selectAll()
    assert not page._buttons["snooze"].isEnabled() and page._buttons["hand_over"].isEnabled()
    press(page.table, KEY.Key_H)
    settle(qtbot, desk)
    made = dialog()
    assert made.save_button.text() == "Hand over 3 tasks" and made.to.count() == 1  # colleagues only
    press(made.to, KEY.Key_Return)
    settle(qtbot, desk)
    assert page.state == "no match" and len(tasks.due(desk.context.app, BO)) == 3
    page.all.setChecked(True)
    settle(qtbot, desk)
    assert [page.table.tasks.index(0, at).data() for at in (1, 3)] == [
        "late one",
        "Bo Ek, from " + desk.context.actor.login,
    ]


def test_a_conflict_names_who_was_first_and_loses_nothing(desk: Frame, qtbot: QtBot, three: list[int]) -> None:
    page = go(desk, qtbot, "tasks")
    page.do("edit")
    made = dialog()
    made.note.setPlainText("my note")
    tasks.edit(desk.context.app, BO, three[0], 1, title="theirs")
    made.save()
    settle(qtbot, desk)
    assert made.isVisible() and made.note.toPlainText() == "my note"
    assert "bo changed this task meanwhile" in made.fault.text() and "what to do" in made.fault.text()
    made.save()
    settle(qtbot, desk)
    row = tasks.of_customer(desk.context.app, desk.context.actor, page.table.tasks.rows[0].number)[0]
    assert (row.title, row.note) == ("late one", "my note")


def test_who_may_only_read_has_no_buttons_to_change(
    bank: Path, open_on: Callable[[Any], Frame], closed_desk: Frame, qtbot: QtBot
) -> None:
    closed_desk.context.actor = Actor("aud", frozenset({Role.AUDITOR}))
    desk = open_on(app_on(bank))
    for name in ("tasks", "opportunities"):
        page = go(desk, qtbot, name)
        assert list(page._buttons) == ["open"]
    assert "customer.task" not in desk.actions and "tools.backups" not in desk.actions


@pytest.fixture
def chances(desk: Frame, numbers: list[str]) -> list[int]:
    app, actor = desk.context.app, desk.context.actor
    made: list[Any] = []
    for number, title, value in zip(numbers, ("Card", "Loan", "Fund"), (100_00, None, 5_000_00), strict=False):
        made += opportunities.add(app, actor, number, title, value=value).touched["opportunity"]
    return made


def test_the_board_by_keyboard(desk: Frame, qtbot: QtBot, chances: list[int]) -> None:
    page = go(desk, qtbot, "opportunities")
    assert page.answer.text() == "3 opportunities are under way, worth EUR 5,100; 3 have no next step."
    first = page.board.lists["identified"]
    first.setFocus()
    first.setCurrentRow(0)
    title = first.current().title
    press(first, KEY.Key_Right, both=True)
    settle(qtbot, desk)
    second = page.board.lists["details"]
    assert second.current().title == title and first.count() == 2  # the card stays chosen where it went
    second.setFocus()
    press(second, KEY.Key_Left)
    assert page.board.current() is not None and page.board.current().stage == "identified"
    press(first, KEY.Key_Left, both=True)  # there is no stage before the first
    settle(qtbot, desk)
    assert first.count() == 2
    press(first, KEY.Key_Return)
    settle(qtbot, desk)
    made = dialog()
    made.value.setText("12,5")
    made.save()
    assert "write it like 12000" in made.fault.text()
    made.value.setText("12.50")
    made.step.setText("Send the offer")
    press(made.step, KEY.Key_Return)
    settle(qtbot, desk)
    assert any("12.50" in tip or "Send the offer" in tip for tip in (first.item(at).toolTip() for at in range(2)))


def test_the_day_offered_for_a_next_step_is_the_banks(desk: Frame, qtbot: QtBot, now: datetime) -> None:
    desk.act("customer.opportunity")
    made = dialog()
    settle(qtbot, desk)
    assert made.on.date().toPython() == now.date() and not made.dated.isChecked()
    made.close()


def test_a_loss_asks_why(desk: Frame, qtbot: QtBot, chances: list[int]) -> None:
    page = go(desk, qtbot, "opportunities")
    page.board.lists["identified"].setCurrentRow(0)
    page._do_chosen("lost")
    made = dialog()
    made.save()
    settle(qtbot, desk)
    assert "why it was lost" in made.fault.text()
    made.reason.setCurrentText("Price")
    made.save()
    settle(qtbot, desk)
    assert page.board.lists["lost"].count() == 1
    page.toggle_twin()
    rows = [page.list.model().index(at, 0).data() for at in range(3)]
    assert rows == ["Identified", "Identified", "Lost"] and page.list.model().index(2, 4).data() == "Price"
    page.list.selectRow(2)
    page._do_chosen("back")
    settle(qtbot, desk)
    assert page.board.lists["follow_up"].count() == 1


def test_a_card_is_dropped_on_another_stage(desk: Frame, qtbot: QtBot, chances: list[int]) -> None:
    page = go(desk, qtbot, "opportunities")
    where = page.board.lists["follow_up"]
    carried = QMimeData()
    carried.setData(MIME, str(chances[0]).encode())
    left = Qt.MouseButton.LeftButton
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.MoveAction, carried, left, Qt.KeyboardModifier.NoModifier)
    where.dropEvent(drop)
    settle(qtbot, desk)
    assert where.count() == 1 and where.item(0).toolTip().startswith("Follow-up: Card")
    other = QMimeData()
    other.setText("something else")
    assert other.hasFormat(MIME) is False


def test_a_card_that_somebody_moved_meanwhile_is_said_and_shown_as_it_is(
    desk: Frame, qtbot: QtBot, chances: list[int]
) -> None:
    page = go(desk, qtbot, "opportunities")
    row = page.board.lists["identified"].item(0).data(Qt.ItemDataRole.UserRole)
    desk.watcher.stop()
    opportunities.move(desk.context.app, BO, row.id, row.version, "won")
    page.do("move", row, "details")
    settle(qtbot, desk)
    assert "bo changed this opportunity meanwhile" in desk.foot.notice.text()
    assert page.board.lists["won"].count() == 1 and not page.board.lists["details"].count()


def test_the_customers_tasks_refresh_by_themselves(
    desk: Frame, qtbot: QtBot, three: list[int], chances: list[int], numbers: list[str]
) -> None:
    view = CustomerTasks(desk.context)
    qtbot.addWidget(view)
    view.show_customer(numbers[0])
    settle(qtbot, desk)
    assert view.task_words.text() == "3 tasks are open." and view.chances.model().rowCount() == 1
    view.tasks.selectRow(0)
    view.do("done")
    settle(qtbot, desk)
    assert view.task_words.text() == "2 tasks are open."
    assert [row.state for row in view.tasks.tasks.rows] == ["open", "open", "done"]
    view.show_customer(numbers[4])
    settle(qtbot, desk)
    assert view.task_words.text() == "No task is open." and view.tasks.isHidden()


# Reminders -----------------------------------------------------------------------------------------------------------


def test_reminders_never_take_the_focus_and_outlive_a_restart(
    desk: Frame, qtbot: QtBot, now: datetime, numbers: list[str], bank: Path
) -> None:
    app, actor = desk.context.app, desk.context.actor
    page = go(desk, qtbot, "customers")
    page.search.setFocus()
    for title in ("first", "second"):
        change = tasks.add(app, actor, title, now, number=numbers[0], remind_at=now - timedelta(hours=1))
        desk.context.changed(change)
    settle(qtbot, desk)
    assert desk.reminders.isVisible() and page.search.hasFocus()
    assert "To think of: " in desk.foot.notice.text()
    first = next(made for made in buttons(desk.reminders) if made.text() == "Finish task")
    first.setFocus()
    desk.reminders.look()
    settle(qtbot, desk)
    assert first.hasFocus()  # asking again takes it from nobody either
    assert first.accessibleName() == "Finish task: first"
    assert any(made.text() == "See 1 more" for made in buttons(desk.reminders))
    first.click()
    settle(qtbot, desk)
    assert names(desk) == ["Finish task: second"]
    start.close_bank(desk)
    qtbot.waitUntil(lambda: desk.context.app is None and not desk.reminders.isVisible(), timeout=10_000)
    qtbot.waitUntil(lambda: "is closed" in desk.foot.notice.text(), timeout=10_000)
    desk.context.app = app_on(bank)
    desk.show_bank()
    settle(qtbot, desk)
    assert names(desk) == ["Finish task: second"]
    next(made for made in buttons(desk.reminders) if made.text() == "Close").click()
    settle(qtbot, desk)
    assert desk.reminders.isHidden() and len(tasks.due(desk.context.app, desk.context.actor)) == 1


def buttons(view: Any) -> list[Any]:
    return [made for made in view.findChildren(QPushButton) if made.isVisibleTo(view)]


def names(desk: Frame) -> list[str]:
    return [made.accessibleName() for made in buttons(desk.reminders) if made.text() == "Finish task"]


def test_a_long_list_says_where_it_ends(
    desk: Frame, qtbot: QtBot, three: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "AT_MOST", 3)
    assert go(desk, qtbot, "tasks").answer.text().endswith("The first 3 are listed.")


def test_the_next_pane_leads_to_a_reminder(desk: Frame, qtbot: QtBot, now: datetime) -> None:
    desk.context.changed(tasks.add(desk.context.app, desk.context.actor, "rings", now, remind_at=now))
    settle(qtbot, desk)
    desk.shelf.page.setFocus()
    for _ in range(6):
        desk.act("view.pane")
        if desk.reminders.isAncestorOf(QApplication.focusWidget()):
            return
    raise AssertionError("F6 never came to the reminder")


def test_a_reminder_rings_when_its_time_comes(open_on: Callable[[Any], Frame], tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "Real.crmdesk"
    create_bank(path).close()
    desk = open_on(app_on(path, analyses=()))
    desk.reminders._timer.setInterval(50)
    soon = datetime.now(UTC) + timedelta(seconds=0.5)
    tasks.add(desk.context.app, desk.context.actor, "rings", soon, remind_at=soon)
    qtbot.waitUntil(lambda: names(desk) == ["Finish task: rings"], timeout=10_000)


# Backups -------------------------------------------------------------------------------------------------------------


def test_back_up_check_and_restore(desk: Frame, qtbot: QtBot, bank: Path, now: datetime) -> None:
    page = go(desk, qtbot, "backups")
    assert page.state == "empty" and "no backup of this bank yet" in page._blank.text
    page.back_up()
    settle(qtbot, desk)
    assert page.answer.text().startswith("The last backup was made today") and "nothing changed" in page.answer.text()
    page.check()
    settle(qtbot, desk)
    assert page.table.model().index(0, 2).data() == "Just now: whole"
    tasks.add(desk.context.app, desk.context.actor, "written since", now)
    page.restore()
    made = dialog()
    assert made.cancel_button.isDefault() and "before-restore" in made.answer.text()
    made.save_button.click()
    qtbot.waitUntil(lambda: "is restored" in desk.foot.notice.text(), timeout=30_000)
    settle(qtbot, desk)
    assert desk.context.app is not None and not tasks.due(desk.context.app, desk.context.actor)
    assert (bank.parent / f"{bank.name}.before-restore").exists()


def test_a_damaged_backup_is_refused_and_the_bank_stays_open(desk: Frame, qtbot: QtBot) -> None:
    page = go(desk, qtbot, "backups")
    page.back_up()
    settle(qtbot, desk)
    copy = page._copies[0].file
    with copy.open("r+b") as file:
        file.seek(9_000)
        file.write(b"\xff\xfe\xfd")
    page.check()
    settle(qtbot, desk)
    assert page.state == "error" and "take another backup" in page._band.text
    assert page.table.model().index(0, 2).data() == "Just now: not whole"
    page.restore()
    made = dialog()
    made.save_button.click()
    settle(qtbot, desk)
    assert made.isVisible() and "take another backup" in made.fault.text() and desk.context.app is not None
    made.close()


def test_a_restore_that_cannot_be_done_opens_the_bank_again(desk: Frame, qtbot: QtBot, bank: Path) -> None:
    tasks.add(desk.context.app, desk.context.actor, "stays", desk.context.app.store.clock())  # type: ignore[union-attr]
    restore(desk, bank.parent / "gone.crmdesk")
    qtbot.waitUntil(lambda: "does not exist" in desk.foot.notice.text(), timeout=30_000)
    settle(qtbot, desk)
    assert [row.title for row in tasks.due(desk.context.app, desk.context.actor)] == ["stays"]


@pytest.fixture
def kept(desk: Frame) -> Iterator[list[str]]:
    said: list[str] = []
    desk.context.noticed.connect(said.append)
    yield said


def test_the_keeper_makes_a_copy_only_when_something_changed(desk: Frame, qtbot: QtBot, kept: list[str]) -> None:
    app, actor = desk.context.app, desk.context.actor
    desk.keeper.keep()
    settle(qtbot, desk)
    desk.keeper.keep()
    settle(qtbot, desk)
    assert len(autobackup.copies(app, actor)) == 1
    shutil.rmtree(autobackup.folder(app))
    autobackup.folder(app).write_text("in the way")
    desk.keeper.keep()
    settle(qtbot, desk)
    assert any("The automatic backup did not work" in text for text in kept)
    assert desk.keeper._every.isActive()
    start.close_bank(desk)
    assert not desk.keeper._every.isActive() and not desk.keeper._first.isActive()


def test_sizes_are_read_easily() -> None:
    assert [size(n) for n in (10, 516_000, 34_200_000)] == ["1 KB", "516 KB", "34.2 MB"]


# Words ---------------------------------------------------------------------------------------------------------------


def test_moments_in_words() -> None:
    now = datetime(2026, 11, 22, 14, 10).astimezone()
    said = {1: "Today 15:10", 24: "Tomorrow 14:10", 72: "Wednesday 14:10", 960: "1 Jan 2027 14:10",
            -24: "Yesterday 14:10, 1 day late", -216: "13 Nov 14:10, 9 days late"}  # fmt: skip
    for hours, words in said.items():
        assert moments.due(now + timedelta(hours=hours), now) == words
    assert moments.soon(now) == now.replace(hour=15, minute=0)
    assert moments.soon(now.replace(hour=20)) == now.replace(hour=9, minute=0) + timedelta(days=1)
    assert moments.soon(now.replace(hour=5)) == now.replace(hour=9, minute=0)
    assert all(until > now for _, until in moments.snoozes(now))
