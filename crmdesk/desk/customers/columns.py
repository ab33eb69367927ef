"""Which columns the list shows: the choice dialog, and what a person chose for a bank, kept from day to day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.customers.list_model import COLUMNS, Column
from crmdesk.desk.widgets import button, day_words, label
from crmdesk.desk.zoom import px, size_dialog
from crmdesk.places import config_folder
from crmdesk.services.customers import CustomerRow, ListColumn

LINE: Final = 26  # px of a row that is ticked by hand
KEY: Final = Qt.ItemDataRole.UserRole
FIRST: Final = tuple(column.key for column in COLUMNS)
_RIGHT: Final = frozenset({"number", "whole", "money", "date", "share", "count"})
_CORE: Final = {column.key: column for column in COLUMNS}


def columns_of(offered: Sequence[ListColumn]) -> dict[str, Column]:
    """Every column that may be shown, by key, in the order offered; a plugin's names its plugin."""
    found = dict(_CORE)
    for one in offered:
        if one.key not in _CORE:
            title = f"{one.title} ({one.plugin})" if one.plugin not in ("", one.title) else one.title
            text = _day_cell(one.key) if one.kind == "date" else _cell(one.key)
            found[one.key] = Column(title, one.key, text, max(72, one.width), one.kind in _RIGHT,
                                    one.key if one.sortable else "", extra=True, plugin=one.plugin)  # fmt: skip
    return found


def _cell(key: str) -> Callable[[CustomerRow], str]:
    return lambda row: row.extra.get(key) or words.NOTHING


def _day_cell(key: str) -> Callable[[CustomerRow], str]:
    """Days arrive as files write them; people read the month in letters."""
    return lambda row: day_words(row.extra.get(key, "")) or words.NOTHING


class RememberedColumns:
    """Keys and widths in px of the columns one person looks at in one bank; in the window's own settings file."""

    def __init__(self, bank: Path, login: str) -> None:
        self._file = QSettings(str(config_folder() / "desk.ini"), QSettings.Format.IniFormat)
        whose = hashlib.sha256(f"{bank.resolve()}\n{login}".encode()).hexdigest()[:16]  # no name in the file
        self._name = f"columns/{whose}"

    def keys(self) -> tuple[str, ...]:
        """What was chosen, the first columns where nothing was."""
        return tuple(key for key, _ in self._kept()) or FIRST

    def width(self, key: str) -> int:
        """0 where it was never changed."""
        return dict(self._kept()).get(key, 0)

    def keep(self, widths: Sequence[tuple[str, int]]) -> None:
        self._file.setValue(self._name, [f"{key}={width}" for key, width in widths])

    def _kept(self) -> list[tuple[str, int]]:
        found: Any = self._file.value(self._name, [])
        texts = [found] if isinstance(found, str) else list(found or [])  # a list of one comes back as text
        pairs = [text.rpartition("=") for text in texts]
        return [(key, int(width) if width.isdigit() else 0) for key, _, width in pairs if key]


class ColumnsDialog(QDialog):
    """Tick the columns and put them into order; `taken(keys)` gets those ticked, the name always among them."""

    def __init__(self, parent: QWidget, columns: dict[str, Column], shown: Sequence[str],
                 taken: Callable[[tuple[str, ...]], None]) -> None:  # fmt: skip
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Columns of the list")
        size_dialog(self, 440, 600)
        self._taken = taken
        self.list = QListWidget()
        self.list.setAccessibleName("Columns")
        self._fill(columns, shown)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(label("Ticked columns are shown, from the top to the right. Space ticks.", "muted", wrap=True))
        column.addWidget(self.list, 1)
        order = QHBoxLayout()
        for text, by, keys in (("Move &up", -1, "Ctrl+Shift+Up"), ("Move &down", 1, "Ctrl+Shift+Down")):
            move = button(text, lambda way=by: self.move_by(way), tip=f"{text.replace('&', '')} ({keys})")
            move.setAutoDefault(False)
            order.addWidget(move)
            QShortcut(QKeySequence(keys), self, activated=lambda way=by: self.move_by(way))
        first = button(
            "&As at first", lambda: self._fill(columns, FIRST), tip="The columns that every list begins with"
        )
        first.setAutoDefault(False)
        order.addStretch(1)
        order.addWidget(first)
        column.addLayout(order)
        foot = QHBoxLayout()
        foot.addStretch(1)
        cancel = button("Cancel", self.reject, tip="Leave the columns as they were (Esc)")
        cancel.setAutoDefault(False)
        self.show_button = button("Show columns", self.apply, "primary", "Show the ticked columns (Enter)")
        self.show_button.setDefault(True)
        foot.addWidget(cancel)
        foot.addWidget(self.show_button)
        column.addLayout(foot)
        self.list.setFocus()

    def _fill(self, columns: dict[str, Column], shown: Sequence[str]) -> None:
        self.list.clear()
        order = [key for key in shown if key in columns]
        for key in (*order, *(key for key in columns if key not in order)):
            item = QListWidgetItem(columns[key].title)
            item.setData(KEY, key)
            item.setSizeHint(QSize(0, px(LINE)))
            flags = item.flags() | Qt.ItemFlag.ItemIsUserCheckable
            # Without its name nobody knows whose row it is.
            item.setFlags(flags & ~Qt.ItemFlag.ItemIsUserCheckable if key == "name" else flags)
            item.setCheckState(Qt.CheckState.Checked if key in order or key == "name" else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def move_by(self, way: int) -> None:
        """Move the column in hand one place up (-1) or down (1)."""
        here = self.list.currentRow()
        if 0 <= here + way < self.list.count():
            self.list.insertItem(here + way, self.list.takeItem(here))
            self.list.setCurrentRow(here + way)

    def keys(self) -> tuple[str, ...]:
        items = [self.list.item(place) for place in range(self.list.count())]
        return tuple(item.data(KEY) for item in items if item.checkState() == Qt.CheckState.Checked)

    def apply(self) -> None:
        keys = self.keys()
        self.accept()
        self._taken(keys)
