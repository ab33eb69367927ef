"""The one paged model: a vector of ids, and blocks of 256 rows, read a part at a time when they are looked at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from crmdesk.desk import words
from crmdesk.services.customers import CustomerRow

BITS: Final = 8
SIZE: Final = 1 << BITS
PART_BITS: Final = 5
PART: Final = 1 << PART_BITS  # what is asked for at once: a screen shows one or two, painted sooner than a whole block
KEPT: Final = 64
ASKED_AT_ONCE: Final = 6  # a fast scroll passes many parts; only the last ones are still wanted
ROW: Final = Qt.ItemDataRole.UserRole
ALIGNMENT: Final = int(Qt.ItemDataRole.TextAlignmentRole)
SHOWN: Final = frozenset(map(int, (
    Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole, ROW)))  # fmt: skip
WAITING: Final = "…"

Arrived = Callable[[list[CustomerRow]], None]
Fetch = Callable[[Sequence[int], Arrived], None]
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Column:
    """`sort` is the service's sort name, empty where the column cannot be sorted; `extra`: read when it is shown."""

    title: str
    key: str
    text: Callable[[CustomerRow], str]
    width: int
    right: bool = False
    sort: str = ""
    extra: bool = False
    plugin: str = ""

    @property
    def aligned(self) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self.right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


def _may_contact(row: CustomerRow) -> str:
    ways = [words.CHANNELS[c] for c, decision in row.permissions if decision.allowed]
    return f"May be contacted by {', '.join(ways)}" if ways else "May not be contacted about offers"


CONTACT: Final = "permissions"
# What a list shows before anybody chose columns; these are read with every row.
COLUMNS: Final = (
    Column("Name", "name", lambda r: f"{r.name}   {r.why}" if r.why else r.name, 208, sort="name"),
    Column("Number", "number", lambda r: r.number, 84, sort="number"),
    Column("City", "city", lambda r: r.city, 136, sort="city"),
    Column("Segment", "segment", lambda r: r.segment or words.NOTHING, 132, sort="segment"),
    Column("Holds", "value", lambda r: r.band or words.money(r.value, r.currency), 96, right=True, sort="value"),
    Column("May contact", CONTACT, _may_contact, 164),
    Column("Last active", "active", lambda r: words.on(r.active_on), 96, right=True, sort="active"),
)
MAY_CONTACT: Final = 5
ALIGNED: Final = tuple(c.aligned for c in COLUMNS)


class PagedModel(QAbstractTableModel):
    """Rows of `ids` (any sequence of ints, in sort order). Roles: display, tooltip, accessible, and ROW.

    A part that is not here shows placeholders and is asked for once; `fetch(ids, arrived)` answers later, on the
    GUI thread. At most 64 blocks are kept, the least recently used goes with all its parts.
    """

    def __init__(self, fetch: Fetch, parent: QObject | None = None, columns: Sequence[Column] = COLUMNS) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._set(columns)
        self._ids: Sequence[int] = ()
        self._blocks: OrderedDict[int, dict[int, dict[int, CustomerRow]]] = OrderedDict()  # block, part, id
        self._asked: OrderedDict[int, object] = OrderedDict()

    @property
    def ids(self) -> Sequence[int]:
        return self._ids

    @property
    def blocks(self) -> list[int]:
        """Numbers of the blocks held, the least recently used first."""
        return list(self._blocks)

    def _set(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)
        self._aligned = tuple(column.aligned for column in self.columns)

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Other columns for the same customers; every row is read anew."""
        self.beginResetModel()
        self._set(columns)
        self._blocks.clear()
        self._asked.clear()
        self.endResetModel()

    def place(self, key: str) -> int:
        """Where a column stands, -1 where it is not shown."""
        return next((place for place, column in enumerate(self.columns) if column.key == key), -1)

    def show_ids(self, ids: Sequence[int]) -> None:
        """Other customers, or the same after a change: every row is read anew."""
        self.beginResetModel()
        self._ids = ids
        self._blocks.clear()
        self._asked.clear()
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if way != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._aligned[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        # A paint asks seven roles of every cell: most end here, and ints compare faster than roles.
        if role not in SHOWN:
            return self._aligned[index.column()] if role == ALIGNMENT and index.isValid() else None
        number = index.row()
        if not 0 <= number < len(self._ids):
            return None
        if role == ROW:
            return self.row(number)
        if role == Qt.ItemDataRole.ToolTipRole and (row := self.row(number)) is not None:
            return _tip(row, self.columns[index.column()])
        return self.text(number, index.column())

    def text(self, number: int, place: int) -> str:
        """What a cell shows; delegates ask here, for a call by way of Qt costs more than painting the cell."""
        row = self.row(number)
        return WAITING if row is None else self.columns[place].text(row)

    def row(self, number: int) -> CustomerRow | None:
        """The customer in row `number`, or None while its part is on the way (or the customer is gone)."""
        block, part = number >> BITS, number >> PART_BITS
        rows = self._blocks.get(block, {}).get(part)
        if rows is None:
            self._ask(part)
            return None
        self._blocks.move_to_end(block)
        return rows.get(int(self._ids[number]))

    def _ask(self, part: int) -> None:
        if part in self._asked:
            return
        ticket = self._asked[part] = object()
        while len(self._asked) > ASKED_AT_ONCE:
            self._asked.popitem(last=False)
        self._fetch(
            [int(i) for i in self._ids[part << PART_BITS : (part + 1) << PART_BITS]],
            lambda rows: self._arrived(part, ticket, rows),
        )

    def _arrived(self, part: int, ticket: object, rows: list[CustomerRow]) -> None:
        # A part asked of an older list, or passed over in a fast scroll, is no longer wanted.
        if self._asked.get(part) is not ticket:
            return
        del self._asked[part]
        first = part << PART_BITS
        self._blocks.setdefault(first >> BITS, {})[part] = {row.id: row for row in rows}
        self._blocks.move_to_end(first >> BITS)
        while len(self._blocks) > KEPT:
            self._blocks.popitem(last=False)
        last = min(first + PART, len(self._ids)) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))


def _tip(row: CustomerRow, column: Column) -> str:
    if column.key == "value" and not column.extra:
        if row.band:
            return row.band
        return words.exact(row.value, row.currency) if row.currency else "No balance, or several currencies"
    if column.key == CONTACT:
        return "\n".join(f"{words.CHANNELS[c]}: {words.state(d)} ({d.reason})" for c, d in row.permissions)
    return column.text(row)
