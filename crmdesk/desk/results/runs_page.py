"""The run history: who mined what, when, and what came out; open one, or set it up again."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any, ClassVar

from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QTableView, QVBoxLayout

from crmdesk.desk.context import DeskContext
from crmdesk.desk.page import Page
from crmdesk.desk.plain_table import as_rows
from crmdesk.desk.widgets import day_words
from crmdesk.desk.zoom import px
from crmdesk.mining.record import RunRecord
from crmdesk.services import mining

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("When", "Analysis", "What came out", "Customers", "Data to", "Seed", "By", "Outcome")
DATA_TO = COLUMNS.index("Data to")
WIDTHS = (152, 150, 0, 90, 96, 56, 72, 76)
ASIDE, ROOMY = (COLUMNS.index("Seed"), COLUMNS.index("By")), 1080  # px of page from which these two have room


class RunsModel(QAbstractTableModel):
    """The history in memory: some hundred runs, each a line."""

    def __init__(self) -> None:
        super().__init__()
        self._all: list[RunRecord] = []
        self.runs: list[RunRecord] = []
        self._locale = QLocale()

    def fill(self, runs: list[RunRecord], words: str = "") -> None:
        """Show the runs that hold every word of `words` in their line."""
        self.beginResetModel()
        self._all = runs
        wanted = words.lower().split()
        self.runs = [r for r in runs if all(w in f"{r.analysis} {r.title} {r.verdict} {r.by}".lower() for w in wanted)]
        self.endResetModel()

    def search(self, words: str) -> None:
        self.fill(self._all, words)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def _cells(self, run: RunRecord) -> tuple[Any, ...]:
        return (run.began_at, run.title or run.analysis, run.verdict, run.eligible, run.as_of, run.seed, run.by,
                run.outcome)  # fmt: skip

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        value = self._cells(self.runs[index.row()])[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and isinstance(value, int):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(value, str):
            return f"<p>{escape(value)}</p>"  # as rich text, so that a long verdict wraps
        if index.column() == DATA_TO:
            return day_words(str(value))
        if isinstance(value, datetime):
            return f"{value:%d %b %Y %H:%M}"
        return self._locale.toString(value) if isinstance(value, int) else str(value)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column >= 0:
            self.layoutAboutToBeChanged.emit()
            self.runs.sort(key=lambda r: self._cells(r)[column], reverse=order == Qt.SortOrder.DescendingOrder)
            self.layoutChanged.emit()


class RunsPage(Page):
    """Enter or a double click opens a run."""

    name: ClassVar[str] = "runs"
    tables: ClassVar[frozenset[str]] = frozenset({"run"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Results")
        self._open = self.add_deed("Open", self.open_chosen, "primary", "Open the chosen run (Enter)")
        self._again = self.add_deed("Run again...", self.run_again, tip="The same settings, ready to change")
        self.model = RunsModel()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search analysis, verdict or person")
        self.search.setAccessibleName("Search the run history")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(px(420))
        self.search.textChanged.connect(self._search)
        self.view = self._table()
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.view, 1)
        self._choose()

    def _table(self) -> QTableView:
        view = QTableView()
        view.setModel(self.model)
        as_rows(view, "Run history", WIDTHS)
        view.setSortingEnabled(True)
        header = view.horizontalHeader()
        header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        view.activated.connect(lambda *_: self.open_chosen())
        view.selectionModel().selectionChanged.connect(lambda *_: self._choose())
        self.model.modelReset.connect(self._choose)
        return view

    def refresh(self) -> None:
        self.load(lambda: mining.runs(self.context.app, self.context.actor), self._show)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column in ASIDE:
            self.view.setColumnHidden(column, self.width() < ROOMY)

    def find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _show(self, runs: list[RunRecord]) -> None:
        self.model.fill(runs, self.search.text())
        if not runs:
            self.say("")
            self.show_empty("No analysis has been run in this bank yet.", "Choose an analysis",
                            lambda: self.context.open_page("analyses"))  # fmt: skip
            return
        done = sum(r.outcome == "done" for r in runs)
        self.say(f"{len(runs)} {'run' if len(runs) == 1 else 'runs'}, {done} with a result.")
        self._search(self.search.text())

    def _search(self, words: str) -> None:
        self.model.search(words)
        if words and not self.model.runs:
            self.show_no_match(f"No run matches “{words}”.", ("Clear the search", self._clear))
        elif self.state == "no match":
            self.show_content()
        if self.model.runs:
            self.view.selectRow(0)

    def _clear(self) -> None:
        self.search.clear()
        self.show_content()
        self.find()

    @property
    def chosen(self) -> RunRecord | None:
        rows = self.view.selectionModel().selectedRows()
        return self.model.runs[rows[0].row()] if rows else None

    def _choose(self) -> None:
        for part in (self._open, self._again):
            part.setEnabled(self.chosen is not None)

    def open_chosen(self) -> None:
        if self.chosen is not None:
            self.context.open_page("result", run=self.chosen.uuid)

    def run_again(self) -> None:
        if self.chosen is not None:
            preset = {**self.chosen.params, "seed": self.chosen.seed}
            self.context.open_page("analysis", analysis=self.chosen.analysis, preset=preset)
