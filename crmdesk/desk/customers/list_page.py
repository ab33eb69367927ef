"""The customers page: search as you type, filter by chips, sort by any column, open with Enter."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.chips import ChipBar
from crmdesk.desk.customers.delegates import MatchDelegate, MayContactDelegate
from crmdesk.desk.customers.list_model import COLUMNS, MAY_CONTACT, Arrived, PagedModel
from crmdesk.desk.page import Page
from crmdesk.desk.theme import ROW
from crmdesk.desk.widgets import button
from crmdesk.domain.customer import fold
from crmdesk.services import customers
from crmdesk.services.customers import CustomerQuery

DEBOUNCE = 150  # ms after the last key


class CustomerTable(QTableView):
    """The table over the paged model: one row chosen, fixed heights, letters go to the search field."""

    def __init__(self, model: PagedModel, typed: Any) -> None:
        super().__init__()
        self._typed = typed
        self.setModel(model)
        self.setAccessibleName("Customers")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView::item { padding: 0 5px; }")  # under the header's own padding
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setResizeContentsPrecision(0)
        for place, column in enumerate(COLUMNS):
            self.setColumnWidth(place, column.width)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def keyboardSearch(self, text: str) -> None:
        # Qt would ask every row of the bank for its text; the service's search does it in SQL.
        if text.strip():
            self._typed(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class CustomersPage(Page):
    """List of customers; `arrive(text=, filters=)` starts with a search or chips."""

    name: ClassVar[str] = "customers"
    tables: ClassVar[frozenset[str]] = frozenset(
        {"customer", "interaction", "permission_event", "holding", "balance_month", "segment"}
    )

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Customers")
        self.sort, self.descending = "name", False
        self._stop = Event()
        self._ticket: Any = None
        self.model = PagedModel(self._fetch, self)
        self._build_tools()
        self.table = CustomerTable(self.model, self._type_into_search)
        self.matched = MatchDelegate(context, self.table)
        self.table.setItemDelegate(self.matched)
        self.table.setItemDelegateForColumn(MAY_CONTACT, MayContactDelegate(context, self.table))
        self.table.activated.connect(self._open)
        self.table.horizontalHeader().sectionClicked.connect(self._header_clicked)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        self._timer = QTimer(self, singleShot=True, interval=DEBOUNCE)
        self._timer.timeout.connect(self.refresh)
        self.search.textChanged.connect(lambda *_: self._timer.start())
        self.chips.changed.connect(lambda: self._timer.start())
        self._mark_sort()

    def _build_tools(self) -> None:
        """Search and chips stand above the states: they stay when nothing matches."""
        self.search = QLineEdit()
        self.search.setPlaceholderText("Name, number, phone, e-mail or city")
        self.search.setAccessibleName("Search customers")
        self.search.setToolTip("Search customers (Ctrl+F)")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(240)
        self.search.setMaximumWidth(360)
        self.search.returnPressed.connect(self._enter_in_search)
        self.chips = ChipBar()
        self.sorter = button("Sort", lambda: None, tip="Choose the order of the list")
        tools = QWidget()
        row = QHBoxLayout(tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.search, 2)
        row.addWidget(self.chips, 3)
        row.addWidget(self.sorter)
        self.layout().insertWidget(2, tools)  # type: ignore[union-attr] - the page's own column

    def arrive(self, **args: Any) -> None:
        if "text" in args:
            self.search.setText(args["text"])
        for chip in args.get("filters", ()):
            self.chips.put(chip)
        self._timer.stop()
        self.context.background(self._options, lambda found: self.chips.offer(*found), owner=self)
        self.refresh()

    def _options(self) -> Any:
        app, actor = self.context.app, self.context.actor
        return customers.choices(app, actor), app.store.clock().date()

    def query(self) -> CustomerQuery:
        return CustomerQuery(self.search.text().strip(), self.chips.chips, self.sort, self.descending)

    def refresh(self) -> None:
        """Ask anew; an older question still under way is cancelled and its answer dropped."""
        self._stop.set()
        if self._ticket is not None:
            self._ticket.drop()
        self._stop = stop = Event()
        app, actor, query = self.context.app, self.context.actor, self.query()
        self.show_loading()
        self._ticket = self.context.background(
            lambda: customers.find(app, actor, query, cancel=stop.is_set), lambda ids: self._show(query, ids),
            self.show_error, self,
        )  # fmt: skip

    def _show(self, query: CustomerQuery, ids: Sequence[int]) -> None:
        self.matched.searched = tuple(fold(query.text).split())
        self.model.show_ids(ids)
        number = len(ids)
        found = "1 customer" if number == 1 else f"{words.count(number)} customers"
        if number:
            asked = query.text or query.filters
            self.say(f"{found} {'match' if number > 1 else 'matches'}." if asked else f"{found}.")
            self.show_content()
            self.table.setCurrentIndex(self.model.index(0, 0))
        elif query.text or query.filters:
            self.say("")
            self._say_no_match(query)
        else:
            self.say("")
            self.show_empty("This bank has no customers yet. Import a folder of files to begin: crmdesk import.")

    def _say_no_match(self, query: CustomerQuery) -> None:
        parts = [f"“{query.text}”"] if query.text else []
        if query.filters:
            parts.append("1 filter" if len(query.filters) == 1 else f"{len(query.filters)} filters")
        deeds = [("Drop last filter", self.chips.drop_last)] if query.filters else []
        self.show_no_match(f"No customer matches {' and '.join(parts)}.", *deeds, ("Clear", self.clear))

    def clear(self) -> None:
        """No search, no chips: everyone."""
        self.search.clear()
        self.chips.clear()
        self.find()

    def _fetch(self, ids: Sequence[int], arrived: Arrived) -> None:
        app, actor = self.context.app, self.context.actor
        self.context.background(lambda: customers.rows(app, actor, ids), arrived, self.show_error, self)

    def find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _type_into_search(self, text: str) -> None:
        self.search.setFocus()
        self.search.setText(text)

    def _enter_in_search(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.refresh()
        if len(self.model.ids):
            self.table.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (self.search.text() or self.chips.chips):
            self.clear()
        elif event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.table.setFocus()
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        row = self.model.row(index.row())
        if row is not None:
            self.context.open_page("customer", number=row.number)

    def _header_clicked(self, place: int) -> None:
        key = COLUMNS[place].key
        if key:
            self.sort_by(key, descending=key == self.sort and not self.descending)
        else:
            self._mark_sort()

    def sort_by(self, key: str, *, descending: bool) -> None:
        self.sort, self.descending = key, descending
        self._mark_sort()
        self.refresh()

    def _mark_sort(self) -> None:
        place = next(i for i, c in enumerate(COLUMNS) if c.key == self.sort)
        way = Qt.SortOrder.DescendingOrder if self.descending else Qt.SortOrder.AscendingOrder
        self.table.horizontalHeader().setSortIndicator(place, way)
        self.sorter.setText(f"Sort: {COLUMNS[place].title}{', descending' if self.descending else ''}")
        menu = QMenu(self.sorter)
        for column in COLUMNS:
            if column.key:
                again = column.key == self.sort and not self.descending
                menu.addAction(column.title, lambda k=column.key, d=again: self.sort_by(k, descending=d))
        self.sorter.setMenu(menu)
