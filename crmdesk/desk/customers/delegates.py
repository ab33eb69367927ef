"""Cells of the customer list: the searched part in bold, and one glyph per channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPixmap, QPixmapCache, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.list_model import COLUMNS, ROW, Column, PagedModel
from crmdesk.desk.theme import GLYPHS
from crmdesk.desk.zoom import px
from crmdesk.domain.customer import fold

_Index = QModelIndex | QPersistentModelIndex
PAD: Final = 8
PILL: Final = 25
_MATCHED: Final = ("name", "number", "city")
_HAS_TEXT: Final = QStyleOptionViewItem.ViewItemFeature.HasDisplay
_SPECIAL: Final = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus
MARGIN: Final = 8  # of a cell's text, as the style sets it


class CellDelegate(QStyledItemDelegate):
    """Plain text: asks the paged model for that alone, where Qt would ask seven roles of every cell it paints."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.show_columns(COLUMNS)

    def show_columns(self, columns: Sequence[Column]) -> None:
        """The columns as the model has them now; asking it for each cell would cost more than the painting."""
        self._aligned = tuple(column.aligned for column in columns)
        self._matched = frozenset(place for place, column in enumerate(columns) if column.key in _MATCHED)

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        option.index = index
        option.features = _HAS_TEXT
        option.displayAlignment = self._aligned[index.column()]
        option.text = _text(index)


def _text(index: _Index) -> str:
    model = index.model()
    return model.text(index.row(), index.column()) if isinstance(model, PagedModel) else str(index.data() or "")


class MatchDelegate(CellDelegate):
    """Plain text with the searched words in bold; the page tells them by `searched`."""

    def __init__(self, context: DeskContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.searched: tuple[str, ...] = ()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        text = _text(index)
        spans = matches(text, self.searched) if self.searched and index.column() in self._matched else []
        if not spans and not option.state & _SPECIAL:
            # Most cells: the style would lay out each text anew, at four times the cost.
            area = option.rect.adjusted(MARGIN, 0, -MARGIN, 0)
            painter.setPen(option.palette.color(QPalette.ColorRole.Text))
            shown = text
            if len(text) > 1:
                shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, int(self._aligned[index.column()]), shown)
            return
        if not spans:
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        area = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, option.widget).adjusted(3, 0, -3, 0)
        shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width() - PAD)
        layout = QTextLayout(shown, option.font)
        bold = QTextCharFormat()
        bold.setFontWeight(QFont.Weight.Bold)
        ranges = []
        for start, length in spans:
            one = QTextLayout.FormatRange()
            one.start, one.length, one.format = start, length, bold  # type: ignore[attr-defined]
            ranges.append(one)
        layout.setFormats(ranges)
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        painter.setPen(QColor(self._context.theme.text))
        layout.draw(painter, QPointF(area.left(), area.top() + (area.height() - line.height()) / 2))


def matches(text: str, searched: tuple[str, ...]) -> list[tuple[int, int]]:
    """(start, length) of each searched word in `text`; none where folding changes the letters' places."""
    folded = fold(text)
    if len(folded) != len(text):
        return []
    found = [(folded.find(word), len(word)) for word in searched]
    return [(start, length) for start, length in found if start >= 0]


class MayContactDelegate(CellDelegate):
    """Six small fields, E-mail to App: its letter with the glyph and colour of the permission."""

    def __init__(self, context: DeskContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        if option.state & _SPECIAL:
            self.initStyleOption(option, index)
            option.text = ""
            option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        model = index.model()
        row = model.row(index.row()) if isinstance(model, PagedModel) else index.data(ROW)
        if row is None:
            return
        looks = tuple((channel, words.look(decision)) for channel, decision in row.permissions)
        painter.drawPixmap(option.rect.left() + 4, option.rect.top(), self._fields(looks, option))

    def _fields(self, looks: tuple[tuple[str, str], ...], option: QStyleOptionViewItem) -> QPixmap:
        """The fields as a picture that is kept: most rows of a list share it with another row."""
        height, ratio = option.rect.height(), option.widget.devicePixelRatioF()
        key = f"may-contact {self._context.theme.name} {height} {ratio} {option.font.key()} {looks}"
        kept = QPixmap()
        if QPixmapCache.find(key, kept):
            return kept
        wide = px(PILL)
        made = QPixmap(round(len(looks) * (wide + 2) * ratio), round(height * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setFont(option.font)
        for place, (channel, look) in enumerate(looks):
            colours = self._context.theme.permission(look)
            field = QRect(place * (wide + 2), px(5), wide, height - 2 * px(5))
            if look != "none":
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colours.fill))
                painter.drawRoundedRect(field, 3, 3)
            painter.setPen(QColor(colours.ink))
            painter.drawText(field, Qt.AlignmentFlag.AlignCenter, f"{words.LETTERS[channel]}{GLYPHS[look]}")
        painter.end()
        QPixmapCache.insert(key, made)
        return made

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(6 * (px(PILL) + 2) + 8, option.rect.height())
