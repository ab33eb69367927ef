"""Who belongs to which planted segment, how often each customer acts, and in which of the 37 cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.interaction import CELLS
from crmdesk.synthetic.spec import BankSpec
from crmdesk.synthetic.streams import Streams
from crmdesk.synthetic.times import seconds

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Planted:
    """The hidden truth of each customer: index of the segment and of the tier within it (both n)."""

    segment: Ints
    tier: Ints


@dataclass(frozen=True)
class Acts:
    """All customer acts, sorted by customer then time: customer 0..n-1, cell 0..36, epoch seconds UTC."""

    customer: Ints
    cell: Ints
    occurred_s: Ints


def plant(spec: BankSpec, streams: Streams) -> Planted:
    """Segment by its share, then tier by its share within the segment (methods, section 2, step 1)."""
    rng = streams.of("planted")
    segment = rng.choice(len(spec.segments), spec.customers, p=[s.share for s in spec.segments])
    u = rng.random(spec.customers)
    tier = np.zeros(spec.customers, np.int64)
    for s, one in enumerate(spec.segments):
        mine = segment == s
        tier[mine] = np.searchsorted(np.cumsum([t.share for t in one.tiers])[:-1], u[mine], side="right")
    return Planted(segment.astype(np.int64), tier)


def acts(spec: BankSpec, planted: Planted, streams: Streams, first: Ints, last: Ints) -> Acts:
    """Every act within each customer's days `first`..`last` (epoch days, inclusive; n each)."""
    rng = streams.of("interaction")
    monthly = _monthly(spec, rng)
    counts = _cells(spec, planted, monthly.sum(axis=1), rng)
    everybody = np.arange(spec.customers)
    customer = np.repeat(everybody, counts.sum(axis=1))
    cell = np.repeat(np.tile(np.arange(len(CELLS)), spec.customers), counts.ravel())
    month = np.repeat(np.tile(np.arange(spec.months), spec.customers), monthly.ravel())
    # Months and cells are independent: shuffle the months inside each customer's run of acts.
    month = month[np.argsort(customer + rng.random(len(customer)), kind="stable")]
    occurred = seconds(spec.until, spec.months, month, cell, rng)
    day = occurred // 86_400
    keep = (day >= first[customer]) & (day <= last[customer])
    customer, cell, occurred = customer[keep], cell[keep], occurred[keep]
    order = np.lexsort((cell, occurred, customer))
    return Acts(customer[order], cell[order], occurred[order])


def _monthly(spec: BankSpec, rng: np.random.Generator) -> Ints:
    """Acts per customer and month (n x months): negative binomial around a lognormal yearly volume."""
    yearly = spec.volume * np.exp(spec.spread * rng.standard_normal(spec.customers))
    mean = np.minimum(yearly, 50 * spec.volume)[:, None] / 12 * np.ones(spec.months)
    return rng.poisson(mean * rng.gamma(spec.burst, 1 / spec.burst, mean.shape))


def _cells(spec: BankSpec, planted: Planted, total: Ints, rng: np.random.Generator) -> Ints:
    """Acts per customer and cell (n x 37): multinomial with shares Dirichlet(concentration x profile)."""
    profiles = np.array([s.profile for s in spec.segments])[planted.segment]
    shares = rng.standard_gamma(spec.concentration * profiles)
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-300)
    return rng.multinomial(total, shares)
