"""Find or do (Ctrl+K): every menu entry by its words, with its shortcut at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout

from crmdesk.desk.menus import Entry

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame


class FindDialog(QDialog):
    """Type, choose with the arrows, Enter does it."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.setWindowTitle("Find or do")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 420)
        self._frame = frame
        self.field = QLineEdit()
        self.field.setPlaceholderText("A page, an action or an analysis")
        self.field.setAccessibleName("Find a page, an action or an analysis")
        self.list = QListWidget()
        self.list.setAccessibleName("What was found")
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self.show_matches)
        self.field.returnPressed.connect(self.do_chosen)
        self.list.itemActivated.connect(lambda *_: self.do_chosen())
        self.field.installEventFilter(self)
        self.show_matches("")

    def show_matches(self, text: str) -> None:
        """Entries that hold every typed word, in menu order."""
        words = text.lower().split()
        self.list.clear()
        for entry in self._frame.entries:
            name = f"{entry.menu}  ›  {entry.title}"
            if all(word in name.lower() for word in words):
                self.list.addItem(self._item(entry, name))
        self.list.setCurrentRow(0)

    def _item(self, entry: Entry, name: str) -> QListWidgetItem:
        closed = entry.needs_bank and self._frame.context.app is None
        after = "  (open a bank first)" if closed else f"     {entry.shortcut}" if entry.shortcut else ""
        item = QListWidgetItem(name + after)
        item.setData(Qt.ItemDataRole.UserRole, entry.id)
        if closed:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        return item

    def do_chosen(self) -> None:
        item = self.list.currentItem()
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.accept()
            self._frame.act(item.data(Qt.ItemDataRole.UserRole))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Up and down walk the list while the cursor stays in the field.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step:
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
        return super().eventFilter(watched, event)
