"""What one person's connection shows: temporary views in the place of the tables, with rows and columns left out.

A name without a schema is looked up among temporary views first (SQLite, "Resolving table names"), so that every query
of this room sees only permitted rows and masked columns, whatever its WHERE says. The search index reads
`main.customer`: what may be searched is for the query to say (`searched`). A rule that must know what a person may not
see, such as who is a minor, names `main.customer`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from crmdesk.domain.rights import Actor, Grant, Reach, Right, View, grant
from crmdesk.store import scope_rules as rules
from crmdesk.store.scope_tables import DERIVED_HIDDEN, HIDDEN, KEPT, OPENED_BY, SHEETS, UNNAMED, Sheet
from crmdesk.store.tables import metadata

PSEUDONYM: Final = "P-"
_NAME: Final = {View.CLEAR: None, View.MASKED: "number", View.PSEUDONYM: f"'{PSEUDONYM}' || id"}
_WIDTH: Final = (Reach.OWN, Reach.BRANCH, Reach.ALL)


@dataclass(frozen=True)
class Scope:
    """What one person sees; the views of two people differ at least in whose rows are their own."""

    login: str
    staff: int | None
    branch: int | None
    grants: tuple[tuple[Right, Grant | None], ...]
    bands: bool  # sums of balances as bands, for who chooses whom to offer something

    def of(self, *rights: Right) -> Grant | None:
        """The grant of the first of these rights that is held."""
        held = dict(self.grants)
        return next((held[right] for right in rights if held[right] is not None), None)

    def view(self, right: Right) -> View | None:
        found = self.of(right)
        return found.view if found else None

    def reached(self, found: Grant | None, who: str = "c") -> str:
        """The condition on a customer by how far a grant reaches: "1" everybody, "0" nobody."""
        if found is None or found.reach == Reach.ALL:
            return "0" if found is None else "1"
        mine = f"{who}.manager_id = {self.staff if self.staff is not None else -1:d}"
        if found.reach == Reach.OWN:
            return mine
        return f"({who}.branch_id = {self.branch if self.branch is not None else -1:d} OR {mine})"

    @property
    def searched(self) -> tuple[str, ...]:
        """The columns of the search index that hold nothing masked in any row that is seen."""
        person, contact = self.of(Right.READ_CUSTOMER), self.of(Right.READ_CONTACT)
        number = ("number",) if person and person.view != View.PSEUDONYM else ()
        names = ("name_folded",) if person and person.view == View.CLEAR else ()
        wide = person and contact and _WIDTH.index(contact.reach) >= _WIDTH.index(person.reach)
        clear = wide and contact and contact.view == View.CLEAR
        return (*number, *names, *(("email_folded", "city_folded", "phone_digits") if clear else ()))

    def views(self) -> dict[str, str]:
        """View name to its CREATE statement."""
        found = {"customer": _customer(self)} | {name: _table(self, name, sheet) for name, sheet in SHEETS.items()}
        for name, rule in rules.RULES.items():
            found[name] = _select(name, *rule(self))
        if self.bands:
            found[rules.HELD_BAND] = rules.held_band(self)
        return {name: f"CREATE TEMP VIEW {name} AS {select}" for name, select in found.items()}

    def install(self, raw: Any) -> Any:
        """The connection with the views in the place of the tables."""
        for statement in self.views().values():
            raw.execute(statement)
        return raw


_SEEN: Final = (
    Right.READ_CUSTOMER, Right.READ_CONTACT, Right.READ_PROTECTED, Right.READ_ACCOUNTS, Right.READ_INTERACTIONS,
    Right.READ_PERMISSIONS, Right.READ_EVIDENCE, Right.READ_WORK, Right.READ_HISTORY, Right.READ_RESULTS,
)  # fmt: skip
_ASIDE: Final = (Right.READ_REQUESTS, Right.RECORD_REQUEST, Right.APPROVE)  # rows of these are narrowed, too


def scope_of(actor: Actor) -> Scope | None:
    """None where nothing is left out, as in single-user mode."""
    grants = tuple((right, grant(actor, right)) for right in (*_SEEN, *_ASIDE))
    if all(found == Grant() for _, found in grants):
        return None
    return Scope(actor.login, actor.staff, actor.branch, grants, _bands(actor))


def within(actor: Actor, right: Right, who: str = "customer") -> str:
    """The condition on a row of `customer` by how far an actor's right reaches; "1" where it reaches everybody."""
    return Scope(actor.login, actor.staff, actor.branch, (), False).reached(grant(actor, right), who)


def searched(actor: Actor) -> tuple[str, ...] | None:
    """The columns of the search index that this person may search; None: all of them."""
    scope = scope_of(actor)
    return scope.searched if scope else None


def opens(actor: Actor, tag: str) -> bool:
    """Whether a value with this tag is shown of every customer in reach, beside a name or a pseudonym."""
    return tag not in OPENED_BY or _opens(tag, grant(actor, OPENED_BY[tag]))


def bands(actor: Actor) -> bool:
    """Whether sums of balances are told as bands, not as amounts."""
    return _bands(actor)


def _bands(actor: Actor) -> bool:
    money = grant(actor, Right.READ_ACCOUNTS)
    return money is not None and money.view == View.MASKED and grant(actor, Right.MAKE_OFFERS) is not None


def _opens(tag: str, found: Grant | None) -> bool:
    return found is not None and (found.view == View.CLEAR or (found.view == View.PSEUDONYM and tag in UNNAMED))


def _customer(scope: Scope) -> str:
    known = scope.of(Right.READ_CUSTOMER)
    view = known.view if known else View.MASKED
    named = view == View.CLEAR
    shown: dict[str, str | None] = {
        "number": _NAME[View.PSEUDONYM] if view == View.PSEUDONYM else None,
        "given_name": None if named else "NULL", "family_name": _NAME[view], "name_folded": _NAME[view],
        "birth_date": _birth_date(scope), "custom": _custom(scope),
    }  # fmt: skip
    for column in metadata.tables["customer"].columns:
        tag = column.info.get("tag", "")
        if column.name not in shown and not column.primary_key and tag in OPENED_BY:
            shown[column.name] = _behind(scope, OPENED_BY[tag], tag, column.name, _mask_of_customer(column))
    columns = (_as(c.name, shown.get(c.name)) for c in metadata.tables["customer"].columns)
    return f"SELECT {', '.join(columns)} FROM main.customer c WHERE {scope.reached(known)}"


def _mask_of_customer(column: sa.Column[Any]) -> str:
    if column.name in ("email", "phone"):  # that there is one may be known: such a customer can be asked
        return f"CASE WHEN {column.name} IS NOT NULL THEN '{'•••' if column.name == 'email' else '••••'}' END"
    return "'unknown'" if column.name == "gender" else "NULL" if column.nullable else "''"


def _behind(scope: Scope, right: Right, tag: str, column: str, mask: str) -> str | None:
    """A column in clear in the rows that its right reaches; None: in all that are seen."""
    found, person = scope.of(right), scope.of(Right.READ_CUSTOMER)
    if found is None or not _opens(tag, found):
        return mask
    if person is None or _WIDTH.index(found.reach) >= _WIDTH.index(person.reach):
        return None
    return f"CASE WHEN {scope.reached(found)} THEN {column} ELSE {mask} END"


def _birth_date(scope: Scope) -> str | None:
    """The day; the year for who meets customers; ten years for who sees pseudonyms; nothing for others.

    Always written as a day, the first of its span, as every reader of the column takes it for one.
    """
    decade = "substr(birth_date, 1, 3) || '0-01-01'" if scope.view(Right.READ_CUSTOMER) == View.PSEUDONYM else "NULL"
    year = _behind(scope, Right.READ_CONTACT, "contact", "substr(birth_date, 1, 4) || '-01-01'", decade)
    if year is None:
        year = "substr(birth_date, 1, 4) || '-01-01'"
    return _behind(scope, Right.READ_PROTECTED, "protected", "birth_date", year)


def _custom(scope: Scope) -> str | None:
    """The bank's own fields without those whose tag is hidden: a merge patch of nulls takes them out."""
    by_reach: dict[str, list[str]] = {}
    for tag, right in OPENED_BY.items():
        condition = scope.reached(scope.of(right)) if _opens(tag, scope.of(right)) else "0"
        by_reach.setdefault(condition, []).append(tag)
    text = "custom"
    seen = scope.reached(scope.of(Right.READ_CUSTOMER))
    for condition, tags in sorted(by_reach.items()):
        if condition in ("1", seen):
            continue
        words = ", ".join(f"'{tag}'" for tag in tags)
        hidden = f"(SELECT json_group_object(code, NULL) FROM main.custom_field WHERE tag IN ({words}))"
        less = f"json_patch({text}, {hidden})"
        text = less if condition == "0" else f"CASE WHEN {condition} THEN {text} ELSE {less} END"
    return None if text == "custom" else f"CASE WHEN custom IS NOT NULL THEN {text} END"


def _table(scope: Scope, table: str, sheet: Sheet) -> str:
    found = scope.of(*sheet.right)
    view = found.view if found else View.MASKED
    ways = [way.within(table, scope.reached(found)) for way in sheet.ways]
    near = "1" if found and found.reach == Reach.ALL else " AND ".join(ways)
    columns = metadata.tables[table].columns
    if sheet.owned and near != "1":
        near = f"(owner_id = {scope.staff if scope.staff is not None else -1:d} OR {near})"
    masks: dict[str, str | None] = {}
    if view != View.CLEAR:
        masks = {c.name: sheet.masks.get(c.name) or _mask(table, c, view) for c in columns}
    elif sheet.text_only and near != "1":
        texts = [c.name for c in columns if c.info.get("tag") == "text"]
        masks = {name: f"CASE WHEN {near} THEN {name} ELSE '' END" for name in texts}
    dropped = found is None or (sheet.drop and view == View.MASKED)
    dropped = dropped or (sheet.needs is not None and scope.view(sheet.needs) != View.CLEAR)
    return _select(table, masks, "1" if sheet.text_only else "0" if dropped else near)


def _mask(table: str, column: sa.Column[Any], view: View) -> str | None:
    """What stands for a column; None: it is shown."""
    tag = column.info.get("tag")
    hidden = tag in HIDDEN["pseudonym" if view == View.PSEUDONYM else "masked"]
    if view == View.MASKED and table in DERIVED_HIDDEN and tag in ("derived", "behaviour") and column.name not in KEPT:
        hidden = True
    if not hidden or column.primary_key or column.foreign_keys:
        return None
    if column.nullable:
        return "NULL"
    if isinstance(column.type, sa.JSON):
        return "'{}'" if column.name == "rejected" else "'[]'"
    return "0" if isinstance(column.type, sa.Integer | sa.Float) else "''"


def _select(table: str, shown: dict[str, str | None], where: str) -> str:
    columns = ", ".join(_as(c.name, shown.get(c.name)) for c in metadata.tables[table].columns)
    return f"SELECT {columns} FROM main.{table} WHERE {where}"


def _as(name: str, expression: str | None) -> str:
    return f'"{name}"' if expression is None else f'{expression} AS "{name}"'
