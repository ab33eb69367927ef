"""A picture and its table twin in one place: key T changes between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.results.frame_model import table_view
from crmdesk.desk.results.paint import height_of, paint_picture
from crmdesk.desk.results.picture import Picture
from crmdesk.desk.widgets import Card, button, scrolled
from crmdesk.desk.zoom import percent, px

if TYPE_CHECKING:
    import pandas as pd


class PictureWidget(QWidget):
    """One painted picture, dressed in the current theme; reached by Tab, named by its title and verdict."""

    def __init__(self, picture: Picture, context: DeskContext, verdict: str = "") -> None:
        super().__init__()
        self.picture, self._context = picture, context
        self.setMinimumHeight(px(height_of(picture)))
        self.setMinimumWidth(px(320))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"{picture.title}. {verdict} Key T shows the numbers as a table.")
        context.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(px(720), px(height_of(self.picture)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._context.theme
        if self.hasFocus():
            painter.setPen(theme.accent)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        # Painters measure in px at 100 %: the zoom is one scale over all they draw.
        grown = percent() / 100
        painter.scale(grown, grown)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() / grown)
        area = QRectF(0, 0, self.width() / grown, self.height() / grown).adjusted(8, 8, -8, -8)
        paint_picture(painter, area, self.picture, theme, font)
        painter.end()


class Twin(QWidget):
    """Pictures above each other and the table they are drawn from."""

    def __init__(self, pictures: list[QWidget], frame: pd.DataFrame, name: str) -> None:
        super().__init__()
        self._frame, self._name = frame, name
        self._table_made = False
        self.stack = QStackedWidget()
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(16)
        for picture in pictures:
            card = Card()
            card.rows.addWidget(picture)
            column.addWidget(card)
        column.addStretch(1)
        self.stack.addWidget(scrolled(inner))
        self._switch = button("Show as a table (T)", self.toggle, "quiet", "Picture or table (T)")
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._switch)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 4, 0, 0)
        whole.setSpacing(4)
        whole.addLayout(row)
        whole.addWidget(self.stack, 1)

    @property
    def shows_table(self) -> bool:
        return self.stack.currentIndex() == 1

    def toggle(self) -> None:
        """Picture to table, or back; the table is made when first asked for."""
        if not self._table_made:
            self._table_made = True
            self.stack.addWidget(table_view(self._frame, self._name))
        self.stack.setCurrentIndex(1 - self.stack.currentIndex())
        words = "Show as a picture (T)" if self.shows_table else "Show as a table (T)"
        self._switch.setText(words)
        self._switch.setAccessibleName(words)


Maker = Callable[[], QWidget]
