"""Which columns of its analytics table a declaration reads."""

from __future__ import annotations

from collections.abc import Iterator

from crmdesk.contributions.measures import Column_, Expr, Operation
from crmdesk.contributions.records import Events, Features


def columns_of(feature: Features | Events) -> Iterator[str]:
    """Columns of the table that a declaration reads."""
    if isinstance(feature, Events):
        yield from feature.columns
        return
    for measure in feature.measures.values():
        yield from _columns(measure.value)
        yield from _columns(measure.where)


def _columns(expression: Expr | None) -> Iterator[str]:
    if isinstance(expression, Column_):
        yield expression.name
    elif isinstance(expression, Operation):
        for part in expression.parts:
            yield from _columns(part)
