"""Declared expressions compiled to numpy, with SQL's three-valued logic: a comparison with NULL is NULL.

A value is a pair (values, known): `known` is a boolean mask of the rows that are not NULL, or None for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from crmdesk.analytics.tables import Table
from crmdesk.contributions.measures import Column_, Expr, Literal_, Operation
from crmdesk.domain.errors import BadInput

Known = NDArray[np.bool_] | None
Value = tuple[NDArray[Any], Known]
Batch = Mapping[str, Value]  # columns of one window, all of one length; "customer" is always there
Kind = Literal["number", "code", "truth", "word", "null"]

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {"+": np.add, "-": np.subtract, "*": np.multiply}
_COMPARISON: dict[str, Callable[[Any, Any], Any]] = {
    "==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """The words of a coded column in their order: code = place. `rank` maps the stored number to the code, -1 none."""

    words: tuple[Any, ...]
    rank: NDArray[np.int64]

    def code(self, word: Any) -> int:
        return self.words.index(word) if word in self.words else -1


@dataclass(frozen=True)
class Bound:
    """A compiled expression; `column` is set where it is a bare column, `constant` where it is a literal."""

    kind: Kind
    run: Callable[[Batch], Value]
    column: str = ""
    constant: Any = None


class Compiler:
    """Compiles expressions over one analytics table.

    Without the bank's `words` it only checks: tables, columns and types; with them, the words of closed columns too.
    All mistakes raise BadInput with one sentence.
    """

    def __init__(self, table: Table, words: Mapping[str, Words] | None = None) -> None:
        self.table = table
        self.words = words
        self.columns: set[str] = set()

    def predicate(self, expr: Expr) -> Callable[[Batch], NDArray[np.bool_]]:
        """A mask of the rows where the expression is true; NULL is false."""
        bound = self.bind(expr)
        if bound.kind != "truth":
            raise BadInput(f"A condition on '{self.table.name}' must compare something, such as channel == 'atm'.")

        def run(batch: Batch) -> NDArray[np.bool_]:
            values, known = bound.run(batch)
            truth = values if known is None else values & known
            return np.broadcast_to(truth, batch["customer"][0].shape)

        return run

    def number(self, expr: Expr, use: str) -> Bound:
        """An expression that `use` can reckon with: no words, no truth values."""
        bound = self.bind(expr)
        if bound.kind == "code":
            raise BadInput(f"{use} needs a number, but {bound.column} of '{self.table.name}' holds words.")
        if bound.kind != "number":
            raise BadInput(f"{use} over '{self.table.name}' needs a number, not a {bound.kind}.")
        return bound

    def bind(self, expr: Expr) -> Bound:
        if isinstance(expr, Column_):
            return self._column(expr.name)
        if isinstance(expr, Literal_):
            return self._literal(expr.value)
        if isinstance(expr, Operation):
            return self._operation(expr.op, [self.bind(part) for part in expr.parts])
        raise BadInput(f"A measure over '{self.table.name}' holds {type(expr).__name__}, which is no expression.")

    def _column(self, name: str) -> Bound:
        column = self.table.column(name)
        self.columns.add(name)
        return Bound("code" if column.coded else "number", lambda batch: batch[name], column=name)

    def _literal(self, value: Any) -> Bound:
        if value is None:
            return Bound("null", lambda batch: _constant(batch, 0, known=False))
        if isinstance(value, str):
            return Bound("word", lambda batch: _constant(batch, 0, known=False), constant=value)
        return Bound("number", lambda batch: _constant(batch, value), constant=value)

    def _operation(self, op: str, parts: list[Bound]) -> Bound:
        if op == "is_null":
            return Bound("truth", lambda batch: (_is_null(parts[0].run(batch), len(batch["customer"][0])), None))
        if op in ("and", "or", "not"):
            return self._logic(op, parts)
        if op == "in":
            return self._member(parts)
        left, right = self._comparable(op, *parts)
        kind: Kind = "number" if op in _ARITHMETIC else "truth"
        function = _ARITHMETIC.get(op) or _COMPARISON[op]

        def run(batch: Batch) -> Value:
            (a, a_known), (b, b_known) = left.run(batch), right.run(batch)
            return function(a, b), _both(a_known, b_known)

        return Bound(kind, run)

    def _logic(self, op: str, parts: list[Bound]) -> Bound:
        if any(part.kind not in ("truth", "null") for part in parts):
            raise BadInput(f"'{op}' over '{self.table.name}' joins conditions, not columns.")
        runs = [part.run for part in parts]
        if op == "not":
            return Bound("truth", lambda batch: _not(runs[0](batch)))
        join = _and if op == "and" else _or
        return Bound("truth", lambda batch: join(runs[0](batch), runs[1](batch)))

    def _member(self, parts: list[Bound]) -> Bound:
        if len(parts) == 1:
            return Bound("truth", lambda batch: _constant(batch, False))
        found = self._operation("==", [parts[0], parts[1]])
        for part in parts[2:]:
            found = self._logic("or", [found, self._operation("==", [parts[0], part])])
        return found

    def _comparable(self, op: str, left: Bound, right: Bound) -> tuple[Bound, Bound]:
        """Both sides as numbers; a word beside a coded column becomes its code."""
        kinds = {left.kind, right.kind}
        if "truth" in kinds:
            raise BadInput(f"'{op}' over '{self.table.name}' works on columns and values, not on conditions.")
        if "code" not in kinds and "word" not in kinds:
            return left, right
        if op not in ("==", "!="):
            name = left.column or right.column
            raise BadInput(f"'{op}' cannot be used on {name} of '{self.table.name}', which holds words: use == or !=.")
        if "null" in kinds:
            return left, right
        if left.kind == "code" and right.constant is not None:
            return left, self._code(left.column, right.constant)
        if right.kind == "code" and left.constant is not None:
            return self._code(right.column, left.constant), right
        raise BadInput(f"'{op}' over '{self.table.name}' compares a column of words with one word.")

    def _code(self, name: str, word: Any) -> Bound:
        code = -1
        if self.words is not None:
            code = self.words[name].code(word)
            if code < 0 and self.table.column(name).closed:
                known = ", ".join(map(str, self.words[name].words))
                raise BadInput(f"'{word}' is not a known {name} of '{self.table.name}'; known: {known}.")
        return Bound("number", lambda batch: _constant(batch, code), constant=word)


def _constant(batch: Batch, value: Any, *, known: bool = True) -> Value:
    # One value broadcasts over the window; only a NULL needs its mask in full.
    return np.asarray(value), None if known else np.zeros(len(batch["customer"][0]), bool)


def _both(a: Known, b: Known) -> Known:
    if a is None or b is None:
        return b if a is None else a
    return a & b


def _is_null(value: Value, rows: int) -> NDArray[np.bool_]:
    return np.zeros(rows, bool) if value[1] is None else ~value[1]


def _split(value: Value) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where it is surely true, and where it is surely false."""
    values, known = value
    truth = values.astype(bool)
    return (truth, ~truth) if known is None else (truth & known, ~truth & known)


def _not(value: Value) -> Value:
    return ~value[0].astype(bool), value[1]


def _and(a: Value, b: Value) -> Value:
    (a_true, a_false), (b_true, b_false) = _split(a), _split(b)
    truth = a_true & b_true
    return truth, None if a[1] is None and b[1] is None else truth | a_false | b_false


def _or(a: Value, b: Value) -> Value:
    (a_true, a_false), (b_true, b_false) = _split(a), _split(b)
    truth = a_true | b_true
    return truth, None if a[1] is None and b[1] is None else truth | (a_false & b_false)
