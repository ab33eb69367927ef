"""Whose customer a row belongs to, and who stands behind a login: what the guard asks before a service call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from crmdesk.domain.rights import Role
from crmdesk.store.scope import PSEUDONYM

_CUSTOMER: Final = "c.branch_id, c.manager_id"
_THROUGH: Final = "SELECT {customer}, {owner} FROM {table} t LEFT JOIN customer c ON c.id = t.{ref} WHERE t.id = ?"
# The kinds of rows that a service names by key: table, its way to a customer, its owner.
_KINDS: Final = {
    "person": ("customer", "id", "NULL"),
    "task": ("task", "customer_id", "t.owner_id"),
    "opportunity": ("opportunity", "customer_id", "t.owner_id"),
    "interaction": ("interaction", "customer_id", "NULL"),
    "document": ("document", "customer_id", "NULL"),
    "relation": ("relation", "from_id", "NULL"),
    "life_event": ("life_event", "customer_id", "NULL"),
    "interest": ("interest", "customer_id", "NULL"),
    "action": ("recommended_action", "customer_id", "NULL"),
    "request": ("privacy_request", "customer_id", "NULL"),
}
KINDS: Final = ("customer", *_KINDS)


@dataclass(frozen=True)
class Subject:
    """Whom a call is about: where and by whom the customer is looked after; the row's owner.

    `named`: the customer as the call named it, "" where it named another row: a refusal tells no number.
    """

    named: str
    branch: int | None
    manager: int | None
    owner: int | None


@dataclass(frozen=True)
class Standing:
    """A person of the bank as the store has it now; `staff` None: nobody has this login.

    `one_time`: the password is one that somebody else gave, and opens nothing yet; `password_at` as it is stored.
    """

    single: bool
    staff: int | None
    branch: int | None
    ended: bool
    one_time: bool
    password_at: str | None
    roles: frozenset[Role]


def subject(raw: Any, kind: str, key: Any) -> Subject | None:
    """The row of a kind in KINDS by its key (a customer by number or pseudonym); None where there is none.

    "person" is a customer by the internal key.
    """
    if kind == "customer":
        hidden = str(key).removeprefix(PSEUDONYM)
        row = raw.execute(f"SELECT {_CUSTOMER}, NULL FROM customer c WHERE number = ?", (key,)).fetchone()
        if row is None and hidden != key and hidden.isdecimal():
            row = raw.execute(f"SELECT {_CUSTOMER}, NULL FROM customer c WHERE id = ?", (int(hidden),)).fetchone()
    else:
        table, ref, owner = _KINDS[kind]
        sql = _THROUGH.format(customer=_CUSTOMER, owner=owner, table=table, ref=ref)
        row = raw.execute(sql, (key,)).fetchone()
    return Subject(str(key) if kind == "customer" else "", *row) if row else None


def standing(raw: Any, login: str) -> Standing:
    """The mode of the bank, and who has this login."""
    mode, staff, branch, ended, one_time, password_at, roles = raw.execute(
        "SELECT b.mode, s.id, s.branch_id, s.ended_at, s.one_time, s.password_at, "
        "(SELECT group_concat(role) FROM staff_role WHERE staff_id = s.id AND to_at IS NULL) "
        "FROM bank_state b LEFT JOIN staff s ON s.login = ?",
        (login,),
    ).fetchone()
    held = frozenset(Role(role) for role in (roles or "").split(",") if role)
    return Standing(mode == "single", staff, branch, ended is not None, bool(one_time), password_at, held)
