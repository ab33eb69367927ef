"""The columns as the list shows them now: chosen, remembered, sorted by a click on their heads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.columns import ColumnsDialog, RememberedColumns, columns_of
from crmdesk.desk.customers.delegates import MatchDelegate, MayContactDelegate
from crmdesk.desk.customers.list_model import COLUMNS, CONTACT, Column
from crmdesk.desk.customers.list_table import CustomerTable
from crmdesk.desk.customers.list_tools import ListTools
from crmdesk.desk.zoom import percent
from crmdesk.services.customers import ListColumn

KEEP_AFTER = 400  # ms after a column was dragged to another width


class ShownColumns(QObject):
    """Model, delegates, heads and the menu of orders follow one choice of columns."""

    def __init__(self, context: DeskContext, table: CustomerTable, tools: ListTools) -> None:
        super().__init__(table)
        assert context.app is not None
        self._context, self._table, self._tools = context, table, tools
        self._failed: tuple[str, ...] = ()
        self._was_offered = False
        self.known: dict[str, Column] = {column.key: column for column in COLUMNS}
        self.remembered = RememberedColumns(context.app.path, context.actor.login)
        self.matched = MatchDelegate(context, table)
        self._contact = MayContactDelegate(context, table)
        table.setItemDelegate(self.matched)
        self._keep = QTimer(self, singleShot=True, interval=KEEP_AFTER)
        self._keep.timeout.connect(self.keep)
        table.horizontalHeader().sectionClicked.connect(self._clicked)
        table.horizontalHeader().sectionResized.connect(lambda *_: self._keep.start())
        tools.columns_button.clicked.connect(lambda *_: self.choose())
        tools.asked.connect(self.mark_sort)
        self.show(tuple(self.known))

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(column.key for column in self._table.paged.columns)

    @property
    def extra(self) -> tuple[str, ...]:
        """Keys of the columns that are not read with every row."""
        return tuple(column.key for column in self._table.paged.columns if column.extra)

    def offer(self, columns: Sequence[ListColumn]) -> None:
        """What may be shown; the list changes where that is new, to what the person chose last."""
        known = columns_of(columns)
        if not self._was_offered or known.keys() != self.known.keys():
            again = self.keys if self._was_offered else self.remembered.keys()
            self._was_offered, self.known = True, known
            if again != self.keys or any(key not in known for key in again):
                self.show(again)

    def show(self, keys: Sequence[str], *, keep: bool = False) -> None:
        """Show these columns, those that are gone left out; with `keep` from now on."""
        columns = [self.known[key] for key in keys if key in self.known] or list(COLUMNS)
        before = len(self._table.paged.columns)
        self._table.show_columns(columns)
        self.matched.show_columns(columns)
        contact = self._table.paged.place(CONTACT)
        for place in range(max(before, len(columns))):
            # The table forgets a delegate only when told so.
            self._table.setItemDelegateForColumn(place, self._contact if place == contact else None)  # type: ignore[arg-type]
        self._table.show_widths(self.remembered.width)
        self._tools.show_columns(columns)
        self.mark_sort()
        self._keep.stop()
        if keep:
            self.keep()

    def keep(self) -> None:
        columns = enumerate(self._table.paged.columns)
        self.remembered.keep([(c.key, self._table.columnWidth(at) * 100 // percent()) for at, c in columns])

    def choose(self) -> ColumnsDialog:
        made = ColumnsDialog(self._table, self.known, self.keys, lambda keys: self.show(keys, keep=True))
        made.open()
        return made

    def tell_failed(self, rows: Sequence[Any]) -> None:
        """A plugin's column that could not be computed is named once, not for every block."""
        failed = rows[0].failed if rows else ()
        if failed and failed != self._failed:
            self._context.notify(f"Columns of {', '.join(failed)} could not be computed and show “-”.")
        self._failed = failed

    def mark_sort(self) -> None:
        columns = self._table.paged.columns
        place = next((i for i, c in enumerate(columns) if c.sort == self._tools.sort), -1)
        way = Qt.SortOrder.DescendingOrder if self._tools.descending else Qt.SortOrder.AscendingOrder
        self._table.horizontalHeader().setSortIndicator(place, way)

    def _clicked(self, place: int) -> None:
        if sort := self._table.paged.columns[place].sort:
            self._tools.turn(sort)
        else:
            self.mark_sort()
