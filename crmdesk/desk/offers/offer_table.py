"""The ranked list: a line for each customer, the reason of the chosen one beneath, Enter opens the customer."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableView, QVBoxLayout, QWidget

from crmdesk.desk.offers.offer_model import COLUMNS, MARGIN, NAME, VALUE, OfferModel, chance
from crmdesk.desk.plain_table import as_rows
from crmdesk.desk.widgets import Card, label
from crmdesk.services.offers import OfferList, OfferRow


class OfferGrid(QTableView):
    """The table alone; `asked` tells the customer to open."""

    asked = Signal(object)  # an OfferRow

    def __init__(self) -> None:
        super().__init__()
        self.offers = OfferModel()
        self.setModel(self.offers)
        as_rows(self, "Customers to whom this may be offered", [column.width for column in COLUMNS])
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.doubleClicked.connect(self._ask)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Not every style lets Enter activate a cell.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _ask(self, index: QModelIndex) -> None:
        if index.isValid():
            self.asked.emit(self.offers.rows[index.row()])


class OfferTable(QWidget):
    """Table and reason."""

    def __init__(self) -> None:
        super().__init__()
        self.grid = OfferGrid()
        self.why = label("", wrap=True)
        self._card = Card()
        self._card.rows.addWidget(self.why)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.grid, 1)
        column.addWidget(self._card)
        self.grid.selectionModel().currentRowChanged.connect(self._moved)
        self.grid.offers.modelReset.connect(self._first)

    def show_list(self, found: OfferList) -> None:
        """The rows; columns that are empty throughout are left out."""
        rows = found.rows
        self.grid.setColumnHidden(NAME, not any(row.name for row in rows))
        for place in (MARGIN, VALUE):
            self.grid.setColumnHidden(place, not any(row.margin is not None for row in rows))
        chosen = self.grid.currentIndex()
        kept = self.grid.offers.rows[chosen.row()].customer if chosen.isValid() else None
        self.grid.offers.show_rows(rows, found.currency)
        header = self.grid.horizontalHeader()
        if header.sortIndicatorSection() >= 0:
            self.grid.offers.sort(header.sortIndicatorSection(), header.sortIndicatorOrder())
        place = next((i for i, row in enumerate(self.grid.offers.rows) if row.customer == kept), None)
        if place is not None:
            self.grid.setCurrentIndex(self.grid.offers.index(place, 0))
        self.grid.setAccessibleName(f"Cross-selling list, {len(rows)} customers")

    def _first(self) -> None:
        rows = self.grid.offers.rows
        self._card.setVisible(bool(rows))
        if rows:
            self.grid.setCurrentIndex(self.grid.offers.index(0, 0))
            self._tell(rows[0])

    def _moved(self, now: QModelIndex, before: QModelIndex) -> None:
        if now.isValid():
            self._tell(self.grid.offers.rows[now.row()])

    def _tell(self, row: OfferRow) -> None:
        who = row.name or row.number or str(row.customer)
        self.why.setText(
            f"{who}: {row.product_name}, chance {chance(row)}. {row.why[:1].upper()}{row.why[1:].rstrip('.')}."
        )
