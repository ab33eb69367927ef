"""A filter as one line of text, for the foot of an export or a print and the head of a saved list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crmdesk.domain.errors import BadInput
from crmdesk.domain.filter import Chip
from crmdesk.domain.rights import Actor, Right
from crmdesk.services.context import App
from crmdesk.services.customers import CustomerQuery
from crmdesk.services.guard import service
from crmdesk.services.list_fields import FilterField, fields

_NAMED: Final = 20  # known values that a refusal names


@service(Right.READ_CUSTOMER)
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


def values_typed(parts: Sequence[str], field: FilterField) -> tuple[str, ...]:
    """The values of a field that people typed as shown or by code, split at every comma.

    A value whose words hold a comma is put together again. BadInput for one that the field has not, naming those known.
    """
    found: list[str] = []
    at = 0
    while at < len(parts):
        for end in range(len(parts), at, -1):
            meant = _meant(", ".join(parts[at:end]), field)
            if meant:
                found += meant
                at = end
                break
        else:
            raise BadInput(f"'{parts[at]}' is not known for '{field.title.lower()}'; {_known(field)}")
    return tuple(dict.fromkeys(found))


def _meant(text: str, field: FilterField) -> list[str]:
    wanted = " ".join(text.split()).casefold()
    codes = [value for value, _ in field.choices if value.casefold() == wanted]
    return codes or [value for value, label in field.choices if label.casefold() == wanted]


def _known(field: FilterField) -> str:
    words = [label if label.casefold() in ("", value.casefold()) else f"{value} ({label})" if value else label
             for value, label in field.choices[:_NAMED]]  # fmt: skip
    if not words:
        return "this bank has none yet."
    more = len(field.choices) - len(words)
    return f"choose one of {', '.join(words)}{f' and {more:,} more' if more else ''}."
