"""Rules from frequent itemsets, on whole numbers: which splits of a set are confident enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import AnalysisError
from crmdesk_association.itemsets.lattice import Lattice, lattice
from crmdesk_association.transactions import Ints, Itemsets

Bools = NDArray[np.bool_]
Step = Callable[[float], None]
MOST_SPLITS = 40_000_000


def quiet(fraction: float) -> None:
    """The step of work that nobody watches."""


@dataclass(frozen=True)
class RuleSet:
    """r rules among n baskets: if a basket holds the antecedent, then it may hold the consequent.

    `antecedent` (r, w) and `consequent` (r, v) int32: item places ascending, -1 after the last. `count` (r): baskets
    that hold both sides; `antecedent_count` and `consequent_count` (r): that hold the one side. `sets` (r, 3): where
    both sides together, the antecedent and the consequent lie among the itemsets the rules were made of.
    """

    n: int
    antecedent: NDArray[np.int32]
    consequent: NDArray[np.int32]
    count: Ints
    antecedent_count: Ints
    consequent_count: Ints
    sets: Ints

    def __len__(self) -> int:
        return len(self.count)

    def take(self, rows: Ints | Bools) -> RuleSet:
        """Only these rules, by place or mask, in the order given."""
        return replace(
            self, antecedent=self.antecedent[rows], consequent=self.consequent[rows], count=self.count[rows],
            antecedent_count=self.antecedent_count[rows], consequent_count=self.consequent_count[rows],
            sets=self.sets[rows],
        )  # fmt: skip


def generate(
    found: Itemsets, sellable: Bools, least_confidence: float, single: bool = True, step: Step = quiet
) -> RuleSet:
    """All rules A -> C of the itemsets with confidence count / antecedent_count >= least_confidence, exactly.

    `found` holds every frequent itemset (not only closed ones: ValueError). `sellable` (m): items that may stand after
    the arrow; a rule with any other item there is not made. `single`: one item after the arrow; otherwise any split
    with items on both sides. The share is taken as written (.8 is 8/10), so no rule on the threshold is lost.
    Order: by the whole set as in `found`, then by the consequent. Raises AnalysisError where there are too many splits.
    """
    tree = lattice(found)
    may_follow = _consequents(found, sellable)
    number = np.maximum(found.length, 1) if single else 2.0 ** np.minimum(found.length, 62)
    if float(number.sum()) > MOST_SPLITS:
        raise AnalysisError(
            f"The {len(found):,} itemsets split into more than {MOST_SPLITS:,} rules; choose a higher least support, "
            "a shorter longest rule, or one item after the arrow."
        )
    parts: list[tuple[Ints, Ints, Ints]] = []
    splits = [(length, after) for length in range(2, found.members.shape[1] + 1)
              for after in (range(1, 2) if single else range(1, length))]  # fmt: skip
    for done, (length, after) in enumerate(splits):
        first, last = np.searchsorted(found.length, [length, length + 1]).tolist()
        for positions in combinations(range(length), after):
            step(done / len(splits))
            parts.append(_split(tree, np.arange(first, last), positions, length, may_follow, least_confidence))
    return _assembled(found, tree, parts)


def _consequents(found: Itemsets, sellable: Bools) -> Bools:
    """Sets (k + 1) of sellable items alone; the empty set, at the end, is none."""
    sold = np.append(np.asarray(sellable, dtype=bool), True)  # place -1 is padding
    return np.append(sold[found.members].all(axis=1), False)


def _split(
    tree: Lattice, whole: Ints, positions: tuple[int, ...], length: int, may_follow: Bools, least: float
) -> tuple[Ints, Ints, Ints]:
    """Places (whole, antecedent, consequent) of the confident rules that put these positions after the arrow."""
    others = [i for i in range(length) if i not in positions]
    after = _without(tree, whole, others)
    kept = may_follow[after]
    whole, after = whole[kept], after[kept]
    before = _without(tree, whole, list(positions))
    kept = confident(tree.counts[whole], tree.counts[before], least)
    return whole[kept], before[kept], after[kept]


def _without(tree: Lattice, place: Ints, positions: list[int]) -> Ints:
    for i in reversed(positions):  # from the last on: the positions before it stay what they are
        place = tree.smaller[place, i]
    return place


def confident(count: Ints, antecedent_count: Ints, least: float) -> Bools:
    """Whether count / antecedent_count >= least, on whole numbers (r); the share is taken as written."""
    share = Fraction(str(least))
    top, bottom = share.numerator, share.denominator
    most = int(antecedent_count.max(initial=0))
    if max(top, bottom) * max(most, 1) < 2**62:
        return np.asarray(count * bottom >= antecedent_count * top)
    sizes, at = np.unique(antecedent_count, return_inverse=True)
    needed = np.array([-(-size * top // bottom) for size in sizes.tolist()], dtype=np.int64)
    return np.asarray(count >= needed[at])


def _assembled(found: Itemsets, tree: Lattice, parts: list[tuple[Ints, Ints, Ints]]) -> RuleSet:
    sets = np.concatenate([np.zeros((0, 3), dtype=np.int64), *(np.stack(part, axis=1) for part in parts)])
    # Each part is in order and the parts come by consequent: a stable sort by the whole set is all there is to do.
    sets = sets[np.argsort(sets[:, 0], kind="stable")]
    whole, before, after = sets.T
    return RuleSet(
        found.n, _trimmed(found.members[before]), _trimmed(found.members[after]),
        tree.counts[whole], tree.counts[before], tree.counts[after], sets,
    )  # fmt: skip


def _trimmed(members: NDArray[np.int32]) -> NDArray[np.int32]:
    """Without the columns that no row needs; one stays."""
    used = int((members >= 0).any(axis=0).sum())
    return np.ascontiguousarray(members[:, : max(used, 1)])
