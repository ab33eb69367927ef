"""Rules as sentences for people: counts of a hundred, never a cause."""

from __future__ import annotations

from collections.abc import Sequence

from crmdesk.api import so_many, span
from crmdesk_association.transactions import Item

# What a basket is called, and how it holds things.
NOUNS = {"products": ("customers", "have"), "visits": ("visits", "contain"), "days": ("days", "contain"),
         "table": ("baskets", "contain")}  # fmt: skip


def label(item: Item) -> str:
    """The item's label on one line; its key where it has none."""
    return " ".join(_printable(item.label).split()) or " ".join(_printable(item.key).split()) or "(no name)"


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)


def listed(names: Sequence[str]) -> str:
    """'A', 'A and B', 'A, B and C'."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def who(antecedent: Sequence[Item], noun: str) -> str:
    """Whose rule it is: 'customers (age 25-34, mostly online) with Home mortgage and Car loan'.

    What owners are like stands in brackets, what they hold after 'with'; without any item it is everybody.
    """
    like = [label(item) for item in antecedent if item.kind == "attribute"]
    held = [label(item) for item in antecedent if item.kind == "product"]
    text = f"{noun} ({', '.join(like)})" if like else noun
    return f"{text} with {listed(held)}" if held else text


def sentence(
    antecedent: Sequence[Item], consequent: Sequence[Item], low: float, high: float, base: float,
    basket: str = "products",
) -> str:  # fmt: skip
    """A rule in words: 'Of 100 customers with Car loan, 38 to 42 also have Car insurance (all customers: 24).'

    low, high: interval of the confidence; base: the share of all baskets with the consequent; all as shares 0..1.
    basket: what baskets are, as in the parameters. Rare things are counted of 1,000 or 10,000.
    """
    noun, verb = NOUNS[basket]
    held = any(item.kind == "product" for item in antecedent)
    return told(who(antecedent, noun), has(consequent, verb, held), noun, low, high, base)


def has(consequent: Sequence[Item], verb: str, also: bool) -> str:
    """'also have Car insurance'; `also` only where something held was named before."""
    return f"{'also ' if also else ''}{verb} {listed([label(item) for item in consequent])}"


def told(whose: str, what: str, noun: str, low: float, high: float, base: float) -> str:
    """The sentence from its two halves."""
    of = so_many(max(high, base))
    return f"Of {of:,} {whose}, {span(low, high, of)} {what} (all {noun}: {base * of:,.0f})."
