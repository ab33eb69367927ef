"""Words of the guard: what needs two people, what people may ask about their data, and by when."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Final

PROPOSAL_KINDS: Final = ("import", "restore", "export", "erase", "merge")
PROPOSAL_STATES: Final = ("open", "approved", "refused", "withdrawn", "used")
REQUEST_KINDS: Final = ("access", "portability", "rectify", "restrict", "erase", "object")
REQUEST_STATES: Final = ("open", "done", "refused")
EXPORT_ALONE: Final = 1_000  # rows that one person may export without a second


def due_on(received_on: date, extended: bool = False) -> date:
    """One month after the day of receipt, three where extended; the last day of a shorter month (GDPR 12(3))."""
    months = received_on.month - 1 + (3 if extended else 1)
    year, month = received_on.year + months // 12, months % 12 + 1
    return date(year, month, min(received_on.day, calendar.monthrange(year, month)[1]))
