"""Tabs that are made when they are first looked at: a page with many of them opens as fast as one with few."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QTabWidget, QWidget


@dataclass
class _Tab:
    make: Callable[[], QWidget]
    fill: Callable[[Any, Any], None]  # the widget, the answer
    widget: QWidget | None = None


class LazyTabs(QTabWidget):
    """`add` names a tab and says how it is made and filled; `fill(answer)` reaches those that are made already."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self.setUsesScrollButtons(True)
        self.setAccessibleName(name)
        self._tabs: dict[str, _Tab] = {}
        self._places: dict[str, QWidget] = {}  # what stands in the tab: a placeholder, or the widget
        self._answer: Any = None
        self.currentChanged.connect(self._look)

    def add(self, key: str, title: str, make: Callable[[], QWidget], fill: Callable[[Any, Any], None]) -> None:
        """A tab that is not made before somebody looks at it, or asks for it by `part`."""
        self._tabs[key] = _Tab(make, fill)
        self._places[key] = QWidget()
        self.addTab(self._places[key], title)

    def part(self, key: str) -> Any:
        """The widget of a tab, made now where it was not yet; KeyError for a tab that was not added."""
        tab = self._tabs[key]
        if tab.widget is None:
            tab.widget = tab.make()
            if self._answer is not None:
                tab.fill(tab.widget, self._answer)  # before it is shown: it must not ask without knowing whom about
            self._put(key, tab.widget)
        return tab.widget

    def fill(self, answer: Any) -> None:
        """A new answer for every tab that is made, and for those made later."""
        self._answer = answer
        for tab in self._tabs.values():
            if tab.widget is not None:
                tab.fill(tab.widget, answer)

    def go(self, key: str) -> None:
        self.setCurrentWidget(self.part(key))

    def show_tab(self, key: str, shown: bool) -> None:
        self.setTabVisible(self.indexOf(self._places[key]), shown)

    def _put(self, key: str, widget: QWidget) -> None:
        """The widget instead of its placeholder, in the same place; nobody is told of tabs that come and go."""
        old = self._places[key]
        at, title = self.indexOf(old), self.tabText(self.indexOf(old))
        here, shown = self.currentIndex(), self.isTabVisible(at)
        blocked = QSignalBlocker(self)
        self.removeTab(at)
        self.insertTab(at, widget, title)
        self.setTabVisible(at, shown)
        self.setCurrentIndex(here)
        del blocked
        self._places[key] = widget
        old.deleteLater()

    def _look(self, index: int) -> None:
        for key, place in self._places.items():
            if place is self.widget(index):
                self.part(key)
                return
