"""Which rules are worth showing: they stand up to their tests, add something, and do not say the same thing twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.rules.rules import Bools, RuleSet, Step, quiet
from crmdesk_association.rules.significance import Judgement
from crmdesk_association.transactions import Ints, Words

Places = NDArray[np.int32]
COVER_TENTHS = 9  # rules to the same end whose antecedents' baskets share this many tenths are one rule
ROUNDING = 1e-12  # .42 - .40 is a hair below .02 in floats


@dataclass(frozen=True)
class Chosen:
    """`order` (r): rows as they are numbered, the shown ones first; `covered_by` (r): a row, -1 none.

    `stands` (r): which stand up to their tests; `shown` (r): which of those are shown.
    """

    order: Ints
    stands: Bools
    shown: Bools
    covered_by: Ints


def leverage_order(rules: RuleSet) -> Ints:
    """Rows (r) by leverage, highest first, on whole numbers; ties: the rarer antecedent first, then item places.

    Of A -> B and B -> A, which have one leverage, that is the more confident.
    """
    excess = rules.count * rules.n - rules.antecedent_count * rules.consequent_count
    ties = [*_columns(rules.consequent), *_columns(rules.antecedent), (rules.antecedent >= 0).sum(axis=1)]
    return np.lexsort((*ties, rules.antecedent_count, -excess))


def _columns(members: Places) -> list[Places]:
    return [members[:, i] for i in reversed(range(members.shape[1]))]


def stands(rules: RuleSet, judged: Judgement, fdr: float, least_improvement: float) -> Bools:
    """Rules (r) that stand up to both tests, make the consequent likelier, and add enough to their best sub-rule."""
    likelier = rules.count * rules.n > rules.antecedent_count * rules.consequent_count
    adds = judged.improvement >= least_improvement - ROUNDING
    return np.asarray(likelier & adds & (judged.q < fdr) & (judged.improvement_q < fdr))


def choose(
    rules: RuleSet, judged: Judgement, bits: Words, fdr: float, least_improvement: float, top: int, step: Step = quiet
) -> Chosen:
    """At most `top` of the rules that stand, by leverage; a rule covered by a better shown one is passed over.

    Covered: the same consequent, and the baskets with one antecedent or the other are to nine tenths those with both
    (Jaccard >= .9). `bits` (m, W): the baskets of each item, as in `Baskets`. The rules after the last shown one are
    not compared.
    """
    order = leverage_order(rules)
    good = stands(rules, judged, fdr, least_improvement)
    shown, covered_by = np.zeros(len(rules), dtype=bool), np.full(len(rules), -1, dtype=np.int64)
    groups: dict[bytes, list[tuple[int, Words]]] = {}
    kept = 0
    candidates = order[good[order]].tolist()
    for done, row in enumerate(candidates):
        if kept == top:
            break
        if done % 64 == 0:
            step(kept / top)
        baskets = _holding(bits, rules.antecedent[row])
        group = groups.setdefault(rules.consequent[row].tobytes(), [])
        better = _covering(rules, row, baskets, group)
        if better >= 0:
            covered_by[row] = better
        else:
            shown[row] = True
            group.append((row, baskets))
            kept += 1
    return Chosen(np.concatenate([order[shown[order]], order[~shown[order]]]), good, shown, covered_by)


def _holding(bits: Words, members: Places) -> Words:
    """Bits (W) of the baskets that hold all of these items."""
    return np.asarray(np.bitwise_and.reduce(bits[members[members >= 0]], axis=0))


def _covering(rules: RuleSet, row: int, baskets: Words, group: list[tuple[int, Words]]) -> int:
    """The first shown row whose antecedent covers this one's baskets; -1 where none does."""
    mine = int(rules.antecedent_count[row])
    for other, theirs in group:
        size = int(rules.antecedent_count[other])
        if 10 * min(mine, size) < COVER_TENTHS * max(mine, size):
            continue  # even one inside the other would share too little
        both = int(np.bitwise_count(baskets & theirs).sum())
        if 10 * both >= COVER_TENTHS * (mine + size - both):
            return other
    return -1
