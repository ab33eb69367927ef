"""One tile of the map: a button that paints its segment and says its sentence."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from crmdesk.api import ink_on
from crmdesk_segmentation.mosaic import Tile
from crmdesk_segmentation.view.look import Look

BAR = 5
HIGHEST_RATIO = 3.0  # a full bar


class TileButton(QAbstractButton):
    """One segment; its accessible name is the full sentence, its text drops line by line with the room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.tile: Tile | None = None
        self._act = ""
        self._look: Look | None = None

    def show_tile(self, tile: Tile, act: str, topic: str, look: Look) -> None:
        self.tile, self._act, self._look = tile, act, look
        sentence = tile.sentence(act, topic)
        self.setAccessibleName(sentence)
        self.setToolTip(sentence)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(60, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.tile is None or self._look is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, tile = self._look, self.tile
        fill = look.ramp[tile.step] if tile.shown else look.surface
        ink = ink_on(fill)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(look.border), 1))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(box, 2, 2)
        if not tile.shown:
            painter.setPen(Qt.PenStyle.NoPen)
            hatch = QColor(look.muted)
            hatch.setAlpha(110)
            painter.setBrush(hatch)
            painter.setBrush(Qt.BrushStyle.BDiagPattern)
            brush = painter.brush()
            brush.setColor(hatch)
            painter.setBrush(brush)
            painter.drawRoundedRect(box, 2, 2)
        self._paint_bar(painter, ink)
        self._paint_words(painter, ink, fill)
        self._paint_frame(painter, box, ink)

    def _paint_bar(self, painter: QPainter, ink: str) -> None:
        """Value per customer against the mean of those mined, growing from the bottom."""
        assert self.tile is not None
        if self.tile.ratio is None or self.width() < 24:
            return
        room = self.height() - 10
        tall = max(2.0, room * min(self.tile.ratio / HIGHEST_RATIO, 1.0)) if self.tile.ratio > 0 else 0.0
        painter.fillRect(QRectF(5, self.height() - 5 - tall, BAR, tall), QColor(ink))

    def _paint_words(self, painter: QPainter, ink: str, fill: str) -> None:
        """Name and value, permission, count; the last ones go first when room is short."""
        assert self.tile is not None
        bold, plain = QFont(self.font()), QFont(self.font())
        bold.setBold(True)
        room = self.width() - 16 - 6
        metrics, bold_metrics = QFontMetrics(plain), QFontMetrics(bold)
        line = metrics.height() + 1
        title = self.tile.title
        if bold_metrics.horizontalAdvance(title) > room:
            title = title.split("  ")[0]  # the value gives way to the name
        lines = [(bold, title), (plain, self.tile.permission(self._act)), (plain, self.tile.count)]
        if self.tile.shown and metrics.horizontalAdvance(lines[1][1]) > room:
            lines[1] = (plain, f"{self.tile.contactable:.0%}")
        top = 5
        for font, text in lines:
            wide = (bold_metrics if font is bold else metrics).horizontalAdvance(text)
            if top + line > self.height() - 2:
                break
            if wide > room:
                continue
            if not self.tile.shown:
                painter.fillRect(QRect(15, top, wide + 2, line), QColor(fill))
            painter.setFont(font)
            painter.setPen(QColor(ink))
            painter.drawText(QPoint(16, top + metrics.ascent()), text)
            top += line

    def _paint_frame(self, painter: QPainter, box: QRectF, ink: str) -> None:
        """Focus: an accent ring with an inner line that shows on every fill; chosen: a thick inner line."""
        assert self._look is not None
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked() or self.hasFocus():
            painter.setPen(QPen(QColor(ink), 2))
            painter.drawRect(box.adjusted(3, 3, -3, -3))
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._look.accent), 3))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
