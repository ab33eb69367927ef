"""The test of order: its arithmetic, its shuffles, what it finds and what it must not find."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from crmdesk_association import mine_sequences
from crmdesk_association.params import SequenceParams
from crmdesk_association.sequences import order_test
from crmdesk_association.sequences.direction import directions, moved
from crmdesk_association.sequences.order_test import count, judge
from crmdesk_association.sequences.poisson_binomial import exact_tail, upper_tails
from crmdesk_association.sequences.prefixspan import Limits, Pattern
from crmdesk_association.sequences.searched import searched
from crmdesk_association.sequences.sequence_budget import mine
from crmdesk_association.sequences.shuffles import Block, blocks, popcount, spans
from hypothesis import given, settings
from hypothesis import strategies as st
from order_frames import acts, holdings
from orders import Steps, candidates, histories, occurrences

from crmdesk.api import Rules
from crmdesk.jobs import Silent


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


def sequences(frame: pd.DataFrame, **given: object) -> pd.DataFrame:
    return mine_sequences.run(frame, SequenceParams(**given), Silent()).tables["sequences"]


@pytest.fixture(scope="module")
def planted() -> Rules:
    return mine_sequences.run(holdings(2_500, 4, together=True), SequenceParams(), Silent())


def test_a_planted_order_is_found_and_told(planted: Rules) -> None:
    best = planted.tables["sequences"].iloc[0]
    assert (best["steps"], best["shown"]) == ("Product A → Product B", True)
    assert best["count"] > 2 * best["expected"]
    assert best["q"] < 1e-6
    assert 20 < best["median_days"] < 45
    assert best["low"] < best["confidence"] < best["high"]
    assert "Product A → Product B" in planted.verdict
    assert best["text"].startswith(f"Of 100 customers with Product A, {int(100 * best['low'])} to ")


def two_orders() -> pd.DataFrame:
    """A before B and, of other products of the same people, P before Q."""
    one, other = holdings(1_500, 4), holdings(1_500, 9)
    other = other[other["product"].isin(["A", "B"])].astype({"product": str, "product_name": str})
    other[["product", "product_name"]] = other[["product", "product_name"]].replace({"A": "P", "B": "Q"})
    return pd.concat([one.astype({"product": str, "product_name": str}), other])


def test_orders_beyond_the_shown_ones_are_counted_too() -> None:
    result = mine_sequences.run(two_orders(), SequenceParams(top=1), Silent())
    table = result.tables["sequences"]
    assert (table["shown"].sum(), table["stands"].sum()) == (1, 2) == (
        result.metrics["sequences_shown"].value, result.metrics["sequences_standing"].value)  # fmt: skip
    assert "2 orders are no accident, the 1 furthest beyond chance is shown" in result.verdict
    drawn = result.figures["order"].data
    assert (drawn["customers"] % 1 == 0).all(), "half a customer is nobody"
    assert drawn["order"].tolist() == ["as it is", "by chance"] and drawn["steps"].nunique() == 1
    both = mine_sequences.run(two_orders(), SequenceParams(), Silent()).figures["order"].data
    assert both["order"].tolist() == 2 * ["as it is", "by chance"]


def test_things_taken_close_together_in_random_order_are_no_order(planted: Rules) -> None:
    table = planted.tables["sequences"].set_index("steps")
    for steps in ("Product C → Product D", "Product D → Product C"):
        assert table.loc[steps, "count"] > 1.2 * table.loc[steps, "expected"], "close, so more than shuffles give"
        assert not table.loc[steps, "shown"]


def test_a_longer_sequence_that_repeats_its_part_is_not_shown(planted: Rules) -> None:
    table = planted.tables["sequences"]
    shown = table[table["shown"]]
    assert shown["steps"].tolist() == ["Product A → Product B"]
    longer = table[table["steps"].str.contains("Product A → Product B") & (table["length"] > 2)]
    assert len(longer) > 0


def test_what_nearly_all_open_first_is_dropped_and_named(planted: Rules) -> None:
    items = planted.tables["items"].set_index("item")
    assert not items.loc["CUR", "used"]
    assert not planted.tables["sequences"]["steps"].str.contains("CUR").any()
    assert "Product CUR (100 %)" in planted.warnings[0]


def test_independent_products_have_no_order_in_nearly_every_seed() -> None:
    """Exchangeable days: a sequence is shown in at most 5 % of seeds; 2 of these 40 may be unlucky."""
    alarms = [int(sequences(holdings(800, seed, planted=False), shuffles=60)["shown"].sum()) for seed in range(40)]
    assert sum(found > 0 for found in alarms) <= 2, alarms


def test_the_p_of_shuffles_is_not_too_small_under_chance() -> None:
    """Of one pair over many seeds, at most about 5 % of p lie below .05, few shuffles or not (sign test apart)."""
    rng, p = np.random.default_rng(11), []
    for seed in range(150):
        people: list[Steps] = []
        for _ in range(120):
            days = np.sort(rng.choice(900, 5, replace=False)).tolist()
            people.append([(day, {int(item)}) for day, item in zip(days, rng.permutation(5), strict=True)])
        tally = count(histories(people, 5), [((0,), (1,))], Limits(1, 365, 730), 20, seed)
        p.append(float(upper_tails(tally.values, tally.cases, tally.counts)[0]))
    assert np.mean(np.array(p) < 0.05) < 0.11
    assert np.mean(np.array(p) < 0.5) < 0.62


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_what_was_searched_is_every_order_that_enough_customers_could_show(seed: int, again: bool) -> None:
    rng = np.random.default_rng(seed)
    people: list[Steps] = []
    for _ in range(60):
        left = list(rng.permutation(5)[: rng.integers(1, 5)])
        steps = [{left.pop() for _ in range(min(len(left), int(rng.integers(1, 3))))} for _ in range(3) if left]
        steps = [{int(item) for item in step} for step in steps]
        people.append([(30 * day, step) for day, step in enumerate([*steps, steps[0]] if again else steps)])
    database, limits = histories(people, 5), Limits(1, 100, 200)
    for least, longest in ((4, 2), (6, 3)):
        wanted = [steps for steps in candidates(5, longest) if len(steps) > 1 and least <= sum(
            all(any(set(step) <= held for _, held in person) for step in steps) for person in people)]  # fmt: skip
        if not again:
            wanted = [steps for steps in wanted if len({i for s in steps for i in s}) == sum(map(len, steps))]
        assert searched(database, mine(database, least, limits, longest=longest), least, longest) == len(wanted)


def test_a_high_least_support_does_not_pass_what_luck_brought_over_it() -> None:
    """Few orders reach it, each by luck; tested alone they would look like all there were (one seed in eight)."""
    rng, alarms = np.random.default_rng(5), 0
    for seed in range(24):
        held = np.argsort(rng.random((600, 12)), axis=1)[:, :3]
        who = np.repeat(np.arange(1, 601), 3)
        frame = pd.DataFrame({"opened_s": rng.integers(0, 2_000, who.size) * 86_400.0, "closed_s": np.nan,
                              "product": held.ravel().astype(str), "family": "f"}, index=who)  # fmt: skip
        alarms += int(sequences(frame, shuffles=60, seed=seed, min_support=0.037, max_gap_days=3_000,
                                max_span_days=3_000, max_length=2)["shown"].any())  # fmt: skip
    assert alarms <= 1


def test_a_chain_stands_beside_its_parts() -> None:
    """A, then B, then C, each soon after the other, adds to A then B."""
    rng = np.random.default_rng(2)
    people: list[Steps] = []
    for _ in range(600):
        day = dict(zip(rng.choice(1_500, 5, replace=False).tolist(), range(5), strict=True))
        if rng.random() < 0.4:
            first = int(rng.integers(0, 1_400))
            day = {first: 0, first + 20: 1, first + 45: 2} | {int(d): 3 for d in rng.choice(1_500, 2)}
        people.append([(d, {day[d]}) for d in sorted(day)])
    patterns: list[Pattern] = [((0,), (1,)), ((1,), (2,)), ((0,), (2,)), ((0,), (1,), (2,)), ((0,), (1,), (3,)),
                               ((0,), (1,), (4,)), ((3,), (0,), (1,))]  # fmt: skip
    judged = judge(histories(people, 5), patterns, Limits(1, 365, 730), shuffles=100, seed=1, fdr=0.05)
    assert judged.shown.tolist() == [True, True, True, True, False, False, False]
    assert judged.part_q[3] < 0.05


def test_rearranged_sequences_are_asked_about() -> None:
    assert moved(((0,), (1,), (2,))) == [((1,), (0,), (2,)), ((1,), (2,), (0,)), ((0,), (2,), (1,)), ((2,), (0,), (1,))]
    assert moved(((0,), (0,))) == []
    people: list[Steps] = [[(0, {0}), (5, {1})]] * 9 + [[(0, {1}), (5, {0})]] + [[(0, {0, 1})]]
    p = directions(histories(people, 2), [((0,), (1,)), ((1,), (0,)), ((0,), (0,))], Limits())
    assert p.tolist() == pytest.approx([11 / 1024, 1023 / 1024, 1.0])


def test_repeated_acts_are_tested_and_the_banks_own_postings_left_out() -> None:
    result = mine_sequences.run(
        acts(500, 3), SequenceParams(events="acts", max_gap_days=7, max_length=2, shuffles=70), Silent()
    )
    table = result.tables["sequences"]
    assert table.iloc[0]["steps"] == "call centre: transfer problem → branch: inquiry"
    assert table["shown"].sum() == 1
    assert not any("system" in label for label in result.tables["items"]["label"])


def test_where_all_is_too_much_one_sample_chooses_and_the_others_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_test, "WORK", 150_000)
    result = mine_sequences.run(holdings(2_500, 4), SequenceParams(shuffles=100), Silent())
    table = result.tables["sequences"]
    assert table.iloc[0]["steps"] == "Product A → Product B"
    assert table["shown"].sum() == 1
    assert 0 < table["p"].notna().sum() < len(table)
    assert result.metrics["tested_customers"].value < 2_500
    assert "drawn at random" in result.warnings[-1]
    every = sequences(holdings(2_500, 4), shuffles=100).set_index("steps")["expected"]
    assert table["expected"].iloc[0] == pytest.approx(every[table["steps"].iloc[0]], rel=0.3)
