"""A rule's change in plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from crmdesk_association.params import ChangeParams
from crmdesk_association.rules.words import NOUNS, label, listed, who
from crmdesk_association.transactions import Item

KINDS = {
    "grown": "grown", "faded": "faded", "unexpected_consequent": "turned: another consequence",
    "unexpected_condition": "turned: another condition", "added": "new", "perished": "gone",
}  # fmt: skip
NAMED = 3  # single items in a verdict


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
    unit = NOUNS[params.basket][0]
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
    antecedent: Sequence[Item], consequent: Sequence[Item], measure: str, before: float, after: float, low: float,
    high: float, when: Periods, base: tuple[tuple[float, float], tuple[float, float]],
) -> str:  # fmt: skip
    """One change told with both shares and the interval of their difference in points; shares between 0 and 1.

    `base`: the share of all baskets with the first side, before and after, and with the second; a confidence is told
    beside the second, a support beside both. NaN: a snapshot has nothing to divide by, and the sentence says so.

    >>> when = Periods("a year ago", "now", "customers")
    >>> loan, card = Item("loan", "Loan"), Item("card", "Card")
    >>> sentence([loan], [card], "confidence", 0.12, 0.19, 0.05, 0.09, when, ((0.2, 0.2), (0.1, 0.11)))
    'Loan → Card: 12 % of customers with Loan a year ago, 19 % now (5 to 9 points more; all customers: 10 % → 11 %).'
    """
    rule, among = arrow(antecedent, consequent), who(antecedent, when.unit)
    if math.isnan(low):
        return f"{rule}: cannot be compared, there were no {among} {when.before if math.isnan(before) else when.after}."
    beside = f"all {when.unit}: {went(*base[1])}"
    if measure == "support":
        rule, among = f"{listed([label(i) for i in (*antecedent, *consequent)])} together", f"all {when.unit}"
        beside = ", ".join(f"{listed([label(i) for i in side])}: {went(*shares)}"
                           for side, shares in zip((antecedent, consequent), base, strict=True))  # fmt: skip
    digits = _digits(before, after, low, high)
    first, second = (f"{100 * share:.{digits}f} %" for share in (before, after))
    return f"{rule}: {first} of {among} {when.before}, {second} {when.after} ({_gap(low, high, digits)}; {beside})."


def went(before: float, after: float) -> str:
    """Both shares, with as many places as it takes to tell them apart, two at most.

    >>> went(0.114, 0.071), went(0.25, 0.254), went(0.25, 0.25)
    ('11 % → 7 %', '25.0 % → 25.4 %', '25 % → 25 %')
    """
    digits = next((d for d in (0, 1, 2) if f"{100 * before:.{d}f}" != f"{100 * after:.{d}f}"), 0)
    return f"{100 * before:.{digits}f} % → {100 * after:.{digits}f} %"


def arrow(antecedent: Sequence[Item], consequent: Sequence[Item]) -> str:
    """A rule as it stands in the tables: 'Loan, Card → Fund'."""
    return " → ".join(", ".join(label(item) for item in side) for side in (antecedent, consequent))


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


def verdict(shown: int, follows: int, tests: int, kinds: dict[str, int], single: Sequence[str], when: Periods) -> str:
    """What the comparison found, in a sentence or two.

    `follows`: changes that pass their test and are not shown; `single`: the items that changed by themselves beyond
    chance, each with its shares, the largest first.
    """
    if not tests:
        return (
            f"No rule reaches the least support in either snapshot: nothing to compare ({when.before}, {when.after})."
        )
    if shown:
        parts = ", ".join(f"{number} {KINDS[kind]}" for kind, number in kinds.items() if number)
        verb = "change stands" if shown == 1 else "changes stand"
        return f"{shown} {verb} up to a test, of {tests:,} comparisons: {parts}."
    if single:
        more = f" and {len(single) - NAMED} more" if len(single) > NAMED else ""
        return (
            f"No rule changed beyond what its single items did; what changed most: {'; '.join(single[:NAMED])}{more}."
        )
    if follows:
        some = "1 of them differs" if follows == 1 else f"{follows:,} of them differ"
        return (
            f"No rule changed by itself: of {tests:,} comparisons none is proven to be more than what its single items "
            f"did; {some} beyond chance."
        )
    return f"Nothing changed beyond chance: {tests:,} comparisons, none stands up to a test."
