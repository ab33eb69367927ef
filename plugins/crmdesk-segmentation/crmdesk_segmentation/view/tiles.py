"""The columns of tiles with their heads; arrows walk the tiles."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QWidget

from crmdesk_segmentation import mosaic
from crmdesk_segmentation.mosaic import Column
from crmdesk_segmentation.view.look import Look
from crmdesk_segmentation.view.tile import TileButton

HEAD = 40


class Mosaic(QWidget):
    """The columns of tiles with their heads; arrows walk the tiles."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(280, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._columns: list[Column] = []
        self._look: Look | None = None
        self._group = QButtonGroup(self)
        self.buttons: list[list[TileButton]] = []

    def show_columns(self, columns: list[Column], act: str, topic: str, look: Look) -> None:
        """Draw these columns; buttons are kept where the shape stayed the same, so focus stays too."""
        if [len(c.tiles) for c in columns] != [len(stack) for stack in self.buttons]:
            self._rebuild([len(c.tiles) for c in columns])
        self._columns, self._look = columns, look
        for column, stack in zip(columns, self.buttons, strict=True):
            for tile, button in zip(column.tiles, stack, strict=True):
                button.show_tile(tile, act, topic, look)
        self._place()
        self.update()

    def _rebuild(self, shape: list[int]) -> None:
        for stack in self.buttons:
            for button in stack:
                self._group.removeButton(button)
                button.deleteLater()
        self.buttons = []
        for count in shape:
            stack = [TileButton(self) for _ in range(count)]
            for button in stack:
                self._group.addButton(button)
                button.clicked.connect(self._clicked)
                button.show()
            self.buttons.append(stack)

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, TileButton) and button.tile is not None:
            self.chosen.emit(button.tile.segment)

    def _place(self) -> None:
        boxes = mosaic.layout(self._columns, self.width(), max(self.height() - HEAD, 40))
        for stack, column in zip(self.buttons, boxes, strict=True):
            for button, box in zip(stack, column, strict=True):
                wide, tall = max(round(box.width), 2), max(round(box.height), 2)
                button.setGeometry(round(box.x), round(box.y) + HEAD, wide, tall)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Heads of the columns: name, then count and share."""
        if self._look is None:
            return
        painter = QPainter(self)
        bold, plain = QFont(self.font()), QFont(self.font())
        bold.setBold(True)
        for column, stack in zip(self._columns, self.buttons, strict=True):
            x, wide = stack[0].x(), stack[0].width()
            for row, (font, colour, text) in enumerate((
                (bold, self._look.text, column.group), (plain, self._look.muted, f"{column.n:,} · {column.share:.0%}"),
            )):  # fmt: skip
                metrics = QFontMetrics(font)
                painter.setFont(font)
                painter.setPen(QColor(colour))
                short = metrics.elidedText(text, Qt.TextElideMode.ElideRight, wide)
                if row == 1 and short != text:
                    short = metrics.elidedText(f"{column.share:.0%}", Qt.TextElideMode.ElideRight, wide)
                painter.drawText(QPoint(x, metrics.ascent() + row * (metrics.height() + 1)), short)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right change the column (the tile at the same height), up and down the level."""
        moves = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        move = moves.get(Qt.Key(event.key()))
        place = self._focused()
        if move is None or place is None:
            super().keyPressEvent(event)
            return
        column = min(max(place[0] + move[0], 0), len(self.buttons) - 1)
        row = min(max(place[1] + move[1], 0), len(self.buttons[column]) - 1)
        self.buttons[column][row].setFocus(Qt.FocusReason.TabFocusReason)

    def _focused(self) -> tuple[int, int] | None:
        for c, stack in enumerate(self.buttons):
            for r, button in enumerate(stack):
                if button.hasFocus():
                    return c, r
        return None
