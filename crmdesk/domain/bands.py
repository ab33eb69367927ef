"""Numbers about a person told as a band: enough to choose a group by, too little to know the person by."""

from __future__ import annotations

import math
from typing import Any


def bracket(value: float) -> tuple[float, float]:
    """The lower and upper edge of the band of one leading digit that a number falls into.

    >>> bracket(0.037), bracket(1234), bracket(0.0), bracket(-25.0)
    ((0.03, 0.04), (1000.0, 2000.0), (0.0, 0.0), (-30.0, -20.0))
    """
    if value == 0 or not math.isfinite(value):
        return 0.0, 0.0
    power = math.floor(math.log10(abs(value)))
    # A power of ten is written by its digits: 3 * 10 ** -2 is not 0.03.
    digit = math.floor(float(f"{value / float(f'1e{power}'):.9f}"))
    return float(f"{digit}e{power}"), float(f"{digit + 1}e{power}")


def band(value: Any) -> str:
    """A number as its band in words, anything that is missing as "".

    >>> band(0.037), band(1234), band(0), band(None)
    ('0.03 to 0.04', '1,000 to 2,000', '0', '')
    """
    if value is None or value != value:
        return ""
    low, high = bracket(float(value))
    return f"{_plain(low)} to {_plain(high)}" if low != high else "0"


def _plain(edge: float) -> str:
    return f"{edge:,.0f}" if edge == int(edge) else f"{edge:g}"
