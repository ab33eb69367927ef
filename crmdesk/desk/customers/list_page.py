"""The customers page: search as you type, filter by chips, sort by any column, choose rows, open with Enter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from threading import Event
from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.list_columns import ShownColumns
from crmdesk.desk.customers.list_deeds import ListDeeds
from crmdesk.desk.customers.list_model import Arrived, PagedModel
from crmdesk.desk.customers.list_table import CustomerTable
from crmdesk.desk.customers.list_tools import ListTools
from crmdesk.desk.customers.near import offer_near
from crmdesk.desk.customers.search_notes import SearchNotes
from crmdesk.desk.page import Page
from crmdesk.domain.change import ALL, Change
from crmdesk.domain.customer import fold
from crmdesk.domain.rights import Actor, Reach, Right, grant
from crmdesk.services import customers, saved, withdrawn
from crmdesk.services.customers import CustomerQuery, CustomerRow, FilterField, ListColumn
from crmdesk.services.saved import SavedList

Offered = tuple[list[FilterField], list[ListColumn], list[SavedList], date]


class CustomersPage(Page):
    """List of customers; `arrive(text=, filters=, saved=id, query=)` starts with a search, chips or a saved list."""

    name: ClassVar[str] = "customers"
    tables: ClassVar[frozenset[str]] = frozenset({
        "customer", "interaction", "permission_event", "holding", "balance_month", "segment", "custom_field", "task",
    })  # fmt: skip
    # What the filter, the columns and the menu of saved lists are made of.
    offers: ClassVar[frozenset[str]] = frozenset({"custom_field", "saved_search", "branch", "staff", "segment", "run"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Customers")
        self._stop = Event()
        self._ticket: Any = None
        self._asked: CustomerQuery | None = None  # whose answer is shown
        self.model = PagedModel(self._fetch, self)
        self.tools = ListTools()
        self.search, self.chips, self.sorter = self.tools.search, self.tools.chips, self.tools.sorter
        self.table = CustomerTable(self.model, self.tools.type)
        self.columns = ShownColumns(context, self.table, self.tools)
        self.notes = SearchNotes(context, self)
        self.list_deeds = ListDeeds(self, self.table, self.tools, self.columns)
        self.layout().insertWidget(2, self.tools)  # type: ignore[union-attr] - above the states: stays at no match
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        self.table.activated.connect(self._open)
        self.table.picked.connect(self._show_picked)
        self.table.copied.connect(self.list_deeds.copy)
        self.tools.asked.connect(self.refresh)
        self.search.returnPressed.connect(self._enter_in_search)

    # Asking ----------------------------------------------------------------------------------------------------

    def place(self) -> dict[str, Any]:
        return {"query": self.query(), "title": self.title.text()}

    def arrive(self, **args: Any) -> None:
        if "query" in args:
            self.tools.put(args["query"])
            self.title.setText(args.get("title", self.title.text()))
        if "text" in args:
            self.search.setText(args["text"])
        for chip in args.get("filters", ()):
            self.chips.put(chip)
        self.tools.timer.stop()
        self._ask_offers(args.get("saved"))
        if "saved" not in args:
            self.refresh()

    def _ask_offers(self, then: int | None = None) -> None:
        """Fields, columns and saved lists as they are now; then the saved list `then` is opened."""
        app, actor = self.context.app, self.context.actor

        def ask() -> Offered:
            return (customers.fields(app, actor), customers.columns(app, actor), saved.lists(app, actor),
                    app.store.clock().date())  # type: ignore[union-attr] # fmt: skip

        self.context.background(ask, lambda found: self._offered(*found, then), owner=self)

    def _offered(self, fields: list[FilterField], columns: list[ListColumn], lists: list[SavedList], today: date,
                 then: int | None) -> None:  # fmt: skip
        self.chips.offer(fields, today)
        self.columns.offer(columns)
        self.list_deeds.show_lists(lists)
        if then is not None:
            found = next((one for one in lists if one.id == then), None)
            if found is not None:
                self.list_deeds.open_list(found)
            else:
                self.context.notify("This saved list is gone; somebody deleted it meanwhile.")
                self.refresh()

    def cares_about(self, change: Change) -> bool:
        if self.offers & set(change.touched):
            self._ask_offers()
        self._let_go(change)
        return super().cares_about(change)

    def _let_go(self, change: Change) -> None:
        """Whom the change keeps out is dropped at once; a filter over a large bank, asked anew, answers later."""
        app, actor, query = self.context.app, self.context.actor, self._asked
        touched = change.touched.get("customer", ALL)
        if "permission_event" not in change.touched or query is None or not isinstance(touched, frozenset):
            return
        if len(touched) > withdrawn.AT_MOST:
            return

        def drop(gone: frozenset[int]) -> None:
            if gone and query == self._asked:
                left = self.table.drop(gone)
                self._say_found(query, left)

        self.context.background(lambda: withdrawn.leaving(app, actor, query, touched), drop, owner=self)

    def query(self) -> CustomerQuery:
        return self.tools.query()

    def refresh(self) -> None:
        """Ask anew; an older question still under way is cancelled and its answer dropped."""
        self.tools.timer.stop()
        self._stop.set()
        if self._ticket is not None:
            self._ticket.drop()
        self._stop = stop = Event()
        app, actor, query = self.context.app, self.context.actor, self.query()
        self.show_loading()
        self._ticket = self.context.background(
            lambda: (customers.find(app, actor, query, cancel=stop.is_set), customers.search_rule(app, actor)),
            lambda found: self._show(query, *found), self.show_error, self,
        )  # fmt: skip

    def _fetch(self, ids: Sequence[int], arrived: Arrived) -> None:
        app, actor = self.context.app, self.context.actor
        extra, text = self.columns.extra, self._asked.text if self._asked else ""

        def done(rows: list[CustomerRow]) -> None:
            arrived(rows)
            self.columns.tell_failed(rows)

        self.context.background(lambda: customers.rows(app, actor, ids, extra, text), done, self.show_error, self)

    # Showing ---------------------------------------------------------------------------------------------------

    def _show(self, query: CustomerQuery, ids: Sequence[int], rule: str) -> None:
        self.columns.matched.searched = tuple(fold(query.text).split())
        stay, self._asked = query == self._asked, query  # rows are fetched for the query that found them
        self.table.show_ids(ids, stay=stay)
        self.notes.shown(query.text, len(ids), (query.filters, query.sort, query.descending))
        self._show_picked()
        if len(ids):
            self._say_found(query, len(ids), rule)
            self.show_content()
        elif rule and sum(letter.isalnum() for letter in query.text) < customers.LETTERS_AT_LEAST:
            self.say("")
            self.show_no_match(f"You find customers one at a time. {rule}", ("Clear", self.clear))
        elif query.text or query.filters:
            self.say("")
            self._say_no_match(query)
        else:
            self.say("")
            self.show_empty(_why_nobody(self.context.actor))

    def _say_found(self, query: CustomerQuery, number: int, rule: str = "") -> None:
        found = "1 customer" if number == 1 else f"{words.count(number)} customers"
        asked = query.text or query.filters
        if rule and number >= customers.FOUND_AT_MOST:
            self.say(f"{found} are shown, and no more at once; type more of the name to find others.")
            return
        self.say(f"{found} {'matches' if number == 1 else 'match'}." if asked else f"{found}.")

    def _show_picked(self) -> None:
        self.tools.show_picked(self.table.number_chosen, self.model.rowCount(), every=self.table.all_chosen)

    def _say_no_match(self, query: CustomerQuery) -> None:
        parts = [f"“{query.text}”"] if query.text else []
        if query.filters:
            parts.append("1 filter" if len(query.filters) == 1 else f"{len(query.filters)} filters")
        deeds = [("Drop last filter", self.chips.drop_last)] if query.filters else []
        told = f"No customer matches {' and '.join(parts)}."
        self.show_no_match(told, *deeds, ("Clear", self.clear))
        if query.text and not query.filters:
            offer_near(self, self.search, told, self.clear)

    # Keys ------------------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """No search, no chips: everyone."""
        self.search.clear()
        self.chips.clear()
        self.title.setText("Customers")
        self.list_deeds.open_list_now = None
        self.find()

    def export(self) -> None:
        """Ctrl+E."""
        self.list_deeds.export()

    def find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _enter_in_search(self) -> None:
        if self.tools.at_once():
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
            self.notes.commit()
            self.context.open_page("customer", number=row.number)


def _why_nobody(actor: Actor) -> str:
    """Why the list without search and filter is empty."""
    cell = grant(actor, Right.READ_CUSTOMER)
    if cell is not None and cell.reach != Reach.ALL:
        return "No customer of this bank is looked after by you or your branch."
    return "This bank has no customers yet. Import a folder of files to begin: crmdesk import."
