"""Pictures of the door, the lock, people and encryption."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from gui.doors import WORD, add_people, knock, open_as, type_in
from gui.window import settle
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.desk.people.encryption import EncryptDialog, EncryptedDialog
from crmdesk.desk.people.one_time import OneTimeDialog
from crmdesk.desk.people.recovery_key import RecoveryKeyDialog
from crmdesk.domain.recovery import make
from crmdesk.domain.rights import Role
from crmdesk.services.encryption import Encryption

pytestmark = pytest.mark.shots
PLACE = Path(os.environ.get("CRMDESK_SHOTS", Path(__file__).parents[2] / "out" / "shots"))


def shoot(name: str, widget: QWidget) -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    assert widget.grab().save(str(PLACE / f"{name}.png"))


def both(desk: Frame, qtbot: QtBot, name: str) -> None:
    """In both sizes and both themes."""
    for theme in ("light", "dark"):
        desk.wear(theme)
        for width, height in ((1440, 900), (1024, 700)):
            desk.resize(width, height)
            settle(qtbot, desk)
            shoot(f"{name}-{width}-{theme}", desk)
    desk.wear("light")


def front() -> Any:
    return QApplication.activeModalWidget()


def test_door(closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    once = add_people(bank, (Role.ANALYST,))
    closed_desk.settings.remember(bank)
    closed_desk.start.refresh()
    closed_desk.start.look_at_doors()
    settle(qtbot, closed_desk)
    both(closed_desk, qtbot, "start-locked")
    knock(closed_desk, qtbot, bank)
    type_in(closed_desk, "ela", "wrong word here")
    qtbot.waitUntil(closed_desk.start.door.do_button.isEnabled, timeout=30_000)
    closed_desk.start.door.passphrase.show_caps(True)
    both(closed_desk, qtbot, "door")
    type_in(closed_desk, "yeni", once)
    qtbot.waitUntil(closed_desk.start.new_password.isVisible, timeout=30_000)
    both(closed_desk, qtbot, "door-new")


def test_people_and_lock(closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    add_people(bank)
    desk = open_as(closed_desk, qtbot, bank, Role.ADMIN)
    desk.act("tools.users")
    settle(qtbot, desk)
    tab = desk.shelf.page.tabs.part("users")
    tab.table.selectRow(2)
    both(desk, qtbot, "users")
    for name, press in (("add", tab.add), ("roles", tab.roles), ("end", tab.end), ("password", None)):
        desk.act("file.password") if press is None else press()
        settle(qtbot, desk)
        shoot(f"dialog-{name}", front())
        front().reject()
    once = OneTimeDialog(desk, "Ela Kaya", "ela", "abcd-efgh-jkmn-pqrs")
    once.open()
    shoot("dialog-once", once)
    once.close()
    desk.shelf.go("home", {})
    settle(qtbot, desk)
    both(desk, qtbot, "home-admin")
    desk.lock.lock()
    both(desk, qtbot, "lock")
    desk.centralWidget().passphrase.line.setText("not the right one")  # type: ignore[union-attr]
    desk.centralWidget().send()  # type: ignore[union-attr]
    settle(qtbot, desk)
    shoot("lock-wrong", desk)
    desk.centralWidget().passphrase.line.setText(WORD)  # type: ignore[union-attr]
    desk.centralWidget().send()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: not desk.lock.on, timeout=30_000)
    settle(qtbot, desk)


@pytest.mark.parametrize("role", list(Role), ids=lambda r: r.value)
def test_home_of_a_role(role: Role, closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    add_people(bank)
    desk = open_as(closed_desk, qtbot, bank, role)
    desk.resize(1440, 900)
    settle(qtbot, desk)
    shoot(f"home-{role}", desk)
    assert desk.context.app is not None
    with desk.context.app.store.reader() as raw:
        (near,) = raw.execute("SELECT number FROM customer WHERE manager_id IS NULL AND branch_id = (SELECT branch_id "
                              "FROM customer WHERE manager_id IS NOT NULL LIMIT 1) LIMIT 1").fetchone()  # fmt: skip
    for page in ("customers", "customer"):
        if role is not Role.ADMIN:
            desk.shelf.go(page, {"number": near} if page == "customer" else {})
            settle(qtbot, desk)
            shoot(f"{page}-{role}", desk)


def test_alone(desk: Frame, bank: Path, qtbot: QtBot) -> None:
    desk.act("tools.users")
    settle(qtbot, desk)
    both(desk, qtbot, "users-alone")
    tab = desk.shelf.page.tabs.part("users")
    tab.second_button.click()
    settle(qtbot, desk)
    form = front()
    for step in range(3):
        form.tabs.setCurrentIndex(step)
        settle(qtbot, desk)
        shoot(f"second-{step + 1}", form)
    form.reject()
    day = datetime.now(UTC).date()
    for name, made in (("encrypt", EncryptDialog(desk)),
                       ("encrypted", EncryptedDialog(desk, Encryption(True, "wrapped", day, (bank, bank)))),
                       ("recovery", RecoveryKeyDialog(desk.context, desk, "T", make(), "", lambda: None))):  # fmt: skip
        made.open()
        settle(qtbot, desk)
        shoot(f"dialog-{name}", made)
        made.done(0)
    desk.act("file.lock")
    both(desk, qtbot, "covered")
    desk.lock.unlock("")
