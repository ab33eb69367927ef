"""Rules with all measures for 100,000 itemsets against mlxtend's association_rules (scale.md, section 8).

Both get the same 100,000 and more itemsets (made before the clock starts, by `warm`) and make the same rules: every
split with any number of items after the arrow and a confidence of at least one half. mlxtend gives its twelve measures
as a DataFrame; ours gives ten measures, and Fisher's p, q and the improvement over the best sub-rule on top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from harness import Call, compare
from numpy.typing import NDArray

if TYPE_CHECKING:
    from crmdesk_association.transactions import Itemsets

BASKETS, ITEMS, SEED, LEAST, CONFIDENCE = 15_000, 100, 7, 35, 0.503  # no rule lies on this confidence: floats lose none
SHARED = ("support", "confidence", "lift", "leverage", "kulczynski")
made: dict[str, object] = {}


def held() -> NDArray[np.bool_]:
    """Baskets (15,000, 100) with what goes together: each draws on two of forty bundles of items."""
    rng = np.random.default_rng(SEED)
    bundle = rng.random((40, ITEMS)) < 0.08
    share = rng.uniform(0.01, 0.12, ITEMS)
    rows = rng.random((BASKETS, ITEMS)) < share
    for _ in range(2):
        rows |= bundle[rng.integers(0, 40, BASKETS)] & (rng.random((BASKETS, ITEMS)) < 0.55)
    return rows


def itemsets() -> Itemsets:
    from crmdesk_association.itemsets import bits
    from crmdesk_association.itemsets.miner import mine

    rows = held()
    return mine(bits.pack(*np.nonzero(rows), *rows.shape), BASKETS, LEAST)


def theirs() -> str:
    """Baseline: mlxtend's rules with its measures."""
    from mlxtend.frequent_patterns import association_rules

    table = association_rules(made["frame"], metric="confidence", min_threshold=CONFIDENCE)
    return answer({name: table[name].to_numpy() for name in SHARED})


def _theirs_warm() -> None:
    from crmdesk_association.itemsets.itemsets import frame
    from mlxtend.frequent_patterns import association_rules  # noqa: F401 - the import is not what is timed

    made["frame"] = frame(itemsets(), [str(i) for i in range(ITEMS)])


def ours() -> str:
    """Rules, measures, exact tests and improvements."""
    from crmdesk_association.rules.measures import measures
    from crmdesk_association.rules.rules import generate
    from crmdesk_association.rules.significance import judge

    found = made["found"]
    rules = generate(found, np.ones(ITEMS, dtype=bool), CONFIDENCE, single=False)
    judge(rules, found, len(rules))
    return answer(measures(rules))


def _ours_warm() -> None:
    from crmdesk_association.rules import significance  # noqa: F401 - the import is not what is timed

    made["found"] = itemsets()


theirs.warm, ours.warm = _theirs_warm, _ours_warm  # type: ignore[attr-defined]


def answer(columns: dict[str, NDArray[np.float64]]) -> str:
    """How many rules, and the sums of what both compute: the same rules in any order give the same text."""
    sums = " ".join(f"{name} {columns[name].sum():.6g}" for name in SHARED)
    return f"{len(columns['support'])} rules, {sums}"


def test_both_make_the_same_rules() -> None:
    from crmdesk_association.itemsets.itemsets import frame
    from crmdesk_association.rules.rules import generate
    from mlxtend.frequent_patterns import association_rules

    found = itemsets()
    assert len(found) >= 100_000
    rules = generate(found, np.ones(ITEMS, dtype=bool), CONFIDENCE, single=False)
    table = association_rules(frame(found, [str(i) for i in range(ITEMS)]), min_threshold=CONFIDENCE)
    sides = zip(rules.antecedent.tolist(), rules.consequent.tolist(), strict=True)
    mine = {tuple(frozenset(str(i) for i in side if i >= 0) for side in both) for both in sides}
    assert mine == set(zip(table["antecedents"], table["consequents"], strict=True))
    print(f"\n{len(found):,} itemsets, {len(rules):,} rules on both sides")


def test_rules_with_all_measures_against_mlxtend() -> None:
    compare("rules", Call("mlxtend association_rules", theirs), Call("rules, measures, tests", ours), gate=0.2).check()
