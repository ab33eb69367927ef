"""Shots of everything about permissions, for a person to look at."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gui.window import settle
from PySide6.QtCore import QDate
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from crmdesk.app import build_app
from crmdesk.desk.frame import Frame
from crmdesk.desk.permissions import deeds
from crmdesk.desk.permissions.notice_dialog import NewNoticeDialog, NoticeDialog
from crmdesk.desk.permissions.receipt_dialog import ReceiptDialog
from crmdesk.services import banks, notices, permission_bank

pytestmark = pytest.mark.shots
OUT = Path(os.environ.get("CRMDESK_SHOTS", Path(__file__).parents[2] / "out" / "shots"))
SIZES = ((1440, 900), (1024, 700), (720, 450))  # the last is 1440 x 900 at 200 %
Shoot = Callable[..., None]


@pytest.fixture
def shoot(qtbot: QtBot) -> Shoot:
    """Write NAME-WIDTHxHEIGHT-THEME.png of the window, or NAME-THEME.png of a dialog."""

    def take(frame: Frame, name: str, dialog: QWidget | None = None) -> None:
        OUT.mkdir(parents=True, exist_ok=True)
        for theme in ("light", "dark"):
            frame.wear(theme)
            if dialog is not None:
                settle(qtbot, frame)
                qtbot.wait(200)
                assert dialog.grab().save(str(OUT / f"{name}-{theme}.png"))
                continue
            for width, height in SIZES:
                frame.resize(width, height)
                settle(qtbot, frame)
                qtbot.wait(30)
                assert frame.grab().save(str(OUT / f"{name}-{width}x{height}-{theme}.png"))
        frame.wear("light")

    return take


@pytest.fixture
def desk(open_on: Callable[[Any], Frame], tmp_path: Path) -> Frame:
    """CRMDESK_SHOTS_BANK (a copy: it is written to), or a small bank made here."""
    given = os.environ.get("CRMDESK_SHOTS_BANK")
    path = Path(given) if given else tmp_path / "Gemstone.crmdesk"
    if not given:
        banks.create(path, preset="gemstone", customers=2_000, seed=7)
    frame = open_on(build_app(path))
    app, actor = frame.context.app, frame.context.actor
    if not any("channels you tick" in notice.text for notice in notices.every(app, actor)):
        notices.add(app, actor, "marketing", "We may tell you about our own products on the channels you tick. You may "
                    "take this back at any time, in any branch, by phone or in the app.")  # fmt: skip
    return frame


def test_page(desk: Frame, shoot: Shoot, qtbot: QtBot) -> None:
    desk.shelf.go("permissions", {})
    settle(qtbot, desk)
    page: Any = desk.shelf.page
    for place in range(page.tabs.count()):
        page.tabs.setCurrentIndex(place)
        shoot(desk, f"permissions-{place}")
    page.tabs.setCurrentIndex(0)
    page.state_tab.as_of.setDate(QDate(2025, 6, 1))
    qtbot.waitUntil(lambda: page.state != "loading", timeout=20_000)
    settle(qtbot, desk)
    shoot(desk, "permissions-then")


def test_customer_and_dialogs(desk: Frame, shoot: Shoot, qtbot: QtBot, tmp_path: Path) -> None:
    app, actor = desk.context.app, desk.context.actor
    number = next(s.number for s in permission_bank.changed_since(app, actor, permission_since(app)))
    desk.shelf.go("customer", {"number": number})
    settle(qtbot, desk)
    page: Any = desk.shelf.page
    shoot(desk, "customer-overview")
    tab = page.permissions_tab
    page.tabs.setCurrentWidget(tab)
    tab.history.selectRow(0)
    shoot(desk, "customer-permissions")
    tab.as_of.setDate(tab.as_of.date().addMonths(-14))
    settle(qtbot, desk)
    row = next((i for i, h in enumerate(tab._shown.history) if h.has_evidence), 0)
    tab.history.selectRow(row)
    tab.evidence.ask()
    settle(qtbot, desk)
    shoot(desk, "customer-permissions-then")
    for name, status in (("record-empty", ""), ("record-grant", "granted"), ("record-withdraw", "withdrawn")):
        dialog = deeds.record(desk.context, number, desk)
        settle(qtbot, desk)
        if status:
            dialog.form.status_choice.put(status)
        if status == "granted":
            dialog.form.ticks["email"].setChecked(True)
            dialog.form.source_choice.put("form")
            dialog.proof.notice_box.setCurrentIndex(1)
            dialog.proof.note.setText("Signed the form of 31 October at the counter")
        qtbot.wait(300)
        shoot(desk, name, dialog)
        if name == "record-empty":
            dialog.save()
            shoot(desk, "record-fault", dialog)
        dialog.reject()
    receipt = ReceiptDialog(desk.context, number, desk)
    receipt.open()
    qtbot.waitUntil(receipt.save_button.isEnabled)
    shoot(desk, "receipt", receipt)
    receipt.reject()
    notice = notices.every(app, actor)[-1]
    for name, dialog in (
        ("notice", NoticeDialog(notice, desk)),
        ("notice-new", NewNoticeDialog(desk.context, desk, notice)),
    ):
        dialog.open()
        shoot(desk, name, dialog)
        dialog.reject()


def permission_since(app: Any) -> Any:
    from datetime import timedelta

    return app.store.clock() - timedelta(days=200)
