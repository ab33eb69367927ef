"""Small databases, and rules counted one by one."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np
from crmdesk_association.itemsets import bits
from crmdesk_association.itemsets.miner import mine
from crmdesk_association.rules.rules import RuleSet
from crmdesk_association.transactions import Baskets, Item, Itemsets
from numpy.typing import NDArray

Held = NDArray[np.bool_]  # (n, m): what each basket holds


def baskets_of(held: Held, attributes: Sequence[int] = (), labels: Sequence[str] = ()) -> Baskets:
    """Baskets of a matrix; `attributes`: the columns that say what owners are like."""
    names = labels or [f"item {i}" for i in range(held.shape[1])]
    items = tuple(Item(f"key {i}", names[i], "attribute" if i in attributes else "product")
                  for i in range(held.shape[1]))  # fmt: skip
    rows, columns = np.nonzero(held)
    return Baskets(len(held), items, bits.pack(rows, columns, *held.shape), np.arange(len(held)))


def mined(held: Held, least: int = 1, longest: int = 0) -> Itemsets:
    rows, columns = np.nonzero(held)
    return mine(bits.pack(rows, columns, *held.shape), len(held), least, longest=longest)


def count(held: Held, items: Sequence[int]) -> int:
    return int(held[:, list(items)].all(axis=1).sum())


def splits(items: Sequence[int], sellable: Sequence[bool], single: bool) -> Iterator[tuple[list[int], list[int]]]:
    for size in range(1, 2 if single else len(items)):
        for after in combinations(items, size):
            before = [i for i in items if i not in after]
            if before and all(sellable[i] for i in after):
                yield before, list(after)


def brute(held: Held, least: int, confidence: str, sellable: Sequence[bool], single: bool) -> set[tuple[int, ...]]:
    """(*antecedent, -1, *consequent, -1, both, antecedent's count, consequent's) of every rule, by plain counting."""
    found = set()
    m = held.shape[1]
    for size in range(2, m + 1):
        for items in combinations(range(m), size):
            both = count(held, items)
            if both < least:
                continue
            for before, after in splits(items, sellable, single):
                if Fraction(both, count(held, before)) >= Fraction(confidence):
                    found.add((*before, -1, *after, -1, both, count(held, before), count(held, after)))
    return found


def told(rules: RuleSet) -> list[tuple[int, ...]]:
    """The same of a RuleSet, in its order."""
    return [
        (*[i for i in before if i >= 0], -1, *[i for i in after if i >= 0], -1, *counts)
        for before, after, *counts in zip(
            rules.antecedent.tolist(), rules.consequent.tolist(), rules.count.tolist(),
            rules.antecedent_count.tolist(), rules.consequent_count.tolist(), strict=True,
        )
    ]  # fmt: skip
