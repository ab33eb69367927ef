"""A line of monthly balances, small enough for a card or a cell."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext


class Spark(QWidget):
    """13 monthly balances; its name tells first, last, lowest and highest. The Money tab holds the table."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self._context = context
        self._values: list[int] = []
        self._ends = ("", "")
        self.setFixedHeight(72)
        self.setMinimumWidth(120)

    def show_months(self, months: Sequence[tuple[str, int]], currency: str) -> None:
        """(YYYY-MM, minor units), oldest first; fewer than two months draw nothing."""
        self._values = [value for _, value in months]
        self._ends = (words.month(months[0][0]), words.month(months[-1][0])) if months else ("", "")
        self.setVisible(len(months) > 1)
        if months:
            low, high = min(self._values), max(self._values)
            told = (f"Balance from {self._ends[0]} to {self._ends[1]}: {words.money(self._values[0], currency)} to "
                    f"{words.money(self._values[-1], currency)}, lowest {words.money(low, currency)}, "
                    f"highest {words.money(high, currency)}")  # fmt: skip
            self.setAccessibleName(told)
            self.setToolTip(told)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 72)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._context.theme
        foot = painter.fontMetrics().height()
        draw_line(painter, QRectF(4, 6, self.width() - 8, self.height() - foot - 12), self._values, theme.accent)
        painter.setPen(QColor(theme.muted))
        base = self.height() - painter.fontMetrics().descent()
        painter.drawText(QPointF(0, base), self._ends[0])
        last = painter.fontMetrics().horizontalAdvance(self._ends[1])
        painter.drawText(QPointF(self.width() - last, base), self._ends[1])


def draw_line(painter: QPainter, area: QRectF, values: Sequence[int], colour: str) -> None:
    """The values as a line that fills `area`, with a dot on the last; a constant lies in the middle."""
    if len(values) < 2:
        return
    low, high = min(values), max(values)
    step = area.width() / (len(values) - 1)
    points = [
        QPointF(area.left() + i * step,
                area.bottom() - (0.5 if high == low else (v - low) / (high - low)) * area.height())
        for i, v in enumerate(values)
    ]  # fmt: skip
    painter.setPen(QPen(QColor(colour), 2))
    painter.drawPolyline(QPolygonF(points))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(points[-1], 2.5, 2.5)
