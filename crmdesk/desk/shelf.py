"""The pages that were opened, the one in front, and the way back and forward."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QStackedWidget,
    QTextEdit,
)

from crmdesk.desk.context import DeskContext
from crmdesk.desk.page import Page
from crmdesk.desk.pages import BY_NAME
from crmdesk.domain.change import Change

TYPED = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox)  # letters are text here
Place = tuple[str, dict[str, Any]]  # page name, arguments


class Shelf(QStackedWidget):
    """Each page is made when it is first opened and kept; `shown(name)` tells where we are."""

    shown = Signal(str)

    def __init__(self, context: DeskContext, start: Page) -> None:
        super().__init__()
        self._context, self._start = context, start
        self._made: dict[str, Page] = {}
        self._past: list[Place] = []
        self._future: list[Place] = []
        self._here: Place | None = None
        self._left: dict[str, dict[str, Any]] = {}  # where pages stood that are still to be made anew
        self.addWidget(start)

    @property
    def page(self) -> Page:
        """The page in front."""
        found = self.currentWidget()
        assert isinstance(found, Page)
        return found

    @property
    def can_go_back(self) -> bool:
        return bool(self._past)

    @property
    def can_go_forward(self) -> bool:
        return bool(self._future)

    def go(self, name: str, args: dict[str, Any]) -> None:
        """Show a page; the one before can be reached by `back`."""
        if self._here is not None and self._here != (name, args):
            self._past.append(self._here)
            self._future.clear()
        self._show(name, args)

    def back(self) -> None:
        if self._past and self._here is not None:
            self._future.append(self._here)
            self._show(*self._past.pop())

    def forward(self) -> None:
        if self._future and self._here is not None:
            self._past.append(self._here)
            self._show(*self._future.pop())

    def _show(self, name: str, args: dict[str, Any]) -> None:
        if name not in self._made:
            self._made[name] = BY_NAME[name].make(self._context)
            self.addWidget(self._made[name])
        self._here = (name, args)
        self.setCurrentWidget(self._made[name])
        self._made[name].setFocus()  # Tab goes on into the page, not back to the frame
        self.shown.emit(name)
        stood = self._left.pop(name, {})
        same = all(stood.get(key) == value for key, value in args.items())
        self._made[name].arrive(**(stood if stood and same else args))  # whoever asks for something else gets that

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Single letters act outside text fields only.
        if event.key() == Qt.Key.Key_T and not event.modifiers() and not isinstance(QApplication.focusWidget(), TYPED):
            self.page.toggle_twin()
        else:
            super().keyPressEvent(event)

    def tell(self, change: Change) -> None:
        """Pages that care about a change refresh; the others keep what they show."""
        for page in self._made.values():
            if page.cares_about(change):
                page.refresh()

    def mend(self) -> None:
        """Pages that could not be shown while the window was locked ask again."""
        for page in self._made.values():
            if page.state == "error":
                page.refresh()

    def rebuild(self) -> None:
        """Make the pages anew where they are needed, each as it stood, and show the one in front again."""
        self._left = {name: place for name, page in self._made.items() if (place := page.place())}
        self._forget()
        if self._here is not None:
            name, args = self._here
            self._show(name, self._left.pop(name, args))
            self._here = (name, args)  # the way back leads to what was opened, not to a moment of it

    def _forget(self) -> None:
        for page in self._made.values():
            self.removeWidget(page)
            page.deleteLater()
        self._made.clear()

    def empty(self) -> None:
        """Forget every page of a bank and show the start page."""
        self._forget()
        self._left.clear()
        self._past.clear()
        self._future.clear()
        self._here = None
        self._start.refresh()
        self.setCurrentWidget(self._start)
