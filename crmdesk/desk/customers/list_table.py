"""The table over the paged model: rows chosen by keys or mouse as ranges, so that all of 1.5 million cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from crmdesk.desk.customers.list_model import Column, PagedModel
from crmdesk.desk.plain_table import as_rows
from crmdesk.desk.zoom import px

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AT_MOST: Final = 10_000  # customers chosen one by one; more are chosen by the filter
NARROW: Final = 148  # px: the name keeps this much before the table scrolls sideways
_SELECT: Final = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


@dataclass(frozen=True)
class _Held:
    """What stands where: the customer in hand, those chosen (`every`: all by filter), the first row seen."""

    current: int | None
    chosen: tuple[int, ...]
    every: bool
    seen: int


class CustomerTable(QTableView):
    """Fixed heights; letters go to the search field; `picked` tells that other rows are chosen."""

    picked = Signal()
    copied = Signal()

    def __init__(self, model: PagedModel, typed: Callable[[str], Any]) -> None:
        super().__init__()
        self._typed = typed
        self.setModel(model)
        as_rows(self, "Customers")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        # Headers that follow the selection ask every chosen row for its flags: 12 s for 1.5 million.
        apart = QItemSelectionModel(model, self)
        self.verticalHeader().setSelectionModel(apart)
        self.horizontalHeader().setSelectionModel(apart)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setResizeContentsPrecision(0)
        self.show_widths(lambda key: 0)
        self.selectionModel().selectionChanged.connect(lambda *_: self.picked.emit())
        model.modelReset.connect(self.picked.emit)

    @property
    def paged(self) -> PagedModel:
        model = self.model()
        assert isinstance(model, PagedModel)
        return model

    # Columns ---------------------------------------------------------------------------------------------------

    def show_widths(self, width: Callable[[str], int]) -> None:
        """Each column as wide as `width(key)` px, or as it was made where that is 0; the name takes what is left."""
        for place, column in enumerate(self.paged.columns):
            self.setColumnWidth(place, px(width(column.key) or column.width))
        self._stretch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stretch()

    def _stretch(self) -> None:
        columns, header = self.paged.columns, self.horizontalHeader()
        name = max(0, self.paged.place("name"))
        others = sum(self.columnWidth(place) for place in range(len(columns)) if place != name)
        fits = others + px(NARROW) <= self.viewport().width()
        mode = QHeaderView.ResizeMode
        for place in range(len(columns)):
            wanted = mode.Stretch if place == name and fits else mode.Interactive
            if header.sectionResizeMode(place) != wanted:
                header.setSectionResizeMode(place, wanted)
        if not fits and self.columnWidth(name) < px(NARROW):
            self.setColumnWidth(name, px(columns[name].width))

    # Who is chosen ---------------------------------------------------------------------------------------------

    @property
    def number_chosen(self) -> int:
        return sum(span.height() for span in self.selectionModel().selection())

    @property
    def all_chosen(self) -> bool:
        """Whether every one of several rows is chosen: then the filter says who, not a list of ids."""
        return self.number_chosen == self.paged.rowCount() > 1

    def chosen_ids(self) -> tuple[int, ...]:
        """The ids of the chosen rows, from the top; of more than 10,000 only the first."""
        spans = sorted((span.top(), span.bottom()) for span in self.selectionModel().selection())
        found: list[int] = []
        for top, bottom in spans:
            found += [int(i) for i in self.paged.ids[top : min(bottom, top + AT_MOST - len(found) - 1) + 1]]
        return tuple(found)

    def show_ids(self, ids: Sequence[int] | NDArray[np.int64], *, stay: bool) -> None:
        """Other rows. With `stay` the list is the same one after a change: what was chosen and seen stays in place."""
        held = self._hold() if stay else None
        self.paged.show_ids(ids)
        if held is not None:
            self._put_back(held)
        elif len(ids):
            self.setCurrentIndex(self.paged.index(0, 0))

    def drop(self, gone: frozenset[int]) -> int:
        """The same rows without some customers; gives how many are left."""
        import numpy as np

        ids = np.asarray(self.paged.ids)
        kept = ids[~np.isin(ids, list(gone))]
        if len(kept) < len(ids):
            self.show_ids(kept, stay=True)
        return len(kept)

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Other columns of the same rows; what was chosen and seen stays in place."""
        held = self._hold()
        self.paged.show_columns(columns)
        self._put_back(held)

    def _hold(self) -> _Held:
        here, ids, number = self.currentIndex().row(), self.paged.ids, self.number_chosen
        every = self.all_chosen
        chosen = self.chosen_ids() if not every and number <= AT_MOST else ()
        current = int(ids[here]) if 0 <= here < len(ids) else None
        return _Held(current, chosen, every, self.verticalScrollBar().value())

    def _put_back(self, held: _Held) -> None:
        ids = self.paged.ids
        if not len(ids):
            return
        place = _place(ids, held.current) if held.current is not None else 0
        index = self.paged.index(max(0, place), 0)
        if held.every or len(held.chosen) > 1:
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        else:
            self.setCurrentIndex(index)
        if held.every:
            self.selectAll()
        elif len(held.chosen) > 1:
            self.selectionModel().select(self._rows(ids, held.chosen), _SELECT)
        self.verticalScrollBar().setValue(held.seen)

    def _rows(self, ids: Sequence[int] | NDArray[np.int64], chosen: Sequence[int]) -> QItemSelection:
        import numpy as np

        made, last = QItemSelection(), len(self.paged.columns) - 1
        for row in np.flatnonzero(np.isin(np.asarray(ids), np.asarray(chosen))):
            made.append(QItemSelectionRange(self.paged.index(int(row), 0), self.paged.index(int(row), last)))
        return made

    # Keys ------------------------------------------------------------------------------------------------------

    def keyboardSearch(self, text: str) -> None:
        # Qt would ask every row of the bank for its text; the service's search does it in SQL.
        if text.strip():
            self._typed(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        else:
            super().keyPressEvent(event)


def _place(ids: Sequence[int] | NDArray[np.int64], key: int) -> int:
    """Where a customer stands in the list, -1 for one who left it."""
    import numpy as np

    found = np.flatnonzero(np.asarray(ids) == key)
    return int(found[0]) if len(found) else -1
