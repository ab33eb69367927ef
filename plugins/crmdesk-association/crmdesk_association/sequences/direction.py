"""Whether a sequence comes in just this order: it must beat each order that differs by one moved step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from crmdesk_association.sequences.histories import Histories
from crmdesk_association.sequences.poisson_binomial import Floats
from crmdesk_association.sequences.prefixspan import Limits, Pattern
from crmdesk_association.sequences.shuffles import blocks, spans


def moved(steps: Pattern) -> list[Pattern]:
    """The sequences that come of moving one step to another place: one for two steps, four for three.

    >>> moved(((0,), (1,)))
    [((1,), (0,))]
    """
    found = []
    for place in range(len(steps)):
        rest = steps[:place] + steps[place + 1 :]
        found += [(*rest[:to], steps[place], *rest[to:]) for to in range(len(steps))]
    return [other for other in dict.fromkeys(found) if other != steps]


def directions(histories: Histories, patterns: list[Pattern], limits: Limits,
               step: Callable[[float], None] = lambda fraction: None) -> Floats:  # fmt: skip
    """p (r,) that as many customers show each sequence and not its rearrangement, rather than the other way round.

    The exact sign test of discordant pairs (McNemar 1947), one-sided, the largest p over all rearrangements: things
    that merely happen close together, or late in a customer's life, do so in every order and are no sequence.
    1 where a sequence is the same step over and over, so that there is nothing to rearrange.
    """
    from scipy.special import betainc

    pairs = [(i, other) for i, steps in enumerate(patterns) for other in moved(steps)]
    asked = sorted({*(patterns[i] for i, _ in pairs), *(other for _, other in pairs)})
    place = {steps: at for at, steps in enumerate(asked)}
    mine = np.array([place[patterns[i]] for i, _ in pairs], dtype=np.int64)
    others = np.array([place[other] for _, other in pairs], dtype=np.int64)
    alone, instead = np.zeros(len(pairs)), np.zeros(len(pairs))
    done = 0
    for block in blocks(histories, limits, 0, 0, any(spans(steps, limits) for steps in asked)):
        shows = np.zeros((len(asked), len(block.begin)), dtype=bool)
        for turn, steps in enumerate(asked):
            if turn % 64 == 0:
                step((done + len(block.owner) * turn / len(asked)) / len(histories.owner))
            shows[turn] = block.hits(steps)[0].astype(bool)
        for turn, (one, other) in enumerate(zip(mine.tolist(), others.tolist(), strict=True)):
            alone[turn] += np.count_nonzero(shows[one] & ~shows[other])
            instead[turn] += np.count_nonzero(shows[other] & ~shows[one])
        done += len(block.owner)
    # P(X >= a) of X ~ Binomial(a + b, 1/2) is the incomplete beta function I(a, b + 1) at 1/2.
    tails = np.where(alone > 0, betainc(np.maximum(alone, 1), instead + 1, 0.5), 1.0)
    worst, some = np.zeros(len(patterns)), np.zeros(len(patterns), dtype=bool)
    for (i, _), p in zip(pairs, tails.tolist(), strict=True):
        worst[i], some[i] = max(worst[i], p), True
    return np.where(some, worst, 1.0)
