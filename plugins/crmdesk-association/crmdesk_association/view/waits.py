"""Sequences as they lie in time: one row each, an arrow from step to step, the quartiles as a band; and the waiting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from crmdesk.api import ViewContext
from crmdesk_association.view import axes, say
from crmdesk_association.view.look import Look
from crmdesk_association.view.marked import LEFT, MIDDLE, Boxes, Marked, write

if TYPE_CHECKING:
    import pandas as pd

ROW, TOP, BOX, LEVEL = 62.0, 26.0, 26.0, 29.0
SIDE = 0.27  # of the width, for the first steps at the left and for the last ones at the right
ARROW = " → "


@dataclass(frozen=True)
class Wait:
    """One sequence: its steps in words, the days to each step after the first, and the quartiles of the last."""

    number: int
    steps: list[str]
    days: list[float]  # the median day of each step after the first, counted from the first
    low: float
    high: float
    text: str


def waits(sequences: pd.DataFrame, waiting: pd.DataFrame | None) -> list[Wait]:
    """The sequences that stood up to the test; the median of a middle step is read off the histogram of its waiting."""
    found = []
    for row in sequences[sequences["shown"].astype(bool)].to_dict("records"):
        steps = str(row["steps"]).split(ARROW)
        last = float(row["median_days"])
        bars = None if waiting is None else waiting[waiting["sequence"] == row["sequence"]]
        days = [_middle_of(bars, step) for step in range(1, len(steps) - 1)]
        known = np.minimum.accumulate(np.append(np.cumsum(days), last)[::-1])[::-1] if days else np.array([last])
        found.append(Wait(int(row["sequence"]), steps, known.tolist(), float(row.get("q25_days", last)),
                          float(row.get("q75_days", last)), str(row["text"])))  # fmt: skip
    return found


def _middle_of(bars: pd.DataFrame | None, step: int) -> float:
    """The median of a step's waiting time, between the edges of the bar it lies in; 0 where it is not known."""
    if bars is None:
        return 0.0
    mine = bars[bars["step"] == step].sort_values("days_from")
    counts = mine["customers"].to_numpy(dtype=float)
    if not counts.sum():
        return 0.0
    at = int(np.searchsorted(counts.cumsum(), counts.sum() / 2))
    before = counts[:at].sum()
    low, high = float(mine["days_from"].iloc[at]), float(mine["days_to"].iloc[at])
    return low + (high - low) * float((counts.sum() / 2 - before) / counts[at])


class Arrows(Marked):
    """The marks are the sequences, one row each."""

    def __init__(self, found: list[Wait], context: ViewContext, verdict: str) -> None:
        super().__init__(context, f"Sequences in time. {verdict} Arrow keys walk them; key T shows them as a table.")
        self._waits = found
        self._most = max(max(w.high, *w.days) for w in found) * 1.04 or 1.0
        self.setMinimumSize(420, int(TOP + ROW * len(found) + 12))

    def sizeHint(self) -> QSize:
        return QSize(620, self.minimumHeight())

    def says(self, at: int) -> str:
        return self._waits[at].text

    def _left(self) -> float:
        return self.width() * SIDE

    def _across(self, day: float) -> float:
        return self._left() + day / self._most * self.width() * (1 - 2 * SIDE)

    def boxes(self) -> Boxes:
        return np.array([[4, TOP + ROW * at + 1, self.width() - 8, ROW - 2] for at in range(len(self._waits))])

    def paint(self, painter: QPainter, colours: Look) -> None:
        bottom = TOP + ROW * len(self._waits)
        for tick in axes.ticks(0.0, self._most, 5):
            x = self._across(tick)
            axes.line(painter, QPointF(x, TOP - 2), QPointF(x, bottom), colours.line)
            words = say.days(tick) if tick else "first step"
            write(painter, QRectF(x - 50, 2, 100, TOP - 6), words, colours.muted, MIDDLE)
        for at, wait in enumerate(self._waits):
            if at == self.at:
                painter.setPen(QPen(QColor(colours.accent), 1.5))
                painter.setBrush(QColor(colours.hover))
                painter.drawRoundedRect(QRectF(*self.boxes()[at]), 6, 6)
            self._row(painter, colours, wait, TOP + ROW * at + LEVEL)

    def _row(self, painter: QPainter, colours: Look, wait: Wait, y: float) -> None:
        start, end = self._across(0.0), self._across(wait.days[-1])
        low, high = self._across(wait.low), self._across(wait.high)
        tone = QColor(colours.ramp[2])
        painter.fillRect(QRectF(low, y - 6, max(high - low, 2), 12), tone)
        axes.line(painter, QPointF(start, y), QPointF(max(end - 7, start), y), colours.text, 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.text))
        painter.drawPolygon(QPolygonF([QPointF(end, y), QPointF(end - 9, y - 5), QPointF(end - 9, y + 5)]))
        for name, day in zip(wait.steps[1:-1], wait.days[:-1], strict=True):
            painter.drawEllipse(QPointF(self._across(day), y), 4, 4)
            write(painter, QRectF(self._across(day) - 4, y - 28, self.width() - self._across(day) - 8, 16), name,
                  colours.text)  # fmt: skip
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.text))
        wide = self._left() - 16
        self._box(painter, colours, wait.steps[0], 8, wide, y)
        after = max(end, high) + 8
        self._box(painter, colours, wait.steps[-1], after, min(wide, self.width() - after - 8), y)
        write(painter, QRectF(start + 4, y + BOX / 2 + 1, self.width() - start - 12, 17),
              f"half within {say.days(wait.days[-1])} ({say.count(wait.low)}-{say.count(wait.high)})", colours.muted,
              LEFT)  # fmt: skip

    @staticmethod
    def _box(painter: QPainter, colours: Look, name: str, x: float, most: float, y: float) -> None:
        wide = min(most, painter.fontMetrics().horizontalAdvance(name) + 20.0)
        x = x if x > 8 else x + most - wide  # the first step ends where time begins
        box = QRectF(x, y - BOX / 2, wide, BOX)
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.setBrush(QColor(colours.surface))
        painter.drawRoundedRect(box, 6, 6)
        write(painter, box.adjusted(8, 0, -8, 0), name, colours.text, MIDDLE)


class WaitBars(Marked):
    """How long customers waited from one step to the next, as bars of days."""

    def __init__(self, waiting: pd.DataFrame, context: ViewContext) -> None:
        super().__init__(context, "Waiting time of the chosen sequence")
        self._waiting = waiting
        self._bars: list[tuple[float, float, float]] = []
        self._title = ""
        self.setMinimumSize(300, 150)

    def sizeHint(self) -> QSize:
        return QSize(520, 190)

    def show_wait(self, wait: Wait, step: int) -> None:
        """The days from step `step` to the one after, 1 being the first."""
        mine = self._waiting[(self._waiting["sequence"] == wait.number) & (self._waiting["step"] == step)]
        self._bars = [(float(r["days_from"]), float(r["days_to"]), float(r["customers"]))
                      for r in mine.sort_values("days_from").to_dict("records")]  # fmt: skip
        self._title = f"Days from {wait.steps[step - 1]} to {wait.steps[step]}"
        self.setAccessibleName(f"Waiting time. {self._title}. Arrow keys walk the bars.")
        self.choose(-1)

    def _plot(self) -> axes.Axes:
        high = max((c for *_, c in self._bars), default=1.0) * 1.08
        wide = max(self.fontMetrics().horizontalAdvance(say.count(t)) for t in axes.ticks(0.0, high, 3)) + 14
        last = max((end for _, end, _ in self._bars), default=1.0)
        return axes.Axes(self._area().adjusted(wide, axes.LINE + 4, -14, -2 * axes.LINE - 4), (0.0, last), (0.0, high))

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(10, 6, -8, -4)

    def boxes(self) -> Boxes:
        plot = self._plot()
        rows = [(plot.across(a), plot.up(n), plot.across(b) - plot.across(a), plot.box.bottom() - plot.up(n))
                for a, b, n in self._bars]  # fmt: skip
        return np.array(rows).reshape(-1, 4)

    def says(self, at: int) -> str:
        low, high, number = self._bars[at]
        return f"{say.count(number)} customers waited {say.count(low)} to {say.count(high)} days."

    def paint(self, painter: QPainter, colours: Look) -> None:
        if not self._bars:
            write(painter, QRectF(self.rect()), "Waiting times of this sequence were not kept.", colours.muted, MIDDLE)
            return
        plot = self._plot()
        axes.draw(painter, colours, self._area(), plot.x, plot.y, (self._title, "Customers"), (say.count, say.count))
        for at, (left, top, wide, tall) in enumerate(self.boxes()):
            painter.fillRect(QRectF(left + 0.5, top, max(wide - 1, 1), tall),
                             QColor(colours.accent if at == self.at else colours.lift[5]))  # fmt: skip
