"""After the encryption: the report names who cannot open the bank and what helps, and so does the door to everybody."""

from __future__ import annotations

from pathlib import Path

from gui.doors import WORD, add_people, open_as
from gui.window import settle
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.desk.people.encryption import EncryptDialog
from crmdesk.desk.people.recovery_key import RecoveryKeyDialog
from crmdesk.domain.rights import Role


def front() -> object:
    return QApplication.activeModalWidget()


def test_the_report_and_the_door_say_who_gives_the_others_a_password(
    closed_desk: Frame, bank: Path, qtbot: QtBot
) -> None:
    add_people(bank, (Role.ANALYST,))
    desk = open_as(closed_desk, qtbot, bank, Role.ADMIN)
    desk.act("tools.encryption")
    settle(qtbot, desk)
    form = front()
    assert isinstance(form, EncryptDialog)
    form.own.line.setText(WORD)
    form.save_button.click()
    qtbot.waitUntil(lambda: isinstance(front(), RecoveryKeyDialog), timeout=120_000)
    shown = front()
    assert isinstance(shown, RecoveryKeyDialog)
    told = " ".join(part.text() for part in shown.findChildren(QLabel))
    assert all(login in told for login in ("dora", "ela", "yeni")) and "adem" not in told
    assert "Administration > Users and roles" in told and "crmdesk user FILE reset NAME" in told
    for field, at in zip(shown.typed, shown.asked, strict=True):
        field.setText(shown._groups[at])
    shown.check()
    door = desk.start.door
    qtbot.waitUntil(door.isVisible, timeout=60_000)
    said = []
    for login in ("dora", "nobody"):
        door.name.setText(login)
        door.passphrase.line.setText(WORD)
        door.send()
        qtbot.waitUntil(lambda: door.do_button.isEnabled() and door.fault.isVisible(), timeout=60_000)
        said.append(door.fault.text())
    assert said[0] == said[1] and "gets a new one from an administrator" in said[0]
