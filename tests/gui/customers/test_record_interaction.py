"""An interaction in three keystrokes; only legal combinations, most used first; a reversal stays beside its row."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.customer_page import CustomerPage
from crmdesk.desk.customers.record_interaction import InteractionDialog, record_interaction
from crmdesk.desk.customers.timeline_tab import ReverseDialog
from crmdesk.domain.interaction import CELLS
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import customers, interactions


@pytest.fixture
def page(qtbot: QtBot, context: DeskContext) -> CustomerPage:
    made = CustomerPage(context)
    qtbot.addWidget(made)
    made.resize(1240, 800)
    made.show()
    qtbot.waitExposed(made)
    context.hub.changed.connect(lambda change: made.refresh() if made.cares_about(change) else None)
    made.arrive(number="C-000001")
    settled(qtbot, made)
    return made


def settled(qtbot: QtBot, page: CustomerPage) -> None:
    qtbot.waitUntil(lambda: not page.context._background.busy and page.state != "loading")


def dialog_of(qtbot: QtBot, host: QWidget) -> InteractionDialog:
    qtbot.waitUntil(lambda: any(d.isVisible() for d in host.findChildren(QDialog)))
    return next(d for d in host.findChildren(InteractionDialog) if d.isVisible())


def opened(qtbot: QtBot, page: CustomerPage) -> InteractionDialog:
    record_interaction(page.context, page, "C-000001", page.now)
    return dialog_of(qtbot, page)


def newest(page: CustomerPage) -> Any:
    return customers.timeline(page.context.app, page.context.actor, "C-000001").events[0]


def test_three_keystrokes_record_what_just_happened(qtbot: QtBot, page: CustomerPage) -> None:
    page.activateWindow()
    page.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_I)  # one
    dialog = dialog_of(qtbot, page)
    third = dialog.list.item(2).data(Qt.ItemDataRole.UserRole)
    qtbot.keyClick(dialog.find, Qt.Key.Key_3)  # two
    assert dialog.chosen is not None and dialog.chosen.code == third
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)  # three
    qtbot.waitUntil(lambda: newest(page).label == dialog_label(third))
    settled(qtbot, page)
    qtbot.waitUntil(lambda: page.timeline_tab.list.model().rowCount() == 4)


def dialog_label(code: str) -> str:
    return next(cell.label for cell in CELLS if cell.code == code)


def test_letters_narrow_and_enter_records_the_first_match(qtbot: QtBot, page: CustomerPage) -> None:
    dialog = opened(qtbot, page)
    qtbot.keyClicks(dialog.find, "portf")
    assert dialog.list.count() == 2  # online and branch
    qtbot.keyClick(dialog.find, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "portfolio" in newest(page).label)


def test_only_legal_combinations_are_offered(qtbot: QtBot, page: CustomerPage) -> None:
    dialog = opened(qtbot, page)
    codes = [dialog.list.item(i).data(Qt.ItemDataRole.UserRole) for i in range(dialog.list.count())]
    assert sorted(codes) == sorted(cell.code for cell in CELLS)
    assert not [c for c in codes if c.startswith("system") or c in ("atm.promotional.promotion",)]


def test_what_is_used_most_stands_first(qtbot: QtBot, page: CustomerPage) -> None:
    app, actor = page.context.app, page.context.actor
    for _ in range(3):
        interactions.record(app, actor, "C-000002", "call_centre.support.products")
    dialog = opened(qtbot, page)
    assert dialog.list.item(0).data(Qt.ItemDataRole.UserRole) == "call_centre.support.products"


def test_an_amount_is_asked_only_where_there_is_one(qtbot: QtBot, page: CustomerPage) -> None:
    dialog = opened(qtbot, page)
    choose(dialog, "branch.transaction.deposit")
    assert not dialog.amount.isHidden() and dialog.response.isHidden()
    dialog.amount.setText("250,5")
    dialog.account.setCurrentIndex(dialog.account.findData("A1"))
    dialog.note.setText("for a trip")
    dialog.save()
    qtbot.waitUntil(lambda: newest(page).amount == 25050)
    assert newest(page).note == "for a trip"
    dialog = opened(qtbot, page)
    choose(dialog, "branch.promotional.promotion")
    assert dialog.amount.isHidden() and not dialog.response.isHidden() and dialog.by_bank.isChecked()


def choose(dialog: InteractionDialog, code: str) -> None:
    rows = [i for i in range(dialog.list.count()) if dialog.list.item(i).data(Qt.ItemDataRole.UserRole) == code]
    dialog.list.setCurrentRow(rows[0])


def test_a_bad_amount_keeps_the_dialog_with_its_sentence(qtbot: QtBot, page: CustomerPage) -> None:
    dialog = opened(qtbot, page)
    choose(dialog, "branch.transaction.deposit")
    dialog.amount.setText("a lot")
    dialog.save()
    qtbot.waitUntil(lambda: "not an amount" in dialog.fault.text())
    assert dialog.isVisible() and dialog.amount.text() == "a lot"
    assert newest(page).label != dialog_label("branch.transaction.deposit")


def test_words_that_fit_nothing_say_so(qtbot: QtBot, page: CustomerPage) -> None:
    dialog = opened(qtbot, page)
    qtbot.keyClicks(dialog.find, "zebra")
    qtbot.keyClick(dialog.find, Qt.Key.Key_Return)
    assert "Nothing fits" in dialog.fault.text() and dialog.isVisible()


def test_a_reversed_interaction_stays_struck_through_with_a_note(qtbot: QtBot, page: CustomerPage) -> None:
    tab = page.timeline_tab
    page.tabs.setCurrentWidget(tab)
    tab.list.selectRow(0)
    assert tab.reverse_button.isEnabled()
    tab.reverse()
    dialog = page.findChildren(ReverseDialog)[0]
    dialog.save()
    qtbot.waitUntil(lambda: "reason" in dialog.fault.text())  # none was given
    dialog.reason.setText("another customer")
    dialog.save()
    qtbot.waitUntil(lambda: any(e.reversed for e in tab.events))
    struck = next(i for i, e in enumerate(tab.events) if e.reversed)
    assert str(tab.list.model().index(struck, 6).data()).startswith("Reversed")
    tab.list.selectRow(struck)
    assert not tab.reverse_button.isEnabled()
    assert not tab.grab().isNull()


def test_without_the_right_there_is_no_key_and_no_button(qtbot: QtBot, context: DeskContext) -> None:
    context.actor = Actor("aud", frozenset({Role.AUDITOR}))
    made = CustomerPage(context)
    qtbot.addWidget(made)
    made.show()
    made.arrive(number="C-000001")
    settled(qtbot, made)
    qtbot.keyClick(made, Qt.Key.Key_I)
    qtbot.keyClick(made, Qt.Key.Key_E)
    QApplication.processEvents()
    assert not made.findChildren(QDialog) and not made.header.quick.isVisibleTo(made)
