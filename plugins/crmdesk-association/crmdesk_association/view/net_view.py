"""The network beside its rules: choosing an item keeps the rules that touch it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QSplitter

from crmdesk.api import Rules, ViewContext
from crmdesk_association.view import say
from crmdesk_association.view.net import NetPicture
from crmdesk_association.view.parts import Pictured
from crmdesk_association.view.rule_card import RuleCard
from crmdesk_association.view.rule_columns import Ints, RuleColumns
from crmdesk_association.view.rule_table import RulePanel

MOST = 50  # rules: more arrows than these nobody can follow
FEW = 25
ROOMY = 1000  # px: in a narrower view the picture needs the place of the list; key T shows that


class NetView(Pictured):
    """Picture, the rules of the chosen item beside it, the chosen rule in words beneath."""

    def __init__(self, rules: RuleColumns, result: Rules, context: ViewContext) -> None:
        super().__init__(f"Network of items. {result.verdict}", "")
        self._all, self._result, self._context = rules, result, context
        self.rows = rules.rows_shown(MOST)
        self._panels: list[RulePanel] = []
        self.drawn = QComboBox()
        self._offer_choices()
        self.picture = NetPicture(rules, self._chosen_rows(), context, result.verdict)
        self.card = RuleCard(rules, result, context)
        self.beside = self._panel(narrow=True)
        self.width_by = QComboBox()
        self.width_by.setAccessibleName("Width of the arrows")
        for words, name in (("Width: lift", "lift"), ("Width: leverage", "leverage")):
            self.width_by.addItem(words, name)
        self.width_by.currentIndexChanged.connect(lambda *_: self.picture.weigh(str(self.width_by.currentData())))
        self.bar.insertWidget(1, self.drawn, 0, Qt.AlignmentFlag.AlignTop)
        self.bar.insertWidget(2, self.width_by, 0, Qt.AlignmentFlag.AlignTop)
        paper = QScrollArea()
        paper.setWidget(self.picture)
        paper.setWidgetResizable(True)
        paper.setFrameShape(QFrame.Shape.NoFrame)
        paper.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        across = QSplitter(Qt.Orientation.Horizontal)
        across.addWidget(paper)
        across.addWidget(self.beside)
        across.setSizes([640, 400])
        across.setStretchFactor(0, 3)
        across.setStretchFactor(1, 2)
        across.setChildrenCollapsible(False)
        self.fill(across, lambda: self._panel(narrow=False))
        self.column.addWidget(self.card)
        self.picture.chosen.connect(self._narrow)
        self.drawn.currentIndexChanged.connect(lambda *_: self.picture.show_rules(self._chosen_rows()))
        self._narrow(-1)

    def _offer_choices(self) -> None:
        """Which rules are drawn; at first those of one item on each side, whose arrows cross least."""
        rules = self._all
        single = [
            row
            for row in self.rows.tolist()
            if len(rules.left.items[rules.left.codes[row]]) == len(rules.right.items[rules.right.codes[row]]) == 1
        ]
        self.drawn.setAccessibleName("Rules drawn")
        best = self.rows[:FEW].tolist() if len(self.rows) > FEW else []
        for words, rows in ((f"One item each ({len(single)})", single), (f"Best {FEW}", best),
                            (f"All {len(self.rows)}", self.rows.tolist())):  # fmt: skip
            if rows:
                self.drawn.addItem(words, rows)

    def _chosen_rows(self) -> Ints:
        return np.array(self.drawn.currentData(), dtype=np.int64)

    def _panel(self, *, narrow: bool) -> RulePanel:
        made = RulePanel(self._all, self._result, self._context, narrow)
        made.card.setVisible(False)
        made.chosen.connect(self.card.show_rule)
        made.show_rows(self.picture.rules_with(self.picture.at))
        self._panels.append(made)
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.beside.setVisible(event.size().width() >= ROOMY)
        super().resizeEvent(event)
        self._tell()

    def _narrow(self, at: int) -> None:
        rows = self.picture.rules_with(at)
        for panel in self._panels:
            panel.show_rows(rows)
        self._tell()

    def _tell(self) -> None:
        """What is drawn, or chosen, and how to see more."""
        at = self.picture.at
        rows = self.picture.rules_with(at)
        if at >= 0:
            more = "" if self.beside.isVisibleTo(self) else " Key T lists them."
            self.lead.setText(f"{self.picture.says(at)}.{more} Esc shows all.")
            return
        which = f"{say.count(len(rows))} of the {say.count(self._all.shown.sum())} rules shown"
        self.lead.setText(f"{which}. Choose an item to keep its rules; Esc shows all.")
