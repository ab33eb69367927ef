"""Who finds customers one at a time is told so, and no search passes the audit, whichever field it was typed into."""

from __future__ import annotations

from pathlib import Path

import pytest
from gui.doors import add_people, open_as
from gui.window import settle
from pytestqt.qtbot import QtBot

from crmdesk.desk.find import FindDialog
from crmdesk.desk.frame import Frame
from crmdesk.domain.rights import Role
from crmdesk.services import audit_log, customers
from crmdesk.services.audit_log import AuditFilter


@pytest.fixture
def bank(tiny_bank: Path, tmp_path: Path) -> Path:
    for file in tiny_bank.parent.glob("Tiny.crmdesk*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    add_people(tmp_path / "Tiny.crmdesk")
    return tmp_path / "Tiny.crmdesk"


def searches(desk: Frame) -> int:
    return len(audit_log.own(desk.context.app, desk.context.actor, AuditFilter(act="search")).rows)


def test_a_teller_is_told_why_the_list_is_empty(
    closed_desk: Frame, bank: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers, "FOUND_AT_MOST", 1)
    desk = open_as(closed_desk, qtbot, bank, Role.TELLER)
    desk.shelf.go("customers", {})
    settle(qtbot, desk)
    page = desk.shelf.page
    for text in ("", "a"):
        page.search.setText(text)
        page.refresh()
        settle(qtbot, desk)
        assert "one at a time. Type at least 2 letters or digits" in page._blank.text, text
    page.search.setText("an")
    page.refresh()
    settle(qtbot, desk)
    assert page.state == "content" and "type more of the name" in page.answer.text()


def test_what_ctrl_k_found_is_in_the_audit_however_soon_it_is_left(
    closed_desk: Frame, bank: Path, qtbot: QtBot
) -> None:
    desk = open_as(closed_desk, qtbot, bank, Role.TELLER)
    dialog = FindDialog(desk)
    dialog.open()
    dialog.field.setText("an")
    qtbot.waitUntil(lambda: dialog._notes is not None, timeout=10_000)
    before = searches(desk)
    dialog.reject()
    settle(qtbot, desk)
    assert (before, searches(desk)) == (0, 1)
