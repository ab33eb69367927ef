"""The network beside its rules: choosing an item keeps the rules that touch it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QSplitter

from crmdesk.api import Rules, ViewContext
from crmdesk_association.view import say
from crmdesk_association.view.net import NetPicture
from crmdesk_association.view.parts import Pictured
from crmdesk_association.view.rule_card import RuleCard
from crmdesk_association.view.rule_columns import RuleColumns
from crmdesk_association.view.rule_table import RulePanel

MOST = 50  # rules: more arrows than these nobody can follow


class NetView(Pictured):
    """Picture, the rules of the chosen item beside it, the chosen rule in words beneath."""

    def __init__(self, rules: RuleColumns, result: Rules, context: ViewContext) -> None:
        super().__init__(f"Network of items. {result.verdict}", "")
        self._all, self._result, self._context = rules, result, context
        self.rows = rules.rows_shown(MOST)
        self.picture = NetPicture(rules, self.rows, context, result.verdict)
        self.card = RuleCard(rules, result, context)
        self.beside = self._panel(narrow=True)
        self.width_by = QComboBox()
        self.width_by.setAccessibleName("Width of the arrows")
        for words, name in (("Width: lift", "lift"), ("Width: leverage", "leverage")):
            self.width_by.addItem(words, name)
        self.width_by.currentIndexChanged.connect(lambda *_: self.picture.weigh(str(self.width_by.currentData())))
        self.bar.insertWidget(1, self.width_by, 0, Qt.AlignmentFlag.AlignTop)
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
        self._narrow(-1)

    def _panel(self, *, narrow: bool) -> RulePanel:
        made = RulePanel(self._all, self._result, self._context, narrow)
        made.card.setVisible(False)
        made.chosen.connect(self.card.show_rule)
        made.show_rows(self.rows)
        return made

    def _narrow(self, at: int) -> None:
        rows = self.picture.rules_with(at)
        self.beside.show_rows(rows)
        number = say.count(len(rows))
        if at < 0:
            whole = int(self._all.shown.sum())
            which = f"The {number} rules" if whole <= MOST else f"The {number} rules of the highest leverage"
            self.lead.setText(f"{which} that stood up to the tests. Choose an item to keep its rules; Esc shows all.")
        else:
            self.lead.setText(f"{self.picture.says(at)}. Esc shows all.")
