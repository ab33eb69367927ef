"""Colours of the pictures: taken from the palette each time something is painted, so a new theme needs no call."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


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
    return Look(**{field.name: palette[field.name] for field in fields(Look)})


def lift_step(lift: float, steps: int = 7) -> int:
    """The place of a lift on a scale of an odd number of steps: half a doubling each, 1 in the middle.

    >>> [lift_step(x) for x in (0.1, 1.0, 1.5, 2.0, 50.0)]
    [0, 3, 4, 5, 6]
    """
    middle = steps // 2
    if not math.isfinite(lift):
        return middle
    return middle + max(-middle, min(middle, round(2 * math.log2(max(lift, 1e-6)))))
