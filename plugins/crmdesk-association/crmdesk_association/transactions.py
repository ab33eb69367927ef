"""Baskets as a matrix of bits: which items each basket holds, item by item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
ATTRIBUTES = ("age_band", "gender", "occupation", "education", "channel", "segment", "stage")  # of baskets' owners


@dataclass(frozen=True)
class Item:
    """One thing a basket may hold. `key` is unique (a product's code, `age_band=25-34`), `label` is for people.

    An attribute item says what the basket's owner is like; it may stand before a rule's arrow, never after it.
    """

    key: str
    label: str
    kind: Literal["product", "attribute"] = "product"
    attribute: str = ""  # the attribute's name: of its items a basket holds one at most


@dataclass(frozen=True)
class Baskets:
    """n baskets over m items, vertically: row i of `bits` (m, W) has bit b set where basket b holds item i.

    W = ceil(n / 64) words of 64 bits, made by `bits.pack`; the padding after basket n is zero, so it never counts.
    `owners` (n): whose basket it is, as pseudonym; the line or transaction number where baskets have no owner. The
    baskets of one owner lie together.
    """

    n: int
    items: tuple[Item, ...]
    bits: Words
    owners: Ints
    notes: tuple[str, ...] = field(default=())  # what was dropped, and why: sentences for the result's warnings

    @property
    def labels(self) -> list[str]:
        return [item.label for item in self.items]

    @property
    def sellable(self) -> NDArray[np.bool_]:
        """Items (m) that may be a rule's consequent: products, never attributes."""
        return np.array([item.kind == "product" for item in self.items], dtype=bool)

    def keep(self, places: Sequence[int] | Ints) -> Baskets:
        """The same baskets with only these items, in this order."""
        chosen = [int(place) for place in places]
        return Baskets(self.n, tuple(self.items[i] for i in chosen), self.bits[chosen], self.owners, self.notes)


@dataclass(frozen=True)
class Itemsets:
    """k sets of items with exact counts among n baskets.

    `members` (k, longest) int32: item places ascending, -1 after the last; `length` (k); `counts` (k).
    Sorted by length, then by members.
    """

    n: int
    members: NDArray[np.int32]
    length: NDArray[np.int64]
    counts: Ints

    def __len__(self) -> int:
        return len(self.counts)
