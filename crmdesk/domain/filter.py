"""The one filter of customers: chips joined by AND, plain enough to be stored as JSON and compiled to SQL."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from crmdesk.domain.customer import KINDS, PRODUCT_FAMILIES, RELATIONS
from crmdesk.domain.errors import BadInput
from crmdesk.domain.permission import MARKETING_CHANNELS

# Kind of a field to the operators it takes; the values of a choice are any of them, a date or a number is exactly one.
CHOICE: Final = ("is", "is_not")
DATE: Final = ("from", "before")
NUMBER: Final = ("from", "before")
TEXT: Final = ("contains",)
YES_NO: Final = ("is",)
OPERATORS: Final[dict[str, tuple[str, ...]]] = {
    "choice": CHOICE, "date": DATE, "number": NUMBER, "text": TEXT, "yes_no": YES_NO,
}  # fmt: skip
KIND_OF: Final[dict[str, str]] = {
    "kind": "choice", "branch": "choice", "manager": "choice", "segment": "choice", "marketing": "choice",
    "product": "choice", "city": "text", "country": "choice", "source": "choice", "relation_wanted": "choice",
    "prospect": "yes_no", "has_task": "yes_no", "restricted": "yes_no", "born": "date", "joined": "date",
    "active": "date",
}  # fmt: skip
FIELDS: Final[dict[str, tuple[str, ...]]] = {name: OPERATORS[kind] for name, kind in KIND_OF.items()}
# Fields whose values are fixed words; branches, segments and the rest come from the bank.
ANSWERS: Final = ("yes", "no")
CLOSED: Final[dict[str, tuple[str, ...]]] = {
    "kind": KINDS, "marketing": MARKETING_CHANNELS, "product": PRODUCT_FAMILIES, "relation_wanted": RELATIONS,
    **{name: ANSWERS for name, kind in KIND_OF.items() if kind == "yes_no"},
}  # fmt: skip
# "custom.CODE" is a field that the bank added; what kind it is, only the bank knows.
OWN: Final = "custom."
OWN_KINDS: Final[dict[str, str]] = {
    "text": "text", "whole": "number", "number": "number", "date": "date", "yes_no": "yes_no", "choice": "choice",
}  # fmt: skip
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def is_own(field: str) -> bool:
    """Whether this is the name of a field that the bank added."""
    return field.startswith(OWN) and _CODE.fullmatch(field[len(OWN) :]) is not None


@dataclass(frozen=True)
class Chip:
    """One condition, such as Chip("marketing", "is", ("email",)): offers by e-mail are permitted today.

    The value "" of a choice stands for "nothing is written there"; a text may contain any of its values.
    """

    field: str
    op: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if is_own(self.field):
            self._check_words(tuple(dict.fromkeys(op for ops in OPERATORS.values() for op in ops)))
        elif self.field not in FIELDS:
            raise BadInput(f"'{self.field}' is not a field to filter by; choose one of {', '.join(FIELDS)}.")
        else:
            self.check_kind(KIND_OF[self.field])

    def check_kind(self, kind: str, title: str = "") -> None:
        """BadInput where operator or values do not suit a field of this kind; for the bank's own fields too."""
        self._check_words(OPERATORS[kind], title)
        for value in self.values:
            known = ANSWERS if kind == "yes_no" else CLOSED.get(self.field)
            if known is not None and value not in known:
                what = title or self.field
                raise BadInput(f"'{value}' is not known for '{what}'; choose one of {', '.join(known)}.")
        if kind == "date":
            self._check_date()
        if kind == "number":
            self._check_number()
        if kind == "text" and not all(value.strip() for value in self.values):
            raise BadInput(f"A filter on {title or self.field} needs some text to look for.")

    def _check_words(self, operators: tuple[str, ...], title: str = "") -> None:
        if self.op not in operators or not self.values:
            raise BadInput(f"A filter on {title or self.field} needs one of {', '.join(operators)} and a value.")

    def _check_date(self) -> None:
        try:
            date.fromisoformat(self.values[0])
        except ValueError:
            raise BadInput(f"'{self.values[0]}' is not a date; write it as 2026-10-31.") from None

    def _check_number(self) -> None:
        try:
            fits = math.isfinite(float(self.values[0]))
        except ValueError:
            fits = False
        if not fits:
            raise BadInput(f"'{self.values[0]}' is not a number; write it as 1250 or 12.5.")

    def to_json(self) -> dict[str, Any]:
        return {"field": self.field, "op": self.op, "values": list(self.values)}


def from_json(chips: Iterable[dict[str, Any]]) -> tuple[Chip, ...]:
    """The chips of a stored filter; BadInput where one names an unknown field, operator or value."""
    return tuple(Chip(c.get("field", ""), c.get("op", ""), tuple(map(str, c.get("values", ())))) for c in chips)
