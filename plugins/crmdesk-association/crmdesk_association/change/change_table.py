"""The table of changes: every compared rule with its kind, its tested difference and a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.change import candidates, change_words, kinds, power, rule_change
from crmdesk_association.change.candidates import Candidates
from crmdesk_association.change.change_words import Periods
from crmdesk_association.change.explained import ALTOGETHER, NOTHING, explained
from crmdesk_association.change.overlap import sums
from crmdesk_association.change.rule_change import Change
from crmdesk_association.change.snapshots import Snapshots
from crmdesk_association.params import ChangeParams
from crmdesk_association.rules.words import label
from crmdesk_association.transactions import Ints, Item

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Step = Callable[[float], None]
Sides = tuple[list[Item], list[Item]]
COLUMNS = ("change", "kind", "rule", "antecedent", "consequent", "measure", "count_before", "count_after",
           "baskets_before", "baskets_after", "before", "after", "difference", "low", "high", "p", "q", "passed",
           "explained_by", "shown", "text", "of")  # fmt: skip


@dataclass(frozen=True)
class Tested:
    """r compared rules and their tests: `confidence` (r) of each rule, `support` (s) of each set among them.

    `set_of` (r): the place of a rule's set in `support`. `q_confidence` (r), `q_support` (s): over all r + s tests.
    """

    rules: Candidates
    confidence: Change
    support: Change
    set_of: Ints
    q_confidence: Floats
    q_support: Floats

    @property
    def tests(self) -> int:
        """How many tests there were: ratios that could be compared."""
        return int((~np.isnan(self.confidence.p)).sum() + (~np.isnan(self.support.p)).sum())


def judge(snapshots: Snapshots, params: ChangeParams, step: Step) -> Tested:
    """Both measures of every candidate in both snapshots, with Benjamini and Hochberg's q over all tests together.

    A support belongs to a set and is tested once, however many rules the set splits into. Tests are weighed by the
    power they could have (see `power.weights`).
    """
    rules = candidates.find(snapshots, params, lambda f: step(0.5 * f))
    members = rules.sets.members
    sets, first, set_of = np.unique(rules.whole, return_index=True, return_inverse=True)
    of_rules = sums(snapshots, members[rules.whole], rules.antecedent, lambda f: step(0.5 + 0.2 * f))
    of_sets = sums(snapshots, members[sets], None, lambda f: step(0.7 + 0.1 * f))
    exact = snapshots.single
    confidence = rule_change.compare(of_rules, exact=exact, step=lambda f: step(0.8 + 0.1 * f))
    support = rule_change.compare(of_sets, exact=exact, step=lambda f: step(0.9 + 0.1 * f))
    total = rules.count_before + rules.count_after
    weight = power.weights(np.concatenate([total, total[first]]), np.concatenate([of_rules.y0, of_sets.y0]),
                           np.concatenate([of_rules.y1, of_sets.y1]), params.fdr)  # fmt: skip
    q = power.weighted_q(np.concatenate([confidence.p, support.p]), weight)
    return Tested(rules, confidence, support, set_of.astype(np.int64), q[: len(rules)], q[len(rules) :])


def table(
    tested: Tested, snapshots: Snapshots, params: ChangeParams, when: Periods, step: Step = lambda f: None
) -> pd.DataFrame:
    """One row per measure of each rule that was one in either snapshot; COLUMNS; shown rows first, by p.

    A support stands at the rule of its set with the highest confidence, so that it stands there once. `passed`: q
    below `params.fdr` and an interval without 0. `explained_by`: the shorter rule, or the item, whose change it only
    follows. `shown`: passed, explained by nothing, and among the `params.top` smallest p of such rows.
    """
    import pandas as pd

    rows, of_set = _rows(tested)
    values = _values(tested, rows, of_set)
    passed = _stands(values["q"], values["low"], values["high"], params.fdr)
    rule = tested.confidence
    changed = _stands(tested.q_confidence, rule.low, rule.high, params.fdr)
    why = np.full(len(rows), NOTHING, dtype=np.int64)
    why[passed] = explained(tested.rules, changed, rows[passed], of_set[passed],
                            *(values[name][passed] for name in ("difference", "low", "high")),
                            (snapshots.before.n, snapshots.after.n))  # fmt: skip
    own = passed & (why == NOTHING)
    known = {name: np.nan_to_num(values[name], nan=2.0) for name in ("p", "difference")}
    order = np.lexsort((rows, of_set, -np.abs(known["difference"]), known["p"], ~passed, ~own))
    rows, of_set, own, why = rows[order], of_set[order], own[order], why[order]
    sides = [_sides(tested.rules, row, snapshots.items) for row in rows.tolist()]
    step(0.2)
    columns: dict[str, Any] = {
        "change": np.arange(1, len(rows) + 1),
        **_named(tested.rules, rows, own, sides, params.similar, snapshots.items),
        "measure": np.where(of_set, "support", "confidence").astype(object),
        "count_before": tested.rules.count_before[rows],
        "count_after": tested.rules.count_after[rows],
        "baskets_before": np.where(of_set, snapshots.before.n, tested.rules.if_before[rows]),
        "baskets_after": np.where(of_set, snapshots.after.n, tested.rules.if_after[rows]),
        **{name: column[order] for name, column in values.items()},
        "passed": passed[order],
        "explained_by": [_explanation(*both, *how) for both, *how in
                         zip(sides, why.tolist(), of_set.tolist(), strict=True)],
        "shown": own & (np.arange(len(rows)) < params.top),
    }  # fmt: skip
    step(0.4)
    numbers = zip(*(columns[name].tolist() for name in ("measure", "before", "after", "low", "high")), strict=True)
    columns["text"] = []
    for side, told in zip(sides, numbers, strict=True):
        if not len(columns["text"]) % 2000:
            step(0.4 + 0.6 * len(columns["text"]) / len(rows))
        columns["text"].append(change_words.sentence(*side, *told, when))
    return pd.DataFrame({name: columns[name] for name in COLUMNS})


def _stands(q: Floats, low: Floats, high: Floats, fdr: float) -> Flags:
    return np.asarray((q < fdr) & ((low > 0) | (high < 0)))


def _values(tested: Tested, rows: Ints, of_set: Flags) -> dict[str, Floats]:
    """The tested figures of each row: of its set's support, or of its rule's confidence."""
    at = tested.set_of[rows]
    names = [field.name for field in fields(Change)]
    found = {name: np.where(of_set, getattr(tested.support, name)[at], getattr(tested.confidence, name)[rows])
             for name in names}  # fmt: skip
    return {**found, "q": np.where(of_set, tested.q_support[at], tested.q_confidence[rows])}


def _named(
    rules: Candidates, rows: Ints, own: Flags, sides: list[Sides], similar: float, items: tuple[Item, ...]
) -> dict[str, list[str]]:  # fmt: skip
    """Each row's kind, its rule and both sides in words, and the rule it is unexpected against ('': none)."""
    kind = _kinds(rules, rows[own], len(items), similar)
    against = kind.against[rows].tolist()
    antecedent, consequent = ([", ".join(map(label, both[i])) for both in sides] for i in range(2))
    return {
        "kind": [kind.kind[row] for row in rows.tolist()],
        "rule": [f"{before} → {after}" for before, after in zip(antecedent, consequent, strict=True)],
        "antecedent": antecedent,
        "consequent": consequent,
        "of": [change_words.arrow(*_sides(rules, row, items)) if row >= 0 else "" for row in against],
    }


def _explanation(antecedent: list[Item], consequent: list[Item], left_out: int, of_set: bool) -> str:
    if left_out == NOTHING:
        return ""
    if left_out != ALTOGETHER:
        return change_words.arrow(antecedent[:left_out] + antecedent[left_out + 1 :], consequent)
    # A confidence follows from its consequent alone, a support from both sides, each for itself.
    return "; ".join(", ".join(map(label, side)) for side in ((antecedent, consequent) if of_set else (consequent,)))


def _rows(tested: Tested) -> tuple[Ints, Flags]:
    """Rules of the table's rows, and whether a row is about the support: at one rule of each set."""
    rules = tested.rules
    listed = np.flatnonzero(rules.is_before | rules.is_after)
    both = (rules.count_before + rules.count_after) / np.maximum(rules.if_before + rules.if_after, 1)
    by_confidence = listed[np.argsort(-both[listed], kind="stable")]
    leading = by_confidence[np.unique(tested.set_of[by_confidence], return_index=True)[1]]
    rows = np.concatenate([listed, leading])
    return rows, np.arange(len(rows)) >= len(listed)


def _kinds(rules: Candidates, proven_rows: Ints, m: int, similar: float) -> kinds.Kinds:
    proven = np.zeros(len(rules), dtype=bool)
    proven[proven_rows] = True
    return kinds.kinds(rules.antecedent, rules.consequent, rules.is_before, rules.is_after, proven,
                       rules.count_before + rules.count_after, m=m, similar=similar)  # fmt: skip


def _sides(rules: Candidates, row: int, items: tuple[Item, ...]) -> Sides:
    """The items before and after the arrow of one rule."""
    antecedent, consequent = rules.antecedent[row].tolist(), rules.consequent[row].tolist()
    return [items[i] for i in antecedent if i >= 0], [items[i] for i in consequent if i >= 0]
