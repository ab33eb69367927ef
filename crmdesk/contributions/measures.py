"""Measures as data: what to count, sum or rank per customer, said without saying how.

Only `crmdesk.analytics` compiles them; each engine does it its own way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scalar = int | float | str | None
Op = Literal["+", "-", "*", "==", "!=", "<", "<=", ">", ">=", "and", "or", "not", "is_null", "in"]


@dataclass(frozen=True, eq=False)
class Expr:
    """A column, a literal or an operation on expressions; comparing two builds a predicate."""

    def __add__(self, other: Expr | Scalar) -> Expr:
        return Operation("+", (self, _expr(other)))

    def __sub__(self, other: Expr | Scalar) -> Expr:
        return Operation("-", (self, _expr(other)))

    def __mul__(self, other: Expr | Scalar) -> Expr:
        return Operation("*", (self, _expr(other)))

    def __eq__(self, other: object) -> Expr:  # type: ignore[override]
        return Operation("==", (self, _expr(other)))

    def __ne__(self, other: object) -> Expr:  # type: ignore[override]
        return Operation("!=", (self, _expr(other)))

    __hash__ = object.__hash__

    def __lt__(self, other: Expr | Scalar) -> Expr:
        return Operation("<", (self, _expr(other)))

    def __le__(self, other: Expr | Scalar) -> Expr:
        return Operation("<=", (self, _expr(other)))

    def __gt__(self, other: Expr | Scalar) -> Expr:
        return Operation(">", (self, _expr(other)))

    def __ge__(self, other: Expr | Scalar) -> Expr:
        return Operation(">=", (self, _expr(other)))

    def __and__(self, other: Expr) -> Expr:
        return Operation("and", (self, other))

    def __or__(self, other: Expr) -> Expr:
        return Operation("or", (self, other))

    def __invert__(self) -> Expr:
        return Operation("not", (self,))

    def __bool__(self) -> bool:
        raise TypeError("An expression has no truth value: join predicates with & and |, not with and / or.")

    def is_null(self) -> Expr:
        return Operation("is_null", (self,))

    def isin(self, *values: Scalar) -> Expr:
        return Operation("in", (self, *(Literal_(v) for v in values)))


@dataclass(frozen=True, eq=False)
class Column_(Expr):
    name: str


@dataclass(frozen=True, eq=False)
class Literal_(Expr):
    value: Scalar


@dataclass(frozen=True, eq=False)
class Operation(Expr):
    op: Op
    parts: tuple[Expr, ...]


def _expr(value: object) -> Expr:
    if isinstance(value, Expr):
        return value
    if value is None or isinstance(value, int | float | str):
        return Literal_(value)
    raise TypeError(f"A measure compares columns with numbers and text, not with {type(value).__name__}.")


class Row:
    """Columns of the table a Features runs over: `Row().amount`, or `I.channel == "atm"`."""

    def __getattr__(self, name: str) -> Column_:
        if name.startswith("__"):
            raise AttributeError(name)
        return Column_(name)


I = Row()  # noqa: E741 - the trade's short name: one interaction


@dataclass(frozen=True)
class Measure:
    """One aggregate per customer; `empty` rows give NULL except for counts, which give 0."""

    kind: Literal["count", "min", "max", "sum", "mean", "m2", "m3", "m4", "n", "top", "top_n"]
    value: Expr | None = None
    where: Expr | None = None


def count() -> Measure:
    """Number of rows."""
    return Measure("count")


def count_if(where: Expr) -> Measure:
    """Number of rows where the predicate is true; NULL is false."""
    return Measure("count", where=where)


def min_(value: Expr, where: Expr | None = None) -> Measure:
    return Measure("min", value, where)


def max_(value: Expr, where: Expr | None = None) -> Measure:
    return Measure("max", value, where)


def sum_(value: Expr, where: Expr | None = None) -> Measure:
    """Sum over non-NULL; sums of integers stay integers; no row gives NULL."""
    return Measure("sum", value, where)


def moments(name: str, value: Expr) -> dict[str, Measure]:
    """`NAME_n`, `NAME_mean` and the centred sums `NAME_m2`, `_m3`, `_m4`, by two passes.

    Raw power sums lose all digits at large offsets, so an engine must centre first.
    """
    kinds: tuple[Literal["n", "mean", "m2", "m3", "m4"], ...] = ("n", "mean", "m2", "m3", "m4")
    return {f"{name}_{kind}": Measure(kind, value) for kind in kinds}


def top(name: str, value: Expr) -> dict[str, Measure]:
    """`NAME`, the commonest value (ties: the smallest), and `NAME_n`, how often it occurs."""
    return {name: Measure("top", value), f"{name}_n": Measure("top_n", value)}
