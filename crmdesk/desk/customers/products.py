"""The card of a customer's products: what is held and owed, each account with its 13 months as a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.spark import draw_line
from crmdesk.desk.plain_table import as_rows
from crmdesk.desk.widgets import Card, button, label
from crmdesk.desk.zoom import px
from crmdesk.services.customers import AccountRow, CustomerCard

SHOWN: Final = 6  # accounts on the card; the Money tab has them all
ROW: Final = 26
LINE: Final = 44  # px of a line of months
_Index = QModelIndex | QPersistentModelIndex


class AccountModel(QAbstractTableModel):
    """Product, its months, and the newest balance."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.accounts: Sequence[AccountRow] = ()
        self._usual = ""

    def show_accounts(self, accounts: Sequence[AccountRow], usual: str) -> None:
        """`usual`: the currency that the card's total names, so that rows need not repeat it."""
        self.beginResetModel()
        self.accounts, self._usual = accounts, usual
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.accounts)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if way != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole or not 0 <= section < 3:
            return None
        return ("Product", "13 months", "Balance")[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not self.checkIndex(index, QAbstractTableModel.CheckIndexOption.IndexIsValid):
            return None
        account = self.accounts[index.row()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return told(account)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        newest = account.months[max(account.months)] if account.months else None
        worth = words.money(newest, account.currency)
        return (account.product, "", worth.removeprefix(f"{self._usual} ") if self._usual else worth)[index.column()]


class LineDelegate(QStyledItemDelegate):
    """The months of an account as a line; a single month draws nothing."""

    def __init__(self, context: DeskContext, parent: QTableView) -> None:
        super().__init__(parent)
        self._context = context

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model: AccountModel = index.model()  # type: ignore[assignment]
        months = model.accounts[index.row()].months
        super().paint(painter, option, index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect).adjusted(4, 5, -6, -5)
        draw_line(painter, area, [months[m] for m in sorted(months)], self._context.theme.accent)
        painter.restore()


class AccountsTable(QTableView):
    """Open accounts at their full height; the whole row in words is its name and tooltip."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self.setModel(AccountModel(self))
        self.setItemDelegateForColumn(1, LineDelegate(context, self))
        as_rows(self, "Open accounts with their balances")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QTableView { border: 0; } QTableView::item { padding: 0; }")
        self.horizontalHeader().setVisible(False)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(px(10))
        self.setColumnWidth(1, px(LINE))
        self.verticalHeader().setDefaultSectionSize(px(ROW))

    def show_accounts(self, accounts: Sequence[AccountRow], usual: str) -> None:
        model: AccountModel = self.model()
        model.show_accounts(accounts, usual)
        texts = [str(model.index(row, 2).data()) for row in range(len(accounts))]
        wide = max((self.fontMetrics().horizontalAdvance(text) for text in texts), default=0)
        self.setColumnWidth(2, wide + px(10))
        self.setFixedHeight(px(ROW) * len(accounts) + 2)
        self.setVisible(bool(accounts))


class ProductsCard(Card):
    """One line for the whole, one row per account."""

    def __init__(self, context: DeskContext, opened: Callable[[], None]) -> None:
        super().__init__("Products")
        self.total = label("", wrap=True)
        self.owed = label("", "muted", wrap=True)
        self.table = AccountsTable(context)
        self.rows.setSpacing(4)
        self.rows.setContentsMargins(14, 12, 12, 12)
        self.rows.addWidget(self.total)
        self.rows.addWidget(self.owed)
        self.rows.addWidget(self.table)
        self._more = button("See money", opened, "quiet", "Accounts and their balances by month")
        self._more.setStyleSheet("QPushButton { min-height: 16px; padding: 2px 4px; }")
        self.rows.addWidget(self._more, alignment=Qt.AlignmentFlag.AlignLeft)

    def show_card(self, card: CustomerCard) -> None:
        held = [a for a in card.accounts if a.closed_on is None]
        number = "1 product" if len(held) == 1 else f"{len(held)} products"
        if not held:
            self.total.setText("No products today.")
        elif card.held is None and card.held_band:
            self.total.setText(f"{number}, holds {card.held_band}")
        elif card.held is None:
            self.total.setText(f"{number}; no balance to add up.")
        else:
            self.total.setText(f"{number}, holds {words.money(card.held, card.currency)}")
        self.total.setToolTip(words.exact(card.held, card.currency) if card.held is not None else "")
        self.owed.setVisible(card.owed is not None)
        self.owed.setText(f"Owes {words.money(abs(card.owed or 0), card.currency)}")
        self.table.show_accounts(held[:SHOWN], card.currency)
        closed = len(card.accounts) - len(held)
        further = [f"{len(held) - SHOWN} more"] if len(held) > SHOWN else []
        further += [f"{closed} closed"] if closed else []
        self._more.setText(f"See money ({', '.join(further)})" if further else "See money")
        self._more.setVisible(bool(card.accounts))


def told(account: AccountRow) -> str:
    """An account with its months in words."""
    role = "" if account.role == "owner" else ", authorised"
    start = f"{account.product}, {account.number}{role}"
    if not account.months:
        return f"{start}: no balance recorded"
    first, last = min(account.months), max(account.months)
    line = f"{words.exact(account.months[last], account.currency)} in {words.month(last)}"
    if first == last:
        return f"{start}: {line}"
    return f"{start}: {line}, {words.exact(account.months[first], account.currency)} in {words.month(first)}"
