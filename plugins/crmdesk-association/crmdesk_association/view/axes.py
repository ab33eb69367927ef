"""Axes of a picture: round ticks, grid lines, names, and the way from values to pixels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from crmdesk_association.view.look import Look
from crmdesk_association.view.marked import LEFT, MIDDLE, RIGHT, write

LINE = 20.0
Words = Callable[[float], str]


@dataclass(frozen=True)
class Axes:
    """Where the data lie: the plot's box and the range of each axis."""

    box: QRectF
    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, value: float) -> float:
        return self.box.left() + (value - self.x[0]) / ((self.x[1] - self.x[0]) or 1) * self.box.width()

    def up(self, value: float) -> float:
        return self.box.bottom() - (value - self.y[0]) / ((self.y[1] - self.y[0]) or 1) * self.box.height()

    def at(self, x: float, y: float) -> QPointF:
        return QPointF(self.across(x), self.up(y))


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round numbers within low..high, at most `wanted` and one.

    >>> ticks(0.0, 0.43)
    [0.0, 0.1, 0.2, 0.3, 0.4]
    """
    span = (high - low) or 1.0
    size = 10.0 ** math.floor(math.log10(span / wanted))
    step = next(size * m for m in (1, 2, 5, 10) if span / (size * m) <= wanted)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 10) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def room(values: Sequence[float], *, zero: bool = False, most: float = math.inf) -> tuple[float, float]:
    """The range of the finite values with a little room, from zero on where that is asked, never above `most`."""
    found = [v for v in values if math.isfinite(v)] or [0.0, 1.0]
    low, high = (min(0.0, *found) if zero else min(found)) if len(found) > 1 or not zero else 0.0, max(found)
    more = (high - low) * 0.06 or abs(high) * 0.1 or 0.5
    return (low if zero and low == 0 else low - more), min(high + more, most)


def line(painter: QPainter, start: QPointF, end: QPointF, colour: str, width: float = 1.0) -> None:
    painter.setPen(QPen(QColor(colour), width))
    painter.drawLine(start, end)


def draw(painter: QPainter, colours: Look, area: QRectF, x: tuple[float, float], y: tuple[float, float],
         names: tuple[str, str], words: tuple[Words, Words], at: Sequence[float] | None = None) -> Axes:  # fmt: skip
    """Grid, tick labels and the axes' names into `area`; `at` replaces the round ticks of the x axis."""
    metrics = painter.fontMetrics()
    left = max((metrics.horizontalAdvance(words[1](t)) for t in ticks(*y)), default=20) + 14
    box = area.adjusted(left, LINE + 4, -14, -2 * LINE - 4)
    axes = Axes(box, x, y)
    write(painter, QRectF(area.left(), area.top(), area.width(), LINE), names[1], colours.muted, LEFT)
    for tick in ticks(*y):
        level = axes.up(tick)
        line(painter, QPointF(box.left(), level), QPointF(box.right(), level), colours.line)
        write(painter, QRectF(area.left(), level - LINE / 2, left - 8, LINE), words[1](tick), colours.muted, RIGHT)
    for tick in ticks(*x, 6) if at is None else at:
        place = axes.across(tick)
        line(painter, QPointF(place, box.bottom()), QPointF(place, box.bottom() + 4), colours.border)
        write(painter, QRectF(place - 40, box.bottom() + 4, 80, LINE), words[0](tick), colours.muted, MIDDLE)
    line(painter, QPointF(box.left(), box.bottom()), QPointF(box.right(), box.bottom()), colours.border)
    write(painter, QRectF(box.left(), box.bottom() + LINE + 4, box.width(), LINE), names[0], colours.muted, MIDDLE)
    return axes
