"""Which rules are compared between two snapshots, chosen so that the choice itself looks like no change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.change.overlap import counts
from crmdesk_association.change.snapshots import Snapshots, pooled
from crmdesk_association.itemsets.lattice import lattice
from crmdesk_association.itemsets.miner import mine, threshold
from crmdesk_association.params import Mining
from crmdesk_association.rules.rules import confident, generate
from crmdesk_association.transactions import Ints, Itemsets

Places = NDArray[np.int32]
Flags = NDArray[np.bool_]
Step = Callable[[float], None]


@dataclass(frozen=True)
class Candidates:
    """r rules A -> C met often enough in both snapshots together; `whole` (r): the place of A and C among `sets`.

    `antecedent` (r, L), `consequent` (r, L'): item places padded with -1. `count_before`, `count_after` (r): baskets
    with both sides; `if_before`, `if_after` (r): with the first side. `is_before`, `is_after` (r): whether it was a
    rule then, by least support and least confidence. `sets_before`, `sets_after` (k): counts of the `sets`.
    """

    sets: Itemsets
    sets_before: Ints
    sets_after: Ints
    antecedent: Places
    consequent: Places
    whole: Ints
    count_before: Ints
    count_after: Ints
    if_before: Ints
    if_after: Ints
    is_before: Flags
    is_after: Flags

    def __len__(self) -> int:
        return len(self.whole)


def find(snapshots: Snapshots, params: Mining, step: Step) -> Candidates:
    """All rules that could be rules in a snapshot, judged by their count in both together.

    A rule of either snapshot is among them: a count that reaches a threshold in one reaches it in both together. The
    choice must not look at where the baskets lie: were only those taken that are frequent in one snapshot, the ones
    that chance pushed over the threshold would be picked, and the tests of change, which take the sum of both counts
    as given, would be too bold. Raises AnalysisError where there are too many sets.
    """
    least = [threshold(params.min_support, baskets.n) for baskets in (snapshots.before, snapshots.after)]
    bits, n = pooled(snapshots)
    found = mine(bits, n, min(least), longest=params.max_length, most=params.max_sets, step=lambda f: step(0.6 * f))
    sellable = np.array([item.kind == "product" for item in snapshots.items], dtype=bool)
    rules = generate(found, sellable, 0.0, params.single_consequent, lambda f: step(0.6 + 0.2 * f))
    before = counts(snapshots.before.bits, found.members, lambda f: step(0.8 + 0.2 * f))
    tree = lattice(found)
    whole, part = tree.find(joined(rules.antecedent, rules.consequent)), tree.find(rules.antecedent)
    after = found.counts - before
    both = Candidates(
        found, before, after, rules.antecedent, rules.consequent, whole,
        before[whole], after[whole], before[part], after[part],
        np.zeros(len(rules), dtype=bool), np.zeros(len(rules), dtype=bool),
    )  # fmt: skip
    return _marked(both, least, params.min_confidence)


def joined(*sides: Places) -> Places:
    """Sides (r, L), (r, L') ... as one set each: items ascending, padding last."""
    both = np.concatenate(sides, axis=1)
    last = np.iinfo(np.int32).max
    ordered = np.sort(np.where(both < 0, last, both), axis=1)
    return np.where(ordered == last, -1, ordered).astype(np.int32)


def _marked(rules: Candidates, least: list[int], least_confidence: float) -> Candidates:
    """Those that could be a rule in a snapshot if all their baskets lay there, with what they are in each."""
    total = rules.count_before + rules.count_after
    could = [(total >= enough) & confident(total, given, least_confidence)
             for enough, given in zip(least, (rules.if_before, rules.if_after), strict=True)]  # fmt: skip
    is_before = (rules.count_before >= least[0]) & confident(rules.count_before, rules.if_before, least_confidence)
    is_after = (rules.count_after >= least[1]) & confident(rules.count_after, rules.if_after, least_confidence)
    kept = np.flatnonzero(could[0] | could[1])
    arrays = (rules.antecedent, rules.consequent, rules.whole, rules.count_before, rules.count_after,
              rules.if_before, rules.if_after, is_before, is_after)  # fmt: skip
    return Candidates(rules.sets, rules.sets_before, rules.sets_after, *(array[kept] for array in arrays))
