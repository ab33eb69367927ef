"""A line of monthly balances, small enough for a row or a cell."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF


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
