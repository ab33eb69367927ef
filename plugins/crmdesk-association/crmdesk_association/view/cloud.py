"""The rules as a cloud: support across, confidence up, size the leverage, tone the lift; the table is its twin."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen

from crmdesk.api import Rules, ViewContext
from crmdesk_association.view import axes, say
from crmdesk_association.view.look import Look
from crmdesk_association.view.marked import Boxes, Marked, write
from crmdesk_association.view.parts import Pictured
from crmdesk_association.view.rule_card import RuleCard
from crmdesk_association.view.rule_columns import Ints, RuleColumns
from crmdesk_association.view.rule_table import RulePanel

MOST_POINTS = 5_000  # above, a density image stands for the rules that are not shown
ACROSS, UP = 90, 48  # cells of the density image
SMALLEST, LARGEST = 4.0, 13.0  # px, radius
KEY = 22.0
STEPS = ("½ or less", "⅔", "¾", "1", "1.4", "2", "2.8 or more")


class Cloud(Marked):
    """One circle per rule; above 5,000 rules only those shown are circles, the rest is a density image."""

    def __init__(self, rules: RuleColumns, context: ViewContext, verdict: str) -> None:
        super().__init__(context, f"Map of rules. {verdict} Arrow keys walk the rules; key T shows them as a table.")
        self._rules = rules
        self.dense = len(rules) > MOST_POINTS
        every = np.arange(len(rules), dtype=np.int64)
        # The largest first, so that a small circle is never hidden beneath a large one.
        rows = rules.rows_shown() if self.dense else every[np.argsort(-_size(rules), kind="stable")]
        self.rows: Ints = rows
        self._radius = SMALLEST + (LARGEST - SMALLEST) * np.sqrt(_size(rules)[rows])
        self._x = axes.room([0.0, float(np.nanmax(rules["support"]))], zero=True)
        self._y = axes.room([0.0, float(np.nanmax(rules["confidence"]))], zero=True, most=1.0)
        self._walk = [int(i) for i in np.argsort(rules["support"][rows], kind="stable")]
        self._counts = self._density() if self.dense else np.zeros((0, 0))
        self.setMinimumSize(360, 220)

    def sizeHint(self) -> QSize:
        return QSize(760, 420)

    @property
    def strongest(self) -> int:
        """The mark of the highest leverage, of those that stood up to the tests where there are any; -1 for none."""
        if not len(self.rows):
            return -1
        return int(np.argmax(_size(self._rules)[self.rows] + self._rules.shown[self.rows]))

    def _density(self) -> np.ndarray:
        """How many rules fall into each cell (UP, ACROSS), the highest confidence in the first line."""
        counts, _, _ = np.histogram2d(self._rules["confidence"], self._rules["support"], bins=(UP, ACROSS),
                                      range=(self._y, self._x))  # fmt: skip
        return counts[::-1]

    def _axes(self) -> axes.Axes:
        area = self._area()
        wide = max(QFontMetrics(self.font()).horizontalAdvance(say.tick(t)) for t in axes.ticks(*self._y)) + 14
        return axes.Axes(area.adjusted(wide, axes.LINE + 4, -14, -2 * axes.LINE - 4), self._x, self._y)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(8, 8, -8, -8 - KEY)

    def boxes(self) -> Boxes:
        plot = self._axes()
        rows, rules = self.rows, self._rules
        x = plot.box.left() + (rules["support"][rows] - self._x[0]) / (self._x[1] - self._x[0]) * plot.box.width()
        y = plot.box.bottom() - (rules["confidence"][rows] - self._y[0]) / (self._y[1] - self._y[0]) * plot.box.height()
        r = self._radius
        return np.stack([x - r, y - r, 2 * r, 2 * r], axis=1)

    def says(self, at: int) -> str:
        return str(self._rules.text[self.rows[at]])

    def walk(self) -> list[int]:
        return self._walk

    def paint(self, painter: QPainter, colours: Look) -> None:
        plot = axes.draw(painter, colours, self._area(), self._x, self._y,
                         (f"Support: share of all {self._rules.unit} that hold the whole rule", "Confidence"),
                         (say.tick, say.tick))  # fmt: skip
        if self.dense:
            self._paint_density(painter, colours, plot.box)
        lifts, shown = self._rules["lift"][self.rows], self._rules.shown[self.rows]
        for at, (left, top, wide, tall) in enumerate(self.boxes()):
            painter.setBrush(QColor(colours.lift_tone(float(lifts[at]))))
            # What did not stand up to the tests has a dotted, thinner edge.
            edge = QPen(QColor(colours.text if shown[at] else colours.border), 1.2 if shown[at] else 1.0)
            edge.setStyle(Qt.PenStyle.SolidLine if shown[at] else Qt.PenStyle.DotLine)
            painter.setPen(edge)
            painter.drawEllipse(QRectF(left, top, wide, tall))
        if self.at >= 0:
            self._paint_chosen(painter, colours)
        self._paint_key(painter, colours)

    def _paint_density(self, painter: QPainter, colours: Look, box: QRectF) -> None:
        image = QImage(ACROSS, UP, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        most = np.log1p(self._counts.max())
        steps = np.minimum(np.log1p(self._counts) / most * len(colours.ramp), len(colours.ramp) - 1).astype(int)
        for row, column in zip(*np.nonzero(self._counts), strict=True):
            image.setPixelColor(int(column), int(row), QColor(colours.ramp[steps[row, column]]))
        painter.drawImage(box, image)

    def _paint_chosen(self, painter: QPainter, colours: Look) -> None:
        left, top, wide, tall = self.boxes()[self.at]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen, grown in ((QPen(QColor(colours.surface), 5), 3.0), (QPen(QColor(colours.accent), 3), 3.0)):
            painter.setPen(pen)
            painter.drawEllipse(QRectF(left, top, wide, tall).adjusted(-grown, -grown, grown, grown))

    def _paint_key(self, painter: QPainter, colours: Look) -> None:
        """Seven tones of lift, then what the size means."""
        metrics = QFontMetrics(self.font())
        x, y = 16.0, self.height() - KEY - 2
        write(painter, QRectF(x, y, 40, KEY), "Lift", colours.muted)
        x += metrics.horizontalAdvance("Lift") + 10
        for tone, words in zip(colours.lift, STEPS, strict=True):
            painter.setPen(QPen(QColor(colours.border), 1))
            painter.setBrush(QColor(tone))
            painter.drawEllipse(QPointF(x + 6, y + KEY / 2), 6, 6)
            wide = metrics.horizontalAdvance(words) + 6
            write(painter, QRectF(x + 16, y, wide, KEY), words, colours.muted)
            x += 16 + wide + 8
        rest = "Size: leverage" if self.dense else "Size: leverage; dotted: did not stand up to the tests"
        write(painter, QRectF(x + 6, y, self.width() - x - 12, KEY), rest, colours.muted)


def _size(rules: RuleColumns) -> np.ndarray:
    """Leverage from 0 to 1 (n), against the highest; below zero it is as small as can be."""
    size = np.clip(np.nan_to_num(rules["leverage"]), 0.0, None)
    return size / (size.max() or 1.0)


class CloudView(Pictured):
    """The cloud, and the rule under the finger in words."""

    def __init__(self, rules: RuleColumns, result: Rules, context: ViewContext) -> None:
        super().__init__(f"Map of rules. {result.verdict}", _lead(rules))
        self.picture = Cloud(rules, context, result.verdict)
        self.card = RuleCard(rules, result, context)
        self.fill(self.picture, lambda: self._table(rules, result, context))
        self.column.addWidget(self.card)
        self.picture.chosen.connect(self._tell)
        self.picture.activated.connect(lambda *_: self.card.make_list())
        self.picture.choose(self.picture.strongest)

    def _tell(self, at: int) -> None:
        self.card.show_rule(int(self.picture.rows[at]) if at >= 0 else -1)

    def _table(self, rules: RuleColumns, result: Rules, context: ViewContext) -> RulePanel:
        made = RulePanel(rules, result, context)
        made.show_rows(np.sort(self.picture.rows))
        made.card.setVisible(False)  # the view's own card stands beneath
        made.chosen.connect(self.card.show_rule)
        return made


def _lead(rules: RuleColumns) -> str:
    number, shown = say.count(len(rules)), say.count(int(rules.shown.sum()))
    if len(rules) > MOST_POINTS:
        return f"{number} rules as a density image; the {shown} shown, which stood up to the tests, as circles."
    return f"{number} rules; the {shown} shown stood up to the tests."
