"""The tab Money of a customer's page: every account, and the months behind the balance line."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import label
from crmdesk.services.customers import CustomerCard


class MoneyTab(QWidget):
    """Every account, and the months behind the balance line."""

    def __init__(self) -> None:
        super().__init__()
        self.accounts = PlainTable(
            "Accounts", ("Product", "Kind", "Number", "Opened", "Closed", "Balance"),
            (0, 130, 130, 104, 104, 130),
            frozenset({5}),
        )  # fmt: skip
        self.months = PlainTable("Balance by month", ("Month", "Held"), (130, 0), frozenset({1}))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(12)
        column.addWidget(label("Accounts", "heading"))
        column.addWidget(self.accounts, 2)
        column.addWidget(label("Held by month: current, savings and investment accounts", "heading"))
        column.addWidget(self.months, 3)

    def show_card(self, card: CustomerCard) -> None:
        self.accounts.show_rows([
            (a.product, words.FAMILIES.get(a.family, a.family) + (", authorised" if a.role != "owner" else ""),
             a.number, words.on(a.opened_on), words.on(a.closed_on),
             words.exact(a.months[max(a.months)], a.currency) if a.months else words.NOTHING)
            for a in card.accounts
        ])  # fmt: skip
        self.months.show_rows([(words.month(m), words.exact(v, card.currency)) for m, v in reversed(card.months)])
