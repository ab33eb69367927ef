"""The board: a column of cards for each stage; a card moves by Ctrl+Shift+Left or Right, or is dragged."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.theme import RADIUS
from crmdesk.desk.widgets import Elided, label
from crmdesk.desk.work import stages
from crmdesk.desk.zoom import px
from crmdesk.domain.work import STAGES
from crmdesk.services.opportunities import OpportunityRow

MIME: Final = "application/x-crmdesk-opportunity"
ROW_ROLE: Final = Qt.ItemDataRole.UserRole
PAD, GAP = 10, 6  # px inside a card and between two


class CardDelegate(QStyledItemDelegate):
    """One opportunity as a card: what, who, how much, what next."""

    def __init__(self, context: DeskContext, view: QWidget) -> None:
        super().__init__(view)
        self._context = context

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        lines = 4 if index.data(ROW_ROLE).value is not None else 3
        return QSize(px(80), lines * (QFontMetrics(option.font).height() + 2) + 2 * PAD + GAP)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: OpportunityRow = index.data(ROW_ROLE)
        theme, frame = self._context.theme, option.rect.adjusted(2, GAP // 2, -2, -(GAP // 2))
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.accent if chosen and focus else theme.line), 2 if chosen and focus else 1))
        painter.setBrush(QColor(theme.granted.fill if chosen else theme.surface))
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        ink, soft = QColor(theme.text), QColor(theme.text if chosen else theme.muted)
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        place = frame.adjusted(PAD, PAD, -PAD, -PAD)
        lines = [(row.title, bold, ink), (stages.who(row), option.font, ink)]
        lines += [(words.money(row.value, row.currency), option.font, ink)] if row.value is not None else []
        lines += [(stages.next_words(row), option.font, soft)]
        for text, font, colour in lines:
            place = _line(painter, place, text, font, colour)
        painter.restore()


def _line(painter: QPainter, place: QRect, text: str, font: QFont, colour: QColor) -> QRect:
    """One line of text, cut where it is too long; gives what is left of the place."""
    metrics = QFontMetrics(font)
    painter.setFont(font)
    painter.setPen(colour)
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), cut)
    return place.adjusted(0, metrics.height() + 2, 0, 0)


class StageList(QListWidget):
    """The cards of one stage; `dropped` tells an opportunity that was let go here, `keyed` what a key wants."""

    dropped = Signal(int)
    keyed = Signal(str)

    def __init__(self, context: DeskContext, stage: str) -> None:
        super().__init__()
        self.stage = stage
        self.setAccessibleName(stages.TITLES[stage])
        self.setItemDelegate(CardDelegate(context, self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setStyleSheet("QListView { background: transparent; } QListView::item { padding: 0; }")
        self.itemDoubleClicked.connect(lambda *_: self.keyed.emit("edit"))

    def show_rows(self, rows: list[OpportunityRow]) -> None:
        self.clear()
        for row in rows:
            item = QListWidgetItem()
            item.setData(ROW_ROLE, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, stages.spoken(row))
            item.setToolTip(stages.spoken(row))
            self.addItem(item)

    def current(self) -> OpportunityRow | None:
        item = self.currentItem()
        return item.data(ROW_ROLE) if item is not None else None

    def mimeData(self, items: list[QListWidgetItem]) -> QMimeData:  # type: ignore[override]
        data = QMimeData()
        data.setData(MIME, str(items[0].data(ROW_ROLE).id).encode())
        return data

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setAccepted(event.mimeData().hasFormat(MIME))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.setAccepted(event.mimeData().hasFormat(MIME))

    def dropEvent(self, event: QDropEvent) -> None:
        # The row stays where it is until the bank has moved it: so nothing is left to undo here if that fails.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.source() is not self:
            self.dropped.emit(int(bytes(event.mimeData().data(MIME).data()).decode()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = {Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right"}.get(event.key())  # type: ignore[call-overload]
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if way and event.modifiers() & both == both:
            self.keyed.emit(f"move {way}")
        elif way and plain:
            self.keyed.emit(f"go {way}")
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.keyed.emit("edit")
        elif plain and event.key() == Qt.Key.Key_O:
            self.keyed.emit("open")
        else:
            super().keyPressEvent(event)


class Board(QWidget):
    """All stages side by side; `asked` is (deed, opportunity, stage): "edit", "open" or "move"."""

    asked = Signal(str, object, str)
    chosen_changed = Signal()

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.lists: dict[str, StageList] = {}
        self._heads: dict[str, QLabel] = {}
        self._worths: dict[str, QLabel] = {}
        self._last: StageList | None = None
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(8)
        for stage in STAGES:
            self._heads[stage], self._worths[stage] = label(stages.TITLES[stage], "heading"), Elided()
            self._worths[stage].setProperty("role", "muted")
            made = self.lists[stage] = StageList(context, stage)
            made.keyed.connect(lambda key, which=made: self._keyed(key, which))
            made.dropped.connect(lambda opportunity, which=made: self._dropped(opportunity, which))
            made.currentItemChanged.connect(lambda now, _, which=made: self._chose(which, now))
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(self._heads[stage])
            column.addWidget(self._worths[stage])
            column.addWidget(made, 1)
            across.addLayout(column, 1)
        context.theme_changed.connect(self._repaint)

    def _repaint(self) -> None:
        for made in self.lists.values():
            made.viewport().update()

    def show_board(self, board: dict[str, list[OpportunityRow]]) -> None:
        """New cards; the chosen one stays chosen, in whichever column it stands now."""
        chosen = self.current()
        focus = any(made.hasFocus() for made in self.lists.values())
        self._last = None
        for stage, made in self.lists.items():
            made.show_rows(board[stage])
            self._heads[stage].setText(f"{stages.TITLES[stage]} {len(board[stage])}")
            self._worths[stage].setText(stages.worth(board[stage]))
            for at, row in enumerate(board[stage]):
                if chosen is not None and row.id == chosen.id:
                    made.setCurrentRow(at)
                    if focus:
                        made.setFocus()
        self.chosen_changed.emit()

    def current(self) -> OpportunityRow | None:
        return self._last.current() if self._last is not None else None

    def _chose(self, which: StageList, now: QListWidgetItem | None) -> None:
        """One card of the whole board is chosen."""
        if now is None:
            return
        self._last = which
        for other in self.lists.values():
            if other is not which:
                other.setCurrentRow(-1)
        self.chosen_changed.emit()

    def _keyed(self, key: str, which: StageList) -> None:
        row = which.current()
        if key.startswith("go "):
            self._go(which, key.partition(" ")[2])
        elif row is not None and key.startswith("move "):
            self.step(row, 1 if key.endswith("right") else -1)
        elif row is not None:
            self.asked.emit(key, row, "")

    def step(self, row: OpportunityRow, by: int) -> None:
        """Ask for the stage beside the one of `row`."""
        at = STAGES.index(row.stage) + by
        if 0 <= at < len(STAGES):
            self.asked.emit("move", row, STAGES[at])

    def _go(self, which: StageList, way: str) -> None:
        order = list(self.lists.values())
        order = order[order.index(which) + 1 :] if way == "right" else order[: order.index(which)][::-1]
        beside = next((made for made in order if made.count()), None)
        if beside is not None:
            beside.setCurrentRow(min(max(0, which.currentRow()), beside.count() - 1))
            beside.setFocus()

    def _dropped(self, opportunity: int, which: StageList) -> None:
        rows = (made.item(at).data(ROW_ROLE) for made in self.lists.values() for at in range(made.count()))
        row = next((row for row in rows if row.id == opportunity), None)
        if row is not None and row.stage != which.stage:
            self.asked.emit("move", row, which.stage)
