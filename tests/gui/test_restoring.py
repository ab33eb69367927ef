"""Restoring at the desk: what is carried over is said before and after, and the start page waits with it."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

from gui.window import settle
from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from crmdesk.desk.backups.restore import RestoreDialog
from crmdesk.desk.frame import Frame
from crmdesk.services import autobackup, permission_record


def test_the_dialog_and_the_end_say_what_is_carried_over(desk: Frame, qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    assert app is not None
    made = autobackup.make(app, actor, always=True).made
    assert made is not None
    with app.store.reader() as raw:
        (number,) = raw.execute("SELECT number FROM customer WHERE restricted = 0 ORDER BY id").fetchone()
    permission_record.objection(app, actor, number)
    desk.shelf.go("backups", {})
    settle(qtbot, desk)
    desk.shelf.page.restore()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RestoreDialog)
    settle(qtbot, desk)
    assert dialog.since.text().startswith("1 withdrawal, refusal, objection or restriction recorded since then will be")
    name = app.path.stem
    dialog.save_button.click()
    qtbot.waitUntil(lambda: desk.context.app is None, timeout=30_000)
    assert desk.start.title.text() == f"Restoring {name}..." and not desk.start.body.isEnabled()
    assert desk.foot.notice.text() == f"Restoring {name}..."
    qtbot.waitUntil(lambda: "is restored" in desk.foot.notice.text(), timeout=30_000)
    assert "1 withdrawal, refusal, objection or restriction" in desk.foot.notice.text()
    assert desk.start.title.text() == "Welcome to crmdesk" and desk.start.body.isEnabled()
    settle(qtbot, desk)


def test_recent_banks_are_dated_in_the_houses_way(closed_desk: Frame, tmp_path: Path) -> None:
    bank = tmp_path / "Old.crmdesk"
    bank.write_bytes(b"x")
    seen = datetime(2026, 11, 22, 8, 19)
    os.utime(bank, (seen.timestamp(), seen.timestamp()))
    row = closed_desk.start._row(bank)
    shown = {one.text() for one in row.findChildren(QLabel)}
    day = QLocale(QLocale.Language.English).toString(QDate(date(2026, 11, 22)), "d MMM yyyy")
    assert f"{day} 08:19" in shown
