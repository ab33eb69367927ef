"""Colours of the pictures: taken from the palette each time something is painted, so a new theme needs no call."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtGui import QColor

DARK_INK, LIGHT_INK = "#1B1F24", "#FFFFFF"
# Where no desk lends its colours, the light theme's stand in.
LIGHT: Mapping[str, Any] = {
    "surface": "#FFFFFF", "text": "#1B1F24", "muted": "#57606A", "border": "#868E98", "line": "#DCE0E5",
    "accent": "#0A5BC4", "on_accent": "#FFFFFF", "hover": "#EDF1F6",
    "ramp": ("#F1E3C6", "#C9D7C4", "#8FBFC9", "#4A93BE", "#0B5C94"),
    "lift": ("#9A3B06", "#DE8A3F", "#F7D9B5", "#F2F3F4", "#BFDCEE", "#5AA2CF", "#0B5C94"),
    "series": ("#08315F", "#D8741F", "#1B8A68", "#C653C9", "#5A4500", "#8490A0"),
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """The colours of one theme as hex texts; `ramp`, `lift` and `series` are several."""

    surface: str
    text: str
    muted: str
    border: str
    line: str
    accent: str
    on_accent: str
    hover: str
    ramp: tuple[str, ...]
    lift: tuple[str, ...]
    series: tuple[str, ...]

    def lift_tone(self, lift: float) -> str:
        """Seven steps of the lift's logarithm, the middle one at 1; an unknown lift is the middle."""
        return self.lift[lift_step(lift, len(self.lift))]


def look(palette: Mapping[str, Any]) -> Look:
    """The colours that a palette lends."""
    return Look(**{name: palette.get(name) or fallback for name, fallback in LIGHT.items()})


def lift_step(lift: float, steps: int = 7) -> int:
    """The place of a lift on a scale of an odd number of steps: half a doubling each, 1 in the middle.

    >>> [lift_step(x) for x in (0.1, 1.0, 1.5, 2.0, 50.0)]
    [0, 3, 4, 5, 6]
    """
    middle = steps // 2
    if not math.isfinite(lift):
        return middle
    return middle + max(-middle, min(middle, round(2 * math.log2(max(lift, 1e-6)))))


def _luminance(colour: str) -> float:
    one = QColor(colour)
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (one.redF(), one.greenF(), one.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def ink_on(fill: str) -> str:
    """Near-black or white, whichever contrasts more with a fill (WCAG 2.2)."""
    light = _luminance(fill) + 0.05
    return LIGHT_INK if 1.05 / light > light / (_luminance(DARK_INK) + 0.05) else DARK_INK
