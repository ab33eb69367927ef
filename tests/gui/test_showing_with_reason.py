"""What a role sees only with a reason: the reason is asked, stands on the page, is audited, and it hides again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gui.doors import add_people, open_as
from gui.window import settle
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from crmdesk.desk.customers.cards import Masked
from crmdesk.desk.customers.reason import ReasonDialog
from crmdesk.desk.frame import Frame
from crmdesk.domain.rights import Role

WHY = "Complaint of 3 May"
WITH_PHONE = """SELECT number, given_name, phone, birth_date FROM customer
WHERE phone IS NOT NULL AND birth_date IS NOT NULL AND kind = 'person' AND manager_id IS {} NULL
AND branch_id = (SELECT branch_id FROM staff WHERE login = 'rana') ORDER BY id"""
AUDITED = "SELECT act, fields, reason FROM audit_event WHERE reason = ? ORDER BY seq"


@pytest.fixture
def bank(bank: Path) -> Path:
    add_people(bank, (Role.RELATIONSHIP_MANAGER,))
    return bank


def somebody(desk: Frame, managed: str = "NOT") -> tuple[str, str, str, str]:
    with desk.context.app.store.whole.reader() as raw:  # type: ignore[union-attr]
        number, name, phone, born = raw.execute(WITH_PHONE.format(managed)).fetchone()
    return number, name, phone, str(born)


def audited(desk: Frame) -> list[Any]:
    with desk.context.app.store.whole.reader() as raw:  # type: ignore[union-attr]
        return [tuple(row) for row in raw.execute(AUDITED, (WHY,))]


def opened(desk: Frame, qtbot: QtBot, number: str) -> Any:
    desk.shelf.go("customer", {"number": number})
    settle(qtbot, desk)
    return desk.shelf.page


def give_reason(desk: Frame, qtbot: QtBot) -> None:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ReasonDialog)
    dialog.save()
    assert "what it is for" in dialog.fault.text()
    dialog.reason.setText("x")
    dialog.save()
    qtbot.waitUntil(lambda: "only with a reason" in dialog.fault.text(), timeout=30_000)
    dialog.reason.setText(WHY)
    dialog.save()
    qtbot.waitUntil(lambda: not isValid(dialog), timeout=30_000)
    settle(qtbot, desk)


def field(page: Any, name: str) -> Masked:
    return next(one for one in page.overview.identity.masked if one._field == name)


def test_the_officer_sees_a_customer_in_clear_until_the_page_is_left(
    closed_desk: Frame, bank: Path, qtbot: QtBot
) -> None:
    desk = open_as(closed_desk, qtbot, bank, Role.DPO)
    number, name, _, _ = somebody(desk)
    page = opened(desk, qtbot, number)
    assert name not in page.title.text() and page.clear_button.isVisible()
    assert field(page, "phone").shown.accessibleName() == "Phone hidden"
    page.clear_button.click()
    give_reason(desk, qtbot)
    assert name in page.title.text() and not page.clear_button.isVisible()
    assert page._band.isVisible() and page._band.text.startswith(f"Shown for: {WHY}.")
    assert {act for act, _, _ in audited(desk)} == {"read in clear"}
    page.refresh()
    settle(qtbot, desk)
    assert name in page.title.text() and page._band.isVisible()
    desk.shelf.go("home", {})
    assert name not in page.title.text() and not page._reason  # at once, behind the other page
    settle(qtbot, desk)
    page = opened(desk, qtbot, number)
    assert name not in page.title.text() and page.clear_button.isVisible() and not page._band.isVisible()


def test_one_value_is_shown_for_a_reason_and_hides(closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    desk = open_as(closed_desk, qtbot, bank, Role.DPO)
    number, _, phone, _ = somebody(desk)
    page = opened(desk, qtbot, number)
    one = field(page, "phone")
    assert one.button.text() == "Reveal..."
    one.button.click()
    give_reason(desk, qtbot)
    assert one.shown.text() == phone and one.purpose.text() == f"Shown for: {WHY}" and one.purpose.isVisible()
    assert audited(desk) == [("reveal", "phone", WHY)]
    one._timer.setInterval(1)
    qtbot.waitUntil(lambda: one.shown.text() != phone)
    assert not one.purpose.isVisible() and one.button.text() == "Reveal..."


def test_a_manager_reads_the_birth_date_of_the_own_customers_with_a_reason(
    closed_desk: Frame, bank: Path, qtbot: QtBot
) -> None:
    desk = open_as(closed_desk, qtbot, bank, Role.RELATIONSHIP_MANAGER)
    number, name, _, born = somebody(desk)
    page = opened(desk, qtbot, number)
    assert name in page.title.text() and not page.clear_button.isVisible()
    assert field(page, "phone").button.text() == "Reveal"  # no reason for what is needed every day
    one = field(page, "birth_date")
    assert one.shown.text() == born[:4] and one.shown.accessibleName() == f"Birth date hidden, in {born[:4]}"
    one.button.click()
    give_reason(desk, qtbot)
    assert one.shown.text().endswith(born[:4]) and len(one.shown.text()) > 4
    assert audited(desk) == [("reveal", "birth_date", WHY)]
    page.tabs.setCurrentIndex(1)
    assert one.shown.text() == born[:4]  # out of sight, hidden again


def test_out_of_reach_is_off_on_every_card(closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    desk = open_as(closed_desk, qtbot, bank, Role.RELATIONSHIP_MANAGER)
    page = opened(desk, qtbot, somebody(desk, "")[0])
    parts = page.overview
    shut = (parts.around.add_button, parts.tasks.new_button, page.header._add, field(page, "birth_date").button,
            page.documents_tab.add_button)  # fmt: skip
    for one in shut:
        assert not one.isEnabled() and "has no relationship manager yet" in one.toolTip(), one.text()
        assert one.accessibleDescription() == one.toolTip()
    assert field(page, "phone").button.isEnabled()  # identity is known within the branch
    page = opened(desk, qtbot, somebody(desk)[0])
    assert parts.around.add_button.isEnabled() and page.header._add.isEnabled()
    assert "colleague" not in parts.around.add_button.toolTip()
