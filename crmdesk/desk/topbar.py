"""The line above the page: back and forward, where we are, the pages as a menu in a narrow window, find or do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from crmdesk.desk.pages import BY_NAME, PAGES
from crmdesk.desk.widgets import Elided, button


class TopBar(QWidget):
    """`act(entry)` does what the buttons stand for; `show_place` follows the page in front."""

    def __init__(self, act: Callable[[str], Any], allowed: Callable[[Any], bool]) -> None:
        super().__init__()
        self.setAccessibleName("Navigation")
        self._act, self._allowed = act, allowed
        self.pages = button("☰ Pages", lambda: None, tip="All pages")
        self.pages.setMenu(QMenu(self.pages))
        self.pages.setVisible(False)
        self.back = button("‹", lambda: act("view.back"), "quiet", "Back (Alt+Left)")
        self.back.setAccessibleName("Back")
        self.forward = button("›", lambda: act("view.forward"), "quiet", "Forward (Alt+Right)")
        self.forward.setAccessibleName("Forward")
        self._crumbs = Elided()
        self._crumbs.setProperty("role", "muted")
        find = button("Find or do...  Ctrl+K", lambda: act("tools.palette"), tip="Find a customer, a page or an action")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 24, 0)
        for part in (self.pages, self.back, self.forward):
            row.addWidget(part)
        row.addWidget(self._crumbs, 1)
        row.addWidget(find)

    def fill_pages(self) -> None:
        """The pages of the person at the desk, once a bank is open."""
        menu = self.pages.menu()
        menu.clear()
        for page in (p for p in PAGES if p.rail and self._allowed(p.rail_may)):
            menu.addAction(page.title, lambda name=page.name: self._act(f"view.{name}"))

    def show_place(self, name: str, *, can_go_back: bool, can_go_forward: bool) -> None:
        record = BY_NAME[name]
        above = f"{BY_NAME[record.under].title}  ›  " if record.under else ""
        self._crumbs.setText(above + record.title)
        self.back.setEnabled(can_go_back)
        self.forward.setEnabled(can_go_forward)
