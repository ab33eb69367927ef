"""Rules on whole numbers against plain counting; measures against mlxtend and the textbook."""

from typing import Any

import numpy as np
import pytest
from crmdesk_association.itemsets import itemsets
from crmdesk_association.itemsets.lattice import lattice
from crmdesk_association.rules import rules
from crmdesk_association.rules.measures import measures
from crmdesk_association.rules.rules import RuleSet, confident, generate
from crmdesk_association.transactions import Itemsets
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_cases import brute, count, mined, told

from crmdesk.api import AnalysisError, Cancelled


@st.composite
def databases(draw: st.DrawFn) -> Any:
    n, m = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    rows = draw(st.lists(st.lists(st.booleans(), min_size=m, max_size=m), min_size=n, max_size=n))
    return np.array(rows, dtype=bool).reshape(n, m)


@settings(max_examples=150, deadline=None)
@given(held=databases(), least=st.integers(1, 3), confidence=st.sampled_from(["0", "0.25", "0.3", "0.6", "0.8", "1"]),
       single=st.booleans(), sold=st.integers(0, 63))  # fmt: skip
def test_rules_equal_plain_counting(held: Any, least: int, confidence: str, single: bool, sold: int) -> None:
    sellable = [bool(sold >> i & 1) for i in range(held.shape[1])]
    found = generate(mined(held, least), np.array(sellable), float(confidence), single)
    rows = told(found)
    assert len(rows) == len(set(rows))
    assert set(rows) == brute(held, least, confidence, sellable, single)


def test_a_rule_that_lies_on_the_threshold_is_kept() -> None:
    size = np.arange(5, 5000, 5)
    assert confident(size * 4 // 5, size, 0.8).all()
    assert not confident(size * 4 // 5 - 1, size, 0.8).any()
    third = np.array([1, 333_333_333, 333_333_334])
    # So fine a share does not fit 64 bits beside the counts.
    assert confident(third, np.array([3, 10**9, 10**9]), 0.333333333333333333).tolist() == [True, False, True]
    assert confident(third, np.array([3, 10**9, 10**9]), 0.33333333333333337).tolist() == [False, False, True]


def test_order_is_by_whole_set_then_consequent() -> None:
    held = np.random.default_rng(3).random((60, 5)) < 0.5
    found = generate(mined(held, 2), np.ones(5, dtype=bool), 0.0, single=False)
    keys = []
    for before, after in zip(found.antecedent.tolist(), found.consequent.tolist(), strict=True):
        left, right = [i for i in before if i >= 0], [i for i in after if i >= 0]
        keys.append((len(left + right), sorted(left + right), len(right), right))
    assert keys == sorted(keys)
    assert len(keys) == len(brute(held, 2, "0", [True] * 5, False))


def test_every_subset_is_found_and_nothing_else() -> None:
    held = np.random.default_rng(5).random((80, 6)) < 0.45
    found = mined(held, 4)
    tree = lattice(found)
    assert tree.find(found.members).tolist() == list(range(len(found)))
    for z in range(len(found)):
        for i in range(int(found.length[z])):
            rest = [x for x in found.members[z].tolist() if x >= 0]
            del rest[i]
            assert tree.counts[tree.smaller[z, i]] == count(held, rest)
    strange = np.array([[-1, -1], [7, -1], [0, 9], [9, 10]], dtype=np.int32)
    assert tree.find(strange).tolist() == [tree.empty, -1, -1, -1]
    too_long = np.array([[0, 1, 2, 3, 4, 5]], dtype=np.int32)
    assert tree.find(too_long).tolist() == [-1]


def test_closed_sets_are_refused_because_their_subsets_are_missing() -> None:
    held = np.zeros((10, 3), dtype=bool)
    held[:6, :2] = True
    held[4:, 2] = True
    found = mined(held)
    keep = itemsets.closed(found)
    thin = Itemsets(found.n, found.members[keep], found.length[keep], found.counts[keep])
    with pytest.raises(ValueError, match="all frequent itemsets"):
        generate(thin, np.ones(3, dtype=bool), 0.1)


def test_without_itemsets_there_are_no_rules() -> None:
    held = np.zeros((4, 3), dtype=bool)
    nothing = generate(mined(held), np.ones(3, dtype=bool), 0.1)
    assert len(nothing) == 0
    assert {len(values) for values in measures(nothing).values()} == {0}
    held[:, 1] = True  # one item alone makes no rule
    assert len(generate(mined(held), np.ones(3, dtype=bool), 0.0)) == 0


def test_too_many_splits_are_refused_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    found = mined(np.ones((3, 8), dtype=bool))
    monkeypatch.setattr(rules, "MOST_SPLITS", 2_000)
    with pytest.raises(AnalysisError, match="one item after the arrow"):
        generate(found, np.ones(8, dtype=bool), 0.0, single=False)
    assert len(generate(found, np.ones(8, dtype=bool), 0.0, single=True)) == 8 * (2**7 - 1)


def test_a_cancel_is_felt() -> None:
    def stop(fraction: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        generate(mined(np.ones((3, 4), dtype=bool)), np.ones(4, dtype=bool), 0.0, step=stop)


def test_measures_equal_mlxtends() -> None:
    from mlxtend.frequent_patterns import association_rules

    held = np.random.default_rng(11).random((400, 7)) < np.linspace(0.2, 0.7, 7)
    held[:, 3] |= held[:, 1]  # a rule that never fails
    found = mined(held, 8)
    ours = generate(found, np.ones(7, dtype=bool), 0.0, single=False)
    frame = itemsets.frame(found, [f"item {i}" for i in range(7)])
    theirs = association_rules(frame, metric="confidence", min_threshold=0.0)
    sides = zip(ours.antecedent.tolist(), ours.consequent.tolist(), strict=True)
    mine = {tuple(frozenset(f"item {i}" for i in side if i >= 0) for side in both): row
            for row, both in enumerate(sides)}  # fmt: skip
    at = [mine[both] for both in zip(theirs["antecedents"], theirs["consequents"], strict=True)]
    assert sorted(at) == list(range(len(ours)))
    strength = measures(ours)
    for name in ("support", "confidence", "lift", "leverage", "kulczynski"):
        assert np.allclose(strength[name][at], theirs[name], rtol=1e-9, atol=1e-12), name
    always = np.isinf(theirs["conviction"].to_numpy())
    assert always.any()
    assert np.isnan(strength["conviction"][at][always]).all()
    assert np.allclose(strength["conviction"][at][~always], theirs["conviction"][~always])


def test_phi_is_the_correlation_and_imbalance_is_of_the_sides() -> None:
    held = np.random.default_rng(2).random((300, 2)) < [0.3, 0.5]
    held[:, 1] |= held[:, 0] & (np.arange(300) % 3 > 0)
    rule = generate(mined(held), np.ones(2, dtype=bool), 0.0)
    strength = measures(rule)
    assert strength["phi"] == pytest.approx(np.corrcoef(held.T.astype(float))[0, 1])
    a, c, either = held[:, 0].sum(), held[:, 1].sum(), held.any(axis=1).sum()
    assert strength["imbalance"] == pytest.approx(abs(int(a) - int(c)) / either)
    assert (strength["low"] < strength["confidence"]).all()
    assert (strength["confidence"] < strength["high"]).all()


def test_what_has_no_value_is_nan_and_never_infinite() -> None:
    def one(n: int, both: int, a: int, c: int) -> dict[str, float]:
        sides = np.zeros((1, 1), dtype=np.int32), np.ones((1, 1), dtype=np.int32)
        made = RuleSet(n, *sides, *(np.array([x]) for x in (both, a, c)), np.zeros((1, 3), dtype=np.int64))
        return {name: float(values[0]) for name, values in measures(made).items()}

    never_fails = one(10, 4, 4, 5)
    assert np.isnan(never_fails["conviction"])
    assert never_fails["high"] == 1.0
    everybody = one(10, 5, 10, 5)
    assert np.isnan(everybody["phi"])
    assert (everybody["lift"], everybody["leverage"]) == (1.0, 0.0)
    unheard_of = one(10, 0, 0, 5)  # counted again in another snapshot
    assert np.isnan(unheard_of["confidence"])
    assert (unheard_of["support"], unheard_of["leverage"]) == (0.0, 0.0)
    assert not any(np.isinf(x) for case in (never_fails, everybody, unheard_of) for x in case.values())
