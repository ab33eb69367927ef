"""Baskets from a file: two columns transaction and item, or one basket a line."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import AnalysisError

Ints = NDArray[np.int64]
LARGEST = 500_000_000  # bytes: read in one piece
HEADER = ("transaction", "item")
MOST_NAMED = 4  # columns named to whom they are not understood


@dataclass(frozen=True)
class TableFile:
    """n baskets over `names`: pairs (basket, item) by place, repeats and all; `basket` numbers are 0..n-1."""

    name: str
    sha256: str
    size: int
    n: int
    basket: Ints
    item: Ints
    names: list[str]


def read(path: str | None) -> TableFile:
    """The baskets of a file; AnalysisError where it is not there, too large, no text or empty.

    With a header that names transaction and item: two columns, separated by comma, semicolon or tab. Else one basket
    a line, items separated by commas (or semicolons, tabs), or by blanks where there is no such mark in the file; a
    table with other columns is refused by their names.
    """
    if not path:
        raise AnalysisError("Baskets from a table need a file: give it as table.")
    data = _bytes(Path(path))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AnalysisError(f"{Path(path).name} is no UTF-8 text; save it as CSV in UTF-8.") from None
    if not text.strip() or "\0" in text:
        raise AnalysisError(f"{Path(path).name} holds no baskets; give a CSV file with the columns transaction, item.")
    mark = _separator(text)
    head = [part.strip().lower() for part in text.split("\n", 1)[0].strip().replace('"', "").split(mark)]
    n, basket, words = (
        _pairs(text, mark, head, Path(path).name) if set(HEADER) <= set(head) else _lines(text, mark, Path(path).name)
    )
    if not words:
        raise AnalysisError(f"{Path(path).name} holds no item: every basket in it is empty.")
    names, item = _coded(words)
    digest = hashlib.sha256(data).hexdigest()
    return TableFile(Path(path).name, digest, len(data), n, np.asarray(basket, np.int64), item, names)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise AnalysisError(f"{path.name} is larger than {LARGEST // 10**6} MB; split it by period.")
        return path.read_bytes()
    except OSError as error:
        reason = "is not there" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise AnalysisError(f"The table {path.name or path} {reason}; check where it lies.") from None


def _separator(text: str) -> str | None:
    """The mark between the items: the first of comma, semicolon and tab that is in use; None = blanks."""
    sample = text[:100_000]
    return next((mark for mark in (",", ";", "\t") if mark in sample), None)


def _pairs(text: str, mark: str | None, head: list[str], name: str) -> tuple[int, Ints, list[str]]:
    """Baskets numbered in the order in which their transactions first appear."""
    reader = csv.reader(io.StringIO(text), delimiter=mark or " ", skipinitialspace=True)
    first, second = head.index("transaction"), head.index("item")
    try:
        next(reader)
        rows = [row for row in reader if row]
    except csv.Error as error:
        raise AnalysisError(f"{name} is no table of transactions and items ({error}).") from None
    short = next((row for row in rows if len(row) <= max(first, second)), None)
    if short is not None:
        raise AnalysisError(f"{name} has a line with less than a transaction and an item: '{' '.join(short)[:40]}'.")
    filled = [(row[first].strip(), row[second].strip()) for row in rows]
    filled = [pair for pair in filled if pair[0] and pair[1]]
    number = {transaction: i for i, transaction in enumerate(dict.fromkeys(pair[0] for pair in filled))}
    return len(number), np.array([number[pair[0]] for pair in filled], np.int64), [pair[1] for pair in filled]


def _lines(text: str, mark: str | None, name: str) -> tuple[int, Ints, list[str]]:
    """One basket a line; an empty line is no basket."""
    lines = [line for line in text.splitlines() if line.strip()]
    if mark is None:
        rows = [line.split() for line in lines]
    elif '"' in text:
        rows = list(csv.reader(lines, delimiter=mark, skipinitialspace=True))
    else:
        rows = [line.split(mark) for line in lines]
    columns = _columns(rows)
    if columns:
        listed = ", ".join(columns[:MOST_NAMED]) + (" and more" if len(columns) > MOST_NAMED else "")
        raise AnalysisError(
            f"{name} looks like a table with the columns {listed}; rename those of the basket and of what is in it "
            "to transaction and item. If the first line is a basket too, put it further down."
        )
    baskets = [[word for word in map(str.strip, row) if word] for row in rows]
    baskets = [basket for basket in baskets if basket]
    lengths = np.fromiter(map(len, baskets), np.int64, len(baskets))
    return len(baskets), np.repeat(np.arange(len(baskets)), lengths), list(chain.from_iterable(baskets))


def _columns(rows: list[list[str]]) -> list[str]:
    """The names in the first row where the file is a table and no list of baskets; else nothing.

    A table has the same number of fields (two and more) in every row, and names above its columns that differ from
    each other, are no numbers, never stand below themselves, and hardly anywhere else.
    """
    width = len(rows[0]) if rows else 0
    if width < 2 or len(rows) < 2 or any(len(row) != width for row in rows):
        return []
    names = [word.strip() for word in rows[0]]
    if len({name.lower() for name in names}) < width or any(not name or _number(name) for name in names):
        return []
    if any(name == row[place].strip() for place, name in enumerate(names) for row in rows[1:]):
        return []
    elsewhere = set(names) & {word.strip() for row in rows[1:] for word in row}
    return names if 2 * len(elsewhere) < width else []


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _coded(words: list[str]) -> tuple[list[str], Ints]:
    """The different words sorted, and each word's place among them."""
    names = sorted(set(words))
    place = {name: i for i, name in enumerate(names)}
    return names, np.fromiter(map(place.__getitem__, words), np.int64, len(words))
