"""Administration beyond the people: acts of two, requests about data, the audit and what is kept too long."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gui.doors import add_people, join, open_as
from gui.window import settle
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from crmdesk.desk.administration.audit_tab import AuditTab, verdict
from crmdesk.desk.administration.request_dialog import RequestDialog
from crmdesk.desk.administration.requests_tab import CloseDialog, ExtendDialog, RequestsTab
from crmdesk.desk.administration.retention_tab import DueDialog, MonthsDialog, RetentionTab
from crmdesk.desk.administration.second_tab import SecondTab
from crmdesk.desk.frame import Frame
from crmdesk.domain.rights import Role
from crmdesk.services import customers, privacy_requests, proposals, retention
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


def test_the_audit_is_saved_and_compared_with_what_was_kept(
    desk: Frame, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = tab_of(desk, qtbot, "audit")
    name = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_, **__: (str(name), "")))
    tab.save_button.click()
    qtbot.waitUntil(lambda: "rows are in mine.csv" in desk.foot.notice.text(), timeout=30_000)
    settle(qtbot, desk)
    written = (tmp_path / "mine.csv").read_text("utf-8").splitlines()
    assert written[0].startswith("seq,at,actor") and len(written) > len(tab._rows) > 0
    kept = next(tmp_path.glob("mine*.json"))

    def compare() -> str:
        tab.verdict.setVisible(False)
        monkeypatch.setattr(QFileDialog, "getOpenFileNames", staticmethod(lambda *_, **__: ([str(kept)], "")))
        tab.compare_button.click()
        qtbot.waitUntil(tab.verdict.isVisible, timeout=30_000)
        return str(tab.verdict.text())

    assert "certain back to" in compare()
    told = json.loads(kept.read_text("utf-8"))
    wrong = {k: "f" * 64 if isinstance(v, str) and len(v) == 64 else v for k, v in told.items()}
    assert wrong != told
    kept.write_text(json.dumps(wrong), "utf-8")
    assert "cut off or rewritten" in compare() and tab.verdict.property("role") == "fault"
    kept.write_text("no anchor at all", "utf-8")
    tab.compare_button.click()
    qtbot.waitUntil(tab.compare_button.isEnabled, timeout=30_000)
    settle(qtbot, desk)
    assert kept.name in desk.foot.notice.text()


def proposed(app: Any, title: str) -> int:
    admin = join(app, Role.ADMIN)
    key = proposals.subject("restore", title=title)
    return proposals.propose(app, admin, "restore", title, key, {"File": "a.crmdesk"}, "A wrong import")


def test_two_people_approve_refuse_and_take_back(closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    add_people(bank, ())
    desk = open_as(closed_desk, qtbot, bank, Role.DPO)
    titles = ("Restore Monday", "Restore Tuesday", "Restore Wednesday")
    keys = [proposed(desk.context.app, title) for title in titles]
    tab = tab_of(desk, qtbot, "second")
    assert "3 proposals wait for your word" in desk.shelf.page.answer.text()

    def choose(key: int) -> None:
        tab.table.selectRow(next(i for i, p in enumerate(tab._rows) if p.id == key))

    choose(keys[0])
    assert "A wrong import" in tab.text.text() and not tab.withdraw_button.isVisible()
    tab.approve_button.click()
    assert titles[0] in front().answer.text()
    front().save()
    qtbot.waitUntil(lambda: {p.id: p.state for p in tab._rows}[keys[0]] == "approved", timeout=30_000)
    settle(qtbot, desk)
    choose(keys[0])
    assert not tab.approve_button.isVisible() and "Valid until" in tab.text.text()
    choose(keys[1])
    tab.refuse_button.click()
    dialog = front()
    dialog.save()
    qtbot.waitUntil(dialog.fault.isVisible, timeout=30_000)  # a refusal says why
    dialog.words.setPlainText("Ask the branch first.")
    dialog.save()
    qtbot.waitUntil(lambda: {p.id: p.state for p in tab._rows}[keys[1]] == "refused", timeout=30_000)
    settle(qtbot, desk)
    assert "1 proposal waits for your word" in desk.shelf.page.answer.text()
    app = desk.context.app
    desk.context.stand(join(app, Role.ADMIN), "Adem Arslan")
    desk.shelf.empty()
    desk.show_bank()
    settle(qtbot, desk)
    tab = tab_of(desk, qtbot, "second")
    choose(keys[1])
    assert "Ask the branch first." in tab.text.text() and not tab.withdraw_button.isVisible()
    choose(keys[2])
    assert tab.withdraw_button.isVisible() and not tab.approve_button.isVisible()
    tab.withdraw_button.click()
    qtbot.waitUntil(lambda: {p.id: p.state for p in tab._rows}[keys[2]] == "withdrawn", timeout=30_000)
    settle(qtbot, desk)
    choose(keys[0])
    assert tab.withdraw_button.isVisible()  # approved, and not done yet
