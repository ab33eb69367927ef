"""What chance alone would do: exact tests of rules, and of what a longer rule adds to its best shorter one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import statistics
from crmdesk_association.itemsets.lattice import Lattice, lattice
from crmdesk_association.rules.hypergeometric import fisher_upper
from crmdesk_association.rules.rules import Bools, RuleSet, Step, quiet
from crmdesk_association.rules.shared import Shared, tails
from crmdesk_association.rules.subrules import best_subrule, next_shorter
from crmdesk_association.transactions import Itemsets

Floats = NDArray[np.float64]
HOPE = 0.5  # a p from here on is not looked at again: it only could become larger


@dataclass(frozen=True)
class Judgement:
    """What the tests say of r rules, all (r).

    `p`: Fisher's exact test, upper tail: so many baskets with both sides if the sides had nothing to do with each
    other. `improvement`: confidence less that of the best rule with the same consequent and a part of the antecedent
    (perhaps nothing: then everybody's rate); `improvement_p`: the same test within the baskets that hold that part, or
    within those of a rule with one item less where that is less sure: a rule must add to each of them, and which of
    them is best may be luck. `q`, `improvement_q`: adjusted by Benjamini and Hochberg for `tests` candidates.
    """

    p: Floats
    q: Floats
    improvement: Floats
    improvement_p: Floats
    improvement_q: Floats
    tests: int


def judge(
    rules: RuleSet, found: Itemsets, tests: int, step: Step = quiet, owners: Shared | None = None
) -> Judgement:  # fmt: skip
    """Test every rule, and its gain over the best sub-rule; `found` holds all itemsets the rules were made of.

    `tests`: how many candidates were looked at, as counted by `searched`; at least the number of rules. `owners`: whose
    baskets they are, where one owner has several: p is then the larger of Fisher's and that of `shared.tails`.
    """
    tests = max(tests, len(rules))
    tree = lattice(found)
    best_count, best_antecedent = best_subrule(rules, tree, lambda f: step(0.4 * f))
    p = fisher_upper(
        rules.count, rules.antecedent_count, rules.consequent_count, rules.n, lambda f: step(0.4 + 0.3 * f)
    )
    # Within the baskets of the sub-rule's antecedent: how many of the longer antecedent's hold the consequent.
    gain_p = fisher_upper(
        rules.count, rules.antecedent_count, best_count, best_antecedent, lambda f: step(0.7 + 0.2 * f)
    )
    gain = rules.count / rules.antecedent_count - best_count / best_antecedent
    # An intersection-union test (Berger 1982): the largest p. Where it is one half already, nothing is to be gained.
    long = np.asarray((rules.antecedent >= 0)[:, 1:].any(axis=1))
    for each, whole, part in next_shorter(rules, tree, np.flatnonzero((gain_p < HOPE) & long)):
        count, antecedent = tree.counts[whole], tree.counts[part]
        new = (count != best_count[each]) | (antecedent != best_antecedent[each])
        mine, count, antecedent = each[new], count[new], antecedent[new]
        worse = fisher_upper(rules.count[mine], rules.antecedent_count[mine], count, antecedent, lambda f: step(0.9))
        gain_p[mine] = np.maximum(gain_p[mine], worse)
    if owners is not None:
        p, gain_p = _by_owner(rules, tree, owners, p, gain_p, long, step)
    step(1.0)
    adjusted = statistics.benjamini_hochberg
    return Judgement(p, adjusted(p, tests), gain, gain_p, adjusted(gain_p, tests), tests)


def _by_owner(
    rules: RuleSet, tree: Lattice, owners: Shared, p: Floats, gain_p: Floats, long: Bools, step: Step
) -> tuple[Floats, Floats]:
    """Both p, no smaller than what the owners' own counts say, where a small p is left to be doubted."""
    p, gain_p = p.copy(), gain_p.copy()
    rows = np.flatnonzero(p < HOPE)
    whole, before, after = rules.sets[rows].T
    everybody = np.full(len(rows), tree.empty)
    p[rows] = np.maximum(p[rows], tails(owners, tree, whole, before, after, everybody, lambda f: step(0.9 + 0.05 * f)))
    gain_p[~long] = p[~long]  # the empty antecedent: everybody's rate
    for each, larger, part in next_shorter(rules, tree, rows[(gain_p[rows] < HOPE) & long[rows]]):
        whole, before, _ = rules.sets[each].T
        worse = tails(owners, tree, whole, before, larger, part, lambda f: step(0.95 + 0.05 * f))
        gain_p[each] = np.maximum(gain_p[each], worse)
    return p, gain_p


def searched(found: Itemsets, sellable: Bools, longest: int, single: bool = True) -> int:
    """How many rules were looked for: antecedent and consequent frequent, up to `longest` items in both together.

    A candidate that fell short of the least support or confidence was a test too, one whose outcome is not reported.
    Left out of the count, the few that got over the least support by luck would look like all there were. With more
    than one item after the arrow, pairs of sides that share an item are counted as well: more than there are.
    """
    sold = np.append(np.asarray(sellable, dtype=bool), True)
    inside = np.append(np.asarray(sellable, dtype=bool), False)[found.members].sum(axis=1)
    longest = longest or found.members.shape[1]
    short = found.length <= longest - 1
    items = int((sold[found.members].all(axis=1) & (found.length == 1)).sum())
    total = int((items - inside[short]).sum())
    if single:
        return total
    size = np.bincount(found.length, minlength=longest + 1)
    sides = np.bincount(found.length[sold[found.members].all(axis=1)], minlength=longest + 1)
    return total + sum(int(size[i] * sides[j]) for j in range(2, longest) for i in range(1, longest - j + 1))
