"""How a field of the filter and one condition on it are put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Protocol

from crmdesk.desk import words
from crmdesk.domain.filter import KIND_OF, Chip

YES_NO: Final = (("yes", "Yes"), ("no", "No"))
# Until the bank has told its fields, and for chips of a field that is gone.
TITLES: Final = {"kind": "Kind", "branch": "Branch", "segment": "Segment", "marketing": "May be contacted by",
                 "product": "Has", "joined": "Joined", "active": "Last active"}  # fmt: skip
SIDES: Final = {("date", "from"): "since", ("date", "before"): "before", ("number", "from"): "from",
                ("number", "before"): "below"}  # fmt: skip


class FieldLike(Protocol):
    """A field that customers can be filtered by; `choices` are (value, label), empty but for choices."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def choices(self) -> Sequence[tuple[str, str]]: ...
    @property
    def own(self) -> bool: ...


Fields = Mapping[str, FieldLike]


def title_of(fields: Fields, name: str) -> str:
    found = fields.get(name)
    return found.title if found else TITLES.get(name, name.rpartition(".")[2].replace("_", " ").capitalize())


def kind_of(fields: Fields, chip: Chip) -> str:
    found = fields.get(chip.field)
    if found:
        return found.kind
    return KIND_OF.get(chip.field, "text" if chip.op == "contains" else "choice")


def choices_of(field: FieldLike) -> Sequence[tuple[str, str]]:
    return YES_NO if field.kind == "yes_no" and not field.choices else field.choices


def chip_words(fields: Fields, chip: Chip) -> str:
    """A chip as people read it: "May be contacted by: E-mail or Phone"."""
    title, kind = title_of(fields, chip.field), kind_of(fields, chip)
    if kind == "date":
        return f"{title} {SIDES[kind, chip.op]} {words.on(date.fromisoformat(chip.values[0]))}"
    if kind == "number":
        return f"{title} {SIDES[kind, chip.op]} {chip.values[0]}"
    if kind == "text":
        return f"{title} contains {' or '.join(f'“{value}”' for value in chip.values)}"
    found = fields.get(chip.field)
    names = dict(choices_of(found)) if found else dict(YES_NO)
    values = " or ".join(names.get(v, v) or "nothing" for v in chip.values)
    return f"{title}{' not' if chip.op == 'is_not' else ''}: {values}"
