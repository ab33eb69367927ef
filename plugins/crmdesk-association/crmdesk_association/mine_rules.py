"""`association.rules`: from baskets to rules that stand up to a test, and to the next product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.api import Metric, Model, Progress, Rules
from crmdesk_association.baskets import baskets
from crmdesk_association.itemsets import itemsets
from crmdesk_association.offers import recommend
from crmdesk_association.offers.evaluate import nothing
from crmdesk_association.offers.next_product import Next, foretell, mine
from crmdesk_association.params import RulesParams
from crmdesk_association.rules import figures
from crmdesk_association.rules.rules import Step
from crmdesk_association.transactions import Itemsets

if TYPE_CHECKING:
    import pandas as pd


def run(frame: pd.DataFrame, params: RulesParams, progress: Progress) -> Rules:
    """Tables rules, itemsets, items, evaluation, calibration (and source for baskets from a file).

    frame: products opened or acts, many rows a customer, indexed by `customer`; empty for baskets from a file.
    AnalysisError where there are too few baskets or too many itemsets. The model, where there is one, holds each shown
    rule's chance and is what `offers.run` takes.
    """
    progress.step(0.0, "Reading the baskets")
    found = baskets.make(frame, params)
    sets, rules = mine(found.baskets, params, part(progress, 0.1, 0.6, "Looking for rules"))
    ahead = Next(None, nothing())
    if params.basket == "products":
        step = part(progress, 0.6, 0.95, "Judging the rules on later purchases")
        ahead = foretell(frame, rules, found.baskets, params, step)
    progress.step(0.95, "Writing the tables")
    tables = {"rules": rules, "itemsets": itemsets.table(kept(sets, params.keep), found.baskets.items),
              "items": found.items, "evaluation": ahead.evaluation.table,
              "calibration": ahead.evaluation.calibration}  # fmt: skip
    if found.source is not None:
        tables["source"] = found.source
    metrics = {"baskets": Metric(found.baskets.n), "items": Metric(len(found.baskets.items)),
               "itemsets": Metric(len(sets)), "rules": Metric(len(rules)),
               "rules_standing": Metric(int(rules["stands"].sum())),
               "rules_shown": Metric(int(rules["shown"].sum())), **ahead.evaluation.metrics}  # fmt: skip
    unit = baskets.unit(params)
    return Rules(
        verdict(rules, found.baskets.n, len(found.baskets.items), unit, params.top, ahead.evaluation.words),
        metrics, tables, figures.figures(tables, unit), ahead.notes + shared(params) + found.baskets.notes,
        model_of(ahead, params),
    )  # fmt: skip


def part(progress: Progress, first: float, last: float, text: str) -> Step:
    """Steps 0..1 of one stage as steps of the whole."""
    return lambda fraction: progress.step(first + (last - first) * fraction, text)


def kept(sets: Itemsets, which: str) -> Itemsets:
    """All itemsets, only the closed, or only the maximal ones."""
    if which == "frequent":
        return sets
    return itemsets.select(sets, itemsets.closed(sets) if which == "closed" else itemsets.maximal(sets))


def model_of(ahead: Next, params: RulesParams) -> Model | None:
    """The rules' chances; None where none is known or items are families, which nobody can be offered."""
    if ahead.model is None or params.items != "product":
        return None
    return Model("json", recommend.to_json(ahead.model))


def shared(params: RulesParams) -> tuple[str, ...]:
    """What a person should know about baskets that share their owners."""
    if params.basket not in ("visits", "days"):
        return ()
    return (f"One customer has many {baskets.unit(params)}, so tests and intervals take the customers, not the "
            f"{baskets.unit(params)}, as independent of each other.",)  # fmt: skip


def verdict(rules: pd.DataFrame, n: int, items: int, unit: str, top: int, next_words: str) -> str:
    """What stood up, the strongest in words, and how it did on later purchases."""
    shown = rules[rules["shown"]]
    if rules.empty:
        return (
            f"No rule stands up to a test: among {n:,} {unit} and {items} items no rule is common enough to be tried."
        )
    if shown.empty:
        return f"No rule stands up to a test: {len(rules):,} were tried on {n:,} {unit}; what they say may be chance."
    standing = int(rules["stands"].sum())
    many = "1 rule stands" if standing == 1 else f"{standing:,} rules stand"
    said = f"{many} up to the tests, of {len(rules):,} tried on {n:,} {unit}"
    said = f"{said}{chosen(rules, unit, top)}. {shown['text'].iloc[0]}"
    return f"{said} {next_words}".strip()


def chosen(rules: pd.DataFrame, unit: str, top: int) -> str:
    """Which of the rules that stand are shown, where not all are: the `top` best, and none that repeats a better one.

    Beyond the last shown rule nobody looked for repetitions.
    """
    standing, shown = int(rules["stands"].sum()), int(rules["shown"].sum())
    if shown == standing:
        return ""
    if shown < top:
        return f"; {shown:,} {'is' if shown == 1 else 'are'} shown, the others say the same of nearly the same {unit}"
    best = "the one" if shown == 1 else f"the {shown:,}"
    alike = " that do not repeat each other" if rules["covered_by"].any() else ""
    return f"; {best} of largest leverage{alike} {'is' if shown == 1 else 'are'} shown"
