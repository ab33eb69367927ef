"""The permission ledger as columns, and the rule of `domain.permission` over a whole bank at once.

A property test keeps it equal to `domain.permission.decide`, customer by customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.analytics.reading import NULL, read_windows
from crmdesk.domain.permission import (
    CONSENT,
    CONSENT_PURPOSES,
    MARKETING_CHANNELS,
    PURPOSES,
    STATES,
    STRICTNESS,
)
from crmdesk.store.queries.permissions import OWN_ACT

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
NO_DAY: Final = 4_000_000  # beyond date.max as an ordinal: never expires
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CODE: Final = {state: code for code, state in enumerate(STATES)}
_VOIDED: Final = len(STRICTNESS)
TOUCHPOINTS: Final = ("branch", "call_centre", "online")


def _case(column: str, words: dict[str, int], other: int) -> str:
    return f"CASE {column} {' '.join(f'WHEN {w!r} THEN {n}' for w, n in words.items())} ELSE {other} END"


def _micros(column: str) -> str:
    # strftime and unixepoch round .999999 up to the next second, so the fraction is read apart.
    return f"(unixepoch(substr({column}, 1, 19)) * 1000000 + CAST(substr({column} || '000000', 21, 6) AS INTEGER))"


_COLUMNS: Final = {
    "customer": "customer_id",
    "seq": "seq",
    "purpose": _case("purpose", {p: i for i, p in enumerate(PURPOSES)}, -1),
    "channel": _case("coalesce(channel, '')", {"": -1, **{c: i for i, c in enumerate(MARKETING_CHANNELS)}}, -2),
    "status": _case("status", {**STRICTNESS, "voided": _VOIDED}, -1),
    "effective": _micros("effective_at"),
    "recorded": _micros("recorded_at"),
    "expires": "CAST(julianday(expires_on) - 1721424.5 AS INTEGER)",
    "own": OWN_ACT,
    "source": _case("source", {t: i for i, t in enumerate(TOUCHPOINTS)}, -1),
    "voids": "voids",
}


@dataclass(frozen=True)
class Ledger:
    """Events (n each) sorted by customer, instant, strictness and seq; times in microseconds since 1970."""

    customer: Ints
    seq: Ints
    purpose: Ints
    channel: Ints
    status: Ints
    effective: Ints
    recorded: Ints
    expires: Ints
    own: Ints
    source: Ints
    voids: Ints

    def take(self, rows: NDArray[Any]) -> Ledger:
        return Ledger(*(getattr(self, name)[rows] for name in _COLUMNS))


@dataclass(frozen=True)
class States:
    """Per customer, aligned with `customers`: index into STATES, and the deciding event's seq and instant (0: none).

    `effective` is in microseconds since 1970, UTC.
    """

    customers: Ints
    codes: NDArray[np.int8]
    seq: Ints
    effective: Ints

    def words(self) -> list[str]:
        return [STATES[code] for code in self.codes]


def micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def read_ledger(raw: Any) -> Ledger:
    """The whole ledger, sorted."""
    parts = [arrays for _, arrays in read_windows(raw, "FROM permission_event WHERE 1", "permission_event", "seq",
                                                  list(_COLUMNS.values()), {})]  # fmt: skip
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)] or [np.empty(0, np.int64)] * len(_COLUMNS)
    found = Ledger(*joined)
    return found.take(np.lexsort((found.seq, found.status, found.effective, found.customer)))


def known_by(ledger: Ledger, at: datetime, known_at: datetime | None = None) -> Ledger:
    """The events that count at `at`: effective, not voided, and recorded by `known_at`."""
    if known_at is not None:
        ledger = ledger.take(ledger.recorded <= micros(known_at))
    voiding = ledger.status == _VOIDED
    # A void reaches only events of its own customer.
    voided = set(zip(ledger.customer[voiding].tolist(), ledger.voids[voiding].tolist(), strict=True))
    alive = ~voiding & (ledger.effective <= micros(at))
    if voided:
        candidates = np.flatnonzero(np.isin(ledger.seq, ledger.voids[voiding]))
        alive[[i for i in candidates if (int(ledger.customer[i]), int(ledger.seq[i])) in voided]] = False
    return ledger.take(alive)


def states(events: Ledger, customers: Ints, purpose: str, channel: str | None, today: date) -> States:
    """State of one purpose and channel for sorted `customers`; `events` come from `known_by`."""
    erased = events.status == STRICTNESS["erased"]
    place = MARKETING_CHANNELS.index(channel) if channel is not None else -1
    mine = (events.purpose == PURPOSES.index(purpose)) & ((events.channel == -1) | (events.channel == place))
    mine = (mine | erased) & np.isin(events.customer, customers)
    rows = np.flatnonzero(mine)
    who = np.searchsorted(customers, events.customer[rows])
    status, own = events.status[rows], events.own[rows] == 1

    def last(wanted: Bools) -> Ints:
        """Place in `rows` of each customer's last wanted event, -1 for none; rows come in the rule's order."""
        found = np.full(len(customers), -1, np.int64)
        found[who[wanted]] = np.flatnonzero(wanted)
        return found

    decisive = last(status != STRICTNESS["asked"])
    objected, granted = last(status == STRICTNESS["objected"]), last(own & (status == STRICTNESS["granted"]))
    # An objection yields only to a later grant by the customer's own act.
    deciding = np.where(decisive >= 0, np.where(objected > granted, objected, decisive), last(status >= 0))
    gone = last(status == STRICTNESS["erased"])
    deciding = np.where(gone >= 0, gone, deciding)
    codes = np.full(len(customers), _CODE["none"], np.int8)
    has = np.flatnonzero(deciding >= 0)
    event = rows[deciding[has]]
    by_status = np.array([_CODE["pending" if s == "asked" else s] for s in STRICTNESS], np.int8)
    codes[has] = by_status[events.status[event]]
    end = np.where(events.expires[event] == NULL, NO_DAY, events.expires[event])
    codes[has[(codes[has] == _CODE["granted"]) & (end < today.toordinal())]] = _CODE["expired"]
    seq, effective = np.zeros(len(customers), np.int64), np.zeros(len(customers), np.int64)
    seq[has], effective[has] = events.seq[event], events.effective[event]
    return States(customers, codes, seq, effective)


def among(found: States, *names: str) -> Bools:
    """Mask of the customers in one of these states."""
    return np.isin(found.codes, [_CODE[name] for name in names])


def allowed(
    events: Ledger, customers: Ints, purpose: str, channel: str | None, today: date, restricted: Bools, basis: str
) -> Bools:
    """`domain.permission.decide(...).allowed` for each customer; `restricted` is aligned with `customers`."""
    found = states(events, customers, purpose, channel, today)
    erased = among(found, "erased")
    if purpose in ("service", "credit"):
        return ~erased if purpose == "service" else ~erased & ~restricted
    if purpose in CONSENT_PURPOSES:
        return among(found, "granted") & ~restricted
    yes = among(found, "granted") if basis == CONSENT else among(found, "none", "pending", "granted")
    if purpose == "targeting":
        profiling = states(events, customers, "profiling", None, today)
        yes &= among(profiling, "none", "pending", "granted")
        for other in (None, *MARKETING_CHANNELS):
            yes &= ~among(states(events, customers, "marketing", other, today), "objected")
    return yes & ~restricted
