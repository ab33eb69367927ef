"""From the rules of a day to the recommender that is judged, and to the one that offers use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crmdesk_association.baskets import attributes, baskets
from crmdesk_association.baskets.holdings import Holdings, day_of, read, stop_of
from crmdesk_association.itemsets.engines import find
from crmdesk_association.itemsets.miner import threshold
from crmdesk_association.offers import recommend
from crmdesk_association.offers.evaluate import Evaluation, astray, evaluate, nothing
from crmdesk_association.params import RulesParams
from crmdesk_association.rules import rules_table
from crmdesk_association.rules.rules import Step
from crmdesk_association.transactions import Baskets, Itemsets

if TYPE_CHECKING:
    import pandas as pd

FEWEST_BUYERS = 30


@dataclass(frozen=True)
class Next:
    """The recommender for offers from the as-of day on (None: too little is known), and how its like did before."""

    model: recommend.Recommender | None
    evaluation: Evaluation
    notes: tuple[str, ...] = ()


def mine(found: Baskets, params: RulesParams, step: Step) -> tuple[Itemsets, pd.DataFrame]:
    """The itemsets of the baskets, and every rule with its measures and tests."""
    least = threshold(params.min_support, found.n)
    sets = find(params.engine, found, least, params.max_length, params.max_sets, lambda f: step(0.4 * f))
    return sets, rules_table.rules_table(found, sets, params, lambda f: step(0.4 + 0.6 * f))


def foretell(frame: pd.DataFrame, rules: pd.DataFrame, found: Baskets, params: RulesParams, step: Step) -> Next:
    """Judge rules on later purchases, then give today's rules their chances.

    With T1 the as-of day less the horizon and T0 the same again: rules are mined in the baskets at T1, their chances
    counted in (T0, T1], and judged by what was bought in (T1, as of]. For offers today's rules take their chances from
    (T1, as of]. Judged rules know products, age band and gender only: of nothing else the bank keeps since when it is
    known. Customers who left before the as-of day are not among the host's customers, so neither period counts them.
    """
    held = read(frame, params.items)
    horizon = timedelta(days=params.horizon_days)
    today = day_of(params.as_of, held.opened)
    t1, t0 = today - horizon, today - 2 * horizon
    first = recommend.window(held, stop_of(t0), stop_of(t1))
    last = recommend.window(held, stop_of(t1), stop_of(today))
    shown = rules[rules["shown"]]
    names = attributes.wanted(params.attributes)
    if last.buyers < FEWEST_BUYERS:
        return Next(None, nothing(), (_few_last(last.buyers, params.horizon_days),))
    facts = tuple(name for name in names if name in attributes.CARD)
    known = recommend.traits(frame, held, facts)
    labels = {item.key: item for item in (*found.items, *held.items)}
    model = recommend.fit(recommend.read_rules(shown, labels), held, last, known, facts, params.horizon_days)
    step(0.1)
    if first.buyers < FEWEST_BUYERS or len(first.who) < baskets.FEWEST:
        return Next(model, nothing(), (_few_first(first.buyers, t1),))
    evaluation = _judge(frame, held, params, (first, last), lambda f: step(0.1 + 0.9 * f))
    used = dict.fromkeys(item.attribute for item in found.items if item.kind == "attribute")
    left_out = [name.replace("_", " ") for name in used if name not in attributes.BORN]
    note = (f"Next product was judged without {', '.join(left_out)}: since when those are known is not kept.",)
    return Next(model, evaluation, astray(evaluation.calibration) + (note if left_out else ()))


def _few_last(buyers: int, days: int) -> str:
    return (
        f"Next product: in the last {days} days {buyers} customers who held something before bought anything, and at "
        f"least {FEWEST_BUYERS} are needed, so no rule has a chance of its own."
    )


def _few_first(buyers: int, t1: date) -> str:
    return (
        f"Next product: up to {t1:%d %B %Y} too few purchases are known ({buyers} customers), so offers by these rules "
        "could not be judged."
    )


def _judge(
    frame: pd.DataFrame, held: Holdings, params: RulesParams, periods: tuple[recommend.Window, recommend.Window],
    step: Step,
) -> Evaluation:  # fmt: skip
    """The evaluation of rules mined between the two periods, their chances counted in the first, on the second."""
    before, after = periods
    born = tuple(name for name in attributes.wanted(params.attributes) if name in attributes.BORN)
    then = params.model_copy(update={"attributes": ", ".join(born)})
    t1 = day_of(params.as_of, held.opened) - timedelta(days=params.horizon_days)
    found = baskets.make(frame, then, day=t1).baskets
    _, rules = mine(found, then, lambda f: step(0.8 * f))
    labels = {item.key: item for item in (*found.items, *held.items)}
    known = recommend.traits(frame, held, born)
    shown = recommend.read_rules(rules[rules["shown"]], labels)
    model = recommend.fit(shown, held, before, known, born, params.horizon_days)
    step(0.9)
    return evaluate(model, model.chances(held, after, known), after, params.seed)
