"""A field that finds one customer by name, number or phone, with what was found beneath it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from crmdesk.desk.background import Ticket
from crmdesk.desk.context import DeskContext
from crmdesk.desk.widgets import label
from crmdesk.desk.zoom import px
from crmdesk.services import customers
from crmdesk.services.customers import CustomerQuery, CustomerRow

FOUND: Final = 6
LINE: Final = 26  # px of a row
WAIT: Final = 150  # ms after the last key


class CustomerPicker(QWidget):
    """`number` is the chosen customer's, "" while none is; `without` is left out of what is found."""

    chosen = Signal(str)

    def __init__(self, context: DeskContext, without: str = "") -> None:
        super().__init__()
        self._context, self._without = context, without
        self._ticket: Ticket | None = None
        self.find = QLineEdit()
        self.find.setPlaceholderText("Name, number or phone")
        self.find.textEdited.connect(lambda *_: self._timer.start())
        self.find.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Customers found")
        self.list.setVisible(False)
        self.nobody = label("", "muted")
        self.nobody.setVisible(False)
        self.list.currentItemChanged.connect(lambda *_: self.chosen.emit(self.number))
        self._timer = QTimer(self, singleShot=True, interval=WAIT)
        self._timer.timeout.connect(self._search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.find)
        column.addWidget(self.list)
        column.addWidget(self.nobody)
        self.setFocusProxy(self.find)

    @property
    def number(self) -> str:
        item = self.list.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    def _search(self) -> None:
        app, actor, text = self._context.app, self._context.actor, self.find.text().strip()
        if self._ticket is not None:
            self._ticket.drop()
        if not text:
            self._show([])
            return

        def ask() -> list[CustomerRow]:
            ids = customers.find(app, actor, CustomerQuery(text))[: FOUND + 1]
            return customers.rows(app, actor, [int(one) for one in ids])

        self._ticket = self._context.background(ask, self._show, owner=self)

    def _show(self, found: list[CustomerRow]) -> None:
        self.list.clear()
        for one in [row for row in found if row.number != self._without][:FOUND]:
            item = QListWidgetItem("   ".join(part for part in (one.number, one.name, one.city) if part))
            item.setData(Qt.ItemDataRole.UserRole, one.number)
            self.list.addItem(item)
            item.setSizeHint(QSize(0, px(LINE)))
        self.list.setVisible(self.list.count() > 0)
        self.list.setFixedHeight(px(LINE) * self.list.count() + 4)
        typed = self.find.text().strip()
        self.nobody.setText(f"No other customer matches '{typed}'.")
        self.nobody.setVisible(bool(typed) and not self.list.count())
        self.list.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down walk the list while the cursor stays in the field."""
        if watched is self.find and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step:
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
        return super().eventFilter(watched, event)
