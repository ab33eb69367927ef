"""What a customer holds in the fields that the bank added, in words for reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crmdesk.domain import own_field
from crmdesk.domain.rights import Actor, Right
from crmdesk.services import sight
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store.queries import customer_edit as queries

HIDDEN: Final = "hidden"


@dataclass(frozen=True)
class OwnValue:
    """One own field with its value as text, "" where nothing is recorded; `kind` as the field's."""

    code: str
    title: str
    kind: str
    text: str


@service(Right.READ_CUSTOMER, of="number")
def of_customer(app: App, actor: Actor, number: str, reason: str = "") -> list[OwnValue]:
    """Every own field in use, in the bank's order; empty where the customer was merged away or has no such number.

    What this person may not read of the customer is told as "hidden", whether there is a value or not. Who must give a
    `reason` sees all with one, which the audit keeps.
    """
    opened = sight.opened(number, reason, "own fields", app, actor)
    with (opened or app.store).reader() as raw:
        found = queries.row(raw, number)
        fields = queries.own_fields(raw) if found else []
        tags = {field.tag for field in fields}
        told = tags if opened else {tag for tag in tags if found and sight.told(raw, actor, found["id"], tag)}
    held = (found or {}).get("custom") or {}
    values = []
    for field in fields:
        text = own_field.written(held.get(field.code))
        shown = text if field.tag in told else HIDDEN
        values.append(OwnValue(field.code, field.title, field.kind, shown))
    return values
