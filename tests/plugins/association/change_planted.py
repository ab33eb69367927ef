"""Snapshots with a known change: Groceries in random halves, pairs of items as random people hold them, frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from crmdesk_association.change import change_table, change_words, snapshots, tested
from crmdesk_association.itemsets import bits
from crmdesk_association.params import ChangeParams
from crmdesk_association.transactions import Baskets, Item
from numpy.typing import NDArray

Grid = NDArray[np.bool_]
DAY = 86_400
NOW = int(pd.Timestamp("2024-06-30").timestamp())


def baskets(held: Grid, owners: NDArray[np.int64] | None = None, names: list[str] | None = None) -> Baskets:
    """held (n, m): who holds what."""
    n, m = held.shape
    items = tuple(Item(name, name) for name in names or [f"item {i}" for i in range(m)])
    rows, columns = np.nonzero(held)
    return Baskets(n, items, bits.pack(rows, columns, n, m), np.arange(n) if owners is None else owners)


@dataclass(frozen=True)
class Groceries:
    held: Grid
    names: list[str]

    @classmethod
    def read(cls, data: Path) -> Groceries:
        lines = (data / "itemsets" / "groceries.csv").read_text().splitlines()
        rows = [set(line.strip().split(",")) - {""} for line in lines]
        names = sorted(set().union(*rows))
        return cls(np.array([[name in row for name in names] for row in rows if row]), names)

    def halves(self, seed: int) -> tuple[Grid, Grid]:
        order = np.random.default_rng(seed).permutation(len(self.held))
        middle = len(order) // 2
        return self.held[order[:middle]], self.held[order[middle:]].copy()

    def frequent_rules(self, support: float, confidence: float) -> list[tuple[int, int]]:
        """Pairs (a, b) of items with the support and confidence of a -> b, and room for half as many again."""
        both = self.held.T.astype(np.int64) @ self.held
        alone = np.diag(both)
        good = (
            (both >= support * len(self.held)) & (both >= confidence * alone[:, None]) & (1.5 * both < alone[:, None])
        )
        np.fill_diagonal(good, False)
        return [(int(a), int(b)) for a, b in np.argwhere(good)]


def plant(held: Grid, rule: tuple[int, int], times: float, seed: int) -> None:
    """b is put into baskets that have a, in place, until the rule a -> b is met `times` as often."""
    a, b = rule
    room = np.flatnonzero(held[:, a] & ~held[:, b])
    wanted = round((times - 1) * float((held[:, a] & held[:, b]).sum()))
    held[np.random.default_rng([seed, 1]).choice(room, min(wanted, room.size), replace=False), b] = True


def people_twice(
    n: int, shared: int, stay: float, rates: tuple[float, float, float], times: float, pairs: int, seed: int
) -> tuple[Baskets, Baskets]:
    """`pairs` replicates of two items a and b among n persons on two days, `shared` persons on both.

    rates: share with a, share of those with b, and of those without a with b; `times`: how much the second of them
    grows. One who is there on both days keeps the inclination of the first with probability `stay`.
    """
    rng = np.random.default_rng(seed)
    a_rate, b_rate, else_rate = rates
    days: list[list[Grid]] = [[], []]
    for _ in range(pairs):
        first, second = rng.random((2, n)), rng.random((2, n))
        keeps = rng.random(shared) < stay
        second[:, :shared][:, keeps] = first[:, n - shared :][:, keeps]
        for day, (u, v), growth in zip(days, (first, second), (1.0, times), strict=True):
            a = u < a_rate
            day += [a, np.where(a, v < b_rate * growth, v < else_rate)]
    before, after = (np.array(day).T for day in days)
    return baskets(before, np.arange(n)), baskets(after, np.arange(n) + n - shared)


def holdings(n: int = 1500, seed: int = 5, growth: float = 0.0) -> pd.DataFrame:
    """Products opened by n customers up to two years ago; a share `growth` of those with a mortgage took an insurance
    within the last year."""
    rng = np.random.default_rng(seed)
    names = {"mortgage": "Home mortgage", "insurance": "Contents insurance", "card": "Card", "savings": "Savings",
             "fund": "Fund"}  # fmt: skip
    held = {name: rng.random(n) < rate for name, rate in zip(names, (0.3, 0.15, 0.5, 0.4, 0.2), strict=True)}
    rows = [(int(c) + 100, code, NOW - int(rng.integers(400, 730)) * DAY)
            for code, who in held.items() for c in np.flatnonzero(who)]  # fmt: skip
    took = np.flatnonzero(held["mortgage"] & ~held["insurance"] & (rng.random(n) < growth))
    rows += [(int(c) + 100, "insurance", NOW - int(rng.integers(10, 300)) * DAY) for c in took]
    # Some of everything comes and goes, in both directions alike.
    gone = rng.random(len(rows)) < 0.01
    frame = pd.DataFrame(rows, columns=["customer", "product", "opened_s"])
    frame["closed_s"] = np.where(gone, NOW - 200.0 * DAY, np.nan)
    bought = rng.choice(n, int(gone.sum())) + 100
    more = pd.DataFrame({"customer": bought, "product": frame.loc[gone, "product"].to_numpy(),
                         "opened_s": NOW - 100 * DAY, "closed_s": np.nan})  # fmt: skip
    frame = pd.concat([frame, more], ignore_index=True)
    return frame.assign(
        product_name=frame["product"].map(names), family=frame["product"], role="owner", currency="EUR"
    ).set_index("customer")[["opened_s", "closed_s", "product", "product_name", "family", "role"]]


def steady(n: int, seed: int, stay: float = 0.85) -> tuple[Baskets, Baskets]:
    """n customers with 12 products that go together, on two days between which nothing changes but who has what.

    One in ten of each day's customers is not there on the other; one who is keeps each inclination with chance `stay`.
    """
    rng = np.random.default_rng([seed, 2])
    rates = np.linspace(0.08, 0.5, 12)

    def taste(old: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        new = rng.random((n, 12))
        return new if old is None else np.where(rng.random((n, 12)) < stay, old, new)

    wealth, first = rng.random(n), taste()
    second, later = taste(first), rng.random(n)
    left = n // 10
    second[:left], wealth_after = rng.random((left, 12)), wealth.copy()
    wealth_after[:left] = later[:left]
    days = [baskets(grid < rates * (0.6 + 0.8 * w[:, None]), names=[f"product {i}" for i in range(12)])
            for grid, w in ((first, wealth), (second, wealth_after))]  # fmt: skip
    owners = np.arange(n)
    return days[0], Baskets(n, days[1].items, days[1].bits, np.where(owners < left, owners + n, owners))


def compared(before: Baskets, after: Baskets, params: ChangeParams, *, strangers: bool) -> pd.DataFrame:
    """The table of changes between two snapshots."""
    both = snapshots.pair(before, after, strangers=strangers)
    found = tested.judge(both, params, lambda fraction: None)
    return change_table.table(found, both, params, change_words.periods(params))
