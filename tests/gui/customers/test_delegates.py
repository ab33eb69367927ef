"""The cells of the customer list are painted quickly, and look just as the style would paint them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QStyledItemDelegate
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.delegates import MatchDelegate, MayContactDelegate
from crmdesk.desk.customers.list_model import MAY_CONTACT, PagedModel
from crmdesk.desk.customers.list_table import CustomerTable
from crmdesk.desk.dress import apply_theme
from crmdesk.desk.theme import DARK, LIGHT
from crmdesk.domain.permission import Decision
from crmdesk.domain.rights import single_user
from crmdesk.services.customers import CustomerRow

LONG = "Maximiliana Theodora Berberlingra-Wendorkason of Upper Solkaberg"


def row(key: int, state: str = "none") -> CustomerRow:
    ways = tuple((c, Decision(state == "granted", state, "")) for c in ("email", "phone"))
    name = LONG if key == 3 else f"Ena Berg {key}"
    return CustomerRow(key, f"C-{key}", name, "Moda", "Steady", 120_050, "EUR", ways, datetime.now(UTC).date())


@pytest.fixture
def table(qtbot: QtBot, qapp: QApplication) -> Iterator[CustomerTable]:
    apply_theme(qapp, LIGHT)
    model = PagedModel(lambda ids, arrived: arrived([row(i, "granted" if i == 2 else "none") for i in ids]))
    model.show_ids(range(1, 9))
    made = CustomerTable(model, lambda text: None)
    qtbot.addWidget(made)
    made.resize(900, 300)
    yield made


def picture(table: CustomerTable) -> QImage:
    table.viewport().grab()  # the first paint asks for the rows
    return table.viewport().grab().toImage()


def test_a_plain_cell_looks_as_the_style_paints_it(table: CustomerTable) -> None:
    table.setColumnHidden(MAY_CONTACT, True)
    table.setItemDelegate(QStyledItemDelegate(table))
    table.selectRow(1)
    styled = picture(table)
    table.setItemDelegate(MatchDelegate(DeskContext(single_user("ela")), table))
    assert picture(table) == styled
    table.selectRow(4)
    assert picture(table) != styled


def test_fields_differ_by_state_and_theme(table: CustomerTable) -> None:
    context = DeskContext(single_user("ela"))
    table.setItemDelegateForColumn(MAY_CONTACT, MayContactDelegate(context, table))
    image = picture(table)
    height, left = table.rowHeight(0), table.columnViewportPosition(MAY_CONTACT)

    def cell(image: QImage, number: int) -> QImage:
        return image.copy(left, number * height, table.columnWidth(MAY_CONTACT), height)

    assert cell(image, 0) == cell(image, 2)  # the same permissions, the same picture
    assert cell(image, 0) != cell(image, 1)
    context.set_theme(DARK)
    assert cell(picture(table), 1) != cell(image, 1)
