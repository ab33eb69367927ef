"""The timeline as a picture: a lane per channel and a shape per mode, or monthly bars where marks would crowd."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.theme import Theme
from crmdesk.desk.zoom import percent, px
from crmdesk.services.customers import MARKS_AT_MOST, Event, Timeline

LANE: Final = 25
LEFT: Final = 88
AXIS: Final = 22
LEGEND: Final = 22
MARK: Final = 4.5
STEPS: Final = (1, 2, 3, 6, 12)  # months between two names on the axis
MODES: Final = ("transaction", "support", "educational", "promotional")
ALWAYS: Final = ("atm", "online", "call_centre", "branch")


def described(event: Event) -> str:
    """One event in words: "28 Oct 2026, ATM withdrawal, EUR -50.00"."""
    parts = [words.on(datetime.fromtimestamp(event.at, UTC).date()), event.label]
    if event.amount is not None:
        parts.append(words.exact(event.amount, event.currency or ""))
    if event.response:
        parts.append(event.response.replace("_", " "))
    return ", ".join(parts)


def firsts(since: date, until: date) -> list[date]:
    """The first days of the months from `since` to `until`, both included."""
    numbers = range(since.year * 12 + since.month - 1, until.year * 12 + until.month)
    days = [date(number // 12, number % 12 + 1, 1) for number in numbers]
    return [day for day in days if day >= since]


def evenly(months: list[date], wanted: float, room: float) -> list[date]:
    """The months whose names have `wanted` px where a month has `room`: every one, or every 2nd, 3rd, 6th, 12th."""
    step = next((step for step in STEPS if step * room >= wanted), STEPS[-1])
    return months[::step]


class TimelinePicture(QWidget):
    """Marks from `since` to `until`; arrows walk them, each told by its words. Key T on the page shows the list."""

    def __init__(self, context: DeskContext, title: str = "") -> None:
        super().__init__()
        self._context, self._title = context, title
        self._lane, self._left, self._axis, self._legend = px(LANE), px(LEFT), px(AXIS), px(LEGEND)
        self._events: list[Event] = []
        self._months: list[tuple[str, str, str, int]] = []
        self._lanes: tuple[str, ...] = ALWAYS
        self._since, self._until = date.today() - timedelta(days=396), date.today()
        self.bars = False
        self.current = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline")

    def show_line(self, line: Timeline, since: date, until: date) -> None:
        """Marks of the days from `since` to `until`, both included; over 2,000 events become monthly bars."""
        self._since, self._until = since, until
        start = datetime(since.year, since.month, since.day, tzinfo=UTC).timestamp()
        self._events = [e for e in reversed(line.events) if e.at >= start]
        self._months = [m for m in line.months if m[0] >= f"{since:%Y-%m}"]
        self.bars = line.total > MARKS_AT_MOST or not line.events  # without events the person knows the counts alone
        used = {m[1] for m in self._months}
        self._lanes = (*ALWAYS, *(lane for lane in words.LANES if lane in used and lane not in ALWAYS))
        self.current = -1
        total = sum(m[3] for m in self._months)
        self.setAccessibleName(self.sentence(total))
        self.setFixedHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def sentence(self, total: int) -> str:
        """The verdict that names the picture."""
        span = f"{words.on(self._since)} to {words.on(self._until)}"
        if not total:
            return f"Nothing happened from {span}."
        by_lane = {lane: sum(m[3] for m in self._months if m[1] == lane) for lane in self._lanes}
        first = max(by_lane, key=lambda lane: by_lane[lane])
        events = "1 event" if total == 1 else f"{words.count(total)} events"
        return f"{events} from {span}, most through {words.LANES.get(first, first)} ({words.count(by_lane[first])})."

    def sizeHint(self) -> QSize:
        return QSize(480, self._legend + self._lane * len(self._lanes) + self._axis)

    def _x(self, seconds: float) -> float:
        start = datetime(self._since.year, self._since.month, self._since.day, tzinfo=UTC).timestamp()
        days = max(1, (self._until - self._since).days + 1)
        return self._left + (seconds - start) / (days * 86400) * (self.width() - self._left - 12)

    def _y(self, channel: str) -> float:
        place = self._lanes.index(channel) if channel in self._lanes else 0
        return self._legend + self._lane * (place + 0.5)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._context.theme
        self._paint_legend(painter, theme)
        for lane in self._lanes:
            y = self._y(lane)
            painter.setPen(QColor(theme.muted))
            painter.drawText(
                QRectF(0, y - self._lane / 2, self._left - 12, self._lane),
                Qt.AlignmentFlag.AlignVCenter,
                words.LANES[lane],
            )
            painter.setPen(QColor(theme.line))
            painter.drawLine(QPointF(self._left, y), QPointF(self.width() - 12, y))
        self._paint_axis(painter, theme)
        if self.bars:
            self._paint_bars(painter, theme)
        else:
            self._paint_marks(painter, theme)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _paint_legend(self, painter: QPainter, theme: Theme) -> None:
        x = float(self._left)
        if self._title:
            font = painter.font()
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(QColor(theme.text))
            width = painter.fontMetrics().horizontalAdvance(self._title)
            painter.drawText(QRectF(0, 0, width + 4, self._legend), Qt.AlignmentFlag.AlignVCenter, self._title)
            painter.setFont(self.font())
            x = max(x, width + 24.0)
        for mode in MODES:
            draw_mark(painter, mode, QPointF(x + px(5), self._legend / 2), theme)
            painter.setPen(QColor(theme.muted))
            text = words.MODES[mode]
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(QRectF(x + px(15), 0, width + 4, self._legend), Qt.AlignmentFlag.AlignVCenter, text)
            x += width + px(34)

    def _paint_axis(self, painter: QPainter, theme: Theme) -> None:
        painter.setPen(QColor(theme.muted))
        top = self._legend + self._lane * len(self._lanes)
        metrics = painter.fontMetrics()
        months = firsts(self._since, self._until)
        widths = {first: metrics.horizontalAdvance(words.month(f"{first:%Y-%m}")) for first in months}
        room = (self.width() - self._left) / max(len(months), 1)
        for first in evenly(months, max(widths.values(), default=0) + 16, room):
            x = self._x(datetime(first.year, first.month, 1, tzinfo=UTC).timestamp())
            if x + widths[first] < self.width():
                painter.drawLine(QPointF(x, top), QPointF(x, top + 4))
                painter.drawText(QPointF(x, top + 4 + metrics.ascent()), words.month(f"{first:%Y-%m}"))

    def _paint_marks(self, painter: QPainter, theme: Theme) -> None:
        for place, event in enumerate(self._events):
            spot = QPointF(self._x(event.at), self._y(event.channel))
            draw_mark(painter, event.mode, spot, theme)
            if place == self.current:
                painter.setPen(QPen(QColor(theme.text), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(spot, px(9), px(9))

    def _paint_bars(self, painter: QPainter, theme: Theme) -> None:
        """One bar per lane and month, stacked by mode; all lanes share one scale."""
        totals: dict[tuple[str, str], int] = {}
        for month, lane, _, number in self._months:
            totals[month, lane] = totals.get((month, lane), 0) + number
        tallest = max(totals.values(), default=1)
        painter.setPen(Qt.PenStyle.NoPen)
        grown: dict[tuple[str, str], float] = {}
        for month, lane, mode, number in self._months:
            year, of_year = map(int, month.split("-"))
            left = max(float(self._left), self._x(datetime(year, of_year, 1, tzinfo=UTC).timestamp()))
            following = datetime(year + of_year // 12, of_year % 12 + 1, 1, tzinfo=UTC)
            right = min(self.width() - 12.0, self._x(following.timestamp()))
            height = number / tallest * (self._lane - 5)
            base = self._y(lane) + self._lane / 2 - 2 - grown.get((month, lane), 0.0)
            grown[month, lane] = grown.get((month, lane), 0.0) + height
            painter.setBrush(colour(mode, theme))
            painter.drawRect(QRectF(left + 1, base - height, max(1.0, right - left - 2), height))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if step is None or self.bars or not self._events:
            super().keyPressEvent(event)
            return
        start = len(self._events) if self.current < 0 and step < 0 else self.current
        self.current = min(max(start + step, 0), len(self._events) - 1)
        told = self._events[self.current]
        self.setAccessibleDescription(described(told))
        spot = QPointF(self._x(told.at), self._y(told.channel) + 12).toPoint()
        QToolTip.showText(self.mapToGlobal(spot), described(told), self)
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and not self.bars:
            near = [e for e in self._events
                    if abs(self._x(e.at) - event.x()) < 6 and abs(self._y(e.channel) - event.y()) < 12]  # fmt: skip
            QToolTip.showText(event.globalPos(), "\n".join(described(e) for e in near[:8]), self)
            return True
        return super().event(event)


def colour(mode: str, theme: Theme) -> QColor:
    """Colour of a mode; shape and word say the same."""
    if mode not in MODES:
        return QColor(theme.series[5])
    return QColor(theme.accent if mode == "transaction" else theme.series[MODES.index(mode)])


def draw_mark(painter: QPainter, mode: str, at: QPointF, theme: Theme) -> None:
    """Square, triangle, circle or diamond; a short stroke for what is none of the four."""
    painter.setPen(QPen(QColor(theme.surface), 1))
    painter.setBrush(colour(mode, theme))
    x, y, m = at.x(), at.y(), MARK * percent() / 100
    if mode == "transaction":
        painter.drawRect(QRectF(x - m + 0.5, y - m + 0.5, 2 * m - 1, 2 * m - 1))
    elif mode == "support":
        painter.drawPolygon(QPolygonF([QPointF(x, y - m), QPointF(x + m + 0.5, y + m), QPointF(x - m - 0.5, y + m)]))
    elif mode == "educational":
        painter.drawEllipse(at, m, m)
    elif mode == "promotional":
        d = m + 1
        painter.drawPolygon(QPolygonF([QPointF(x, y - d), QPointF(x + d, y), QPointF(x, y + d), QPointF(x - d, y)]))
    else:
        painter.drawRect(QRectF(x - 1, y - m, 2, 2 * m))
