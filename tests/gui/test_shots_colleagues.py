"""Pictures of colleagues, asking again, the receipt and restoring."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from gui.window import settle
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.desk.permissions.receipt_dialog import ReceiptDialog
from crmdesk.desk.work.colleagues import AddColleagueDialog
from crmdesk.services import autobackup, staff

pytestmark = pytest.mark.shots
PLACE = Path(os.environ.get("CRMDESK_SHOTS", Path(__file__).parents[2] / "out" / "shots"))


def shoot(name: str, widget: QWidget) -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    assert widget.grab().save(str(PLACE / f"{name}.png"))


def test_all(desk: Frame, qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    assert app is not None
    staff.add(app, actor, "mira", "Mira Kurt", "HO")
    for width, height in ((1440, 900), (1024, 700)):
        desk.resize(width, height)
        desk.shelf.go("permissions", {})
        settle(qtbot, desk)
        page = desk.shelf.page
        page.tabs.setCurrentWidget(page.due_tab)
        settle(qtbot, desk)
        shoot(f"ask-{width}", desk)
    dialog = page.due_tab.make_tasks()
    if dialog is not None:
        settle(qtbot, desk)
        shoot("make-tasks", dialog)
        dialog.reject()
    made = AddColleagueDialog(desk.context, desk, lambda _: None)
    made.open()
    settle(qtbot, desk)
    shoot(type(made).__name__, made)
    made.reject()
    with app.store.reader() as raw:
        (number,) = raw.execute(
            "SELECT c.number FROM customer c JOIN permission_event e ON e.customer_id = c.id LIMIT 1"
        ).fetchone()
    receipt = ReceiptDialog(desk.context, number, desk)
    receipt.open()
    qtbot.waitUntil(receipt.save_button.isEnabled)
    shoot("receipt", receipt)
    receipt.flip()
    settle(qtbot, desk)
    qtbot.wait(100)
    shoot("receipt-json", receipt)
    receipt.reject()
    autobackup.make(app, actor, always=True)
    desk.shelf.go("backups", {})
    settle(qtbot, desk)
    desk.shelf.page.restore()
    restore = QApplication.activeModalWidget()
    settle(qtbot, desk)
    shoot("restore", restore)
    restore.save_button.click()
    qtbot.waitUntil(lambda: desk.context.app is None, timeout=30_000)
    shoot("restoring", desk)
    qtbot.waitUntil(lambda: "is restored" in desk.foot.notice.text(), timeout=60_000)
    settle(qtbot, desk)
    shoot("restored", desk)
