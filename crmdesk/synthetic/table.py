"""Columns of invented rows, as the bank stores them: integers, text, None."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = Sequence[Any] | NDArray[Any]


class Table:
    """Equally long columns by name; the order of the columns is the order of insertion."""

    def __init__(self, columns: dict[str, Column]) -> None:
        lengths = {len(c) for c in columns.values()}
        if len(lengths) > 1:
            raise ValueError(f"columns of different lengths: { {n: len(c) for n, c in columns.items()} }")
        self.columns = columns
        self.rows = lengths.pop() if lengths else 0

    def tuples(self, size: int = 100_000) -> Iterator[list[tuple[Any, ...]]]:
        """Rows as plain Python values, in chunks."""
        for start in range(0, self.rows, size):
            parts = (plain(c[start : start + size]) for c in self.columns.values())
            yield list(zip(*parts, strict=True))

    def dicts(self, size: int = 20_000) -> Iterator[list[dict[str, Any]]]:
        names = list(self.columns)
        for chunk in self.tuples(size):
            yield [dict(zip(names, row, strict=True)) for row in chunk]


def plain(column: Column) -> list[Any]:
    return column.tolist() if isinstance(column, np.ndarray) else list(column)


def nullable(values: NDArray[Any], known: NDArray[np.bool_]) -> NDArray[np.object_]:
    """The values, and None where `known` is false."""
    found = values.astype(object)
    found[~known] = None
    return found


def dates(days: NDArray[np.int64]) -> NDArray[np.object_]:
    """Epoch days to YYYY-MM-DD."""
    return days.astype("datetime64[D]").astype(str).astype(object)


def moments_text(seconds: NDArray[np.int64]) -> list[str]:
    """Epoch seconds UTC to the stored form, 'YYYY-MM-DD HH:MM:SS.ffffff'."""
    return [text.replace("T", " ") + ".000000" for text in seconds.astype("datetime64[s]").astype(str).tolist()]


def content_hash(tables: dict[str, Table]) -> str:
    """SHA-256 over all tables' columns in name order: the same bank has the same hash on any computer."""
    found = hashlib.sha256()
    for name in sorted(tables):
        for column, values in tables[name].columns.items():
            found.update(f"{name}.{column}:{tables[name].rows}\n".encode())
            whole = isinstance(values, np.ndarray) and values.dtype != object
            data = np.ascontiguousarray(values).tobytes() if whole else repr(plain(values)).encode()
            found.update(data)
    return found.hexdigest()
