"""SQL of what surrounds a customer: household, relations, interests and life events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from crmdesk.store.queries.customers import key_of
from crmdesk.store.queries.permissions import day, moment


@dataclass(frozen=True)
class Person:
    """The customer that something is written down about."""

    id: int
    number: str
    kind: str
    given_name: str | None
    family_name: str
    birth_date: date | None
    merged_into: int | None


@dataclass(frozen=True)
class Membership:
    """One open place in a household."""

    id: int
    household_id: int
    customer_id: int
    role: str
    from_on: date


def person(raw: Any, number: str) -> Person | None:
    found = raw.execute(
        "SELECT id, number, kind, given_name, family_name, birth_date, merged_into FROM customer WHERE id = ?",
        (key_of(raw, number),),
    ).fetchone()
    return Person(*(*found[:5], day(found[5]), found[6])) if found else None


def membership(raw: Any, customer: int) -> Membership | None:
    """The household where the customer lives now; None: in none that is known."""
    found = raw.execute(
        "SELECT id, household_id, customer_id, role, from_on FROM household_member "
        "WHERE customer_id = ? AND to_on IS NULL",
        (customer,),
    ).fetchone()
    return Membership(*(*found[:4], date.fromisoformat(found[4]))) if found else None


def household(raw: Any, key: int) -> tuple[int, str, int] | None:
    """(id, name, version)."""
    found = raw.execute("SELECT id, name, version FROM household WHERE id = ?", (key,)).fetchone()
    return tuple(found) if found else None


def members(raw: Any, key: int) -> list[tuple[str, str | None, str, str, date]]:
    """(number, given name, family name, role, since) of those who live there now, the longest first."""
    rows = raw.execute(
        "SELECT c.number, c.given_name, c.family_name, m.role, m.from_on FROM household_member m "
        "JOIN customer c ON c.id = m.customer_id WHERE m.household_id = ? AND m.to_on IS NULL ORDER BY m.from_on, m.id",
        (key,),
    )
    return [(number, given, family, role, date.fromisoformat(since)) for number, given, family, role, since in rows]


def relations(raw: Any, customer: int) -> list[dict[str, Any]]:
    """Relations in both directions, those that stand first."""
    rows = raw.execute(
        "SELECT r.id, r.kind, iif(r.from_id = ?1, 'from', 'to'), c.number, c.given_name, c.family_name, r.from_on, "
        "r.to_on FROM relation r JOIN customer c ON c.id = iif(r.from_id = ?1, r.to_id, r.from_id) "
        "WHERE r.from_id = ?1 OR r.to_id = ?1 ORDER BY r.to_on IS NOT NULL, r.id",
        (customer,),
    )
    names = ("id", "kind", "direction", "number", "given_name", "family_name", "from_on", "to_on")
    return [dict(zip(names, (*row[:6], day(row[6]), day(row[7])), strict=True)) for row in rows]


def relation(raw: Any, key: int) -> dict[str, Any] | None:
    found = raw.execute(
        "SELECT r.kind, r.to_on, r.from_id, f.number, t.number FROM relation r JOIN customer f ON f.id = r.from_id "
        "JOIN customer t ON t.id = r.to_id WHERE r.id = ?", (key,),
    ).fetchone()  # fmt: skip
    return dict(zip(("kind", "to_on", "from_id", "from", "to"), found, strict=True)) if found else None


def standing_relation(raw: Any, from_id: int, to_id: int, kind: str) -> bool:
    """Whether this relation between the two stands now."""
    found = raw.execute(
        "SELECT 1 FROM relation WHERE from_id = ? AND to_id = ? AND kind = ? AND to_on IS NULL", (from_id, to_id, kind)
    )
    return found.fetchone() is not None


def life_events(raw: Any, customer: int) -> list[tuple[int, str, date, str, str]]:
    """(id, kind, day, source, note), the latest day first."""
    rows = raw.execute(
        'SELECT id, kind, "on", source, note FROM life_event WHERE customer_id = ? ORDER BY "on" DESC, id DESC',
        (customer,),
    )
    return [(key, kind, date.fromisoformat(on), source, note or "") for key, kind, on, source, note in rows]


def interests(raw: Any, customer: int) -> list[tuple[int, str, datetime, str]]:
    """(id, family, when, source), the newest first."""
    rows = raw.execute(
        "SELECT id, family, at, source FROM interest WHERE customer_id = ? ORDER BY at DESC, id DESC", (customer,)
    )
    return [(key, family, moment(at), source) for key, family, at, source in rows]


def of_row(raw: Any, table: str, key: int) -> tuple[int, str] | None:
    """(customer, number) that a row of `life_event` or `interest` belongs to."""
    found = raw.execute(
        f"SELECT c.id, c.number FROM {table} t JOIN customer c ON c.id = t.customer_id WHERE t.id = ?", (key,)
    ).fetchone()
    return (found[0], found[1]) if found else None
