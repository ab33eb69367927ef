"""Everything a window shows, taken out of it and kept: pages, open dialogs, tooltips; and put back as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMainWindow, QMessageBox, QWidget
from shiboken6 import isValid


@dataclass(frozen=True)
class Kept:
    """A dialog as it stood."""

    widget: QWidget
    parent: QWidget | None
    flags: Qt.WindowType
    place: QRect


class Cover:
    """While it is on, the window holds the given page only.

    What it held hangs under a widget that is never shown: it has no window of its own, so no picture of the screen
    and no screen reader finds it, and its fields keep what was typed.
    """

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._safe = QWidget()
        self._inside: QWidget | None = None
        self._kept: list[Kept] = []
        self._focus: QWidget | None = None

    @property
    def on(self) -> bool:
        return self._inside is not None

    def put(self, page: QWidget) -> None:
        """Cover the window with `page`."""
        self._focus = QApplication.focusWidget()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.hide()
        self.hide_others()
        self._inside = self._window.takeCentralWidget()
        self._inside.setParent(self._safe)
        self._window.setCentralWidget(page)
        page.setFocus()

    def hide_others(self) -> None:
        """Take away every other window: tooltips for good, dialogs to come back; menus are those of the lock."""
        others = [w for w in QApplication.topLevelWidgets() if w is not self._window and w is not self._safe]
        for one in sorted((w for w in others if w.isVisible()), key=_depth):
            kind = one.windowType()
            if kind == Qt.WindowType.ToolTip:
                one.hide()
                one.deleteLater()  # its text would be found for a while
            elif kind == Qt.WindowType.Popup:
                continue
            elif isinstance(one, QMessageBox | QFileDialog):
                one.reject()  # somebody waits for its answer
            else:
                self._keep(one)

    def _keep(self, one: QWidget) -> None:
        self._kept.append(Kept(one, one.parentWidget(), one.windowFlags(), one.geometry()))
        one.hide()
        one.setParent(self._safe)

    def lift(self) -> None:
        """Everything back in its place, the focus too."""
        page, inside = self._window.takeCentralWidget(), self._inside
        assert inside is not None
        self._inside = None
        page.deleteLater()
        self._window.setCentralWidget(inside)
        inside.show()
        kept, self._kept = self._kept, []
        for one in kept:
            self._show(one)
        if self._focus is not None and isValid(self._focus):
            self._focus.setFocus()
        self._focus = None

    @staticmethod
    def _show(one: Kept) -> None:
        if not isValid(one.widget) or (one.parent is not None and not isValid(one.parent)):
            return
        one.widget.setParent(one.parent, one.flags)
        one.widget.setGeometry(one.place)
        if isinstance(one.widget, QDialog) and one.parent is not None:
            one.widget.open()
        else:
            one.widget.show()

    def drop(self) -> None:
        """The bank is closed: the dialogs over it are gone with it."""
        for one in self._kept:
            if isValid(one.widget):
                one.widget.deleteLater()
        self._kept = []


def _depth(widget: Any) -> int:
    """How many stand under it: a dialog over a dialog is kept, and comes back, after that one."""
    steps = 0
    while (widget := widget.parentWidget()) is not None:
        steps += 1
    return steps
