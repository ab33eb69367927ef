"""The test of order: its arithmetic, its shuffles, what it finds and what it must not find."""

from itertools import permutations

import numpy as np
import pytest
from crmdesk_association.poisson_binomial import exact_tail, upper_tails
from crmdesk_association.prefixspan import Limits, Pattern
from crmdesk_association.shuffles import Block, blocks, popcount, spans
from hypothesis import given, settings
from hypothesis import strategies as st
from orders import Steps, candidates, histories, occurrences


@pytest.mark.parametrize("seed", range(8))
def test_the_saddlepoint_tail_is_close_to_the_exact_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.append(rng.beta(0.5, 1.0 + seed, 30).clip(1e-4, 0.999), [0.0, 1.0])
    cases = rng.integers(0, 20, (1, 32))
    chances = np.repeat(values, cases[0])
    mean, spread = chances.sum(), np.sqrt((chances * (1 - chances)).sum())
    for z in (-2, 0, 0.05, 1, 2, 4, 6):
        count = round(mean + z * spread)
        exact = exact_tail(chances, count)
        assert upper_tails(values, cases, np.array([count]))[0] == pytest.approx(exact, rel=0.02, abs=1e-14), z


def test_few_cases_are_summed_exactly() -> None:
    values, cases = np.array([0.0, 0.25, 0.5, 1.0]), np.array([[3, 1, 1, 2]] * 5)
    tails = upper_tails(values, cases, np.array([2, 3, 4, 5, 0]))
    assert tails.tolist() == pytest.approx([1.0, 1 - 0.375, 0.125, 0.0, 1.0])


def shown_by(block: Block, pattern: Pattern) -> np.ndarray:
    """(customers, arrangements) as bools."""
    words = block.hits(pattern)
    bits = np.unpackbits(np.ascontiguousarray(words.T).view(np.uint8), axis=1, bitorder="little")
    return bits[:, : block.arrangements].astype(bool)


PERSON = st.dictionaries(st.integers(0, 30), st.sets(st.integers(0, 2), min_size=1), min_size=1, max_size=5)
PEOPLE = st.lists(PERSON.map(lambda held: sorted(held.items())), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(PEOPLE, st.builds(Limits, st.integers(0, 5), st.integers(1, 20), st.integers(1, 30)))
def test_bits_of_the_observed_order_are_the_occurrences(people: list[Steps], limits: Limits) -> None:
    (block,) = blocks(histories(people, 3), limits, 70, 5, spanning=False)
    for pattern in candidates(3, 3):
        expected = [bool(occurrences(steps, pattern, limits)) for steps in people]
        assert shown_by(block, pattern)[:, 0].tolist() == expected


@pytest.mark.parametrize("span", [700, 25])
def test_shuffles_show_a_sequence_as_often_as_all_permutations(span: int) -> None:
    """The share of shuffles equals that of all orders of what happened; the days stay where they are."""
    steps: Steps = [(0, {0}), (9, {1}), (14, {2, 0}), (30, {1}), (38, {2})]
    limits = Limits(2, 22, span)
    (block,) = blocks(histories([steps, steps], 3), limits, 4_000, 3, spanning=True)
    for pattern in [((0,), (1,)), ((0, 2), (1,)), ((0,), (1,), (2,)), ((1,), (1,), (0,)), ((0,), (2,), (1,))]:
        orders = [[(day, held) for (day, _), held in zip(steps, moved, strict=True)]
                  for moved in permutations([held for _, held in steps])]  # fmt: skip
        chance = np.mean([bool(occurrences(order, pattern, limits)) for order in orders])
        shares = popcount(block.hits(pattern)) / block.arrangements
        assert shares == pytest.approx([chance, chance], abs=0.03), pattern
        assert spans(pattern, limits) == (span == 25 and len(pattern) == 3)


def test_blocks_hold_every_customer_once() -> None:
    rng = np.random.default_rng(1)
    people: list[Steps] = [[(d, {int(rng.integers(0, 3))}) for d in range(int(rng.integers(0, 9)))] for _ in range(900)]
    made = histories(people, 3)
    found = list(blocks(made, Limits(), 3_000, 5, spanning=True))
    assert len(found) > 3
    assert sum(len(block.owner) for block in found) == len(made.owner)
    assert sum(len(block.begin) for block in found) == sum(bool(steps) for steps in people)
