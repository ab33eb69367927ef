"""The slow reference: loops over rows, one value at a time, sharing nothing with the kernels."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from crmdesk.contributions.measures import Column_, Expr, Literal_, Measure, Operation

Row = dict[str, Any]


def value(expr: Expr, row: Row) -> Any:
    """SQL's value of an expression on one row; None is NULL."""
    if isinstance(expr, Column_):
        return row[expr.name]
    if isinstance(expr, Literal_):
        return expr.value
    assert isinstance(expr, Operation)
    parts = [value(part, row) for part in expr.parts]
    if expr.op == "is_null":
        return parts[0] is None
    if expr.op == "not":
        return None if parts[0] is None else not parts[0]
    if expr.op == "and":
        return False if False in parts else None if None in parts else True
    if expr.op == "or":
        return True if True in parts else None if None in parts else False
    if expr.op == "in":
        first, *rest = parts
        if not rest:
            return False
        if first is None:
            return None
        return True if first in [r for r in rest if r is not None] else None if None in rest else False
    a, b = parts
    if a is None or b is None:
        return None
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "==": lambda: a == b, "!=": lambda: a != b,
            "<": lambda: a < b, "<=": lambda: a <= b, ">": lambda: a > b, ">=": lambda: a >= b}[expr.op]()  # fmt: skip


def counts_as_activity(stored: Row) -> bool:
    if stored["catalogue_id"] > 900:
        return False
    return stored["initiated_by"] == "customer" or stored["response"] in ("accepted", "interested", "declined")


def inside(stored: Row, as_of: date, months: int) -> bool:
    """Known by the end of the day, and after the same day so many months before."""
    day = datetime.fromtimestamp(stored["occurred_s"], UTC).date()
    if day > as_of:
        return False
    if stored["recorded_s"] is not None and datetime.fromtimestamp(stored["recorded_s"], UTC).date() > as_of:
        return False
    if not months:
        return True
    ahead = day  # inside when the day moved forward by `months` lies after as_of, month ends clamped
    year, month = divmod(as_of.year * 12 + as_of.month - 1 - months, 12)
    for last in range(as_of.day, 0, -1):
        try:
            limit = date(year, month + 1, last)
        except ValueError:
            continue
        return ahead > limit
    raise AssertionError


def measure(m: Measure, rows: list[Row]) -> Any:
    """One measure over one customer's rows; None is NULL."""
    if m.where is not None:
        rows = [row for row in rows if value(m.where, row) is True]
    if m.kind == "count":
        return len(rows)
    assert m.value is not None
    known = [v for row in rows if (v := value(m.value, row)) is not None]
    if m.kind in ("n", "top_n"):
        return len(known) if m.kind == "n" else max(Counter(known).values(), default=0)
    if not known:
        return None
    if m.kind in ("min", "max", "sum"):
        return {"min": min, "max": max, "sum": sum}[m.kind](known)
    if m.kind == "top":
        counted = Counter(known)
        return min(v for v, n in counted.items() if n == max(counted.values()))
    mean = sum(map(Fraction, known)) / len(known)  # exact
    if m.kind == "mean":
        return float(mean)
    return float(sum((Fraction(v) - mean) ** int(m.kind[1]) for v in known))
