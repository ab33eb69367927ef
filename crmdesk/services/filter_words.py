"""A filter as one line of text, for the foot of an export or a print and the head of a saved list."""

from __future__ import annotations

from collections.abc import Sequence

from crmdesk.domain.filter import Chip
from crmdesk.domain.rights import Actor
from crmdesk.services.context import App
from crmdesk.services.customers import CustomerQuery
from crmdesk.services.list_fields import FilterField, fields


def describe(app: App, actor: Actor, query: CustomerQuery) -> str:
    """Searched words and chips: "“yil”; Branch: Harbour; Joined from 2026-01-01"; "All customers" where none."""
    return in_words(query, fields(app, actor)) if query.filters else in_words(query, ())


def in_words(query: CustomerQuery, known: Sequence[FilterField]) -> str:
    """As `describe`, with the fields at hand."""
    titles = {field.name: field for field in known}
    parts = [f"“{query.text.strip()}”"] if query.text.strip() else []
    parts += [chip_words(chip, titles.get(chip.field)) for chip in query.filters]
    return "; ".join(parts) or "All customers"


def chip_words(chip: Chip, field: FilterField | None) -> str:
    """One condition as people read it, whatever became of its field since."""
    title = field.title if field else chip.field.partition(".")[2] or chip.field
    labels = dict(field.choices) if field else {}
    values = " or ".join(labels.get(value, value) or "nothing written" for value in chip.values)
    if chip.op in ("from", "before"):
        at_least = "at least" if field and field.kind == "number" else "from"
        below = "below" if field and field.kind == "number" else "before"
        return f"{title} {at_least if chip.op == 'from' else below} {chip.values[0]}"
    joint = {"is": ":", "is_not": " not:", "contains": " contains"}[chip.op]
    return f"{title}{joint} {values}"
