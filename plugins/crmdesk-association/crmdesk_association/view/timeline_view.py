"""What follows what: the table beside the arrows in time, the waiting beneath, the chosen sequence in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

from crmdesk.api import Rules, ViewContext
from crmdesk_association.view import say
from crmdesk_association.view.parts import Card, Pictured, label
from crmdesk_association.view.text_table import TextTable
from crmdesk_association.view.waits import Arrows, WaitBars, waits

if TYPE_CHECKING:
    import pandas as pd


class TimelineView(Pictured):
    """The sequences that stood up to the test; all of them are in the table twin."""

    def __init__(self, result: Rules, context: ViewContext) -> None:
        table = result.tables["sequences"]
        waiting = result.tables.get("waiting")
        self.waits = waits(table, waiting)
        number, whole = say.count(len(self.waits)), say.count(len(table))
        super().__init__(f"Sequences in time. {result.verdict}",
                         f"{number} of {whole} sequences are beyond what shuffled orders give. Band: the days of the "
                         "middle half of those customers.")  # fmt: skip
        self.picture = Arrows(self.waits, context, result.verdict)
        self.beside = self._table(table[table["shown"].astype(bool)])
        self.bars = None if waiting is None or waiting.empty else WaitBars(waiting, context)
        self.step = QComboBox()
        self.step.setAccessibleName("Step whose waiting is shown")
        self.step.currentIndexChanged.connect(lambda *_: self._show_bars())
        self.told = label("", wrap=True)
        self.fill(self._across(), lambda: context.table("sequences"))
        card = Card()
        card.rows.addWidget(self.told)
        self.column.addWidget(card)
        self.picture.chosen.connect(self._choose)
        self.beside.picked.connect(self._choose)
        self._at = -1
        self._choose(0)

    @staticmethod
    def _table(shown: pd.DataFrame) -> TextTable:
        rows = shown.to_dict("records")
        columns = [
            ("Sequence", [str(r["steps"]) for r in rows], None),
            ("Customers", [say.count(r["count"]) for r in rows], shown["count"].to_numpy(dtype=float)),
            ("q", [say.q(r["q"]) for r in rows], shown["q"].to_numpy(dtype=float)),
        ]
        made = TextTable(f"Table of {len(rows)} sequences", columns, (0, 96, 78))
        made.setMinimumWidth(310)
        return made

    def _across(self) -> QWidget:
        paper = QScrollArea()
        paper.setWidget(self.picture)
        paper.setWidgetResizable(True)
        paper.setFrameShape(QFrame.Shape.NoFrame)
        paper.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._paper = paper
        under = QWidget()
        column = QVBoxLayout(under)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.step, 0, Qt.AlignmentFlag.AlignLeft)
        if self.bars is not None:
            column.addWidget(self.bars, 1)
        down = QSplitter(Qt.Orientation.Vertical)
        down.addWidget(paper)
        down.addWidget(under)
        down.setStretchFactor(0, 3)
        down.setStretchFactor(1, 2)
        down.setChildrenCollapsible(False)
        across = QSplitter(Qt.Orientation.Horizontal)
        across.addWidget(self.beside)
        across.addWidget(down)
        across.setSizes([330, 620])
        across.setStretchFactor(0, 2)
        across.setStretchFactor(1, 3)
        across.setChildrenCollapsible(False)
        return across

    def _choose(self, at: int) -> None:
        """One sequence everywhere: row, arrow, waiting, sentence."""
        if at == self._at or at < 0:
            return
        self._at = at
        wait = self.waits[at]
        self.told.setText(wait.text)
        self.picture.choose(at, tell=False)
        self.beside.choose(at)
        row = self.picture.boxes()[at]
        self._paper.ensureVisible(0, int(row[1] + row[3] / 2), 0, int(row[3]))
        self.step.blockSignals(True)
        self.step.clear()
        self.step.addItems([f"{a} → {b}" for a, b in zip(wait.steps, wait.steps[1:], strict=False)])
        self.step.setCurrentIndex(len(wait.steps) - 2)
        self.step.blockSignals(False)
        self.step.setVisible(len(wait.steps) > 2)
        self._show_bars()

    def _show_bars(self) -> None:
        if self.bars is not None and self._at >= 0 and self.step.currentIndex() >= 0:
            self.bars.show_wait(self.waits[self._at], self.step.currentIndex() + 1)
