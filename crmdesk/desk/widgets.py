"""Small parts that all pages share: labels, buttons, cards, bands and the empty state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QDate, QLocale, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from crmdesk.desk.zoom import px

Deed = tuple[str, Callable[[], Any]]


def label(text: str, role: str = "", *, wrap: bool = False) -> QLabel:
    """Plain text in one of the sheet's looks: title, heading, answer, muted, fault, tag, code."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


class Elided(QLabel):
    """One line of plain text, cut with an ellipsis where there is no room; then the whole text is in the tooltip."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    @property
    def shown(self) -> str:
        """The text as it is drawn."""
        wide = self.contentsRect().width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, wide)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.style().drawItemText(painter, self.contentsRect(), int(self.alignment()), self.palette(),
                                  self.isEnabled(), self.shown, self.foregroundRole())  # fmt: skip
        painter.end()


def button(text: str, deed: Callable[[], Any], role: str = "", tip: str = "") -> QPushButton:
    """A button with its name and tooltip; roles: primary (one per view), quiet, rail, row."""
    made = QPushButton(text)
    made.setProperty("role", role)
    made.setAccessibleName(text.replace("&", ""))
    if tip:
        made.setToolTip(tip)
    made.clicked.connect(lambda *_: deed())
    return made


def day_words(iso: str) -> str:
    """An ISO date with the month in letters, where the order of figures could mislead; other text as it is."""
    found = QDate.fromString(iso, Qt.DateFormat.ISODate)
    return QLocale().toString(found, "d MMM yyyy") if found.isValid() else iso


class Card(QFrame):
    """A bordered surface with an optional heading; `rows` is its column, packed to the top."""

    def __init__(self, heading: str = "") -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(16, 12, 16, 12)
        self.rows.setSpacing(8)
        self.rows.setAlignment(Qt.AlignmentFlag.AlignTop)
        if heading:
            self.rows.addWidget(label(heading, "heading"))


class Band(QFrame):
    """A coloured line above the content: error, stale or note, with its buttons and foldable details."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "band")
        self._text = label("", wrap=True)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setAccessibleName("Details")
        self._details.setMaximumHeight(px(120))
        line = QHBoxLayout()
        line.addWidget(self._text, 1)
        line.addLayout(self._buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.addLayout(line)
        column.addWidget(self._details)
        self.setVisible(False)

    def fill(self, kind: str, text: str, deeds: Sequence[Deed], details: str = "") -> None:
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._text.setText(text)
        self.setAccessibleName(text)
        clear(self._buttons)
        for words, deed in deeds:
            self._buttons.addWidget(button(words, deed))
        self._details.setPlainText(details)
        self._details.setVisible(False)
        if details:
            self._buttons.addWidget(button("Details", lambda: self._details.setVisible(self._details.isHidden())))
        self.setVisible(True)

    @property
    def text(self) -> str:
        return self._text.text()


class Blank(QWidget):
    """The empty state: why there is nothing, and what to do about it."""

    def __init__(self) -> None:
        super().__init__()
        self._text = label("", "answer", wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setMinimumWidth(px(320))
        self._buttons = QHBoxLayout()
        self._buttons.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self._text)
        column.addSpacing(8)
        column.addLayout(self._buttons)
        column.addStretch(3)

    def fill(self, why: str, deeds: Sequence[Deed]) -> None:
        self._text.setText(why)
        self.setAccessibleName(why)
        clear(self._buttons)
        for index, (words, deed) in enumerate(deeds):
            self._buttons.addWidget(button(words, deed, "primary" if index == 0 else ""))

    @property
    def text(self) -> str:
        return self._text.text()


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def scrolled(inner: QWidget) -> QScrollArea:
    """`inner` in a frameless area that scrolls downwards only."""
    area = QScrollArea()
    area.setProperty("role", "page")
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    inner.setProperty("role", "scroll")
    area.setWidget(inner)
    return area


def card_column(body: QWidget) -> QVBoxLayout:
    """A page body that scrolls a column of cards, packed to the top; returns the column."""
    column = QVBoxLayout()
    column.setSpacing(8)
    inner = QWidget()
    outer = QVBoxLayout(inner)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addLayout(column)
    outer.addStretch(1)
    whole = QVBoxLayout(body)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.addWidget(scrolled(inner))
    return column
