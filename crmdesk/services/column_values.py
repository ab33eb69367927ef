"""The further columns of the list as text: facts of the customer, the bank's own fields, and what plugins add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from crmdesk.domain import own_field
from crmdesk.domain.filter import OWN, is_own
from crmdesk.domain.rights import Actor, Right, clear
from crmdesk.services import plugin_columns, sight
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store.queries import customer_columns as queries
from crmdesk.store.queries import filters

_CONTACT: Final = frozenset({"email", "phone", "street", "postcode"})


@dataclass(frozen=True)
class Cells:
    """Text by customer and column; `failed` names the plugins whose columns could not be computed."""

    of: dict[int, dict[str, str]]
    failed: tuple[str, ...] = ()


@service(Right.READ_CUSTOMER)
def cells(app: App, actor: Actor, ids: Sequence[int], keys: Sequence[str], *, contact: bool = False) -> Cells:
    """These columns of these customers; one that is gone, or that this person may not read, is empty.

    `contact`: e-mail, phone and address too, which only an export may carry.
    """
    found: dict[int, dict[str, str]] = {key: dict.fromkeys(keys, "") for key in ids}
    asked = [key for key in keys if contact or key not in _CONTACT]
    of_plugins, failed = plugin_columns.cells(app, actor, ids, asked)
    for part in (_facts(app, actor, ids, asked), _own(app, actor, ids, asked), of_plugins):
        for customer, texts in part.items():
            found[customer].update(texts)
    return Cells(found, failed)


def _facts(app: App, actor: Actor, ids: Sequence[int], keys: Sequence[str]) -> dict[int, dict[str, str]]:
    told = clear(actor, Right.READ_CONTACT)  # else the mask of a phone would stand in a file as one
    mine = [key for key in keys if key in queries.EXPRESSIONS and (told or key not in _CONTACT)]
    if not mine:
        return {}
    with app.store.reader() as raw:
        facts = queries.facts(raw, ids, mine)
    return {
        c: {key: _text(actor, key, value) for key, value in zip(mine, values, strict=True)}
        for c, values in facts.items()
    }


def _own(app: App, actor: Actor, ids: Sequence[int], keys: Sequence[str]) -> dict[int, dict[str, str]]:
    asked = [key for key in keys if is_own(key)]
    if not asked:
        return {}
    with app.store.reader() as raw:
        known, values = filters.own_fields(raw), queries.own_values(raw, ids)
    codes = [k[len(OWN) :] for k in asked]
    shown = [code for code in codes if code in known and sight.tag_seen(actor, known[code].tag)]
    return {c: {f"{OWN}{code}": own_text(known[code].kind, held.get(code)) for code in shown}
            for c, held in values.items()}  # fmt: skip


def own_text(kind: str, value: Any) -> str:
    """What is written in a field of the bank's own, as people read it."""
    if value is None:
        return ""
    if kind == "yes_no":
        return "Yes" if value in (True, 1, "yes") else "No"
    return own_field.written(value)


def _text(actor: Actor, key: str, value: Any) -> str:
    if key == "restricted":
        return "Yes" if value else "No"
    if key == "tasks":
        return str(value) if value else ""
    if value is None or value == "":
        return ""
    if key == "born":
        return sight.born(actor, int(str(value)[:4]))
    return str(value)
