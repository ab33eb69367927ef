"""Any table of a result as a Qt model: columns as arrays, sorted without a proxy, shown as locale text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from crmdesk.desk.plain_table import as_rows
from crmdesk.desk.zoom import px

if TYPE_CHECKING:
    import pandas as pd

Index = QModelIndex | QPersistentModelIndex
WIDEST = 320
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


# What people call the columns of the contract; any other name is shown with its underscores as spaces.
HEADINGS = {
    "tier1": "Group code", "tier2": "Level code", "n": "Customers", "value_ratio": "Value against the mean",
    "d": "Difference (SD)", "q": "q (adjusted p)", "k": "Groups", "boot_ari": "Agreement", "null_p": "p against chance",
    "min_jaccard": "Least group agreement", "ari": "Adjusted Rand index", "ami": "Adjusted mutual information",
    "v": "V measure", "tier1_ari": "Agreement with the groups", "given_k": "As many segments", "parent": "In group",
    "runner_up": "Next segment", "distance_pct": "Distance, percentile", "low": "Lowest", "high": "Highest",
    "age_days": "Days since", "contactable": "May be contacted", "lift": "Times the mean", "tier": "Stage",
}  # fmt: skip
SHARES = frozenset({"share", "value_share", "strength", "contactable"})


def heading(name: str) -> str:
    """A column's name in words."""
    plain = name.replace("_", " ")
    return HEADINGS.get(name, plain[:1].upper() + plain[1:])


class FrameModel(QAbstractTableModel):
    """`frame` is never changed; `order` is the row order on screen."""

    def __init__(self, frame: pd.DataFrame) -> None:
        super().__init__()
        self._names = [str(name) for name in frame.columns]
        self._shares = {i for i, name in enumerate(self._names) if name in SHARES}
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
            return self._text(value, index.column() in self._shares)
        if role == Qt.ItemDataRole.TextAlignmentRole and _is_number(value):
            return int(RIGHT)
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(value)
        return None

    def _text(self, value: Any, share: bool = False) -> str:
        if value is None or value is False:
            return "" if value is None else "no"
        if value is True or type(value).__name__ in ("bool", "bool_"):
            return "yes" if value else "no"
        if _is_number(value):
            if share and not _missing(value) and 0 <= value <= 1:
                return _number(float(value) * 100, self._locale, 1) + " %"
            return _number(float(value), self._locale)
        return str(value)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            return int(RIGHT if self._arrays[section].dtype.kind in "if" else LEFT)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return heading(self._names[section]) if orientation == Qt.Orientation.Horizontal else section + 1

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
    return hasattr(value, "__float__") and not isinstance(value, str) and type(value).__name__ not in ("bool", "bool_")


def _missing(value: Any) -> bool:
    return value is None or (_is_number(value) and math.isnan(float(value)))


def _number(value: float, locale: QLocale, decimals: int | None = None) -> str:
    if math.isnan(value):
        return "–"
    if decimals is None and value == int(value) and abs(value) < 1e15:
        return str(locale.toString(int(value)))
    return str(locale.toString(value, "f", decimals if decimals is not None else 3 if abs(value) < 100 else 1))


def table_view(frame: pd.DataFrame, name: str) -> QTableView:
    """A sortable table of `frame`, named for screen readers."""
    view = QTableView()
    view.setModel(FrameModel(frame))
    as_rows(view, f"Table {name.replace('_', ' ')}, {len(frame)} rows")
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    header = view.horizontalHeader()
    header.setResizeContentsPrecision(0)  # look at visible rows only: all rows took 1.6 s
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    view.setSortingEnabled(True)
    view.resizeColumnsToContents()
    for column, title in enumerate(frame.columns):
        view.setColumnWidth(column, min(px(WIDEST), view.columnWidth(column) + px(16)))
        # Keys are for programs that read the export; people have the same in words beside them.
        view.setColumnHidden(column, str(title) == "keys" or str(title).endswith("_keys"))
    return view
