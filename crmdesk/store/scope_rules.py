"""The views of tables whose rows belong to no one customer: deeds and their fields, lists, refused rows, staff."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from crmdesk.domain.rights import Grant, Right, View


class Scope(Protocol):
    """What a rule asks of a person's scope (`store.scope.Scope`)."""

    @property
    def login(self) -> str: ...

    def of(self, *rights: Right) -> Grant | None: ...

    def view(self, right: Right) -> View | None: ...

    def reached(self, found: Grant | None, who: str = ...) -> str: ...


Shown = dict[str, str | None]
Rule = Callable[[Scope], tuple[Shown, str]]
HELD_BAND: Final = "held_band"  # a further view, of no table
_OF_ROW: Final = "main.customer c WHERE c.id = main.field_change.customer_id"
_DEED_ROWS: Final = (
    "main.field_change f JOIN main.customer c ON c.id = f.customer_id WHERE f.deed_id = main.deed.id AND"
)
_PROTECTED: Final = ("birth_date", "gender")


def quoted(text: str) -> str:
    """Text as SQL writes it; a view takes no parameters."""
    return "'" + text.replace("'", "''") + "'"


def held_band(scope: Scope) -> str:
    """What each customer holds, of one currency, by the lower edge of its band: one leading digit, then noughts."""
    newest = (
        "(SELECT coalesce(b.end, b.average) FROM main.balance_month b WHERE b.account_id = a.id"
        " ORDER BY b.month DESC LIMIT 1)"
    )
    sums = (
        f"SELECT h.customer_id, sum({newest}) AS held, min(a.currency) AS currency, max(a.currency) AS other"
        " FROM main.holding h JOIN main.account a ON a.id = h.account_id JOIN main.product p ON p.id = a.product_id"
        " WHERE h.role = 'owner' AND a.closed_on IS NULL AND p.family IN ('current', 'savings', 'investment')"
        " GROUP BY h.customer_id"
    )
    digits = "CAST(abs(held) AS TEXT)"
    floor = f"CAST(substr({digits}, 1, 1) || substr('{'0' * 20}', 1, length({digits}) - 1) AS INTEGER)"
    return (
        f"SELECT customer_id, CASE WHEN held < 0 THEN -{floor} ELSE {floor} END AS low, currency FROM ({sums})"
        " WHERE held IS NOT NULL AND currency = other"
    )


def _mine(scope: Scope) -> str:
    return f"(SELECT d.actor FROM main.deed d WHERE d.id = main.field_change.deed_id) = {quoted(scope.login)}"


def _field_change(scope: Scope) -> tuple[Shown, str]:
    """Values of the customers whose history may be read, and of one's own deeds, as long as the customer is in reach.

    A birth date stands in the history too, also where the whole row of a new customer does.
    """
    found, person = scope.of(Right.READ_HISTORY), scope.of(Right.READ_CUSTOMER)
    known = f"(customer_id IS NULL OR EXISTS (SELECT 1 FROM {_OF_ROW} AND {scope.reached(person)}))"
    own = f"({_mine(scope)} AND {known})"
    read = f"EXISTS (SELECT 1 FROM {_OF_ROW} AND {scope.reached(found)})" if found else "0"
    read = "1" if found and scope.reached(found) == "1" else read
    clear = f"({own} OR {read})" if found and found.view == View.CLEAR else own
    if person is None or person.view != View.CLEAR:  # whoever sees no names made no such values
        clear = f"({own} AND table_name <> 'customer')"
    shown: Shown = {name: f"CASE WHEN {clear} THEN {_unborn(scope, name)} END" for name in ("before", "after")}
    return shown, f"({own} OR {read})"


def _unborn(scope: Scope, column: str) -> str:
    if scope.view(Right.READ_PROTECTED) == View.CLEAR:
        return column
    names = ", ".join(quoted(name) for name in _PROTECTED)
    paths = ", ".join(quoted(f"$.{name}") for name in _PROTECTED)
    return (
        f"CASE WHEN table_name = 'customer' AND field IN ({names}) THEN NULL"
        f" WHEN table_name = 'customer' AND field = '*' THEN json_remove({column}, {paths}) ELSE {column} END"
    )


def _deed(scope: Scope) -> tuple[Shown, str]:
    """Titles name customers: of others' deeds only where each customer of the deed may be known."""
    found = scope.of(Right.READ_HISTORY)
    mine = f"actor = {quoted(scope.login)}"
    if found is None or found.view != View.CLEAR:
        return {"title": f"CASE WHEN {mine} THEN title ELSE act END"}, "1"
    away = f"EXISTS (SELECT 1 FROM {_DEED_ROWS} NOT coalesce({scope.reached(found)}, 0))"
    return {"title": f"CASE WHEN {mine} OR NOT {away} THEN title ELSE act END"}, "1"


def _saved_search(scope: Scope) -> tuple[Shown, str]:
    """One's own lists and shared ones; the words that a colleague searched for may be a name."""
    mine = f"owner = {quoted(scope.login)}"
    if scope.view(Right.READ_CONTACT) == View.CLEAR:
        return {}, f"({mine} OR shared)"
    words = "json_extract(query, '$.text') <> ''"
    blank = f"CASE WHEN NOT {mine} AND {words} THEN json_set(query, '$.text', '•••') ELSE query END"
    return {"query": blank}, f"({mine} OR shared)"


def _quarantine(scope: Scope) -> tuple[Shown, str]:
    """Refused rows are people's data that became nobody's: in clear for who sees everybody in clear."""
    if scope.of(Right.READ_CUSTOMER) == scope.of(Right.READ_CONTACT) and scope.view(Right.READ_CONTACT) == View.CLEAR:
        whole = scope.reached(scope.of(Right.READ_CONTACT)) == "1"
        return ({}, "1") if whole else ({"reason": "code", "raw": "NULL"}, "1")
    return {"reason": "code", "raw": "NULL"}, "1"


def _proposal(scope: Scope) -> tuple[Shown, str]:
    """What waits for a second person: for who proposed it, and for who approves."""
    return {}, "1" if scope.of(Right.APPROVE) else f"made_by = {quoted(scope.login)}"


def _staff(scope: Scope) -> tuple[Shown, str]:
    """Colleagues by name; that a password is set may be known, its hash is for the sign-in alone."""
    return {"password_hash": "CASE WHEN password_hash IS NOT NULL THEN '' END"}, "1"


RULES: Final[Mapping[str, Rule]] = {
    "field_change": _field_change, "deed": _deed, "saved_search": _saved_search, "quarantine": _quarantine,
    "proposal": _proposal, "staff": _staff,
}  # fmt: skip
