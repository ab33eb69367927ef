"""The table over the paged model: rows chosen by keys or mouse as ranges, so that all of 1.5 million cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from crmdesk.desk.customers.list_model import PagedModel
from crmdesk.desk.theme import ROW
from crmdesk.desk.zoom import px

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AT_MOST: Final = 10_000  # customers chosen one by one; more are chosen by the filter
NARROW: Final = 148  # px: the name keeps this much before the table scrolls sideways
_SELECT: Final = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


class CustomerTable(QTableView):
    """Fixed heights; letters go to the search field; `picked` tells that other rows are chosen."""

    picked = Signal()
    copied = Signal()

    def __init__(self, model: PagedModel, typed: Callable[[str], Any]) -> None:
        super().__init__()
        self._typed = typed
        self.setModel(model)
        self.setAccessibleName("Customers")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView::item { padding: 0 5px; }")  # under the header's own padding
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        # Headers that follow the selection ask every chosen row for its flags: 12 s for 1.5 million.
        apart = QItemSelectionModel(model, self)
        self.verticalHeader().setSelectionModel(apart)
        self.horizontalHeader().setSelectionModel(apart)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(px(ROW))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
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
        every, number = self.all_chosen, self.number_chosen
        chosen = self.chosen_ids() if stay and not every and number <= AT_MOST else ()
        here, at = self.currentIndex().row(), self.verticalScrollBar().value()
        current = int(self.paged.ids[here]) if stay and 0 <= here < len(self.paged.ids) else None
        self.paged.show_ids(ids)
        if not len(ids):
            return
        place = _place(ids, current) if current is not None else 0
        flag = QItemSelectionModel.SelectionFlag
        if not stay or (not every and len(chosen) <= 1):
            self.setCurrentIndex(self.paged.index(max(0, place), 0))
        else:
            self.selectionModel().setCurrentIndex(self.paged.index(max(0, place), 0), flag.NoUpdate)
            if every:
                self.selectAll()
            else:
                self.selectionModel().select(self._rows(ids, chosen), _SELECT)
        if stay:
            self.verticalScrollBar().setValue(at)

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
