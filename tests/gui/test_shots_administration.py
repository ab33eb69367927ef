"""Shots of the administration's tabs with something to show, for a person to look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from gui.doors import add_people, join, open_as
from gui.test_shots_work import Shoot, gemstone, shoot
from gui.window import app_on, settle
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.domain.rights import Role, single_user
from crmdesk.services import backup, customers, privacy_requests, proposals
from crmdesk.services.customers import CustomerQuery

pytestmark = pytest.mark.shots
__all__ = ["gemstone", "shoot"]


def test_administration(closed_desk: Frame, qtbot: QtBot, gemstone: Path, tmp_path: Path, shoot: Shoot) -> None:
    app = app_on(gemstone)
    me = single_user("ela")
    ids = customers.find(app, me, CustomerQuery())[:4]
    today = app.store.clock().date()
    for row, kind in zip(customers.rows(app, me, list(ids)), ("access", "erase", "rectify", "object"), strict=True):
        day = today.replace(day=1) if kind == "erase" else today
        privacy_requests.add(app, me, row.number, kind, day, "By letter" if kind == "access" else "")
        customers.note_opened(app, me, row.number)
    backup.backup(app, me, tmp_path / "copy.crmdesk")
    app.close()
    add_people(gemstone)
    app = app_on(gemstone)
    admin = join(app, Role.ADMIN)
    for title in ("Import customers of the Harbour branch", "Restore the bank of 1 October"):
        kind = title.split()[0].lower()
        key = proposals.subject(kind, title=title)
        proposals.propose(app, admin, kind, title, key, {"File": "harbour.csv", "Rows": "1,204"}, "Branch joins us")
    app.close()
    frame = open_as(closed_desk, qtbot, gemstone, Role.DPO)
    for tab in ("users", "second", "requests", "audit", "retention"):
        frame.context.open_page("administration", tab=tab)
        settle(qtbot, frame)
        if tab == "audit":
            part = frame.shelf.page.tabs.part(tab)
            part.check_button.click()
            qtbot.waitUntil(part.verdict.isVisible, timeout=60_000)
        shoot(frame, f"administration-{tab}")
        if tab == "second":
            part = frame.shelf.page.tabs.part(tab)
            part.approve_button.click()
            shoot(frame, "administration-second-approve")
            front = QApplication.activeModalWidget()
            assert front is not None
            front.close()
