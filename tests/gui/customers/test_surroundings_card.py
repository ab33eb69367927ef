"""Household, relations, life events and interests on the page: added by keyboard, removed and brought back."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.customer_page import CustomerPage
from crmdesk.desk.history.deeds import take_back
from crmdesk.services import surroundings


@pytest.fixture
def page(qtbot: QtBot, context: DeskContext) -> CustomerPage:
    made = CustomerPage(context)
    qtbot.addWidget(made)
    made.resize(1240, 800)
    made.show()
    context.hub.changed.connect(lambda change: made.refresh() if made.cares_about(change) else None)
    made.arrive(number="C-000001")
    qtbot.waitUntil(lambda: not context._background.busy and made.state != "loading")
    return made


def texts(widget: QWidget) -> str:
    return "\n".join(one.text() for kind in (QLabel, QPushButton) for one in widget.findChildren(kind))


def ask(qtbot: QtBot, page: CustomerPage, entry: str) -> Any:
    menu = page.overview.around.add_button.menu()
    next(a for a in menu.actions() if a.text() == entry).trigger()
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(QDialog)))
    return next(d for d in page.findChildren(QDialog) if d.isVisible())


def pick(qtbot: QtBot, dialog: Any, text: str) -> None:
    qtbot.keyClicks(dialog.picker.find, text)
    qtbot.waitUntil(lambda: bool(dialog.picker.number))


def test_a_household_is_joined_shown_left_and_brought_back(qtbot: QtBot, page: CustomerPage) -> None:
    assert "Nothing is recorded" in texts(page.overview.around)
    dialog = ask(qtbot, page, "Household...")
    dialog.save()
    assert "Choose a customer first" in dialog.fault.text()
    pick(qtbot, dialog, "Ida")
    dialog.name.setText("Sea house")
    qtbot.keyClick(dialog.picker.find, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Sea house: 2 people" in texts(page.overview.around))
    assert "Ida" in texts(page.overview.around)
    leave = next(b for b in page.overview.around.findChildren(QPushButton) if b.text() == "Leave this household")
    leave.click()
    qtbot.waitUntil(lambda: "Sea house" not in texts(page.overview.around))
    take_back(page.context)
    qtbot.waitUntil(lambda: "Sea house: 2 people" in texts(page.overview.around))


def test_the_customer_is_never_found_beside_themselves(qtbot: QtBot, page: CustomerPage) -> None:
    dialog = ask(qtbot, page, "Relation...")
    qtbot.keyClicks(dialog.picker.find, "Ada")
    qtbot.waitUntil(lambda: not dialog.picker.nobody.isHidden())
    assert "Ada" in dialog.picker.nobody.text() and dialog.picker.number == ""


def test_a_relation_says_who_is_whose_guarantor_and_leads_there(qtbot: QtBot, page: CustomerPage) -> None:
    went: list[tuple[str, Any]] = []
    page.context.opened.connect(lambda name, args: went.append((name, args)))
    dialog = ask(qtbot, page, "Relation...")
    pick(qtbot, dialog, "Bo")
    dialog.save()
    qtbot.waitUntil(lambda: "Guarantor" in texts(page.overview.around))
    found = surroundings.of_customer(page.context.app, page.context.actor, "C-000001").relations
    assert [(one.kind, one.direction, one.number) for one in found] == [("guarantor", "to", "C-000004")]
    next(b for b in page.overview.around.findChildren(QPushButton) if "Bo" in b.text()).click()
    assert went == [("customer", {"number": "C-000004"})]


def test_a_life_event_and_an_interest_come_and_go(qtbot: QtBot, page: CustomerPage) -> None:
    dialog = ask(qtbot, page, "Life event...")
    dialog.kind.setCurrentIndex(dialog.kind.findData("marriage"))
    dialog.save()
    qtbot.waitUntil(lambda: "Married 31 Oct 2026" in texts(page.overview.around))  # the bank's day
    dialog = ask(qtbot, page, "Interest...")
    dialog.family.setCurrentIndex(dialog.family.findData("insurance"))
    dialog.save()
    qtbot.waitUntil(lambda: "Insurance, 31 Oct 2026" in texts(page.overview.around))
    out = [
        b for b in page.overview.around.findChildren(QPushButton) if b.accessibleName().startswith("Remove: Married")
    ]
    out[0].click()
    qtbot.waitUntil(lambda: "Married" not in texts(page.overview.around))
    assert "Insurance" in texts(page.overview.around)
