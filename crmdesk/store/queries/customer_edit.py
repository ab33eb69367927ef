"""SQL of editing customers: the whole row, the bank's choices, free numbers, look-alikes, and who changed what."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from crmdesk.store.queries.customers import key_of
from crmdesk.store.queries.permissions import day, moment

FIRST_NUMBER: Final = "C-000001"  # of a bank that has no customers yet, or none whose number can be counted on
_FIRST: Final = ("", "C-", "000001")
_TRIGRAM: Final = 3
_COLUMNS: Final = (
    "id", "number", "kind", "given_name", "family_name", "birth_date", "gender", "occupation", "education", "income",
    "email", "phone", "street", "city", "postcode", "country", "source", "joined_on", "left_on", "relation_wanted",
    "version", "merged_into", "batch_id",
)  # fmt: skip
_DAYS: Final = ("birth_date", "joined_on", "left_on")


@dataclass(frozen=True)
class OwnField:
    """A field that the bank added; its values lie in `customer.custom` under `code`."""

    id: int
    code: str
    title: str
    kind: str
    choices: tuple[str, ...]
    tag: str
    position: int
    retired_on: date | None
    version: int


@dataclass(frozen=True)
class Branches:
    """What references may name: code -> (id, name) of branches, login -> (id, name) of staff."""

    branches: dict[str, tuple[int, str]]
    staff: dict[str, tuple[int, str]]


def own_fields(raw: Any, *, retired: bool = False) -> list[OwnField]:
    """The bank's own fields in their order; `retired` adds those out of use."""
    which = "" if retired else "WHERE retired_on IS NULL"
    rows = raw.execute(
        "SELECT id, code, title, kind, choices, tag, position, retired_on, version FROM custom_field "
        f"{which} ORDER BY position, id"
    )
    return [
        OwnField(key, code, title, kind, tuple(json.loads(choices or "null") or ()), tag, position, day(gone), version)
        for key, code, title, kind, choices, tag, position, gone, version in rows
    ]


def holders(raw: Any, code: str, values: Sequence[str]) -> dict[str, int]:
    """How many customers hold each of these values in an own field; values that nobody holds are left out."""
    marks = ", ".join("?" * len(values))
    return dict(raw.execute(
        "SELECT json_extract(custom, '$.' || ?), count(*) FROM customer WHERE custom IS NOT NULL "
        f"AND json_extract(custom, '$.' || ?) IN ({marks}) GROUP BY 1",
        (code, code, *values),
    ))  # fmt: skip


def references(raw: Any) -> Branches:
    """The branches and the staff of the bank."""
    branches = {code: (key, name) for code, key, name in raw.execute("SELECT code, id, name FROM branch ORDER BY name")}
    staff = {login: (key, name) for login, key, name in raw.execute("SELECT login, id, name FROM staff ORDER BY name")}
    return Branches(branches, staff)


def row(raw: Any, number: str) -> dict[str, Any] | None:
    """A customer as columns, with `branch` (code), `manager` (login) and `custom` (dict); None: no such number."""
    names = ", ".join(f"c.{name}" for name in _COLUMNS)
    found = raw.execute(
        f"SELECT {names}, b.code, s.login, c.custom FROM customer c JOIN branch b ON b.id = c.branch_id "
        "LEFT JOIN staff s ON s.id = c.manager_id WHERE c.id = ?", (key_of(raw, number),),
    ).fetchone()  # fmt: skip
    if found is None:
        return None
    values = dict(zip((*_COLUMNS, "branch", "manager", "custom"), found, strict=True))
    values.update({name: day(values[name]) for name in _DAYS})
    values["custom"] = json.loads(values["custom"] or "null") or {}
    return values


def erased_on(raw: Any, customer: int) -> date | None:
    """The day this person was erased; None: never."""
    found = raw.execute(
        "SELECT max(effective_at) FROM permission_event WHERE customer_id = ? AND status = 'erased'", (customer,)
    ).fetchone()
    return moment(found[0]).date() if found[0] else None


def merged_into(raw: Any, customer: int) -> str | None:
    """The number of the customer this one was merged into; None where it was not."""
    found = raw.execute(
        "SELECT m.number FROM customer c JOIN customer m ON m.id = c.merged_into WHERE c.id = ?", (customer,)
    ).fetchone()
    return found[0] if found else None


def number_of(raw: Any, customer: int) -> str:
    return str(raw.execute("SELECT number FROM customer WHERE id = ?", (customer,)).fetchone()[0])


def next_number(raw: Any) -> str:
    """The number after the largest of the form given last: letters, then digits; a full width takes one more digit."""
    last = raw.execute("SELECT number FROM customer ORDER BY id DESC LIMIT 1").fetchone()
    form = re.fullmatch(r"([^0-9]*)([0-9]{1,15})", last[0] if last else FIRST_NUMBER, re.ASCII) or _FIRST
    head, width, following = form[1], len(form[2]), 1
    while True:
        pattern = re.sub(r"([*?\[])", r"[\1]", head) + "[0-9]" * width
        highest = raw.execute(
            "SELECT number FROM customer WHERE number GLOB ? ORDER BY number DESC LIMIT 1", (pattern,)
        ).fetchone()
        following = int(highest[0][len(head) :]) + 1 if highest else following
        if len(str(following)) <= width:
            return f"{head}{following:0{width}d}"
        width = len(str(following))


def usual_country(raw: Any) -> str:
    """The country of the customer recorded last, "" where none of the last thousand has one."""
    found = raw.execute(
        "SELECT country FROM (SELECT country FROM customer ORDER BY id DESC LIMIT 1000) "
        "WHERE country IS NOT NULL LIMIT 1"
    ).fetchone()
    return str(found[0]) if found else ""


def branch_of(raw: Any, login: str) -> str:
    """The code of the branch where this person works, else of the bank's first."""
    found = raw.execute(
        "SELECT b.code FROM staff s JOIN branch b ON b.id = s.branch_id WHERE s.login = ?", (login,)
    ).fetchone()
    return str((found or raw.execute("SELECT code FROM branch ORDER BY id LIMIT 1").fetchone())[0])


def _part(column: str, value: str) -> tuple[str, list[Any]]:
    """Customers whose searched column is exactly `value`, found through the search index."""
    if len(value) < _TRIGRAM:
        return "0", []
    match = f'{column} : "' + value.replace('"', '""') + '"'
    found = "id IN (SELECT rowid FROM customer_search WHERE customer_search MATCH ?)"
    return f"({found} AND {column} = ?)", [match, value]


def alike(raw: Any, column: str, value: str, most: int) -> list[tuple[str, str | None, str]]:
    """(number, given name, family name) of customers whose `phone_digits` or `email_folded` is `value`."""
    condition, parameters = _part(column, value)
    return list(raw.execute(
        f"SELECT number, given_name, family_name FROM customer WHERE {condition} AND merged_into IS NULL "
        "ORDER BY id LIMIT ?", (*parameters, most),
    ))  # fmt: skip


def namesakes(raw: Any, kind: str, folded: str, born: date | None, most: int) -> list[tuple[str, str | None, str]]:
    """Customers of the same name: persons who were born the same day, and companies."""
    return list(raw.execute(
        "SELECT number, given_name, family_name FROM customer WHERE name_folded = ? AND kind = ? "
        "AND (kind = 'company' OR birth_date = ?) AND merged_into IS NULL ORDER BY id LIMIT ?",
        (folded, kind, born.isoformat() if born else None, most),
    ))  # fmt: skip


def changes_since(raw: Any, customer: int, version: int) -> list[Mapping[str, Any]]:
    """Fields of one customer that changed after `version`, oldest first: field, before, after, by, at, version."""
    rows = raw.execute(
        "SELECT f.field, f.before, f.after, d.actor, d.at, f.version FROM field_change f "
        "JOIN deed d ON d.id = f.deed_id "
        "WHERE f.table_name = 'customer' AND f.row_id = ? AND f.version > ? ORDER BY f.id",
        (customer, version),
    )
    return [
        {"field": field, "before": json.loads(before or "null"), "after": json.loads(after or "null"), "by": by,
         "at": moment(at), "version": number}
        for field, before, after, by, at, number in rows
    ]  # fmt: skip


def batch(raw: Any, key: int | None) -> tuple[str, Any] | None:
    """(who, when) of an import."""
    found = raw.execute("SELECT by, at FROM import_batch WHERE id = ?", (key,)).fetchone()
    return (found[0], moment(found[1])) if found else None
