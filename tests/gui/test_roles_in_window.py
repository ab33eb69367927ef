"""What each role finds in the window: its rail pages and menus, every one of which opens without an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from gui.doors import PEOPLE, add_people, join, open_as
from gui.window import settle
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.domain.rights import Role
from crmdesk.services import customers, users

# The rail of the specification, without Campaigns and Data, which are not built; Home is everybody's.
RAIL = {
    Role.TELLER: {"customers", "permissions", "tasks", "opportunities"},
    Role.RELATIONSHIP_MANAGER: {"customers", "permissions", "tasks", "opportunities"},
    Role.ANALYST: {"customers", "permissions", "analyses", "runs", "plugins"},
    Role.MARKETING: {"customers", "permissions", "runs", "plugins"},
    Role.DPO: {"customers", "permissions", "tasks", "opportunities", "runs", "plugins", "administration"},
    Role.ADMIN: {"plugins", "administration"},
    Role.AUDITOR: {"customers", "permissions", "tasks", "opportunities", "runs", "plugins", "administration"},
}
ABSENT = {  # menu entries that a role must not find, and one that it must
    Role.TELLER: ({"customer.edit", "customer.new", "tools.users", "tools.backups", "file.restore"},
                  "customer.interaction"),
    Role.RELATIONSHIP_MANAGER: ({"tools.users", "tools.backups", "mine.sample.groups"}, "customer.edit"),
    Role.ANALYST: ({"customer.edit", "customer.permission", "customer.task", "tools.users"}, "mine.sample.groups"),
    Role.MARKETING: ({"customer.edit", "customer.permission", "customer.task", "mine.sample.groups"}, "file.export"),
    Role.DPO: ({"customer.edit", "customer.permission", "tools.encryption", "mine.sample.groups"}, "customer.object"),
    Role.ADMIN: ({"customer.edit", "customer.permission", "customer.receipt", "mine.sample.groups", "file.export"},
                 "tools.encryption"),
    Role.AUDITOR: ({"customer.edit", "customer.permission", "tools.encryption", "edit.undo"}, "tools.users"),
}  # fmt: skip

OWN = "SELECT id, number FROM customer WHERE manager_id IS NOT NULL ORDER BY id LIMIT 1"
NEAR = """SELECT id, number FROM customer WHERE manager_id IS NULL
AND branch_id = (SELECT branch_id FROM customer WHERE id = ?) ORDER BY id LIMIT 1"""


@pytest.fixture(scope="module")
def peopled(tiny_bank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny bank with one person of each role, made once."""
    folder = tmp_path_factory.mktemp("peopled")
    for file in tiny_bank.parent.glob("Tiny.crmdesk*"):
        (folder / file.name).write_bytes(file.read_bytes())
    add_people(folder / "Tiny.crmdesk")
    return folder / "Tiny.crmdesk"


@pytest.fixture
def bank(peopled: Path, tmp_path: Path) -> Path:
    for file in peopled.parent.glob("Tiny.crmdesk*"):
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path / "Tiny.crmdesk"


@pytest.mark.parametrize("role", PEOPLE, ids=lambda r: r.value)
def test_rail_and_pages_of_a_role(role: Role, closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    desk = open_as(closed_desk, qtbot, bank, role)
    assert desk.rail is not None
    assert set(desk.rail._buttons) == RAIL[role] | {"home"}
    assert [a.text() for a in desk.top.pages.menu().actions()] == [b.text() for b in desk.rail._buttons.values()]
    troubles = []
    for name in desk.rail._buttons:
        desk.shelf.go(name, {})
        settle(qtbot, desk)
        if desk.shelf.page.state == "error":
            troubles.append(f"{name}: {desk.shelf.page._band.text}")
        if desk.foot.notice.text():
            troubles.append(f"{name}: {desk.foot.notice.text()}")
    assert not troubles


@pytest.mark.parametrize("role", PEOPLE, ids=lambda r: r.value)
def test_menus_of_a_role(role: Role, closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    desk = open_as(closed_desk, qtbot, bank, role)
    absent, there = ABSENT[role]
    found = {entry.id for entry in desk.entries}
    assert not absent & found and there in found
    assert {"file.lock", "file.password", "tools.palette"} <= found


def test_who_proposes_sees_the_acts_of_two_people_without_a_rail_page(
    closed_desk: Frame, bank: Path, qtbot: QtBot
) -> None:
    desk = open_as(closed_desk, qtbot, bank, Role.ANALYST)
    desk.act("tools.second")
    settle(qtbot, desk)
    page = desk.shelf.page
    assert page.name == "administration" and page.state == "content" and page.tabs.count() == 1


@pytest.mark.parametrize("role", [r for r in PEOPLE if r is not Role.ADMIN], ids=lambda r: r.value)
def test_a_customer_opens_for_whoever_may_see_one(role: Role, closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    desk = open_as(closed_desk, qtbot, bank, role)
    app = desk.context.app
    assert app is not None
    with app.store.reader() as raw:
        first = raw.execute(OWN).fetchone()
        second = raw.execute(NEAR, first[:1]).fetchone()
    for key, number in (first, second):
        if role is not Role.TELLER:  # who finds one at a time has no list of keys
            number = customers.rows(app, desk.context.actor, [key])[0].number
        desk.shelf.go("customer", {"number": number})
        settle(qtbot, desk)
        page = desk.shelf.page
        assert page.state == "content", f"{number}: {page._blank.text}"
        for at in range(page.tabs.count()):
            if page.tabs.isTabVisible(at):
                page.tabs.setCurrentIndex(at)
                settle(qtbot, desk)
        assert not desk.foot.notice.text()


def test_other_roles_change_the_window_and_an_end_closes_it(closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    desk = open_as(closed_desk, qtbot, bank, Role.ANALYST)
    desk.shelf.go("analyses", {})
    settle(qtbot, desk)
    app, admin = desk.context.app, join(desk.context.app, Role.ADMIN)
    users.change_roles(app, admin, "ela", {Role.AUDITOR})
    desk.standing.look()
    qtbot.waitUntil(lambda: "Your roles were changed" in desk.foot.notice.text(), timeout=30_000)
    settle(qtbot, desk)
    assert desk.rail is not None and "analyses" not in desk.rail._buttons and "tasks" in desk.rail._buttons
    assert desk.foot.person.text() == "Ela Kaya, auditor" and desk.shelf.page.name == "home"
    users.end(app, admin, "ela")
    desk.standing.look()
    qtbot.waitUntil(lambda: "is closed" in desk.foot.notice.text(), timeout=30_000)
    assert desk.context.app is None and "administrator" in desk.foot.notice.text()


def test_out_of_reach_is_off_and_says_who_can_help(closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    desk = open_as(closed_desk, qtbot, bank, Role.RELATIONSHIP_MANAGER)
    assert desk.context.app is not None
    with desk.context.app.store.reader() as raw:
        (own, number) = raw.execute(OWN).fetchone()
        (_, other) = raw.execute(NEAR, (own,)).fetchone()
    desk.shelf.go("customer", {"number": other})
    settle(qtbot, desk)
    page = desk.shelf.page
    deeds = {one.accessibleName(): one for one in page.findChildren(QPushButton) if one.accessibleName()}
    for name in ("Edit", "Record interaction"):
        assert not deeds[name].isEnabled() and "has no relationship manager yet" in deeds[name].toolTip()
    assert "has no relationship manager yet" in page.answer.text() and page.overview.identity.isVisible()
    assert not page.overview.permissions_card.isVisible() and not page.overview.products.isVisible()
    desk.act("customer.edit")
    assert "has no relationship manager yet" in desk.foot.notice.text() and QApplication.activeModalWidget() is None
    desk.shelf.go("customer", {"number": number})
    settle(qtbot, desk)
    assert deeds["Edit"].isEnabled() and page.overview.permissions_card.isVisible()
