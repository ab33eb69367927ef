"""The table of changes: every compared rule with its kind, its tested difference and a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import statistics
from crmdesk_association import candidates, change_words, kinds, rule_change
from crmdesk_association.candidates import Candidates
from crmdesk_association.change_words import Periods
from crmdesk_association.overlap import sums
from crmdesk_association.params import ChangeParams
from crmdesk_association.rule_change import Change
from crmdesk_association.snapshots import Snapshots
from crmdesk_association.transactions import Ints

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Step = Callable[[float], None]
COLUMNS = ("change", "kind", "rule", "antecedent", "consequent", "measure", "count_before", "count_after",
           "baskets_before", "baskets_after", "before", "after", "difference", "low", "high", "p", "q", "shown", "text",
           "of")  # fmt: skip
ARROW = " -> "


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


def test(snapshots: Snapshots, params: ChangeParams, step: Step) -> Tested:
    """Both measures of every candidate in both snapshots, with Benjamini and Hochberg's q over all tests together.

    A support belongs to a set and is tested once, however many rules the set splits into.
    """
    rules = candidates.find(snapshots, params, lambda f: step(0.5 * f))
    members = rules.sets.members[rules.whole]
    sets, set_of = np.unique(rules.whole, return_inverse=True)
    exact = snapshots.single
    confidence = rule_change.compare(
        sums(snapshots, members, rules.antecedent, lambda f: step(0.5 + 0.3 * f)), exact=exact
    )
    support = rule_change.compare(
        sums(snapshots, rules.sets.members[sets], None, lambda f: step(0.8 + 0.2 * f)), exact=exact
    )
    q = statistics.benjamini_hochberg(np.concatenate([confidence.p, support.p]))
    return Tested(rules, confidence, support, set_of.astype(np.int64), q[: len(rules)], q[len(rules) :])


def table(tested: Tested, snapshots: Snapshots, params: ChangeParams, when: Periods) -> pd.DataFrame:
    """One row per measure of each rule that was one in either snapshot; COLUMNS; shown rows first, by p.

    A support stands at the rule of its set with the highest confidence, so that it stands there once. `shown`: it
    passed (see `passed`) and is among the `params.top` smallest p.
    """
    import pandas as pd

    rows, of_set = _rows(tested)
    values = _values(tested, rows, of_set)
    good = passed(values["q"], values["low"], values["high"], params.fdr)
    known = {name: np.nan_to_num(values[name], nan=2.0) for name in ("p", "difference")}
    order = np.lexsort((rows, of_set, -np.abs(known["difference"]), known["p"], ~good))
    rows, of_set, good = rows[order], of_set[order], good[order]
    values = {name: column[order] for name, column in values.items()}
    columns: dict[str, Any] = {
        "change": np.arange(1, len(rows) + 1),
        **_named(tested, rows, rows[good], snapshots, params),
        "measure": np.where(of_set, "support", "confidence").astype(object),
        "count_before": tested.rules.count_before[rows],
        "count_after": tested.rules.count_after[rows],
        "baskets_before": np.where(of_set, snapshots.before.n, tested.rules.if_before[rows]),
        "baskets_after": np.where(of_set, snapshots.after.n, tested.rules.if_after[rows]),
        **values,
        "shown": good & (np.arange(len(rows)) < params.top),
    }
    numbers = zip(*(columns[name] for name in ("antecedent", "consequent", "measure")),
                  *(values[name].tolist() for name in ("before", "after", "low", "high")), strict=True)  # fmt: skip
    columns["text"] = [change_words.sentence(*told, when) for told in numbers]
    return pd.DataFrame({name: columns[name] for name in COLUMNS})


def passed(q: Floats, low: Floats, high: Floats, fdr: float) -> Flags:
    """Whether a change stands up: q below `fdr` and an interval of the difference without 0."""
    return np.asarray((q < fdr) & ((low > 0) | (high < 0)))


def _values(tested: Tested, rows: Ints, of_set: Flags) -> dict[str, Floats]:
    """The tested figures of each row: of its set's support, or of its rule's confidence."""
    at = tested.set_of[rows]
    found = {field.name: np.where(of_set, getattr(tested.support, field.name)[at],
                                  getattr(tested.confidence, field.name)[rows]) for field in fields(Change)}  # fmt: skip
    return {**found, "q": np.where(of_set, tested.q_support[at], tested.q_confidence[rows])}


def _named(
    tested: Tested, rows: Ints, proven: Ints, snapshots: Snapshots, params: ChangeParams
) -> dict[str, list[str]]:
    """Each row's kind, its rule and both sides in words, and the rule it is unexpected against ('': none)."""
    labels = snapshots.before.labels
    kind = _kinds(tested, proven, len(labels), params.similar)
    sides = [_sides(tested.rules, row, labels) for row in rows.tolist()]
    against = [_sides(tested.rules, row, labels) if row >= 0 else () for row in kind.against[rows].tolist()]
    return {
        "kind": [kind.kind[row] for row in rows.tolist()],
        "rule": [ARROW.join(both) for both in sides],
        "antecedent": [both[0] for both in sides],
        "consequent": [both[1] for both in sides],
        "of": [ARROW.join(both) for both in against],
    }


def _rows(tested: Tested) -> tuple[Ints, Flags]:
    """Rules of the table's rows, and whether a row is about the support: at one rule of each set."""
    rules = tested.rules
    listed = np.flatnonzero(rules.is_before | rules.is_after)
    both = (rules.count_before + rules.count_after) / np.maximum(rules.if_before + rules.if_after, 1)
    by_confidence = listed[np.argsort(-both[listed], kind="stable")]
    leading = by_confidence[np.unique(tested.set_of[by_confidence], return_index=True)[1]]
    rows = np.concatenate([listed, leading])
    return rows, np.arange(len(rows)) >= len(listed)


def _kinds(tested: Tested, proven_rows: Ints, m: int, similar: float) -> kinds.Kinds:
    rules = tested.rules
    proven = np.zeros(len(rules), dtype=bool)
    proven[proven_rows] = True
    return kinds.kinds(rules.antecedent, rules.consequent, rules.is_before, rules.is_after, proven,
                       rules.count_before + rules.count_after, m=m, similar=similar)  # fmt: skip


def _sides(rules: Candidates, row: int, labels: list[str]) -> tuple[str, str]:
    antecedent, consequent = rules.antecedent[row].tolist(), rules.consequent[row].tolist()
    return ", ".join(labels[i] for i in antecedent if i >= 0), ", ".join(labels[i] for i in consequent if i >= 0)
