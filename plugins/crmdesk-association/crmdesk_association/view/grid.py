"""The rules as a matrix: the if sides down, the then sides across, lift as number and tone, blank where no rule is."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from crmdesk.api import Rules, ViewContext, ink_on
from crmdesk_association.view import say
from crmdesk_association.view.look import look
from crmdesk_association.view.marked import MIDDLE, write
from crmdesk_association.view.parts import Pictured
from crmdesk_association.view.rule_card import RuleCard
from crmdesk_association.view.rule_columns import Ints, RuleColumns
from crmdesk_association.view.rule_table import RulePanel

Index = QModelIndex | QPersistentModelIndex
CELL, LINE, TALL, LEFT, WIDEST = 78, 28, 42, 220, 420
HEADING = -1  # in place of an if side's code
SEVERAL = "Several items together"
WRAPPED = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
AT_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap)


def arranged(rules: RuleColumns, rows: Ints) -> tuple[Ints, Ints]:
    """Codes of the if sides and of the then sides, so that alike rows stand together.

    Consequents from the one of most rules on, next each time the one that shares most antecedents. Antecedents of one
    item first, then HEADING and those of several, if there are both; within each part by the consequents they lead
    to, in the columns' order, then by their highest lift.
    """
    left, right, lift = rules.left.codes[rows], rules.right.codes[rows], np.nan_to_num(rules["lift"][rows])
    columns = _side_by_side(left, right)
    place = {int(code): at for at, code in enumerate(columns)}
    leads: dict[int, list[int]] = {}
    best: dict[int, float] = {}
    for code, then, value in zip(left.tolist(), right.tolist(), lift.tolist(), strict=True):
        leads.setdefault(code, []).append(place[then])
        best[code] = max(best.get(code, 0.0), value)
    order = sorted(best, key=lambda code: (sorted(leads[code]), -best[code], code))
    one = [code for code in order if len(rules.left.items[code]) == 1]
    several = [code for code in order if len(rules.left.items[code]) > 1]
    return np.array([*one, *([HEADING] if one and several else []), *several], dtype=np.int64), columns


def _side_by_side(left: Ints, right: Ints) -> Ints:
    """The then sides' codes so that those of shared if sides are neighbours."""
    sources = {int(code): set(left[right == code].tolist()) for code in np.unique(right)}
    placed: list[int] = []
    met: set[int] = set()
    while sources:
        code = max(sources, key=lambda code: (len(sources[code] & met), len(sources[code]), -code))
        placed.append(code)
        met |= sources.pop(code)
    return np.array(placed, dtype=np.int64)


class GridModel(QAbstractTableModel):
    """A cell is a rule's place in the table, or -1."""

    def __init__(self, rules: RuleColumns, rows: Ints) -> None:
        super().__init__()
        self._rules = rules
        bold = QFont()
        bold.setBold(True)
        self._metrics = QFontMetrics(bold)  # a header in the desk's dress cuts words without a sign of it
        self._left, self._right = arranged(rules, rows)
        self.heading = next(iter(np.flatnonzero(self._left == HEADING).tolist()), None)
        self.room = LEFT  # px for the names of the if sides
        down = {int(code): at for at, code in enumerate(self._left)}
        across = {int(code): at for at, code in enumerate(self._right)}
        self.cells = np.full((len(self._left), len(self._right)), -1, dtype=np.int64)
        for row in rows:
            self.cells[down[int(rules.left.codes[row])], across[int(rules.right.codes[row])]] = row

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._left)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._right)

    def names(self) -> list[str]:
        """The if sides, from top to bottom."""
        return [SEVERAL if code == HEADING else self._rules.left.names[code] for code in self._left.tolist()]

    def needs(self) -> int:
        """The width in px that the longest if side of one item needs, and half of the longest of several."""
        first = self.heading if self.heading is not None else len(self._left)
        wide = [self._metrics.horizontalAdvance(name) for name in self.names()]
        return int(24 + max([*wide[:first], *(0.55 * w for w in wide[first:])]))

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
            return ("" if index.row() == self.heading else "No rule") if row < 0 else str(self._rules.text[row])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            name, how = self._rules.right.names[self._right[section]], WRAPPED
        else:
            name, how = self.names()[section], AT_LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return name
        if role == Qt.ItemDataRole.DisplayRole:
            lines = 2 if how == WRAPPED or section > self._first_of_several else 1
            room = lines * (self.room - 20) - (24 if lines == 2 else 0)  # a line that breaks early costs some
            return name if how == WRAPPED else self._metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        return how if role == Qt.ItemDataRole.TextAlignmentRole else None

    @property
    def _first_of_several(self) -> int:
        return len(self._left) if self.heading is None else self.heading


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
        self.lead.setText(f"Lift of the {number} rules shown: if at the left, then above. "
                          "1 is no connection; blank: no rule. Rules of one item come first.")  # fmt: skip

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
        if self.model.heading is not None:
            grid.setSpan(self.model.heading, 0, 1, self.model.columnCount())
            for row in range(self.model.heading + 1, self.model.rowCount()):
                grid.setRowHeight(row, TALL)  # their names take two lines
        across.setMinimumSectionSize(CELL)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        across.setFixedHeight(50)
        across.setStyleSheet("QHeaderView::section { padding: 4px 1px; }")
        return grid

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The names of the if sides get what the cells leave free."""
        super().resizeEvent(event)
        free = event.size().width() - CELL * self.model.columnCount() - 24
        self.model.room = max(LEFT, min(free, self.model.needs(), WIDEST))
        self.grid.verticalHeader().setFixedWidth(self.model.room)

    def _tell(self, now: QModelIndex, before: QModelIndex) -> None:
        self.card.show_rule(int(self.model.cells[now.row(), now.column()]) if now.isValid() else -1)
