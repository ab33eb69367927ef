"""Pictures of what a reason opens, of asking a second person, and of the way back into an encrypted bank."""

from __future__ import annotations

from pathlib import Path

import pytest
from gui.doors import add_people, open_as
from gui.test_shots_sign_in import both, front, shoot
from gui.window import settle
from pytestqt.qtbot import QtBot

from crmdesk.desk.asking import AskDialog
from crmdesk.desk.frame import Frame
from crmdesk.domain.rights import Role

pytestmark = pytest.mark.shots


@pytest.mark.parametrize("role", [Role.DPO, Role.RELATIONSHIP_MANAGER], ids=str)
def test_reason(role: Role, closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    add_people(bank)
    desk = open_as(closed_desk, qtbot, bank, role)
    desk.resize(1440, 900)
    with desk.context.app.store.whole.reader() as raw:  # type: ignore[union-attr]
        rana = "(SELECT id FROM staff WHERE login = 'rana')"
        (number,) = raw.execute(f"SELECT number FROM customer WHERE manager_id = {rana} AND phone IS NOT NULL").fetchone()
        (other,) = raw.execute("SELECT number FROM customer WHERE manager_id IS NULL AND branch_id = (SELECT branch_id "
                               "FROM staff WHERE login = 'rana')").fetchone()  # fmt: skip
    desk.shelf.go("customer", {"number": number})
    settle(qtbot, desk)
    page = desk.shelf.page
    if role is Role.DPO:
        both(desk, qtbot, "reason-masked")
        page.clear_button.click()
    else:
        both(desk, qtbot, "reason-manager")
        page.overview.identity.masked[-1].button.click()
    dialog = front()
    dialog.reason.setText("x")
    dialog.save()
    settle(qtbot, desk)
    shoot(f"reason-dialog-{role}", dialog)
    dialog.reason.setText("Complaint of 3 May")
    dialog.save()
    settle(qtbot, desk)
    both(desk, qtbot, f"reason-shown-{role}")
    if role is Role.RELATIONSHIP_MANAGER:
        desk.shelf.go("customer", {"number": other})
        settle(qtbot, desk)
        both(desk, qtbot, "reach-manager")


def test_asking(closed_desk: Frame, bank: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    from crmdesk.services import large_export

    monkeypatch.setattr(large_export, "ALONE", 9)
    add_people(bank)
    desk = open_as(closed_desk, qtbot, bank, Role.MARKETING)
    desk.shelf.go("customers", {})
    settle(qtbot, desk)
    desk.act("file.export")
    settle(qtbot, desk)
    dialog = front()
    dialog.purpose.put("marketing", "email")
    settle(qtbot, desk)
    shoot("asking-export", dialog)
    dialog.save()
    asking = front()
    assert isinstance(asking, AskDialog)
    asking.save()
    shoot("asking-dialog", asking)
    asking.reject()
    dialog.reject()
