"""Permissions of the whole bank: how many in which state, whose grants end, who objected and who withdrew."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.analytics import ledger as columns
from crmdesk.analytics.ledger import Ledger, States
from crmdesk.analytics.population import everyone
from crmdesk.domain.customer import full_name
from crmdesk.domain.errors import BadInput
from crmdesk.domain.permission import (
    CONSENT,
    CONSENT_PURPOSES,
    LEGITIMATE_INTEREST,
    MARKETING_CHANNELS,
    MINING_PURPOSES,
    STATES,
)
from crmdesk.domain.rights import Actor, Right, clear
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.reach import listed_at_most, within
from crmdesk.store.queries import permission_bank as queries
from crmdesk.store.queries import permissions as ledger

Place = tuple[str, str | None]
PLACES: Final[tuple[Place, ...]] = (
    *((purpose, channel) for purpose in CONSENT_PURPOSES for channel in MARKETING_CHANNELS),
    *((purpose, None) for purpose in MINING_PURPOSES),
)
SHOWN_AT_MOST: Final = 1_000
NEWS_DAYS: Final = 7


@dataclass(frozen=True)
class Overview:
    """Customers by state for each purpose and channel (None: no channels); each row of states sums to `customers`.

    "restricted" stands above what these customers said; only states that occur are there. `allowed`: how many the bank
    may reach or use, as the one rule decides.
    """

    at: datetime
    customers: int
    rows: dict[Place, dict[str, int]]
    allowed: dict[Place, int] = field(default_factory=dict)
    known_at: datetime | None = None


@dataclass(frozen=True)
class Due:
    """A grant to ask for again: it "expires" within the days asked for, or has "expired"."""

    number: str
    name: str
    purpose: str
    channel: str | None
    expires_on: date
    state: str
    customer: int = 0


@dataclass(frozen=True)
class Queue:
    """Whom to ask again: the first of them, how many grants end `soon` and have `ended`, of how many customers."""

    due: list[Due]
    soon: int
    ended: int
    customers: int

    @property
    def total(self) -> int:
        return self.soon + self.ended


@dataclass(frozen=True)
class Saying:
    """An objection or a withdrawal that stands in the ledger: who, about what, since when, written down when."""

    seq: int
    number: str
    name: str
    purpose: str
    channel: str | None
    status: str
    at: datetime
    recorded_at: datetime


@service(Right.READ_PERMISSIONS)
def overview(app: App, actor: Actor, at: datetime | None = None, known_at: datetime | None = None) -> Overview:
    """The grid of the customers in reach at `at` (aware; None: the bank's clock), from what was known at `known_at`."""
    at = (at or app.store.clock()).astimezone(UTC)
    rows, allowed = {}, {}
    with app.store.reader() as raw:
        customers = _reached(app, actor, everyone(raw))
        blocked = np.isin(customers, queries.restricted(raw))
        events = columns.known_by(columns.read_ledger(raw), at, known_at)
        basis = {p: ledger.basis(raw, p) or LEGITIMATE_INTEREST for p in MINING_PURPOSES}
    for purpose, channel in PLACES:
        found = columns.states(events, customers, purpose, channel, at.date())
        codes = _targeting(events, found, at.date(), basis[purpose]) if purpose == "targeting" else found.codes
        rows[purpose, channel] = _counts(codes, blocked)
        yes = columns.allowed(events, customers, purpose, channel, at.date(), blocked, basis.get(purpose, ""))
        allowed[purpose, channel] = int(yes.sum())
    return Overview(at, len(customers), rows, allowed, known_at)


def _targeting(events: Ledger, found: States, today: date, basis: str) -> NDArray[np.int8]:
    """Targeting falls with profiling, and with any objection to marketing: the state shown is the one that decides."""
    codes, customers = found.codes.copy(), found.customers
    open_ = columns.among(found, *(("granted",) if basis == CONSENT else ("none", "pending", "granted")))
    objected = np.zeros(len(customers), np.bool_)
    for channel in (None, *MARKETING_CHANNELS):
        objected |= columns.among(columns.states(events, customers, "marketing", channel, today), "objected")
    codes[open_ & objected] = STATES.index("objected")
    profiling = columns.states(events, customers, "profiling", None, today)
    shut = open_ & ~columns.among(profiling, "none", "pending", "granted")
    codes[shut] = profiling.codes[shut]
    return codes


def _counts(codes: NDArray[np.int8], blocked: NDArray[np.bool_]) -> dict[str, int]:
    hidden = blocked & (codes != STATES.index("erased"))
    numbers = np.bincount(codes[~hidden], minlength=len(STATES)).tolist()
    found = {state: n for state, n in zip(STATES, numbers, strict=True) if n}
    return {**found, "restricted": int(hidden.sum())} if hidden.any() else found


@service(Right.READ_PERMISSIONS)
def repermission(app: App, actor: Actor, days: int = 60, limit: int = SHOWN_AT_MOST) -> list[Due]:
    """The grants of `queue`, at most `limit`."""
    return queue(app, actor, days, limit).due


@service(Right.READ_PERMISSIONS)
def queue(app: App, actor: Actor, days: int = 60, limit: int = SHOWN_AT_MOST) -> Queue:
    """Grants that end within `days`, soonest first, then those that have ended, latest first; at most `limit` of them.

    All are counted; who finds customers one at a time is told 25 of them. What was refused, withdrawn or objected to
    since is not in the queue, nor is a restricted, merged, erased or former customer.
    """
    if days < 0:
        raise BadInput(f"The days ahead are a number from 0 up, not {days}.")
    limit = listed_at_most(actor, limit)
    clock = app.store.clock()
    with app.store.reader() as raw:
        customers = np.setdiff1d(_reached(app, actor, everyone(raw)), queries.not_asked(raw, clock))
        events = columns.known_by(columns.read_ledger(raw), clock)
        due = [row for place in PLACES for row in _ending(events, customers, place, clock, days)]
        today = clock.date()
        due.sort(key=lambda row: (row[2] < today, abs((row[2] - today).days), row[0], row[1]))
        names = queries.names(raw, [row[0] for row in due[:limit]])
    shown = [
        Due(names[who][0], _name(actor, *names[who]), *place, ends, "expired" if ends < today else "expires", who)
        for who, place, ends in due[:limit]
    ]
    ended = sum(ends < today for _, _, ends in due)
    return Queue(shown, len(due) - ended, ended, len({who for who, _, _ in due}))


def _ending(
    events: Ledger, customers: NDArray[np.int64], place: Place, clock: datetime, days: int
) -> list[tuple[int, Place, date]]:  # fmt: skip
    """(customer, place, last day) of the grants that have ended, or end within `days`."""
    found = columns.states(events, customers, *place, clock.date())
    held = columns.among(found, "granted", "expired")
    rows = np.flatnonzero(held)
    order = np.argsort(events.seq)
    ends = events.expires[order[np.searchsorted(events.seq, found.seq[rows], sorter=order)]]
    soon = (ends > 0) & (ends <= clock.date().toordinal() + days)
    return [
        (int(who), place, date.fromordinal(int(end)))
        for who, end in zip(found.customers[rows[soon]], ends[soon], strict=True)
    ]  # fmt: skip


@service(Right.READ_PERMISSIONS)
def objections(app: App, actor: Actor, limit: int = SHOWN_AT_MOST) -> list[Saying]:
    """Objections that stand now, the newest first; one that yielded to a later own grant is not among them."""
    clock, limit = app.store.clock(), listed_at_most(actor, limit)
    with app.store.reader() as raw:
        customers = _reached(app, actor, everyone(raw))
        events = columns.known_by(columns.read_ledger(raw), clock)
        seqs: set[int] = set()
        for purpose in (*CONSENT_PURPOSES, *MINING_PURPOSES):
            for channel in (None, *MARKETING_CHANNELS) if purpose in CONSENT_PURPOSES else (None,):
                found = columns.states(events, customers, purpose, channel, clock.date())
                seqs.update(found.seq[columns.among(found, "objected")].tolist())
        return [_saying(actor, row) for row in queries.sayings(raw, sorted(seqs, reverse=True)[:limit])]


@service(Right.READ_PERMISSIONS)
def changed_since(app: App, actor: Actor, since: datetime | None = None, limit: int = SHOWN_AT_MOST) -> list[Saying]:
    """Withdrawals and objections written down after `since` (None: in the last seven days), the newest first."""
    since, limit = since or app.store.clock() - timedelta(days=NEWS_DAYS), listed_at_most(actor, limit)
    with app.store.reader() as raw:
        reached = within(app, actor, Right.READ_PERMISSIONS)
        return [_saying(actor, row) for row in queries.withdrawn_since(raw, since.astimezone(UTC), limit, reached)]


def _reached(app: App, actor: Actor, customers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the customers whose permissions this person may know."""
    reached = within(app, actor, Right.READ_PERMISSIONS)
    return customers if reached is None else np.intersect1d(customers, np.array(sorted(reached), np.int64))


def _saying(actor: Actor, row: queries.SayingRow) -> Saying:
    return Saying(row.seq, row.number, _name(actor, row.number, row.given, row.family), row.purpose, row.channel,
                  row.status, row.at, row.recorded_at)  # fmt: skip


def _name(actor: Actor, number: str, given: str | None, family: str) -> str:
    return full_name(given, family) if clear(actor, Right.READ_CUSTOMER) else number
