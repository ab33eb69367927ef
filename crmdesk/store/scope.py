"""What one person's connection shows: temporary views in the place of the tables, with rows and columns left out.

A name without a schema is looked up among temporary views first (SQLite, "Resolving table names"), so that every query
of this room sees only permitted rows and masked columns, whatever its WHERE says. The search index reads
`main.customer`: what may be searched is for the query to say (`Scope.searched`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from crmdesk.domain.rights import Actor, Grant, Reach, Right, View, grant
from crmdesk.store.tables import metadata

# Whose right opens a table, and how its row leads to a customer ("" none: everyone with the right sees all rows).
# The ledger's rows are never left out: a permission that is not seen would not be known to have ended.
OF_CUSTOMER: Final = "main.customer c WHERE c.id = main.{table}.customer_id"
OF_ACCOUNT: Final = (
    "main.holding h JOIN main.customer c ON c.id = h.customer_id WHERE h.account_id = main.{table}.account_id"
)
TABLES: Final[dict[str, tuple[Right, str]]] = {
    "interest": (Right.READ_CUSTOMER, OF_CUSTOMER),
    "document": (Right.READ_CUSTOMER, OF_CUSTOMER),
    "household_member": (Right.READ_CUSTOMER, OF_CUSTOMER),
    "life_event": (Right.READ_CUSTOMER, OF_CUSTOMER),
    "account": (Right.READ_ACCOUNTS, OF_ACCOUNT.replace("{table}.account_id", "{table}.id")),
    "holding": (Right.READ_ACCOUNTS, OF_CUSTOMER),
    "balance_month": (Right.READ_ACCOUNTS, OF_ACCOUNT),
    "standing_order": (Right.READ_ACCOUNTS, OF_ACCOUNT),
    "interaction": (Right.READ_INTERACTIONS, OF_CUSTOMER),
    "feedback": (Right.READ_INTERACTIONS, OF_CUSTOMER),
    "contact": (Right.READ_INTERACTIONS, OF_CUSTOMER),
    "permission_evidence": (Right.READ_PERMISSIONS, ""),
    "task": (Right.READ_WORK, "work"),
    "opportunity": (Right.READ_WORK, "work"),
    "segment_membership": (Right.READ_RESULTS, OF_CUSTOMER),
    "recommended_action": (Right.READ_RESULTS, OF_CUSTOMER),
    "field_change": (Right.READ_HISTORY, OF_CUSTOMER),
}
PSEUDONYM: Final = "P-"
_NAME: Final = {View.CLEAR: None, View.MASKED: "number", View.PSEUDONYM: f"'{PSEUDONYM}' || id"}


@dataclass(frozen=True)
class Scope:
    """What one person sees; two people of the same branch and roles may share the views."""

    staff: int | None
    branch: int | None
    grants: tuple[tuple[Right, Grant | None], ...]

    def of(self, right: Right) -> Grant | None:
        return dict(self.grants).get(right)

    def view(self, right: Right) -> View | None:
        found = self.of(right)
        return found.view if found else None

    @property
    def searched(self) -> tuple[str, ...]:
        """The columns of the search index that hold nothing masked."""
        number = ("number",) if self.view(Right.READ_CUSTOMER) in (View.CLEAR, View.MASKED) else ()
        names = ("name_folded",) if self.view(Right.READ_CUSTOMER) == View.CLEAR else ()
        contact = self.view(Right.READ_CONTACT) == View.CLEAR
        return (*number, *names, *(("email_folded", "city_folded", "phone_digits") if contact else ()))

    def views(self) -> dict[str, str]:
        """View name to its CREATE statement."""
        found = {"customer": _customer(self)}
        for table, (right, way) in TABLES.items():
            found[table] = _table(self, table, right, way)
        return {name: f"CREATE TEMP VIEW {name} AS {select}" for name, select in found.items()}

    def install(self, raw: Any) -> Any:
        """The connection with the views in the place of the tables."""
        for statement in self.views().values():
            raw.execute(statement)
        return raw


_SEEN: Final = (
    Right.READ_CUSTOMER, Right.READ_CONTACT, Right.READ_PROTECTED, Right.READ_ACCOUNTS, Right.READ_INTERACTIONS,
    Right.READ_PERMISSIONS, Right.READ_WORK, Right.READ_HISTORY, Right.READ_RESULTS,
)  # fmt: skip


def scope_of(actor: Actor) -> Scope | None:
    """None where nothing is left out, as in single-user mode."""
    grants = tuple((right, grant(actor, right)) for right in _SEEN)
    if all(found == Grant() for _, found in grants):
        return None
    return Scope(actor.staff, actor.branch, grants)


def _reached(scope: Scope, found: Grant | None) -> str:
    """The condition on `c`, a customer, by how far a right reaches."""
    if found is None:
        return "0"
    if found.reach == Reach.ALL:
        return "1"
    if found.reach == Reach.BRANCH:
        return f"c.branch_id = {scope.branch if scope.branch is not None else -1:d}"
    return f"c.manager_id = {scope.staff if scope.staff is not None else -1:d}"


def _customer(scope: Scope) -> str:
    known = scope.of(Right.READ_CUSTOMER)
    view = known.view if known else View.MASKED
    contact = scope.view(Right.READ_CONTACT) == View.CLEAR
    money = scope.view(Right.READ_ACCOUNTS) == View.CLEAR
    shown = {
        "number": _NAME[View.PSEUDONYM] if view == View.PSEUDONYM else None,
        "given_name": None if view == View.CLEAR else "NULL",
        "family_name": _NAME[view],
        "name_folded": None if view == View.CLEAR else f"lower({_NAME[view]})",
        "email": None if contact else "CASE WHEN email IS NOT NULL THEN '•••' END",
        "phone": None if contact else "CASE WHEN phone IS NOT NULL THEN '••••' END",
        **dict.fromkeys(("street", "city", "postcode", "country", "custom"), None if contact else "NULL"),
        **dict.fromkeys(("city_folded", "email_folded", "phone_digits"), None if contact else "''"),
        "birth_date": None if scope.view(Right.READ_PROTECTED) == View.CLEAR else "substr(birth_date, 1, 4)",
        "gender": None if scope.view(Right.READ_PROTECTED) == View.CLEAR else "'unknown'",
        "income": None if money else "NULL",
    }
    columns = (_as(c.name, shown.get(c.name)) for c in metadata.tables["customer"].columns)
    return f"SELECT {', '.join(columns)} FROM main.customer c WHERE {_reached(scope, known)}"


def _table(scope: Scope, table: str, right: Right, way: str) -> str:
    known = scope.of(right)
    clear = known is not None and known.view == View.CLEAR
    columns = ", ".join(
        _as(c.name, None if clear or c.info.get("tag") != "text" else "NULL" if c.nullable else "''")
        for c in metadata.tables[table].columns
    )
    if way == "work":
        where = "1" if known and known.reach == Reach.ALL else f"owner_id = {scope.staff or -1:d}" if known else "0"
    elif known is None or known.reach == Reach.ALL or not way:
        where = "0" if known is None else "1"
    else:
        where = f"EXISTS (SELECT 1 FROM {way.format(table=table)} AND {_reached(scope, known)})"
    return f"SELECT {columns} FROM main.{table} WHERE {where}"


def _as(name: str, expression: str | None) -> str:
    return f'"{name}"' if expression is None else f'{expression} AS "{name}"'
