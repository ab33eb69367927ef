"""Baskets as bits: packing, counting, and the view of one set's own baskets."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crmdesk_association.transactions import Ints, Words

WORD = 64
BLOCK = 1 << 15  # words counted at a time: a quarter of a megabyte stays in the cache
EXACT_AS_FLOAT = 1 << 24  # whole numbers below this are exact in float32


def pack(rows: ArrayLike, columns: ArrayLike, n: int, m: int) -> Words:
    """Bits (m, ceil(n / 64)) from pairs of basket `rows` (0..n-1) and item `columns` (0..m-1).

    Pairs come in any order, repeats count once. Bits after basket n are zero. IndexError for a number out of range.
    """
    row, column = np.asarray(rows, dtype=np.intp), np.asarray(columns, dtype=np.intp)
    words = np.zeros((m, -(-n // WORD)), dtype=np.uint64)
    if not row.size:
        return words
    if min(row.min(), column.min()) < 0 or row.max() >= n or column.max() >= m:
        raise IndexError("a basket or an item is out of range")
    narrow = column.astype(np.min_scalar_type(m))  # 16 bits are sorted in linear time
    order = np.argsort(narrow, kind="stable")
    ends = np.cumsum(np.bincount(narrow, minlength=m))
    held = np.zeros(words.shape[1] * WORD, dtype=np.uint8)
    for item, (begin, end) in enumerate(zip(np.r_[0, ends[:-1]], ends, strict=True)):
        if begin < end:
            baskets = row[order[begin:end]]
            held[baskets] = 1
            words[item] = np.packbits(held).view(np.uint64)
            held[baskets] = 0
    return words


def unpack(bits: Words, n: int) -> NDArray[np.bool_]:
    """The bits (m, W) as a boolean matrix (n, m), baskets by items."""
    held: NDArray[np.bool_] = np.unpackbits(bits.view(np.uint8), axis=1, count=n).view(np.bool_).T
    return held


def counts(bits: Words) -> Ints:
    """Set bits of each row (m): how many baskets hold the item."""
    found = np.zeros(len(bits), dtype=np.int64)
    width = bits.shape[1]
    step = max(1, BLOCK // max(width, 1))
    for at in range(0, len(bits) if width else 0, step):
        found[at : at + step] = _tally(bits[at : at + step])
    return found


def _tally(rows: Words) -> Ints:
    ones = np.bitwise_count(rows)
    if rows.shape[1] * WORD < EXACT_AS_FLOAT:  # a product with ones adds up three times faster than a sum of bytes
        total: Ints = (ones.astype(np.float32) @ _ones(rows.shape[1])).astype(np.int64)
        return total
    added: Ints = ones.sum(axis=1, dtype=np.int64)
    return added


@lru_cache(maxsize=256)
def _ones(width: int) -> NDArray[np.float32]:
    ones = np.ones(width, dtype=np.float32)
    ones.setflags(write=False)
    return ones


def within(bits: Words, which: Ints, own: Words, size: int) -> Words:
    """Rows `which` of `bits` (m, W) as the `size` baskets of `own` (W) alone see them: (len(which), ceil(size / 64)).

    Basket b of the answer is the b-th basket of `own`, so a rare set is searched in its own few baskets and no others.
    """
    baskets = np.unpackbits(own.view(np.uint8)).view(np.bool_).nonzero()[0]
    seen = np.zeros((len(which), -(-size // WORD) * 8), dtype=np.uint8)
    at, bit = baskets >> 3, np.uint8(128) >> (baskets & 7).astype(np.uint8)
    each = max(1, BLOCK * 4 // max(size, bits.shape[1] * 8, 1))
    for begin in range(0, len(which), each):
        rows = bits.take(which[begin : begin + each], axis=0).view(np.uint8)
        chunk = rows.take(at, axis=1, mode="clip")
        chunk &= bit
        packed = np.packbits(chunk, axis=1)
        seen[begin : begin + each, : packed.shape[1]] = packed
    return seen.view(np.uint64)
