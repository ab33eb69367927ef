"""A painted picture whose marks can be pointed at, walked with the arrow keys, and heard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from crmdesk.api import ViewContext
from crmdesk_association.view.look import Look, look

TARGET = 24.0  # px: a mark is never harder to hit than this
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
MIDDLE = Qt.AlignmentFlag.AlignCenter
Boxes = NDArray[np.float64]


class Marked(QWidget):
    """Subclasses paint (`paint`), say where their marks lie (`boxes`) and what each one means (`says`)."""

    chosen = Signal(int)  # the mark's number
    activated = Signal(int)  # Enter, or a double click

    def __init__(self, context: ViewContext, name: str) -> None:
        super().__init__()
        self._context = context
        self.at = -1
        self._over = -1
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    # What a subclass tells -------------------------------------------------------------------------------------

    def boxes(self) -> Boxes:
        """Where the marks lie now: left, top, width, height of each (n, 4), in px."""
        return np.zeros((0, 4))

    def says(self, at: int) -> str:
        """The sentence of a mark."""
        return ""

    def walk(self) -> list[int]:
        """The marks in the order in which the arrow keys visit them."""
        return list(range(len(self.boxes())))

    def paint(self, painter: QPainter, colours: Look) -> None:
        """Draw everything; the focus ring is drawn afterwards."""

    # Choosing --------------------------------------------------------------------------------------------------

    def choose(self, at: int, tell: bool = True) -> None:
        """Make one mark the chosen one; -1 chooses none."""
        self.at = at
        self.setAccessibleDescription(self.says(at) if at >= 0 else "")
        self.update()
        if tell:
            self.chosen.emit(at)

    def mark_at(self, x: float, y: float) -> int:
        """The mark under a point, the one whose middle is nearest; -1 where there is none."""
        boxes = self.boxes()
        if not len(boxes):
            return -1
        middle = boxes[:, :2] + boxes[:, 2:] / 2
        reach = np.maximum(boxes[:, 2:], TARGET) / 2
        away = np.abs(np.array([x, y]) - middle)
        inside = (away <= reach).all(axis=1)
        if not inside.any():
            return -1
        return int(np.where(inside, (away**2).sum(axis=1), np.inf).argmin())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.mark_at(event.position().x(), event.position().y())
        if found >= 0:
            self.choose(found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self.mark_at(event.position().x(), event.position().y())
        if found >= 0:
            self.activated.emit(found)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.mark_at(event.position().x(), event.position().y())
        if found != self._over:
            self._over = found
            QToolTip.showText(event.globalPosition().toPoint(), self.says(found) if found >= 0 else "", self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
        order, key = self.walk(), Qt.Key(event.key())
        if key in ways and order:
            now = order.index(self.at) if self.at in order else (-1 if ways[key] > 0 else len(order))
            self.choose(order[min(max(now + ways[key], 0), len(order) - 1)])
        elif key in ends and order:
            self.choose(order[ends[key]])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.at >= 0:
            self.activated.emit(self.at)
        elif key == Qt.Key.Key_Escape and self.at >= 0:
            self.choose(-1)
        else:
            super().keyPressEvent(event)

    # Painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = look(self._context.palette)
        painter.fillRect(self.rect(), QColor(colours.surface))
        self.paint(painter, colours)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.update()


def write(painter: QPainter, box: QRectF, words: str, colour: str, how: Qt.AlignmentFlag = LEFT, *,
          bold: bool = False) -> None:  # fmt: skip
    """Words inside a box, cut with an ellipsis where they do not fit."""
    plain = painter.font()
    font = QFont(plain)
    font.setBold(bold)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()) + 1)
    painter.drawText(box, how, cut)
    painter.setFont(plain)
