"""Itemsets: bits, the search against mlxtend and against the definition, limits, refusals with advice, progress."""

import re
import tracemalloc
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from crmdesk_association.itemsets import bits, itemsets
from crmdesk_association.itemsets.budget import Budget
from crmdesk_association.itemsets.engines import find
from crmdesk_association.itemsets.miner import mine, threshold
from crmdesk_association.transactions import Baskets, Item, Itemsets
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from crmdesk.api import AnalysisError, Cancelled

Held = NDArray[np.bool_]


def packed(held: Held) -> NDArray[np.uint64]:
    return bits.pack(*held.nonzero(), *held.shape)


def baskets_of(held: Held) -> Baskets:
    items = tuple(Item(f"K{i}", f"Item {i}") for i in range(held.shape[1]))
    return Baskets(len(held), items, packed(held), np.arange(len(held)))


def as_dict(found: Itemsets) -> dict[tuple[int, ...], int]:
    pairs = zip(found.members.tolist(), found.counts.tolist(), strict=True)
    return {tuple(i for i in row if i >= 0): count for row, count in pairs}


def by_definition(held: Held, least: int, longest: int) -> dict[tuple[int, ...], int]:
    """Every set is counted, one after the other."""
    sets = (s for size in range(1, longest + 1) for s in combinations(range(held.shape[1]), size))
    counted = ((s, int(held[:, s].all(axis=1).sum())) for s in sets)
    return {s: count for s, count in counted if count >= least}


def many_and_overlapping(n: int, m: int, seed: int, common: float = 0.25) -> Held:
    rng = np.random.default_rng(seed)
    held = rng.random((n, m)) < np.geomspace(common, 0.03, m)
    for _ in range(m // 5):
        together = rng.choice(m, 4, replace=False)
        held[np.ix_(rng.random(n) < 0.03, together)] = True
    return held


@given(st.integers(0, 200), st.integers(1, 9), st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_bits_come_back_in_any_order_and_with_repeats(n: int, m: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    held = rng.random((n, m)) < 0.4
    pairs = np.argwhere(held)
    pairs = rng.permutation(np.concatenate([pairs, pairs[: len(pairs) // 2]]))
    words = bits.pack(pairs[:, 0], pairs[:, 1], n, m)
    assert words.shape == (m, -(-n // 64))
    assert (bits.unpack(words, n) == held).all()
    assert bits.counts(words).tolist() == held.sum(axis=0).tolist()
    which = np.flatnonzero(rng.random(m) < 0.5)
    own = held[:, 0]
    seen = bits.within(words, which, words[0], int(own.sum()))
    assert (bits.unpack(seen, int(own.sum())) == held[own][:, which]).all()


@pytest.mark.parametrize("pair", [(5, 0), (-1, 0), (0, 2), (0, -1)])
def test_a_basket_or_item_out_of_range_is_an_error(pair: tuple[int, int]) -> None:
    with pytest.raises(IndexError):
        bits.pack([0, pair[0]], [0, pair[1]], 5, 2)


@pytest.mark.parametrize(
    ("share", "n", "count"),
    [(0.8, 10, 8), (0.07, 100, 7), (0.29, 100, 29), (0.001, 9835, 10), (0.01, 9835, 99), (1e-9, 50, 1), (1.0, 7, 7),
     (np.float64(0.8), 5, 4)],
)  # fmt: skip
def test_a_share_is_taken_as_written(share: float, n: int, count: int) -> None:
    assert threshold(share, n) == count


@st.composite
def databases(draw: st.DrawFn) -> tuple[Held, int]:
    n, m = draw(st.integers(1, 150)), draw(st.integers(1, 9))
    dense = draw(st.floats(0.05, 0.9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    held = rng.random((n, m)) < dense
    if draw(st.booleans()):
        held[:, rng.integers(m)] = held[:, rng.integers(m)]
    return held, draw(st.integers(1, max(1, n // 3)))


@given(databases())
@settings(max_examples=200, deadline=None)
def test_200_small_databases_as_mlxtend_finds_them(database: tuple[Held, int]) -> None:
    from mlxtend.frequent_patterns import fpgrowth

    held, least = database
    ours = mine(packed(held), len(held), least)
    theirs = fpgrowth(pd.DataFrame(held), min_support=(least - 0.5) / len(held))
    counted = (theirs["support"] * len(held)).round().astype(int)
    expected = {tuple(sorted(s)): c for s, c in zip(theirs["itemsets"], counted, strict=True)}
    assert as_dict(ours) == expected


@pytest.mark.parametrize("longest", [1, 2, 3, 5])
@pytest.mark.parametrize(("n", "common"), [(300, 0.5), (9_000, 0.3), (40_000, 0.6)])
def test_wide_rows_and_lengths_by_definition(n: int, common: float, longest: int) -> None:
    held = many_and_overlapping(n, 14, n, common)
    least = n // 100
    assert as_dict(mine(packed(held), n, least, longest=longest)) == by_definition(held, least, longest)


def test_sets_come_sorted_and_padded() -> None:
    held = many_and_overlapping(2_000, 70, 3)
    found = mine(packed(held), 2_000, 20)
    rows = [row[row >= 0].tolist() for row in found.members]
    assert max(map(len, rows)) >= 4
    assert rows == sorted(rows, key=lambda row: (len(row), row))
    assert [len(row) for row in rows] == found.length.tolist()
    assert all(row == sorted(set(row)) for row in rows)


def test_the_order_of_baskets_and_items_changes_nothing() -> None:
    held = many_and_overlapping(3_000, 20, 4)
    order = np.random.default_rng(0).permutation(20)
    shuffled = np.random.default_rng(1).permutation(held)[:, order]
    found = as_dict(mine(packed(shuffled), 3_000, 30))
    assert {tuple(sorted(order[list(s)].tolist())): c for s, c in found.items()} == as_dict(
        mine(packed(held), 3_000, 30)
    )


@pytest.mark.parametrize(("n", "m", "least"), [(0, 0, 1), (0, 3, 1), (5, 0, 1), (5, 3, 6), (1, 1, 1)])
def test_next_to_nothing(n: int, m: int, least: int) -> None:
    found = mine(packed(np.ones((n, m), dtype=bool)), n, least)
    assert len(found) == (1 if (n, m) == (1, 1) else 0)
    assert found.members.shape == (len(found), 1)
    assert len(itemsets.frame(found, "abc")) == len(itemsets.table(found, baskets_of(np.ones((1, 3), bool)).items))
    assert itemsets.closed(found).all() and itemsets.maximal(found).all()
    assert itemsets.lookup(found)(np.array([[-1]])).tolist() == [n]


@pytest.mark.parametrize("engine", ["fpgrowth", "apriori"])
def test_every_engine_finds_the_same(engine: str) -> None:
    baskets = baskets_of(many_and_overlapping(1_000, 12, 5))
    for longest in (0, 3):
        ours, theirs = find("bitset", baskets, 10, longest), find(engine, baskets, 10, longest)
        for name in ("members", "length", "counts"):
            assert (getattr(ours, name) == getattr(theirs, name)).all()
    assert len(find(engine, baskets, 1_001)) == 0
    with pytest.raises(AnalysisError, match="more than 20 itemsets"):
        find(engine, baskets, 10, most=20)
    with pytest.raises(ValueError, match="eclat"):
        find("eclat", baskets, 10)


@pytest.mark.parametrize("m", [6, 40])
def test_lookup_closed_and_maximal_by_definition(m: int) -> None:
    held = many_and_overlapping(400, m, m, 0.6)
    held[:, 2] = held[:, 0] & held[:, 1]
    found = mine(packed(held), 400, 12)
    known = as_dict(found)
    counts = itemsets.lookup(found)
    assert (counts(found.members) == found.counts).all()
    assert counts(np.array([[-1, -1]], dtype=np.int32)).tolist() == [400]
    absent = [s for s in combinations(range(m), 3) if s not in known][:50] + [(0, 1, m + 5)]
    assert (counts(np.array(absent)) == -1).all()
    sets = {frozenset(s): c for s, c in known.items()}
    above = {s: [t for t in sets if s < t] for s in sets} if m == 6 else {}
    for s, is_closed, is_maximal in zip(sets, itemsets.closed(found), itemsets.maximal(found), strict=True):
        if above:
            assert is_closed == all(sets[t] < sets[s] for t in above[s])
            assert is_maximal == (not above[s])
    assert itemsets.closed(found).sum() < len(found)
    kept = itemsets.select(found, itemsets.maximal(found))
    assert as_dict(kept) == {s: known[s] for s in as_dict(kept)} and len(kept) == itemsets.maximal(found).sum()


def test_many_items_and_long_sets_are_looked_up() -> None:
    rng = np.random.default_rng(8)
    held = np.zeros((500, 3_000), dtype=bool)
    held[:, rng.choice(3_000, 11, replace=False)] = rng.random((500, 1)) < 0.9
    found = mine(packed(held), 500, 100)
    assert len(found) == 2**11 - 1
    assert (itemsets.lookup(found)(found.members) == found.counts).all()
    assert itemsets.maximal(found).sum() == itemsets.closed(found).sum() == 1


def test_mlxtend_takes_the_frame() -> None:
    from mlxtend.frequent_patterns import association_rules, fpgrowth

    held = many_and_overlapping(1_000, 10, 6)
    names = [f"Item {i}" for i in range(10)]
    found = itemsets.frame(mine(packed(held), 1_000, 20), names)
    assert found.columns.tolist() == ["support", "itemsets", "count"]
    theirs = fpgrowth(pd.DataFrame(held, columns=names), min_support=0.0195, use_colnames=True)
    ours, expected = (association_rules(sets, metric="confidence", min_threshold=0.2) for sets in (found, theirs))
    columns = ["antecedents", "consequents", "support", "confidence", "lift", "conviction"]
    assert len(ours) == len(expected) > 20
    assert set(ours[columns].round(9).itertuples(index=False)) == set(
        expected[columns].round(9).itertuples(index=False)
    )


def test_a_table_for_people() -> None:
    baskets = baskets_of(np.array([[1, 1], [1, 1], [1, 0], [0, 0]], dtype=bool))
    shown = itemsets.table(find("bitset", baskets, 2), baskets.items)
    assert shown.to_dict("list") == {
        "itemset": ["Item 0", "Item 1", "Item 0, Item 1"], "length": [1, 1, 2], "count": [3, 2, 2],
        "support": [0.75, 0.5, 0.5],
    }  # fmt: skip


def advised(refused: AnalysisError, n: int) -> int:
    """The count for the support that the sentence names."""
    named = re.search(r"choose ([\d.e-]+) \(([\d,]+) of ", str(refused))
    assert named, refused
    count = int(named[2].replace(",", ""))
    assert threshold(float(named[1]), n) == count
    return count


@pytest.mark.parametrize("dense", [0.5, 0.9])
def test_far_too_low_is_refused_before_the_search_with_a_support_that_fits(dense: float) -> None:
    held = np.random.default_rng(1).random((6_000, 100)) < dense
    words, steps = packed(held), []
    tracemalloc.start()
    with pytest.raises(AnalysisError, match="more than 100,000 itemsets at a least support of 0.001 ") as refused:
        mine(words, 6_000, 6, most=100_000, step=steps.append)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert steps == []  # not one set was visited
    assert peak < 2_000_000
    assert 100 <= len(mine(words, 6_000, advised(refused.value, 6_000), most=100_000)) <= 100_000


def test_a_little_too_low_is_refused_by_the_search() -> None:
    held = many_and_overlapping(3_000, 40, 9)
    words = packed(held)
    found = len(mine(words, 3_000, 9))
    Budget(words, bits.counts(words), 3_000, 0, found - 1).check(9)  # too near to be refused unseen
    with pytest.raises(AnalysisError) as refused:
        mine(words, 3_000, 9, most=found - 1)
    assert found // 10 < len(mine(words, 3_000, advised(refused.value, 3_000))) < found
    with pytest.raises(AnalysisError, match=r"of 0\.0003 \(1 of 3,000 baskets\)"):
        mine(words, 3_000, 1, most=1_000)
    with pytest.raises(AnalysisError, match="more than 1,000 itemsets"):
        mine(words, 3_000, 9, memory=48_000)


def test_what_fits_is_never_refused_unseen() -> None:
    for seed in range(20):
        words = packed(many_and_overlapping(500, 25, seed, 0.7))
        found = len(mine(words, 500, 5))
        Budget(words, bits.counts(words), 500, 0, found).check(5)


def test_items_always_together_are_no_matter_of_support() -> None:
    held = np.repeat(np.arange(400)[:, None] < 300, 80, axis=1)
    with pytest.raises(AnalysisError, match="no higher one would do: shorten the longest rule or leave items out"):
        mine(packed(held), 400, 4)
    assert len(mine(packed(held), 400, 4, longest=2)) == 80 + 80 * 79 // 2


def test_memory_is_twice_the_bits_and_the_answer() -> None:
    words = packed(many_and_overlapping(60_000, 100, 2))
    tracemalloc.start()
    found = mine(words, 60_000, 300)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    answer = found.members.nbytes + found.length.nbytes + found.counts.nbytes
    assert len(found) > 10_000
    assert peak <= 2 * words.nbytes + answer


def test_progress_rises_and_cancel_passes() -> None:
    words = packed(many_and_overlapping(60_000, 60, 2))
    told: list[float] = []
    mine(words, 60_000, 120, step=told.append)
    assert len(told) > 5 and told == sorted(told) and told[-1] == 1

    def stop(fraction: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        mine(words, 60_000, 300, step=stop)
