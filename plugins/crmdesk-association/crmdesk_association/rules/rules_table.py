"""Every rule as a row: counts, measures, tests, whether it is shown, and a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.itemsets.lattice import lattice
from crmdesk_association.params import Mining
from crmdesk_association.rules import words
from crmdesk_association.rules.measures import Floats, measures
from crmdesk_association.rules.pruning import choose
from crmdesk_association.rules.rules import RuleSet, Step, generate, quiet
from crmdesk_association.rules.shared import Shared, intervals
from crmdesk_association.rules.significance import judge, searched
from crmdesk_association.transactions import Baskets, Ints, Item, Itemsets

if TYPE_CHECKING:
    import pandas as pd

GLANCE = 4_096  # sentences between two looks at whether the person stopped it


def rules_table(baskets: Baskets, found: Itemsets, params: Mining, step: Step = quiet) -> pd.DataFrame:
    """One row a rule, numbered `rule` 1..: the shown ones first, by leverage, then the rest by leverage.

    antecedent, consequent: labels joined by ', '; antecedent_keys, consequent_keys: the items' keys as JSON lists;
    length: items in both sides; baskets: n. Shares are 0..1. p, q, improvement: see `significance.Judgement`;
    where owners have several baskets, tests and intervals go by owners (see `shared`);
    covered_by: the number of the shown rule that says the same of nearly the same baskets, 0 none; stands: whether it
    stands up to its tests, shown: whether it is one of the `top` best of those; text: a sentence.
    Without any rule the table has its columns and no row.
    """
    rules = generate(found, baskets.sellable, params.min_confidence, params.single_consequent, _part(step, 0.0, 0.2))
    tests = searched(found, baskets.sellable, params.max_length, params.single_consequent)
    owners = Shared.of(baskets)
    judged = judge(rules, found, tests, _part(step, 0.2, 0.5), owners)
    chosen = choose(
        rules, judged, baskets.bits, params.fdr, params.min_improvement, params.top, _part(step, 0.5, 0.7)
    )  # fmt: skip
    order = chosen.order
    number = np.zeros(len(rules) + 1, dtype=np.int64)  # the last: covered by none
    number[order] = np.arange(1, len(rules) + 1)
    ranked = rules.take(order)
    columns: dict[str, object] = {"rule": np.arange(1, len(rules) + 1, dtype=np.int64)}
    strength = measures(ranked)
    if owners is not None:
        strength["low"], strength["high"] = intervals(owners, lattice(found), ranked, _part(step, 0.7, 0.8))
    columns |= _named(ranked, baskets.items)
    columns |= {
        "length": (ranked.antecedent >= 0).sum(axis=1) + (ranked.consequent >= 0).sum(axis=1),
        "baskets": np.full(len(rules), rules.n, dtype=np.int64),
        "antecedent_count": ranked.antecedent_count,
        "consequent_count": ranked.consequent_count,
        "count": ranked.count,
        **strength,
        "p": judged.p[order],
        "q": judged.q[order],
        "improvement": judged.improvement[order],
        "improvement_q": judged.improvement_q[order],
        "covered_by": number[chosen.covered_by[order]],
        "stands": chosen.stands[order],
        "shown": chosen.shown[order],
        "text": _sentences(ranked, strength, baskets.items, params.basket, _part(step, 0.8, 1.0)),
    }
    return _frame(columns)


def _frame(columns: dict[str, object]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(columns)
    for name in ("antecedent", "consequent", "antecedent_keys", "consequent_keys", "text"):
        frame[name] = frame[name].astype("str")  # a column without rows has no type of its own
    return frame


def _part(step: Step, first: float, last: float) -> Step:
    return lambda fraction: step(first + (last - first) * fraction)


def _named(rules: RuleSet, items: Sequence[Item]) -> dict[str, object]:
    def labels(side: list[Item]) -> str:
        return ", ".join(words.label(item) for item in side)

    def keys(side: list[Item]) -> str:
        return json.dumps([item.key for item in side])

    before, after = _Side(rules.sets[:, 1], rules.antecedent, items), _Side(rules.sets[:, 2], rules.consequent, items)
    return {
        "antecedent": before.said(labels),
        "consequent": after.said(labels),
        "antecedent_keys": before.said(keys),
        "consequent_keys": after.said(keys),
    }


class _Side:
    """One side of every rule: what is said of it is worked out once for each set of items."""

    def __init__(self, places: Ints, members: NDArray[np.int32], items: Sequence[Item]) -> None:
        """places (r): the side's set; members (r, w): its items, as in `RuleSet`."""
        _, first, self._set = np.unique(places, return_index=True, return_inverse=True)
        self._sets = [[items[i] for i in row if i >= 0] for row in members[first].tolist()]

    def said(self, say: Callable[[list[Item]], str]) -> list[str]:
        """A text for each rule (r)."""
        texts = np.array([say(side) for side in self._sets], dtype=object)
        said: list[str] = texts[self._set].tolist()
        return said


def _sentences(
    rules: RuleSet, strength: dict[str, Floats], items: Sequence[Item], basket: str, step: Step
) -> list[str]:  # fmt: skip
    noun, verb = words.NOUNS[basket]
    product = np.array([item.kind == "product" for item in items] + [False], dtype=bool)  # the last: padding
    held: list[bool] = np.any(product[rules.antecedent], axis=1).tolist()
    before, after = _Side(rules.sets[:, 1], rules.antecedent, items), _Side(rules.sets[:, 2], rules.consequent, items)
    whose = before.said(lambda side: words.who(side, noun))
    has = after.said(lambda side: words.has(side, verb, False))
    also = after.said(lambda side: words.has(side, verb, True))
    low, high = strength["low"].tolist(), strength["high"].tolist()
    texts = []
    for row, share in enumerate((rules.consequent_count / rules.n).tolist()):
        if row % GLANCE == 0:
            step(row / len(rules))
        what = also[row] if held[row] else has[row]
        texts.append(words.told(whose[row], what, noun, low[row], high[row], share))
    return texts
