"""The permissions of the whole bank as a table: how many say yes in each cell, and a bar of all states beneath."""

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
from crmdesk.desk.theme import GLYPHS, WORDS, Theme
from crmdesk.desk.zoom import px
from crmdesk.domain.permission import CONSENT_PURPOSES, MARKETING_CHANNELS, MINING_PURPOSES
from crmdesk.services.permission_bank import Overview, Place

ROW: Final = 44
HEADER: Final = 30
PURPOSES: Final = (*CONSENT_PURPOSES, *MINING_PURPOSES)
# From yes to the strictest no: the order of the bar's parts and of the table beneath the grid.
STATES: Final = ("granted", "pending", "none", "expired", "refused", "withdrawn", "objected", "restricted", "erased")
PLACE: Final = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


def percent(part: int, whole: int) -> str:
    """A share in whole percent, one decimal below ten: "31 %", "0.4 %"."""
    share = 100 * part / whole if whole else 0.0
    return f"{share:.1f} %" if 0 < share < 10 else f"{share:.0f} %"


class BankModel(QAbstractTableModel):
    """Rows are purposes, columns channels; a purpose without channels fills its row."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.overview: Overview | None = None

    def show_overview(self, overview: Overview) -> None:
        self.beginResetModel()
        self.overview = overview
        self.endResetModel()

    @staticmethod
    def place(row: int, column: int) -> Place:
        purpose = PURPOSES[row]
        return purpose, (MARKETING_CHANNELS[column] if purpose in CONSENT_PURPOSES else None)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() or self.overview is None else len(PURPOSES)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(MARKETING_CHANNELS)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if way == Qt.Orientation.Horizontal:
            return words.CHANNELS[MARKETING_CHANNELS[section]] if section < len(MARKETING_CHANNELS) else None
        return words.PURPOSES[PURPOSES[section]] if section < len(PURPOSES) else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        overview = self.overview
        if overview is None or not self.checkIndex(index, QAbstractTableModel.CheckIndexOption.IndexIsValid):
            return None
        place = self.place(index.row(), index.column())
        if role == PLACE:
            return place
        yes = overview.allowed.get(place, 0)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{GLYPHS['granted']} {words.count(yes)}"
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            reached = f"{words.count(yes)} of {words.count(overview.customers)} customers"
            return f"{named(place)}: {reached}. {parts(overview, place)}"
        return None


def named(place: Place) -> str:
    """A cell in words: "Offers, E-mail", or "Profiling"."""
    purpose, channel = place
    return f"{words.PURPOSES[purpose]}, {words.CHANNELS[channel]}" if channel else words.PURPOSES[purpose]


def parts(overview: Overview, place: Place) -> str:
    """Every state of a cell with its count: "Not asked 9,100, expired 220."."""
    counts = overview.rows.get(place, {})
    told = [f"{WORDS[state].lower()} {words.count(counts[state])}" for state in STATES if counts.get(state)]
    return f"{', '.join(told).capitalize()}." if told else ""


def bar_parts(overview: Overview, place: Place) -> dict[str, int]:
    """What a cell's bar is made of: the states; for mining everybody who may be used counts as a yes."""
    counts = overview.rows.get(place, {})
    if place[1] is not None:
        return counts
    strict = {state: n for state, n in counts.items() if state not in ("granted", "pending", "none")}
    yes = overview.allowed.get(place, 0)
    return {"granted": yes, "none": max(0, overview.customers - yes - sum(strict.values())), **strict}


def paint_state(painter: QPainter, area: QRect, theme: Theme, state: str) -> None:
    """The colour of a state, with a pattern where colours alone would not tell two states apart."""
    ink = theme.permission(state)
    painter.fillRect(area, QColor(ink.ink if state != "none" else ink.fill))
    if state in ("expired", "withdrawn", "restricted"):
        painter.fillRect(area, QBrush(QColor(theme.surface), Qt.BrushStyle.BDiagPattern))
    elif state == "objected":
        painter.fillRect(area, QBrush(QColor(theme.surface), Qt.BrushStyle.DiagCrossPattern))


class SwatchDelegate(QStyledItemDelegate):
    """The name of a state after a swatch of its bar part; `states` are those of the rows."""

    def __init__(self, context: DeskContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.states: tuple[str, ...] = ()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        area = QRect(option.rect)
        theme = self._context.theme
        side = px(13)
        swatch = QRect(area.left() + 6, area.center().y() - side // 2, side, side)
        paint_state(painter, swatch, theme, self.states[index.row()])
        painter.setPen(QColor(theme.line))
        painter.drawRect(swatch)
        painter.setPen(QColor(theme.text))
        painter.drawText(area.adjusted(px(28), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, str(index.data()))


class BankCellDelegate(QStyledItemDelegate):
    """The count and its share over a bar whose parts are the states, in the colours and hatching of the small grid."""

    def __init__(self, context: DeskContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        overview: Overview | None = model.overview if isinstance(model, BankModel) else None
        if overview is None:
            return
        theme, place = self._context.theme, index.data(PLACE)
        area = QRect(option.rect).adjusted(1, 1, -1, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(area, QColor(theme.surface))
        inner = area.adjusted(8, 3, -8, -5)
        bar = QRect(inner.left(), inner.bottom() - px(9) + 1, inner.width(), px(9))
        self._bar(painter, bar, bar_parts(overview, place))
        painter.setPen(QColor(theme.text))
        line = QRect(inner.left(), inner.top(), inner.width(), option.fontMetrics.height())
        text, share = str(index.data()), percent(overview.allowed.get(place, 0), overview.customers)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, text)
        if option.fontMetrics.horizontalAdvance(f"{text}  {share}") <= line.width():
            painter.setPen(QColor(theme.muted))
            painter.drawText(line, Qt.AlignmentFlag.AlignRight, share)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 4, 4)
        painter.restore()

    def _bar(self, painter: QPainter, area: QRect, counts: dict[str, int]) -> None:
        """One part for each state; widths add up to the whole bar, an edge between neighbours."""
        total, done = sum(counts.values()), 0
        for state in STATES:
            number = counts.get(state, 0)
            if not number:
                continue
            left = area.left() + area.width() * done // total
            done += number
            part = QRect(left, area.top(), area.left() + area.width() * done // total - left, area.height())
            paint_state(painter, part, self._context.theme, state)
            if part.left() > area.left():
                painter.fillRect(QRect(part.left(), part.top(), 1, part.height()), QColor(self._context.theme.surface))

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(px(80), px(ROW))


class BankGrid(QTableView):
    """The table at its full height; `chosen(place)` for the current cell, `opened(place)` when Enter asks who."""

    chosen = Signal(object)
    opened = Signal(object)

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.bank = BankModel(self)
        self.setModel(self.bank)
        self.setItemDelegate(BankCellDelegate(context, self))
        self.setAccessibleName("Permissions of the whole bank by purpose and channel")
        self.setShowGrid(True)
        self.setStyleSheet("QTableView { border: 0; }")
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        for policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setFixedHeight(px(HEADER))
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(px(ROW))
        self.verticalHeader().setHighlightSections(False)
        self.setFixedHeight(px(HEADER) + px(ROW) * len(PURPOSES) + 2)
        self.selectionModel().currentChanged.connect(lambda *_: self.chosen.emit(self.place))
        self.doubleClicked.connect(lambda *_: self.opened.emit(self.place))

    @property
    def place(self) -> Place:
        """Purpose and channel of the current cell; offers by e-mail without one."""
        found: Place | None = self.currentIndex().data(PLACE)
        return found or ("marketing", "email")

    def show_overview(self, overview: Overview) -> None:
        at = self.currentIndex()
        row, column = (at.row(), at.column()) if at.isValid() else (0, 0)
        self.clearSpans()
        self.bank.show_overview(overview)
        for place, purpose in enumerate(PURPOSES):
            if purpose not in CONSENT_PURPOSES:
                self.setSpan(place, 0, 1, len(MARKETING_CHANNELS))
        self.setCurrentIndex(self.bank.index(row, column))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.place)
        else:
            super().keyPressEvent(event)
