"""Writes that can be undone: each changed field is kept with what it was, in the unit of work of the change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crmdesk.domain.customer import digits, fold, full_name
from crmdesk.domain.rights import Actor
from crmdesk.store.tables import metadata

WHOLE: Final = "*"  # the field of a row that was made or removed
CUSTOM: Final = "custom"  # "custom.CODE" is one field that the bank added
_BESIDES: Final = {"id", "version", "name_folded", "city_folded", "email_folded", "phone_digits"}
_PACK: Final = 500  # rows read or written by one statement


class Stale(Exception):
    """A row is not at the version that was named any more, or is gone; `now` is its version (None: gone)."""

    def __init__(self, table: str, row: int, now: int | None) -> None:
        super().__init__(f"{table} {row} is at version {now}")
        self.table, self.row, self.now = table, row, now


def plain(value: Any) -> Any:
    """A column's value as JSON keeps it: days and moments as ISO text."""
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else value


class Journal:
    """One deed of one person: inserts, updates and removals, with the history that undo needs.

    The row of the deed is written with its first change; a deed that changed nothing leaves no trace.
    """

    def __init__(self, session: Session, actor: Actor, act: str, title: str, *, undoes: int | None = None) -> None:
        self._session, self._deed = session, (actor.login, act, title, undoes)
        self.id: int | None = None
        self.touched: dict[str, set[int]] = {}

    def insert(self, table: str, values: Mapping[str, Any], *, row: int | None = None) -> int:
        """A new row; `row` gives it the id it once had. Returns the id."""
        target = metadata.tables[table]
        given = {**self._defaults(table), **values, "id": self._fresh(target) if row is None else row}
        given = {name: column(target, name, value) for name, value in given.items()}
        given.update(search_columns(given) if table == "customer" else {})
        key = self._session.execute(sa.insert(target), given).inserted_primary_key[0]  # type: ignore[attr-defined]
        whole = {name: plain(value) for name, value in self._read(table, [key])[key].items() if name not in _BESIDES}
        self._note(table, [(key, given, WHOLE, None, whole, given.get("version"))])
        return int(key)

    def update(self, table: str, row: int, changes: Mapping[str, Any], version: int | None = None) -> list[str]:
        """Set columns of one row; returns the names of those that changed. Raises Stale; `version` None: any."""
        return self.update_many(table, {row: changes}, None if version is None else {row: version})[row]

    def update_many(
        self, table: str, changes: Mapping[int, Mapping[str, Any]], versions: Mapping[int, int] | None = None
    ) -> dict[int, list[str]]:
        """Set columns of many rows, the names that changed for each; Stale where a row is not at its version."""
        target, rows = metadata.tables[table], list(changes)
        before = self._read(table, rows)
        done: dict[int, list[str]] = {}
        notes, writes = [], []
        for row in rows:
            was = before.get(row)
            if was is None or (versions is not None and was["version"] != versions[row]):
                raise Stale(table, row, was["version"] if was else None)
            old = {**was, **_spread(was.get(CUSTOM))}
            new = {name: column(target, name, value) for name, value in changes[row].items()}
            new = {name: value for name, value in new.items() if plain(value) != plain(old.get(name))}
            done[row] = sorted(new)
            if new:
                number = was.get("version", 0) + 1
                notes += [(row, was, name, plain(old.get(name)), plain(new[name]), number) for name in done[row]]
                new = _gathered(new, was)
                writes.append((row, number, new, {**was, **new}))
        self._write(table, writes)
        self._note(table, notes)
        return done

    def remove(self, table: str, row: int, version: int | None = None) -> None:
        """Delete a row; what it was stays in the history. Raises Stale."""
        was = self._read(table, [row]).get(row)
        if was is None or (version is not None and was["version"] != version):
            raise Stale(table, row, was["version"] if was else None)
        target = metadata.tables[table]
        self._session.execute(sa.delete(target).where(target.c.id == row))
        whole = {name: plain(value) for name, value in was.items() if name not in _BESIDES}
        self._note(table, [(row, was, WHOLE, whole, None, None)])

    def ids(self) -> dict[str, frozenset[int]]:
        """What was touched, as a Change takes it."""
        return {table: frozenset(rows) for table, rows in self.touched.items()}

    def _fresh(self, target: sa.Table) -> int:
        """An id that no row has or had: SQLite gives that of a removed last row out again, history and all."""
        noted = metadata.tables["field_change"].c
        had = sa.select(sa.func.max(noted.row_id)).where(noted.table_name == target.name).scalar_subquery()
        has = sa.select(sa.func.max(target.c.id)).scalar_subquery()
        highest = sa.func.max(sa.func.coalesce(has, 0), sa.func.coalesce(had, 0))
        return int(self._session.execute(sa.select(highest)).scalar_one()) + 1

    @staticmethod
    def _defaults(table: str) -> dict[str, Any]:
        return {
            c.name: c.default.arg for c in metadata.tables[table].columns
            if isinstance(c.default, sa.ColumnDefault) and c.default.is_scalar
        }  # fmt: skip

    def _read(self, table: str, rows: Sequence[int]) -> dict[int, dict[str, Any]]:
        target = metadata.tables[table]
        found: dict[int, dict[str, Any]] = {}
        for start in range(0, len(rows), _PACK):
            wanted = sa.select(target).where(target.c.id.in_(rows[start : start + _PACK]))
            found.update({r["id"]: dict(r) for r in self._session.execute(wanted).mappings()})
        return found

    def _write(self, table: str, writes: Iterable[tuple[int, int, dict[str, Any], dict[str, Any]]]) -> None:
        """One statement for all rows that set the same columns."""
        target = metadata.tables[table]
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row, number, new, whole in writes:
            extra: dict[str, Any] = {"version": number} if "version" in target.c else {}
            if table == "customer":  # only those that change: indexing a row anew takes thirty times as long
                extra |= {name: text for name, text in search_columns(whole).items() if text != whole[name]}
            values = {**new, **extra}
            alike.setdefault(tuple(values), []).append({"row_": row, **{f"to_{k}": v for k, v in values.items()}})
        for names, sets in alike.items():
            statement = sa.update(target).where(target.c.id == sa.bindparam("row_"))
            statement = statement.values({n: sa.bindparam(f"to_{n}", type_=target.c[n].type) for n in names})
            self._session.connection().execute(statement, sets)

    def _note(self, table: str, notes: Sequence[tuple[int, Mapping[str, Any], str, Any, Any, int | None]]) -> None:
        if not notes:
            return
        if self.id is None:
            login, act, title, undoes = self._deed
            deed = {"at": datetime.now(UTC), "actor": login, "act": act, "title": title, "undoes": undoes}
            inserted = self._session.execute(sa.insert(metadata.tables["deed"]), deed)
            self.id = inserted.inserted_primary_key[0]  # type: ignore[attr-defined]
        rows = [
            {"deed_id": self.id, "table_name": table, "row_id": row, "field": name, "before": old, "after": new,
             "customer_id": row if table == "customer" else whole.get("customer_id"), "version": number}
            for row, whole, name, old, new, number in notes
        ]  # fmt: skip
        self._session.connection().execute(sa.insert(metadata.tables["field_change"]), rows)
        self.touched.setdefault(table, set()).update(row for row, *_ in notes)
        moves = [
            {"opportunity_id": row, "from_stage": old, "to_stage": new, "at": datetime.now(UTC), "by": self._deed[0]}
            for row, _, name, old, new, _ in notes if table == "opportunity" and name == "stage"
        ]  # fmt: skip
        if moves:  # each is kept for good, those of an undo too
            self._session.connection().execute(sa.insert(metadata.tables["opportunity_move"]), moves)


def column(table: sa.Table, name: str, value: Any) -> Any:
    """A value as the column's Python type, also from what JSON kept of it."""
    kind = None if name.startswith(f"{CUSTOM}.") else table.c[name].type
    kind = kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind
    if isinstance(value, str) and isinstance(kind, sa.DateTime):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    return value


def _spread(custom: Mapping[str, Any] | None) -> dict[str, Any]:
    """The bank's own fields as fields like any other."""
    return {f"{CUSTOM}.{code}": value for code, value in (custom or {}).items()}


def _gathered(new: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
    """Changes by column: those of the bank's own fields go into the one that holds them all; None takes one out."""
    columns = {name: value for name, value in new.items() if not name.startswith(f"{CUSTOM}.")}
    if len(columns) == len(new):
        return columns
    own = {**_spread(was[CUSTOM]), **{name: value for name, value in new.items() if name not in columns}}
    kept = {name.partition(".")[2]: plain(value) for name, value in own.items() if value is not None}
    return {**columns, CUSTOM: kept or None}


def search_columns(row: Mapping[str, Any]) -> dict[str, str]:
    """The folded columns that search compares, of a whole customer row."""
    return {
        "name_folded": fold(full_name(row.get("given_name"), row["family_name"])),
        "city_folded": fold(row.get("city")),
        "email_folded": fold(row.get("email")),
        "phone_digits": digits(row.get("phone")),
    }
