"""Reads of tasks and opportunities, of the staff who own them, and of who changed one since a version."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from crmdesk.domain.customer import full_name
from crmdesk.store.queries.permissions import moment, stored
from crmdesk.store.tables import Staff, metadata

# A snoozed task comes back when its snooze ends; one handed over says from whom.
WHEN: Final = "coalesce(t.snoozed_until, t.due_at)"
OWN: Final = "t.owner_id = (SELECT id FROM staff WHERE login = :me)"
RINGS: Final = "coalesce(t.snoozed_until, t.remind_at)"
_TASK: Final = """
SELECT t.id, t.title, t.note, t.due_at, t.remind_at, t.snoozed_until, t.state, t.origin, o.login AS owner,
       o.name AS owner_name, h.name AS handed_from, c.number, c.given_name, c.family_name, t.ended_at, t.version,
       coalesce(t.snoozed_until, t.due_at) AS at
FROM ({task}) t JOIN staff o ON o.id = t.owner_id LEFT JOIN staff h ON h.id = t.handed_from
LEFT JOIN customer c ON c.id = t.customer_id
"""
_OPPORTUNITY: Final = """
SELECT p.id, c.number, c.given_name, c.family_name, p.title, d.code AS product, d.name AS product_name, p.stage,
       p.value, p.currency, p.next_step, p.next_on, o.login AS owner, o.name AS owner_name, p.lost_reason, p.made_at,
       p.moved_at, p.version
FROM opportunity p JOIN customer c ON c.id = p.customer_id JOIN staff o ON o.id = p.owner_id
LEFT JOIN product d ON d.id = p.product_id
"""
SHOWN: Final = 500  # rows of one answer at most


def tasks(raw: Any, where: str = "1", parameters: Mapping[str, Any] | None = None, *, ended: bool = False,
          limit: int = SHOWN) -> list[dict[str, Any]]:  # fmt: skip
    """Tasks that are open, the earliest first, or those that ended, the latest first."""
    state, order = ("t.state <> 'open'", "t.ended_at DESC") if ended else ("t.state = 'open'", WHEN)
    # Cut to length before names are joined to it: a bank has many more tasks than a list shows.
    chosen = f"SELECT * FROM task t WHERE {state} AND {where} ORDER BY {order}, t.id LIMIT {limit}"
    return _read(raw, f"{_TASK.format(task=chosen)} ORDER BY {order}, t.id", parameters)


def task(raw: Any, key: int) -> dict[str, Any] | None:
    one = "SELECT * FROM task WHERE id = :id"
    return next(iter(_read(raw, _TASK.format(task=one), {"id": key})), None)


def task_counts(raw: Any, owner: str | None, until: datetime) -> tuple[int, datetime | None, int]:
    """How many open tasks come up until a moment, the next moment after it, and how many then fall on its day."""
    open_ = f"FROM task t WHERE t.state = 'open' {f'AND {OWN}' if owner is not None else ''}"
    given = {"me": owner, "until": stored(until)}
    counted = f"SELECT total({WHEN} <= :until), min(CASE WHEN {WHEN} > :until THEN {WHEN} END) {open_}"
    due, first = raw.execute(counted, given).fetchone()
    if first is None:
        return int(due), None, 0
    next_at = moment(first)
    end = datetime.combine(next_at.astimezone().date(), time.max).astimezone()  # its day where the person sits
    same = f"SELECT count(*) {open_} AND {WHEN} > :until AND {WHEN} <= :end"
    (many,) = raw.execute(same, {**given, "end": stored(end)}).fetchone()
    return int(due), next_at, int(many)


def opportunities(raw: Any, where: str = "1", parameters: Mapping[str, Any] | None = None,
                  limit: int = SHOWN) -> list[dict[str, Any]]:  # fmt: skip
    """Opportunities by their next date, those without one last."""
    order = "p.next_on IS NULL, p.next_on, p.moved_at DESC, p.id"
    return _read(raw, f"{_OPPORTUNITY} WHERE {where} ORDER BY {order} LIMIT {limit}", parameters)


def opportunity(raw: Any, key: int) -> dict[str, Any] | None:
    return next(iter(_read(raw, f"{_OPPORTUNITY} WHERE p.id = :id", {"id": key})), None)


def moves(raw: Any, key: int) -> list[tuple[str | None, str, datetime, str]]:
    """(from, to, at, by) of each change of stage, in order."""
    rows = raw.execute(
        "SELECT from_stage, to_stage, at, by FROM opportunity_move WHERE opportunity_id = ? ORDER BY id", (key,)
    )
    return [(before, after, moment(at), by) for before, after, at, by in rows]


def products(raw: Any) -> list[tuple[str, str]]:
    """(code, name) of what the bank sells, by name."""
    return [(code, name) for code, name in raw.execute("SELECT code, name FROM product ORDER BY name, code")]


def product_id(raw: Any, code: str) -> int | None:
    found = raw.execute("SELECT id FROM product WHERE code = ?", (code,)).fetchone()
    return int(found[0]) if found else None


def staff(raw: Any) -> list[tuple[str, str, str]]:
    """(login, name, branch) of everybody who works here, by name."""
    rows = raw.execute(
        "SELECT s.login, s.name, coalesce(b.name, '') FROM staff s LEFT JOIN branch b ON b.id = s.branch_id"
        " WHERE s.ended_at IS NULL ORDER BY s.name COLLATE NOCASE, s.login"
    )
    return [(login, name, branch) for login, name, branch in rows]


def staff_id(raw: Any, login: str) -> int | None:
    found = raw.execute("SELECT id FROM staff WHERE login = ?", (login,)).fetchone()
    return int(found[0]) if found else None


def branch_id(raw: Any, code: str) -> int | None:
    found = raw.execute("SELECT id FROM branch WHERE code = ?", (code,)).fetchone()
    return int(found[0]) if found else None


def customers_with_task(raw: Any, origin: str) -> set[int]:
    """The customers about whom a task of this origin is open."""
    wanted = "SELECT customer_id FROM task WHERE origin = ? AND state = 'open' AND customer_id IS NOT NULL"
    return {customer for (customer,) in raw.execute(wanted, (origin,))}


def branches(raw: Any) -> list[tuple[str, str]]:
    """(code, name) of every branch, by name."""
    return [(code, name) for code, name in raw.execute("SELECT code, name FROM branch ORDER BY name, code")]


def add_staff(session: Session, login: str, name: str, branch: int | None = None) -> int:
    row = {"login": login, "name": name, "branch_id": branch}
    return int(session.execute(sa.insert(metadata.tables[Staff.__tablename__]), row).inserted_primary_key[0])  # type: ignore[attr-defined]


def changed_since(raw: Any, table: str, row: int, version: int) -> list[dict[str, Any]]:
    """Field, before, theirs, by and at of what others did to a row after `version`, in order."""
    rows = raw.execute(
        "SELECT f.field, f.before, f.after, d.actor, d.at FROM field_change f JOIN deed d ON d.id = f.deed_id"
        " WHERE f.table_name = ? AND f.row_id = ? AND (f.version > ? OR f.version IS NULL) ORDER BY f.id",
        (table, row, version),
    )
    return [{"field": field, "before": _json(before), "theirs": _json(after), "by": by, "at": moment(at)}
            for field, before, after, by, at in rows]  # fmt: skip


def _json(text: str | None) -> Any:
    return json.loads(text) if text is not None else None


def _read(raw: Any, sql: str, parameters: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    cursor = raw.execute(sql, dict(parameters or {}))
    names: Sequence[str] = [column[0] for column in cursor.description]
    found = []
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        given, family = row.pop("given_name"), row.pop("family_name")
        row["name"] = full_name(given, family) if row["number"] else ""
        for name in ("due_at", "remind_at", "snoozed_until", "ended_at", "made_at", "moved_at", "at"):
            if row.get(name) is not None:
                row[name] = moment(row[name])
        found.append(row)
    return found


def utc(at: datetime) -> datetime:
    """A moment as the store keeps it; one without a zone is taken as UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
