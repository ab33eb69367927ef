"""Numbers as people read them: counts, shares with their interval, q, days."""

from __future__ import annotations

import math

from PySide6.QtCore import QLocale

from crmdesk.api import outward

NOTHING = "–"


def _locale() -> QLocale:
    """The person's locale; the bare C locale groups no digits, so English stands in for it."""
    locale = QLocale()
    return QLocale(QLocale.Language.English) if locale.language() == QLocale.Language.C else locale


def missing(value: float | None) -> bool:
    return value is None or not math.isfinite(float(value))


def count(value: float | None) -> str:
    return NOTHING if value is None or missing(value) else str(_locale().toString(round(float(value))))


def decimal(value: float | None, places: int = 2) -> str:
    return NOTHING if value is None or missing(value) else str(_locale().toString(float(value), "f", places))


def percent(value: float | None) -> str:
    """The figure of a share without its sign: whole from 10 % on, else with one decimal."""
    if value is None or missing(value):
        return NOTHING
    return decimal(100 * value, 0 if abs(value) >= 0.0995 or value == 0 else 1)


def share(value: float | None) -> str:
    return NOTHING if value is None or missing(value) else f"{percent(value)} %"


def tick(value: float) -> str:
    """A share beside an axis: as many decimals as it has, and no more."""
    shown = round(100 * value, 2)
    return f"{decimal(shown, 0 if shown == int(shown) else 1 if round(shown, 1) == shown else 2)} %"


def interval(value: float | None, low: float | None, high: float | None) -> str:
    """A share with its 95 % interval, rounded outward as in the sentences: "41 % (38-43)"."""
    if low is None or high is None or missing(low) or missing(high):
        return share(value)
    places = 1 if high < 0.0995 else 0
    first, last = (decimal(end / 10**places, places) for end in outward(low, high, 100 * 10**places))
    return f"{share(value)} ({first}-{last})"


def points(value: float | None) -> str:
    """A difference of shares in points, with its sign."""
    if value is None or missing(value):
        return NOTHING
    shown = decimal(abs(100 * value), 1)
    return shown if float(value) == 0 else f"{'+' if value > 0 else '−'}{shown}"


def q(value: float | None) -> str:
    """An adjusted p; what is smaller than a thousandth is said to be."""
    if value is None or missing(value):
        return NOTHING
    return "<" + decimal(0.001, 3) if value < 0.001 else decimal(value, 3)


def days(value: float | None) -> str:
    if value is None or missing(value):
        return NOTHING
    return "1 day" if round(value) == 1 else f"{count(value)} days"
