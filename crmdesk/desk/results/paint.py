"""The painters, one per kind of picture; the same code draws on the screen, in PNG and in SVG."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPolygonF

from crmdesk.desk.results.picture import Picture, number, once, short
from crmdesk.desk.results.sheet import DASHES, LINE, MIDDLE, RIGHT, Sheet, draw_axes, symbol, widen
from crmdesk.desk.theme import Theme
from crmdesk.domain.contrast import ink_on

BAR, GAP = 18.0, 8.0
MOST_POINTS = 5_000  # above, a density image: 100,000 points took 136 ms
BINS = 60


def paint_picture(painter: QPainter, area: QRectF, picture: Picture, theme: Theme, font: QFont) -> None:
    """Draw `picture` into `area`; an unknown kind or no row draws its title and says so."""
    sheet = Sheet(painter, area, theme, font)
    rest = sheet.heading(picture.title)
    kind = KINDS.get(picture.kind)
    if kind is None or not len(picture):
        sheet.write(rest, "There is nothing to draw here; the table shows what was found.", MIDDLE, theme.muted)
        return
    kind(sheet, rest, picture)


def height_of(picture: Picture) -> int:
    """The height in px that a picture needs to be read."""
    if picture.kind == "bars":
        legend = LINE + 6 if len(picture.groups()) > 1 else 0
        return int(70 + legend + len(picture) * BAR + len(once(str(x) for x in picture.get(picture.x))) * GAP)
    if picture.kind == "heat":
        return int(90 + 30 * len(once(str(y) for y in picture.get(picture.y))))
    return 360


def bars(sheet: Sheet, area: QRectF, picture: Picture) -> None:
    """Lying bars from zero, one block per category, whiskers where there are intervals."""
    groups = picture.groups()
    if len(groups) > 1:
        area = sheet.legend(area, groups)
    categories, names = picture.get(picture.x), once(str(x) for x in picture.get(picture.x))
    values = [number(v) or 0.0 for v in picture.get(picture.y)]
    ends = [number(v) for name in (picture.low, picture.high) for v in picture.get(name)]
    low, high = widen([*values, *(e for e in ends if e is not None)], zero=True)
    room = min(max(sheet.width(n) for n in names) + 14, area.width() * 0.38)
    box = QRectF(area.left() + room, area.top(), area.width() - room - 56, area.height() - LINE)

    def across(value: float) -> float:
        return box.left() + (value - low) / (high - low) * box.width()

    y = box.top()
    for name in names:
        mine = [i for i in range(len(picture)) if str(categories[i]) == name]
        tall = BAR * len(mine)
        sheet.write(QRectF(area.left(), y, room - 10, tall), name, RIGHT)
        for i in mine:
            at = groups.index(str(picture.get(picture.group)[i])) if picture.group else 0
            _bar(sheet, picture, i, values[i], at, y, across)
            y += BAR
        y += GAP
    sheet.line(QPointF(across(0), box.top() - 4), QPointF(across(0), y), sheet.theme.border)
    sheet.write(QRectF(box.left(), y, box.width(), LINE), picture.y_label, MIDDLE, sheet.theme.muted)


def _bar(sheet: Sheet, picture: Picture, i: int, value: float, tone: int, y: float,
         across: Callable[[float], float]) -> None:  # fmt: skip
    zero, end = across(0), across(value)
    sheet.fill(QRectF(min(zero, end), y + 2, abs(end - zero), BAR - 4), sheet.series(tone))
    low, high = number(picture.get(picture.low)[i]), number(picture.get(picture.high)[i])
    edge = max(end, zero)
    if low is not None and high is not None:
        middle = y + BAR / 2
        sheet.line(QPointF(across(low), middle), QPointF(across(high), middle), sheet.theme.text, 1.5)
        for whisker in (low, high):
            sheet.line(
                QPointF(across(whisker), middle - 4), QPointF(across(whisker), middle + 4), sheet.theme.text, 1.5
            )
        edge = max(edge, across(high))
    sheet.write(QRectF(edge + 6, y, 60, BAR), picture.words(value), colour=sheet.theme.muted)


def lines(sheet: Sheet, area: QRectF, picture: Picture) -> None:
    """Lines with a dash and a symbol per series, bands where there are intervals, and named limits."""
    groups = picture.groups()
    if len(groups) > 1:
        area = sheet.legend(area, groups)
    xs, ys = [number(v) for v in picture.get(picture.x)], [number(v) for v in picture.get(picture.y)]
    ends = [number(v) for name in (picture.low, picture.high) for v in picture.get(name)]
    seen = [v for v in [*ys, *ends, *picture.marks.values()] if v is not None]
    x_seen = [x for x in xs if x is not None]
    whole = all(x == int(x) for x in x_seen)
    axes = draw_axes(sheet, area, widen(x_seen), widen(seen), picture.x_label, picture.y_label, whole)
    for name, limit in picture.marks.items():
        left, right = axes.at(axes.x[0], limit), axes.at(axes.x[1], limit)
        sheet.line(left, right, sheet.theme.error.ink, 1.5, DASHES[1])
        sheet.write(QRectF(right.x() - 260, right.y() - LINE, 256, LINE), f"{name} {short(limit)}", RIGHT,
                    sheet.theme.error.ink)  # fmt: skip
    for at, group in enumerate(groups):
        rows = sorted((i for i in picture.rows_of(group) if xs[i] is not None and ys[i] is not None),
                      key=lambda i: xs[i] or 0.0)  # fmt: skip
        _band(sheet, picture, rows, at, axes, xs)
        points = [axes.at(xs[i] or 0.0, ys[i] or 0.0) for i in rows]
        for start, end in itertools.pairwise(points):
            sheet.line(start, end, sheet.series(at), 2, DASHES[at % len(DASHES)])
        for point in points:
            symbol(sheet.painter, at, point, sheet.series(at))


def _band(sheet: Sheet, picture: Picture, rows: list[int], at: int, axes: object, xs: list[float | None]) -> None:
    lows, highs = picture.get(picture.low), picture.get(picture.high)
    inside = [(xs[i], number(lows[i]), number(highs[i])) for i in rows]
    whole = [(x, a, b) for x, a, b in inside if x is not None and a is not None and b is not None]
    if len(whole) > 1:
        colour = QColor(sheet.series(at))
        colour.setAlphaF(0.16)
        sheet.painter.setPen(Qt.PenStyle.NoPen)
        sheet.painter.setBrush(colour)
        place = axes.at  # type: ignore[attr-defined]
        edge = [place(x, b) for x, _, b in whole] + [place(x, a) for x, a, _ in reversed(whole)]
        sheet.painter.drawPolygon(QPolygonF(edge))


def scatter(sheet: Sheet, area: QRectF, picture: Picture) -> None:
    """Points by series; above 5,000 a density image."""
    groups = picture.groups()
    dense = len(picture) > MOST_POINTS
    if len(groups) > 1 and not dense:
        area = sheet.legend(area, groups)
    pairs = [(number(x), number(y)) for x, y in zip(picture.get(picture.x), picture.get(picture.y), strict=True)]
    known = [(x, y) for x, y in pairs if x is not None and y is not None]
    axes = draw_axes(sheet, area, widen([x for x, _ in known]), widen([y for _, y in known]), picture.x_label,
                     picture.y_label)  # fmt: skip
    if dense:
        _density(sheet, axes.box, [axes.at(x, y) for x, y in known])
        return
    for at, group in enumerate(groups):
        for i in picture.rows_of(group):
            x, y = pairs[i]
            if x is not None and y is not None:
                symbol(sheet.painter, at, axes.at(x, y), sheet.series(at), 3)


def _density(sheet: Sheet, box: QRectF, points: list[QPointF]) -> None:
    counts: dict[tuple[int, int], int] = {}
    wide, tall = box.width() / BINS, box.height() / BINS
    for point in points:
        cell = (int((point.x() - box.left()) / wide), int((point.y() - box.top()) / tall))
        counts[cell] = counts.get(cell, 0) + 1
    most = math.log1p(max(counts.values()))
    for (column, row), n in counts.items():
        step = min(len(sheet.theme.ramp) - 1, int(math.log1p(n) / most * len(sheet.theme.ramp)))
        sheet.fill(QRectF(box.left() + column * wide, box.top() + row * tall, wide + 0.5, tall + 0.5),
                   sheet.theme.ramp[step])  # fmt: skip


def shade(value: float, low: float, high: float, picture: Picture, theme: Theme) -> str:
    """The colour of a heat cell: lift in seven steps of its logarithm around 1, else the ramp from low to high."""
    if picture.scale == "lift":
        step = 3 + round(max(-3.0, min(3.0, 2 * math.log2(max(value, 1e-6)))))
        return theme.lift[step]
    share = (value - low) / (high - low) if high > low else 0.5
    return theme.ramp[min(len(theme.ramp) - 1, int(share * len(theme.ramp)))]


def fifths(most: float) -> float:
    """Where the ramp ends for shares up to `most`: five even steps of 1, 2, 5, 10 or 20 points, so few look alike."""
    return next((5 * step for step in (0.01, 0.02, 0.05, 0.1) if most <= 5.5 * step), 1.0)


def heat(sheet: Sheet, area: QRectF, picture: Picture) -> None:
    """A grid of numbers on colour; what is impossible or unknown stays blank."""
    columns, rows = once(str(v) for v in picture.get(picture.x)), once(str(v) for v in picture.get(picture.y))
    cells = {(str(x), str(y)): number(v) for x, y, v in
             zip(picture.get(picture.x), picture.get(picture.y), picture.get(picture.value), strict=True)}  # fmt: skip
    known = [v for v in cells.values() if v is not None] or [0.0]
    low, high = (0.0, fifths(max(known))) if min(known) >= 0 and max(known) <= 1 else (min(known), max(known))
    room = min(max(sheet.width(r) for r in rows) + 14, area.width() * 0.35)
    wide = (area.width() - room) / len(columns)
    tall = min(34.0, max(18.0, (area.height() - 2 * LINE - 12) / len(rows)))
    head = max(len(name.split(", ")) for name in columns) * (LINE - 3)
    for at, name in enumerate(columns):
        for down, part in enumerate(name.split(", ")):  # "branch, support" takes two lines in a narrow column
            box = QRectF(area.left() + room + at * wide + 2, area.top() + down * (LINE - 3), wide - 4, LINE)
            sheet.write(box, part, MIDDLE, sheet.theme.muted)
    for down, row in enumerate(rows):
        y = area.top() + head + 6 + down * tall
        sheet.write(QRectF(area.left(), y, room - 10, tall), row, RIGHT)
        for at, column in enumerate(columns):
            value = cells.get((column, row))
            if value is None:
                continue
            colour = shade(value, low, high, picture, sheet.theme)
            box = QRectF(area.left() + room + at * wide + 1, y + 1, wide - 2, tall - 2)
            sheet.fill(box, colour)
            sheet.write(box.adjusted(2, 0, -2, 0), picture.words(value), MIDDLE, ink_on(colour))


def mosaic(sheet: Sheet, area: QRectF, picture: Picture) -> None:
    """Columns as wide as their share, tiles as high as theirs, filled by value on the ramp."""
    names = once(str(x) for x in picture.get(picture.x))
    xs = [str(x) for x in picture.get(picture.x)]
    shares = [number(v) or 0.0 for v in picture.get(picture.y)]
    total = sum(shares) or 1.0
    x = area.left()
    box = area.adjusted(0, LINE + 4, 0, 0)
    for name in names:
        mine = [i for i in range(len(picture)) if xs[i] == name]
        whole = sum(shares[i] for i in mine) or 1.0
        wide = (area.width() - 6 * len(names)) * whole / total
        sheet.write(QRectF(x, area.top(), wide, LINE), name, bold=True)
        y = box.top()
        for i in mine:
            tall = (box.height() - 3 * len(mine)) * shares[i] / whole
            _tile(sheet, picture, i, QRectF(x, y, wide, tall))
            y += tall + 3
        x += wide + 6


def _tile(sheet: Sheet, picture: Picture, i: int, box: QRectF) -> None:
    value = number(picture.get(picture.value)[i])
    top = fifths(max((v for v in map(number, picture.get(picture.value)) if v is not None), default=1.0))
    colour = shade(value, 0.0, top, picture, sheet.theme) if value is not None else sheet.theme.surface
    sheet.fill(box, colour, sheet.theme.border)
    if value is None:
        sheet.painter.fillRect(box, Qt.BrushStyle.BDiagPattern)
    words = str(picture.get(picture.group)[i]) if picture.group else ""
    told = f"{value:.0%}".replace("%", " %") if value is not None else "unknown"
    lines = (words, told) if box.height() > 2 * LINE + 4 else (f"{words}  {told}",)
    for at, line in enumerate(lines):
        if box.height() > LINE * (at + 1) + 4:
            sheet.write(QRectF(box.left() + 8, box.top() + 4 + at * LINE, box.width() - 10, LINE), line,
                        colour=ink_on(colour), bold=at == 0)  # fmt: skip


KINDS: dict[str, Callable[[Sheet, QRectF, Picture], None]] = {
    "bars": bars, "lines": lines, "scatter": scatter, "heat": heat, "mosaic": mosaic,
}  # fmt: skip
