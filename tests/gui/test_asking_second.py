"""Deeds that need two people: the first asks from where the deed was wanted, the second approves, then it is done."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from gui.doors import PEOPLE, WORD, add_people, join, open_as, type_in
from gui.window import settle
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from crmdesk.desk.asking import ASK, SEE, AskDialog
from crmdesk.desk.backups.restore import RestoreDialog
from crmdesk.desk.exporting import ExportDialog
from crmdesk.desk.frame import Frame
from crmdesk.domain.rights import Role
from crmdesk.services import autobackup, large_export, mining, proposals

FEW = 9  # rows that may leave with one person, here


@pytest.fixture
def bank(bank: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(large_export, "ALONE", FEW)
    add_people(bank, (Role.MARKETING, Role.ANALYST))
    return bank


def front() -> Any:
    return QApplication.activeModalWidget()


def ask(qtbot: QtBot, reason: str) -> str:
    """Fill the dialog in front and ask; what it said would be done."""
    dialog = front()
    assert isinstance(dialog, AskDialog)
    dialog.save()
    assert "why it is needed" in dialog.fault.text() and dialog.isVisible()  # nothing goes without a reason
    dialog.reason.setPlainText(reason)
    title = dialog.what.text()
    dialog.save()
    qtbot.waitUntil(lambda: not isValid(dialog), timeout=30_000)
    return str(title)


def approve(desk: Frame, title: str) -> None:
    """By the data-protection officer, at another desk."""
    app = desk.context.app
    dora = join(app, Role.DPO)
    (one,) = [row for row in proposals.open_ones(app, dora) if row.state == "open"]
    assert one.title == title and one.reason and one.may_decide
    proposals.decide(app, dora, one.id, True)


def export_dialog(desk: Frame, qtbot: QtBot) -> ExportDialog:
    desk.act("file.export")
    dialog = front()
    assert isinstance(dialog, ExportDialog)
    settle(qtbot, desk)
    dialog.purpose.put("marketing", "email")
    qtbot.waitUntil(lambda: dialog.save_button.isEnabled() or bool(dialog.fault.text()), timeout=30_000)
    assert dialog.save_button.isEnabled(), dialog.fault.text()
    return dialog


def test_an_export_of_customers(
    closed_desk: Frame, bank: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_as(closed_desk, qtbot, bank, Role.MARKETING)
    desk.shelf.go("customers", {})
    settle(qtbot, desk)
    dialog = export_dialog(desk, qtbot)
    assert dialog.save_button.text() == ASK and "needs a second person" in dialog.fault.text()
    dialog.save()
    title = ask(qtbot, "The autumn letter")
    assert title.startswith("Export customers for")
    assert "Acts of two people" in desk.foot.notice.text()
    dialog = export_dialog(desk, qtbot)
    assert dialog.save_button.text() == SEE
    dialog.save()
    settle(qtbot, desk)
    assert desk.shelf.page.name == "administration"
    approve(desk, title)
    desk.shelf.go("customers", {})
    settle(qtbot, desk)
    dialog = export_dialog(desk, qtbot)
    assert dialog.save_button.text().startswith("Export ") and not dialog.fault.isVisible()
    file = tmp_path / "autumn.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_, **__: (str(file), "")))
    dialog.save()
    settle(qtbot, desk)
    assert len(file.read_text("utf-8").splitlines()) > FEW
    dialog = export_dialog(desk, qtbot)
    assert dialog.save_button.text() == ASK  # it was good for once
    dialog.reject()


def test_the_tables_of_a_result(
    closed_desk: Frame, bank: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_as(closed_desk, qtbot, bank, Role.ANALYST)
    run = mining.run(desk.context.app, desk.context.actor, "sample.groups", {}).uuid
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", staticmethod(lambda *_, **__: str(tmp_path / "out")))
    desk.shelf.go("result", {"run": run})
    settle(qtbot, desk)
    page = desk.shelf.page
    page.export()
    qtbot.waitUntil(lambda: page.state == "stale", timeout=30_000)
    (press,) = [one for one in page._band.findChildren(QPushButton) if one.text() == ASK]
    press.click()
    title = ask(qtbot, "For the board")
    assert title.startswith("Export the tables of") and page.state == "content"
    approve(desk, title)
    page.export()
    qtbot.waitUntil(lambda: "written" in desk.foot.notice.text(), timeout=30_000)
    assert list((tmp_path / "out").glob("*.csv"))


def test_a_restore_and_the_door_after_it(closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    desk = open_as(closed_desk, qtbot, bank, Role.ADMIN)
    app, actor = desk.context.app, desk.context.actor
    assert app is not None and autobackup.make(app, actor, always=True).made is not None

    def dialog() -> RestoreDialog:
        desk.shelf.go("backups", {})
        settle(qtbot, desk)
        desk.shelf.page.restore()
        assert isinstance(front(), RestoreDialog)
        settle(qtbot, desk)
        return front()

    shown = dialog()
    shown.save()
    qtbot.waitUntil(lambda: shown.save_button.text() == ASK, timeout=30_000)
    assert desk.context.app is app  # nothing was closed for nothing
    shown.save()
    title = ask(qtbot, "Yesterday's import was wrong")
    assert title.startswith(f"Restore {bank.name} from")
    approve(desk, title)
    dialog().save()
    qtbot.waitUntil(lambda: desk.context.app is None, timeout=30_000)
    qtbot.waitUntil(desk.start.door.isVisible, timeout=30_000)
    login, name = PEOPLE[Role.ADMIN]
    type_in(desk, login, WORD)
    qtbot.waitUntil(lambda: "is restored" in desk.foot.notice.text(), timeout=30_000)
    settle(qtbot, desk)
    assert desk.foot.person.text().startswith(name) and threading.active_count() < 40
