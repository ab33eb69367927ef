"""A tab with a sentence and a table of customers: Enter opens the customer of a row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import label


class PeopleTab(QWidget):
    """`show_all(sentence, rows, numbers)`: `numbers` are the customers' of the rows; `tools` stands over the table."""

    def __init__(self, context: DeskContext, name: str, titles: Sequence[str], widths: Sequence[int]) -> None:
        super().__init__()
        self._context = context
        self.numbers: Sequence[str] = ()
        self.text = label("", wrap=True)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(8)
        self.tools.addWidget(self.text, 1)
        self.table = PlainTable(name, titles, widths)
        self.table.setToolTip("Enter opens the customer")
        self.table.activated.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addLayout(self.tools)
        column.addWidget(self.table, 1)
        column.addStretch(0)  # keeps the sentence at the top where there is no table

    def show_all(self, sentence: str, rows: Sequence[Sequence[str]], numbers: Sequence[str]) -> None:
        """The row that was current stays it where that customer is still there."""
        row = self.table.currentIndex().row()
        before = self.numbers[row] if 0 <= row < len(self.numbers) else None
        self.text.setText(sentence)
        self.numbers = numbers
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        if before in numbers:
            self.table.selectRow(list(numbers).index(before))

    def add_tool(self, tool: QWidget) -> None:
        self.tools.addWidget(tool, 0, Qt.AlignmentFlag.AlignVCenter)

    @property
    def row(self) -> int:
        """The current row, -1 without one."""
        return int(self.table.currentIndex().row())

    def _open(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self.numbers):
            self._context.open_page("customer", number=self.numbers[index.row()])
