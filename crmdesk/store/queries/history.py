"""SQL of the history: what a deed changed, which deeds stand, and the rows as they are now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from crmdesk.store.journal import CUSTOM, Journal, Stale, column, plain
from crmdesk.store.queries.permissions import moment
from crmdesk.store.tables import metadata
from crmdesk.store.tables.column import Tag

_PACK: Final = 500  # rows named in one statement
_PAGE: Final = 5_000  # changes of a deed looked at together
# From a deed up to whatever undid it, that again, and so on: it stands where the number of undoers is even.
_ABOVE: Final = """
WITH RECURSIVE up(root, id) AS (
  SELECT id, id FROM deed WHERE id IN (SELECT value FROM json_each(?))
  UNION ALL SELECT up.root, d.id FROM up JOIN deed d ON d.undoes = up.id
) SELECT root, max(id), count(*) - 1 FROM up GROUP BY root
"""
# And down to the deed that nobody's undo is: the one that a person did.
_BELOW: Final = """
WITH RECURSIVE down(id, undoes, title, depth) AS (
  SELECT id, undoes, title, 0 FROM deed WHERE id = ?
  UNION ALL SELECT d.id, d.undoes, d.title, down.depth + 1 FROM down JOIN deed d ON d.id = down.undoes
) SELECT id, title, depth FROM down ORDER BY depth DESC LIMIT 1
"""
# Only the permissions page lifts a restriction, so that no stray key makes lawful what was not.
_RESTRICTED: Final = "f.table_name = 'customer' AND f.field = 'restricted' AND f.after = 'true'"
_DEED: Final = (
    "SELECT d.id, d.at, d.actor, d.act, d.title, d.undoes,"
    " (SELECT count(DISTINCT f.table_name || ' ' || f.row_id) FROM field_change f WHERE f.deed_id = d.id) FROM deed d"
)
# Relations name two customers; a household's name is everyone's in it.
_OF_CUSTOMER: Final = """
SELECT f.id, d.at, d.actor, d.act, d.title, f.table_name, f.field, f.before, f.after, f.deed_id
FROM field_change f JOIN deed d ON d.id = f.deed_id
WHERE f.id > :since AND f.id IN (
  SELECT id FROM field_change WHERE customer_id = :customer
  UNION SELECT id FROM field_change WHERE table_name = 'relation' AND row_id IN (
    SELECT row_id FROM field_change WHERE table_name = 'relation' AND field = '*' AND :customer IN (
      coalesce(after, before) ->> '$.from_id', coalesce(after, before) ->> '$.to_id')
    UNION SELECT id FROM relation WHERE from_id = :customer
    UNION SELECT id FROM relation WHERE to_id = :customer)
  UNION SELECT id FROM field_change WHERE table_name = 'household' AND row_id IN (
    SELECT household_id FROM household_member WHERE customer_id = :customer))
ORDER BY f.id DESC LIMIT :limit
"""
# A row that was removed and stands there again without having been brought back is another one with the same key.
_SINCE: Final = (
    "SELECT id FROM field_change WHERE table_name = 'customer' AND row_id = ? AND field = '*'"
    " AND id = (SELECT max(id) FROM field_change WHERE table_name = 'customer' AND row_id = ? AND field = '*')"
    " AND after IS NULL"
)


@dataclass(frozen=True)
class DeedRow:
    """One deed with the number of rows that it changed."""

    id: int
    at: datetime
    actor: str
    act: str
    title: str
    undoes: int | None
    rows: int


@dataclass(frozen=True)
class Changed:
    """One field of one row, as `field_change` keeps it."""

    id: int
    table: str
    row: int
    field: str
    before: Any
    after: Any
    customer: int | None


@dataclass(frozen=True)
class Act:
    """One row of the audit; `number` of the customer it was about, "" where it was about none."""

    at: datetime
    act: str
    object: str
    number: str
    reason: str


def of_customer(raw: Any, customer: int, limit: int) -> list[tuple[Any, ...]]:
    """(id, at, actor, act, title, table, field, before, after, deed), newest first, of everything around a customer."""
    found = raw.execute(_SINCE, (customer, customer)).fetchone()
    wanted = {"customer": customer, "since": found[0] if found else 0, "limit": limit}
    rows = raw.execute(_OF_CUSTOMER, wanted)
    return [(r[0], moment(r[1]), *r[2:7], _loaded(r[7]), _loaded(r[8]), r[9]) for r in rows]


def standing(raw: Any, deeds: Iterable[int]) -> dict[int, tuple[int, bool]]:
    """Each deed with the newest one of its chain of undoing, and whether it is undone by that chain."""
    rows = raw.execute(_ABOVE, (json.dumps(list(deeds)),))
    return {root: (tip, undoers % 2 == 1) for root, tip, undoers in rows}


def root(raw: Any, deed: int) -> tuple[int, str, int]:
    """(id, title, steps from it) of the deed that a person did, at the bottom of a chain of undoing."""
    found, title, depth = raw.execute(_BELOW, (deed,)).fetchone()
    return int(found), str(title), int(depth)


def deeds(raw: Any, actor: str, limit: int) -> list[DeedRow]:
    """A person's own deeds, newest first."""
    rows = raw.execute(f"{_DEED} WHERE d.actor = ? ORDER BY d.id DESC LIMIT ?", (actor, limit))
    return [_deed(row) for row in rows]


def find(raw: Any, deed: int) -> DeedRow | None:
    row = raw.execute(f"{_DEED} WHERE d.id = ?", (deed,)).fetchone()
    return _deed(row) if row else None


def tips(raw: Any, actor: str) -> list[tuple[int, int, int]]:
    """(id, steps from the deed a person did, id of that deed) of the newest of each chain of this person, newest first.

    Of so many as one may walk back through by hand; deeds that restricted a customer are passed over.
    """
    newest = raw.execute(
        "SELECT id FROM deed WHERE actor = ? AND NOT EXISTS (SELECT 1 FROM deed u WHERE u.undoes = deed.id)"
        f" AND NOT EXISTS (SELECT 1 FROM field_change f WHERE f.deed_id = deed.id AND {_RESTRICTED})"
        " ORDER BY id DESC LIMIT 200", (actor,),
    ).fetchall()  # fmt: skip
    found = [(deed, root(raw, deed)) for (deed,) in newest]
    return [(deed, depth, bottom) for deed, (bottom, _, depth) in found]


def last_act(raw: Any, actor: str, acts: Sequence[str], before: datetime | None = None) -> Act | None:
    """What this person did last among `acts`, the audit's words; at all, or `before` a moment."""
    marks = ", ".join("?" * len(acts))
    rows = raw.execute(
        "SELECT a.at, a.act, a.object, c.number, a.reason FROM audit_event a"
        " LEFT JOIN customer c ON c.id = a.customer_id"
        f" WHERE a.actor = ? AND a.act IN ({marks}) ORDER BY a.seq DESC", (actor, *acts),
    )  # fmt: skip
    found = (Act(moment(at).astimezone(UTC), act, of, number or "", why) for at, act, of, number, why in rows)
    return next((one for one in found if before is None or one.at < before), None)


def fields(raw: Any, deed: int) -> list[tuple[str, str]]:
    """Each (table, field) that a deed changed, once."""
    rows = raw.execute("SELECT DISTINCT table_name, field FROM field_change WHERE deed_id = ?", (deed,))
    return sorted((table, field) for table, field in rows)


def about(raw: Any, deed: int) -> int | None:
    """The one customer whom a deed was about; None where it was about several or none."""
    rows = raw.execute(
        "SELECT DISTINCT customer_id FROM field_change WHERE deed_id = ? AND customer_id IS NOT NULL LIMIT 2", (deed,)
    ).fetchall()
    return rows[0][0] if len(rows) == 1 else None


def number(raw: Any, customer: int) -> str:
    """The number of the customer with this key."""
    return str(raw.execute("SELECT number FROM customer WHERE id = ?", (customer,)).fetchone()[0])


def changes(raw: Any, deed: int) -> Iterator[list[Changed]]:
    """What a deed changed, the last first, in packs: of a bulk edit of a whole bank not all at once."""
    last = 2**62
    while True:
        rows = raw.execute(
            "SELECT id, table_name, row_id, field, before, after, customer_id FROM field_change WHERE deed_id = ?"
            f" AND id < ? ORDER BY id DESC LIMIT {_PAGE}", (deed, last),
        ).fetchall()  # fmt: skip
        if not rows:
            return
        last = rows[-1][0]
        yield [
            Changed(key, table, row, field, _loaded(old), _loaded(new), customer)
            for key, table, row, field, old, new, customer in rows
        ]


def closed(raw: Any, customers: Iterable[int]) -> dict[int, str]:
    """Those among these customers about whom nothing is written down any more, and what became of them."""
    wanted = json.dumps(list(customers))
    merged = raw.execute(
        "SELECT id FROM customer WHERE merged_into IS NOT NULL AND id IN (SELECT value FROM json_each(?))", (wanted,)
    )
    found = {key: "was merged into another customer" for (key,) in merged}
    erased = raw.execute(
        "SELECT customer_id FROM permission_event WHERE customer_id IN (SELECT value FROM json_each(?))"
        " AND status = 'erased'", (wanted,),
    )  # fmt: skip
    return found | {key: "was erased" for (key,) in erased}


def current(session: Session, table: str, rows: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Rows as they are, values as JSON keeps them, the bank's own fields among them as custom.CODE."""
    target = metadata.tables[table]
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(rows), _PACK):
        for row in session.connection().execute(
            sa.select(target).where(target.c.id.in_(rows[start : start + _PACK]))
        ).mappings():  # fmt: skip
            own = row.get(CUSTOM) or {} if table == "customer" else {}
            found[row["id"]] = {name: plain(value) for name, value in row.items()}
            found[row["id"]].update({f"{CUSTOM}.{code}": value for code, value in own.items()})
    return found


def bring_back(session: Session, journal: Journal, table: str, row: int, whole: Mapping[str, Any]) -> bool:
    """Insert a row that was removed, under the key it had; False where something in the bank forbids it by now."""
    return _tried(session, lambda: journal.insert(table, whole, row=row))


def take_out(session: Session, journal: Journal, table: str, row: int) -> bool:
    """Delete a row; False where something in the bank names it by now."""
    return _tried(session, lambda: journal.remove(table, row))


def put_back(session: Session, journal: Journal, table: str, sets: Mapping[int, Mapping[str, Any]]) -> bool:
    """Set fields of rows; False where something in the bank forbids it by now."""
    return _tried(session, lambda: journal.update_many(table, sets))


def _tried(session: Session, deed: Any) -> bool:
    try:
        with session.begin_nested():
            deed()
    except (IntegrityError, Stale):
        return False
    return True


def changed_by(raw: Any, table: str, row: int, field: str, after_deed: int) -> tuple[str, datetime] | None:
    """Who changed a field last since a deed, and when; None where no person did."""
    found = raw.execute(
        "SELECT d.actor, d.at FROM field_change f JOIN deed d ON d.id = f.deed_id WHERE f.table_name = ?"
        " AND f.row_id = ? AND f.field IN (?, '*') AND f.deed_id > ? ORDER BY f.id DESC LIMIT 1",
        (table, row, field, after_deed),
    ).fetchone()
    return (str(found[0]), moment(found[1])) if found else None


def words(raw: Any) -> dict[str, dict[int, str]]:
    """For each column that points at a small table: what people call the rows it may point at."""
    staff = dict(raw.execute("SELECT id, name FROM staff").fetchall())
    branches = dict(raw.execute("SELECT id, name FROM branch").fetchall())
    products = dict(raw.execute("SELECT id, name FROM product").fetchall())
    return {"branch_id": branches, "manager_id": staff, "owner_id": staff, "handed_from": staff, "product_id": products}


def customer_numbers(raw: Any, customers: Iterable[int]) -> dict[int, str]:
    wanted = json.dumps(list(customers))
    rows = raw.execute("SELECT id, number FROM customer WHERE id IN (SELECT value FROM json_each(?))", (wanted,))
    return dict(rows.fetchall())


def field_in_use(raw: Any, code: str) -> bool:
    """Whether any customer has a value in this field of the bank's own."""
    found = raw.execute(
        "SELECT 1 FROM customer WHERE json_type(custom, '$.\"' || ? || '\"') IS NOT NULL LIMIT 1", (code,)
    )
    return found.fetchone() is not None


def tag(table: str, field: str) -> Tag:
    """The privacy tag of a column; the bank's own fields and whole rows count as text."""
    found = metadata.tables[table].c.get(field)
    return "text" if found is None or field == CUSTOM else found.info.get("tag", "text")


def same(table: str, field: str, one: Any, other: Any) -> bool:
    """Whether two values of a field, as the row or as JSON keeps them, are the same."""
    return bool(
        plain(column(metadata.tables[table], field, one)) == plain(column(metadata.tables[table], field, other))
    )


def _loaded(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _deed(row: Sequence[Any]) -> DeedRow:
    return DeedRow(row[0], moment(row[1]).astimezone(UTC), *row[2:])
