"""The rail at the left: one entry per page the person may see, narrow under 1280 px of width."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from crmdesk.desk.pages import BY_NAME, PAGES, PageRecord
from crmdesk.desk.widgets import button

WIDE, NARROW, FROM = 200, 104, 1280


class Rail(QFrame):
    """Page buttons; `light(name)` marks where we are."""

    def __init__(self, go: Callable[[str], None], allowed: Callable[[PageRecord], bool]) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self.setAccessibleName("Pages")
        self._buttons: dict[str, QPushButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(4)
        for number, page in enumerate((p for p in PAGES if p.rail), 1):
            if not allowed(page):
                continue
            made = button(page.title, lambda name=page.name: go(name), "rail", f"{page.title} (Ctrl+{number})")
            made.setCheckable(True)
            self._buttons[page.name] = made
            column.addWidget(made)
        column.addStretch(1)

    def light(self, name: str) -> None:
        under = BY_NAME[name].under if name in BY_NAME else ""
        for page, made in self._buttons.items():
            made.setChecked(page in (name, under))

    def fit(self, window_width: int) -> None:
        self.setFixedWidth(WIDE if window_width >= FROM else NARROW)
