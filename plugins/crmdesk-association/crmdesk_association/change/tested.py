"""The tests of everything compared between two snapshots: rules, sets and single items, and what is a rule's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import statistics
from crmdesk_association.change import candidates, own_change, power, rule_change
from crmdesk_association.change.candidates import Candidates
from crmdesk_association.change.overlap import sums
from crmdesk_association.change.rule_change import Change
from crmdesk_association.change.snapshots import Snapshots
from crmdesk_association.params import ChangeParams
from crmdesk_association.transactions import Ints

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Step = Callable[[float], None]
STRICTER = 5  # at which Groceries with items alone made more or less frequent tell of no rule in 19 of 20 halves


@dataclass(frozen=True)
class Tested:
    """r compared rules and their tests: `confidence` (r) of each rule, `support` (s) of each set among them.

    `set_of` (r): the place of a rule's set in `support`; `leading` (s): the rule a set is told by. `item` (i): places
    of the items tested alone, and `single` (i) their shares. `q_...`: over all r + s + i tests of a difference.
    `own` (r): the score of a rule's own change (see `own_change.together`), 0 where it was not asked.
    `own_confidence` (r), `own_support` (s): its q over the differences beyond chance, NaN for the others.
    """

    rules: Candidates
    confidence: Change
    support: Change
    single: Change
    set_of: Ints
    leading: Ints
    item: Ints
    q_confidence: Floats
    q_support: Floats
    q_single: Floats
    own: Floats
    own_confidence: Floats
    own_support: Floats

    @property
    def tests(self) -> int:
        """How many rules and sets could be compared, each once."""
        return int((~np.isnan(self.confidence.p)).sum() + (~np.isnan(self.support.p)).sum())


def judge(snapshots: Snapshots, params: ChangeParams, step: Step) -> Tested:
    """Both measures of every candidate in both snapshots, with Benjamini and Hochberg's q over all tests together.

    A support belongs to a set and is tested once, however many rules the set splits into; what is held altogether is
    tested too, item by item. Tests are weighed by the power they could have (see `power.weights`). Differences beyond
    chance are then asked whether they are the rule's own: whether its sides moved together, or apart, as well, with q
    over those asked (two stages, as where a finding has to be repeated: Wang, Gui, Su, Sabatti and Owen 2022).
    """
    rules = candidates.find(snapshots, params, lambda f: step(0.4 * f))
    members, exact = rules.sets.members, snapshots.single
    sets, first, set_of = np.unique(rules.whole, return_index=True, return_inverse=True)
    alone = np.flatnonzero(rules.sets.length == 1)
    of_rules = sums(snapshots, members[rules.whole], rules.antecedent, lambda f: step(0.4 + 0.2 * f))
    of_sets = sums(snapshots, members[np.concatenate([sets, alone])], None, lambda f: step(0.6 + 0.1 * f))
    confidence = rule_change.compare(of_rules, exact=exact, step=lambda f: step(0.7 + 0.05 * f))
    shares = rule_change.compare(of_sets, exact=exact, step=lambda f: step(0.75 + 0.05 * f))
    total = rules.count_before + rules.count_after
    sizes = [np.concatenate([total, total[first], rules.sets.counts[alone]]),
             *(np.concatenate([getattr(of_rules, y), getattr(of_sets, y)]) for y in ("y0", "y1"))]  # fmt: skip
    p, r, s = np.concatenate([confidence.p, shares.p]), len(rules), len(sets)
    q = power.weighted_q(p, power.weights(*sizes, params.fdr))
    support, single = shares.rows(slice(s)), shares.rows(slice(s, None))
    leading = _leading(rules, set_of)
    passed = np.concatenate([stands(confidence, q[:r], params.fdr), stands(support, q[r : r + s], params.fdr)])
    own = _own(snapshots, rules, passed[:r] | np.isin(np.arange(r), leading[passed[r:]]), lambda f: step(0.8 + 0.2 * f))
    q_own = _q_own(passed, np.concatenate([confidence.difference, support.difference]),
                   np.concatenate([own, own[leading]]))  # fmt: skip
    return Tested(rules, confidence, support, single, set_of.astype(np.int64), leading, members[alone, 0].astype(int),
                  q[:r], q[r : r + s], q[r + s :], own, q_own[:r], q_own[r:])  # fmt: skip


def stands(change: Change, q: Floats, fdr: float) -> Flags:
    """Which differences are beyond chance: q below `fdr` and an interval without 0."""
    return np.asarray((q < fdr) & ((change.low > 0) | (change.high < 0)))


def _leading(rules: Candidates, set_of: Ints) -> Ints:
    """The rule of each set by which its support is told: one that is listed if any is, of the highest confidence."""
    share = (rules.count_before + rules.count_after) / np.maximum(rules.if_before + rules.if_after, 1)
    order = np.lexsort((-share, ~(rules.is_before | rules.is_after)))
    return np.asarray(order[np.unique(set_of[order], return_index=True)[1]], dtype=np.int64)


def _own(snapshots: Snapshots, rules: Candidates, asked: Flags, step: Step) -> Floats:
    found = np.zeros(len(rules))
    found[asked] = own_change.together(snapshots, rules.antecedent[asked], rules.consequent[asked], step)
    return found


def _q_own(passed: Flags, difference: Floats, own: Floats) -> Floats:
    """Benjamini and Hochberg's q of the scores `own` of the differences that passed; NaN for the others.

    A score that goes the other way than the difference it should account for has p = 1. Those asked were chosen by a
    difference that shares its chance with the score, which makes p too small by one over the chance to be chosen; so
    every q is taken STRICTER times.
    """
    from scipy.special import erfc

    p = np.where(np.sign(difference) == np.sign(own), erfc(np.abs(own) / np.sqrt(2)), 1.0)
    return np.asarray(np.minimum(STRICTER * statistics.benjamini_hochberg(np.where(passed, p, np.nan)), 1.0))
