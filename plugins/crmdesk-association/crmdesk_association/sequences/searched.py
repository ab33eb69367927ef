"""How many sequences were looked for: those that enough customers could have shown in one order or another."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import combinations

import numpy as np

from crmdesk.api import AnalysisError
from crmdesk_association.itemsets import bits
from crmdesk_association.itemsets.miner import mine
from crmdesk_association.sequences.histories import Histories
from crmdesk_association.sequences.prefixspan import Sequence

MOST = 200_000  # sets of steps counted one by one; with more, all of them count


def searched(histories: Histories, found: list[Sequence], least: int, longest: int) -> int:
    """Sequences of two steps and more, of `longest` items at most, whose steps at least `least` customers all have.

    An order that fell short of the least support was looked for too, as was its reverse: counted alone, those that
    luck brought over it would look like all there were. A shuffle changes nobody's steps, so this count is the same
    for every order. `found`: all frequent sequences, those of one step among them. Where too many sets of steps would
    have to be counted one by one, every combination of steps counts: more than there are.
    """
    steps = [sequence.steps[0] for sequence in found if len(sequence.steps) == 1]
    sizes = tuple(len(step) for step in steps)
    again = _repeated(histories)
    holds = np.zeros((len(histories.items), len(histories.owner)), dtype=bool)
    holds[histories.item, histories.step] = True
    held = np.zeros((len(steps), histories.n), dtype=bool)
    for place, step in enumerate(steps):
        held[place, histories.owner[np.logical_and.reduce(holds[list(step)])]] = True
    places, rows = np.nonzero(held)
    packed = bits.pack(rows, places, histories.n, len(steps))
    try:
        sets = mine(packed, histories.n, least, longest=longest, most=MOST)
    except AnalysisError:
        return words(tuple(sorted(sizes)), longest)
    total = 0
    for row in sets.members.tolist():
        chosen = [place for place in row if place >= 0]
        if again or _apart(steps[place] for place in chosen):
            total += orders(tuple(sorted(sizes[place] for place in chosen)), longest, again)
    return total


def _repeated(histories: Histories) -> bool:
    """Whether anybody does the same thing in two steps."""
    pairs = histories.owner[histories.step] * np.int64(max(len(histories.items), 1)) + histories.item
    return bool(np.unique(pairs).size < pairs.size)


def _apart(steps: Iterable[tuple[int, ...]]) -> bool:
    items = [item for step in steps for item in step]
    return len(set(items)) == len(items)


@cache
def orders(sizes: tuple[int, ...], longest: int, again: bool) -> int:
    """Sequences of at least two steps that use all of these steps, each once, or `again` and again while it fits.

    >>> orders((1, 1), 3, False), orders((1, 1), 3, True), orders((1, 2), 3, False), orders((1,), 3, True)
    (2, 8, 2, 2)
    """
    if not again:
        fits = len(sizes) > 1 and sum(sizes) <= longest
        return int(np.prod(np.arange(1, len(sizes) + 1))) if fits else 0
    # Those with all of the steps: inclusion and exclusion over those with some of them.
    parts = ((k, part) for k in range(1, len(sizes) + 1) for part in combinations(sizes, k))
    return sum((-1) ** (len(sizes) - k) * words(part, longest) for k, part in parts)


@cache
def words(sizes: tuple[int, ...], longest: int) -> int:
    """Sequences of two steps and more, and of at most `longest` items, from steps of these sizes, repeats allowed."""
    ways = [1] + [0] * longest  # by the items used
    for used in range(1, longest + 1):
        ways[used] = sum(ways[used - size] for size in sizes if size <= used)
    return sum(ways[1:]) - sum(size <= longest for size in sizes)
