"""Histories of the permission ledger: who was asked by which way, what they said, and when they changed their mind."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.permission import DEFAULT_LIFE_MONTHS, MARKETING_CHANNELS
from crmdesk.synthetic.behaviour import Planted
from crmdesk.synthetic.people import People
from crmdesk.synthetic.spec import BankSpec
from crmdesk.synthetic.streams import Streams
from crmdesk.synthetic.times import epoch_day

Ints = NDArray[np.int64]
DAY: Final = 86_400
PURPOSES: Final = ("marketing", "survey", "profiling")
STATUSES: Final = ("asked", "granted", "refused", "withdrawn", "objected")
ASKED, GRANTED, REFUSED, WITHDRAWN, OBJECTED = range(5)
HISTORY_DAYS: Final = 3 * 365  # long enough that first grants have expired by the last day
MORE_ASKS: Final = 1.8  # Poisson number of further questions after the first
FATIGUE: Final = 0.88  # each earlier question makes a yes less likely by this factor
REFUSES: Final = 0.55  # of those who do not say yes; the rest never answer
SPONTANEOUS: Final = 0.08  # share of grants withdrawn without a contact
OBJECTS: Final = 0.015
NOT_PROFILED: Final = 0.015
NO_CHANNEL: Final = -1
_AT_ONCE: Final = np.isin(MARKETING_CHANNELS, ("phone", "in_person"))


@dataclass(frozen=True)
class Ledger:
    """Events as columns of equal length; `channel` -1 = all channels, `campaign` 0 = none; times in epoch seconds."""

    customer: Ints
    purpose: Ints
    channel: Ints
    status: Ints
    at: Ints
    campaign: Ints

    @property
    def size(self) -> int:
        return len(self.customer)

    def select(self, rows: NDArray[np.bool_] | Ints) -> Ledger:
        return Ledger(*(getattr(self, f.name)[rows] for f in fields(self)))

    def plus(self, *more: Ledger) -> Ledger:
        return Ledger(*(np.concatenate([getattr(p, f.name) for p in (self, *more)]) for f in fields(self)))

    def granted_by(self, channel: int, at: Ints) -> Ints:
        """The row that permits marketing by a channel at each customer's own moment (n); -1 = not permitted."""
        mine = (self.purpose == 0) & (self.status != ASKED) & np.isin(self.channel, (channel, NO_CHANNEL))
        rows = np.flatnonzero(mine & (self.at <= at[self.customer]))
        # At the same instant the stricter one counts as the later one, as in domain.permission.
        rows = rows[np.lexsort((self.status[rows], self.at[rows]))]
        last = np.full(len(at), -1, np.int64)
        last[self.customer[rows]] = rows
        ok = (last >= 0) & (self.status[last] == GRANTED)
        ok &= at // DAY <= expiry(self.at)[last] if self.size else False
        return np.where(ok, last, -1)


def expiry(at: Ints) -> Ints:
    """Epoch day on which a grant of that moment ends: the purpose's life, the last day included."""
    months = at.astype("datetime64[s]").astype("datetime64[M]")
    into = at.astype("datetime64[s]").astype("datetime64[D]") - months.astype("datetime64[D]")
    target = months + DEFAULT_LIFE_MONTHS
    length = (target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")
    day = np.minimum(into.astype(np.int64), length.astype(np.int64) - 1)
    return np.asarray(target.astype("datetime64[D]").astype(np.int64) + day)


def event(customer: Ints, channel: Ints | int, status: Ints | int, at: Ints, *, purpose: int = 0,
          campaign: Ints | int = 0) -> Ledger:  # fmt: skip
    n = len(customer)
    parts = (customer, *(np.broadcast_to(v, n) for v in (purpose, channel, status, at, campaign)))
    return Ledger(*(np.array(p, np.int64) for p in parts))


def histories(spec: BankSpec, planted: Planted, life: People, streams: Streams) -> Ledger:
    """The ledger before any offer was made: questions, answers, spontaneous changes, objections. Unsorted."""
    rng = streams.of("permission_event")
    asked = _questions(spec, planted, life, rng)
    answers = _answers(spec, planted, asked, rng)
    yes = answers.select(answers.status == GRANTED)
    gone = yes.select(rng.random(yes.size) < SPONTANEOUS)
    later = gone.at + (rng.exponential(200, gone.size) * DAY).astype(np.int64) + 3600
    withdrawn = event(gone.customer, gone.channel, WITHDRAWN, later)
    objected = _objections(spec, asked, rng)
    everything = asked.plus(answers, withdrawn, _surveys(yes, rng), objected)
    # After an objection nobody asks again, so no grant has to lift it.
    stop = np.full(spec.customers, np.iinfo(np.int64).max)
    stop[objected.customer] = objected.at
    keep = (everything.at < stop[everything.customer]) | (everything.status == OBJECTED)
    whole = everything.plus(_profiling(spec, life, rng))
    keep = np.concatenate([keep, np.ones(whole.size - everything.size, bool)])
    end = (np.minimum(life.last, epoch_day(spec.until)) + 1) * DAY
    return whole.select(keep & (whole.at < end[whole.customer]))


def _questions(spec: BankSpec, planted: Planted, life: People, rng: np.random.Generator) -> Ledger:
    """Some are never asked, some often; the way of asking follows how the segment banks. Sorted by customer, time."""
    n = spec.customers
    count = np.where(rng.random(n) < spec.never_asked, 0, 1 + rng.poisson(MORE_ASKS, n))
    count[life.minor | life.restricted] = 0
    customer = np.repeat(np.arange(n), count)
    ways = np.array([[s.asked_by[c] for c in MARKETING_CHANNELS] for s in spec.segments])
    cumulated = np.cumsum(ways / ways.sum(axis=1, keepdims=True), axis=1)
    channel = (rng.random(len(customer))[:, None] > cumulated[planted.segment[customer]][:, :-1]).sum(axis=1)
    until = epoch_day(spec.until)
    since = np.maximum(until - HISTORY_DAYS, np.where(life.prospect, 0, life.joined))[customer]
    day = since + (rng.random(len(customer)) * np.maximum(until - since, 1)).astype(np.int64)
    at = day * DAY + rng.integers(9 * 3600, 17 * 3600, len(day))
    order = np.lexsort((at, customer))
    return event(customer[order], channel[order], ASKED, at[order])


def _answers(spec: BankSpec, planted: Planted, asked: Ledger, rng: np.random.Generator) -> Ledger:
    """Yes by segment, tier and way of asking, less after each earlier question; else a no, or silence."""
    rates = _rates(spec)[planted.segment[asked.customer], planted.tier[asked.customer], asked.channel]
    new = np.r_[True, asked.customer[1:] != asked.customer[:-1]] if asked.size else np.zeros(0, bool)
    earlier = np.arange(asked.size) - np.maximum.accumulate(np.where(new, np.arange(asked.size), 0))
    u = rng.random(asked.size)
    yes = rates * FATIGUE**earlier
    status = np.where(u < yes, GRANTED, np.where(u < yes + (1 - yes) * REFUSES, REFUSED, ASKED))
    wait = np.where(_AT_ONCE[asked.channel], rng.integers(60, 900, asked.size), rng.integers(600, 5 * DAY, asked.size))
    said = status != ASKED
    return event(asked.customer[said], asked.channel[said], status[said], (asked.at + wait)[said])


def _rates(spec: BankSpec) -> NDArray[np.float64]:
    """Chance of a yes at the first question: segment x tier x channel."""
    most = max(len(s.tiers) for s in spec.segments)
    rates = np.zeros((len(spec.segments), most, len(MARKETING_CHANNELS)))
    for s, segment in enumerate(spec.segments):
        for t, tier in enumerate(segment.tiers):
            rates[s, t] = [tier.says_yes[c] for c in MARKETING_CHANNELS]
    return rates


def _surveys(yes: Ledger, rng: np.random.Generator) -> Ledger:
    """Half of those who said yes were asked about surveys at the same moment, by the same way."""
    too = yes.select(rng.random(yes.size) < 0.5)
    said = np.where(rng.random(too.size) < 0.6, GRANTED, REFUSED)
    question = event(too.customer, too.channel, ASKED, too.at, purpose=1)
    return question.plus(event(too.customer, too.channel, said, too.at + 30, purpose=1))


def _objections(spec: BankSpec, asked: Ledger, rng: np.random.Generator) -> Ledger:
    """A few object to all marketing some time after they were asked."""
    first = np.unique(asked.customer, return_index=True)[1]
    mine = asked.select(first[rng.random(len(first)) < OBJECTS])
    wait = (rng.exponential(150, mine.size) * DAY).astype(np.int64)
    return event(mine.customer, NO_CHANNEL, OBJECTED, mine.at + wait)


def _profiling(spec: BankSpec, life: People, rng: np.random.Generator) -> Ledger:
    """A few object to profiling: analyses must leave them out."""
    who = np.flatnonzero((rng.random(spec.customers) < NOT_PROFILED) & life.addressable & ~life.prospect)
    day = epoch_day(spec.until) - rng.integers(5, 300, len(who))
    at = np.maximum(day, life.joined[who] + 1) * DAY + 12 * 3600
    return event(who, NO_CHANNEL, OBJECTED, at, purpose=2)
