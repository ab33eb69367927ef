"""The tabs Documents and History of a customer's page, products with their lines, and own fields on the card."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.customer_page import CustomerPage
from crmdesk.desk.customers.documents import AddDialog
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import custom_fields, customer_edit, documents, own_values

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def page(qtbot: QtBot, context: DeskContext) -> CustomerPage:
    made = CustomerPage(context)
    qtbot.addWidget(made)
    made.resize(1240, 800)
    made.show()
    context.hub.changed.connect(lambda change: made.refresh() if made.cares_about(change) else None)
    go(qtbot, made)
    return made


def go(qtbot: QtBot, page: CustomerPage) -> None:
    page.arrive(number="C-000001")
    qtbot.waitUntil(lambda: not page.context._background.busy and page.state != "loading")


def rows(table: object) -> list[list[str]]:
    model = table.model()  # type: ignore[attr-defined]
    return [[str(model.index(r, c).data()) for c in range(model.columnCount())] for r in range(model.rowCount())]


def own_fields(context: DeskContext) -> None:
    custom_fields.add(context.app, context.actor, code="vip", title="Private banking", kind="yes_no")
    custom_fields.add(context.app, context.actor, code="pet", title="Pet", kind="text", tag="text")
    now = customer_edit.draft(context.app, context.actor, "C-000001")
    customer_edit.edit(context.app, context.actor, "C-000001", now.version,
                       {"custom.vip": "yes", "custom.pet": "a parrot", "city": "Bergama"})  # fmt: skip


def test_a_document_is_added_listed_and_copied_out(qtbot: QtBot, page: CustomerPage, tmp_path: Path) -> None:
    tab = page.documents_tab
    page.tabs.setCurrentWidget(tab)
    qtbot.waitUntil(lambda: "No document is kept yet" in tab.note.text())
    form = tmp_path / "consent form.pdf"
    form.write_bytes(PDF)
    tab.add(form)
    dialog = page.findChildren(AddDialog)[0]
    dialog.kind.setCurrentIndex(dialog.kind.findData("form"))
    dialog.save()
    qtbot.waitUntil(lambda: len(rows(tab.table)) == 1)
    assert rows(tab.table)[0][:3] == ["consent form.pdf", "Signed form", "application/pdf"]
    found = documents.of_customer(page.context.app, page.context.actor, "C-000001")[0]
    tab.save_to(found, tmp_path / "copy.pdf")
    qtbot.waitUntil(lambda: (tmp_path / "copy.pdf").exists())  # renamed into place when it is whole
    assert (tmp_path / "copy.pdf").read_bytes() == PDF


def test_a_file_that_is_no_document_keeps_the_dialog_with_its_sentence(
    qtbot: QtBot, page: CustomerPage, tmp_path: Path
) -> None:
    bad = tmp_path / "program.exe"
    bad.write_bytes(b"MZ\x00\x01\x02")
    page.documents_tab.add(bad)
    dialog = page.findChildren(AddDialog)[0]
    dialog.save()
    qtbot.waitUntil(lambda: bool(dialog.fault.text()))
    assert dialog.isVisible()
    assert documents.of_customer(page.context.app, page.context.actor, "C-000001") == []


def test_the_history_tells_field_by_field_in_the_banks_words(qtbot: QtBot, page: CustomerPage) -> None:
    own_fields(page.context)
    tab = page.tabs.history
    page.tabs.setCurrentWidget(tab)
    go(qtbot, page)
    qtbot.waitUntil(lambda: bool(rows(tab.table)))
    told = {row[3]: (row[4], row[5]) for row in rows(tab.table)}
    assert told["Private banking"] == ("–", "Yes") and told["City"] == ("Moda", "Bergama")
    assert tab.note.text() == "3 changes, by ela, newest first."


def test_own_fields_stand_on_the_card_and_personal_ones_are_masked(qtbot: QtBot, page: CustomerPage) -> None:
    own_fields(page.context)
    go(qtbot, page)
    shown = [one.text() for one in page.overview.identity.findChildren(QLabel)]
    assert shown[shown.index("Private banking") + 1] == "Yes" and "a parrot" in shown
    analyst = Actor("a", frozenset({Role.ANALYST}))
    masked = {one.code: one.text for one in own_values.of_customer(page.context.app, analyst, "P-1")}
    assert masked == {"vip": "yes", "pet": own_values.HIDDEN}


def test_each_product_has_its_line_and_is_told_in_words(
    qtbot: QtBot, page: CustomerPage, qtmodeltester: ModelTester
) -> None:
    table = page.overview.products.table
    qtmodeltester.check(table.model())
    assert [row[0] for row in rows(table)] == ["Current account", "Mortgage"]
    assert [row[2] for row in rows(table)] == ["1,150", "−89,850"]  # the currency stands in the total
    spoken = table.model().index(0, 1).data(11)  # AccessibleTextRole
    assert spoken.startswith("Current account, A1: EUR 1,150.00 in ")
    assert not table.grab().isNull()


def test_a_customer_without_products_shows_no_empty_table(qtbot: QtBot, page: CustomerPage) -> None:
    page.arrive(number="C-000005")
    qtbot.waitUntil(lambda: not page.context._background.busy and page.state != "loading")
    assert page.overview.products.table.isHidden()
    assert not page.findChildren(QDialog)


@pytest.mark.parametrize("tab", ["tasks", "documents", "history", "panels", "permissions", "timeline"])
def test_a_tab_looked_at_before_the_customer_is_there_asks_nothing(
    qtbot: QtBot, context: DeskContext, tab: str
) -> None:
    made = CustomerPage(context)
    qtbot.addWidget(made)
    made.show()
    made.tabs.go(tab)
    qtbot.wait(1)
    assert not context._background.busy
    go(qtbot, made)
    note = getattr(made.tabs.part(tab), "note", None)
    assert note is None or "No customer" not in note.text()


def test_one_press_deeds_stand_once_on_the_overview_and_in_the_header_elsewhere(page: CustomerPage) -> None:
    deeds = page.overview.permissions_card.deeds
    assert deeds.withdraw_button.isVisible() and not page.header.quick.isVisible()
    page.tabs.go("history")
    assert page.header.quick.isVisible() and not deeds.withdraw_button.isVisible()
    page.tabs.setCurrentIndex(0)
    assert not page.header.quick.isVisible()
