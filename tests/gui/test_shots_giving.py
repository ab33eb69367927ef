"""Pictures of giving customers to a relationship manager."""

from __future__ import annotations

from pathlib import Path

import pytest
from gui.doors import add_people, open_as
from gui.test_shots_sign_in import both, front, shoot
from gui.window import settle
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.domain.rights import Role

pytestmark = pytest.mark.shots


def test_giving(closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    add_people(bank)
    desk = open_as(closed_desk, qtbot, bank, Role.ADMIN)
    desk.act("tools.users")
    settle(qtbot, desk)
    tab = desk.shelf.page.tabs.part("users")
    tab.table.selectRow([user.login for user in tab._users].index("rana"))
    both(desk, qtbot, "giving-page")
    for theme in ("light", "dark"):
        desk.wear(theme)
        tab.give()
        settle(qtbot, desk)
        shoot(f"giving-{theme}", front())
        front().reject()
