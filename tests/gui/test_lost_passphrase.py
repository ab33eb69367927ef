"""Encrypted banks at the door: the recovery key lets an administrator in, and a backup opens by its passphrase."""

from __future__ import annotations

from pathlib import Path

import pytest
from gui.doors import CHEAP, PEOPLE, WORD, add_people, join, knock, type_in
from gui.window import app_on, settle
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crmdesk.app import build_app
from crmdesk.desk.backups import from_file
from crmdesk.desk.backups.prove import ProveDialog
from crmdesk.desk.frame import Frame
from crmdesk.domain.rights import Role, single_user
from crmdesk.services import backup, encryption, sign_in

NEW = "nine white moons"


@pytest.fixture
def with_users(bank: Path) -> str:
    """The bank has people and is encrypted; returns the recovery key."""
    add_people(bank, (Role.ANALYST,))
    app = app_on(bank)
    key = encryption.encrypt(app, join(app, Role.ADMIN), WORD, cost=CHEAP).recovery_key
    app.close()
    return str(key)


@pytest.fixture
def alone(bank: Path) -> str:
    app = app_on(bank)
    key = encryption.encrypt(app, single_user("me"), WORD, cost=CHEAP).recovery_key
    app.close()
    return str(key)


def at_home(frame: Frame, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: frame.shelf.page.name == "home", timeout=30_000)
    settle(qtbot, frame)


def fill(frame: Frame, name: str, key: str, new: str = NEW) -> None:
    card = frame.start.recovery
    card.name.setText(name)
    card.key.setText(key)
    card.pair.new.line.setText(new)
    card.pair.again.line.setText(new)
    card.send()


def test_an_administrator_comes_back_by_the_recovery_key(
    closed_desk: Frame, bank: Path, with_users: str, qtbot: QtBot
) -> None:
    knock(closed_desk, qtbot, bank)
    door, card = closed_desk.start.door, closed_desk.start.recovery
    door.name.setText(PEOPLE[Role.ADMIN][0])
    door.lost_button.click()
    assert card.isVisible() and card.name.text() == "adem" and "administrator" in card.told.text()
    fill(closed_desk, "adem", "")
    assert "recovery key first" in card.fault.text()
    fill(closed_desk, "adem", "ABCD-EFGH")
    qtbot.waitUntil(card.do_button.isEnabled, timeout=30_000)
    assert "8 groups" in card.fault.text() and card.key.text() and card.pair.new.text() == NEW
    fill(closed_desk, "ela", with_users)
    qtbot.waitUntil(card.do_button.isEnabled, timeout=30_000)
    assert "no administrator" in card.fault.text() and closed_desk.context.app is None
    fill(closed_desk, "adem", with_users.lower().replace("-", " "))
    at_home(closed_desk, qtbot)
    assert closed_desk.context.actor.login == "adem" and not card.key.text() and not card.pair.new.text()


def test_back_leads_to_the_door_and_leaves_nothing(closed_desk: Frame, bank: Path, alone: str, qtbot: QtBot) -> None:
    knock(closed_desk, qtbot, bank)
    start = closed_desk.start
    start.door.lost_button.click()
    assert not start.recovery.name.isVisible() and "from then on" in start.recovery.told.text()
    start.recovery.key.setText(alone)
    start._escape()
    assert start.door.isVisible() and not start.recovery.key.text()
    start.door.lost_button.click()
    fill(closed_desk, "", alone)
    at_home(closed_desk, qtbot)
    closed_desk.act("file.lock")
    assert closed_desk.lock.on
    page = closed_desk.centralWidget()
    page.passphrase.line.setText(WORD)  # type: ignore[union-attr]
    page.send()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: page.card.fault.isVisible(), timeout=30_000)  # type: ignore[union-attr]
    assert closed_desk.lock.on  # the lost one opens nothing any more
    page.passphrase.line.setText(NEW)  # type: ignore[union-attr]
    page.send()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: not closed_desk.lock.on, timeout=30_000)
    settle(qtbot, closed_desk)


def test_a_plain_bank_has_no_recovery_key(closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    add_people(bank, (Role.ANALYST,))
    knock(closed_desk, qtbot, bank)
    assert not closed_desk.start.door.lost_button.isVisible()


def prove(qtbot: QtBot, word: str) -> ProveDialog:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ProveDialog), timeout=30_000)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ProveDialog)
    if not dialog.name.isHidden():
        dialog.name.setText("adem")
    dialog.passphrase.line.setText(word)
    dialog.save()
    return dialog


@pytest.mark.parametrize("people", [True, False], ids=["users", "alone"])
def test_a_backup_of_an_encrypted_bank_that_is_gone(
    people: bool, closed_desk: Frame, bank: Path, tmp_path: Path, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("with_users" if people else "alone")
    copy = tmp_path / "copy.crmdesk"
    app, actor = sign_in.enter(bank, lambda path, keys: build_app(path, keys=keys, safe_mode=True),
                               "adem" if people else "", WORD, cost=CHEAP)  # fmt: skip
    backup.backup(app, actor, copy)
    app.close()
    target = tmp_path / "Back.crmdesk"
    from_file.restore(closed_desk, copy, target)
    dialog = prove(qtbot, "not at all right")
    qtbot.waitUntil(dialog.fault.isVisible, timeout=30_000)
    assert "tries left" in dialog.fault.text() and copy.name in dialog.answer.text() and not target.exists()
    prove(qtbot, WORD)
    qtbot.waitUntil(lambda: closed_desk.start.door.isVisible(), timeout=30_000)
    type_in(closed_desk, "adem" if people else "", WORD)
    at_home(closed_desk, qtbot)
    assert "is restored" in closed_desk.foot.notice.text() and target.exists()


def test_who_does_not_prove_who_is_there_restores_nothing(
    closed_desk: Frame, bank: Path, with_users: str, tmp_path: Path, qtbot: QtBot
) -> None:
    before = bank.read_bytes()
    from_file.restore(closed_desk, bank, bank.with_name("Other.crmdesk"))
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ProveDialog), timeout=30_000)
    QApplication.activeModalWidget().reject()
    qtbot.waitUntil(closed_desk.start.body.isEnabled, timeout=30_000)
    assert not bank.with_name("Other.crmdesk").exists() and bank.read_bytes() == before
    assert closed_desk.start.title.text() == "Welcome to crmdesk"
