"""The permission grid with its buttons: what is permitted now, and one press to change it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.permission_grid import PermissionGrid
from crmdesk.desk.permissions.quick_deeds import QuickDeeds
from crmdesk.desk.widgets import Card
from crmdesk.services.permissions import Grid


class PermissionsCard(Card):
    """The grid of today; the buttons beneath act on the current cell, on offers by all channels without one."""

    def __init__(self, context: DeskContext, heading: str = "") -> None:
        super().__init__(heading)
        self.grid, self.deeds = PermissionGrid(context), QuickDeeds(context)
        self.rows.setContentsMargins(12, 12, 4, 12)  # the grid needs every pixel in a narrow window
        self.rows.addWidget(self.grid)
        self.rows.addWidget(self.deeds)
        self.grid.chosen.connect(self.deeds.choose)
        self.grid.withdraw_asked.connect(self.deeds.withdraw)
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.grid.customContextMenuRequested.connect(self._menu)

    def show_now(self, grid: Grid) -> None:
        """The grid of today's decisions; a new customer begins without a current cell."""
        self.deeds.show_customer(grid)
        self.grid.show_grid(grid)

    def _menu(self, at: QPoint) -> None:
        """The same deeds once more, where the pointer is (Shift+F10)."""
        menu = QMenu(self.grid)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for made in (self.deeds.withdraw_button, self.deeds.object_button, self.deeds.record_button):
            if not made.isHidden():
                action = menu.addAction(made.text(), made.click)
                action.setEnabled(made.isEnabled())
        if not menu.isEmpty():
            menu.popup(self.grid.viewport().mapToGlobal(at))
