"""A sortable table of ready texts for the lists beside pictures; what it sorts by are the numbers behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

Index = QModelIndex | QPersistentModelIndex
ROW = 28


class TextModel(QAbstractTableModel):
    """`columns` are (title, texts, sort keys or None for texts that sort by themselves)."""

    def __init__(self, columns: Sequence[tuple[str, Sequence[str], NDArray[Any] | None]]) -> None:
        super().__init__()
        self._columns = columns
        self.order: list[int] = list(range(len(columns[0][1])))

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section][0]
        return self._side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._columns[index.column()][1][self.order[index.row()]]
        return self._side(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _side(self, column: int) -> int:
        side = Qt.AlignmentFlag.AlignLeft if self._columns[column][2] is None else Qt.AlignmentFlag.AlignRight
        return int(side | Qt.AlignmentFlag.AlignVCenter)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, what is missing last either way; column -1 is the table's own order."""
        down = order == Qt.SortOrder.DescendingOrder
        rows = list(range(len(self._columns[0][1])))
        if column >= 0:
            _, texts, keys = self._columns[column]
            if keys is None:
                rows.sort(key=lambda row: texts[row], reverse=down)
            else:
                rows = [int(row) for row in np.argsort(-keys if down else keys, kind="stable")]
        self.beginResetModel()
        self.order = rows
        self.endResetModel()


class TextTable(QTableView):
    """`picked` tells the row of `columns` that the person stands on; `widths` in px, 0 takes what is left over."""

    picked = Signal(int)

    def __init__(self, name: str, columns: Sequence[tuple[str, Sequence[str], NDArray[Any] | None]],
                 widths: Sequence[int]) -> None:  # fmt: skip
        super().__init__()
        self.texts = TextModel(columns)
        self.setModel(self.texts)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setStyleSheet("QTableView::item { padding: 0 6px; }")
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        for column, width in enumerate(widths):
            if width:
                self.setColumnWidth(column, width)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.setSortingEnabled(True)
        self.selectionModel().currentRowChanged.connect(self._moved)

    def choose(self, row: int) -> None:
        """Stand on a row of the data, wherever it is sorted to."""
        if row in self.texts.order and self.row != row:
            self.setCurrentIndex(self.texts.index(self.texts.order.index(row), 0))

    @property
    def row(self) -> int:
        """The row of the data that is chosen, or -1."""
        now = self.currentIndex()
        return self.texts.order[now.row()] if now.isValid() else -1

    def _moved(self, now: QModelIndex, before: QModelIndex) -> None:
        if now.isValid():
            self.picked.emit(self.texts.order[now.row()])
