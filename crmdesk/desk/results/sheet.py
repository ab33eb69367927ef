"""The paper of a picture: painter, area, theme, axes, ticks and legend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from crmdesk.desk.results.picture import short
from crmdesk.desk.theme import Theme

DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine,
          Qt.PenStyle.DashDotDotLine, Qt.PenStyle.SolidLine)  # fmt: skip
LEFT, RIGHT = (
    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
)
MIDDLE = Qt.AlignmentFlag.AlignCenter
LINE = 20.0


class Sheet:
    """One picture under the pen."""

    def __init__(self, painter: QPainter, area: QRectF, theme: Theme, font: QFont) -> None:
        self.painter, self.area, self.theme, self.font = painter, area, theme, font
        painter.setFont(font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def width(self, words: str) -> float:
        return float(self.painter.fontMetrics().horizontalAdvance(words))

    def write(self, box: QRectF, words: str, how: Qt.AlignmentFlag = LEFT, colour: str = "", *,
              bold: bool = False) -> None:  # fmt: skip
        """Words inside a box, cut with an ellipsis where they do not fit."""
        font = QFont(self.font)
        font.setBold(bold)
        self.painter.setFont(font)
        self.painter.setPen(QColor(colour or self.theme.text))
        cut = self.painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()) + 1)
        self.painter.drawText(box, how, cut)
        self.painter.setFont(self.font)

    def line(self, start: QPointF, end: QPointF, colour: str, width: float = 1, style: Qt.PenStyle = DASHES[0]) -> None:
        self.painter.setPen(QPen(QColor(colour), width, style))
        self.painter.drawLine(start, end)

    def fill(self, box: QRectF, colour: str, edge: str = "") -> None:
        self.painter.setPen(QPen(QColor(edge)) if edge else Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(colour))
        self.painter.drawRect(box)

    def series(self, at: int) -> str:
        return self.theme.series[at % len(self.theme.series)]

    def heading(self, title: str) -> QRectF:
        """The title in bold; gives the area beneath."""
        box = QRectF(self.area.left(), self.area.top(), self.area.width(), LINE + 2)
        self.write(box, title, bold=True)
        return self.area.adjusted(0, LINE + 8, 0, 0)

    def legend(self, area: QRectF, names: Sequence[str]) -> QRectF:
        """Swatches with names, wrapped over lines; gives the area beneath."""
        x, y = area.left(), area.top()
        for at, name in enumerate(names):
            wide = min(self.width(name) + 34, area.width())
            if x + wide > area.right() and x > area.left():
                x, y = area.left(), y + LINE
            middle = y + LINE / 2
            self.line(QPointF(x, middle), QPointF(x + 18, middle), self.series(at), 2.5, DASHES[at % len(DASHES)])
            symbol(self.painter, at, QPointF(x + 9, middle), self.series(at))
            self.write(QRectF(x + 23, y, wide - 27, LINE), name, colour=self.theme.muted)
            x += wide + 6
        return area.adjusted(0, y + LINE + 6 - area.top(), 0, 0)


@dataclass(frozen=True)
class Axes:
    """Where the data lie: the plot's box and the ranges of both axes."""

    box: QRectF
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> QPointF:
        across = (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1)
        up = (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1)
        return QPointF(self.box.left() + across * self.box.width(), self.box.bottom() - up * self.box.height())


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round numbers inside low..high, about `wanted` of them."""
    span = (high - low) or 1.0
    size = 10 ** math.floor(math.log10(span / wanted))
    step = next(size * m for m in (1, 2, 5, 10) if span / (size * m) <= wanted)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 10) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def widen(values: Sequence[float], *, zero: bool = False) -> tuple[float, float]:
    """The range of the values with a little room; `zero` makes it start or end there."""
    found = [*values, *([0.0] if zero else [])] or [0.0, 1.0]
    low, high = min(found), max(found)
    room = (high - low) * 0.06 or abs(high) * 0.1 or 0.5
    return (low if zero and low == 0 else low - room), high + room


def draw_axes(sheet: Sheet, area: QRectF, x: tuple[float, float], y: tuple[float, float], x_label: str,
              y_label: str, whole_x: bool = False) -> Axes:  # fmt: skip
    """Grid lines, tick labels and axis names; gives the place of the data."""
    theme = sheet.theme
    left = max([sheet.width(short(t)) for t in ticks(*y)] + [20]) + 12
    box = area.adjusted(left, LINE + 2, -12, -2 * LINE - 4)
    axes = Axes(box, x, y)
    sheet.write(QRectF(area.left(), area.top(), area.width(), LINE), y_label, colour=theme.muted)
    for tick in ticks(*y):
        at = axes.at(x[0], tick).y()
        sheet.line(QPointF(box.left(), at), QPointF(box.right(), at), theme.line)
        sheet.write(QRectF(area.left(), at - LINE / 2, left - 8, LINE), short(tick), RIGHT, theme.muted)
    for tick in ticks(*x, 8):
        if whole_x and tick != int(tick):
            continue
        at = axes.at(tick, y[0]).x()
        sheet.line(QPointF(at, box.bottom()), QPointF(at, box.bottom() + 4), theme.border)
        sheet.write(QRectF(at - 40, box.bottom() + 4, 80, LINE), short(tick), MIDDLE, theme.muted)
    sheet.line(QPointF(box.left(), box.bottom()), QPointF(box.right(), box.bottom()), theme.border)
    sheet.write(QRectF(box.left(), box.bottom() + LINE + 4, box.width(), LINE), x_label, MIDDLE, theme.muted)
    return axes


def symbol(painter: QPainter, at: int, where: QPointF, colour: str, size: float = 4) -> None:
    """The mark of a series: square, circle, diamond or triangle, so that colour is never alone."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    x, y = where.x(), where.y()
    shapes = (
        lambda: painter.drawEllipse(where, size, size),
        lambda: painter.drawRect(QRectF(x - size, y - size, 2 * size, 2 * size)),
        lambda: painter.drawPolygon([QPointF(x, y - size - 1), QPointF(x + size + 1, y), QPointF(x, y + size + 1),
                                     QPointF(x - size - 1, y)]),
        lambda: painter.drawPolygon([QPointF(x, y - size - 1), QPointF(x + size + 1, y + size),
                                     QPointF(x - size - 1, y + size)]),
    )  # fmt: skip
    shapes[at % len(shapes)]()
