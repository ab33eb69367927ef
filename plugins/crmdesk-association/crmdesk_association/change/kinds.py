"""What kind of change a rule went through: grown, faded, unexpected, added, perished (Song, Kim and Kim 2001)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.transactions import Ints

Kind = Literal["emerging", "unexpected_consequent", "unexpected_condition", "added", "perished"]
Places = NDArray[np.int32]
Flags = NDArray[np.bool_]
NONE = -1


@dataclass(frozen=True)
class Kinds:
    """The kind of each of r rules, and the place of the rule it is unexpected against (-1: none)."""

    kind: list[Kind]
    against: Ints


def similarity(first: Places, second: Places, m: int) -> NDArray[np.float64]:
    """Share of items that sides of rules have in common, shared / longer side: (a, L) and (b, L') to (a, b).

    Places of m items, padded with -1; the measure of Song, Kim and Kim (2001) with items as attributes.
    """
    one, two = _membership(first, m), _membership(second, m)
    longer = np.maximum(one.sum(axis=1)[:, None], two.sum(axis=1)[None, :])
    common: NDArray[np.float64] = (one @ two.T) / np.maximum(longer, 1)
    return common


def _membership(members: Places, m: int) -> NDArray[np.float32]:
    held = np.zeros((len(members), m + 1), dtype=np.float32)
    np.put_along_axis(held, np.where(members < 0, m, members).astype(np.int64), 1.0, axis=1)
    return held[:, :m]


def kinds(
    antecedent: Places, consequent: Places, before: Flags, after: Flags, proven: Flags, weight: Ints, *,
    m: int, similar: float,
) -> Kinds:  # fmt: skip
    """Kinds of r rules over m items; `before` and `after`: whether each was a rule then, at least one of them true.

    A rule in both is emerging, whichever way it went (see `directed`). A new rule is unexpected against one that
    went: with a like condition and another consequent (unexpected consequent), or the same way round (unexpected
    condition); "like" is a similarity of `similar` or more. Both the coming and the going must be `proven`, so that
    no rule turns into another by crossing a threshold; the most similar such rule is named, of several the one with
    more `weight`. Else a rule was added, or it perished.
    """
    kind: list[Kind] = ["emerging" if b and a else "added" if a else "perished"
                        for b, a in zip(before.tolist(), after.tolist(), strict=True)]  # fmt: skip
    against = np.full(len(kind), NONE, dtype=np.int64)
    came, gone = np.flatnonzero(after & ~before & proven), np.flatnonzero(before & ~after & proven)
    gone = gone[np.argsort(-weight[gone], kind="stable")]
    if came.size and gone.size:
        for start in range(0, came.size, 1000):
            _turned(came[start : start + 1000], gone, antecedent, consequent, m, similar, kind, against)
    return Kinds(kind, against)


def directed(found: list[Kind], difference: NDArray[np.float64]) -> list[str]:
    """Kinds with `emerging` split by the way a rule's share went: grown, or faded.

    >>> directed(["emerging", "emerging", "added"], np.array([0.1, -0.1, 0.2]))
    ['grown', 'faded', 'added']
    """
    way = np.where(difference > 0, "grown", "faded").tolist()
    return [one if kind == "emerging" else kind for kind, one in zip(found, way, strict=True)]


def _turned(
    came: Ints, gone: Ints, antecedent: Places, consequent: Places, m: int, similar: float,
    kind: list[Kind], against: Ints,
) -> None:  # fmt: skip
    """Marks in `kind` and `against` which of the rules that came took the place of one that is gone."""
    condition = similarity(antecedent[came], antecedent[gone], m)
    result = similarity(consequent[came], consequent[gone], m)
    pairs: tuple[tuple[Kind, NDArray[np.float64], NDArray[np.float64]], ...] = (
        ("unexpected_condition", result, condition), ("unexpected_consequent", condition, result)
    )  # fmt: skip
    for name, alike, other in pairs:  # where both fit, the turned consequent says more and is written last
        score = np.where((alike >= similar) & (other < similar), alike, -1.0)
        best = score.argmax(axis=1)
        for row in np.flatnonzero(score[np.arange(came.size), best] >= 0).tolist():
            kind[came[row]] = name
            against[came[row]] = gone[best[row]]
