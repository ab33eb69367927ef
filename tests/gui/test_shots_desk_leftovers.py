"""Pictures of what a reason opens, of asking a second person, and of the way back into an encrypted bank."""

from __future__ import annotations

from pathlib import Path

import pytest
from gui.doors import CHEAP, WORD, add_people, join, knock, open_as
from gui.test_shots_sign_in import both, front, shoot
from gui.window import app_on, settle
from pytestqt.qtbot import QtBot

from crmdesk.desk.asking import AskDialog
from crmdesk.desk.backups import from_file
from crmdesk.desk.frame import Frame
from crmdesk.domain.rights import Role, single_user
from crmdesk.services import encryption, large_export

pytestmark = pytest.mark.shots


@pytest.mark.parametrize("role", [Role.DPO, Role.RELATIONSHIP_MANAGER], ids=str)
def test_reason(role: Role, closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    add_people(bank)
    desk = open_as(closed_desk, qtbot, bank, role)
    desk.resize(1440, 900)
    with desk.context.app.store.whole.reader() as raw:  # type: ignore[union-attr]
        rana = "(SELECT id FROM staff WHERE login = 'rana')"
        (number,) = raw.execute(
            f"SELECT number FROM customer WHERE manager_id = {rana} AND phone IS NOT NULL"
        ).fetchone()
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


@pytest.mark.parametrize("people", [True, False], ids=["users", "alone"])
def test_lost(people: bool, closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    name = "users" if people else "alone"
    if people:
        add_people(bank, (Role.ANALYST,))
    app = app_on(bank)
    encryption.encrypt(app, join(app, Role.ADMIN) if people else single_user("me"), WORD, cost=CHEAP)
    app.close()
    knock(closed_desk, qtbot, bank)
    both(closed_desk, qtbot, f"lost-door-{name}")
    closed_desk.start.door.lost_button.click()
    closed_desk.start.recovery.send()
    both(closed_desk, qtbot, f"lost-card-{name}")
    from_file.restore(closed_desk, bank, bank.with_name("Back.crmdesk"))
    qtbot.waitUntil(lambda: front() is not None, timeout=30_000)
    front().save()
    shoot(f"lost-prove-{name}", front())
    front().reject()
