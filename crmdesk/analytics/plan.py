"""From measures to kernels: equal work is shared, and counts by code come from one table per column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crmdesk.analytics.expressions import Bound, Compiler, Words
from crmdesk.analytics.kernels import Count, Crosstab, Extreme, Kernel, Mask, Moments, Sum, Top
from crmdesk.analytics.tables import Table
from crmdesk.contributions.measures import Column_, Expr, Literal_, Measure, Operation
from crmdesk.domain.errors import BadInput

CROSSTAB_CODES = 256  # a column with more words is counted word by word


@dataclass(frozen=True)
class Plan:
    """Kernels to feed, the columns they read, and for each `top` of a coded column the column with its words."""

    kernels: list[Kernel]
    columns: list[str]
    worded: dict[str, str]


def plan(
    measures: Mapping[str, Measure], table: Table, words: Mapping[str, Words] | None = None, customers: int = 0
) -> Plan:
    """Compile measures over a table; without the bank's words only to check them. BadInput names the mistake."""
    return _Planner(table, words, customers).plan(measures)


class _Planner:
    def __init__(self, table: Table, words: Mapping[str, Words] | None, customers: int) -> None:
        self._table, self._words, self._customers = table, words, customers
        self._compiler = Compiler(table, words)
        self._kernels: list[Kernel] = []
        self._crosstabs: dict[str, Crosstab] = {}
        self._moments: dict[str, Moments] = {}
        self._tops: dict[str, Top] = {}
        self._worded: dict[str, str] = {}

    def plan(self, measures: Mapping[str, Measure]) -> Plan:
        for name, measure in measures.items():
            if name == "customer":
                raise BadInput("A measure cannot be named customer: that is the key.")
            self._one(name, measure)
        shared: list[Kernel] = [*self._crosstabs.values(), *self._moments.values(), *self._tops.values()]
        return Plan(self._kernels + shared, sorted(self._compiler.columns), self._worded)

    def _one(self, name: str, measure: Measure) -> None:
        where = self._compiler.predicate(measure.where) if measure.where is not None else None
        if measure.kind == "count":
            self._count(name, measure.where, where)
        elif measure.value is None:
            raise BadInput(f"The measure {name} of '{self._table.name}' says {measure.kind} but not of what.")
        elif measure.kind in ("top", "top_n"):
            self._top(name, measure, where)
        else:
            value = self._compiler.number(measure.value, measure.kind)
            if measure.kind == "sum":
                self._kernels.append(Sum(name, self._customers, value, where))
            elif measure.kind in ("min", "max"):
                largest = measure.kind == "max"
                self._kernels.append(Extreme(name, self._customers, value, where, largest=largest))
            else:
                same = repr((measure.value, measure.where))
                kept = self._moments.setdefault(same, Moments(self._customers, value, where))
                kept.give(name, measure.kind)

    def _count(self, name: str, expr: Expr | None, where: Mask) -> None:
        column, values = _equality(expr)
        crosstab = self._crosstab(column) if column else None
        if crosstab is None or self._words is None:
            self._kernels.append(Count(name, self._customers, where))
        else:
            crosstab.count(name, [self._words[column].code(value) for value in dict.fromkeys(values)])

    def _top(self, name: str, measure: Measure, where: Mask) -> None:
        assert measure.value is not None
        value = self._rankable(self._compiler.bind(measure.value))
        if value.kind == "code" and measure.kind == "top":
            self._worded[name] = value.column
        crosstab = self._crosstab(value.column) if where is None else None
        if crosstab is not None:
            crosstab.top(name, how_often=measure.kind == "top_n")
            return
        kept = self._tops.setdefault(repr((measure.value, measure.where)), Top(self._customers, value, where))
        kept.give(name, measure.kind)

    def _rankable(self, value: Bound) -> Bound:
        if value.kind not in ("code", "number"):
            raise BadInput(f"top over '{self._table.name}' needs a column or a number, not a {value.kind}.")
        return value

    def _crosstab(self, column: str) -> Crosstab | None:
        """The shared table of a coded column with few words; None for all others."""
        if self._words is None or column not in self._words or len(self._words[column].words) > CROSSTAB_CODES:
            return None
        if column not in self._crosstabs:
            self._crosstabs[column] = Crosstab(column, self._customers, len(self._words[column].words))
        return self._crosstabs[column]


def _equality(expr: Expr | None) -> tuple[str, list[object]]:
    """(column, values) of `column == value` or `column.isin(...)`; an empty column name for any other condition."""
    if not isinstance(expr, Operation) or expr.op not in ("==", "in"):
        return "", []
    parts = expr.parts
    if expr.op == "==" and isinstance(parts[0], Literal_):
        parts = parts[::-1]
    if not isinstance(parts[0], Column_) or not all(isinstance(part, Literal_) for part in parts[1:]):
        return "", []
    return parts[0].name, [part.value for part in parts[1:] if isinstance(part, Literal_)]
