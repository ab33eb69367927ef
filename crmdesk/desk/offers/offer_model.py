"""The rows of a cross-selling list as a Qt model, sorted by any column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from crmdesk.desk import words
from crmdesk.domain.rounding import outward
from crmdesk.services.offers import OfferRow

Index = QModelIndex | QPersistentModelIndex
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True)
class Column:
    """`text(row, currency)` and what the column sorts by, None last; `width` in px, 0 takes what is left over."""

    title: str
    text: Callable[[OfferRow, str], str]
    key: Callable[[OfferRow], Any]
    width: int
    right: bool = False


def chance(row: OfferRow) -> str:
    """The chance with its 95 % interval: "5.1 % (4.2-6.0)"."""
    low, high = (f"{tenths / 10:.1f}" for tenths in outward(row.low, row.high, 1_000))
    return f"{100 * row.p:.1f} % ({low}-{high})"


NAME, MARGIN, VALUE = 2, 5, 6
COLUMNS: Final = (
    Column("#", lambda r, _: words.count(r.rank), lambda r: r.rank, 52, right=True),
    Column("Customer", lambda r, _: r.number or str(r.customer), lambda r: r.number or r.customer, 92),
    Column("Name", lambda r, _: r.name or "", lambda r: r.name, 148),
    Column("Product", lambda r, _: r.product_name, lambda r: r.product_name, 150),
    Column("Chance", lambda r, _: chance(r), lambda r: r.p, 150, right=True),
    Column("Margin", lambda r, money: words.money(r.margin, money), lambda r: r.margin, 84, right=True),
    Column("Value", lambda r, money: words.money(r.value, money), lambda r: r.value, 84, right=True),
    Column("Why", lambda r, _: r.why, lambda r: r.why, 0),
)


class OfferModel(QAbstractTableModel):
    """`rows` in their order on screen."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[OfferRow] = []
        self._money = ""

    def show_rows(self, rows: tuple[OfferRow, ...], money: str) -> None:
        self.beginResetModel()
        self.rows, self._money = list(rows), money
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if COLUMNS[section].right else LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column.text(self.rows[index.row()], self._money)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.right else LEFT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, what is missing last either way; column -1 is the list's own order."""
        key = COLUMNS[column].key if column >= 0 else COLUMNS[0].key
        there = [row for row in self.rows if key(row) is not None]
        gone = [row for row in self.rows if key(row) is None]
        there.sort(key=key, reverse=order == Qt.SortOrder.DescendingOrder)
        self.beginResetModel()
        self.rows = there + gone
        self.endResetModel()
