"""The table of changes: every compared rule with its kind, its tested difference and a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.change import change_words, kinds
from crmdesk_association.change.candidates import Candidates
from crmdesk_association.change.change_words import Periods
from crmdesk_association.change.explained import ALTOGETHER, NOTHING, explained
from crmdesk_association.change.rule_change import Change
from crmdesk_association.change.snapshots import Snapshots
from crmdesk_association.change.tested import Tested
from crmdesk_association.itemsets.lattice import lattice
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
           "baskets_before", "baskets_after", "before", "after", "difference", "low", "high", "base_before",
           "base_after", "lift_before", "lift_after", "p", "q", "q_own", "passed", "explained_by", "shown", "text",
           "of")  # fmt: skip


def table(
    tested: Tested, snapshots: Snapshots, params: ChangeParams, when: Periods, step: Step = lambda f: None
) -> pd.DataFrame:
    """One row per measure of each rule that was one in either snapshot; COLUMNS; shown rows first, by p.

    A support stands at the rule of its set with the highest confidence, so that it stands there once. `passed`: q
    below `params.fdr` and an interval without 0. `q_own`, of rows that passed: the q of the rule's own change, of its
    sides going together more or less than what each did by itself makes them. `explained_by`: the shorter rule, or
    the items, whose change it only follows. `shown`: passed, q_own below `params.fdr`, explained by nothing, and among
    the `params.top` smallest p of such rows. `base_before`, `base_after`: the consequent's share of all baskets; the
    lift is the confidence over it.
    """
    import pandas as pd

    rows, of_set = _rows(tested)
    values = _values(tested, rows, of_set)
    passed = _stands(values, params.fdr)
    mine = passed & (values["q_own"] < params.fdr)
    why = np.full(len(rows), NOTHING, dtype=np.int64)
    changed = np.isin(np.arange(len(tested.rules)), rows[mine])
    why[passed] = explained(tested.rules, changed, rows[passed], of_set[passed], mine[passed],
                            *(values[name][passed] for name in ("difference", "low", "high")),
                            (snapshots.before.n, snapshots.after.n))  # fmt: skip
    own = mine & (why == NOTHING)
    known = {name: np.nan_to_num(values[name], nan=2.0) for name in ("p", "difference")}
    order = np.lexsort((rows, of_set, -np.abs(known["difference"]), known["p"], ~passed, ~own))
    rows, of_set, own, why = rows[order], of_set[order], own[order], why[order]
    values = {name: column[order] for name, column in values.items()}
    sides = [_sides(tested.rules, row, snapshots.items) for row in rows.tolist()]
    step(0.2)
    shares = side_shares(tested.rules, rows, (snapshots.before.n, snapshots.after.n))
    columns: dict[str, Any] = {
        "change": np.arange(1, len(rows) + 1),
        **_named(tested.rules, rows, own, sides, params.similar, snapshots.items),
        "measure": np.where(of_set, "support", "confidence").astype(object),
        "count_before": tested.rules.count_before[rows],
        "count_after": tested.rules.count_after[rows],
        "baskets_before": np.where(of_set, snapshots.before.n, tested.rules.if_before[rows]),
        "baskets_after": np.where(of_set, snapshots.after.n, tested.rules.if_after[rows]),
        **values,
        **{f"base_{word}": shares[f"second_{word}"] for word in ("before", "after")},
        **{f"lift_{word}": shares[f"lift_{word}"] for word in ("before", "after")},
        "passed": passed[order],
        "explained_by": [_explanation(*both, *how) for both, *how in
                         zip(sides, why.tolist(), of_set.tolist(), strict=True)],
        "shown": own & (np.arange(len(rows)) < params.top),
    }  # fmt: skip
    columns["kind"] = kinds.directed(columns["kind"], values["difference"])
    step(0.4)
    columns["text"] = _texts(columns, sides, shares, when, lambda f: step(0.4 + 0.6 * f))
    return pd.DataFrame({name: columns[name] for name in COLUMNS})


def _texts(
    columns: dict[str, Any], sides: list[Sides], shares: dict[str, Floats], when: Periods, step: Step
) -> list[str]:  # fmt: skip
    """A sentence for each row."""
    numbers = zip(*(columns[name].tolist() for name in ("measure", "before", "after", "low", "high")), strict=True)
    bases = zip(*(shares[f"{side}_{word}"].tolist() for side in ("first", "second") for word in ("before", "after")),
                strict=True)  # fmt: skip
    texts: list[str] = []
    for side, told, base in zip(sides, numbers, bases, strict=True):
        if not len(texts) % 2000:
            step(len(texts) / len(sides))
        texts.append(change_words.sentence(*side, *told, when, (base[:2], base[2:])))
    return texts


def side_shares(rules: Candidates, rows: Ints, sizes: tuple[int, int]) -> dict[str, Floats]:
    """Shares of all baskets with each side of rules, `first_before` and so on, and `lift_before`, `lift_after` (r).

    The lift is NaN where a side is met in no basket of a snapshot.
    """
    then = lattice(rules.sets).find(rules.consequent[rows])
    found: dict[str, Floats] = {}
    for word, n in zip(("before", "after"), sizes, strict=True):
        both, first = (getattr(rules, f"{name}_{word}")[rows] for name in ("count", "if"))
        second = getattr(rules, f"sets_{word}")[then]
        expected = first / n * second
        found[f"first_{word}"], found[f"second_{word}"] = first / n, second / n
        found[f"lift_{word}"] = np.divide(both, expected, out=np.full(len(rows), np.nan), where=expected > 0)
    return found


def _stands(values: dict[str, Floats], fdr: float) -> Flags:
    return np.asarray((values["q"] < fdr) & ((values["low"] > 0) | (values["high"] < 0)))


def _values(tested: Tested, rows: Ints, of_set: Flags) -> dict[str, Floats]:
    """The tested figures of each row: of its set's support, or of its rule's confidence."""
    at = tested.set_of[rows]
    names = [field.name for field in fields(Change)]
    found = {name: np.where(of_set, getattr(tested.support, name)[at], getattr(tested.confidence, name)[rows])
             for name in names}  # fmt: skip
    return {**found, "q": np.where(of_set, tested.q_support[at], tested.q_confidence[rows]),
            "q_own": np.where(of_set, tested.own_support[at], tested.own_confidence[rows])}  # fmt: skip


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
    listed = tested.rules.is_before | tested.rules.is_after
    leading = tested.leading[listed[tested.leading]]
    rows = np.concatenate([np.flatnonzero(listed), leading])
    return rows, np.arange(len(rows)) >= int(listed.sum())


def _kinds(rules: Candidates, proven_rows: Ints, m: int, similar: float) -> kinds.Kinds:
    proven = np.zeros(len(rules), dtype=bool)
    proven[proven_rows] = True
    return kinds.kinds(rules.antecedent, rules.consequent, rules.is_before, rules.is_after, proven,
                       rules.count_before + rules.count_after, m=m, similar=similar)  # fmt: skip


def _sides(rules: Candidates, row: int, items: tuple[Item, ...]) -> Sides:
    """The items before and after the arrow of one rule."""
    antecedent, consequent = rules.antecedent[row].tolist(), rules.consequent[row].tolist()
    return [items[i] for i in antecedent if i >= 0], [items[i] for i in consequent if i >= 0]
