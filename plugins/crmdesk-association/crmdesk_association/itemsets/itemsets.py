"""Itemsets after the search: in order, looked up, closed or maximal, and as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk_association.transactions import Ints, Item, Itemsets

if TYPE_CHECKING:
    import pandas as pd

Places = NDArray[np.int32]  # items by their place, ascending, -1 after the last
Mask = NDArray[np.bool_]
KEY_BITS = 62


def assemble(
    n: int, m: int, sizes: Mapping[int, int], found: Iterable[tuple[NDArray[np.integer], NDArray[np.integer]]]
) -> Itemsets:
    """Itemsets over m items from (places (k, L) in any order, counts (k)) of each length L, shortest first.

    `sizes`: k of each length, known before, so that the pieces can be made and let go one by one.
    """
    total = sum(sizes.values())
    members = np.full((total, max(sizes, default=1)), -1, dtype=np.int32)
    length, counts = np.zeros(total, dtype=np.int64), np.zeros(total, dtype=np.int64)
    end = 0
    for places, counted in found:
        begin, end, size = end, end + len(counted), places.shape[1]
        places.sort(axis=1)
        order = _order(places, m)
        length[begin:end] = size
        counts[begin:end] = counted[order]
        for column in range(size):
            members[begin:end, column] = places[order, column]
    return Itemsets(n, members, length, counts)


def _order(places: NDArray[np.integer], m: int) -> Ints:
    """The order of rows by their members: several members are one number, so few numbers are compared."""
    keys = _keys(places, m)
    return np.argsort(keys[0]) if len(keys) == 1 else np.lexsort(tuple(reversed(keys)))


def _keys(places: NDArray[np.integer], m: int) -> list[Ints]:
    """Rows (k, L) as whole numbers, first members first: as many numbers as m items a digit need."""
    bits = max(int(m).bit_length(), 1)
    each = KEY_BITS // bits
    keys = []
    for begin in range(0, max(places.shape[1], 1), each):
        key = np.zeros(len(places), dtype=np.int64)
        for column in range(begin, begin + each):
            key <<= bits
            if column < places.shape[1]:
                key |= places[:, column].astype(np.int64) + 1
        keys.append(key)
    return keys


def lookup(found: Itemsets) -> Callable[[NDArray[np.integer]], Ints]:
    """A function from members (r, L), places ascending and padded with -1, to their counts (r).

    The empty set holds in every basket: n. A set that was not found counts -1.
    """
    row_of = finder(found)

    def counts(members: NDArray[np.integer]) -> Ints:
        at = row_of(members)
        answer = np.full(len(at), -1, dtype=np.int64)
        answer[at >= 0] = found.counts[at[at >= 0]]
        answer[(members < 0).all(axis=1)] = found.n
        return answer

    return counts


def finder(found: Itemsets) -> Callable[[NDArray[np.integer]], Ints]:
    """A function from members (r, L), places ascending and padded with -1, to their rows in `found` or -1."""
    m, width = int(found.members.max(initial=-1)) + 1, found.members.shape[1]
    keys = _joined(_keys(found.members, m))
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]

    def rows(members: NDArray[np.integer]) -> Ints:
        asked = np.full((len(members), width), -1, dtype=np.int64)
        columns = min(width, members.shape[1])
        asked[:, :columns] = members[:, :columns]
        fits = (members < m).all(axis=1) & (members[:, columns:] < 0).all(axis=1) & bool(len(ranked))
        answer = np.full(len(members), -1, dtype=np.int64)
        keys = _joined(_keys(asked[fits], m))
        at = np.minimum(np.searchsorted(ranked, keys), len(ranked) - 1)
        answer[fits] = np.where(ranked[at] == keys, order[at], -1)
        return answer

    return rows


def _joined(keys: list[Ints]) -> NDArray[np.generic]:
    """One sortable column: a plain number where one is enough, else big-endian bytes, which sort as the numbers do."""
    if len(keys) == 1:
        return keys[0]
    joined = np.ascontiguousarray(np.stack(keys, axis=1).astype(">i8"))
    return joined.view(f"S{8 * len(keys)}").ravel()


def closed(found: Itemsets) -> Mask:
    """Sets (k) without a superset among `found` that is as frequent (Pasquier et al. 1999)."""
    return _unless_below(found, lambda below, above: found.counts[below] == found.counts[above])


def maximal(found: Itemsets) -> Mask:
    """Sets (k) without any superset among `found` (Bayardo 1998)."""
    return _unless_below(found, lambda below, above: np.ones(len(below), dtype=bool))


def _unless_below(found: Itemsets, beaten: Callable[[Ints, Ints], Mask]) -> Mask:
    """True but for sets that a superset of one item more beats; all subsets of a frequent set are frequent."""
    mask = np.ones(len(found), dtype=bool)
    row_of = finder(found)
    for size in range(2, found.members.shape[1] + 1):
        above = np.flatnonzero(found.length == size)
        members = found.members[above, :size]
        for left_out in range(size):
            below = row_of(np.delete(members, left_out, axis=1))
            known = below >= 0
            loser = below[known]
            mask[loser[beaten(loser, above[known])]] = False
    return mask


def select(found: Itemsets, mask: Mask) -> Itemsets:
    """The sets where `mask` (k) is true, in the same order."""
    width = max(int(found.length[mask].max(initial=1)), 1)
    return Itemsets(found.n, found.members[mask, :width], found.length[mask], found.counts[mask])


def frame(found: Itemsets, names: Sequence[object]) -> pd.DataFrame:
    """mlxtend's table of itemsets: `support` (share), `itemsets` (frozensets of `names`), plus `count`.

    Sorted by length, then items; mlxtend's association_rules takes it as it is.
    """
    import pandas as pd

    sets = [frozenset(names[i] for i in row[:size]) for row, size in _rows(found)]
    column = pd.Series(sets, dtype=object)
    return pd.DataFrame({"support": _support(found), "itemsets": column, "count": found.counts})


def table(found: Itemsets, items: Sequence[Item]) -> pd.DataFrame:
    """For people: itemset ("A, B"), length, count, support (share); the commonest first."""
    import pandas as pd

    texts = [", ".join(items[i].label for i in row[:size]) for row, size in _rows(found)]
    columns = {"itemset": pd.Series(texts, dtype="str"), "length": found.length, "count": found.counts}
    whole = pd.DataFrame({**columns, "support": _support(found)})
    return whole.sort_values("count", ascending=False, kind="stable", ignore_index=True)


def _rows(found: Itemsets) -> Iterable[tuple[list[int], int]]:
    return zip(found.members.tolist(), found.length.tolist(), strict=True)


def _support(found: Itemsets) -> NDArray[np.float64]:
    return found.counts / max(found.n, 1)
