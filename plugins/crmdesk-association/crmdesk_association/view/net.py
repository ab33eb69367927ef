"""The items of the top rules as a network: labelled boxes, an arrow per rule, a dot where several items meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF, QResizeEvent

from crmdesk.api import ViewContext
from crmdesk_association.view.look import Look
from crmdesk_association.view.marked import MIDDLE, Boxes, Marked, write
from crmdesk_association.view.rule_columns import Ints, RuleColumns
from crmdesk_association.view.spread import fitted, least_height, unit_places

DOT, TALL, WIDEST = 9.0, 26.0, 176.0
LOOSE = 1.2  # times the height that labels set in lines would need: room for the arrows
THIN, THICK = 1.0, 4.5


@dataclass(frozen=True)
class Net:
    """`names` of the items; `edges` (e, 2) between nodes, items first, then a dot for each rule of several items.

    `pairs` are the items (if side, then side) that rules join. `of` (e) is the rule's place in the table for each
    edge, `last` (e) whether the edge ends in the rule's then side.
    """

    names: list[str]
    dots: list[tuple[list[int], list[int]]]
    pairs: NDArray[np.int64]
    edges: NDArray[np.int64]
    of: Ints
    last: NDArray[np.bool_]


def net_of(rules: RuleColumns, rows: Ints) -> Net:
    """The network of these rules."""
    names: dict[str, int] = {}
    sides = [[sorted(side.items[side.codes[row]]) for side in (rules.left, rules.right)] for row in rows]
    for name in (name for pair in sides for side in pair for name in side):
        names.setdefault(name, len(names))
    found: list[tuple[int, int, int, bool]] = []
    dots: list[tuple[list[int], list[int]]] = []
    pairs: list[tuple[int, int]] = []
    for row, (left, right) in zip(rows, sides, strict=True):
        before, after = [names[name] for name in left], [names[name] for name in right]
        pairs += [(a, b) for a in before for b in after]
        if len(before) == 1 and len(after) == 1:
            found.append((before[0], after[0], int(row), True))
            continue
        middle = len(names) + len(dots)
        dots.append((before, after))
        found += [(a, middle, int(row), False) for a in before]
        found += [(middle, b, int(row), True) for b in after]
    return Net(list(names), dots, np.array(pairs, dtype=np.int64).reshape(-1, 2),
               np.array([[a, b] for a, b, _, _ in found], dtype=np.int64).reshape(-1, 2),
               np.array([row for *_, row, _ in found], dtype=np.int64),
               np.array([last for *_, last in found], dtype=bool))  # fmt: skip


class NetPicture(Marked):
    """The network; the marks are the items, and choosing one keeps its rules in colour."""

    def __init__(self, rules: RuleColumns, rows: Ints, context: ViewContext, verdict: str) -> None:
        super().__init__(context, f"Network of items. {verdict} Arrow keys walk the items; key T shows the rules.")
        self._rules, self.by = rules, "lift"
        self._products = {name for items in rules.right.items for name in items}
        self.setMinimumWidth(340)
        self.show_rules(rows)

    def show_rules(self, rows: Ints) -> None:
        """Draw these rules; nothing is chosen."""
        self.net = net_of(self._rules, rows)
        items = unit_places(len(self.net.names), self.net.pairs)
        halfway = [(items[left].mean(axis=0) + items[right].mean(axis=0)) / 2 for left, right in self.net.dots]
        self._places = np.vstack([items, np.array(halfway).reshape(-1, 2)])
        self._middles, self._sizes = np.zeros((0, 2)), np.zeros((0, 2))
        self._lay_out()
        self.choose(-1)

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    def weigh(self, by: str) -> None:
        """Width of the arrows: "lift" or "leverage"."""
        self.by = by
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        """Labels and dots where there is room for them; a frame too small for all labels is scrolled."""
        metrics = QFontMetrics(self.font())
        items = np.array([(min(metrics.horizontalAdvance(n) + 20, WIDEST), TALL) for n in self.net.names])
        self._sizes = np.vstack([items.reshape(-1, 2), np.full((len(self.net.dots), 2), DOT)])
        self.setMinimumHeight(int(LOOSE * least_height(self._sizes, float(self.width()))))
        self._middles = fitted(self._places, self._sizes, float(self.width()), float(self.height()))

    def boxes(self) -> Boxes:
        items = len(self.net.names)
        return np.hstack([self._middles - self._sizes / 2, self._sizes])[:items]

    def walk(self) -> list[int]:
        """Line by line, as one reads."""
        items = self._middles[: len(self.net.names)]
        return [int(i) for i in np.lexsort((items[:, 0], np.round(items[:, 1] / 40)))]

    def rules_with(self, at: int) -> Ints:
        """Places of the rules that touch an item; all of them for -1."""
        return np.unique(self.net.of if at < 0 else self.net.of[(self._touched(at))])

    def _touched(self, at: int) -> NDArray[np.bool_]:
        """Edges (e) of the rules that touch an item."""
        direct = np.unique(self.net.of[(self.net.edges == at).any(axis=1)])
        touched: NDArray[np.bool_] = np.isin(self.net.of, direct)
        return touched

    def says(self, at: int) -> str:
        if at < 0:
            return ""
        number = len(self.rules_with(at))
        return f"{self.net.names[at]}: in {number} {'rule' if number == 1 else 'rules'}"

    def paint(self, painter: QPainter, colours: Look) -> None:
        strong = self._touched(self.at) if self.at >= 0 else np.ones(len(self.net.of), dtype=bool)
        weights = self._weights()
        for edge in np.argsort(strong, kind="stable"):  # the faint ones beneath
            self._arrow(painter, colours, int(edge), float(weights[edge]), bool(strong[edge]))
        for dot in range(len(self.net.names), len(self._middles)):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.muted))
            painter.drawEllipse(QPointF(*self._middles[dot]), DOT / 2, DOT / 2)
        near = set(self.net.edges[strong].ravel().tolist())
        for at, box in enumerate(self.boxes()):
            self._item(painter, colours, at, QRectF(*box), self.at < 0 or at in near)

    def _weights(self) -> NDArray[np.float64]:
        """Arrow widths (e) in px: the rules' lift above 1, or leverage, against the highest."""
        values = self._rules[self.by][self.net.of] - (1.0 if self.by == "lift" else 0.0)
        values = np.clip(np.nan_to_num(values), 0.0, None)
        return THIN + (THICK - THIN) * values / (values.max() if len(values) and values.max() else 1.0)

    def _arrow(self, painter: QPainter, colours: Look, edge: int, wide: float, strong: bool) -> None:
        a, b = self.net.edges[edge]
        start, end = self._edge_of(a, self._middles[b]), self._edge_of(b, self._middles[a])
        lift = float(self._rules["lift"][self.net.of[edge]])
        tone = QColor((colours.accent if self.at >= 0 else colours.lift[5] if lift >= 1 else colours.lift[1])
                      if strong else colours.line)  # fmt: skip
        tone.setAlphaF(0.8)
        way = end - start
        length = float(np.hypot(*way))
        if length < 1:
            return
        unit = way / length
        head = 5.0 + wide if self.net.last[edge] else 0.0
        stop = end - unit * head
        painter.setPen(QPen(tone, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(*start), QPointF(*stop))
        if head:
            across = np.array([-unit[1], unit[0]]) * (2.5 + wide * 0.8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tone)
            painter.drawPolygon(QPolygonF([QPointF(*end), QPointF(*(stop + across)), QPointF(*(stop - across))]))

    def _edge_of(self, at: int, towards: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where the line from a box's middle towards a point leaves the box."""
        middle, half = self._middles[at], self._sizes[at] / 2 + 2
        way = towards - middle
        with np.errstate(divide="ignore"):
            share = float(np.min(np.where(np.abs(way) > 1e-9, half / np.abs(way), np.inf)))
        place: NDArray[np.float64] = middle + way * min(share, 1.0)
        return place

    def _item(self, painter: QPainter, colours: Look, at: int, box: QRectF, near: bool) -> None:
        name = self.net.names[at]
        product = name in self._products
        edge: Any = QPen(QColor(colours.accent if at == self.at else colours.border if near else colours.line),
                         3 if at == self.at else 1)  # fmt: skip
        if not product:  # what the owner is like, or what is only ever on the if side
            edge.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(edge)
        painter.setBrush(QColor(colours.surface if product else colours.hover))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        write(painter, box.adjusted(8, 0, -8, 0), name, colours.text if near else colours.muted, MIDDLE)
