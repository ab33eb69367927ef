"""The gates of a list as a falling row of bars: who has an offer, who is lost at each gate, who is left."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.zoom import px

Step = tuple[str, int]
LINE, BAR = 26, 14
TIGHT, MANY = 19, 6  # the height of a line where there are more than so many
NUMBER = 64  # px for the figures at the left
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Funnel(QWidget):
    """`show_steps` takes (words, customers): the first and the last are totals, those between are losses below 0."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self._context = context
        self._steps: tuple[Step, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumWidth(px(300))
        context.theme_changed.connect(self.update)

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        self._steps = steps
        self.setAccessibleName("Gates of the list. " + "; ".join(f"{self.figure(at)} {told}"
                                                                 for at, (told, _) in enumerate(steps)))  # fmt: skip
        self.setFixedHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def figure(self, at: int) -> str:
        """The number of a step as it is written: the last one is what is left."""
        number = self._steps[at][1]
        if number < 0:
            return f"\N{MINUS SIGN}{words.count(-number)}"
        return ("= " if at and at == len(self._steps) - 1 else "") + words.count(number)

    def sizeHint(self) -> QSize:
        return QSize(px(420), self._line * max(len(self._steps), 1) + 8)

    @property
    def _line(self) -> int:
        """The height of a step: many steps stand closer, so that the list beneath keeps its room."""
        return px(TIGHT if len(self._steps) > MANY else LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._context.theme
        if self.hasFocus():
            painter.setPen(QColor(theme.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        most = max((abs(number) for _, number in self._steps), default=0) or 1
        metrics, figures, thick = painter.fontMetrics(), px(NUMBER), px(BAR)
        told = max((metrics.horizontalAdvance(text) for text, _ in self._steps), default=0) + 12
        room = max(60.0, self.width() - figures - told - 20.0)
        told = int(min(told, self.width() - figures - room - 16))
        left, line = self._steps[0][1] if self._steps else 0, self._line
        for at, (text, number) in enumerate(self._steps):
            y = 4.0 + at * line
            painter.setPen(QColor(theme.text))
            painter.drawText(QRectF(0, y, figures - 8, line), RIGHT, self.figure(at))
            painter.setPen(QColor(theme.text if number >= 0 else theme.muted))
            cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, told)
            painter.drawText(QRectF(figures, y, told + 4, line), LEFT, cut)
            # A loss hangs at the end of what was left before it.
            left += number if number < 0 else 0
            start, long = (left, -number) if number < 0 else (0, number)
            bar = QRectF(
                figures + told + 12 + start / most * room, y + (line - thick) / 2, max(long / most * room, 1.5), thick
            )
            painter.fillRect(bar, QColor(theme.refused.ink if number < 0 else theme.granted.ink))
        painter.end()
