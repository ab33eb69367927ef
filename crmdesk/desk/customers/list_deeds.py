"""What can be done from the list: change a field of many, withdraw, export, print, copy, and saved lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from crmdesk.desk import words
from crmdesk.desk.customers.bulk import BulkDialog, WithdrawDialog, people
from crmdesk.desk.customers.editor import new_customer
from crmdesk.desk.customers.list_columns import ShownColumns
from crmdesk.desk.customers.list_table import AT_MOST, CustomerTable
from crmdesk.desk.customers.list_tools import ListTools, fill_menu
from crmdesk.desk.customers.saved_lists import SavedListsDialog, SaveListDialog, fill_saved_menu
from crmdesk.desk.exporting import ExportDialog
from crmdesk.desk.page import Page
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Right, may
from crmdesk.services.customers import Chosen
from crmdesk.services.saved import SavedList


class ListDeeds(QObject):
    """Deeds on the chosen rows of one page; what the person has no right to is absent."""

    def __init__(self, page: Page, table: CustomerTable, tools: ListTools, columns: ShownColumns) -> None:
        super().__init__(page)
        self._page, self._table, self._tools, self._columns = page, table, tools, columns
        self.lists: Sequence[SavedList] = ()
        self.open_list_now: SavedList | None = None
        self._saved_button = page.add_deed("Saved &lists", lambda: None, tip="Open a list or save this one")
        if self._may(Right.EXPORT):
            page.add_deed("E&xport...", self.export, tip="The list as CSV or Excel (Ctrl+E)")
        if self._may(Right.EDIT_CUSTOMER):
            page.add_deed("New customer...", lambda: new_customer(page.context, page), "primary",
                          "Add a customer (Ctrl+Shift+N)")  # fmt: skip
        self._fill_actions()
        tools.actions_button.menu().aboutToShow.connect(self._fill_actions)
        self.show_lists(())

    def _may(self, right: Right) -> bool:
        return may(self._page.context.actor, right)

    # Who -------------------------------------------------------------------------------------------------------

    def chosen(self) -> tuple[Chosen, int]:
        """The chosen rows and how many: all by filter as the filter. BadInput for too many rows one by one."""
        table, query = self._table, self._tools.query()
        number = table.number_chosen
        if table.all_chosen:
            return Chosen(query), number
        if number > AT_MOST:
            raise BadInput(f"{words.count(number)} rows are chosen one by one; choose at most {words.count(AT_MOST)}, "
                           "or all of a filter with Ctrl+A.")  # fmt: skip
        return Chosen(query, table.chosen_ids()), number

    def listed(self) -> tuple[Chosen, int]:
        """For export and print: the chosen rows, or the whole list where not more than one is chosen."""
        if self._table.number_chosen > 1:
            return self.chosen()
        return Chosen(self._tools.query()), self._table.paged.rowCount()

    def _fill_actions(self) -> None:
        table = self._table
        who = f"all {words.count(table.number_chosen)}" if table.all_chosen else people(table.number_chosen)
        entries: list[Any] = []
        if self._may(Right.EDIT_CUSTOMER):
            entries.append((f"Change a field for {who}...", self.change_field, ""))
        if self._may(Right.RECORD_PERMISSION):
            entries.append((f"Withdraw a permission for {who}...", self.withdraw, ""))
        if self._may(Right.EXPORT):
            entries.append((f"Export {who}...", self.export, "Ctrl+E"))
        if self._may(Right.RUN_ANALYSIS):
            entries += [None, ("Analyse the customers of this filter...", self.analyse, "")]
        entries += [None, ("Choose all by filter", table.selectAll, "Ctrl+A")]
        fill_menu(self._tools.actions_button, entries)

    # Deeds -----------------------------------------------------------------------------------------------------

    def change_field(self) -> BulkDialog | None:
        return self._open(BulkDialog)

    def withdraw(self) -> WithdrawDialog | None:
        return self._open(WithdrawDialog)

    def _open(self, kind: Any) -> Any:
        try:
            chosen, number = self.chosen()
        except BadInput as error:
            self._page.context.notice_error(error)
            return None
        if not number:
            self._page.context.notify("Nobody is chosen; choose rows with Space, or all of them with Ctrl+A.")
            return None
        dialog = kind(self._page.context, self._page, chosen, number)
        dialog.open()
        return dialog

    def export(self) -> ExportDialog | None:
        """Ctrl+E: the chosen rows, or the whole list."""
        if not self._may(Right.EXPORT) or not self._table.paged.rowCount():
            self._page.context.notify("There is nothing here that you may export.")
            return None
        try:
            chosen, number = self.listed()
        except BadInput as error:
            self._page.context.notice_error(error)
            return None
        dialog = ExportDialog(self._page.context, self._page, chosen, number, self._columns.keys)
        dialog.open()
        return dialog

    def copy(self) -> None:
        """Ctrl+C: one row as text; more than one is an export, with its purpose and its audit."""
        table = self._table
        if table.number_chosen > 1:
            self._page.context.notify("Copying more than one customer is an export: say what it is for.")
            self.export()
            return
        at, model = table.currentIndex().row(), self._table.paged
        row = model.row(at) if at >= 0 else None
        if row is not None:
            QGuiApplication.clipboard().setText("\t".join(column.text(row) for column in model.columns))
            self._page.context.notify(f"{row.number} was copied.")

    def analyse(self) -> None:
        """The same filter as the population of an analysis."""
        self._page.context.open_page("analyses", population=self._tools.query().filters)

    # Saved lists -----------------------------------------------------------------------------------------------

    def show_lists(self, lists: Sequence[SavedList]) -> None:
        self.lists = lists
        fill_saved_menu(self._saved_button, lists, self._page.context.actor.login, self.open_list, self.save_list,
                        self.sort_out)  # fmt: skip

    def open_list(self, one: SavedList) -> None:
        """Its search, chips, order and columns; a list whose filter holds no more says why."""
        page = self._page
        if one.broken:
            page.context.notify(f"“{one.name}” cannot be opened: {one.broken}")
            page.refresh()
            return
        self.open_list_now = one
        self._tools.put(one.query)
        if one.columns:
            self._columns.show(one.columns)
        page.title.setText(one.name)
        page.refresh()

    def save_list(self) -> SaveListDialog:
        page, now = self._page, self.open_list_now
        mine = now if now is not None and now.owner == page.context.actor.login else None
        told = "Kept are search, filter, order and columns, never the people: the list is always of today."
        dialog = SaveListDialog(page.context, page, told, self._tools.query(), self._columns.keys, mine,
                                page.title.setText)  # fmt: skip
        dialog.open()
        return dialog

    def sort_out(self) -> SavedListsDialog:
        dialog = SavedListsDialog(self._page.context, self._page, self.lists, self.open_list)
        dialog.open()
        return dialog
