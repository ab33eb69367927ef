"""The rail at the left: one entry per page the person may see, narrow under 1280 px of width."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from crmdesk.desk.pages import BY_NAME, PAGES, PageRecord
from crmdesk.desk.widgets import button
from crmdesk.desk.zoom import px

WIDE, FROM = 200, 1280
ONE_PANE = 900  # px of window under which only the page is shown
BESIDE = 2 * (4 + 2 + 10) + 2  # px beside a title: margin, border and padding of both sides, and a little


class Rail(QFrame):
    """Page buttons; `light(name)` marks where we are."""

    def __init__(self, go: Callable[[str], None], allowed: Callable[[PageRecord], bool]) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self.setAccessibleName("Pages")
        self._buttons: dict[str, QPushButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 12, 4, 12)
        column.setSpacing(4)
        for number, page in enumerate((p for p in PAGES if p.rail), 1):
            if not allowed(page):
                continue
            made = button(page.title, lambda name=page.name: go(name), "rail", f"{page.title} (Ctrl+{number})")
            made.setCheckable(True)
            self._buttons[page.name] = made
            column.addWidget(made)
        column.addStretch(1)
        self.narrow = BESIDE + widest(list(self._buttons.values()))

    def light(self, name: str) -> None:
        under = BY_NAME[name].under if name in BY_NAME else ""
        for page, made in self._buttons.items():
            made.setChecked(page in (name, under))

    def fit(self, window_width: int) -> bool:
        """Wide, narrow or, where the window has room for one pane only, absent; whether it is there."""
        self.setFixedWidth(px(WIDE) if window_width >= px(FROM) else self.narrow)
        self.setVisible(window_width >= px(ONE_PANE))
        return window_width >= px(ONE_PANE)


def widest(buttons: list[QPushButton]) -> int:
    """The px that the longest title needs when its page is in front and it stands in bold."""
    bold = QFont(buttons[0].font()) if buttons else QFont()
    bold.setWeight(QFont.Weight.DemiBold)
    return max((QFontMetrics(bold).horizontalAdvance(made.text()) for made in buttons), default=0)
