"""Small parts that the views share: labels, buttons, a card, an empty view, and a picture with its table twin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

PAD = 8


def label(text: str, role: str = "", *, wrap: bool = False) -> QLabel:
    """Plain text in one of the desk's looks: heading, answer, muted."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


def button(text: str, deed: Callable[[], Any], role: str = "", tip: str = "") -> QPushButton:
    made = QPushButton(text)
    made.setProperty("role", role)
    made.setAccessibleName(text)
    made.setToolTip(tip)
    made.clicked.connect(lambda *_: deed())
    return made


def nothing(why: str) -> QWidget:
    """A view without anything to draw: the sentence that says why."""
    holder = QWidget()
    told = label(why, "answer", wrap=True)
    told.setAlignment(Qt.AlignmentFlag.AlignCenter)
    told.setMinimumWidth(320)
    column = QVBoxLayout(holder)
    column.addStretch(2)
    column.addWidget(told)
    column.addStretch(3)
    holder.setAccessibleName(why)
    return holder


class Card(QFrame):
    """A bordered surface; `rows` is its column."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(12, 8, 12, 8)
        self.rows.setSpacing(4)


class Pictured(QWidget):
    """A picture, above it what it shows, and its table twin on the key T."""

    def __init__(self, name: str, lead: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.stack = QStackedWidget()
        self.lead = label(lead, "muted", wrap=True)
        self._twin: Callable[[], QWidget] | None = None
        self._switch = button("Show as a table (T)", self.toggle_twin, "quiet", "Picture or table (T)")
        self.bar = QHBoxLayout()
        self.bar.setSpacing(PAD)
        self.bar.addWidget(self.lead, 1)
        self.bar.addWidget(self._switch, 0, Qt.AlignmentFlag.AlignTop)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 4, 0, 0)
        self.column.setSpacing(4)
        self.column.addLayout(self.bar)
        self.column.addWidget(self.stack, 1)

    def fill(self, picture: QWidget, twin: Callable[[], QWidget]) -> None:
        """The picture, and what makes its table when that is first asked for."""
        self.stack.addWidget(picture)
        self._twin = twin

    @property
    def shows_table(self) -> bool:
        return self.stack.currentIndex() == 1

    def toggle_twin(self) -> None:
        """Picture to table, or back."""
        if self._twin is not None:
            self.stack.addWidget(self._twin())
            self._twin = None
        self.stack.setCurrentIndex(1 - self.stack.currentIndex())
        words = "Show as a picture (T)" if self.shows_table else "Show as a table (T)"
        self._switch.setText(words)
        self._switch.setAccessibleName(words)
