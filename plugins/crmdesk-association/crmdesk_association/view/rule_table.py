"""A sortable table of rules with the chosen one told beneath."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from crmdesk.api import Rules, ViewContext
from crmdesk_association.view.parts import PAD
from crmdesk_association.view.rule_card import RuleCard
from crmdesk_association.view.rule_columns import Ints, RuleColumns
from crmdesk_association.view.rule_model import CONFIDENCE, COUNT, WIDTHS, Q, RuleModel

ROW = 28


class RuleGrid(QTableView):
    """The table alone; Enter, in the table or by a double click, asks for the rule's list."""

    def __init__(self, rules: RuleColumns, narrow: bool = False) -> None:
        super().__init__()
        self.rules = RuleModel(rules)
        self.setModel(self.rules)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setStyleSheet("QTableView::item { padding: 0 6px; }")
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        for column, width in enumerate(WIDTHS):
            if width:
                self.setColumnWidth(column, width)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        for column in (COUNT, CONFIDENCE, Q) if narrow else ():
            self.setColumnHidden(column, True)
        self.setSortingEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Not every style lets Enter activate a cell.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class RulePanel(QWidget):
    """Table and card as one; `chosen` tells the place of the rule that a person picked."""

    chosen = Signal(int)

    def __init__(self, rules: RuleColumns, result: Rules, context: ViewContext, narrow: bool = False) -> None:
        super().__init__()
        self.grid = RuleGrid(rules, narrow)
        self.card = RuleCard(rules, result, context)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(PAD)
        column.addWidget(self.grid, 1)
        column.addWidget(self.card)
        self.grid.activated.connect(lambda *_: self.card.make_list())
        self.grid.doubleClicked.connect(lambda *_: self.card.make_list())
        self.grid.selectionModel().currentRowChanged.connect(self._moved)
        self.grid.rules.modelReset.connect(self._again)
        self.show_rows(np.arange(len(rules), dtype=np.int64))

    def show_rows(self, rows: Ints) -> None:
        """Only these rules; the chosen one stays chosen while it is among them, else the first one is."""
        self.grid.rules.show_rows(rows)
        number = len(rows)
        self.grid.setAccessibleName(f"Table of {number} {'rule' if number == 1 else 'rules'}")

    def choose(self, row: int) -> None:
        """Point at the rule at place `row`, where it is on screen."""
        place = self.grid.rules.place_of(row)
        if place >= 0:
            self.grid.setCurrentIndex(self.grid.rules.index(place, 0))

    def _again(self) -> None:
        """After sorting or filtering: the same rule is chosen, at its new place."""
        rows = self.grid.rules.rows
        kept = self.card.row if self.grid.rules.place_of(self.card.row) >= 0 else int(rows[0]) if len(rows) else -1
        self.card.show_rule(kept)
        self.choose(kept)

    def _moved(self, now: QModelIndex, before: QModelIndex) -> None:
        if now.isValid():
            row = int(self.grid.rules.rows[now.row()])
            self.card.show_rule(row)
            self.chosen.emit(row)
