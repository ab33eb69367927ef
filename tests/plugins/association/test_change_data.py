"""Change on real baskets: Groceries in halves, with and without a planted change."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from change_planted import Groceries, baskets, compared, plant
from crmdesk_association import mine_change
from crmdesk_association.change import snapshots
from crmdesk_association.change.candidates import find
from crmdesk_association.params import ChangeParams

from crmdesk.jobs import Silent

HALVES = ChangeParams(basket="table", min_support=0.006)


@pytest.fixture
def groceries(real_data: Path) -> Groceries:
    return Groceries.read(real_data)


def test_every_rule_of_either_half_is_compared(groceries: Groceries) -> None:
    first, second = groceries.halves(3)
    both = snapshots.pair(baskets(first), baskets(second), strangers=True)
    found = find(both, ChangeParams(basket="table", min_support=0.01, min_confidence=0.25), lambda fraction: None)
    listed = np.flatnonzero(found.is_before | found.is_after)
    told = {(tuple(i for i in found.antecedent[row].tolist() if i >= 0), int(found.consequent[row, 0]))
            for row in listed.tolist()}  # fmt: skip
    from mlxtend.frequent_patterns import association_rules, fpgrowth

    wanted = set()
    for half in (first, second):
        sets = fpgrowth(pd.DataFrame(half), min_support=50 / len(half), max_len=4)
        rules = association_rules(sets, metric="confidence", min_threshold=0.25)
        wanted |= {(tuple(sorted(a)), *c) for a, c in zip(rules["antecedents"], rules["consequents"], strict=True)
                   if len(c) == 1}  # fmt: skip
    assert {(a, int(c)) for a, c in wanted} == told and len(told) > 100


def test_halves_with_a_planted_rule(groceries: Groceries) -> None:
    rule = groceries.names.index("yogurt"), groceries.names.index("whole milk")
    shown = []
    for times in (1.0, 1.5):
        first, second = groceries.halves(1)
        plant(second, rule, times, 1)
        table = compared(*(baskets(half, names=groceries.names) for half in (first, second)), HALVES, strangers=True)
        shown.append(table[table["shown"]])
    assert shown[0].empty
    assert ("yogurt → whole milk", "grown") in set(zip(shown[1]["rule"], shown[1]["kind"], strict=True))
    row = shown[1].set_index("rule").loc[["yogurt → whole milk"]].iloc[0]
    assert row["low"] > 0 and row["after"] / row["before"] == pytest.approx(1.5, abs=0.15)


def test_files_of_two_halves_go_through_the_analysis(groceries: Groceries, tmp_path: Path) -> None:
    names = np.array(groceries.names, dtype=object)
    halves = groceries.halves(2)
    plant(halves[1], (groceries.names.index("yogurt"), groceries.names.index("whole milk")), 1.8, 2)
    for name, half in zip(("before.csv", "after.csv"), halves, strict=True):
        (tmp_path / name).write_text("\n".join(",".join(names[row]) for row in half))
    params = ChangeParams(basket="table", table_before=str(tmp_path / "before.csv"), table=str(tmp_path / "after.csv"))
    nobody = pd.DataFrame(index=pd.Index(np.empty(0, np.int64), name="customer"))
    result = mine_change.run(nobody, params, Silent())
    assert result.metrics["baskets_before"].value == 4917 and result.metrics["baskets_after"].value == 4918
    shown = result.tables["changes"][result.tables["changes"]["shown"]]
    assert "yogurt → whole milk" in set(shown["rule"].head(5))
    assert result.metrics["changes_shown"].value == len(shown)
