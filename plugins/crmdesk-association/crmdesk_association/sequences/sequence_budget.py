"""Frequent sequences within a budget: what would be too many or take too long is refused before the work."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from crmdesk.api import AnalysisError
from crmdesk_association.sequences.histories import Histories
from crmdesk_association.sequences.prefixspan import Limits, Sequence, search

SAMPLE = 300  # customers by whom the work is foretold
WORK = 4_000_000_000  # steps looked at, over all sequences that are grown: a minute or two
SLACK = 2.0  # a sample finds too many rare sequences rather than too few


def mine(
    histories: Histories, least: int, limits: Limits, *, longest: int = 3, most: int = 100_000,
    step: Callable[[float], None] = lambda fraction: None,
) -> list[Sequence]:  # fmt: skip
    """All sequences (see `prefixspan.search`) that at least `least` customers show.

    AnalysisError naming a least support that fits where there are more than `most` or growing them would take
    minutes: foretold from every k-th customer first, so that a support far too low is refused early.
    """
    every = max(histories.n // SAMPLE, 1)
    few = histories.only(np.arange(histories.n) % every == 0)
    if every > 1 and not _fits(few, -(-least // every), limits, longest, most, SLACK, len(histories.owner), step):
        raise _refusal(histories, few, every, least, limits, longest, most, step)
    found = search(histories, least, limits, longest, most, step)
    if found is None:
        raise _refusal(histories, few, every, least, limits, longest, most, step)
    return found


def _fits(few: Histories, least: int, limits: Limits, longest: int, most: int, slack: float, steps: int,
          step: Callable[[float], None]) -> bool:  # fmt: skip
    """Whether the sequences of a sample are few enough for `steps` steps of everybody."""
    grown = int(slack * WORK / max(steps, 1))
    return search(few, least, limits, longest, int(most * slack), lambda done: step(0.0), grown) is not None


def _refusal(histories: Histories, few: Histories, every: int, least: int, limits: Limits, longest: int, most: int,
             step: Callable[[float], None]) -> AnalysisError:  # fmt: skip
    """The sentence, with the least support that fits the sample: tried from the one asked for, doubling."""
    asked, n = least, histories.n
    while least < n:
        least = min(2 * least, n)
        if _fits(few, -(-least // every), limits, longest, most, 1.0, len(histories.owner), step):
            break
    share = -(-least * 10_000 // n) / 10_000  # rounded up, so that it never asks for fewer customers
    return AnalysisError(
        f"Too many sequences reach a support of {asked / n:.2g} ({asked:,} customers): more than {most:,}, or minutes "
        f"of work. A least support of {share:g} ({least:,} customers) fits; shorter sequences or gaps help as well."
    )
