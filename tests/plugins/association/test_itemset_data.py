"""Itemsets of three public databases against published numbers."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from crmdesk_association.itemsets import bits, itemsets
from crmdesk_association.itemsets.miner import mine, threshold
from crmdesk_association.transactions import Itemsets, Words


@cache
def database(path: Path) -> tuple[Words, int]:
    """A file of one basket a line as bits, and its number of baskets."""
    comma = "," if path.suffix == ".csv" else None
    lines = [[item.strip() for item in line.split(comma)] for line in path.read_text(encoding="utf-8").splitlines()]
    places: dict[str, int] = {}
    rows = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    columns = [places.setdefault(item, len(places)) for line in lines for item in line]
    return bits.pack(rows, columns, len(lines), len(places)), len(lines)


def found(folder: Path, name: str, support: float) -> Itemsets:
    words, n = database(folder / "itemsets" / name)
    return mine(words, n, threshold(support, n))


@pytest.mark.parametrize(("support", "sets"), [(0.01, 333), (0.005, 1_001), (0.001, 13_492)])
def test_groceries(real_data: Path, support: float, sets: int) -> None:
    assert len(found(real_data, "groceries.csv", support)) == sets


def test_groceries_closed_and_maximal(real_data: Path) -> None:
    sets = found(real_data, "groceries.csv", 0.006)
    assert (itemsets.closed(sets).sum(), itemsets.maximal(sets).sum()) == (747, 532)


@pytest.mark.parametrize(("support", "sets"), [(0.5, 152), (0.4, 564), (0.2, 53_582)])
def test_mushroom(real_data: Path, support: float, sets: int) -> None:
    """The published numbers leave out the one item of every mushroom alone; with it there is one set more."""
    mushrooms = found(real_data, "mushroom.dat", support)
    assert mushrooms.counts[mushrooms.length == 1].max() == mushrooms.n
    assert len(mushrooms) == sets + 1
    assert ((mushrooms.length > 1) | (mushrooms.counts < mushrooms.n)).sum() == sets


@pytest.mark.parametrize(("support", "sets"), [(0.01, 385), (0.001, 27_532)])
def test_t10i4d100k(real_data: Path, support: float, sets: int) -> None:
    assert len(found(real_data, "T10I4D100K.dat", support)) == sets
