"""A rule's change in plain words."""

from __future__ import annotations

import math
from dataclasses import dataclass

from crmdesk_association.params import ChangeParams

UNITS = {"products": "customers", "visits": "visits", "days": "days with activity", "table": "baskets"}
KINDS = {
    "emerging": "emerging", "unexpected_consequent": "turned: another consequence",
    "unexpected_condition": "turned: another condition", "added": "new", "perished": "gone",
}  # fmt: skip


@dataclass(frozen=True)
class Periods:
    """How the two snapshots are called in a sentence, and what a basket is."""

    before: str
    after: str
    unit: str


def periods(params: ChangeParams) -> Periods:
    """Names of the two snapshots.

    >>> periods(ChangeParams(basket="products", months=12)).before
    'a year ago'
    """
    unit = UNITS[params.basket]
    if params.basket == "table":
        return Periods("in the earlier file", "in the later", unit)
    if params.basket == "products":
        return Periods(_ago(params.months), "now", unit)
    length = "year" if params.months == 12 else "month" if params.months == 1 else f"{params.months} months"
    return Periods(f"in the {length} before", f"in the last {length}", unit)


def _ago(months: int) -> str:
    if months % 12 == 0:
        return "a year ago" if months == 12 else f"{months // 12} years ago"
    return "a month ago" if months == 1 else f"{months} months ago"


def sentence(
    antecedent: str, consequent: str, measure: str, before: float, after: float, low: float, high: float, when: Periods
) -> str:  # fmt: skip
    """One change told with both shares and the interval of their difference in points; shares between 0 and 1.

    NaN: a snapshot has nothing to divide by, and the sentence says so.

    >>> when = Periods("a year ago", "now", "customers")
    >>> sentence("Mortgage", "Insurance", "confidence", 0.12, 0.19, 0.05, 0.09, when)
    'Mortgage -> Insurance: 12 % of customers with Mortgage a year ago, 19 % now (5 to 9 points more).'
    """
    if math.isnan(low):
        empty = when.before if math.isnan(before) else when.after
        return f"{antecedent} -> {consequent}: cannot be compared, there were no {when.unit} with {antecedent} {empty}."
    arrow, among = ("->", f"{when.unit} with {antecedent}") if measure == "confidence" else ("with", f"all {when.unit}")
    digits = _digits(before, after, low, high)
    first, second = (f"{100 * share:.{digits}f} %" for share in (before, after))
    gap = _gap(low, high, digits)
    return f"{antecedent} {arrow} {consequent}: {first} of {among} {when.before}, {second} {when.after} ({gap})."


def _digits(*shares: float) -> int:
    """Places after the point: as many as the smaller end of the interval needs to show, two at most."""
    ends = [abs(share) for share in shares if abs(share) > 1e-12]
    least = min(ends, default=1.0)
    return 0 if least >= 0.02 else 1 if least >= 0.002 else 2


def _gap(low: float, high: float, digits: int) -> str:
    small, large = sorted((abs(low), abs(high)))
    if low > 0 or high < 0:
        ends = [f"{100 * end:.{digits}f}" for end in (small, large)]
        span = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
        word = "more" if low > 0 else "fewer"
        return f"{span} {'point' if span == '1' else 'points'} {word}"
    return f"between {100 * abs(low):.{digits}f} points fewer and {100 * high:.{digits}f} more"


def verdict(shown: int, rules: int, tests: int, kinds: dict[str, int], when: Periods) -> str:
    """What the comparison found, in a sentence or two."""
    if not rules:
        return (
            f"No rule reaches the least support in either snapshot: nothing to compare ({when.before}, {when.after})."
        )
    if not shown:
        return f"Nothing changed beyond chance: {rules:,} rules compared, none stands up to a test."
    parts = ", ".join(f"{number} {KINDS[kind]}" for kind, number in kinds.items() if number)
    verb = "change stands" if shown == 1 else "changes stand"
    return f"{shown} {verb} up to {tests:,} tests of {rules:,} rules: {parts}."
