"""What changed: a line from before to after for each rule, grouped by the kind of change, with its interval."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea

from crmdesk.api import Rules, ViewContext
from crmdesk_association.view import axes, say
from crmdesk_association.view.look import Look
from crmdesk_association.view.marked import RIGHT, Boxes, Marked, write
from crmdesk_association.view.parts import Card, Pictured, label

KINDS: Final = {
    "grown": "Grown: the two sides go together more", "faded": "Faded: the two sides go together less",
    "unexpected_consequent": "Turned: another outcome than before",
    "unexpected_condition": "Turned: another condition than before", "added": "New", "perished": "Gone",
    "item": "Single items that changed",
}  # fmt: skip
ROW, HEAD, TOP, DOT = 40.0, 30.0, 46.0, 5.0
NAME = 0.36  # of the width: the rule at the left; the change at the right has what its numbers need
CHANGE = "Change in points"
OF: Final = {"confidence": "of those with the first", "support": "together, of all", "item": "of all"}


class Slopes(Marked):
    """One line per change: hollow before, filled after; the band is the 95 % interval of the change."""

    def __init__(self, rows: list[dict[Any, Any]], context: ViewContext, verdict: str) -> None:
        super().__init__(context, f"Before and after. {verdict} Arrow keys walk the changes; key T shows a table.")
        place = {kind: at for at, kind in enumerate(KINDS)}
        self.rows = sorted(rows, key=lambda r: (place.get(str(r["kind"]), 9), int(r["change"])))
        ends = [float(v) for r in self.rows for v in (r["before"], r["after"], r["before"] + r["low"],
                                                      r["before"] + r["high"]) if not say.missing(v)]  # fmt: skip
        self._most = axes.room([0.0, *(min(v, 1.0) for v in ends)], zero=True, most=1.0)[1]
        self._after = self._room()
        self._tops = self._lay_out()
        self.setMinimumSize(480, int(self._tops[-1] + ROW + 10))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._after = self._room()  # a style sheet may have changed the letters since

    def _room(self) -> float:
        """The width that the longest change at the right needs."""
        metrics = QFontMetrics(self.font())
        return 28.0 + max(metrics.horizontalAdvance(words) for words in (CHANGE, *map(_moved, self.rows)))

    def sizeHint(self) -> QSize:
        return QSize(820, self.minimumHeight())

    def _lay_out(self) -> list[float]:
        """The top of each row, with room for a heading before the first of each kind."""
        tops, y, before = [], TOP, ""
        for row in self.rows:
            if row["kind"] != before:
                before = row["kind"]
                y += HEAD
            tops.append(y)
            y += ROW
        return tops

    def says(self, at: int) -> str:
        return str(self.rows[at]["text"])

    def boxes(self) -> Boxes:
        return np.array([[4.0, top, self.width() - 8.0, ROW] for top in self._tops])

    def _across(self, share: float) -> float:
        left, wide = self.width() * NAME + 8, self.width() * (1 - NAME) - self._after - 24
        return left + max(0.0, min(share, self._most)) / self._most * wide

    def paint(self, painter: QPainter, colours: Look) -> None:
        bottom = self._tops[-1] + ROW
        self._key(painter, colours)
        for tick in axes.ticks(0.0, self._most, 5):
            x = self._across(tick)
            axes.line(painter, QPointF(x, TOP), QPointF(x, bottom), colours.line)
            write(
                painter, QRectF(x - 40, TOP - 20, 80, 18), say.tick(tick), colours.muted, Qt.AlignmentFlag.AlignCenter
            )
        before = ""
        for at, row in enumerate(self.rows):
            if row["kind"] != before:
                before = row["kind"]
                number = sum(r["kind"] == before for r in self.rows)
                words = f"{KINDS.get(before, str(before).replace('_', ' '))} ({number})"
                painter.fillRect(
                    QRectF(4, self._tops[at] - HEAD + 2, self.width() - 8, HEAD - 4), QColor(colours.surface)
                )
                write(
                    painter, QRectF(10, self._tops[at] - HEAD, self.width() - 20, HEAD), words, colours.text, bold=True
                )
            self._line(painter, colours, at, row)

    def _key(self, painter: QPainter, colours: Look) -> None:
        """What hollow, filled and band mean."""
        y, x = 14.0, 14.0
        for filled, words in ((False, "before"), (True, "after")):
            self._dot(painter, colours, QPointF(x, y), filled, colours.text)
            write(painter, QRectF(x + 10, y - 10, 60, 20), words, colours.muted)
            x += 74
        painter.fillRect(QRectF(x, y - 5, 24, 10), QColor(colours.ramp[1]))
        write(painter, QRectF(x + 32, y - 10, self.width() - x - 40, 20), "95 % interval of the change",
              colours.muted)  # fmt: skip
        right = QRectF(self.width() - self._after, TOP - 20, self._after - 14, 18)
        write(painter, right, CHANGE, colours.muted, RIGHT)

    @staticmethod
    def _dot(painter: QPainter, colours: Look, place: QPointF, filled: bool, tone: str) -> None:
        painter.setPen(QPen(QColor(tone), 1.8))
        painter.setBrush(QColor(tone if filled else colours.surface))
        painter.drawEllipse(place, DOT, DOT)

    def _line(self, painter: QPainter, colours: Look, at: int, row: dict[Any, Any]) -> None:
        box = QRectF(*self.boxes()[at])
        y = box.center().y()
        if at == self.at:
            painter.setPen(QPen(QColor(colours.accent), 1.5))
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        name = QRectF(12, box.top() + 2, self.width() * NAME - 24, ROW / 2)
        write(painter, name, str(row["rule"]), colours.text)
        write(painter, name.translated(0, ROW / 2 - 4), OF.get(str(row["measure"]), str(row["measure"])), colours.muted)
        right = QRectF(self.width() - self._after, box.top(), self._after - 14, ROW)
        write(painter, right, _moved(row), colours.muted, RIGHT)
        if say.missing(row["before"]) or say.missing(row["after"]):
            return
        start, end = self._across(row["before"]), self._across(row["after"])
        if not (say.missing(row["low"]) or say.missing(row["high"])):
            low, high = self._across(row["before"] + row["low"]), self._across(row["before"] + row["high"])
            painter.fillRect(QRectF(low, y - 5, max(high - low, 2), 10), QColor(colours.ramp[1]))
        tone = colours.lift[-1] if end >= start else colours.lift[0]
        axes.line(painter, QPointF(start, y), QPointF(end, y), tone, 2.2)
        if abs(end - start) > 4 * DOT:  # an arrow head where there is room for one
            way, tip = (1 if end > start else -1), (start + end) / 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tone))
            painter.drawPolygon(QPolygonF([QPointF(tip + 5 * way, y), QPointF(tip - 4 * way, y - 5),
                                           QPointF(tip - 4 * way, y + 5)]))  # fmt: skip
        self._dot(painter, colours, QPointF(start, y), False, tone)
        self._dot(painter, colours, QPointF(end, y), True, tone)


def _moved(row: dict[Any, Any]) -> str:
    """The change of a row in points with its interval, as it stands at the right."""
    return f"{say.points(row['difference'])} ({say.points(row['low'])} to {say.points(row['high'])})"


def changed_items(result: Rules) -> list[dict[Any, Any]]:
    """The single items that changed beyond chance as rows of the picture, the largest change first."""
    items = result.tables.get("items")
    if items is None or "changed" not in items.columns:
        return []
    baskets = {when: result.metrics[f"baskets_{when}"].value for when in ("before", "after")}
    moved = items[items["changed"].astype(bool)].sort_values("difference", key=abs, ascending=False, kind="stable")
    return [
        {**row, "kind": "item", "measure": "item", "rule": row["label"], "change": at, "before": row["share_before"],
         "after": row["share_after"], "baskets_before": baskets["before"], "baskets_after": baskets["after"],
         "text": f"{row['label']}: {say.share(row['share_before'])} of all before, {say.share(row['share_after'])} "
                 f"after, {_moved(row)} points."}
        for at, row in enumerate(moved.to_dict("records"), start=1)
    ]  # fmt: skip


class SlopesView(Pictured):
    """The changes that stood up to the test; all that were compared are in the table twin."""

    def __init__(self, result: Rules, context: ViewContext) -> None:
        table = result.tables["changes"]
        shown = table[table["shown"].astype(bool)]
        tests = result.metrics.get("tests")
        compared = len(table) if tests is None or tests.value is None else tests.value
        lead = f"{say.count(len(shown))} of {say.count(compared)} comparisons of rules stood up to the tests."
        super().__init__(f"Before and after. {result.verdict}", lead)
        self.picture = Slopes(shown.to_dict("records") + changed_items(result), context, result.verdict)
        self.told = label("", wrap=True)
        self.facts = label("", "muted", wrap=True)
        paper = QScrollArea()
        paper.setWidget(self.picture)
        paper.setWidgetResizable(True)
        paper.setFrameShape(QFrame.Shape.NoFrame)
        paper.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._paper = paper
        self.fill(paper, lambda: context.table("changes"))
        card = Card()
        card.rows.addWidget(self.told)
        card.rows.addWidget(self.facts)
        self.column.addWidget(card)
        self.picture.chosen.connect(self._tell)
        self.picture.choose(0)

    def _tell(self, at: int) -> None:
        if at < 0:
            self.told.setText("Choose a change: what it says is told here.")
            self.facts.setText("")
            return
        row = self.picture.rows[at]
        self._paper.ensureVisible(0, int(self.picture.boxes()[at][1]), 0, 60)
        self.told.setText(str(row["text"]))
        counts = [f"{say.count(row[f'count_{when}'])} of {say.count(row[f'baskets_{when}'])} {when}"
                  for when in ("before", "after")]  # fmt: skip
        parts = [*counts, f"q {say.q(row['q'])}"]
        if not say.missing(row.get("lift_before")) and not say.missing(row.get("lift_after")):
            parts.append(f"lift {say.decimal(row['lift_before'])} before, {say.decimal(row['lift_after'])} after")
        other = str(row.get("of") or "")
        if other:
            parts.append(f"seen against {other.replace('->', '→')}")
        self.facts.setText("; ".join(parts) + ".")
