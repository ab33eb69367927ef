"""The one filter of customers: chips joined by AND, plain enough to be stored as JSON and compiled to SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from crmdesk.domain.customer import KINDS, PRODUCT_FAMILIES
from crmdesk.domain.errors import BadInput
from crmdesk.domain.permission import MARKETING_CHANNELS

# Field to the operators it takes; the values of a choice are any of them, a date takes exactly one.
CHOICE: Final = ("is", "is_not")
DATE: Final = ("from", "before")
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "kind": CHOICE, "branch": CHOICE, "segment": CHOICE, "marketing": CHOICE, "product": CHOICE,
    "joined": DATE, "active": DATE,
}  # fmt: skip
# Fields whose values are fixed words; branches and segments come from the bank.
CLOSED: Final[dict[str, tuple[str, ...]]] = {
    "kind": KINDS, "marketing": MARKETING_CHANNELS, "product": PRODUCT_FAMILIES,
}  # fmt: skip


@dataclass(frozen=True)
class Chip:
    """One condition, such as Chip("marketing", "is", ("email",)): offers by e-mail are permitted today."""

    field: str
    op: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.field not in FIELDS:
            raise BadInput(f"'{self.field}' is not a field to filter by; choose one of {', '.join(FIELDS)}.")
        if self.op not in FIELDS[self.field] or not self.values:
            raise BadInput(f"A filter on {self.field} needs one of {', '.join(FIELDS[self.field])} and a value.")
        for value in self.values:
            if self.field in CLOSED and value not in CLOSED[self.field]:
                raise BadInput(f"'{value}' is not a known {self.field}; choose one of {', '.join(CLOSED[self.field])}.")
        if self.op in DATE:
            self._check_date()

    def _check_date(self) -> None:
        try:
            date.fromisoformat(self.values[0])
        except ValueError:
            raise BadInput(f"'{self.values[0]}' is not a date; write it as 2026-10-31.") from None

    def to_json(self) -> dict[str, Any]:
        return {"field": self.field, "op": self.op, "values": list(self.values)}


def from_json(chips: Iterable[dict[str, Any]]) -> tuple[Chip, ...]:
    """The chips of a stored filter; BadInput where one names an unknown field, operator or value."""
    return tuple(Chip(c.get("field", ""), c.get("op", ""), tuple(map(str, c.get("values", ())))) for c in chips)
