"""Rules of the Groceries data: the counts that everybody gets, the four that floats lose, and silence without rules."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from crmdesk_association.itemsets import itemsets
from crmdesk_association.itemsets.miner import threshold
from crmdesk_association.params import RulesParams
from crmdesk_association.rules.rules import generate
from crmdesk_association.rules.rules_table import rules_table
from crmdesk_association.rules.significance import judge, searched
from crmdesk_association.transactions import Itemsets
from rule_cases import Held, baskets_of, mined


@lru_cache(maxsize=1)
def read(file: Path) -> tuple[Held, tuple[str, ...]]:
    lines = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines() if line]
    names = sorted({name for line in lines for name in line})
    place = {name: i for i, name in enumerate(names)}
    held = np.zeros((len(lines), len(names)), dtype=bool)
    for row, line in enumerate(lines):
        held[row, [place[name] for name in line]] = True
    return held, tuple(names)


@lru_cache(maxsize=4)
def sets_of(file: Path, share: float) -> Itemsets:
    held, _ = read(file)
    return mined(held, threshold(share, len(held)))


@pytest.fixture
def groceries(real_data: Path) -> Path:
    return real_data / "itemsets" / "groceries.csv"


@pytest.mark.parametrize(
    ("support", "confidence", "rules"),
    [(0.001, 0.5, 5_668), (0.001, 0.8, 410), (0.006, 0.25, 463), (0.01, 0.5, 15), (0.005, 0.5, 120)],
)
def test_rules_with_one_item_after_the_arrow(groceries: Path, support: float, confidence: float, rules: int) -> None:
    found = sets_of(groceries, support)
    assert len(generate(found, np.ones(169, dtype=bool), confidence)) == rules


def test_of_the_rules_on_eight_tenths_floats_lose_four(groceries: Path) -> None:
    from mlxtend.frequent_patterns import association_rules

    _, names = read(groceries)
    found = sets_of(groceries, 0.001)
    rules = generate(found, np.ones(169, dtype=bool), 0.8)
    assert (rules.count * 10 == rules.antecedent_count * 8).sum() == 39
    theirs = association_rules(itemsets.frame(found, names), metric="confidence", min_threshold=0.8)
    assert (theirs["consequents"].map(len) == 1).sum() == len(rules) - 4


def test_what_stands_up_among_the_rules_at_two_per_mille(groceries: Path) -> None:
    found = sets_of(groceries, 0.002)
    rules = generate(found, np.ones(169, dtype=bool), 0.0)
    tests = searched(found, np.ones(169, dtype=bool), 0)
    judged = judge(rules, found, tests)
    likelier = rules.count * rules.n > rules.antecedent_count * rules.consequent_count
    passed = likelier & (judged.q < 0.05)
    kept = passed & (judged.improvement >= 0.02) & (judged.improvement_q < 0.05)
    assert (len(rules), tests, int(passed.sum()), int(kept.sum())) == (10_981, 607_381, 7_002, 1_228)


def test_the_best_known_rules_are_on_top(groceries: Path) -> None:
    held, names = read(groceries)
    table = rules_table(baskets_of(held, labels=names), sets_of(groceries, 0.006), RulesParams(basket="table"))
    assert int(table["shown"].sum()) == 50
    assert (table["antecedent"][0], table["consequent"][0]) == ("root vegetables", "other vegetables")
    assert table["text"][0] == (
        "Of 100 baskets with root vegetables, 40 to 47 also contain other vegetables (all baskets: 19)."
    )


def test_shuffled_baskets_have_no_rule(groceries: Path) -> None:
    held, _ = read(groceries)
    for seed in range(8):
        shuffled = np.random.default_rng(seed).permuted(held, axis=0)  # how often an item is bought stays
        found = mined(shuffled, threshold(0.002, len(held)))
        rules = generate(found, np.ones(169, dtype=bool), 0.0)
        judged = judge(rules, found, searched(found, np.ones(169, dtype=bool), 0))
        assert len(rules) > 2_000
        assert int((judged.q < 0.05).sum()) == 0, seed
