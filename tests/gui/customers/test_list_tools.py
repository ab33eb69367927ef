"""What stands above the list: rows chosen as a filter, columns, own fields, saved lists, copying."""

from typing import Any

import pytest
import small_bank
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from crmdesk.desk.chip_dialog import ChipDialog
from crmdesk.desk.chips import ChipButton
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.list_deeds import ListDeeds
from crmdesk.desk.customers.list_model import COLUMNS, PagedModel
from crmdesk.desk.customers.list_page import CustomersPage
from crmdesk.desk.customers.list_table import CustomerTable
from crmdesk.desk.exporting import ExportDialog
from crmdesk.domain.change import ALL, Change
from crmdesk.domain.errors import BadInput
from crmdesk.domain.filter import Chip
from crmdesk.services import custom_fields, customer_edit, saved
from crmdesk.services.customers import Chosen, CustomerQuery


@pytest.fixture
def page(qtbot: QtBot, context: DeskContext) -> CustomersPage:
    return opened_page(qtbot, context)


def opened_page(qtbot: QtBot, context: DeskContext, **args: Any) -> CustomersPage:
    made = CustomersPage(context)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    made.arrive(**args)
    settled(qtbot, made)
    return made


def settled(qtbot: QtBot, page: CustomersPage) -> None:
    qtbot.waitUntil(lambda: page.state != "loading" and not page.tools.timer.isActive())
    qtbot.waitUntil(lambda: not page.context._background.busy)
    page.table.grab()
    qtbot.waitUntil(lambda: not page.context._background.busy)


def names(page: CustomersPage) -> list[str]:
    place = page.model.place("name")
    return [page.model.index(row, place).data() for row in range(page.model.rowCount())]


def choose(page: CustomersPage, *rows: int) -> None:
    flag = QItemSelectionModel.SelectionFlag
    page.table.clearSelection()
    for row in rows:
        page.table.selectionModel().select(page.model.index(row, 0), flag.Select | flag.Rows)


def own_field(context: DeskContext) -> None:
    custom_fields.add(context.app, context.actor, code="shirt", title="Shirt size", kind="choice", choices=("S", "L"))
    draft = customer_edit.draft(context.app, context.actor, "C-000001")
    customer_edit.edit(context.app, context.actor, "C-000001", draft.version, {"custom.shirt": "L"})


# Who is chosen --------------------------------------------------------------------------------------------------


def test_all_by_filter_is_the_filter_and_never_a_list_of_ids(qtbot: QtBot, page: CustomersPage) -> None:
    page.chips.put(Chip("kind", "is", ("person",)))
    settled(qtbot, page)
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.list_deeds.chosen() == (Chosen(CustomerQuery("", (Chip("kind", "is", ("person",)),)), None), 4)
    assert page.tools.picked.text() == "All 4 by filter are chosen"
    assert "4 chosen" in page.tools.actions_button.text()


def test_some_rows_are_their_ids_from_the_top(page: CustomersPage) -> None:
    choose(page, 3, 0)
    chosen, number = page.list_deeds.chosen()
    assert number == 2
    assert chosen.ids == (1, 5)  # Ada and the Works, in the order of the list
    assert page.tools.picked.text() == "2 of 5 chosen"


def test_choosing_all_of_a_large_bank_costs_no_walk_over_its_rows(qtbot: QtBot) -> None:
    asked: list[int] = []

    class Counting(PagedModel):
        def flags(self, index: Any) -> Qt.ItemFlag:
            asked.append(index.row())
            return super().flags(index)

    model = Counting(lambda ids, arrived: None)
    model.show_ids(range(1_500_000))
    table = CustomerTable(model, lambda text: None)
    qtbot.addWidget(table)
    table.resize(900, 600)
    table.show()
    table.selectAll()
    table.grab()
    assert table.all_chosen and table.number_chosen == 1_500_000
    assert len(asked) < 5_000


def test_too_many_rows_one_by_one_are_refused_with_a_way_out(qtbot: QtBot, page: CustomersPage) -> None:
    page.model.show_ids(range(1, 20_001))
    page.table.selectAll()
    choose_out = QItemSelectionModel.SelectionFlag.Deselect | QItemSelectionModel.SelectionFlag.Rows
    page.table.selectionModel().select(page.model.index(7, 0), choose_out)
    with pytest.raises(BadInput, match=r"at most 10,000.*Ctrl\+A"):
        page.list_deeds.chosen()


def test_what_is_chosen_stays_when_the_bank_changes(qtbot: QtBot, page: CustomersPage) -> None:
    choose(page, 1, 4)
    before = page.list_deeds.chosen()
    page.refresh()
    settled(qtbot, page)
    assert page.list_deeds.chosen() == before
    page.table.selectAll()
    page.refresh()
    settled(qtbot, page)
    assert page.table.all_chosen


def test_another_question_begins_at_its_first_row(qtbot: QtBot, page: CustomersPage) -> None:
    choose(page, 1, 4)
    page.search.setText("moda")
    settled(qtbot, page)
    assert page.list_deeds.chosen()[1] == 1 and page.table.currentIndex().row() == 0


# Columns --------------------------------------------------------------------------------------------------------


def test_an_own_field_is_a_column_and_a_filter_at_once(qtbot: QtBot, page: CustomersPage, context: DeskContext) -> None:
    own_field(context)
    change = Change("custom_field", {"custom_field": ALL})
    assert page.cares_about(change)
    page.refresh()
    settled(qtbot, page)
    page.columns.show((*page.columns.keys, "custom.shirt"))
    settled(qtbot, page)
    place = page.model.place("custom.shirt")
    assert page.model.headerData(place, Qt.Orientation.Horizontal) == "Shirt size"
    assert [page.model.index(row, place).data() for row in range(5)] == ["L", "–", "–", "–", "–"]
    page.chips.put(Chip("custom.shirt", "is", ("L",)))
    settled(qtbot, page)
    assert names(page) == ["Ada Yılmaz"]
    assert page.chips.words(page.chips.chips[0]) == "Shirt size: L"


def test_columns_are_remembered_for_this_bank_and_person(
    qtbot: QtBot, page: CustomersPage, context: DeskContext
) -> None:
    dialog = page.columns.choose()
    dialog.list.setCurrentRow(1)
    dialog.move_by(-1)  # the number before the name
    last = dialog.list.count() - 1
    dialog.list.item(last).setCheckState(Qt.CheckState.Checked)
    wanted = dialog.keys()
    dialog.apply()
    assert page.columns.keys == wanted and wanted[0] == "number" and len(wanted) == len(COLUMNS) + 1
    page.table.setColumnWidth(page.model.place("number"), 123)
    page.columns.keep()
    again = opened_page(qtbot, context)
    assert again.columns.keys == wanted
    assert again.table.columnWidth(again.model.place("number")) == 123
    other = DeskContext(type(small_bank.ACTOR)("bo", small_bank.ACTOR.roles, single=True))
    other.app = context.app
    assert opened_page(qtbot, other).columns.keys != wanted


def test_the_name_is_always_shown(page: CustomersPage) -> None:
    dialog = page.columns.choose()
    for at in range(dialog.list.count()):
        item = dialog.list.item(at)
        if item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            item.setCheckState(Qt.CheckState.Unchecked)
    assert dialog.keys() == ("name",)


# Chips ----------------------------------------------------------------------------------------------------------


def test_a_text_is_asked_for_and_a_wrong_value_stays_to_be_mended(qtbot: QtBot, page: CustomersPage) -> None:
    dialog: ChipDialog = page.chips.ask(page.chips._fields["city"])
    dialog.apply()
    assert "needs some text" in dialog.fault.text() and dialog.isVisible()
    dialog.value.setText("mod")  # type: ignore[union-attr]
    dialog.apply()
    settled(qtbot, page)
    assert names(page) == ["Ada Yılmaz", "Bo Ek"]
    assert page.chips.words(page.chips.chips[0]) == "City contains “mod”"


def test_a_range_of_days_is_two_chips(qtbot: QtBot, page: CustomersPage) -> None:
    page.chips.put(Chip("joined", "from", ("2020-01-01",)))
    page.chips.put(Chip("joined", "before", ("2021-01-01",)))
    page.chips.put(Chip("joined", "before", ("2022-01-01",)))
    settled(qtbot, page)
    assert [chip.values[0] for chip in page.chips.chips] == ["2020-01-01", "2022-01-01"]
    assert len(names(page)) == 4
    page.chips.drop("joined", "before")
    assert [chip.op for chip in page.chips.chips] == ["from"]


def test_many_choices_are_looked_up_by_their_words(page: CustomersPage) -> None:
    dialog = page.chips.ask(page.chips._fields["branch"])
    dialog.narrow.setText("harb")
    seen = [dialog.list.item(at) for at in range(dialog.list.count()) if not dialog.list.item(at).isHidden()]
    assert [item.text() for item in seen] == ["Harbour"]
    seen[0].setCheckState(Qt.CheckState.Checked)
    dialog.other.setChecked(True)
    dialog.apply()
    assert page.chips.chips == (Chip("branch", "is_not", ("B2",)),)


def test_chips_go_on_in_the_next_line_of_a_narrow_window(qtbot: QtBot, page: CustomersPage) -> None:
    for field, values in (
        ("marketing", ("email", "phone")),
        ("product", ("mortgage", "current")),
        ("kind", ("person",)),
    ):
        page.chips.put(Chip(field, "is", values))
    settled(qtbot, page)
    page.resize(1400, 700)
    qtbot.wait(1)
    wide = page.chips.height()
    page.resize(700, 700)
    qtbot.wait(1)
    assert page.chips.height() > wide
    assert all(part.geometry().right() <= page.chips.width() for part in page.chips.children() if part.isWidgetType())


# Saved lists ----------------------------------------------------------------------------------------------------


def test_a_saved_list_brings_back_search_chips_order_and_columns(
    qtbot: QtBot, page: CustomersPage, context: DeskContext
) -> None:
    page.search.setText("moda")
    page.chips.put(Chip("kind", "is", ("person",)))
    page.tools.sort_by("number", descending=True)
    page.columns.show(("name", "branch"))
    settled(qtbot, page)
    dialog = page.list_deeds.save_list()
    dialog.name.setText("  Moda   people ")
    with qtbot.waitSignal(context.noticed):
        dialog.save()
    found = saved.lists(context.app, context.actor)
    assert [one.name for one in found] == ["Moda people"]
    page.clear()
    other = opened_page(qtbot, context, saved=found[0].id)
    assert names(other) == ["Bo Ek", "Ada Yılmaz"]
    assert (other.search.text(), other.chips.chips) == ("moda", (Chip("kind", "is", ("person",)),))
    assert (other.columns.keys, other.title.text()) == (("name", "branch"), "Moda people")


def test_a_list_is_renamed_and_deleted_by_its_owner(qtbot: QtBot, page: CustomersPage, context: DeskContext) -> None:
    saved.save(context.app, context.actor, "One", CustomerQuery("ada"))
    page.list_deeds.show_lists(saved.lists(context.app, context.actor))
    dialog = page.list_deeds.sort_out()
    dialog.name.setText(" ")
    dialog.rename()
    qtbot.waitUntil(lambda: not dialog.fault.isHidden())
    assert "needs a name" in dialog.fault.text()
    dialog.name.setText("Two")
    dialog.rename()
    qtbot.waitUntil(lambda: [one.name for one in saved.lists(context.app, context.actor)] == ["Two"])
    qtbot.waitUntil(lambda: dialog.chosen is not None and dialog.chosen.name == "Two")
    dialog.delete()
    qtbot.waitUntil(lambda: not saved.lists(context.app, context.actor))
    qtbot.waitUntil(lambda: not context._background.busy)
    dialog.reject()


# Deeds ----------------------------------------------------------------------------------------------------------


def test_one_row_is_copied_as_text(qtbot: QtBot, page: CustomersPage) -> None:
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("Ada Yılmaz\tC-000001\tModa")


def test_copying_more_than_one_row_is_an_export(qtbot: QtBot, page: CustomersPage) -> None:
    QGuiApplication.clipboard().setText("before")
    page.table.selectAll()
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "before"
    dialog = page.findChild(ExportDialog)
    assert dialog is not None and not dialog.save_button.isEnabled()
    qtbot.waitUntil(lambda: not page.context._background.busy)
    dialog.reject()


def test_what_one_has_no_right_to_is_absent(qtbot: QtBot, context: DeskContext) -> None:
    from crmdesk.domain.rights import Actor, Role

    reader = DeskContext(Actor("eva", frozenset({Role.TELLER})))
    reader.app = context.app
    page = opened_page(qtbot, reader)
    deeds: ListDeeds = page.list_deeds
    deeds._fill_actions()
    texts = " ".join(action.text() for action in page.tools.actions_button.menu().actions())
    assert "Change a field" not in texts and "Export" not in texts and "Withdraw" in texts
    titles = [page.deeds.itemAt(at).widget().text() for at in range(page.deeds.count())]
    assert titles == ["Saved &lists"]
    assert deeds.export() is None


def test_the_filter_goes_on_to_the_analyses(
    qtbot: QtBot, page: CustomersPage, opened: list[tuple[str, dict[str, Any]]]
) -> None:
    page.chips.put(Chip("kind", "is", ("person",)))
    page.list_deeds.analyse()
    assert opened == [("analyses", {"population": (Chip("kind", "is", ("person",)),)})]
    settled(qtbot, page)


def test_delete_on_a_chip_leads_to_its_neighbour_and_then_to_the_button(qtbot: QtBot, page: CustomersPage) -> None:
    page.chips.put_all((Chip("kind", "is", ("person",)), Chip("city", "contains", ("mod",))))
    settled(qtbot, page)
    first = page.chips.findChildren(ChipButton)[0]
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Delete)
    left = [chip for chip in page.chips.findChildren(ChipButton) if chip.parent() is page.chips]
    assert len(left) == 1 and left[0].hasFocus()
    qtbot.keyClick(left[0], Qt.Key.Key_Delete)
    assert page.chips.add.hasFocus() and page.chips.chips == ()
    settled(qtbot, page)
