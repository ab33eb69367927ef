"""The permission grid: purposes by channels as a table with glyph, word and date in each cell."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.theme import GLYPHS
from crmdesk.desk.zoom import px
from crmdesk.domain.permission import MARKETING_CHANNELS
from crmdesk.services.permissions import Cell, Grid

HEIGHT: Final = 44
HEADER: Final = 30
CELL: Final = Qt.ItemDataRole.UserRole
CHANGED: Final = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex


class GridModel(QAbstractTableModel):
    """Rows are purposes, columns the six channels; a purpose without channels fills its first column.

    With a second grid (`now`), cells whose state differs from it carry CHANGED.
    """

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[Cell, ...], ...] = ()
        self._now: tuple[tuple[Cell, ...], ...] = ()

    def show_grid(self, grid: Grid, now: Grid | None = None) -> None:
        self.beginResetModel()
        self._rows = grid.rows
        self._now = now.rows if now else grid.rows
        self.endResetModel()

    def merged(self, row: int) -> bool:
        """Whether one cell stands for all channels of the row."""
        cells = self._rows[row]
        return len(cells) == 1 or len({(words.look(c.decision), c.on, c.decision.reason) for c in cells}) == 1

    def cell(self, row: int, column: int) -> Cell:
        cells = self._rows[row]
        return cells[0] if self.merged(row) else cells[column]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(MARKETING_CHANNELS)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if way == Qt.Orientation.Horizontal:
            return words.CHANNELS[MARKETING_CHANNELS[section]] if section < len(MARKETING_CHANNELS) else None
        return words.PURPOSES[self._rows[section][0].purpose] if section < len(self._rows) else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not self.checkIndex(index, QAbstractTableModel.CheckIndexOption.IndexIsValid):
            return None
        cell = self.cell(index.row(), index.column())
        if role == CELL:
            return cell
        if role == CHANGED:
            now = self._now[index.row()]
            before = now[0] if len(now) == 1 else now[index.column()]
            return before.decision.state != cell.decision.state
        word = words.state(cell.decision)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{GLYPHS[words.look(cell.decision)]} {word}{', all channels' if self.merged(index.row()) else ''}"
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            where = "all channels" if self.merged(index.row()) else words.CHANNELS[MARKETING_CHANNELS[index.column()]]
            return f"{words.PURPOSES[cell.purpose]}, {where}: {word}. {cell.decision.reason.capitalize()}."
        return None


class CellDelegate(QStyledItemDelegate):
    """Fill and ink of the state, the word over the date; what has lapsed is hatched, what changed is outlined."""

    def __init__(self, context: DeskContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        cell: Cell = index.data(CELL)
        look = words.look(cell.decision)
        theme = self._context.theme
        colours = theme.permission(look)
        area = QRect(option.rect).adjusted(1, 1, -1, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.fill))
        painter.drawRoundedRect(area, 4, 4)
        if look == "expired":
            painter.setBrush(QBrush(QColor(theme.line), Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(area, 4, 4)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if focused or index.data(CHANGED):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent if focused else theme.text), 2))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 4, 4)
        painter.setPen(QColor(colours.ink))
        self._write(painter, option, area.adjusted(5, 4, -1, -4), index.data(), cell)
        painter.restore()

    @staticmethod
    def _write(painter: QPainter, option: QStyleOptionViewItem, inner: QRect, text: str, cell: Cell) -> None:
        """The word, and under it the day, or the reason where no event decides."""
        metrics = option.fontMetrics
        if metrics.horizontalAdvance(text) > inner.width() and not cell.decision.allowed:
            text = f"{GLYPHS[words.look(cell.decision)]} No"  # the tooltip and the name keep the exact word
        day = words.on(cell.on) if cell.on else ""
        if metrics.horizontalAdvance(day) >= inner.width():
            day = f"{day[:-4]}’{day[-2:]}"  # 12 May ’26; the tooltip has the year in full
        under = day if day else cell.decision.reason.capitalize() if cell.decision.allowed else ""
        lines = [metrics.elidedText(t, Qt.TextElideMode.ElideRight, inner.width()) for t in (text, under) if t]
        top = inner.top() + (inner.height() - len(lines) * metrics.height()) // 2 + metrics.ascent()
        for place, line in enumerate(lines):
            painter.drawText(inner.left(), top + place * metrics.height(), line)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(px(72), px(HEIGHT))


class PermissionGrid(QTableView):
    """The grid at its full height.

    `evidence_asked(seq)`: Enter or a double click asks what a cell rests on. `chosen(purpose, channels)`: a cell became
    the current one, () = all channels. `withdraw_asked`: Delete was pressed on it.
    """

    evidence_asked = Signal(object)
    chosen = Signal(str, object)
    withdraw_asked = Signal()

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.setModel(GridModel(self))
        self.setItemDelegate(CellDelegate(context, self))
        self.setAccessibleName("Permissions by purpose and channel")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setStyleSheet("QTableView { border: 0; }")
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setFixedHeight(px(HEADER))
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(px(HEIGHT))
        self.verticalHeader().setHighlightSections(False)
        self.doubleClicked.connect(self._ask)
        self.selectionModel().currentChanged.connect(self._moved)
        self._fit()

    def show_grid(self, grid: Grid, now: Grid | None = None) -> None:
        """Decisions at one moment; with `now`, what differs from today is outlined."""
        model: GridModel = self.model()
        current = self.currentIndex()
        row, column = (current.row(), current.column()) if current.isValid() else (-1, -1)
        self.clearSpans()
        model.show_grid(grid, now)
        for place in range(model.rowCount()):
            if model.merged(place):
                self.setSpan(place, 0, 1, model.columnCount())
        if 0 <= row < model.rowCount():
            self.setCurrentIndex(model.index(row, column))  # the same cell stays the current one
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(px(HEADER) + px(HEIGHT) * max(1, self.model().rowCount()) + 2)

    def _ask(self, index: QModelIndex) -> None:
        cell: Cell | None = index.data(CELL)
        if cell is not None:
            self.evidence_asked.emit(cell.decision.seq)

    def place(self) -> tuple[str, tuple[str, ...]] | None:
        """Purpose and channels of the current cell, () = all channels; None without one."""
        index = self.currentIndex()
        cell: Cell | None = index.data(CELL)
        if cell is None:
            return None
        model: GridModel = self.model()
        return cell.purpose, () if model.merged(index.row()) or not cell.channel else (cell.channel,)

    def _moved(self, *_: QModelIndex) -> None:
        place = self.place()
        if place is not None:
            self.chosen.emit(*place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._ask(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.withdraw_asked.emit()
        else:
            super().keyPressEvent(event)
