"""The table of tasks with its keys: Enter changes, D done, S snooze, H hand over, Delete drops."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from crmdesk.desk.context import DeskContext
from crmdesk.desk.plain_table import as_rows
from crmdesk.desk.work.task_model import COLUMNS, Column, TaskModel
from crmdesk.services.tasks import TaskRow

KEYS = {Qt.Key.Key_D: "done", Qt.Key.Key_S: "snooze", Qt.Key.Key_H: "hand_over", Qt.Key.Key_Delete: "drop",
        Qt.Key.Key_Return: "edit", Qt.Key.Key_Enter: "edit", Qt.Key.Key_O: "open", Qt.Key.Key_R: "reopen"}  # fmt: skip


class TaskTable(QTableView):
    """Several rows may be chosen; `asked` names what a key wants done with them."""

    asked = Signal(str)
    chosen_changed = Signal()

    def __init__(self, context: DeskContext, name: str, columns: tuple[Column, ...] = COLUMNS) -> None:
        super().__init__()
        self.tasks = TaskModel(context, columns)
        self.setModel(self.tasks)
        as_rows(self, name, [column.width for column in columns])
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        self.doubleClicked.connect(lambda *_: self.asked.emit("edit"))

    def show_rows(self, rows: list[TaskRow], now: object) -> None:
        """New rows; those that were chosen stay chosen, else the row at the same place is."""
        kept, place = {row.id for row in self.chosen()}, max(0, self.currentIndex().row())
        self.tasks.show_rows(rows, now)  # type: ignore[arg-type]
        again = [at for at, row in enumerate(rows) if row.id in kept] or ([min(place, len(rows) - 1)] if rows else [])
        wanted = QItemSelection()
        for at in again:
            wanted.select(self.tasks.index(at, 0), self.tasks.index(at, len(self.tasks.columns) - 1))
        way = QItemSelectionModel.SelectionFlag
        if again:
            self.selectionModel().setCurrentIndex(self.tasks.index(again[0], 0), way.NoUpdate)
        self.selectionModel().select(wanted, way.ClearAndSelect)
        self.chosen_changed.emit()

    def chosen(self) -> list[TaskRow]:
        places = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self.tasks.rows[at] for at in places if at < len(self.tasks.rows)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in KEYS and self.tasks.rows:
            self.asked.emit(KEYS[event.key()])  # type: ignore[index]
            event.accept()
        else:
            super().keyPressEvent(event)
