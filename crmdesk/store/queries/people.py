"""Reads and writes of the people who sign in: passwords, dated roles, branches, the last time each was here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from crmdesk.domain.rights import Role
from crmdesk.store.bank import check_is_bank, connect, plain_words
from crmdesk.store.keyfile import Keys
from crmdesk.store.queries.permissions import moment
from crmdesk.store.tables import metadata

SIGN_IN: Final = "sign in"  # the act of the audit row
FIRST_SCHEMA: Final = 4  # the first that knows who signs in
_PERSON: Final = """
SELECT s.id, s.login, s.name, s.branch_id, coalesce(b.code, ''), coalesce(b.name, ''), s.password_hash,
       coalesce(s.one_time, 0), s.password_at, s.ended_at,
       (SELECT group_concat(role) FROM staff_role WHERE staff_id = s.id AND to_at IS NULL),
       (SELECT min(from_at) FROM staff_role WHERE staff_id = s.id)
FROM staff s LEFT JOIN branch b ON b.id = s.branch_id
"""


@dataclass(frozen=True)
class Person:
    """A row of staff; `secret` is the hash of the password, None of a colleague who never got one."""

    id: int
    login: str
    name: str
    branch_id: int | None
    branch: str
    branch_name: str
    secret: str | None = field(repr=False)
    one_time: bool
    password_at: datetime | None
    ended: datetime | None
    roles: frozenset[Role]
    since: datetime | None


def mode_of_file(path: Path) -> str:
    """ "single" or "multi" of a plain bank that is not open; CrmdeskError where the file is none."""
    check_is_bank(path)
    with reading(path) as raw:
        return mode(raw)


def person_in_file(path: Path, login: str, keys: Keys | None = None) -> Person | None:
    """Somebody of a bank that is not open; `keys` of an encrypted one."""
    with reading(path, keys) as raw:
        return person(raw, login)


@contextlib.contextmanager
def reading(path: Path, keys: Keys | None = None) -> Iterator[Any]:
    """A raw read-only connection to a bank that is not open; CrmdeskError where it cannot be read."""
    # Without a log nobody has it open, and looking at it leaves no file beside it.
    still = not path.with_name(path.name + "-wal").exists()
    key = keys.data if keys else None
    with plain_words(path), contextlib.closing(connect(path, key=key, read_only=True, still=still)) as raw:
        yield raw


def mode(raw: Any) -> str:
    (found,) = raw.execute("SELECT mode FROM bank_state").fetchone()
    return str(found)


def everybody(raw: Any) -> list[Person]:
    """All staff by name, those who left last."""
    rows = raw.execute(f"{_PERSON} ORDER BY s.ended_at IS NOT NULL, s.name COLLATE NOCASE, s.login")
    return [_person(row) for row in rows]


def person(raw: Any, login: str) -> Person | None:
    row = raw.execute(f"{_PERSON} WHERE s.login = ?", (login,)).fetchone()
    return _person(row) if row else None


def last_sign_ins(raw: Any) -> dict[str, datetime]:
    """Login to the last moment at which that person signed in."""
    rows = raw.execute("SELECT actor, max(at) FROM audit_event WHERE act = ? GROUP BY actor", (SIGN_IN,))
    return {login: moment(at) for login, at in rows}


def holders(raw: Any, role: Role) -> frozenset[str]:
    """The logins of those who hold a role now and work here."""
    rows = raw.execute(
        "SELECT s.login FROM staff s JOIN staff_role r ON r.staff_id = s.id"
        " WHERE r.role = ? AND r.to_at IS NULL AND s.ended_at IS NULL AND s.password_hash IS NOT NULL",
        (role.value,),
    )
    return frozenset(login for (login,) in rows)


def to_multi(session: Session) -> None:
    """From now on the bank asks who is there; there is no way back."""
    session.connection().exec_driver_sql("UPDATE bank_state SET mode = 'multi'")


def add(session: Session, **columns: Any) -> int:
    """A new row of staff; returns its id."""
    return int(session.execute(sa.insert(metadata.tables["staff"]), columns).inserted_primary_key[0])  # type: ignore[attr-defined]


def change(session: Session, key: int, **columns: Any) -> None:
    staff = metadata.tables["staff"]
    session.execute(sa.update(staff).where(staff.c.id == key).values(columns))


def set_roles(session: Session, key: int, held: frozenset[Role], wanted: Iterable[Role]) -> None:
    """End the roles that are not wanted any more and begin those that are new, at this moment of real time."""
    now, table = datetime.now(UTC), metadata.tables["staff_role"]
    for role in sorted(held - frozenset(wanted)):
        current = (table.c.staff_id == key) & (table.c.role == role.value) & table.c.to_at.is_(None)
        session.execute(sa.update(table).where(current).values(to_at=now))
    new = [{"staff_id": key, "role": role.value, "from_at": now} for role in sorted(frozenset(wanted) - held)]
    if new:
        session.execute(sa.insert(table), new)


def _person(row: tuple[Any, ...]) -> Person:
    key, login, name, branch_id, code, branch, secret, one_time, password_at, ended, roles, since = row
    held = frozenset(Role(role) for role in (roles or "").split(",") if role)
    return Person(key, login, name, branch_id, code, branch, secret, bool(one_time), _at(password_at), _at(ended), held,
                  _at(since))  # fmt: skip


def _at(text: str | None) -> datetime | None:
    return moment(text) if text else None
