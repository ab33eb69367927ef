"""Any table of a result as a Qt model: columns as arrays, sorted without a proxy, shown as locale text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from crmdesk.desk.theme import ROW

if TYPE_CHECKING:
    import pandas as pd

Index = QModelIndex | QPersistentModelIndex
WIDEST = 320
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FrameModel(QAbstractTableModel):
    """`frame` is never changed; `order` is the row order on screen."""

    def __init__(self, frame: pd.DataFrame) -> None:
        super().__init__()
        self._names = [str(name) for name in frame.columns]
        self._arrays = [frame[name].to_numpy() for name in frame.columns]
        self._order = list(range(len(frame)))
        self._locale = QLocale()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._names)

    def value(self, row: int, column: str) -> Any:
        """The value on a screen row, by the column's name."""
        return self._arrays[self._names.index(column)][self._order[row]]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        value = self._arrays[index.column()][self._order[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(value)
        if role == Qt.ItemDataRole.TextAlignmentRole and not isinstance(value, str) and _is_number(value):
            return int(RIGHT)
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(value)
        return None

    def _text(self, value: Any) -> str:
        if value is None or value is False:
            return "" if value is None else "no"
        if value is True or type(value).__name__ in ("bool", "bool_"):
            return "yes" if value else "no"
        if _is_number(value):
            return _number(float(value), self._locale)
        return str(value)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            return int(RIGHT if self._arrays[section].dtype.kind in "if" else LEFT)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._names[section].replace("_", " ") if orientation == Qt.Orientation.Horizontal else section + 1

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, what is missing last either way; column -1 is the table's own order."""
        if column < 0:
            return
        values = self._arrays[column]
        there = [i for i in range(len(values)) if not _missing(values[i])]
        gone = [i for i in range(len(values)) if _missing(values[i])]
        there.sort(key=lambda i: values[i], reverse=order == Qt.SortOrder.DescendingOrder)
        self.layoutAboutToBeChanged.emit()
        self._order = there + gone
        self.layoutChanged.emit()


def _is_number(value: Any) -> bool:
    return hasattr(value, "__float__") and not isinstance(value, str)


def _missing(value: Any) -> bool:
    return value is None or (_is_number(value) and math.isnan(float(value)))


def _number(value: float, locale: QLocale) -> str:
    if math.isnan(value):
        return "–"
    if value == int(value) and abs(value) < 1e15:
        return str(locale.toString(int(value)))
    return str(locale.toString(value, "f", 3 if abs(value) < 100 else 1))


def table_view(frame: pd.DataFrame, name: str) -> QTableView:
    """A sortable table of `frame`, named for screen readers."""
    view = QTableView()
    view.setModel(FrameModel(frame))
    view.setAccessibleName(f"Table {name.replace('_', ' ')}, {len(frame)} rows")
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setTabKeyNavigation(False)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.verticalHeader().setVisible(False)
    view.verticalHeader().setDefaultSectionSize(ROW)
    header = view.horizontalHeader()
    header.setResizeContentsPrecision(0)  # look at visible rows only: all rows took 1.6 s
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    view.setSortingEnabled(True)
    view.resizeColumnsToContents()
    for column in range(view.model().columnCount()):
        view.setColumnWidth(column, min(WIDEST, view.columnWidth(column) + 24))
    return view
