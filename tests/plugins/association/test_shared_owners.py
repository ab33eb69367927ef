"""Rules of baskets that share their owners: counts, tests and intervals that go by owners."""

from dataclasses import replace

import numpy as np
import pytest
from crmdesk_association.itemsets.lattice import lattice
from crmdesk_association.params import RulesParams
from crmdesk_association.rules.rules import generate
from crmdesk_association.rules.rules_table import rules_table
from crmdesk_association.rules.shared import Shared, intervals
from crmdesk_association.transactions import Baskets
from numpy.typing import NDArray
from rule_cases import Held, baskets_of, count, mined

ATTRIBUTES = tuple(range(6))


def bank(customers: int, seed: int, *, linked: bool = False) -> tuple[Held, NDArray[np.int64]]:
    """Days of customers (n, 11) and whose they are: six traits of the customer, five acts at rates of his own.

    Nothing has to do with anything else, save that, where `linked`, the first act often brings the second with it.
    """
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(customers), rng.geometric(1 / 20, customers))
    traits = rng.random((customers, len(ATTRIBUTES))) < rng.uniform(0.1, 0.5, len(ATTRIBUTES))
    rates = rng.beta(0.5, 1.5, (customers, 5))
    acts = rng.random((len(owner), 5)) < rates[owner]
    acts[:, 1] |= linked & acts[:, 0] & (rng.random(len(owner)) < 0.4)
    return np.column_stack([traits[owner], acts]), owner


def owned(held: Held, owner: NDArray[np.int64]) -> Baskets:
    return replace(baskets_of(held, attributes=ATTRIBUTES), owners=owner + 100)


@pytest.mark.parametrize("seed", range(4))
def test_counts_by_owner_are_those_of_his_baskets(seed: int) -> None:
    held, owner = bank(37, seed)
    shared, tree = Shared.of(owned(held, owner)), lattice(mined(held, 20))
    assert shared is not None
    for place in range(tree.empty + 1):
        items = [i for i in tree.members[place].tolist() if i >= 0] if place < tree.empty else []
        expected = np.bincount(owner[held[:, items].all(axis=1)], minlength=37)
        assert shared.counts(tree, np.array([place]))[0].tolist() == expected.tolist()


def test_owners_with_one_basket_each_need_no_other_test_and_scattered_ones_are_refused() -> None:
    held, owner = bank(12, 1)
    assert Shared.of(baskets_of(held)) is None
    with pytest.raises(ValueError, match="lie together"):
        Shared.of(owned(held, np.roll(owner, 1)))


def test_habits_of_customers_are_no_rules_in_nineteen_of_twenty() -> None:
    """Taken as baskets of strangers, days of 250 customers give rules in every bank."""
    params = RulesParams(min_support=0.02, max_length=3)
    by_owner = strangers = 0
    for seed in range(20):
        held, owner = bank(250, seed)
        found = mined(held, len(held) // 50, 3)
        by_owner += int(rules_table(owned(held, owner), found, params)["shown"].any())
        strangers += int(rules_table(baskets_of(held, attributes=ATTRIBUTES), found, params)["shown"].any())
    assert by_owner <= 1
    assert strangers >= 15


def test_what_goes_together_on_the_same_day_is_found() -> None:
    held, owner = bank(250, 3, linked=True)
    table = rules_table(owned(held, owner), mined(held, len(held) // 50, 3), RulesParams(min_support=0.02))
    shown = table[table["shown"]]
    assert set(zip(shown["antecedent_keys"], shown["consequent_keys"], strict=True)) == {
        ('["key 6"]', '["key 7"]'), ('["key 7"]', '["key 6"]')
    }  # fmt: skip


def test_intervals_hold_the_true_share_of_the_customers_days() -> None:
    """A trait says nothing, so the share of its days with an act is the share of all: 1 in 4."""
    inside = narrow = 0
    for seed in range(100):
        held, owner = bank(200, seed)
        baskets, found = owned(held, owner), mined(held, 1, 2)
        rules = generate(found, baskets.sellable, 0.0)
        row = next(r for r in range(len(rules)) if (rules.antecedent[r, 0], rules.consequent[r, 0]) == (0, 8))
        assert rules.count[row] == count(held, [0, 8])
        shared = Shared.of(baskets)
        assert shared is not None
        low, high = intervals(shared, lattice(found), rules.take(np.array([row])))
        inside += int(low[0] <= 0.25 <= high[0])
        narrow += int(abs(rules.count[row] / rules.antecedent_count[row] - 0.25) < 0.01)
    assert inside >= 88
    assert narrow < 50  # the interval has something to hold
