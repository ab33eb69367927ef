"""Help > Shortcuts: made from the menu entries, so it cannot go out of date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from crmdesk.desk.widgets import label, scrolled
from crmdesk.desk.zoom import px, size_dialog

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame

IN_PAGES = (("T", "Picture as a table, and back"), ("Ctrl+Return", "Run the analysis"), ("Esc", "Close or clear"))


class KeysDialog(QDialog):
    """Two columns: the keys and what they do."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.setWindowTitle("Shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setHorizontalSpacing(px(24))
        entries = [(e.shortcut, e.title.rstrip(".")) for e in frame.entries if e.shortcut]
        for row, (keys, title) in enumerate((*entries, *IN_PAGES)):
            shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
            grid.addWidget(label(shown, "heading"), row, 0)
            grid.addWidget(label(title), row, 1)
        area = scrolled(inner)
        area.setAccessibleName("Shortcuts")
        column = QVBoxLayout(self)
        column.addWidget(area)
        size_dialog(self, 420, 600)
