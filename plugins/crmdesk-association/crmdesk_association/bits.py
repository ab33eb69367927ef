"""Baskets as bits: packing, counting, and the view of one set's own baskets."""

from __future__ import annotations

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
    return np.unpackbits(bits.view(np.uint8), axis=1, count=n).view(np.bool_).T


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
        return (ones.astype(np.float32) @ np.ones(rows.shape[1], dtype=np.float32)).astype(np.int64)
    return ones.sum(axis=1, dtype=np.int64)


def within(bits: Words, which: Ints, own: Words, width: int) -> Words:
    """Rows `which` of `bits` (m, W) seen by the baskets of `own` (W) alone: (len(which), width) words.

    Basket b of the answer is the b-th basket of `own`, so a rare set is searched in its own few baskets and no others.
    """
    baskets = np.flatnonzero(np.unpackbits(own.view(np.uint8)))
    seen = np.zeros((len(which), width * 8), dtype=np.uint8)
    bytes_of = bits.view(np.uint8)
    for begin in range(0, len(baskets), BLOCK // 4):
        part = baskets[begin : begin + BLOCK // 4]
        at, bit = part >> 3, np.uint8(128) >> (part & 7).astype(np.uint8)
        for place, row in enumerate(which):
            chunk = np.packbits(bytes_of[row].take(at) & bit)
            seen[place, begin >> 3 : (begin >> 3) + len(chunk)] = chunk
    return seen.view(np.uint64)
