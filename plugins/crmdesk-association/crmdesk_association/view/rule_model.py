"""The rules as a Qt model over arrays: half a million of them cost no widget, and a filter is a list of places."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from crmdesk_association.view import say
from crmdesk_association.view.rule_columns import Floats, Ints, RuleColumns

Index = QModelIndex | QPersistentModelIndex
IF, THEN, COUNT, CONFIDENCE, LIFT, Q = range(6)
WIDTHS = (0, 0, 96, 126, 64, 74)  # px; 0 takes what is left over
TIPS = (
    "What a basket holds", "What it then also holds", "How many hold both sides",
    "Of those with the if side, the share that also has the then side, with its 95 % interval",
    "How many times as frequent the then side is among them as among all",
    "Chance of so strong a rule without any connection, adjusted for all rules tested",
)  # fmt: skip
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class RuleModel(QAbstractTableModel):
    """`rows` are the places of the rules on screen, in their order there."""

    def __init__(self, rules: RuleColumns) -> None:
        super().__init__()
        self.rules = rules
        self.rows: Ints = np.arange(len(rules), dtype=np.int64)
        self._column, self._descending = -1, False
        self._titles = ("If", "Then", rules.unit.capitalize(), "Confidence", "Lift", "q")

    def show_rows(self, rows: Ints) -> None:
        """Only these rules, in the order last asked for."""
        self.beginResetModel()
        self.rows = self._sorted(rows)
        self.endResetModel()

    def place_of(self, row: int) -> int:
        """The screen row of the rule at place `row`, or -1."""
        found = np.flatnonzero(self.rows == row)
        return int(found[0]) if len(found) else -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return TIPS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if section >= COUNT else LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = int(self.rows[index.row()]), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column >= COUNT else LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(self.rules.text[row])
        return None

    def _text(self, row: int, column: int) -> str:
        rules = self.rules
        if column == IF:
            return rules.left.name(row)
        if column == THEN:
            return rules.right.name(row)
        if column == COUNT:
            return say.count(rules["count"][row])
        if column == CONFIDENCE:
            return say.interval(rules["confidence"][row], rules["low"][row], rules["high"][row])
        return say.decimal(rules["lift"][row]) if column == LIFT else say.q(rules["q"][row])

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, what is missing last either way; column -1 is the table's own order."""
        self._column, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self.show_rows(np.sort(self.rows))

    def _sorted(self, rows: Ints) -> Ints:
        if self._column < 0:
            return rows
        values = self._values(self._column)[rows]
        keys = -values if self._descending else values  # NaN sorts last either way
        return rows[np.argsort(keys, kind="stable")]

    def _values(self, column: int) -> Floats:
        rules = self.rules
        if column in (IF, THEN):
            return (rules.left if column == IF else rules.right).codes.astype(np.float64)
        return rules[("", "", "count", "confidence", "lift", "q")[column]]
