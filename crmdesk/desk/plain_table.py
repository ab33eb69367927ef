"""A read-only table of ready texts, for lists that are short enough to be held whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from crmdesk.desk.theme import ROW
from crmdesk.desk.zoom import px

LEAST = 112  # px of a column that takes what is left over
_Index = QModelIndex | QPersistentModelIndex


class TextModel(QAbstractTableModel):
    """`rows` of texts under `titles`; the columns in `right` hold numbers."""

    def __init__(self, titles: Sequence[str], right: frozenset[int], parent: Any = None) -> None:
        super().__init__(parent)
        self._titles, self._right = titles, right
        self._rows: Sequence[Sequence[str]] = ()

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if way != Qt.Orientation.Horizontal or not 0 <= section < len(self._titles):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(section)
        return self._titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not self.checkIndex(index, QAbstractTableModel.CheckIndexOption.IndexIsValid):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._rows[index.row()][index.column()]
        return None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in self._right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


def as_rows(view: QTableView, name: str, widths: Sequence[int] = ()) -> None:
    """The look all lists share: rows of 28 px without a grid, one of them chosen, Tab leads out of the table.

    `widths` of the columns in px before the zoom; 0 takes what is left over.
    """
    view.setAccessibleName(name)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setStyleSheet("QTableView::item { padding: 0 5px; }")  # under the header's own padding
    view.verticalHeader().setVisible(False)
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(px(ROW))
    view.horizontalHeader().setHighlightSections(False)
    for place, width in enumerate(widths):
        if width:
            view.setColumnWidth(place, px(width))
        else:
            view.horizontalHeader().setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
    if not all(widths):
        _Room(view, [place for place, width in enumerate(widths) if not width])


class _Room(QObject):
    """What takes the rest of a table never gets less than `LEAST` px: then the table scrolls sideways instead."""

    def __init__(self, view: QTableView, places: Sequence[int]) -> None:
        super().__init__(view)
        self._view, self._places = view, places
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.share()
        return False

    def share(self) -> None:
        view, header, mode = self._view, self._view.horizontalHeader(), QHeaderView.ResizeMode
        others = sum(view.columnWidth(at) for at in range(header.count()) if at not in self._places)
        fits = others + len(self._places) * px(LEAST) <= view.viewport().width()
        wanted = mode.Stretch if fits else mode.Interactive
        for place in self._places:
            if header.sectionResizeMode(place) != wanted:
                header.setSectionResizeMode(place, wanted)
                if not fits:
                    view.setColumnWidth(place, px(LEAST))


class PlainTable(QTableView):
    """Ready texts as rows; `widths` as `as_rows` takes them."""

    def __init__(
        self, name: str, titles: Sequence[str], widths: Sequence[int], right: frozenset[int] = frozenset()
    ) -> None:
        super().__init__()
        self.setModel(TextModel(titles, right, self))
        as_rows(self, name, widths)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        model: TextModel = self.model()
        model.show_rows(rows)


def under_deeds(owner: QWidget, table: PlainTable, *deeds: QWidget) -> QVBoxLayout:
    """The column of a tab: its deeds in a row, and the table under them, which takes the room."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for one in deeds:
        row.addWidget(one)
    row.addStretch(1)
    column = QVBoxLayout(owner)
    column.setContentsMargins(0, 12, 0, 0)
    column.setSpacing(8)
    column.addLayout(row)
    column.addWidget(table, 1)
    return column
