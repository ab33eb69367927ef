"""Which backups to keep: all of two days, then one a day, a week and a month, and none past 90 days."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime, timedelta
from typing import Final

ALL_OF: Final = timedelta(hours=48)
LONGEST: Final = timedelta(days=90)
DAYS, WEEKS, MONTHS = 7, 4, 3
_PERIODS: Final[tuple[tuple[int, Callable[[datetime], Hashable]], ...]] = (
    (DAYS, lambda at: at.date()),
    (WEEKS, lambda at: at.isocalendar()[:2]),
    (MONTHS, lambda at: (at.year, at.month)),
)


def kept(made: Iterable[datetime], now: datetime) -> set[datetime]:
    """Of copies made at these moments (aware), those to keep at `now`.

    The newest copy of each of the last 7 days, 4 weeks and 3 months that have one stays, of the last 48 hours all;
    a copy older than 90 days goes, but for the newest of all, so that a bank never loses its last copy.
    """
    ordered = sorted(made, reverse=True)
    young = [at for at in ordered if now - at <= LONGEST]
    keep = {at for at in young if now - at <= ALL_OF}
    for many, period in _PERIODS:
        newest: dict[Hashable, datetime] = {}
        for at in young:
            newest.setdefault(period(at), at)
        keep.update(list(newest.values())[:many])
    return keep | set(ordered[:1])
