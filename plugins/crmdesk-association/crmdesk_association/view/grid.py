"""The rules as a matrix: the if sides down, the then sides across, lift as number and tone, blank where no rule is."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from crmdesk.api import Rules, ViewContext
from crmdesk_association.view import say
from crmdesk_association.view.look import ink_on, look
from crmdesk_association.view.marked import MIDDLE, write
from crmdesk_association.view.parts import Pictured
from crmdesk_association.view.rule_card import RuleCard
from crmdesk_association.view.rule_columns import Ints, RuleColumns
from crmdesk_association.view.rule_table import RulePanel

Index = QModelIndex | QPersistentModelIndex
CELL, LINE, LEFT = 84, 28, 250
WRAPPED = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)


def arranged(rules: RuleColumns, rows: Ints) -> tuple[Ints, Ints]:
    """Codes of the if sides and of the then sides, so that rules to the same consequent stand together.

    Consequents by their number of rules; antecedents under the consequent of their highest lift, then by that lift.
    """
    left, right, lift = rules.left.codes[rows], rules.right.codes[rows], np.nan_to_num(rules["lift"][rows])
    columns, counts = np.unique(right, return_counts=True)
    columns = columns[np.lexsort((columns, -counts))]
    place = {int(code): at for at, code in enumerate(columns)}
    best: dict[int, tuple[float, int]] = {}
    for code, then, value in zip(left, right, lift, strict=True):
        best[int(code)] = max(best.get(int(code), (-1.0, 0)), (float(value), -place[int(then)]))
    order = sorted(best, key=lambda code: (-best[code][1], -best[code][0], code))
    return np.array(order, dtype=np.int64), columns.astype(np.int64)


class GridModel(QAbstractTableModel):
    """A cell is a rule's place in the table, or -1."""

    def __init__(self, rules: RuleColumns, rows: Ints) -> None:
        super().__init__()
        self._rules = rules
        bold = QFont()
        bold.setBold(True)
        self._metrics = QFontMetrics(bold)  # a header in the desk's dress cuts words without a sign of it
        self._left, self._right = arranged(rules, rows)
        down = {int(code): at for at, code in enumerate(self._left)}
        across = {int(code): at for at, code in enumerate(self._right)}
        self.cells = np.full((len(self._left), len(self._right)), -1, dtype=np.int64)
        for row in rows:
            self.cells[down[int(rules.left.codes[row])], across[int(rules.right.codes[row])]] = row

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._left)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._right)

    def lift(self, index: Index) -> float | None:
        row = int(self.cells[index.row(), index.column()])
        return None if row < 0 else float(self._rules["lift"][row])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = int(self.cells[index.row(), index.column()])
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if row < 0 else say.decimal(self._rules["lift"][row])
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return "No rule" if row < 0 else str(self._rules.text[row])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        across = orientation == Qt.Orientation.Horizontal
        side, codes = (self._rules.right, self._right) if across else (self._rules.left, self._left)
        if role == Qt.ItemDataRole.DisplayRole and not across:
            return self._metrics.elidedText(side.names[codes[section]], Qt.TextElideMode.ElideRight, LEFT - 20)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return side.names[codes[section]]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return WRAPPED if across else int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None


class GridCell(QStyledItemDelegate):
    """The lift on its tone; the current cell has a frame in the accent's colour."""

    def __init__(self, context: ViewContext, parent: QTableView) -> None:
        super().__init__(parent)
        self._context = context

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = look(self._context.palette)
        drawn: Any = option  # the stubs know no fields of options
        box = QRectF(drawn.rect)
        model = index.model()
        assert isinstance(model, GridModel)
        lift = model.lift(index)
        if lift is not None:
            fill = colours.lift_tone(lift)
            painter.fillRect(box.adjusted(1, 1, -1, -1), QColor(fill))
            write(painter, box, say.decimal(lift), ink_on(fill), MIDDLE)
        if drawn.state & (QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_Selected):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRect(box.adjusted(2, 2, -2, -2))


class GridView(Pictured):
    """The matrix, the chosen rule in words, and the same rules as a table."""

    def __init__(self, rules: RuleColumns, result: Rules, context: ViewContext) -> None:
        super().__init__(f"Matrix of rules. {result.verdict}", "")
        rows = rules.rows_shown()
        self.card = RuleCard(rules, result, context)
        self.model = GridModel(rules, rows)
        self.grid = self._grid(context)
        number = say.count(len(rows))
        self.lead.setText(f"Lift of the {number} rules that stood up to the tests: if at the left, then above. "
                          "1 is no connection; blank: no rule.")  # fmt: skip

        def table() -> RulePanel:
            made = RulePanel(rules, result, context)
            made.card.setVisible(False)
            made.chosen.connect(self.card.show_rule)
            made.show_rows(rows)
            return made

        self.fill(self.grid, table)
        self.column.addWidget(self.card)
        self.grid.selectionModel().currentChanged.connect(self._tell)
        self.grid.doubleClicked.connect(lambda *_: self.card.make_list())
        self.grid.activated.connect(lambda *_: self.card.make_list())
        self.grid.setCurrentIndex(self.model.index(*np.argwhere(self.model.cells >= 0)[0].tolist()))

    def _grid(self, context: ViewContext) -> QTableView:
        grid = QTableView()
        grid.setModel(self.model)
        grid.setItemDelegate(GridCell(context, grid))
        grid.setAccessibleName("Matrix of lift: if sides down, then sides across")
        grid.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        grid.setTabKeyNavigation(False)
        grid.setCornerButtonEnabled(False)
        grid.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        down, across = grid.verticalHeader(), grid.horizontalHeader()
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(LINE)
        down.setFixedWidth(LEFT)
        across.setMinimumSectionSize(CELL)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        across.setFixedHeight(50)
        across.setStyleSheet("QHeaderView::section { padding: 4px 1px; }")
        return grid

    def _tell(self, now: QModelIndex, before: QModelIndex) -> None:
        self.card.show_rule(int(self.model.cells[now.row(), now.column()]) if now.isValid() else -1)
