"""How long records are kept; of backups all of two days, then one a day, a week and a month, none past 90 days."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from crmdesk.domain.days import shift_months

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


@dataclass(frozen=True)
class Rule:
    """How long one kind of record is kept: `months`, or `days` where the figure is no choice of the bank."""

    code: str
    title: str
    months: int
    days: int | None = None

    @property
    def fixed(self) -> bool:
        return self.days is not None


RAW, PROSPECTS, FORMER, INTERACTIONS, AUDIT, BACKUPS = (
    "quarantine", "prospects", "former", "interactions", "audit", "backups",
)  # fmt: skip
RULES: Final[dict[str, Rule]] = {
    rule.code: rule
    for rule in (
        Rule(RAW, "Raw text of rows that an import set aside", 3, LONGEST.days),
        Rule(PROSPECTS, "People without an account, since the last contact", 24),
        Rule(FORMER, "Former customers, since they left", 120),
        Rule(INTERACTIONS, "Interactions", 120),
        Rule(AUDIT, "Rows of the audit", 120),
        Rule(BACKUPS, "Backups made by themselves", 3, LONGEST.days),
    )
}
MOST_MONTHS: Final = 600


def last_due(rule: Rule, months: int, today: date) -> date:
    """The latest day whose records are past their time at `today`: a record of day D is due on D + days, or months.

    >>> last_due(RULES["quarantine"], 3, date(2026, 10, 31)), last_due(RULES["former"], 1, date(2026, 2, 28))
    (datetime.date(2026, 8, 2), datetime.date(2026, 1, 31))
    """
    if rule.days is not None:
        return today - timedelta(days=rule.days)
    ends_month = (today + timedelta(days=1)).day == 1
    back = shift_months(today.replace(day=1), -months)
    last = calendar.monthrange(back.year, back.month)[1]
    # On the last day of a month the days that it lacks come due too: 31 January plus a month is 28 February.
    return back.replace(day=last if ends_month else min(today.day, last))
