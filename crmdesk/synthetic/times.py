"""When people bank: month, weekday, day of month and hour of each channel."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.interaction import CELLS, CHANNELS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def _hours(weights: dict[int, float]) -> tuple[float, ...]:
    total = sum(weights.values())
    return tuple(weights.get(hour, 0.0) / total for hour in range(24))


# Weight of each hour: branches 9-17; calls 8-20 with a peak at 10-11; ATM evenings; online at lunch and 20-22.
HOURS: Final = {
    "atm": _hours(dict(enumerate((0.6, 0.4, 0.2, 0.2, 0.2, 0.4, 1, 2, 3, 3, 3.5, 4, 5, 4.5, 4, 4.5, 6, 9, 10, 9.5, 7.5,
                                  5, 3, 1.5)))),
    "online": _hours(dict(enumerate((1, 0.5, 0.3, 0.2, 0.2, 0.4, 1.2, 2.5, 3.5, 4, 4.2, 5, 9, 7.5, 4.5, 4, 4, 4.5, 5,
                                     6.5, 10, 11, 7, 3)))),
    "call_centre": _hours({8: 5, 9: 9, 10: 15, 11: 13, 12: 8, 13: 8, 14: 9, 15: 9, 16: 8, 17: 7, 18: 5, 19: 4}),
    "branch": _hours({9: 11, 10: 15, 11: 15, 12: 12, 13: 11, 14: 12, 15: 13, 16: 11}),
}  # fmt: skip
# Monday to Sunday.
WEEKDAYS: Final = {
    "atm": (0.9, 0.85, 0.9, 1.0, 1.6, 1.7, 0.8),
    "online": (1.05, 1.0, 1.0, 1.0, 0.95, 0.8, 0.95),
    "call_centre": (1.3, 1.1, 1.05, 1.05, 1.0, 0.5, 0.2),
    "branch": (1.1, 1.0, 1.0, 1.0, 1.15, 0.0, 0.0),
}
PAYDAYS: Final = frozenset((25, 26, 27, 28, 29, 30, 31, 1, 2, 3))
PAYDAY_FACTOR: Final = 1.6  # ATMs around payday
CHANNEL_OF_CELL: Final = np.array([CHANNELS.index(c.channel) for c in CELLS])


def epoch_day(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def first_month(until: date, months: int) -> int:
    """The first month of the data, counted from January 1970."""
    return (until.year - 1970) * 12 + until.month - months


def month_starts(until: date, months: int) -> Ints:
    """Epoch day of the first day of each month of the data, then of the day after the last (months + 1)."""
    first = first_month(until, months)
    return np.arange(first, first + months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def month_names(until: date, months: int) -> list[str]:
    """YYYY-MM of each month of the data."""
    first = first_month(until, months)
    return [str(m) for m in np.arange(first, first + months).astype("datetime64[M]")]


def day_weights(channel: str, days: Ints) -> Floats:
    """Chance of each of these epoch days for one act on a channel."""
    weekday = (days + 3) % 7  # 1 January 1970 was a Thursday
    weights = np.array(WEEKDAYS[channel])[weekday]
    if channel == "atm":
        dates = days.astype("datetime64[D]")
        of_month = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
        weights = weights * np.where(np.isin(of_month, list(PAYDAYS)), PAYDAY_FACTOR, 1.0)
    return np.asarray(weights / weights.sum())


def seconds(until: date, months: int, month: Ints, cell: Ints, rng: np.random.Generator) -> Ints:
    """Epoch seconds UTC of acts in the given month (0..months-1) and cell (0..36), each by its channel's habits."""
    starts = month_starts(until, months)
    channel = CHANNEL_OF_CELL[cell]
    day = np.empty(len(month), np.int64)
    second = rng.integers(0, 3600, len(month))
    for c, name in enumerate(CHANNELS):
        mine = np.flatnonzero(channel == c)
        second[mine] += 3600 * rng.choice(24, len(mine), p=HOURS[name])
        for m in range(months):
            rows = mine[month[mine] == m]
            days = np.arange(starts[m], min(starts[m + 1], epoch_day(until) + 1))
            day[rows] = rng.choice(days, len(rows), p=day_weights(name, days))
    return day * 86_400 + second
