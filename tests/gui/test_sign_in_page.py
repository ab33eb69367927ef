"""The door at the start page: who is there, wrong passwords, one-time ones, and signing out when the bank closes."""

from __future__ import annotations

from pathlib import Path

import pytest
from gui.doors import WORD, add_people, knock, type_in
from gui.window import settle
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.desk.sign_in.passphrase import PassphraseField
from crmdesk.domain.rights import Role
from crmdesk.store import open_bank


@pytest.fixture
def once(bank: Path) -> str:
    return add_people(bank, (Role.ANALYST,))


def at_home(frame: Frame, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: frame.shelf.page.name == "home", timeout=30_000)
    settle(qtbot, frame)


def test_a_person_signs_in_and_the_status_bar_says_who(closed_desk: Frame, bank: Path, once: str, qtbot: QtBot) -> None:
    knock(closed_desk, qtbot, bank)
    door = closed_desk.start.door
    assert closed_desk.context.app is None and closed_desk.start.title.text() == "Sign in to Tiny"
    assert door.name.isVisible() and door.do_button.text() == "Sign in"
    type_in(closed_desk, "ela", "not at all right")
    qtbot.waitUntil(lambda: door.fault.isVisible(), timeout=30_000)
    assert "tries left" in door.fault.text() and door.name.text() == "ela" and not door.passphrase.text()
    type_in(closed_desk, "ela", WORD)
    at_home(closed_desk, qtbot)
    assert closed_desk.foot.person.text() == "Ela Kaya, analyst" and not closed_desk.foot.single.isVisible()
    assert closed_desk.context.actor.roles == {Role.ANALYST} and not door.passphrase.text()


def test_without_a_name_or_passphrase_nothing_is_asked(closed_desk: Frame, bank: Path, once: str, qtbot: QtBot) -> None:
    knock(closed_desk, qtbot, bank)
    door = closed_desk.start.door
    type_in(closed_desk, " ", WORD)
    assert "your name" in door.fault.text() and door.do_button.isEnabled()
    type_in(closed_desk, "ela", "")
    assert "passphrase first" in door.fault.text() and door.do_button.isEnabled()


def test_five_wrong_ones_bring_a_pause_and_the_right_one_does_not_help(
    closed_desk: Frame, bank: Path, once: str, qtbot: QtBot
) -> None:
    knock(closed_desk, qtbot, bank)
    door = closed_desk.start.door
    for _ in range(5):
        type_in(closed_desk, "ela", "not at all right")
        qtbot.waitUntil(door.do_button.isEnabled, timeout=30_000)
    type_in(closed_desk, "ela", WORD)
    qtbot.waitUntil(door.do_button.isEnabled, timeout=30_000)
    assert "wait until" in door.fault.text() and closed_desk.context.app is None


def test_a_one_time_password_opens_nothing_before_an_own_one(
    closed_desk: Frame, bank: Path, once: str, qtbot: QtBot
) -> None:
    knock(closed_desk, qtbot, bank)
    type_in(closed_desk, "yeni", once)
    card = closed_desk.start.new_password
    qtbot.waitUntil(card.isVisible, timeout=30_000)
    assert closed_desk.context.app is None
    for new, again, words in (("short", "short", "10"), ("nine white moons", "nine white moon", "not alike"),
                              (once, once, "old one")):  # fmt: skip
        card.pair.new.line.setText(new)
        card.pair.again.line.setText(again)
        card.send()
        qtbot.waitUntil(card.do_button.isEnabled, timeout=30_000)
        assert words in card.fault.text()
    card.pair.new.line.setText("nine white moons")
    card.pair.again.line.setText("nine white moons")
    card.send()
    at_home(closed_desk, qtbot)
    assert closed_desk.foot.person.text().startswith("Yeni Yurt")


def test_escape_leaves_the_door_and_forgets_what_was_typed(
    closed_desk: Frame, bank: Path, once: str, qtbot: QtBot
) -> None:
    knock(closed_desk, qtbot, bank)
    closed_desk.start.door.passphrase.line.setText("half of a pass")
    qtbot.keyClick(closed_desk.start.door, Qt.Key.Key_Escape)
    assert closed_desk.start.title.text() == "Welcome to crmdesk" and not closed_desk.start.door.isVisible()
    assert not closed_desk.start.door.passphrase.text()


def test_closing_the_bank_signs_out(closed_desk: Frame, bank: Path, once: str, qtbot: QtBot) -> None:
    knock(closed_desk, qtbot, bank)
    type_in(closed_desk, "ela", WORD)
    at_home(closed_desk, qtbot)
    closed_desk.act("file.close")
    qtbot.waitUntil(lambda: "is closed" in closed_desk.foot.notice.text(), timeout=30_000)
    assert closed_desk.context.actor.single and "Ela" not in closed_desk.foot.person.text()
    store = open_bank(bank)
    with store.reader() as raw:
        acts = [act for (act,) in raw.execute("SELECT act FROM audit_event WHERE actor = 'ela'")]
    store.close()
    assert acts[-2:] == ["sign in", "sign out"]


def test_recent_banks_that_ask_are_marked(closed_desk: Frame, bank: Path, once: str, qtbot: QtBot) -> None:
    closed_desk.settings.remember(bank)
    closed_desk.start.look_at_doors()
    settle(qtbot, closed_desk)
    texts = [child.text() for child in closed_desk.start.findChildren(type(closed_desk.start.title))]
    assert "locked" in texts


def test_passphrase_is_hidden_until_asked_for_and_caps_lock_is_told(closed_desk: Frame, qtbot: QtBot) -> None:
    field = PassphraseField()
    qtbot.addWidget(field)
    field.show()
    qtbot.keyClicks(field.line, "ab")
    assert field.line.echoMode() == QLineEdit.EchoMode.Password and field.caps.isHidden()
    field.show_button.click()
    assert field.line.echoMode() == QLineEdit.EchoMode.Normal and field.show_button.text() == "Hide"
    qtbot.keyClick(field.line, "C", Qt.KeyboardModifier.NoModifier)  # a capital without Shift
    shown = not field.caps.isHidden()
    qtbot.keyClick(field.line, "D", Qt.KeyboardModifier.ShiftModifier)
    assert field.text().lower() == "abcd" and (shown or field.text()[2] == "c") and field.caps.isHidden()
    field.clear()
    assert field.line.echoMode() == QLineEdit.EchoMode.Password and not field.text()
