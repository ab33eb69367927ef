"""Tasks as rows of a Qt table: when, what, about whom, whose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from crmdesk.desk.context import DeskContext
from crmdesk.desk.work import moments
from crmdesk.services.tasks import TaskRow

Index = QModelIndex | QPersistentModelIndex
STATES: Final = {"done": "Done", "dropped": "Dropped"}
ORIGINS: Final = {"manual": "", "campaign": "Campaign", "score": "Score", "repermission": "Permission runs out"}


@dataclass(frozen=True)
class Column:
    """`text(row, now)`; `width` in px, 0 takes what is left over."""

    title: str
    text: Callable[[TaskRow, datetime], str]
    width: int


def _when(row: TaskRow, now: datetime) -> str:
    if row.ended_at is not None:
        return f"{STATES[row.state]} {moments.day(row.ended_at, now)}"
    put_off = row.snoozed_until is not None and row.snoozed_until > now
    return moments.due(row.at, now) + (", snoozed" if put_off else "")


def _whose(row: TaskRow, now: datetime) -> str:
    return f"{row.owner_name}, from {row.handed_from}" if row.handed_from else row.owner_name


def _who(row: TaskRow, now: datetime) -> str:
    return f"{row.name}  {row.number}" if row.name != row.number else row.number


DUE: Final = Column("Due", _when, 190)
WHAT: Final = Column("What to do", lambda row, _: row.title, 0)
CUSTOMER: Final = Column("Customer", _who, 190)
OWNER: Final = Column("Owner", _whose, 150)
COLUMNS: Final = (DUE, WHAT, CUSTOMER, OWNER)


class TaskModel(QAbstractTableModel):
    """`rows` as the service gave them; late ones are in the colour of warnings and say so."""

    def __init__(self, context: DeskContext, columns: tuple[Column, ...] = COLUMNS) -> None:
        super().__init__()
        self.rows: list[TaskRow] = []
        self.columns = columns
        self._context = context
        self._now = datetime.now(UTC)

    def show_rows(self, rows: list[TaskRow], now: datetime) -> None:
        self.beginResetModel()
        self.rows, self._now = list(rows), now
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if way != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return self.columns[section].title if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not self.checkIndex(index, QAbstractTableModel.CheckIndexOption.IndexIsValid):
            return None
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row, self._now)
        if role == Qt.ItemDataRole.ToolTipRole:
            origin = ORIGINS.get(row.origin, "")
            return "\n".join(filter(None, (column.text(row, self._now), row.note, origin)))
        if role == Qt.ItemDataRole.ForegroundRole and column is DUE and row.state == "open":
            late = row.at.astimezone().date() < self._now.astimezone().date()
            return QColor(self._context.theme.error.ink) if late else None
        return None
