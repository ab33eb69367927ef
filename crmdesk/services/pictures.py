"""Pictures for reports: a figure's data becomes plain SVG whose colours follow the page's light or dark theme."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from crmdesk.mining.ledger import plain_rows
from crmdesk.results import Figure

if TYPE_CHECKING:
    import pandas as pd

WIDTH, HEIGHT = 720, 340
LEFT, TOP, RIGHT, BOTTOM = 130, 28, 14, 44
BAR = 18  # height of a bar with its gap
LETTER = 6.5  # width of a letter, about: names get the room they need, up to half the picture
FEW = 8  # values on an axis that are each named; more get round numbers
LEANING = 120  # room for the leaning names under a heat map
STEPS = 5  # steps of the sequential colour scale
SERIES = 8  # colours for groups
Row = dict[str, Any]


def draw(figure: Figure) -> str:
    """The figure as `<svg>`; a figure without numbers says so in words."""
    rows = [r for r in plain_rows(figure.data) if r[figure.x] is not None and r[figure.y] is not None]
    if not rows:
        return _frame(figure, [_text(WIDTH / 2, HEIGHT / 2, "Nothing to draw", "middle")], HEIGHT)
    painters: dict[str, Callable[[Figure, list[Row]], list[str]]] = {
        "bars": _bars, "heat": _heat, "lines": _lines, "scatter": _lines, "mosaic": _mosaic,
    }  # fmt: skip
    return _frame(figure, painters[figure.kind](figure, rows), _height(figure, rows))


def mosaic(segments: pd.DataFrame, degree: dict[str, float | None]) -> Figure:
    """The segment map as data: column = first-tier group, tile = segment, dearest on top, fill = may contact."""
    known = [degree.get(str(code)) for code in segments["segment"]]
    data = segments.assign(
        degree=[float("nan") if share is None else share for share in known],
        label=[f"{code}: {name}" for code, name in zip(segments["segment"], segments["name"], strict=True)],
        tier1=segments["tier1"].astype(str),
        worth=segments["value_share"] / segments["share"],
    ).sort_values(["tier1", "worth"], ascending=[True, False], kind="stable")[["tier1", "label", "share", "degree"]]
    return Figure("mosaic", "Segment map", data, x="tier1", y="share", group="label", value="degree")


def step(value: float | None, low: float, high: float) -> int | None:
    """Which of the colour steps 0..4 a value falls into; None where there is no value.

    >>> step(0.0, 0.0, 1.0), step(0.5, 0.0, 1.0), step(1.0, 0.0, 1.0)
    (0, 2, 4)
    """
    if value is None:
        return None
    return min(STEPS - 1, max(0, int((value - low) / ((high - low) or 1.0) * STEPS)))


def _height(figure: Figure, rows: list[Row]) -> int:
    if figure.kind == "bars":
        return TOP + BAR * len(rows) + BOTTOM
    if figure.kind == "heat":
        return TOP + 34 * len(_names(rows, figure.y)) + LEANING
    return HEIGHT


def _frame(figure: Figure, parts: Sequence[str], height: int) -> str:
    # Bars lie on their side, so the label of their numbers belongs below.
    below, above = (figure.y_label, "") if figure.kind == "bars" else (figure.x_label, figure.y_label)
    labels = [_text((LEFT + WIDTH - RIGHT) / 2, height - 6, below, "middle"), _text(4, 14, above, "start")]
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(figure.title)}">'
        f"<title>{escape(figure.title)}</title>{''.join(parts)}{''.join(labels)}</svg>"
    )


def _text(x: float, y: float, words: Any, anchor: str = "start", kind: str = "") -> str:
    if words in ("", None):
        return ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(str(words))}</text>'


def _tile(x: float, y: float, width: float, height: float, fill: int | None, words: str) -> str:
    kind = "none" if fill is None else f"q{fill}"
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" class="{kind}">'
        f"<title>{escape(words)}</title></rect>"
    )


def _on_tile(x: float, y: float, words: str, fill: int | None) -> str:
    return _text(x, y, words, "middle", "none" if fill is None else f"on{fill}")


def _names(rows: list[Row], key: str) -> list[str]:
    return list(dict.fromkeys(str(r[key]) for r in rows))


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _short(value: float) -> str:
    """Two digits, for a tile."""
    return f"{value:.2g}" if abs(value) < 10 else f"{value:,.0f}"


def _mosaic(figure: Figure, rows: list[Row]) -> list[str]:
    """Width of a column and height of a tile are shares, so that area is size; fill in five steps of 20 %."""
    parts, x = [], 4.0
    total = sum(r[figure.y] for r in rows) or 1.0
    room, tall = WIDTH - 8.0, HEIGHT - TOP - BOTTOM
    for column in _names(rows, figure.x):
        tiles = [r for r in rows if str(r[figure.x]) == column]
        share = sum(r[figure.y] for r in tiles)
        width, y = room * share / total, float(TOP)
        for tile in tiles:
            height = tall * tile[figure.y] / (share or 1.0)
            value = tile[figure.value] if figure.value else None
            fill = step(value, 0.0, 1.0)
            name = str(tile[figure.group]) if figure.group else ""
            known = "unknown" if value is None else f"{value:.0%}"
            parts.append(_tile(x, y, width - 2, height - 2, fill, f"{name}, {tile[figure.y]:.1%}, may contact {known}"))
            if width > 60 and height > 18:
                parts.append(_on_tile(x + width / 2, y + height / 2 + 4, f"{name.split(':')[0]} {known}", fill))
            y += height
        parts.append(_text(x + width / 2, HEIGHT - 24, f"{column} ({share / total:.0%})", "middle"))
        x += width
    return parts


def _heat(figure: Figure, rows: list[Row]) -> list[str]:
    xs, ys = _names(rows, figure.x), _names(rows, figure.y)
    values = {(str(r[figure.x]), str(r[figure.y])): r[figure.value or figure.y] for r in rows}
    known = [v for v in values.values() if v is not None] or [0.0]
    wide, tall = (WIDTH - LEFT - RIGHT) / len(xs), 34.0
    parts = []
    for j, y in enumerate(ys):
        parts.append(_text(LEFT - 6, TOP + tall * (j + 0.5) + 4, y, "end"))
        for i, x in enumerate(xs):
            value = values.get((x, y))
            fill = step(value, min(0.0, *known), max(known))
            words = f"{y}, {x}: {_number(value)}"
            parts.append(_tile(LEFT + wide * i, TOP + tall * j, wide - 1, tall - 1, fill, words))
            if wide > 44 and tall > 14 and value is not None:
                parts.append(_on_tile(LEFT + wide * (i + 0.5), TOP + tall * (j + 0.5) + 4, _short(value), fill))
    foot = TOP + tall * len(ys) + 14
    for i, x in enumerate(xs):
        middle = LEFT + wide * (i + 0.5) + 4
        parts.append(f'<g transform="rotate(-35 {middle:.1f} {foot:.1f})">{_text(middle, foot, x, "end")}</g>')
    return parts


def _bars(figure: Figure, rows: list[Row]) -> list[str]:
    """Horizontal bars from zero, one row each; a group colours its bars."""
    groups = _names(rows, figure.group) if figure.group else [""]
    names = [f"{row[figure.group]} {row[figure.x]}" if figure.group else str(row[figure.x]) for row in rows]
    left = min(max(LETTER * max(map(len, names)) + 14, LEFT), WIDTH / 2)
    top = max(max(abs(r[figure.y]) for r in rows), 1e-12)
    low = min(0.0, *(r[figure.y] for r in rows)) / top
    room = (WIDTH - left - RIGHT - 60) / (1 - low)
    zero = left - low * room
    parts = []
    for i, (row, name) in enumerate(zip(rows, names, strict=True)):
        length = row[figure.y] / top * room
        kind = groups.index(str(row[figure.group])) % SERIES if figure.group else 0
        y = TOP + BAR * i
        parts.append(
            f'<rect x="{min(zero, zero + length):.1f}" y="{y:.1f}" width="{abs(length):.1f}" '
            f'height="{BAR - 3}" class="g{kind}">'
            f"<title>{escape(name)}: {_number(row[figure.y])}</title></rect>"
        )
        parts.append(_text(left - 6, y + 12, _cut(name, left), "end"))
        parts.append(_text(max(zero, zero + length) + 4, y + 12, _number(row[figure.y])))
    return parts


def _cut(name: str, room: float) -> str:
    """The name as far as there is room for it, with a sign where something is missing."""
    fits = int((room - 14) / LETTER)
    return name if len(name) <= fits else f"{name[: fits - 1]}…"


def _ticks(values: Sequence[float]) -> list[float]:
    """What stands below an axis: each value where there are few, else round numbers among them."""
    found = sorted(set(values))
    return found if len(found) <= FEW else _round(found[0], found[-1])


def _round(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round numbers within low..high, about as many as wanted.

    >>> _round(0.0, 1.0), _round(12, 390)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [100.0, 200.0, 300.0])
    """
    if high <= low:
        return [low]
    size: float = 10.0 ** math.floor(math.log10((high - low) / wanted))
    step = next(size * m for m in (1, 2, 5, 10) if (high - low) / (size * m) <= wanted)
    # Hairs of rounding at the ends must not lose a number.
    whole = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return [round(i * step, 10) for i in whole]


def _lines(figure: Figure, rows: list[Row]) -> list[str]:
    """Lines or dots over two number axes, with named limits drawn across."""
    xs = [float(r[figure.x]) for r in rows]
    ys = [float(r[figure.y]) for r in rows] + [float(v) for v in figure.marks.values()]
    x0, x1, y0, y1 = min(xs), max(xs), min(0.0, *ys), max(ys)

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + (x - x0) / ((x1 - x0) or 1.0) * (WIDTH - LEFT - RIGHT - 90),
            HEIGHT - BOTTOM - (y - y0) / ((y1 - y0) or 1.0) * (HEIGHT - TOP - BOTTOM),
        )

    parts = []
    for x in _ticks(xs):
        parts.append(_text(at(x, y0)[0], HEIGHT - 26, _number(x), "middle"))
    for y in _round(y0, y1):
        px, py = at(x0, y)
        parts.append(f'<line x1="{px:.1f}" x2="{WIDTH - RIGHT - 90}" y1="{py:.1f}" y2="{py:.1f}" class="grid"/>')
        parts.append(_text(px - 8, py + 4, _number(y), "end"))
    for name, limit in figure.marks.items():
        px, py = at(x0, float(limit))
        parts.append(f'<line x1="{px:.1f}" x2="{WIDTH - RIGHT - 90}" y1="{py:.1f}" y2="{py:.1f}" class="mark"/>')
        parts.append(_text(px + 4, py - 4, name))
    for i, group in enumerate(_names(rows, figure.group) if figure.group else [None]):
        points = [at(float(r[figure.x]), float(r[figure.y])) for r in rows
                  if group is None or str(r[figure.group or ""]) == group]  # fmt: skip
        if figure.kind == "lines":
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(f'<polyline points="{path}" class="line l{i % SERIES}"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" class="g{i % SERIES}"/>' for x, y in points[:2000]]
        if group is not None:
            parts.append(_text(points[-1][0] + 8, points[-1][1] + 4, group))
    return parts
