"""What a customer holds in the fields that the bank added, in words for reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crmdesk.domain import own_field
from crmdesk.domain.rights import Actor, Right, may
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store.queries import customer_edit as queries

HIDDEN: Final = "hidden"
_OPEN: Final = ("plain", "behaviour", "finance")  # tags whose values are shown without the right to contact data


@dataclass(frozen=True)
class OwnValue:
    """One own field with its value as text, "" where nothing is recorded; `kind` as the field's."""

    code: str
    title: str
    kind: str
    text: str


@service(Right.READ_CUSTOMER, of="number")
def of_customer(app: App, actor: Actor, number: str) -> list[OwnValue]:
    """Every own field in use, in the bank's order; empty where the customer was merged away or has no such number.

    Personal values are told as "hidden" to who may not read contact data.
    """
    clear = may(actor, Right.READ_CONTACT)
    with app.store.reader() as raw:
        found = queries.row(raw, number)
        fields = queries.own_fields(raw) if found else []
    held = (found or {}).get("custom") or {}
    values = []
    for field in fields:
        text = own_field.written(held.get(field.code))
        shown = text if clear or field.tag in _OPEN or not text else HIDDEN
        values.append(OwnValue(field.code, field.title, field.kind, shown))
    return values
