"""Whether a rule's two sides moved together or apart by more than what each of them did by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.change.overlap import PERSONS, counts, holding, padded
from crmdesk_association.change.snapshots import Snapshots
from crmdesk_association.transactions import Baskets, Ints

Floats = NDArray[np.float64]
Places = NDArray[np.int32]
Step = Callable[[float], None]
CELLS = (
    (True, True),
    (True, False),
    (False, True),
    (False, False),
)  # of the fourfold table: with the first side or not, with the second or not


def together(
    snapshots: Snapshots, antecedent: Places, consequent: Places, step: Step = lambda fraction: None
) -> Floats:
    """Standard scores (r) of the change of how rules' sides go together: above 0 they moved together, below 0 apart.

    Sides (r, L) and (r, L') padded with -1. A rule's share may rise because the product spread among everybody. Which
    measure stays the same then depends on how: where a random part gives the product up it is the lift, the baskets
    of a cell of the fourfold table over those expected were the sides independent; where a random part takes it up it
    is the lift of not having it. So all four cells are asked, each for its own lift, the two with one side alone the
    other way round; the score is the weakest of the four, and 0 where they do not agree. It is large only where all
    are (an intersection-union test: Berger 1982), and the odds ratio has moved with them.

    Each is a score test at the lift common to both snapshots with half a basket for continuity, linearised per person
    as in `rule_change.compare`: a person adds x_i - L e_i to a snapshot, with e_i = E (a_i / A + b_i / B - t_i / T)
    for its baskets with a side (a, b) and all (t), and E = A B / T those expected.
    """
    size = max(PERSONS // (4 * max(snapshots.people, snapshots.before.n, snapshots.after.n)), 1)
    sides = [_Side(side, who, snapshots.people) for side, who in
             ((snapshots.before, snapshots.person_before), (snapshots.after, snapshots.person_after))]  # fmt: skip
    found = np.zeros(len(antecedent))
    # Persons are read only of rules whose cells agree: whole counts, which cost little, say so of all the others.
    asked = np.flatnonzero(_agree(snapshots, antecedent, consequent))
    for start in range(0, len(asked), size):
        rows = asked[start : start + size]
        found[rows] = _scores(*(side.read(antecedent[rows], consequent[rows]) for side in sides))
        step(min((start + size) / len(asked), 1.0))
    return found


def _agree(snapshots: Snapshots, antecedent: Places, consequent: Places) -> NDArray[np.bool_]:
    """Rules (r) whose four cells all moved their lift the same way, or not at all, from whole counts of baskets."""
    lifts = []
    for baskets in (snapshots.before, snapshots.after):
        sets = (np.concatenate([antecedent, consequent], axis=1), antecedent, consequent)
        both, first, second = (counts(baskets.bits, places).astype(np.float64) for places in sets)
        row = []
        for a, b in CELLS:
            x, y = first if a else baskets.n - first, second if b else baskets.n - second
            met = both if a and b else x - both if a else y - both if b else baskets.n - first - second + both
            expected = x * y / baskets.n
            row.append(np.divide(met, expected, out=np.full_like(met, np.nan), where=expected > 0))
        lifts.append(row)
    way = np.array([[1.0 if a == b else -1.0] for a, b in CELLS])
    moved = np.sign(np.nan_to_num(way * (np.array(lifts[1]) - np.array(lifts[0]))))
    return np.asarray((moved >= 0).all(axis=0) | (moved <= 0).all(axis=0))


@dataclass(frozen=True)
class _Held:
    """Baskets of each person with both sides, the first, the second (r, people), and all of them (1, people)."""

    both: Ints
    first: Ints
    second: Ints
    all: Ints

    def cell(self, first: bool, second: bool) -> tuple[Ints, Ints, Ints]:
        """Baskets in a cell of the fourfold table, and those on the two sides that make it."""
        a, b = self.first if first else self.all - self.first, self.second if second else self.all - self.second
        if first and second:
            return self.both, a, b
        if first or second:
            return (a if first else b) - self.both, a, b
        return a - self.second + self.both, a, b


class _Side:
    """A snapshot, read rule by rule as counts of persons."""

    def __init__(self, baskets: Baskets, who: Ints, people: int) -> None:
        self._bits, self._n, self._who, self._people = padded(baskets.bits), baskets.n, who, people

    def read(self, antecedent: Places, consequent: Places) -> _Held:
        whole = self._counted(np.concatenate([antecedent, consequent], axis=1))
        everybody = np.bincount(self._who, minlength=self._people)[None, :]
        return _Held(whole, self._counted(antecedent), self._counted(consequent), everybody)

    def _counted(self, sets: Places) -> Ints:
        held = np.unpackbits(holding(self._bits, sets).view(np.uint8), axis=1, count=self._n)
        return np.stack([np.bincount(self._who[row.view(bool)], minlength=self._people) for row in held])


def _scores(before: _Held, after: _Held) -> Floats:
    scores = np.array([
        (1 if a == b else -1) * _score((*before.cell(a, b), before.all), (*after.cell(a, b), after.all))
        for a, b in CELLS
    ])  # fmt: skip
    weakest: Floats = np.abs(scores).min(axis=0) * np.sign(scores[0])
    return np.where((np.sign(scores) == np.sign(scores[0])).all(axis=0), weakest, 0.0)


def _score(before: tuple[Ints, ...], after: tuple[Ints, ...]) -> Floats:
    """The score (r) of the change of one cell's lift; 0 where a snapshot expects nothing in it."""
    met, expected = [], []
    for cell, first, second, everybody in (before, after):
        a, b, t = first.sum(axis=1), second.sum(axis=1), everybody.sum(axis=1)
        met.append(cell.sum(axis=1))
        expected.append(a * b / t)
    known = (expected[0] > 0) & (expected[1] > 0)
    earlier, later = (np.where(known, e, 1.0) for e in expected)
    common = (met[0] + met[1]) / (earlier + later)
    added = _added(after, later, common) - _added(before, earlier, common)
    variance = (added**2).sum(axis=1)
    gap = met[1] / later - met[0] / earlier
    size = np.maximum(np.abs(gap) - (1 / later + 1 / earlier) / 2, 0.0)
    moved = known & (variance > 1e-18)
    return np.divide(np.sign(gap) * size, np.sqrt(variance), out=np.zeros_like(gap), where=moved)


def _added(held: tuple[Ints, ...], expected: Floats, lift: Floats) -> Floats:
    """What each person adds to a cell's lift in a snapshot (r, people), at this common lift."""
    cell, *sides = held
    first, second, everybody = (side / np.maximum(side.sum(axis=1, keepdims=True), 1) for side in sides)
    added: Floats = cell / expected[:, None] - lift[:, None] * (first + second - everybody)
    return added
