"""The permissions of the whole bank: counts by cell, both times, whom to ask again, objections, notices and more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_bank
from gui import permitting
from gui.permitting import ADA, AUDITOR, IDA, TELLER, idle
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.exporting import ExportDialog
from crmdesk.desk.permissions.ask_again import MakeTasksDialog
from crmdesk.desk.permissions.bank_grid import PURPOSES, STATES, bar_parts, percent
from crmdesk.desk.permissions.notice_dialog import NewNoticeDialog, NoticeDialog
from crmdesk.desk.permissions.permissions_page import PermissionsPage
from crmdesk.desk.theme import DARK
from crmdesk.domain.filter import Chip
from crmdesk.services import history, notices, permission_bank, permission_record, tasks
from crmdesk.services.permission_bank import Queue
from crmdesk.store import create_bank


@pytest.fixture
def context(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[DeskContext]:
    made = permitting.made(qapp, tmp_path)
    yield made
    permitting.let_go(qtbot, made)


@pytest.fixture
def opened(context: DeskContext) -> list[tuple[str, dict[str, Any]]]:
    pages: list[tuple[str, dict[str, Any]]] = []
    context.opened.connect(lambda name, args: pages.append((name, args)))
    return pages


def shown(context: DeskContext, qtbot: QtBot) -> PermissionsPage:
    page = PermissionsPage(context)
    qtbot.addWidget(page)
    page.resize(1240, 780)
    page.show()
    page.arrive()
    settled(page, qtbot)
    return page


def settled(page: PermissionsPage, qtbot: QtBot) -> None:
    idle(qtbot, page.context)
    qtbot.waitUntil(lambda: page.state != "loading", timeout=20_000)


@pytest.fixture
def page(context: DeskContext, qtbot: QtBot) -> PermissionsPage:
    return shown(context, qtbot)


def rows(tab: Any) -> list[list[str]]:
    model = tab.table.model()
    return [[model.index(r, c).data() for c in range(model.columnCount())] for r in range(model.rowCount())]


def test_the_page_opens_with_whom_offers_reach(page: PermissionsPage) -> None:
    # Ada by e-mail and in the branch; Çetin's grant has ended, Ida objected, Bo is restricted.
    assert page.answer.text() == "Offers reach most customers by e-mail: 1 of 5 (20 %) permit it today."
    titles = [page.tabs.tabText(i) for i in range(page.tabs.count())]
    assert titles == ["State", "Ask again (1)", "Objections (2)", "Withdrawals", "Notices", "Corrections"]


def test_the_grid_counts_and_its_bars_add_up(page: PermissionsPage) -> None:
    grid = page.state_tab.grid
    QAbstractItemModelTester(grid.bank, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert grid.bank.index(0, 0).data() == "✓ 1" and grid.bank.index(0, 1).data() == "✓ 0"
    assert grid.columnSpan(PURPOSES.index("profiling"), 0) == 6
    spoken = grid.bank.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Offers, Phone: 0 of 5 customers.") and "withdrawn 1" in spoken
    overview = grid.bank.overview
    assert overview is not None
    for place in overview.rows:
        assert sum(bar_parts(overview, place).values()) == overview.customers
        assert set(overview.rows[place]) <= set(STATES)
    assert not grid.grab().isNull()


def test_the_chosen_cell_is_a_table_of_states(page: PermissionsPage) -> None:
    tab = page.state_tab
    tab.grid.setCurrentIndex(tab.grid.bank.index(0, 1))
    assert tab.cell_title.text() == "Offers, Phone: 0 of 5 customers (0 %) may be reached"
    model = tab.states.model()
    states = {model.index(r, 0).data(): model.index(r, 1).data() for r in range(model.rowCount())}
    assert states == {"· Not asked": "2", "✕ Withdrawn": "1", "⊘ Objected": "1", "‖ Restricted": "1"}
    tab.grid.setCurrentIndex(tab.grid.bank.index(PURPOSES.index("profiling"), 0))
    assert "may be used" in tab.cell_title.text()
    meanings = [model.index(r, 3).data() for r in range(model.rowCount())]
    assert any("legitimate interest" in m for m in meanings) and tab.see_button.isHidden()


def test_enter_on_offers_leads_to_these_customers(
    page: PermissionsPage, opened: list[tuple[str, dict[str, Any]]], qtbot: QtBot
) -> None:
    grid = page.state_tab.grid
    grid.setCurrentIndex(grid.bank.index(1, 0))
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert not opened  # research has no list of its own
    grid.setCurrentIndex(grid.bank.index(0, 4))
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert opened == [("customers", {"text": "", "filters": (Chip("marketing", "is", ("in_person",)),)})]


def test_another_day_and_another_knowledge(page: PermissionsPage, qtbot: QtBot) -> None:
    tab = page.state_tab
    tab.as_of.setDate(QDate(2026, 3, 1))
    settled(page, qtbot)
    assert tab.grid.bank.index(0, 1).data() == "✓ 1"  # Ada's phone, withdrawn on 12 March
    assert "permitted it on 1 Mar 2026" in page.answer.text() and not tab.today_button.isHidden()
    tab.known_on.setDate(QDate(2026, 1, 1))  # of Ada only phone and branch were known then
    settled(page, qtbot)
    assert tab.grid.bank.index(0, 0).data() == "✓ 0" and "as known on 1 Jan 2026" in page.answer.text()
    qtbot.mouseClick(tab.today_button, Qt.MouseButton.LeftButton)
    settled(page, qtbot)
    assert tab.grid.bank.index(0, 0).data() == "✓ 1" and tab.today_button.isHidden()


def test_whom_to_ask_again_by_days_and_enter_opens(
    page: PermissionsPage, opened: list[tuple[str, dict[str, Any]]], qtbot: QtBot
) -> None:
    assert rows(page.due_tab) == [["C-000002", "Çetin Okçün", "Offers", "E-mail", "1 Jan 2025", "Has ended"]]
    page.days.setValue(120)
    page.days.editingFinished.emit()
    settled(page, qtbot)
    assert [r[0] for r in rows(page.due_tab)] == ["C-000001", "C-000002"]  # Ada's branch ends on 8 Jan 2027
    assert page.due_tab.text.text() == "1 grant ends within 120 days, 1 has ended. Soonest first."
    page.tabs.setCurrentWidget(page.due_tab)
    page.due_tab.table.selectRow(0)
    qtbot.keyClick(page.due_tab.table, Qt.Key.Key_Return)
    assert opened[-1] == ("customer", {"number": ADA})


def test_tasks_to_ask_again_are_counted_made_and_taken_back(
    page: PermissionsPage, context: DeskContext, qtbot: QtBot
) -> None:
    page.days.setValue(120)
    page.days.editingFinished.emit()
    settled(page, qtbot)
    page.tabs.setCurrentWidget(page.due_tab)
    page.due_tab.tasks_button.click()
    (dialog,) = page.findChildren(MakeTasksDialog)
    idle(qtbot, context)
    assert dialog.answer.text().startswith("2 customers") and dialog.save_button.text() == "Make 2 tasks"
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    idle(qtbot, context)
    found = tasks.due(context.app, context.actor)
    assert {row.number: row.note for row in found} == {
        ADA: "Offers in the branch: ends on 8 Jan 2027", "C-000002": "Offers by e-mail: ended on 1 Jan 2025"
    }  # fmt: skip
    again = page.due_tab.make_tasks()
    assert again is not None
    idle(qtbot, context)
    assert "Left out: 2 have an open task" in again.told.text() and not again.save_button.isEnabled()
    again.reject()
    assert history.undo(context.app, context.actor).restored and not tasks.due(context.app, context.actor)


def test_chosen_rows_to_ask_again_go_into_a_file(page: PermissionsPage, context: DeskContext, qtbot: QtBot) -> None:
    page.due_tab.export_button.click()
    (dialog,) = page.findChildren(ExportDialog)
    dialog.purpose.put("service")
    idle(qtbot, context)
    assert "1 customer will be written" in dialog.told.text()
    dialog.reject()


def test_more_than_are_listed_are_counted(page: PermissionsPage) -> None:
    queue = Queue([], 12, 3_400, 3_000)
    page.due_tab.show_queue(queue, page.context.app.store.clock())
    assert page.due_tab.text.text().startswith("12 grants end within 60 days, 3,400 have ended. The first 0")


def test_objections_and_withdrawals_name_who_and_when(page: PermissionsPage, qtbot: QtBot) -> None:
    assert {(r[0], r[2], r[3], r[4]) for r in rows(page.objections_tab)} == {
        (ADA, "Partners", "All channels", "Objected"), (IDA, "Offers", "All channels", "Objected")}  # fmt: skip
    assert page.news_tab.text.text() == "Nobody withdrew in the last seven days."
    page.context.changed(permission_record.withdraw(page.context.app, page.context.actor, ADA))
    page.refresh()
    settled(page, qtbot)
    assert [(r[0], r[4]) for r in rows(page.news_tab)] == [(ADA, "Withdrawn")]
    assert page.answer.text() == "None of 5 customers may be contacted about offers."


def test_a_notice_gets_a_further_version(page: PermissionsPage, context: DeskContext, qtbot: QtBot) -> None:
    assert rows(page.notices_tab)[0][:3] == ["marketing-1", "1", "en"]
    page.read_notice()
    (reading,) = page.findChildren(NoticeDialog)
    assert reading.text.toPlainText().startswith("We may send you offers") and reading.text.isReadOnly()
    reading.reject()
    page.new_notice()
    (writing,) = page.findChildren(NewNoticeDialog)
    assert writing.code.text() == "marketing"
    qtbot.mouseClick(writing.save_button, Qt.MouseButton.LeftButton)  # the same words once more
    qtbot.waitUntil(lambda: "says this already" in writing.fault.text())
    writing.text.setPlainText("We may send you offers, and you may say no at any time.")
    qtbot.keyClick(writing.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    idle(qtbot, context)
    assert [n.code for n in notices.every(context.app, context.actor)] == ["marketing-1", "marketing-2"]


def test_the_officer_confirms_a_correction_that_waits(context: DeskContext, qtbot: QtBot) -> None:
    withdrawal = next(h for h in permitting.events(context, ADA) if h.status == "withdrawn")
    permission_record.correct(context.app, TELLER, ADA, withdrawal.seq, "Another customer said it")
    page = shown(context, qtbot)
    (row,) = rows(page.waiting_tab)
    assert row[:6] == [ADA, "Offers", "Phone", "Withdrawn", "Another customer said it", "tom"]
    page.tabs.setCurrentWidget(page.waiting_tab)
    qtbot.mouseClick(page.confirm_button, Qt.MouseButton.LeftButton)
    idle(qtbot, context)
    page.refresh()
    settled(page, qtbot)
    assert permitting.state(context, ADA, "marketing", "phone") == "granted"
    assert page.waiting_tab.text.text() == "No correction waits." and page.confirm_button.isHidden()


def test_the_auditor_reads_and_does_nothing(context: DeskContext, qtbot: QtBot) -> None:
    context.actor = AUDITOR
    page = shown(context, qtbot)
    deeds = {b.text() for b in page.findChildren(QPushButton) if not b.isHidden() and b.text().strip()}
    assert deeds & {"New notice...", "Confirm correction"} == set()
    assert page.due_tab.tasks_button.isHidden()
    assert rows(page.due_tab)[0][1] == "C-000002"  # without the right to contact data the number stands for the name


def test_an_empty_bank_says_so(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    context = DeskContext(small_bank.ACTOR)
    context.app = small_bank.SmallApp(create_bank(tmp_path / "empty.crmdesk"))  # type: ignore[assignment]
    page = shown(context, qtbot)
    assert page.answer.text() == "This bank has no customers yet, so nobody has permitted anything."
    assert page.due_tab.text.text() == "No grant ends within 60 days, and none has ended."
    assert not page.state_tab.grid.grab().isNull()
    permitting.let_go(qtbot, context)


def test_behind_other_pages_it_waits(page: PermissionsPage, context: DeskContext) -> None:
    change = permission_record.withdraw(context.app, context.actor, ADA)
    assert page.cares_about(change)
    page.hide()
    assert not page.cares_about(change)


def test_what_goes_wrong_stands_in_the_band(
    page: PermissionsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("x")

    with monkeypatch.context() as patch:
        patch.setattr(permission_bank, "overview", broken)
        page.refresh()
        settled(page, qtbot)
        assert page.state == "error" and page.state_tab.grid.bank.rowCount()  # what was there stays
    page.refresh()
    settled(page, qtbot)
    assert page.state == "content"


def test_it_is_drawn_in_the_dark_too(page: PermissionsPage, context: DeskContext) -> None:
    light = page.state_tab.grid.grab().toImage()
    context.set_theme(DARK)
    page.state_tab.grid.viewport().update()
    assert page.state_tab.grid.grab().toImage() != light


def test_shares_are_rounded_as_they_are_read() -> None:
    assert [percent(*pair) for pair in ((0, 10), (1, 1000), (31, 100), (10, 10), (0, 0))] == [
        "0 %", "0.1 %", "31 %", "100 %", "0 %"]  # fmt: skip
