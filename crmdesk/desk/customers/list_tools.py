"""What stands above the list: search, chips, how many are chosen, order, columns and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.chips import ChipBar
from crmdesk.desk.customers.list_model import Column
from crmdesk.desk.widgets import Elided, button
from crmdesk.desk.zoom import px
from crmdesk.services.customers import CustomerQuery

DEBOUNCE = 150  # ms after the last key


class ListTools(QWidget):
    """Search and chips, which ask (`asked`) after a pause; the order, which asks at once; buttons for the page."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.sort, self.descending = "name", False
        self._columns: Sequence[Column] = ()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Name, number, account, phone, e-mail, city")
        self.search.setAccessibleName("Search customers")
        self.search.setToolTip("Search customers by name, number, phone, e-mail, city or account (Ctrl+F)")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(px(296))
        self.chips = ChipBar()
        self.picked = Elided("")
        self.picked.setProperty("role", "muted")
        self.sorter = button("Sort", lambda: None, tip="Choose the order of the list")
        self.columns_button = button("&Columns...", lambda: None, tip="Choose and order the columns of the list")
        self.actions_button = button("&Actions", lambda: None, tip="What can be done with the chosen customers")
        self._lay_out()
        self.timer = QTimer(self, singleShot=True, interval=DEBOUNCE)
        self.timer.timeout.connect(self.asked)
        self.search.textChanged.connect(lambda *_: self.timer.start())
        self.chips.changed.connect(lambda: self.timer.start())

    def _lay_out(self) -> None:
        first = QGridLayout()
        first.setHorizontalSpacing(8)
        first.addWidget(self.search, 0, 0, Qt.AlignmentFlag.AlignTop)
        first.addWidget(self.chips, 0, 1)
        first.setColumnStretch(1, 1)
        second = QHBoxLayout()
        second.setSpacing(8)
        second.addWidget(self.picked, 1)
        for part in (self.sorter, self.columns_button, self.actions_button):
            second.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(first)
        column.addLayout(second)

    # What is asked ---------------------------------------------------------------------------------------------

    def query(self) -> CustomerQuery:
        return CustomerQuery(self.search.text().strip(), self.chips.chips, self.sort, self.descending)

    def put(self, query: CustomerQuery) -> None:
        """Show a saved question; the caller asks it."""
        self.search.setText(query.text)
        self.chips.put_all(query.filters)
        self.sort, self.descending = query.sort, query.descending
        self.show_columns(self._columns)

    def at_once(self) -> bool:
        """Whether a question was waiting for the next key; it is asked now."""
        waiting = self.timer.isActive()
        self.timer.stop()
        return waiting

    def type(self, text: str) -> None:
        """A letter pressed in the table begins a search."""
        self.search.setFocus()
        self.search.setText(text)

    # Order -----------------------------------------------------------------------------------------------------

    def show_columns(self, columns: Sequence[Column]) -> None:
        """The menu of orders follows the columns; one by a column that is gone stays as it is."""
        self._columns = columns
        name = next((c.title for c in columns if c.sort == self.sort), self.sort.rpartition(".")[2].capitalize())
        self.sorter.setText(f"Sort: {name}{', descending' if self.descending else ''}".replace("&", "&&"))
        old, menu = self.sorter.menu(), QMenu(self.sorter)
        for column in columns:
            if column.sort:
                again = column.sort == self.sort and not self.descending
                menu.addAction(column.title, lambda k=column.sort, d=again: self.sort_by(k, descending=d))
        self.sorter.setMenu(menu)
        if old is not None:
            old.deleteLater()  # it may still be closing

    def sort_by(self, key: str, *, descending: bool) -> None:
        self.sort, self.descending = key, descending
        self.show_columns(self._columns)
        self.asked.emit()

    def turn(self, key: str) -> None:
        """Sort by a column, or the other way round where that is the order already."""
        self.sort_by(key, descending=key == self.sort and not self.descending)

    # Who is chosen ---------------------------------------------------------------------------------------------

    def show_picked(self, chosen: int, total: int, *, every: bool) -> None:
        """How many rows are chosen, or how to choose them."""
        if every:
            text = f"All {words.count(total)} by filter are chosen"
        elif chosen > 1:
            text = f"{words.count(chosen)} of {words.count(total)} chosen"
        else:
            text = f"Ctrl+A chooses all {words.count(total)}" if total > 1 else ""
        self.picked.setText(text)
        self.picked.setToolTip("Space or Ctrl+click chooses one more, Shift+arrows a range, Ctrl+A all by filter")
        number = f" ({words.count(chosen)} chosen)" if chosen > 1 else ""
        self.actions_button.setText(f"&Actions{number}")
        self.actions_button.setAccessibleName(f"Actions{number}")


def fill_menu(owner: QPushButton, deeds: Sequence[tuple[str, Callable[[], Any], str] | None]) -> None:
    """Texts, deeds and shortcuts as the menu of a button; None is a line between two groups."""
    menu = owner.menu() or QMenu(owner)
    menu.clear()
    for deed in deeds:
        if deed is None:
            menu.addSeparator()
            continue
        text, act, keys = deed
        # The shortcut itself belongs to the menu bar; here it is only told.
        menu.addAction(f"{text.replace('&', '&&')}\t{keys}" if keys else text.replace("&", "&&"), act)
    owner.setMenu(menu)
