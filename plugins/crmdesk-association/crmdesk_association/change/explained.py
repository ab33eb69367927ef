"""Which changes only follow from the change of a shorter rule, or of what is bought altogether."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.change.candidates import Candidates, joined
from crmdesk_association.itemsets.lattice import lattice
from crmdesk_association.transactions import Ints

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int32]
NOTHING, ALTOGETHER = -1, -2
WIDER = 3.29 / 1.96  # from an interval of 95 % to one of 99.9 %: a long rule is held against several shorter ones


@dataclass(frozen=True)
class Parent:
    """A shorter rule's counts for each of r rules: baskets with both sides and with the first, in both snapshots."""

    count_before: Ints
    if_before: Ints
    count_after: Ints
    if_after: Ints


def explained(
    rules: Candidates, changed: Flags, rows: Ints, of_set: Flags, own: Flags, difference: Floats, low: Floats,
    high: Floats, sizes: tuple[int, int],
) -> Ints:  # fmt: skip
    """What explains the change of each of `rows`: a column of `antecedent` to leave out, ALTOGETHER, or NOTHING.

    A rule A, B -> C whose odds grew as those of A -> C did has not changed itself. So the rule's earlier confidence is
    carried over by the shorter rule's odds ratio, and the change is explained where the difference that gives lies in
    the interval `low` .. `high` (95 %) of the `difference` found, widened to 99.9 %: a long rule is held against
    several shorter ones. Rows `of_set` are about the support: there it is the carried confidence times the later share
    of baskets with the antecedent. What is explained is not shown, so an explanation has to be one: it makes up half
    of the difference at least, and the shorter rule has `changed` (of each of the rules) itself.

    A row that is not the rule's `own` change is explained by its sides ALTOGETHER where carrying over the odds of C
    among all baskets (each of `sizes`) makes up half of the difference.
    """
    found = np.full(len(rows), NOTHING, dtype=np.int64)
    tree = lattice(rules.sets)
    antecedent, consequent = rules.antecedent[rows], rules.consequent[rows]
    width, long = antecedent.shape[1], (antecedent >= 0).sum(axis=1) > 1
    then = tree.find(rules.consequent)
    proven = _key(rules.whole, then, tree.empty)[changed]
    for left_out in range(width):
        usable = (antecedent[:, left_out] >= 0) & long
        shorter = antecedent.copy()
        shorter[usable, left_out] = -1
        part, whole = tree.find(joined(shorter)), tree.find(joined(shorter, consequent))
        parent = Parent(rules.sets_before[whole], rules.sets_before[part],
                        rules.sets_after[whole], rules.sets_after[part])  # fmt: skip
        usable &= np.isin(_key(whole, then[rows], tree.empty), proven)
        gap = _carried(rules, rows, of_set, parent, sizes)
        inside = (gap >= difference - WIDER * (difference - low)) & (gap <= difference + WIDER * (high - difference))
        found[usable & (found == NOTHING) & inside & (gap / difference >= 0.5)] = left_out
    everybody = Parent(rules.sets_before[then[rows]], np.full(len(rows), sizes[0]),
                       rules.sets_after[then[rows]], np.full(len(rows), sizes[1]))  # fmt: skip
    enough = _carried(rules, rows, of_set, everybody, sizes) / difference >= 0.5
    found[(found == NOTHING) & ~own & enough] = ALTOGETHER
    return found


def _key(whole: Ints, consequent: Ints, empty: int) -> Ints:
    """One number for each rule, by the places of both sides together and of the consequent."""
    return whole * (empty + 1) + consequent


def _carried(rules: Candidates, rows: Ints, of_set: Flags, parent: Parent, sizes: tuple[int, int]) -> Floats:
    """The difference (r) that the parent's odds ratio would make; NaN where it has none.

    A parent that all or none of its baskets hold in both snapshots has not changed: its ratio is 1.
    """
    mine, without = rules.count_before[rows], rules.if_before[rows] - rules.count_before[rows]
    # Odds ratio of the parent, on counts: later odds over earlier odds.
    top = parent.count_after * (parent.if_before - parent.count_before).astype(float)
    bottom = parent.count_before * (parent.if_after - parent.count_after).astype(float)
    moved = (top > 0) & (bottom > 0)
    fixed = (parent.count_before + parent.count_after == 0) | (
        (parent.count_before == parent.if_before) & (parent.count_after == parent.if_after)
    )
    ratio = np.divide(top, bottom, out=np.ones_like(top), where=moved)
    base = np.maximum(mine * ratio + without, 1e-300)
    later = mine * ratio / base
    earlier = mine / np.maximum(rules.if_before[rows], 1)
    gap = np.where(of_set, later * rules.if_after[rows] / sizes[1] - mine / sizes[0], later - earlier)
    return np.where((moved | fixed) & (rules.if_before[rows] > 0), gap, np.nan)
