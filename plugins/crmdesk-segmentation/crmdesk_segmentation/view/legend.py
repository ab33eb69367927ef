"""The legend: keys that wrap in a narrow window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from crmdesk_segmentation.view.look import Look
from crmdesk_segmentation.view.tile import BAR

PAD = 8


class Flow(QLayout):
    """Places widgets left to right and wraps them: the legend of a narrow window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items]
        return QSize(max((s.width() for s in sizes), default=0), max((s.height() for s in sizes), default=0))

    def _arrange(self, rect: QRect, move: bool) -> int:
        x, y, tall = rect.x(), rect.y(), max((item.sizeHint().height() for item in self._items), default=0)
        for item in self._items:
            hint = item.sizeHint()
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y = rect.x(), y + tall + 4
            if move:  # every item on the middle of its line
                item.setGeometry(QRect(QPoint(x, y + (tall - hint.height()) // 2), hint))
            x += hint.width() + PAD + 4
        return y + tall - rect.y()


class Swatch(QWidget):
    """A key of the legend: colour, hatch or bar, with its words."""

    def __init__(self, words: str, fill: str, look: Look, kind: str = "fill") -> None:
        super().__init__()
        self._words, self._fill, self._look, self._kind = words, fill, look, kind
        self.setAccessibleName(words)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize((24 if self._kind != "text" else 0) + metrics.horizontalAdvance(self._words) + 2,
                     max(metrics.height(), 18))  # fmt: skip

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(QColor(self._look.border), 1))
        left = 0
        if self._kind == "bar":
            painter.fillRect(QRect(7, 2, BAR, 14), QColor(self._look.text))
            left = 24
        elif self._kind != "text":
            painter.setBrush(QColor(self._fill))
            painter.drawRect(0, 1, 17, 15)
            left = 24
            if self._kind == "hatch":
                painter.setBrush(Qt.BrushStyle.BDiagPattern)
                painter.drawRect(0, 1, 17, 15)
        painter.setPen(QColor(self._look.text))
        middle = (self.height() + QFontMetrics(self.font()).ascent() - QFontMetrics(self.font()).descent()) // 2
        painter.drawText(QPoint(left, middle), self._words)
