"""The best shorter rule to the same end: what a longer rule has to improve on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.itemsets.lattice import Lattice
from crmdesk_association.rules.rules import RuleSet, Step, quiet
from crmdesk_association.transactions import Ints


@dataclass(frozen=True)
class _Level:
    """Pairs S -> C with t items in S, by their sets' places: `whole` is S and C together; keys ascending, each once."""

    tree: Lattice
    size: int
    whole: Ints
    before: Ints
    after: Ints
    keys: Ints

    @property
    def confidence(self) -> NDArray[np.float64]:
        return self.tree.counts[self.whole] / self.tree.counts[self.before]

    def at(self, before: Ints, after: Ints) -> Ints:
        return np.searchsorted(self.keys, _key(self.tree, before, after))

    def without(self, i: int) -> tuple[Ints, Ints, Ints]:
        """The pairs without the i-th item of S: (whole, before, after)."""
        return (*_without(self.tree, self.whole, self.before, i), self.after)


@dataclass(frozen=True)
class _Best:
    """For each pair of a level one rule, by the places of its sets, and its confidence."""

    whole: Ints
    before: Ints
    confidence: NDArray[np.float64]

    def or_better(self, other: _Best, empty: int) -> _Best:
        """The more confident one of each; of equal ones the shorter, then the first by item places."""
        mine, theirs = (np.where(side.before == empty, -1, side.before) for side in (self, other))
        swap = (other.confidence > self.confidence) | ((other.confidence == self.confidence) & (theirs < mine))
        return _Best(
            np.where(swap, other.whole, self.whole),
            np.where(swap, other.before, self.before),
            np.where(swap, other.confidence, self.confidence),
        )

    def take(self, rows: Ints) -> _Best:
        return _Best(self.whole[rows], self.before[rows], self.confidence[rows])


def best_subrule(rules: RuleSet, tree: Lattice, step: Step = quiet) -> tuple[Ints, Ints]:
    """Of each rule's proper sub-rules S -> C (S part of A, perhaps empty) the most confident: (count, count of S).

    Walked level by level, each pair (S, C) once: the best up to a pair is its own or its immediate sub-rules' best.
    `tree`: the itemsets the rules were made of; ValueError where it is of others.
    """
    whole, before, after = rules.sets.T
    if not np.array_equal(tree.counts.take(rules.sets[:, 0], mode="clip"), rules.count):
        raise ValueError("the rules were not made of these itemsets")
    length = (rules.antecedent >= 0).sum(axis=1)
    count, antecedent = np.zeros(len(rules), dtype=np.int64), np.full(len(rules), rules.n, dtype=np.int64)
    best: _Best | None = None
    shorter: _Level | None = None
    for level in _levels(tree, length, whole, before, after, step):
        step(0.5 + 0.5 * level.size / max(rules.antecedent.shape[1], 1))
        own = _Best(level.whole, level.before, level.confidence)
        below = None if best is None or shorter is None else _below(level, shorter, best)
        if below is not None:
            rows = np.flatnonzero(length == level.size)
            chosen = below.take(level.at(before[rows], after[rows]))
            count[rows], antecedent[rows] = tree.counts[chosen.whole], tree.counts[chosen.before]
        best, shorter = (own if below is None else own.or_better(below, tree.empty)), level
    return count, antecedent


def next_shorter(rules: RuleSet, tree: Lattice, rows: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The rules at `rows` without the first item of A, then without the second and so on: (rows, S and C, S).

    The sets by place; each time only the rows that have so many items.
    """
    for i in range(rules.antecedent.shape[1]):
        mine = rows[rules.antecedent[rows, i] >= 0]
        whole, before = _without(tree, rules.sets[mine, 0], rules.sets[mine, 1], i)
        yield mine, whole, before


def _without(tree: Lattice, whole: Ints, before: Ints, i: int) -> tuple[Ints, Ints]:
    """Places of sets `whole` and of their parts `before` without the i-th item of the part."""
    position = (tree.members[whole] == tree.members[before, i][:, None]).argmax(axis=1)
    return tree.smaller[whole, position], tree.smaller[before, i]


def _levels(tree: Lattice, length: Ints, whole: Ints, before: Ints, after: Ints, step: Step) -> list[_Level]:
    """Every pair the rules need, from the empty antecedent (size 0) up to the longest."""
    levels: list[_Level] = []
    parts: list[tuple[Ints, Ints, Ints]] = []
    longest = int(length.max(initial=0))
    for size in range(longest, -1, -1):
        step(0.5 * (longest - size) / (longest + 1))
        mine = length == size
        parts.append((whole[mine], before[mine], after[mine]))
        w, b, a = (np.concatenate(column) for column in zip(*parts, strict=True))
        keys, first = np.unique(_key(tree, b, a), return_index=True)
        level = _Level(tree, size, w[first], b[first], a[first], keys)
        levels.append(level)
        parts = [level.without(i) for i in range(size)]
    return levels[::-1]


def _below(level: _Level, shorter: _Level, best: _Best) -> _Best:
    """The best of each pair's immediate sub-rules, which carry the best of theirs."""
    choices = []
    for i in range(level.size):
        _, before, after = level.without(i)
        choices.append(best.take(shorter.at(before, after)))
    chosen = choices[0]
    for other in choices[1:]:
        chosen = chosen.or_better(other, level.tree.empty)
    return chosen


def _key(tree: Lattice, before: Ints, after: Ints) -> Ints:
    return before * (tree.empty + 1) + after
