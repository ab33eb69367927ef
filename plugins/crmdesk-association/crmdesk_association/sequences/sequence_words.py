"""Sequences in words for people: what follows what, how often, how soon, and what chance would give."""

from __future__ import annotations

from collections.abc import Sequence as Listed

from crmdesk.api import so_many, span
from crmdesk_association.params import SequenceParams
from crmdesk_association.sequences.prefixspan import Pattern

ARROW = " → "


def steps_text(steps: Pattern, labels: Listed[str]) -> str:
    """`Car lease → Car insurance`; things of one step are joined by a plus."""
    return ARROW.join(step_text(step, labels) for step in steps)


def step_text(items: tuple[int, ...], labels: Listed[str]) -> str:
    return " + ".join(labels[item] for item in items)


def sentence(steps: Pattern, labels: Listed[str], low: float, high: float, median: float, count: int, expected: float,
             params: SequenceParams) -> str:  # fmt: skip
    """One sequence with the interval of its confidence (shares), its median days and its count by chance."""
    before = ", then ".join(step_text(step, labels) for step in steps[:-1])
    last = step_text(steps[-1], labels)
    of = so_many(high)
    days = f"{params.min_gap_days} to {params.max_gap_days:,} days"
    usual = "that step" if len(steps) == 2 else "all steps"
    return (
        f"Of {of:,} customers with {before}, {span(low, high, of)} go on to {last} {days} later; half of them take "
        f"at most {median:,.0f} days for {usual}. {count:,} customers show this order; {expected:,.0f} would by chance."
    )


def verdict(sequences: int, tested: int, standing: int, shown: int, best: str) -> str:
    """What the run found, in a sentence or two; `shown` of those that stand may be fewer."""
    if not sequences:
        return "No sequence of two steps reaches the least support: nothing to test."
    if not shown:
        return f"No order stands up to a test: {_many(tested)} tested, none is more frequent than chance makes it."
    stand = "one order is no accident" if standing == 1 else f"{standing:,} orders are no accident"
    if shown < standing:
        stand += f", the {shown:,} furthest beyond chance {'is' if shown == 1 else 'are'} shown"
    return f"Of {_many(sequences)}, {stand}; the clearest is {best}."


def _many(sequences: int) -> str:
    return "one sequence" if sequences == 1 else f"{sequences:,} sequences"


def sampled(tested: int, sequences: int, customers: int, n: int) -> str:
    """The warning where a sample of customers chose which sequences the others test."""
    return (
        f"Testing all {sequences:,} sequences with everybody would take too long: {n - customers:,} customers drawn at "
        f"random chose the {tested:,} most promising, and the other {customers:,} tested those. "
        "A higher least support tests them all with everybody."
    )
