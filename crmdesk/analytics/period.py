"""The days a feature looks at: up to the end of the as-of day (UTC), and back by whole months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from crmdesk.domain.days import shift_months

BEGINNING = -(2**62)


def epoch(day: date) -> int:
    """Epoch seconds at which the day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@dataclass(frozen=True)
class Period:
    """`as_of` counts to its end; with `months` > 0 only the days after the same day that many months before.

    Of things kept by the month, the months that ended by `as_of` count; with `months` > 0 the last so many of them.
    """

    as_of: date
    months: int = 0

    @property
    def after(self) -> date | None:
        """The last day that is too old; None where nothing is."""
        return shift_months(self.as_of, -self.months) if self.months else None

    @property
    def start_s(self) -> int:
        """First second inside, epoch UTC."""
        return epoch(self.after + timedelta(days=1)) if self.after else BEGINNING

    @property
    def stop_s(self) -> int:
        """First second beyond, epoch UTC."""
        return epoch(self.as_of + timedelta(days=1))

    def parameters(self) -> dict[str, int | str]:
        """The named parameters of the analytics tables' conditions."""
        after = self.after.isoformat() if self.after else ""
        # A month's average covers it to its last day: it counts once that day is over, so before the month of tomorrow.
        before = (self.as_of + timedelta(days=1)).replace(day=1)
        first = shift_months(before, -self.months).isoformat() if self.months else ""
        return {
            "start_s": self.start_s, "stop_s": self.stop_s, "day": self.as_of.isoformat(), "after": after,
            "before_month": before.isoformat()[:7], "from_month": first[:7],
        }  # fmt: skip
