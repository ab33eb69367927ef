"""What is a rule's own change: its sides together against what items, or a shorter rule, did by themselves."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from change_planted import DAY, NOW, baskets, compared, people_twice
from crmdesk_association import mine_change
from crmdesk_association.change import own_change, snapshots
from crmdesk_association.change.overlap import sums
from crmdesk_association.change.rule_change import compare
from crmdesk_association.itemsets import bits
from crmdesk_association.params import ChangeParams

from crmdesk.jobs import Silent

WHO = {"strangers": (0, 0.0), "the same people": (1500, 0.8), "half of them": (750, 0.8)}


def shown_and_passed(before: np.ndarray, after: np.ndarray) -> tuple[set[str], set[str], pd.DataFrame]:
    table = compared(baskets(before), baskets(after), ChangeParams(min_support=0.02), strangers=True)
    return set(table["rule"][table["shown"]]), set(table["rule"][table["passed"]]), table


def test_what_grows_altogether_is_no_change_of_its_rules() -> None:
    """Item 0 doubles for everybody, whatever else they hold: its rules pass their test and are not shown."""
    rng = np.random.default_rng(21)
    days = [rng.random((6000, 5)) < np.array([share, 0.3, 0.3, 0.4, 0.2]) for share in (0.2, 0.4)]
    shown, passed, table = shown_and_passed(*days)
    assert {"item 1 → item 0", "item 3 → item 0", "item 1, item 3 → item 0"} <= passed and not shown
    why = table.set_index(["rule", "measure"])["explained_by"]
    assert why["item 1 → item 0", "confidence"] == "item 0"


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("way", ["taken up", "given up"])
def test_own_changes_keep_their_size_where_a_product_alone_changes(who: str, way: str) -> None:
    """b is taken up, or given up, by everybody with the same chance: what goes with it stays what it was."""
    shared, stay = WHO[who]
    pairs = 400
    before, after = people_twice(1500, shared, stay, (0.3, 0.5, 0.3), 1.0, pairs, seed=13)
    grid, rng = np.array(bits.unpack(after.bits, after.n)), np.random.default_rng(14)
    luck = rng.random((after.n, pairs)) < 0.3
    grid[:, 1::2] = grid[:, 1::2] | luck if way == "taken up" else grid[:, 1::2] & ~luck
    both = snapshots.pair(before, baskets(grid, after.owners))
    a, b = np.arange(2 * pairs, dtype=np.int32).reshape(2, pairs, 1, order="F")
    score = own_change.together(both, a, b)
    assert float((np.abs(score) > 1.96).mean()) <= 0.065
    differences = compare(sums(both, np.hstack([a, b]), a), exact=True)
    assert float((differences.p < 0.05).mean()) > 0.9
    grown = snapshots.pair(*people_twice(1500, shared, stay, (0.3, 0.4, 0.3), 1.5, pairs, seed=15))
    assert float((own_change.together(grown, a, b) > 1.96).mean()) > 0.8


def test_own_changes_count_persons_not_baskets() -> None:
    """Each basket eight times over says no more than once; as baskets of strangers it would."""
    before, after = people_twice(600, 300, 0.8, (0.4, 0.5, 0.3), 1.2, 40, seed=16)
    a, b = np.arange(80, dtype=np.int32).reshape(2, 40, 1, order="F")
    once = own_change.together(snapshots.pair(before, after), a, b)
    many = [
        baskets(np.repeat(bits.unpack(day.bits, day.n), 8, axis=0), np.repeat(day.owners, 8)) for day in (before, after)
    ]
    copied = own_change.together(snapshots.pair(*many), a, b)
    assert np.abs(copied).max() < np.abs(once).max() + 0.5  # the correction for continuity is smaller
    blind = [replace(day, owners=np.arange(day.n) + at * 9_000) for at, day in enumerate(many)]
    assert np.abs(own_change.together(snapshots.pair(*blind), a, b)).max() > 1.5 * np.abs(copied).max()


def test_base_and_lift_are_those_of_counting_by_hand() -> None:
    rng = np.random.default_rng(31)
    days = [rng.random((900, 4)) < share for share in ([0.3, 0.4, 0.2, 0.5], [0.4, 0.4, 0.3, 0.5])]
    table = compared(*map(baskets, days), ChangeParams(min_support=0.02), strangers=True)
    row = table.set_index(["rule", "measure"]).loc[("item 1, item 3 → item 0", "confidence")]
    for day, word in zip(days, ("before", "after"), strict=True):
        base = day[:, 0].mean()
        assert row[f"base_{word}"] == pytest.approx(base)
        assert row[f"lift_{word}"] == pytest.approx(day[day[:, 1] & day[:, 3], 0].mean() / base)


def test_what_grew_less_than_its_parts_is_not_told_as_grown() -> None:
    """A card spreads among everybody; those with item 1, who had it more often, gain most points of all no more."""
    rng = np.random.default_rng(32)
    days = []
    for base, share in ((0.25, 0.40), (0.50, 0.52)):
        held = rng.random((9000, 4)) < 0.3
        held[:, 0] = rng.random(9000) < np.where(held[:, 1], share, base)
        days.append(held)
    _, _, table = shown_and_passed(*days)
    row = table.set_index(["rule", "measure"]).loc[("item 1 → item 0", "confidence")]
    assert row["passed"] and row["difference"] > 0.08 and row["lift_after"] < row["lift_before"]
    assert not row["shown"] and row["explained_by"] == "item 0" and row["kind"] == "grown"
    told = table[table["shown"]]
    assert (((told["lift_after"] - told["lift_before"]) * told["difference"]) > 0).all()


def test_what_changed_altogether_is_not_called_nothing() -> None:
    rng = np.random.default_rng(22)
    rows = []
    for customer, opened in enumerate(rng.random((2_000, 6)) < [0.2, 0.3, 0.3, 0.4, 0.2, 1]):
        late = int(not opened[0] and rng.random() < 0.3)
        rows += [(customer, NOW - 900 * DAY, f"P{i}") for i in np.flatnonzero(opened)]
        rows += [(customer, NOW - 30 * DAY, "P0")] * late
    frame = pd.DataFrame(rows, columns=["customer", "opened_s", "product"]).set_index("customer")
    params = ChangeParams(as_of="2024-06-30", min_support=0.02, attributes="stage")
    result = mine_change.run(frame.assign(closed_s=np.nan, family="f"), params, Silent())
    assert not result.tables["changes"]["shown"].any() and result.tables["changes"]["passed"].any()
    assert result.verdict.startswith("No rule changed beyond what its single items did; what changed most: P0 20 % → 4")
    items = result.tables["items"].set_index("item")
    assert items["changed"].sum() == 1 == result.metrics["items_changed"].value and items.loc["P0", "low"] > 0.2
    assert any("nothing proves that they are more than what a shorter rule" in note for note in result.warnings)
    assert "about stage in this bank" in result.warnings[-1], "what matters least comes last"


def test_a_change_is_not_hidden_behind_a_shorter_rule_that_did_not_change() -> None:
    """Item 2 grows among those with items 0 and 1 alone: where a rule to it is proven to change itself, one is told."""
    told = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        days = []
        for share in (0.3, 0.45):
            held = rng.random((4_000, 6)) < [0.3, 0.3, 0.2, 0.2, 0.2, 0.2]
            held[:, 2] = rng.random(4_000) < np.where(held[:, 0] & held[:, 1], share, 0.2)
            days.append(held)
        shown, _, table = shown_and_passed(*days)
        own = set(table["rule"][table["q_own"] < 0.05])
        rules = {"item 0, item 1 → item 2", "item 0 → item 2", "item 1 → item 2"}
        assert bool(shown & rules) == bool(own & rules)
        told += bool(shown & rules)
    assert told >= 5


def test_longer_rules_follow_the_shorter_one_that_changed() -> None:
    """Item 0 doubles among those with item 1 alone."""
    rng = np.random.default_rng(24)
    days = []
    for share in (0.2, 0.4):
        held = rng.random((8000, 5)) < 0.35
        held[:, 0] = rng.random(8000) < np.where(held[:, 1], share, 0.2)
        days.append(held)
    shown, passed, table = shown_and_passed(*days)
    assert "item 1 → item 0" in shown and "item 1, item 2 → item 0" in passed
    assert not any("," in rule for rule in shown)
    why = table.set_index(["rule", "measure"])["explained_by"]
    assert why["item 1, item 2 → item 0", "confidence"] == "item 1 → item 0"
