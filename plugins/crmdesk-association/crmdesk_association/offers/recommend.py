"""The next product: each rule's chance, counted on people who had its first side and lacked its second."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.baskets import attributes
from crmdesk_association.baskets.holdings import Flags, Floats, Holdings, Ints
from crmdesk_association.transactions import Item

if TYPE_CHECKING:
    import pandas as pd

Plain = tuple[int, tuple[Item, ...], Item]  # a rule's number, first side and product
LEAST_PRIOR, MOST_PRIOR = 1.0, 10_000.0  # customers that a product's own rate counts for in a rule's chance
TINY = 1e-9


@dataclass(frozen=True)
class Window:
    """Who could buy what in a period, and did: rows are the customers `who` (n) that held something at its start."""

    who: Ints  # places among the holdings' customers
    owned: Flags  # (n, products) at the start
    bought: Flags  # (n, products) opened in the period, not owned at its start

    @property
    def buyers(self) -> int:
        return int(self.bought.any(axis=1).sum())


@dataclass(frozen=True)
class Traits:
    """(c, keys) which attribute items are true of each customer of the holdings."""

    keys: tuple[str, ...]
    true: Flags

    def has(self, key: str) -> Flags:
        """(c): of whom the item is true; of nobody where it is not known at all."""
        if key not in self.keys:
            return np.zeros(len(self.true), dtype=bool)
        return np.asarray(self.true[:, self.keys.index(key)])


@dataclass(frozen=True)
class OfferRule:
    """A rule with its chance: of `had` customers with the counted items and without the product, `took` bought it.

    `p` with its 95 % interval is drawn towards the product's own rate as far as rules are alike; `counted` are the
    keys of those items of the first side that were known at the time.
    """

    rule: int
    first: tuple[Item, ...]
    then: Item
    counted: tuple[str, ...]
    had: int
    took: int
    p: float
    low: float
    high: float


@dataclass(frozen=True)
class Recommender:
    """Chances to buy within `days`: of the strongest rule that applies, else of the product's `rest` (products).

    `rules` come strongest first, by the lower end of their interval; `sold` (products) counts purchases.
    """

    days: int
    rules: tuple[OfferRule, ...]
    rest: Floats
    sold: Ints

    def chances(self, held: Holdings, window: Window, traits: Traits) -> Floats:
        """(n, products) chance of each customer of the window to buy each product; NaN where it is owned."""
        found = np.tile(self.rest, (len(window.who), 1))
        best = strongest(self.rules, held, window.who, window.owned, traits)
        p = np.array([rule.p for rule in self.rules])
        if len(p):
            found = np.where(best >= 0, p[best], found)
        found[window.owned] = np.nan
        return found


def window(held: Holdings, start: float, stop: float) -> Window:
    """The period from `start` (epoch seconds) up to `stop`."""
    owned = held.grid(held.held(start))
    bought = held.grid((held.opened >= start) & (held.opened < stop)) & ~owned
    who = np.flatnonzero(owned.any(axis=1))
    return Window(who, owned[who], bought[who])


def traits(frame: pd.DataFrame, held: Holdings, names: tuple[str, ...]) -> Traits:
    """The attributes `names` of the holdings' customers; one without a column is true of nobody."""
    items, rows, places, _ = attributes.find(frame.iloc[held.first], names, asked=False)
    true = np.zeros((len(held.customers), len(items)), dtype=bool)
    true[rows, places] = True
    return Traits(tuple(item.key for item in items), true)


def read_rules(shown: pd.DataFrame, labels: dict[str, Item]) -> list[Plain]:
    """Number, first side and product of each rule of a table that foretells one item."""
    found = []
    for number, first, then in zip(shown["rule"], shown["antecedent_keys"], shown["consequent_keys"], strict=True):
        keys = json.loads(then)
        if len(keys) == 1:
            found.append((int(number), tuple(labels[key] for key in json.loads(first)), labels[keys[0]]))
    return found


def applies(
    keys: tuple[str, ...], then: str, held: Holdings, who: Ints, owned: Flags, known: Traits
) -> Flags:  # fmt: skip
    """(n): who has or is all of `keys` and lacks the product `then`."""
    place = {item.key: i for i, item in enumerate(held.items)}
    mine = ~owned[:, place[then]] if then in place else np.ones(len(who), dtype=bool)
    for key in keys:
        mine &= owned[:, place[key]] if key in place else known.has(key)[who]
    return np.asarray(mine)


def strongest(
    rules: tuple[OfferRule, ...], held: Holdings, who: Ints, owned: Flags, known: Traits
) -> NDArray[np.int64]:  # fmt: skip
    """(n, products) place of the first rule that applies to each customer and product, -1 without one."""
    best = np.full((len(who), len(held.items)), -1, dtype=np.int64)
    place = {item.key: i for i, item in enumerate(held.items)}
    for i, rule in enumerate(rules):
        if rule.then.key in place:
            column = best[:, place[rule.then.key]]
            column[(column < 0) & applies(keys_of(rule.first), rule.then.key, held, who, owned, known)] = i
    return best


def fit(
    rules: Sequence[Plain], held: Holdings, seen: Window, known: Traits, facts: tuple[str, ...], days: int
) -> Recommender:  # fmt: skip
    """The chances in the period `seen`, for rules found elsewhere.

    Of a rule's first side only products and the attributes in `facts` are counted: what else is known today was not
    known when the period began. The chance is (took + s b) / (had + s): b the product's own rate, s by maximum
    likelihood of the beta-binomial over all rules (empirical Bayes; Casella 1985), with the posterior's interval.
    """
    n, took = (~seen.owned).sum(axis=0), seen.bought.sum(axis=0)
    base = (took + 0.5) / (n + 1.0)
    place = {item.key: i for i, item in enumerate(held.items)}
    usable = [rule for rule in rules if rule[2].key in place]
    counted = [tuple(i.key for i in first if i.kind == "product" or i.attribute in facts) for _, first, _ in usable]
    mine = [applies(keys, then.key, held, seen.who, seen.owned, known)
            for keys, (_, _, then) in zip(counted, usable, strict=True)]  # fmt: skip
    own = np.array([place[then.key] for _, _, then in usable], dtype=np.int64)
    had = np.array([int(m.sum()) for m in mine], dtype=np.int64)
    hits = np.array([int(seen.bought[m, j].sum()) for m, j in zip(mine, own, strict=True)], dtype=np.int64)
    p, low, high = shrunk(hits, had, base[own])
    made = [OfferRule(number, first, then, keys, int(had[i]), int(hits[i]), float(p[i]), float(low[i]), float(high[i]))
            for i, ((number, first, then), keys) in enumerate(zip(usable, counted, strict=True))]  # fmt: skip
    ordered = tuple(sorted(made, key=lambda rule: (-rule.low, rule.rule)))
    free = (strongest(ordered, held, seen.who, seen.owned, known) < 0) & ~seen.owned
    rest = ((seen.bought & free).sum(axis=0) + base) / (free.sum(axis=0) + 1.0)
    return Recommender(days, ordered, rest, took.astype(np.int64))


def shrunk(hits: Ints, n: Ints, base: Floats) -> tuple[Floats, Floats, Floats]:
    """Rates (r) with 95 % intervals, each drawn towards its own `base` (r) by a weight that all share.

    No prior is surer than half a purchase and half a refusal (Jeffreys), so nothing seen is never "never".
    """
    from scipy.special import betaincinv

    weight = np.maximum(_weight(hits, n, base), 0.5 / np.minimum(base, 1 - base))
    alpha, beta = hits + weight * base, n - hits + weight * (1 - base)
    p = alpha / (alpha + beta)
    low, high = betaincinv(alpha, beta, 0.025), betaincinv(alpha, beta, 0.975)
    return p, np.where(low > TINY, np.minimum(low, p), 0.0), np.maximum(high, p)


def _weight(hits: Ints, n: Ints, base: Floats) -> float:
    """How many customers the base counts for: the likeliest, given how far the rates lie from their bases."""
    from scipy.optimize import minimize_scalar
    from scipy.special import betaln

    if not n.any():
        return LEAST_PRIOR

    def loss(log_weight: float) -> float:
        a, b = math.exp(log_weight) * base, math.exp(log_weight) * (1 - base)
        return -float((betaln(hits + a, n - hits + b) - betaln(a, b)).sum())

    return math.exp(minimize_scalar(loss, bounds=(math.log(LEAST_PRIOR), math.log(MOST_PRIOR)), method="bounded").x)


def to_json(found: Recommender) -> bytes:
    """The rules and their chances: what offers need."""
    return json.dumps({"version": 1, "days": found.days, "rules": [asdict(rule) for rule in found.rules]}).encode()


def from_json(data: bytes) -> tuple[int, tuple[OfferRule, ...]]:
    """Days and rules, strongest first."""
    read = json.loads(data)
    rules = (
        {**rule, "first": tuple(Item(**item) for item in rule["first"]), "then": Item(**rule["then"]),
         "counted": tuple(rule["counted"])}
        for rule in read["rules"]
    )  # fmt: skip
    return int(read["days"]), tuple(OfferRule(**rule) for rule in rules)


def keys_of(items: tuple[Item, ...]) -> tuple[str, ...]:
    """The items' keys."""
    return tuple(item.key for item in items)
