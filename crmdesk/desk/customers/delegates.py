"""Cells of the customer list: the searched part in bold, and one glyph per channel."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers import words
from crmdesk.desk.customers.list_model import ROW
from crmdesk.desk.theme import GLYPHS
from crmdesk.domain.customer import fold

_Index = QModelIndex | QPersistentModelIndex
PAD: Final = 8
PILL: Final = 25
_MATCHED: Final = (0, 1, 2)  # name, number, city


class MatchDelegate(QStyledItemDelegate):
    """Plain text with the searched words in bold; the page tells them by `searched`."""

    def __init__(self, context: DeskContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.searched: tuple[str, ...] = ()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        sought = self.searched and index.column() in _MATCHED
        text = str(index.data() or "") if sought else ""
        spans = matches(text, self.searched)
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


class MayContactDelegate(QStyledItemDelegate):
    """Six small fields, E-mail to App: its letter with the glyph and colour of the permission."""

    def __init__(self, context: DeskContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        row = index.data(ROW)
        if row is None:
            return
        painter.save()
        left = option.rect.left() + 4
        for channel, decision in row.permissions:
            look = words.look(decision)
            colours = self._context.theme.permission(look)
            field = QRect(left, option.rect.top() + 5, PILL, option.rect.height() - 10)
            if look != "none":
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colours.fill))
                painter.drawRoundedRect(field, 3, 3)
            painter.setPen(QColor(colours.ink))
            painter.drawText(field, Qt.AlignmentFlag.AlignCenter, f"{words.LETTERS[channel]}{GLYPHS[look]}")
            left += PILL + 2
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(6 * (PILL + 2) + 8, option.rect.height())
