"""Gate U4 for the pages that only some people see: by role, at the door, and with what a reason opened."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from gates.test_a11y import faults, sideways, tabbed
from gates.window_tour import controls, name_of
from gui.doors import CHEAP, WORD, add_people, join, knock, open_as
from gui.window import app_on, settle
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crmdesk.desk.customers.reason import ReasonDialog
from crmdesk.desk.frame import Frame
from crmdesk.domain.rights import Role
from crmdesk.services import encryption, proposals

NUMBER = """SELECT number FROM customer WHERE manager_id IS {} NULL AND phone IS NOT NULL
AND branch_id = (SELECT branch_id FROM staff WHERE login = 'rana') ORDER BY id"""


def numbers(desk: Frame) -> list[str]:
    """An own customer of the manager, and one of the same branch."""
    with desk.context.app.store.whole.reader() as raw:  # type: ignore[union-attr]
        return [raw.execute(NUMBER.format(own)).fetchone()[0] for own in ("NOT", "")]


@pytest.mark.parametrize("role", [Role.DPO, Role.RELATIONSHIP_MANAGER, Role.ADMIN], ids=str)
def test_pages_of_a_role(role: Role, closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    add_people(bank, (Role.RELATIONSHIP_MANAGER,))
    desk = open_as(closed_desk, qtbot, bank, role)
    admin = join(desk.context.app, Role.ADMIN)
    proposals.propose(desk.context.app, admin, "restore", "Restore Monday", "a" * 64, {"File": "x"}, "A wrong import")
    desk.resize(1024, 700)
    own, near = numbers(desk)
    places: list[tuple[str, dict[str, Any]]] = [("customer", {"number": own}), ("customer", {"number": near})]
    if role is not Role.RELATIONSHIP_MANAGER:
        places = [("administration", {"tab": tab}) for tab in ("users", "second")] + places * (role is Role.DPO)
    found = []
    for name, args in places:
        desk.shelf.go(name, args)
        settle(qtbot, desk)
        found += faults(desk, qtbot, f"{name} {args}")
    if role is Role.DPO:  # the last customer once more, in clear
        page = desk.shelf.page
        page.tabs.setCurrentIndex(0)
        page.clear_button.click()
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ReasonDialog)
        dialog.reason.setText("Complaint of 3 May")
        dialog.save()
        settle(qtbot, desk)
        desk.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is desk)
        assert page._band.isVisible()
        found += faults(desk, qtbot, "in clear")
    assert not found


def test_door_and_recovery_card(closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    add_people(bank, (Role.ANALYST,))
    app = app_on(bank)
    encryption.encrypt(app, join(app, Role.ADMIN), WORD, cost=CHEAP)
    app.close()
    closed_desk.resize(1024, 700)
    knock(closed_desk, qtbot, bank)
    start = closed_desk.start
    for card in (start.door, start.recovery):
        if card is start.recovery:
            start.door.lost_button.click()
        qtbot.waitUntil(card.isVisible)
        mine = controls(card)
        assert len(mine) > 4 and all(name_of(one).strip() for one in mine)
        assert not [name for name, times in Counter(map(name_of, mine)).items() if times > 1]
        assert not sideways(start)
        closed_desk.activateWindow()
        mine[0].setFocus(Qt.FocusReason.TabFocusReason)
        assert not {name_of(one) for one in mine} - {name_of(one) for one in tabbed(closed_desk)}
