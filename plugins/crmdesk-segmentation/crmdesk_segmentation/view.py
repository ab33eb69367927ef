"""The segment map: a mosaic of buttons coloured by permission; the only file here that knows Qt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from crmdesk.api import Segments, ViewContext
from crmdesk_segmentation import mosaic
from crmdesk_segmentation.mosaic import Column, Tile

LIGHT = ("#F1E3C6", "#C9D7C4", "#8FBFC9", "#4A93BE", "#0B5C94")
DARK = ("#4A3B1D", "#3B5244", "#2F6B78", "#3C8FBD", "#86CCF5")
DARK_TEXT, LIGHT_TEXT = "#1B1F24", "#FFFFFF"
HEAD = 40
PAD = 8
BAR = 6
HIGHEST_RATIO = 3.0  # a full bar


def make(result: Segments, context: ViewContext) -> QWidget:
    """The map of a segmentation; with a sentence instead where the result holds no segments."""
    if "segments" not in result.tables or result.tables["segments"].empty:
        return QLabel("This result has no segments to draw.")
    return SegmentMap(result, context)


def _luminance(colour: QColor) -> float:
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
             for c in (colour.redF(), colour.greenF(), colour.blueF())]  # fmt: skip
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def text_on(fill: str) -> str:
    """The text colour that contrasts more with a fill."""
    light = _luminance(QColor(fill)) + 0.05
    return LIGHT_TEXT if 1.05 / light > light / (_luminance(QColor(DARK_TEXT)) + 0.05) else DARK_TEXT


class Look:
    """Colours for the theme the widget lives in; `surface` and ramp may come from the desk's palette."""

    def __init__(self, given: Mapping[str, Any], widget: QWidget) -> None:
        own = widget.palette()
        self.dark = own.color(QPalette.ColorRole.Window).lightness() < 128
        ramp = given.get("ramp") or (DARK if self.dark else LIGHT)
        self.ramp = [str(colour) for colour in ramp]
        self.surface = str(given.get("surface") or ("#1E2227" if self.dark else "#FFFFFF"))
        self.text = str(given.get("text") or ("#E8EAED" if self.dark else "#1B1F24"))
        self.muted = str(given.get("muted") or ("#A4ACB6" if self.dark else "#57606A"))
        self.border = str(given.get("border") or ("#717A85" if self.dark else "#868E98"))
        self.accent = str(given.get("accent") or ("#6CB0FF" if self.dark else "#0A5BC4"))


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
        ink = text_on(fill)
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
        """Value per customer against the bank mean, growing from the bottom."""
        assert self.tile is not None
        if self.tile.ratio is None or self.width() < 24:
            return
        room = self.height() - 10
        tall = max(2.0, room * min(self.tile.ratio / HIGHEST_RATIO, 1.0)) if self.tile.ratio > 0 else 0.0
        painter.fillRect(QRectF(5, self.height() - 5 - tall, BAR - 1, tall), QColor(ink))

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
                button.setGeometry(round(box.x), round(box.y) + HEAD, max(round(box.width), 2), max(round(box.height), 2))

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


class Flow(QLayout):
    """Places widgets left to right and wraps them: the legend of a narrow window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items]
        return QSize(max((s.width() for s in sizes), default=0), max((s.height() for s in sizes), default=0))

    def _arrange(self, rect: QRect, move: bool) -> int:
        x, y, tall = rect.x(), rect.y(), 0
        for item in self._items:
            hint = item.sizeHint()
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, tall = rect.x(), y + tall + 4, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + PAD + 4
            tall = max(tall, hint.height())
        return y + tall - rect.y()


class Swatch(QWidget):
    """A key of the legend: colour, hatch or bar, with its words."""

    def __init__(self, words: str, fill: str, look: Look, kind: str = "fill") -> None:
        super().__init__()
        self._words, self._fill, self._look, self._kind = words, fill, look, kind
        self.setAccessibleName(words)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize((24 if self._kind != "text" else 0) + metrics.horizontalAdvance(self._words) + 2,
                     max(metrics.height(), 18))  # fmt: skip

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(QColor(self._look.border), 1))
        left = 0
        if self._kind == "bar":
            painter.fillRect(QRect(7, 2, BAR - 1, 14), QColor(self._look.text))
            left = 24
        elif self._kind != "text":
            painter.setBrush(QColor(self._fill))
            painter.drawRect(0, 1, 17, 15)
            left = 24
            if self._kind == "hatch":
                painter.setBrush(Qt.BrushStyle.BDiagPattern)
                painter.drawRect(0, 1, 17, 15)
        painter.setPen(QColor(self._look.text))
        middle = (self.height() + QFontMetrics(self.font()).ascent() - QFontMetrics(self.font()).descent()) // 2
        painter.drawText(QPoint(left, middle), self._words)


class SegmentMap(QFrame):
    """The map with its choices (channel, purpose, area), legend, and the card of the chosen segment."""

    chosen = Signal(str)

    def __init__(self, result: Segments, context: ViewContext) -> None:
        super().__init__()
        self._segments, self._permissions = result.tables["segments"], result.tables["permissions"]
        self._context = context
        self.setAccessibleName(f"Segment map. {result.verdict}")
        self.setAutoFillBackground(True)
        self.mosaic = Mosaic()
        self.card = QLabel("Choose a segment to read about it.")
        self.card.setWordWrap(True)
        self.card.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._legend = QWidget()
        Flow(self._legend)
        self.channel, self.purpose = QComboBox(), QComboBox()
        self.by_customers, self.by_value = QRadioButton("customers"), QRadioButton("value")
        self._build()
        self.mosaic.chosen.connect(self._tell)
        for box in (self.channel, self.purpose):
            box.currentIndexChanged.connect(self.refresh)
        self.by_value.toggled.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        channels, purposes = mosaic.choices(self._permissions)
        for channel in channels or ["email"]:
            self.channel.addItem(mosaic.ACTS[channel].removeprefix("be "), channel)
        for purpose in purposes or ["marketing"]:
            self.purpose.addItem(mosaic.TOPICS[purpose], purpose)
        self.channel.setAccessibleName("Colour: may be contacted by")
        self.purpose.setAccessibleName("Colour: about")
        self.by_customers.setChecked(True)
        refused = mosaic.value_refused(self._segments)
        self.by_value.setEnabled(not refused)
        self.by_value.setToolTip(refused or "Areas show each segment's share of all value.")
        bar = QWidget()
        Flow(bar)
        for part in (self._pair("Colour: may be", self.channel), self._pair("about", self.purpose),
                     self._pair("Area:", self.by_customers, self.by_value)):  # fmt: skip
            layout = bar.layout()
            assert layout is not None
            layout.addWidget(part)
        card = QScrollArea()
        card.setWidget(self.card)
        card.setWidgetResizable(True)
        card.setFrameShape(QFrame.Shape.NoFrame)
        card.setMaximumHeight(QFontMetrics(self.font()).height() * 4 + 4)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAD, PAD, PAD, PAD)
        outer.setSpacing(PAD)
        outer.addWidget(bar)
        outer.addWidget(self.mosaic, 1)
        outer.addWidget(self._legend)
        outer.addWidget(card)

    def _pair(self, words: str, *parts: QWidget) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        label = QLabel(words)
        label.setBuddy(parts[0])
        row.addWidget(label)
        for part in parts:
            row.addWidget(part)
        return box

    def refresh(self) -> None:
        """Draw for the choices made; call again after a change of theme."""
        look = Look(self._context.palette, self)
        channel, purpose = str(self.channel.currentData()), str(self.purpose.currentData())
        act, topic = mosaic.ACTS[channel], mosaic.TOPICS[purpose]
        area: mosaic.Area = "value" if self.by_value.isChecked() else "customers"
        columns = mosaic.columns(self._segments, self._permissions, channel, purpose, area)
        self.mosaic.show_columns(columns, act, topic, look)
        self._fill_legend(f"May {act} about {topic}, today:", look, columns)

    def _fill_legend(self, words: str, look: Look, columns: list[Column]) -> None:
        layout = self._legend.layout()
        assert layout is not None
        while (item := layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        keys = [Swatch(words, "", look, "text")]
        keys += [Swatch(step, fill, look) for step, fill in zip(mosaic.STEP_WORDS, look.ramp, strict=True)]
        if any(not tile.shown for column in columns for tile in column.tiles):
            keys.append(Swatch("under 10 people, or unknown", look.surface, look, "hatch"))
        keys.append(Swatch("and ×: value per customer, bank mean = 1", "", look, "bar"))
        for key in keys:
            layout.addWidget(key)
            key.show()

    def _tell(self, code: str) -> None:
        row = self._segments.set_index("segment").loc[code]
        ask = str(row.get("best_channel", ""))
        way = {"do not ask": "Do not ask these people.", "not enough answers": "Too few answers to say how to ask."}.get(
            ask, f"Best channel to ask: {ask.replace('_', ' ')}." if ask else ""
        )
        parts = [f"<b>{row['name']}</b>, {int(row['n']):,} customers.", str(row.get("words", "")), str(row.get("rule", "")), way]
        self.card.setText(" ".join(part if part.endswith((".", ">")) else f"{part}." for part in parts if part))
        self.chosen.emit(code)
