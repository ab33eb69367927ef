"""Sequences equal those found by trying everything, with gaps, spans and things done at the same time."""

import numpy as np
import pytest
from crmdesk_association.itemsets.miner import threshold
from crmdesk_association.sequences.histories import build
from crmdesk_association.sequences.prefixspan import Limits
from crmdesk_association.sequences.sequence_budget import mine
from crmdesk_association.transactions import Item
from hypothesis import given, settings
from hypothesis import strategies as st
from orders import Steps, by_trying, histories

from crmdesk.api import AnalysisError

ITEMS = 4
PERSON = st.dictionaries(st.integers(0, 25), st.sets(st.integers(0, ITEMS - 1), min_size=1), max_size=6)
PEOPLE = st.lists(PERSON.map(lambda held: sorted(held.items())), min_size=1, max_size=8)
LIMITS = st.builds(Limits, st.integers(0, 6), st.integers(1, 15), st.integers(1, 25))


@settings(max_examples=400, deadline=None)
@given(PEOPLE, LIMITS, st.integers(1, 3), st.integers(2, 3))
def test_mined_sequences_are_those_found_by_trying(
    people: list[Steps], limits: Limits, least: int, longest: int
) -> None:
    if any(people):
        found = mine(histories(people, ITEMS), least, limits, longest=longest)
        expected = by_trying(people, ITEMS, least, limits, longest)
        assert {sequence.steps: sequence.count for sequence in found} == {k: v[0] for k, v in expected.items()}
        assert {s.steps: pytest.approx(s.days) for s in found} == {k: v[1] for k, v in expected.items()}


@pytest.mark.parametrize("seed", range(40))
def test_larger_databases_and_longer_sequences(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people: list[Steps] = []
    for _ in range(30):
        days = np.sort(rng.choice(60, rng.integers(0, 9), replace=False))
        people.append([(int(d), set(rng.choice(3, rng.integers(1, 3), replace=False).tolist())) for d in days])
    limits = Limits(int(rng.integers(0, 8)), int(rng.integers(5, 40)), int(rng.integers(10, 70)))
    found = mine(histories(people, 3), 4, limits, longest=4)
    expected = by_trying(people, 3, 4, limits, 4)
    assert {s.steps: s.count for s in found} == {k: v[0] for k, v in expected.items()}
    assert len(found) >= 3


def test_an_occurrence_after_a_first_one_too_early_is_found() -> None:
    """A on day 0 and 50, B on day 60: with at most 20 days between, only the second A counts."""
    people: list[Steps] = [[(0, {0}), (50, {0}), (60, {1})]]
    found = {s.steps: s for s in mine(histories(people, 2), 1, Limits(1, 20, 100), longest=2)}
    assert found[((0,), (1,))].days == (10, 10, 10)


def test_close_events_become_one_step_never_longer_than_asked() -> None:
    owner, day, item = np.zeros(5, np.int64), np.array([0, 2, 4, 5, 9]), np.array([0, 1, 0, 1, 1])
    made = build(1, (Item("a", "A"), Item("b", "B")), owner, day, item, together=3)
    assert made.day.tolist() == [0, 4, 9]
    assert list(zip(made.step.tolist(), made.item.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1)]


def test_steps_of_two_customers_are_never_merged() -> None:
    owner, day, item = np.array([0, 1]), np.array([3, 4]), np.array([0, 0])
    assert build(2, (Item("a", "A"),), owner, day, item, together=31).owner.tolist() == [0, 1]


def test_too_many_sequences_are_refused_with_a_support_that_fits() -> None:
    rng = np.random.default_rng(3)
    people: list[Steps] = [[(d, {int(rng.integers(0, 20))}) for d in range(15)] for _ in range(200)]
    made = histories(people, 20)
    with pytest.raises(AnalysisError, match=r"more than 500, .* least support of") as told:
        mine(made, 2, Limits(), longest=3, most=500)
    share = float(str(told.value).split("least support of ")[1].split()[0])
    assert 0 < len(mine(made, threshold(share, 200), Limits(), longest=3, most=500)) <= 500
