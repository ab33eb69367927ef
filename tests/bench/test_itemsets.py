"""C1, C2, C3: our bit sets against PyFIM's compiled fpgrowth and against mlxtend's (scale.md, section 8).

Data: 150,000 invented baskets from a seed: items of unequal popularity, some bought together. The product's time holds
packing (basket, item) pairs into bits and the search; each baseline gets the baskets in the form it asks for.
"""

from __future__ import annotations

import statistics
import tracemalloc
from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from harness import Call, answer_of, compare, once
from numpy.typing import NDArray

from crmdesk.api import AnalysisError

if TYPE_CHECKING:
    import pandas as pd

Side = Callable[..., str | None]
BASKETS, SEED = 150_000, 7
POPULAR = {40: (0.26, 0.02, 10), 100: (0.285, 0.031, 20)}  # commonest item, rarest item, groups bought together


@cache
def held(items: int) -> NDArray[np.bool_]:
    """Baskets by items."""
    rng = np.random.default_rng(SEED)
    commonest, rarest, groups = POPULAR[items]
    matrix = rng.random((BASKETS, items)) < np.geomspace(commonest, rarest, items)
    for _ in range(groups):
        together = rng.choice(items, rng.integers(2, 6), replace=False)
        matrix[np.ix_(rng.random(BASKETS) < 0.02, together)] = True
    return matrix


@cache
def pairs(items: int) -> tuple[NDArray[np.intp], ...]:
    return held(items).nonzero()


@cache
def transactions(items: int) -> list[list[int]]:
    """As PyFIM takes them."""
    return [np.flatnonzero(row).tolist() for row in held(items)]


@cache
def dense() -> NDArray[np.uint64]:
    """100 items, each in half of the baskets."""
    from crmdesk_association.itemsets import bits

    rng = np.random.default_rng(SEED)
    return bits.pack(*(rng.random((BASKETS, 100)) < 0.5).nonzero(), BASKETS, 100)


@cache
def words(items: int) -> NDArray[np.uint64]:
    from crmdesk_association.itemsets import bits

    return bits.pack(*pairs(items), BASKETS, items)


def with_pyfim(items: int, least: int, whole: bool = False) -> str:
    """Baseline of C1 and C2; `whole` answers with every set and count, which costs time and is not timed."""
    import fim

    found = fim.fpgrowth(transactions(items), supp=-least)
    return _answer([one for one, _ in found], [count for _, count in found]) if whole else str(len(found))


def mined(items: int, least: int, whole: bool = False) -> str:
    """The product: pack, search."""
    from crmdesk_association.itemsets import bits, miner

    found = miner.mine(bits.pack(*pairs(items), BASKETS, items), BASKETS, least)
    sets = (row[row >= 0].tolist() for row in found.members)
    return _answer(sets, found.counts.tolist()) if whole else str(len(found))


def with_mlxtend(items: int, least: int, whole: bool = False) -> str:
    """Baseline of C3."""
    import pandas as pd
    from mlxtend.frequent_patterns import fpgrowth

    return _table(fpgrowth(pd.DataFrame(held(items)), min_support=(least - 0.5) / BASKETS), whole)


def framed(items: int, least: int, whole: bool = False) -> str:
    """The product with mlxtend's output: pack, search, table of frozensets."""
    from crmdesk_association.itemsets import bits, itemsets, miner

    found = miner.mine(bits.pack(*pairs(items), BASKETS, items), BASKETS, least)
    return _table(itemsets.frame(found, range(items)), whole)


def searched(items: int, least: int) -> str:
    """The search alone, for its memory: bytes of the bits, of the answer, and the most taken at once."""
    from crmdesk_association.itemsets import miner

    tracemalloc.start()  # exact, where resident memory hides what is taken from memory already had
    found = miner.mine(words(items), BASKETS, least)
    answer = found.members.nbytes + found.length.nbytes + found.counts.nbytes
    return f"{words(items).nbytes} {answer} {tracemalloc.get_traced_memory()[1]}"


def refused(least: int) -> str:
    """The product on dense items with far too low a support: its sentence."""
    from crmdesk_association.itemsets import miner

    try:
        return str(len(miner.mine(dense(), BASKETS, least)))
    except AnalysisError as error:
        return str(error)


def _table(found: pd.DataFrame, whole: bool) -> str:
    counted = (found["support"] * BASKETS).round().astype(int)
    return _answer(found["itemsets"], counted) if whole else str(len(found))


def _answer(sets: Iterable[Collection[int]], counts: Iterable[int]) -> str:
    """One hash over all sets and counts, in whatever order they came."""
    lines = sorted(f"{sorted(map(int, one))} {int(count)}" for one, count in zip(sets, counts, strict=True))
    return f"{len(lines)} {answer_of({'sets': lines})}"


def _warm_pyfim() -> None:
    import fim  # noqa: F401

    transactions(100)


def _warm_product() -> None:
    import pandas  # noqa: F401
    from crmdesk_association.itemsets import itemsets, miner

    miner.mine(words(40), BASKETS, BASKETS // 20)
    itemsets.frame(miner.mine(words(40)[:, :1], 64, 8), range(40))
    pairs(100)
    words(100)


def _warm_mlxtend() -> None:
    import pandas  # noqa: F401
    from mlxtend.frequent_patterns import fpgrowth  # noqa: F401

    held(40)


with_pyfim.warm = _warm_pyfim  # type: ignore[attr-defined]
with_mlxtend.warm = _warm_mlxtend  # type: ignore[attr-defined]
refused.warm = dense  # type: ignore[attr-defined]
for _side in (mined, framed, searched):
    _side.warm = _warm_product  # type: ignore[attr-defined]


def race(title: str, sides: tuple[tuple[str, Side], tuple[str, Side]], items: int, least: int, gate: float) -> None:
    """The same sets and counts from both sides, untimed; then the times."""
    arguments = {"items": items, "least": least}
    answers = {once(Call(name, side, {**arguments, "whole": True})).answer for name, side in sides}
    print(f"\n{title}: {items} items, {least:,} of {BASKETS:,} baskets: {[str(a).split()[0] for a in answers]} sets")
    assert len(answers) == 1, f"{title}: the sets or their counts differ"
    compare(title, *(Call(name, side, arguments) for name, side in sides), gate=gate).check()


PYFIM, BITS = ("pyfim fpgrowth (C)", with_pyfim), ("bit sets", mined)


def test_c1_a_hundred_items_at_one_percent() -> None:
    race("C1", (PYFIM, BITS), 100, 1_500, 1 / 2)


def test_c2_a_hundred_items_at_a_fifth_of_a_percent() -> None:
    race("C2", (PYFIM, BITS), 100, 300, 2)


def test_c3_forty_items_with_the_output_of_mlxtend() -> None:
    race("C3", (("mlxtend fpgrowth", with_mlxtend), ("bit sets, table", framed)), 40, 1_500, 1 / 30)


def test_memory_is_twice_the_bits_and_the_answer() -> None:
    for least in (1_500, 300):
        answered = str(once(Call("search", searched, {"items": 100, "least": least})).answer)
        bits, answer, peak = map(int, answered.split())
        print(f"\nmemory at {least}: {peak / 2**20:.2f} MB; bits {bits / 2**20:.2f}, answer {answer / 2**20:.2f}")
        assert peak <= 2 * bits + answer


def test_far_too_low_is_refused_within_a_second() -> None:
    for least in (150, 3):
        runs = [once(Call("refusal", refused, {"least": least})) for _ in range(5)]
        wall = statistics.median(run.wall for run in runs)
        grown = statistics.median(run.grown for run in runs)
        print(f"\nrefusal at {least}: {wall:.2f} s, {grown / 2**20:.1f} MB: {runs[0].answer}")
        assert "choose 0.0" in str(runs[0].answer)
        assert wall < 1
        assert grown < 2**24
