"""What is printed, as plain blocks, and how it becomes pages: always in the light theme, A4 or Letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextTableFormat,
)

from crmdesk.desk.theme import LIGHT

DOTS: Final = 96  # layout units per inch, on screen and in the file
MARGIN: Final = 15.0  # mm
FOOT: Final = 36  # units under the text
SHARP: Final = 3  # a picture's pixels per layout unit
SIZES: Final = (("A4", QPageSize.PageSizeId.A4), ("Letter", QPageSize.PageSizeId.Letter))
Draw = Callable[[QPainter, QRectF], None]


@dataclass(frozen=True)
class Table:
    """Texts under heads; `shares` are the columns' parts of the width, `right` the columns of numbers."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[float] = ()
    right: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Drawing:
    """A picture of a result, drawn into an area as wide as the page and `height` units tall."""

    draw: Draw
    height: int


@dataclass(frozen=True)
class Part:
    """A heading and what stands under it: texts, tables, pictures."""

    heading: str
    blocks: Sequence[str | Table | Drawing]


@dataclass(frozen=True)
class Paper:
    """A title, one sentence that answers, parts, and the line that stands under each page."""

    title: str
    sentence: str
    parts: Sequence[Part]
    foot: str
    wide: bool = False
    facts: Sequence[str] = field(default_factory=tuple)


class Pages:
    """The pages of a paper in one size; laid out where it is made, which for a long list should be a thread."""

    def __init__(self, paper: Paper, size: QPageSize.PageSizeId) -> None:
        way = QPageLayout.Orientation.Landscape if paper.wide else QPageLayout.Orientation.Portrait
        self.layout = QPageLayout(QPageSize(size), way, QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN),
                                  QPageLayout.Unit.Millimeter)  # fmt: skip
        self._paper = paper
        self._whole = QRectF(self.layout.fullRectPixels(DOTS))
        self._area = QRectF(self.layout.paintRectPixels(DOTS)).adjusted(0, 0, 0, -FOOT)
        self._measure = QImage(1, 1, QImage.Format.Format_RGB32)  # lives as long as the layout that measures by it
        self._measure.setDotsPerMeterX(round(DOTS / 0.0254))
        self._measure.setDotsPerMeterY(round(DOTS / 0.0254))
        self._document = _document(paper, self._area.size(), self._measure)

    @property
    def count(self) -> int:
        return self._document.pageCount()

    def hand_over(self) -> Pages:
        """From the thread that made them to the window's."""
        app = QCoreApplication.instance()
        if app is not None:
            self._document.moveToThread(app.thread())
        return self

    def image(self, number: int, width: int) -> QImage:
        """Page `number`, from 0, as a picture `width` px across."""
        scale = width / self._whole.width()
        made = QImage(width, round(self._whole.height() * scale), QImage.Format.Format_RGB32)
        made.fill(Qt.GlobalColor.white)
        painter = QPainter(made)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.scale(scale, scale)
        painter.translate(self._area.topLeft())
        self._draw(painter, number)
        painter.end()
        return made

    def write(self, file: Path) -> None:
        """The PDF; raises OSError where it cannot be written."""
        writer = QPdfWriter(str(file))
        writer.setResolution(DOTS)
        writer.setPageLayout(self.layout)
        writer.setTitle(self._paper.title)
        writer.setCreator("crmdesk")
        painter = QPainter()
        if not painter.begin(writer):
            raise OSError(f"{file.name} could not be written; choose another folder.")
        for number in range(self.count):
            if number:
                writer.newPage()
            self._draw(painter, number)
        painter.end()

    def _draw(self, painter: QPainter, number: int) -> None:
        area, tall = self._area, self._area.height()
        painter.save()
        painter.translate(0, -number * tall)
        self._document.drawContents(painter, QRectF(0, number * tall, area.width(), tall))
        painter.restore()
        line = QRectF(0, tall + 12, area.width(), FOOT - 12)
        painter.setPen(QColor(LIGHT.line))
        painter.drawLine(line.topLeft(), line.topRight())
        painter.setPen(QColor(LIGHT.muted))
        painter.setFont(_font(8))
        page = f"Page {number + 1} of {self.count}"
        room = painter.fontMetrics().horizontalAdvance(page) + 16
        foot = painter.fontMetrics().elidedText(self._paper.foot, Qt.TextElideMode.ElideRight, int(line.width() - room))
        painter.drawText(line.adjusted(0, 4, 0, 0), Qt.AlignmentFlag.AlignLeft, foot)
        painter.drawText(line.adjusted(0, 4, 0, 0), Qt.AlignmentFlag.AlignRight, page)


def _font(points: float, *, bold: bool = False) -> QFont:
    font = QFont()
    font.setPixelSize(round(points * DOTS / 72))
    font.setBold(bold)
    return font


def _chars(points: float, *, bold: bool = False, colour: str = LIGHT.text) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setFont(_font(points, bold=bold))
    made.setForeground(QColor(colour))
    return made


def _space(above: float, below: float, *, right: bool = False) -> QTextBlockFormat:
    made = QTextBlockFormat()
    made.setTopMargin(above)
    made.setBottomMargin(below)
    if right:
        made.setAlignment(Qt.AlignmentFlag.AlignRight)
        made.setRightMargin(8)  # off the text of the next column
    return made


def _document(paper: Paper, size: QSizeF, measure: QImage) -> QTextDocument:
    """The whole text, laid out for pages of `size`."""
    made = QTextDocument()
    made.documentLayout().setPaintDevice(measure)
    made.setDocumentMargin(0)
    made.setDefaultFont(_font(9))
    cursor = QTextCursor(made)
    cursor.beginEditBlock()  # else each cell lays the whole text out anew: minutes for a long table
    _line(cursor, paper.title, _chars(16, bold=True), _space(0, 6))
    if paper.sentence:
        _line(cursor, paper.sentence, _chars(11), _space(0, 4))
    for fact in paper.facts:
        _line(cursor, fact, _chars(9, colour=LIGHT.muted), _space(0, 2))
    for part in paper.parts:
        if part.heading:
            head = _space(16, 6)
            head.setPageBreakPolicy(QTextBlockFormat.PageBreakFlag.PageBreak_Auto)
            _line(cursor, part.heading, _chars(11, bold=True), head)
        for block in part.blocks:
            if isinstance(block, Table):
                _table(cursor, block)
            elif isinstance(block, Drawing):
                _drawing(cursor, block, size)
            else:
                _line(cursor, block, _chars(9), _space(0, 4))
    cursor.endEditBlock()
    made.setPageSize(size)
    return made


def _line(cursor: QTextCursor, text: str, chars: QTextCharFormat, space: QTextBlockFormat) -> None:
    cursor.movePosition(QTextCursor.MoveOperation.End)
    if cursor.position():
        cursor.insertBlock(space, chars)
    else:
        cursor.setBlockFormat(space)
    cursor.insertText(text, chars)


def _table(cursor: QTextCursor, table: Table) -> None:
    cursor.movePosition(QTextCursor.MoveOperation.End)
    look = QTextTableFormat()
    look.setBorder(1)
    look.setBorderCollapse(True)
    look.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    look.setBorderBrush(QColor(LIGHT.line))
    look.setCellPadding(3)
    look.setCellSpacing(0)
    look.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    shares = table.shares or [1.0] * len(table.heads)
    look.setColumnWidthConstraints(
        [QTextLength(QTextLength.Type.PercentageLength, 100 * share / sum(shares)) for share in shares]
    )
    headed = any(table.heads)
    look.setHeaderRowCount(int(headed))
    lines = (table.heads, *table.rows) if headed else tuple(table.rows)
    made = cursor.insertTable(len(lines), len(table.heads), look)
    head, plain = _chars(8, bold=True, colour=LIGHT.muted), _chars(8.5)
    sides = [_space(0, 0, right=at in table.right) for at in range(len(table.heads))]
    for row, texts in enumerate(lines):
        for at, text in enumerate(texts):
            cell = made.cellAt(row, at).firstCursorPosition()
            cell.setBlockFormat(sides[at])
            cell.insertText(text, head if headed and not row else plain)


def _drawing(cursor: QTextCursor, drawing: Drawing, size: QSizeF) -> None:
    wide, tall = round(size.width()) - 2, min(drawing.height, round(size.height()) - 80)
    image = QImage(wide * SHARP, tall * SHARP, QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.surface))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(SHARP, SHARP)
    drawing.draw(painter, QRectF(0, 0, wide, tall))
    painter.end()
    _line(cursor, "", _chars(9), _space(6, 6))
    name = f"picture{cursor.position()}"
    cursor.document().addResource(QTextDocument.ResourceType.ImageResource, QUrl(name), image)
    look = QTextImageFormat()
    look.setName(name)
    look.setWidth(wide)
    look.setHeight(tall)
    cursor.insertImage(look)
