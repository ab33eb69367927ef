"""Who holds the further products and since when: planted rules, planted orders, and everything else by chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.synthetic.people import People
from crmdesk.synthetic.spec import BankSpec, ProductSpec
from crmdesk.synthetic.streams import Streams
from crmdesk.synthetic.table import Table, plain
from crmdesk.synthetic.times import epoch_day

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
SOLD_SINCE: Final = 1_096  # days before the end: all further products are opened within three years
NEVER: Final = np.iinfo(np.int64).max
_WAIT: Final = (1.2, 3.0)  # beta: shape of a planted waiting time as a part of its longest, early and skewed


@dataclass(frozen=True)
class Further:
    """One row per account, sorted by customer then product: customer 0.., place among the further products, day opened.

    `chance` (n, products) is hidden truth: each customer's chance to hold each product at the end, given the
    products before it; `items` gives by key who holds or is what (n).
    """

    customer: Ints
    place: Ints
    opened: Ints
    chance: Floats
    items: Mapping[str, Flags]


def further(
    spec: BankSpec, life: People, owned: Mapping[str, Flags], customer: Table, room: Ints, streams: Streams
) -> Further:
    """Accounts of the further products, product by product, each from a stream of its own.

    `owned` (n each) by code: the products with amounts; `room` (n): days after joining within which those are opened.
    """
    items = dict(owned) | _attributes(spec, customer)
    opened: dict[str, Ints] = {}
    chance = np.zeros((spec.customers, len(spec.further)))
    for place, product in enumerate(spec.further):
        rng = streams.of(f"account.further.{product.code}")
        own = _chance(spec, product, items)
        day = np.where(rng.random(spec.customers) < own, _some_day(spec, life, room, rng), NEVER)
        for sequence in spec.sequences:
            if sequence.then == product.code:
                after = _later(opened[sequence.first], sequence.days, life, rng)
                day = np.where((after < NEVER) & (rng.random(spec.customers) < sequence.share), after, day)
                own = np.where(after < NEVER, 1 - (1 - own) * (1 - sequence.share), own)
        day[life.prospect] = NEVER
        own[life.prospect] = 0.0
        opened[product.code], chance[:, place] = day, own
        items[product.code] = day < NEVER
    grid = np.column_stack([opened[p.code] for p in spec.further]) if spec.further else np.zeros((spec.customers, 0))
    who, place_of = np.nonzero(grid < NEVER)
    return Further(who, place_of, grid[who, place_of].astype(np.int64), chance, items)


def _attributes(spec: BankSpec, customer: Table) -> dict[str, Flags]:
    """By key, whose column of the customer table has the value a rule names (n each)."""
    keys = {key for rule in spec.rules for key in rule.antecedent if "=" in key}
    found = {}
    for key in sorted(keys):
        column, _, value = key.partition("=")
        found[key] = np.array([cell == value for cell in plain(customer.columns[column])])
    return found


def _chance(spec: BankSpec, product: ProductSpec, items: Mapping[str, Flags]) -> Floats:
    """Each customer's chance to hold the product by itself (n): its base and what rules add, at most 1."""
    chance = np.full(spec.customers, product.base)
    for rule in spec.rules:
        if rule.consequent == product.code:
            chance += rule.adds * holds(items, rule.antecedent)
    return np.asarray(np.minimum(chance, 1.0))


def holds(items: Mapping[str, Flags], keys: tuple[str, ...]) -> Flags:
    """Who holds or is all of it (n)."""
    return np.asarray(np.logical_and.reduce([items[key] for key in keys]))


def _some_day(spec: BankSpec, life: People, room: Ints, rng: np.random.Generator) -> Ints:
    """A first day for everybody (n), by one law for all products, so that no pair of them has an order.

    Who holds a product at the end does not depend on how long somebody has been a customer, only since when.
    """
    u = rng.random(spec.customers)
    if spec.independent:  # as the accounts with amounts, so that these have no order among them all
        return np.asarray(life.joined + (u * np.maximum(room, 0)).astype(np.int64))
    first = np.maximum(life.joined, epoch_day(spec.until) - SOLD_SINCE)
    return np.asarray(first + (u * (life.last - first + 1)).astype(np.int64))


def _later(first: Ints, days: int, life: People, rng: np.random.Generator) -> Ints:
    """The day of what follows (n), 1 to `days` after `first`; NEVER where nothing went before or the time is over."""
    wait = np.ceil(days * rng.beta(*_WAIT, len(first))).astype(np.int64)
    day = np.where(first < NEVER, first, 0) + np.maximum(wait, 1)
    return np.where((first < NEVER) & (day <= life.last), day, NEVER)
