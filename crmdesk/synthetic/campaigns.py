"""Campaigns: questions for permission over the years, and offers with a random control and planted effects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.permission import MARKETING_CHANNELS, TOUCHPOINTS
from crmdesk.synthetic.accounts import PRODUCTS
from crmdesk.synthetic.behaviour import Planted
from crmdesk.synthetic.people import People
from crmdesk.synthetic.permissions import ASKED, DAY, HISTORY_DAYS, WITHDRAWN, Ledger, event
from crmdesk.synthetic.spec import BankSpec
from crmdesk.synthetic.streams import Streams
from crmdesk.synthetic.table import Table, dates, moments_text, nullable
from crmdesk.synthetic.times import epoch_day, month_starts

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# The ways of six half-years of asking, and of the offers by turns; ids into MARKETING_CHANNELS.
_ASK_WAYS: Final = ((0, 5), (1, 2), (4,), (0, 3), (1, 4), (2, 5))
_OFFER_WAYS: Final = ((0, 5), (1, 2), (4, 0), (2, 1), (0, 4), (3, 1))
_OFFERED: Final = ("savings", "card_spend", "loan", "investments", "mortgage")
WINDOW_DAYS: Final = 13
INVITED: Final = 0.6  # of the permitted who are put on a list
OUTCOMES: Final = (None, "accepted", "interested", "declined", "no_answer", "unreachable", "opted_out")
_OPTED_OUT: Final = 6
_COSTS: Final = (5, 450, 12, 95, 900, 1)  # minor units a contact, in the order of MARKETING_CHANNELS
TIRED: Final = 0.03  # chance of withdrawing after one contact; it grows with the square of contacts in 30 days


@dataclass(frozen=True)
class Plan:
    """The calendar of campaigns, fixed by the spec alone: id = place + 1, questions first, then offers."""

    starts: Ints
    ends: Ints
    offers: NDArray[np.bool_]
    channels: tuple[tuple[int, ...], ...]

    def running(self, at: Ints) -> Ints:
        """Id of the offer that runs at each moment (epoch seconds); 0 = none."""
        ids = np.flatnonzero(self.offers)
        place = np.searchsorted(self.starts[ids], at // DAY, side="right") - 1
        found = ids[np.maximum(place, 0)]
        inside = (place >= 0) & (at // DAY <= self.ends[found])
        return np.where(inside, found + 1, 0)


@dataclass(frozen=True)
class Contacts:
    """One row per person on a list: `at` 0 and `channel` -1 for the control; `base` and `tau` are hidden truth."""

    campaign: Ints
    customer: Ints
    channel: Ints
    at: Ints
    answered: Ints
    outcome: Ints
    permitted_by: Ints  # row of the ledger, -1 for the control
    base: Floats
    tau: Floats


def calendar(spec: BankSpec) -> Plan:
    until = epoch_day(spec.until)
    asks = [until - HISTORY_DAYS + 1 + i * (HISTORY_DAYS // 6) for i in range(6)]
    offers = [int(s) + day for s in month_starts(spec.until, spec.months)[:-1] for day in (2, 16)]
    starts = np.array(asks + offers)
    ends = np.concatenate([np.array(asks) + HISTORY_DAYS // 6 - 1, np.array(offers) + WINDOW_DAYS])
    ways = [_ASK_WAYS[i % 6] for i in range(len(asks))] + [_OFFER_WAYS[i % 6] for i in range(len(offers))]
    return Plan(starts, np.minimum(ends, until), np.arange(len(starts)) >= len(asks), tuple(ways))


def with_campaigns(plan: Plan, ledger: Ledger) -> Ledger:
    """The same ledger, its questions assigned to the asking campaign of that half-year and way."""
    campaign = ledger.campaign.copy()
    for c, ways in enumerate(plan.channels):
        mine = (ledger.status == ASKED) & (ledger.purpose == 0) & np.isin(ledger.channel, ways)
        if not plan.offers[c]:
            campaign[mine & (ledger.at // DAY >= plan.starts[c]) & (ledger.at // DAY <= plan.ends[c])] = c + 1
    return Ledger(ledger.customer, ledger.purpose, ledger.channel, ledger.status, ledger.at, campaign)


def run_offers(spec: BankSpec, plan: Plan, planted: Planted, life: People, ledger: Ledger,
               streams: Streams) -> tuple[Contacts, Ledger]:  # fmt: skip
    """All offers in order of time, each to people permitted at that very moment; and the ledger with who had enough."""
    rng = streams.of("contact")
    rounds: list[Contacts] = []
    touched: list[Ints] = []
    for c in np.flatnonzero(plan.offers):
        one = _offer(spec, plan, int(c), planted, life, ledger, rng)
        rounds.append(one)
        treated = one.at > 0
        touched.append(np.column_stack([one.customer[treated], one.at[treated]]))
        ledger = ledger.plus(_enough(spec, one, np.concatenate(touched), life, rng))
    parts = zip(*(vars(r).values() for r in rounds), strict=True)
    return Contacts(*(np.concatenate(p) for p in parts)), ledger


def _offer(spec: BankSpec, plan: Plan, c: int, planted: Planted, life: People, ledger: Ledger,
           rng: np.random.Generator) -> Contacts:  # fmt: skip
    n, until = spec.customers, epoch_day(spec.until)
    at = (plan.starts[c] + rng.integers(0, plan.ends[c] - plan.starts[c] + 1, n)) * DAY + rng.integers(
        9 * 3600, 17 * 3600, n
    )
    wanted = (rng.random(n) < INVITED) & life.addressable & (life.joined * DAY < at) & (at // DAY < until)
    channel, by = np.full(n, -1), np.full(n, -1)
    for way in plan.channels[c]:  # the first permitted way of the campaign
        row = ledger.granted_by(way, at)
        fresh = wanted & (row >= 0) & (by < 0)
        channel[fresh], by[fresh] = way, row[fresh]
    who = np.flatnonzero(by >= 0)
    control = rng.random(len(who)) < spec.control
    base, tau = _effects(spec, planted, who, channel[who])
    outcome = _outcomes(base, tau, control, channel[who], rng)
    wait = np.where(channel[who] == 0, rng.integers(600, 2 * DAY, len(who)), rng.integers(60, 1_200, len(who)))
    answered = np.where(np.isin(outcome, (1, 2, 3, _OPTED_OUT)), np.minimum(at[who] + wait, (until + 1) * DAY - 60), 0)
    reached = np.where(control, 0, 1)
    return Contacts(
        np.full(len(who), c + 1), who, np.where(control, -1, channel[who]), at[who] * reached, answered, outcome,
        np.where(control, -1, by[who]), base, tau,
    )  # fmt: skip


def _effects(spec: BankSpec, planted: Planted, who: Ints, channel: Ints) -> tuple[Floats, Floats]:
    """Chance of accepting unasked, and what the contact adds: most where the way is how the segment banks."""
    ways = np.array([[s.asked_by[c] for c in MARKETING_CHANNELS] for s in spec.segments])
    segment, tier = planted.segment[who], planted.tier[who]
    base: Floats = 0.03 + 0.02 * tier.astype(np.float64)
    if not spec.uplift:
        return base, np.zeros(len(who))
    fit = ways[segment, channel] / ways.max(axis=1)[segment]
    return base, np.asarray(0.10 * fit - 0.02)


def _outcomes(base: Floats, tau: Floats, control: NDArray[np.bool_], channel: Ints, rng: np.random.Generator) -> Ints:
    """Index into OUTCOMES; the control either accepts of its own accord or does nothing."""
    u, rest = rng.random(len(base)), rng.random(len(base))
    phone = np.isin(channel, (1, 4))
    cuts = np.where(phone[:, None], (0.20, 0.70, 0.78, 0.97), (0.12, 0.25, 0.95, 0.97))
    other = 2 + (rest[:, None] > cuts).sum(axis=1)
    return np.where(u < base + np.where(control, 0, tau), 1, np.where(control, 0, other))


def _enough(spec: BankSpec, one: Contacts, touched: Ints, life: People, rng: np.random.Generator) -> Ledger:
    """Who withdraws after a contact: those who opted out at once, others more often the more they were contacted."""
    treated = np.flatnonzero(one.at > 0)
    customer, at = one.customer[treated], one.at[treated]
    first = np.full(spec.customers, np.iinfo(np.int64).max)
    first[customer] = at
    recent = touched[(touched[:, 1] <= first[touched[:, 0]]) & (touched[:, 1] > first[touched[:, 0]] - 30 * DAY)]
    load = np.bincount(recent[:, 0], minlength=spec.customers)[customer]
    tired = rng.random(len(customer)) < np.minimum(TIRED * load**2, 0.5)
    out = one.outcome[treated] == _OPTED_OUT
    when = np.where(out, one.answered[treated], at + rng.integers(DAY, 10 * DAY, len(at)))
    end = (np.minimum(life.last, epoch_day(spec.until)) + 1) * DAY
    gone = (tired | out) & (when < end[customer])
    way, campaign = one.channel[treated][gone], one.campaign[treated][gone]
    return event(customer[gone], way, WITHDRAWN, when[gone], campaign=campaign)


def campaign_table(spec: BankSpec, plan: Plan) -> Table:
    """Questions have the purpose of asking, offers a product; costs in minor units."""
    count, asks = len(plan.starts), int((~plan.offers).sum())
    items = [_OFFERED[i % len(_OFFERED)] for i in range(count - asks)]
    places = list(PRODUCTS)
    titles = [f"May we stay in touch? {i + 1}" for i in range(asks)] + [
        f"{PRODUCTS[f][1]} offer {i + 1}" for i, f in enumerate(items)
    ]
    return Table({
        "id": np.arange(1, count + 1), "code": [f"C{i + 1:02d}" for i in range(count)], "name": titles,
        "starts_on": dates(plan.starts), "ends_on": dates(plan.ends), "purpose": ["marketing"] * count,
        "channels": [";".join(MARKETING_CHANNELS[w] for w in ways) for ways in plan.channels],
        "product_id": [None] * asks + [places.index(f) + 1 for f in items],
        "cost_fixed": [50_000] * count, "cost_contact": [max(_COSTS[w] for w in ways) for ways in plan.channels],
        "state": ["closed"] * count, "version": [1] * count,
    })  # fmt: skip


def arm_table(spec: BankSpec, plan: Plan) -> Table:
    ids = np.flatnonzero(plan.offers) + 1
    return Table({
        "campaign_id": np.repeat(ids, 2), "name": ["treated", "control"] * len(ids),
        "share": [1 - spec.control, spec.control] * len(ids),
    })  # fmt: skip


def contact_table(done: Contacts, seq: Ints) -> Table:
    """`seq`: number in the written ledger of each of its rows."""
    reached, answered = done.at > 0, done.answered > 0
    permitted = seq[np.maximum(done.permitted_by, 0)] if len(seq) else np.zeros(len(done.at), np.int64)
    return Table({
        "id": np.arange(1, len(done.at) + 1), "campaign_id": done.campaign, "customer_id": done.customer + 1,
        "arm": np.where(reached, "treated", "control"),
        "channel": nullable(np.array(MARKETING_CHANNELS, object)[done.channel], reached),
        "contacted_at": nullable(np.array(moments_text(done.at), object), reached),
        "responded_at": nullable(np.array(moments_text(done.answered), object), answered),
        "response": np.array(OUTCOMES, object)[done.outcome], "permission_seq": nullable(permitted, reached),
        "version": np.ones(len(done.at), np.int64),
    })  # fmt: skip


def touchpoint(channel: str) -> str:
    """The touchpoint behind a contact channel; letters go out from no touchpoint."""
    return next((point for point, ways in TOUCHPOINTS.items() if channel in ways), "post")
