"""Aggregates per customer, fed window by window: each kernel adds batches and gives whole columns at the end.

Scatter-adds (ufunc.at) cost time by rows, not by customers, so a window stays cheap in a bank of millions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from crmdesk.analytics.expressions import Batch, Bound, Value

Mask = Callable[[Batch], NDArray[np.bool_]] | None
Column = tuple[NDArray[Any], NDArray[np.bool_] | None]  # values and which of them are known (None: all)


class Kernel(Protocol):
    def add(self, batch: Batch) -> None: ...

    def columns(self) -> dict[str, Column]: ...


def selected(batch: Batch, value: Bound, where: Mask) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Places and values of the rows that count: not NULL, and inside `where`."""
    place = batch["customer"][0]
    values, known = value.run(batch)
    values = np.broadcast_to(values, place.shape)
    keep = known
    if where is not None:
        keep = where(batch) if known is None else known & where(batch)
    return (place, values) if keep is None else (place[keep], values[keep])


class Count:
    """Rows, or rows where the condition is true."""

    def __init__(self, name: str, customers: int, where: Mask) -> None:
        self._name, self._where = name, where
        self._count = np.zeros(customers, np.int64)

    def add(self, batch: Batch) -> None:
        place = batch["customer"][0]
        np.add.at(self._count, place if self._where is None else place[self._where(batch)], 1)

    def columns(self) -> dict[str, Column]:
        return {self._name: (self._count, None)}


class Crosstab:
    """Rows per customer and code of one coded column: many counts and a `top` from a single pass."""

    def __init__(self, column: str, customers: int, codes: int) -> None:
        self._column = column
        self._codes = codes
        self._count = np.zeros(customers * codes, np.int32)
        self._counted: dict[str, list[int]] = {}
        self._top: list[tuple[str, bool]] = []

    def count(self, name: str, codes: list[int]) -> None:
        """Also give `name`: rows whose code is one of these."""
        self._counted[name] = [code for code in codes if code >= 0]

    def top(self, name: str, *, how_often: bool) -> None:
        """Also give `name`: the commonest code, or how often it occurs."""
        self._top.append((name, how_often))

    def add(self, batch: Batch) -> None:
        place = batch["customer"][0]
        codes, known = batch[self._column]
        if known is not None:
            place, codes = place[known], codes[known]
        np.add.at(self._count, place * self._codes + codes, np.int32(1))

    def columns(self) -> dict[str, Column]:
        table = self._count.reshape(-1, max(self._codes, 1))
        found: dict[str, Column] = {
            name: (table[:, codes].sum(axis=1, dtype=np.int64), None) for name, codes in self._counted.items()
        }
        if self._top:
            most = table.max(axis=1, initial=0).astype(np.int64)
            code = table.argmax(axis=1) if table.size else np.zeros(len(table), np.int64)  # ties: the smallest code
            found |= {name: (most, None) if often else (code, most > 0) for name, often in self._top}
        return found


class Extreme:
    """Smallest or largest known value."""

    def __init__(self, name: str, customers: int, value: Bound, where: Mask, *, largest: bool) -> None:
        self._name, self._value, self._where = name, value, where
        self._largest = largest
        self._best: NDArray[Any] | None = None
        self._seen = np.zeros(customers, bool)

    def add(self, batch: Batch) -> None:
        place, values = selected(batch, self._value, self._where)
        if self._best is None:
            self._best = np.full(len(self._seen), self._worst(values.dtype), values.dtype)
        self._seen[place] = True
        (np.maximum if self._largest else np.minimum).at(self._best, place, values)

    def _worst(self, dtype: np.dtype[Any]) -> Any:
        if dtype.kind == "f":
            return -np.inf if self._largest else np.inf
        limits = np.iinfo(dtype)
        return limits.min if self._largest else limits.max

    def columns(self) -> dict[str, Column]:
        best = np.zeros(len(self._seen), np.int64) if self._best is None else self._best
        return {self._name: (best, self._seen)}


class Sum:
    """Sum of known values; integers stay integers."""

    def __init__(self, name: str, customers: int, value: Bound, where: Mask) -> None:
        self._name, self._value, self._where = name, value, where
        self._sum: NDArray[Any] | None = None
        self._seen = np.zeros(customers, bool)

    def add(self, batch: Batch) -> None:
        place, values = selected(batch, self._value, self._where)
        if self._sum is None:
            self._sum = np.zeros(len(self._seen), values.dtype)
        self._seen[place] = True
        np.add.at(self._sum, place, values)

    def columns(self) -> dict[str, Column]:
        total = np.zeros(len(self._seen), np.int64) if self._sum is None else self._sum
        return {self._name: (total, self._seen)}


class _Kept:
    """Values that need a second look: places (int32) and values of all windows."""

    def __init__(self, customers: int, value: Bound, where: Mask) -> None:
        self._customers, self._value, self._where = customers, value, where
        self._parts: list[tuple[NDArray[np.int32], NDArray[Any]]] = []
        self._names: list[tuple[str, str]] = []

    def give(self, name: str, kind: str) -> None:
        """Also give this column."""
        self._names.append((name, kind))

    def add(self, batch: Batch) -> None:
        place, values = selected(batch, self._value, self._where)
        self._parts.append((place.astype(np.int32), values))


class Moments(_Kept):
    """n, mean and the centred sums of powers 2..4 by two passes: raw power sums lose all digits at large offsets."""

    def columns(self) -> dict[str, Column]:
        n = np.zeros(self._customers, np.int64)
        first = np.zeros(self._customers, self._parts[0][1].dtype if self._parts else np.int64)
        for place, values in self._parts:
            np.add.at(n, place, 1)
            first[place] = values
        # Differences to one value of the customer's own are exact for integers, so no offset costs a digit.
        offset = np.zeros_like(first)
        for place, values in self._parts:
            np.add.at(offset, place, values - first[place])
        shift = offset / np.maximum(n, 1)
        powers = {f"m{p}": np.zeros(self._customers) for p in (2, 3, 4)}
        for place, values in self._parts:
            away = (values - first[place]) - shift[place]
            square = away * away
            for total, power in zip(powers.values(), (square, square * away, square * square), strict=True):
                np.add.at(total, place, power)
        known = n > 0
        found: dict[str, Column] = {"n": (n, None), "mean": (first + shift, known)}
        found |= {kind: (total, known) for kind, total in powers.items()}
        return {name: found[kind] for name, kind in self._names}


class Top(_Kept):
    """The commonest value of an expression with many values; ties: the smallest."""

    def columns(self) -> dict[str, Column]:
        best, most = np.zeros(self._customers, np.int64), np.zeros(self._customers, np.int64)
        if self._parts:
            place = np.concatenate([p for p, _ in self._parts])
            values = np.concatenate([v for _, v in self._parts])
            best, most = self._ranked(place, values)
        found: dict[str, Column] = {"top": (best, most > 0), "top_n": (most, None)}
        return {name: found[kind] for name, kind in self._names}

    def _ranked(self, place: NDArray[np.int32], values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
        best, most = np.zeros(self._customers, values.dtype), np.zeros(self._customers, np.int64)
        if not len(place):
            return best, most
        order = np.lexsort((values, place))
        place, values = place[order], values[order]
        starts = np.flatnonzero(np.r_[True, (place[1:] != place[:-1]) | (values[1:] != values[:-1])])
        runs = np.diff(np.r_[starts, len(place)])
        # Rank the runs so that the one to keep comes last and overwrites the others.
        rank = np.lexsort((-starts, runs))
        best[place[starts[rank]]] = values[starts[rank]]
        most[place[starts[rank]]] = runs[rank]
        return best, most


def masked(column: Column) -> Value:
    """The column with a mask only where something is unknown."""
    values, known = column
    return values, None if known is None or known.all() else known
