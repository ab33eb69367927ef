"""A layout that goes on in the next line where the row is full, as chips and buttons do in a narrow window."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget


def flowing(gap: int = 8) -> tuple[QWidget, FlowLayout]:
    """A widget that grows downwards with the lines of its layout, and the layout."""
    made = QWidget()
    tall = made.sizePolicy()
    tall.setHeightForWidth(True)
    tall.setVerticalPolicy(QSizePolicy.Policy.Minimum)
    made.setSizePolicy(tall)
    return made, FlowLayout(made, gap)


class FlowLayout(QLayout):
    """Items from left to right at their own size, `gap` px apart, in as many lines as they need."""

    def __init__(self, parent: QWidget, gap: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(QMargins())

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        self._place(area, move=True)

    def sizeHint(self) -> QSize:
        """All in one line."""
        wide = sum(item.sizeHint().width() + self._gap for item in self._items)
        return QSize(max(0, wide - self._gap), self.minimumSize().height())

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, area: QRect, *, move: bool) -> int:
        """Put the items into `area`, each in the middle of its line; gives the height of all lines in pixels."""
        y = area.y()
        for line in self._lines(area.width()):
            x, tall = area.x(), max(size.height() for _, size in line)
            for item, size in line:
                if move:
                    item.setGeometry(QRect(QPoint(x, y + (tall - size.height()) // 2), size))
                x += size.width() + self._gap
            y += tall + self._gap
        return max(0, y - self._gap - area.y())

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        """The items and their sizes, as many to a line as `width` px hold; what is hidden takes no place."""
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        free = -1
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            size.setWidth(min(size.width(), max(width, item.minimumSize().width())))
            if size.width() > free:
                lines.append([])
                free = width
            lines[-1].append((item, size))
            free -= size.width() + self._gap
        return lines
