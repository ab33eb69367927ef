"""Reckoning with months: the one place that knows how long they are."""

from __future__ import annotations

import calendar
from datetime import date


def shift_months(day: date, months: int) -> date:
    """The same day `months` later (earlier if negative), or the last day of a shorter month.

    >>> shift_months(date(2024, 2, 29), -12)
    datetime.date(2023, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
