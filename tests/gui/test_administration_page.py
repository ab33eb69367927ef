"""Administration beyond the people: acts of two, requests about data, the audit and what is kept too long."""

from __future__ import annotations

from typing import Any

from gui.window import settle
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crmdesk.desk.administration.audit_tab import AuditTab, verdict
from crmdesk.desk.administration.request_dialog import RequestDialog
from crmdesk.desk.administration.requests_tab import CloseDialog, ExtendDialog, RequestsTab
from crmdesk.desk.administration.retention_tab import DueDialog, MonthsDialog, RetentionTab
from crmdesk.desk.administration.second_tab import SecondTab
from crmdesk.desk.frame import Frame
from crmdesk.services import customers, privacy_requests, retention
from crmdesk.services.audit_log import ChainCheck
from crmdesk.services.customers import CustomerQuery


def front() -> Any:
    return QApplication.activeModalWidget()


def tab_of(desk: Frame, qtbot: QtBot, name: str) -> Any:
    desk.context.open_page("administration", tab=name)
    settle(qtbot, desk)
    return desk.shelf.page.tabs.part(name)


def first_number(desk: Frame) -> str:
    app, actor = desk.context.app, desk.context.actor
    return customers.rows(app, actor, list(customers.find(app, actor, CustomerQuery())[:1]))[0].number


def test_a_request_is_recorded_extended_and_closed(desk: Frame, qtbot: QtBot) -> None:
    number = first_number(desk)
    desk.context.open_page("customer", number=number)
    settle(qtbot, desk)
    desk.act("customer.request")
    dialog = front()
    assert isinstance(dialog, RequestDialog) and "answered by" in dialog.due.text()
    today = desk.context.app.store.clock().date()
    qtbot.waitUntil(lambda: dialog.received.date().toPython() == today)
    dialog.kind.setCurrentIndex(dialog.kind.findData("rectify"))
    dialog.save()
    qtbot.waitUntil(lambda: front() is None)
    tab = tab_of(desk, qtbot, "requests")
    assert isinstance(tab, RequestsTab)
    qtbot.waitUntil(lambda: tab.chosen() is not None)
    assert tab.chosen().number == number and "1 request is open" in desk.shelf.page.answer.text()
    tab.extend()
    assert isinstance(front(), ExtendDialog)
    front().because.setPlainText("The archive is being moved.")
    front().save()
    qtbot.waitUntil(lambda: tab.chosen() is not None and bool(tab.chosen().extended_because))
    assert not tab.extend_button.isEnabled()
    tab.close_one()
    assert isinstance(front(), CloseDialog)
    front().save()
    qtbot.waitUntil(lambda: front().fault.isVisible())  # no word of what was answered
    front().outcome.setPlainText("The street was corrected.")
    front().save()
    qtbot.waitUntil(lambda: not tab.table.isVisible())
    tab.past_box.setChecked(True)
    qtbot.waitUntil(lambda: bool(tab._rows))
    assert tab._rows[0].state == "done"


def test_the_audit_is_filtered_checked_and_continued(desk: Frame, qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    number = first_number(desk)
    privacy_requests.add(app, actor, number, "access", app.store.clock().date())
    tab = tab_of(desk, qtbot, "audit")
    assert isinstance(tab, AuditTab)
    every = len(tab._rows)
    tab.number.setText(number)
    tab.number.returnPressed.emit()
    qtbot.waitUntil(lambda: 0 < len(tab._rows) < every or every == len(tab._rows) == 1)
    assert {row.number for row in tab._rows} == {number}
    tab.check_button.click()
    qtbot.waitUntil(tab.verdict.isVisible, timeout=20_000)
    assert "hold together" in tab.verdict.text() and tab.check_button.isEnabled()


def test_a_broken_chain_names_its_row() -> None:
    words = verdict(ChainCheck(False, 10, ("audit_event", 7, "the row was changed after it was written"), "f" * 64, []))
    assert "audit does not hold from row 7" in words and "backup" in words


def test_periods_can_be_changed_and_what_is_due_is_shown(desk: Frame, qtbot: QtBot) -> None:
    tab = tab_of(desk, qtbot, "retention")
    assert isinstance(tab, RetentionTab) and len(tab._found) >= 5
    row = next(i for i, p in enumerate(tab._found) if p.code == "interactions")
    tab.table.selectRow(row)
    tab.months()
    assert isinstance(front(), MonthsDialog)
    front().field.setValue(1)
    front().save()
    qtbot.waitUntil(lambda: tab._found[row].months == 1)
    tab.table.selectRow(row)
    assert tab._found[row].due_count > 0
    tab.due()
    qtbot.waitUntil(lambda: isinstance(front(), DueDialog))
    assert front().table.model().rowCount() == len(retention.due(desk.context.app, desk.context.actor, "interactions"))
    front().accept()


def test_alone_nothing_waits_for_a_second_person(desk: Frame, qtbot: QtBot) -> None:
    tab = tab_of(desk, qtbot, "second")
    assert isinstance(tab, SecondTab) and "Nothing waits" in desk.shelf.page.answer.text()
    assert not tab.split.isVisible()
