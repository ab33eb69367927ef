"""How well the next product is foretold: hits of a short list against popularity, and whether chances came true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from crmdesk.api import ViewContext
from crmdesk_association.view import axes, say
from crmdesk_association.view.look import Look
from crmdesk_association.view.marked import Boxes, Marked, write

if TYPE_CHECKING:
    import pandas as pd

DODGE, DOT = 9.0, 5.0
HEAD = 24.0


def whisker(painter: QPainter, colour: str, place: float, low: float, high: float) -> None:
    """An upright interval with feet."""
    axes.line(painter, QPointF(place, low), QPointF(place, high), colour, 1.6)
    for end in (low, high):
        axes.line(painter, QPointF(place - 4, end), QPointF(place + 4, end), colour, 1.6)


def dot(painter: QPainter, at: int, place: QPointF, colour: str, size: float = DOT) -> None:
    """The mark of a series: a circle, a square or a diamond, so that colour is never alone."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    x, y = place.x(), place.y()
    if at % 3 == 0:
        painter.drawEllipse(place, size, size)
    elif at % 3 == 1:
        painter.drawRect(QRectF(x - size, y - size, 2 * size, 2 * size))
    else:
        points = (
            QPointF(x, y - size - 1),
            QPointF(x + size + 1, y),
            QPointF(x, y + size + 1),
            QPointF(x - size - 1, y),
        )
        painter.drawPolygon(points)


class HitPicture(Marked):
    """The hit rate of each method at each length of the list, with intervals."""

    def __init__(self, table: pd.DataFrame, context: ViewContext, verdict: str) -> None:
        super().__init__(context, f"Hits of the list against popularity. {verdict} Key T shows the numbers.")
        self._rows = table.to_dict("records")
        self._methods = list(dict.fromkeys(str(row["method"]) for row in self._rows))
        self._sizes = sorted({int(row["k"]) for row in self._rows})
        ends = [float(row[name]) for row in self._rows for name in ("hit_rate", "low", "high")]
        self._y = axes.room([0.0, *ends], zero=True, most=1.0)
        self.setMinimumSize(300, 240)

    def sizeHint(self) -> QSize:
        return QSize(440, 360)

    def _plot(self) -> axes.Axes:
        wide = max(self.fontMetrics().horizontalAdvance(say.tick(t)) for t in axes.ticks(*self._y)) + 14
        box = self._area().adjusted(wide, axes.LINE + 4, -14, -2 * axes.LINE - 4)
        return axes.Axes(box, (-0.5, len(self._sizes) - 0.5), self._y)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(10, 8 + 2 * HEAD, -8, -8)

    def _place(self, at: int) -> QPointF:
        row, plot = self._rows[at], self._plot()
        shift = (self._methods.index(str(row["method"])) - (len(self._methods) - 1) / 2) * 2 * DODGE
        return plot.at(self._sizes.index(int(row["k"])), float(row["hit_rate"])) + QPointF(shift, 0)

    def boxes(self) -> Boxes:
        places = [self._place(at) for at in range(len(self._rows))]
        return np.array([[p.x() - DOT, p.y() - DOT, 2 * DOT, 2 * DOT] for p in places]).reshape(-1, 4)

    def says(self, at: int) -> str:
        row = self._rows[at]
        k = int(row["k"])
        offers = "1 offer" if k == 1 else f"{k} offers"
        return (f"{str(row['method']).capitalize()}, {offers}: what was bought was among them for "
                f"{say.interval(row['hit_rate'], row['low'], row['high'])} of {say.count(row['customers'])} "
                "customers who bought.")  # fmt: skip

    def paint(self, painter: QPainter, colours: Look) -> None:
        write(
            painter, QRectF(10, 8, self.width() - 20, HEAD), "What was bought was on the list", colours.text, bold=True
        )
        x = 10.0
        for at, name in enumerate(self._methods):
            dot(painter, at, QPointF(x + 6, 8 + 1.5 * HEAD), colours.series[at])
            wide = painter.fontMetrics().horizontalAdvance(name) + 8
            write(painter, QRectF(x + 16, 8 + HEAD, wide, HEAD), name, colours.muted)
            x += wide + 28
        sizes = list(range(len(self._sizes)))
        plot = axes.draw(painter, colours, self._area(), (-0.5, len(sizes) - 0.5), self._y,
                         ("Offers on the list", "Customers who bought something"),
                         (lambda t: str(self._sizes[int(t)]), say.tick), sizes)  # fmt: skip
        for at, row in enumerate(self._rows):
            place, tone = self._place(at), colours.series[self._methods.index(str(row["method"]))]
            if not (say.missing(row["low"]) or say.missing(row["high"])):
                whisker(painter, tone, place.x(), plot.up(float(row["low"])), plot.up(float(row["high"])))
            dot(painter, self._methods.index(str(row["method"])), place, tone)
            if at == self.at:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(colours.accent), 2))
                painter.drawEllipse(place, DOT + 5, DOT + 5)


class ChancePicture(Marked):
    """Foretold chance against what happened, band by band, with intervals; on the line both are the same."""

    def __init__(self, table: pd.DataFrame, context: ViewContext) -> None:
        super().__init__(context, "Foretold chances against what happened. Key T shows the numbers.")
        self._rows = table.to_dict("records")
        ends = [float(row[name]) for row in self._rows for name in ("predicted", "observed", "high")]
        self._range = axes.room([0.0, *ends], zero=True, most=1.0)
        self.setMinimumSize(300, 240)

    def sizeHint(self) -> QSize:
        return QSize(440, 360)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(10, 8 + 2 * HEAD, -8, -8)

    def _plot(self) -> axes.Axes:
        wide = max(self.fontMetrics().horizontalAdvance(say.tick(t)) for t in axes.ticks(*self._range)) + 14
        box = self._area().adjusted(wide, axes.LINE + 4, -14, -2 * axes.LINE - 4)
        return axes.Axes(box, self._range, self._range)

    def boxes(self) -> Boxes:
        places = [self._plot().at(float(row["predicted"]), float(row["observed"])) for row in self._rows]
        return np.array([[p.x() - DOT, p.y() - DOT, 2 * DOT, 2 * DOT] for p in places]).reshape(-1, 4)

    def says(self, at: int) -> str:
        row = self._rows[at]
        came = say.interval(row["observed"], row["low"], row["high"])
        return f"Foretold {say.share(row['predicted'])}: {came} bought, of {say.count(row['n'])} offers."

    def paint(self, painter: QPainter, colours: Look) -> None:
        write(painter, QRectF(10, 8, self.width() - 20, HEAD), "Did the chances come true?", colours.text, bold=True)
        write(
            painter, QRectF(10, 8 + HEAD, self.width() - 20, HEAD), "On the line: as often as foretold", colours.muted
        )
        plot = axes.draw(painter, colours, self._area(), self._range, self._range, ("Foretold chance", "Bought"),
                         (say.tick, say.tick))  # fmt: skip
        pen = QPen(QColor(colours.border), 1.2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        low, high = self._range
        painter.drawLine(plot.at(max(low, 0), max(low, 0)), plot.at(high, high))
        for at, row in enumerate(self._rows):
            place = plot.at(float(row["predicted"]), float(row["observed"]))
            if not (say.missing(row["low"]) or say.missing(row["high"])):
                whisker(painter, colours.series[0], place.x(), plot.up(float(row["low"])), plot.up(float(row["high"])))
            dot(painter, 0, place, colours.series[0])
            if at == self.at:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(colours.accent), 2))
                painter.drawEllipse(place, DOT + 5, DOT + 5)
