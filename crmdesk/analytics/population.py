"""Who an analysis may use: permission at the bank's clock, people and data as of a day, each exclusion with its reason.

Source: methods.md, section 1. The same permission rule as `domain.permission`, over columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.analytics import ledger
from crmdesk.analytics.ledger import States
from crmdesk.analytics.period import Period
from crmdesk.analytics.reading import Reader, read_windows
from crmdesk.analytics.tables import ACTIVITY, HOLDINGS, INTERACTIONS, STANDING, Table
from crmdesk.domain.customer import ADULT_YEARS
from crmdesk.domain.days import shift_months
from crmdesk.domain.errors import BadInput
from crmdesk.domain.permission import CONSENT_PURPOSES, LEGITIMATE_INTEREST, PURPOSES
from crmdesk.jobs import Silent
from crmdesk.store import Store
from crmdesk.store.queries.permissions import basis as recorded_basis

Ints = NDArray[np.int64]
OUTSIDE: Final = "outside_the_population"  # not among those whom the filter of the run chose
# In the order in which the first reason that applies is given.
REASONS: Final = (
    "no_permission_for_purpose", "erased", "minor", "joined_after_as_of", "left_before", "too_few_interactions",
    "no_products", "mixed_currency",
)  # fmt: skip
NOT_FOR_MINORS: Final = frozenset({*CONSENT_PURPOSES, "targeting", "credit"})  # credit and contact
FEW: Final = 10  # fewer interactions than this: used, marked provisional
_RESTRICTED, _MINOR, _JOINED_AFTER, _LEFT = 1, 2, 4, 8  # bits of _FLAGS
_FLAGS: Final = (
    "c.restricted + 2 * (c.kind = 'person' AND c.birth_date IS NOT NULL AND c.birth_date > :adult) "
    "+ 4 * (c.joined_on IS NOT NULL AND c.joined_on > :day) + 8 * (c.left_on IS NOT NULL AND c.left_on < :day)"
)


@dataclass(frozen=True)
class Population:
    """`customers`: sorted pseudonyms (n) that may be used; `excluded`: reason to number, only reasons that occur.

    `provisional`: those of `customers` with 1 to 9 interactions, where interactions are needed. `left_out`: who the
    excluded are, sorted pseudonyms by reason.
    """

    customers: Ints
    excluded: dict[str, int] = field(default_factory=dict)
    provisional: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    left_out: dict[str, Ints] = field(default_factory=dict)

    @property
    def eligible(self) -> int:
        return len(self.customers)

    def within(self, chosen: Ints) -> Population:
        """Only those of `chosen`; everybody else is outside the population, whatever else may hold of them."""
        everybody = np.concatenate([self.customers, *self.left_out.values()])
        left_out = {OUTSIDE: np.setdiff1d(everybody, chosen)}
        left_out |= {reason: np.intersect1d(people, chosen) for reason, people in self.left_out.items()}
        left_out = {reason: people for reason, people in left_out.items() if len(people)}
        return Population(
            np.intersect1d(self.customers, chosen), {reason: len(people) for reason, people in left_out.items()},
            np.intersect1d(self.provisional, chosen), left_out,
        )  # fmt: skip


def everyone(raw: Any) -> Ints:
    """All pseudonyms of the bank, sorted."""
    return _customers(raw, date.min, date.min)[0]


def population(
    source: Any, purpose: str, as_of: date, clock: datetime, needs_interactions: bool, *, months: int = 0,
    needs_money: bool = True, needs_products: bool = False,
) -> Population:  # fmt: skip
    """Who may be used for `purpose` at `clock` (the bank's), with data as of the end of `as_of`.

    `source`: a Store or a raw reading connection. `months` > 0: only interactions of so many months before `as_of`
    count against "too few". `needs_products`: only who holds, or once held, an account opened by then. Eligible and
    excluded sum to all customers. BadInput for an unknown purpose.
    """
    if purpose not in PURPOSES:
        raise BadInput(f"'{purpose}' is not a purpose; known: {', '.join(PURPOSES)}.")
    if isinstance(source, Store):
        with source.whole.reader() as raw:  # masked or missing rows would change who may be used
            return population(raw, purpose, as_of, clock, needs_interactions, months=months, needs_money=needs_money,
                              needs_products=needs_products)  # fmt: skip
    customers, flags = _customers(source, as_of, shift_months(clock.date(), -12 * ADULT_YEARS))
    events = ledger.known_by(ledger.read_ledger(source), clock)
    basis = recorded_basis(source, purpose) or LEGITIMATE_INTEREST
    restricted = (flags & _RESTRICTED) > 0
    yes = ledger.allowed(events, customers, purpose, None, clock.date(), restricted, basis)
    erased = ledger.among(ledger.states(events, customers, purpose, None, clock.date()), "erased")
    number = _rows(source, INTERACTIONS, customers, Period(as_of, months)) if needs_interactions else None
    nobody = np.zeros(len(customers), bool)
    causes = {
        "no_permission_for_purpose": ~yes & ~erased,
        "erased": erased,
        "minor": ((flags & _MINOR) > 0) & (purpose in NOT_FOR_MINORS),
        "joined_after_as_of": (flags & _JOINED_AFTER) > 0,
        "left_before": (flags & _LEFT) > 0,
        "too_few_interactions": nobody if number is None else number == 0,
        "no_products": _rows(source, HOLDINGS, customers, Period(as_of)) == 0 if needs_products else nobody,
        "mixed_currency": np.isin(customers, _foreign(source) if needs_money else []),
    }
    left_out: dict[str, Ints] = {}
    inside = np.ones(len(customers), bool)
    for reason in REASONS:
        out = inside & causes[reason]
        inside &= ~out
        if out.any():
            left_out[reason] = customers[out]
    excluded = {reason: len(people) for reason, people in left_out.items()}
    few = nobody if number is None else number < FEW
    return Population(customers[inside], excluded, customers[inside & few], left_out)


def permission_states(raw: Any, purpose: str, channel: str | None, at: datetime) -> States:
    """State of every customer at `at` (aware, the bank's time zone): customers, state codes, deciding seq, instant."""
    events = ledger.known_by(ledger.read_ledger(raw), at)
    return ledger.states(events, everyone(raw), purpose, channel, at.date())


def latest_activity(raw: Any) -> date | None:
    """Day (UTC) of the latest customer activity, the default as-of day; None in a bank without any."""
    (latest,) = raw.execute(
        f"SELECT max(i.occurred_s) FROM interaction i JOIN catalogue t ON t.id = i.catalogue_id "
        f"WHERE t.counts AND {ACTIVITY} AND {STANDING}"
    ).fetchone()
    return None if latest is None else datetime.fromtimestamp(latest, UTC).date()


def _customers(raw: Any, as_of: date, adult: date) -> tuple[Ints, Ints]:
    parameters = {"day": as_of.isoformat(), "adult": adult.isoformat()}
    parts = [arrays for _, arrays in read_windows(raw, "FROM customer c WHERE 1", "customer", "c.id",
                                                  ["c.id", _FLAGS], parameters)]  # fmt: skip
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    customers, flags = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(customers)
    return customers[order], flags[order]


def _rows(raw: Any, of: Table, customers: Ints, period: Period) -> Ints:
    """How many rows of an analytics table each customer has inside the period (n)."""
    found = np.zeros(len(customers), np.int64)
    for batch in Reader(raw, of, [], {}).batches(customers, period, Silent(), lambda: False):
        np.add.at(found, batch["customer"][0], 1)
    return found


def _foreign(raw: Any) -> list[int]:
    """Customers who own an account in another currency than most accounts of the bank."""
    ranked = "SELECT currency FROM account GROUP BY currency ORDER BY count(*) DESC, currency"
    currencies = raw.execute(ranked).fetchall()
    if len(currencies) < 2:
        return []
    rows = raw.execute(
        "SELECT DISTINCT h.customer_id FROM account a JOIN holding h ON h.account_id = a.id AND h.role = 'owner' "
        "WHERE a.currency <> ?", currencies[0],
    )  # fmt: skip
    return [customer for (customer,) in rows]
