"""A bank of any older schema opens, keeps every row, and becomes the same as a new one; or it stays what it was."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alembic.operations import Operations
from sqlcipher3 import dbapi2

from crmdesk.domain.errors import CrmdeskError
from crmdesk.places import beside
from crmdesk.store import migrate, schema
from crmdesk.store.bank import create_bank
from crmdesk.store.opening import open_bank
from crmdesk.store.queries import permissions
from crmdesk.store.verify import verify

NEWEST = schema.SCHEMA_VERSION
# Of these invented banks alone, which lie beside this file as SQL.
AUDIT_KEYS = {
    1: "7bcb8bb23c599b50c9d8efe6c5624b7665ddd38236b617e329bad16539dd3012",
    2: "65cdbbcc4e539411be49361c9cccf99e916c17fcb72e326e2cba69eb5bc955a4",
    3: "4de8c14f7112e3abadfdd7f128d14be5468eff5baf8218962b48001b178d11a3",
}
CUSTOMERS = {1: 40, 2: 5, 3: 5}
# What each step brings, so that a bank that skipped it would show.
BROUGHT = {2: {"recommended_action"}, 3: {"deed", "field_change", "household", "task", "document", "saved_search"},
           4: {"proposal", "privacy_request"}}  # fmt: skip
KILLED = """
import os, sys
from pathlib import Path
from crmdesk.store import migrate

def die(op):
    migrate.STEPS[int(sys.argv[2])](op)
    os._exit(9)

migrate.migrate(Path(sys.argv[1]), {**migrate.STEPS, int(sys.argv[2]): die})
"""

OPENED = """
import sys
from pathlib import Path
import alembic.migration, alembic.operations
from crmdesk.store import open_bank

sys.stdin.readline()  # both at once
open_bank(Path(sys.argv[1])).close()
"""


@dataclass(frozen=True)
class Older:
    """A bank as an earlier crmdesk wrote it."""

    path: Path
    version: int


@pytest.fixture(params=sorted(AUDIT_KEYS))
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Older:
    return made(tmp_path, request.param)


def made(folder: Path, number: int) -> Older:
    path = folder / "older.crmdesk"
    raw = dbapi2.connect(str(path), isolation_level=None)
    raw.executescript(Path(__file__).with_name(f"v{number}_bank.sql").read_text(encoding="utf-8"))
    raw.close()
    key = {"format": 1, "audit_key": AUDIT_KEYS[number]}
    beside(path, "keys").write_text(json.dumps(key), encoding="utf-8")
    return Older(path, number)


def parts(sql: str) -> frozenset[str]:
    """The columns and constraints of a CREATE statement in any order: a column that was added stands last."""
    flat = "".join(sql.split())
    if not flat.startswith("CREATETABLE"):
        return frozenset({flat})
    head, _, body = flat.partition("(")
    body, _, tail = body.rpartition(")")
    split, depth, start = [], 0, 0
    for i, letter in enumerate(body):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            split.append(body[start:i])
            start = i + 1
    return frozenset({head, tail, *split, body[start:]})


def shape(path: Path) -> dict[tuple[str, str], frozenset[str]]:
    """Everything that SQLite keeps about tables, indexes and triggers."""
    raw = dbapi2.connect(str(path))
    rows = raw.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
    raw.close()
    return {(kind, name): parts(sql) for kind, name, sql in rows}


def rows(path: Path, like: dict[str, Any] | None = None) -> dict[str, Any]:
    """Every row of every table, as (columns, rows); `like`: only the tables and columns that another has."""
    raw = dbapi2.connect(str(path))
    tables = [t for (t,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {}
    for table in like or [t for t in tables if not t.startswith(("customer_search_", "sqlite_"))]:
        columns = like[table][0] if like else [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
        names = ", ".join(f'"{name}"' for name in columns)
        found[table] = (columns, raw.execute(f"SELECT {names} FROM {table} ORDER BY rowid").fetchall())
    raw.close()
    return found


def version(path: Path) -> int:
    raw = dbapi2.connect(str(path))
    (found,) = raw.execute("PRAGMA user_version").fetchone()
    raw.close()
    return int(found)


def test_every_step_since_the_first_has_a_bank_to_begin_from() -> None:
    assert set(AUDIT_KEYS) == set(range(1, NEWEST)) == set(BROUGHT) - {NEWEST} | {1}
    assert set(migrate.STEPS) == set(range(2, NEWEST + 1))


def test_an_older_schema_is_another_one(older: Older, tmp_path: Path) -> None:
    create_bank(tmp_path / "new.crmdesk").close()
    new, old = shape(tmp_path / "new.crmdesk"), shape(older.path)
    # The search index holds nothing of its own: a step makes it anew from the customers.
    old = {key: sql for key, sql in old.items() if key[0] != "table" or not key[1].startswith("customer_search")}
    assert (version(older.path), version(tmp_path / "new.crmdesk")) == (older.version, NEWEST)
    gained = {name for kind, name in set(new) - set(old) if kind == "table"}
    wanted = set().union(*(tables for number, tables in BROUGHT.items() if number > older.version))
    assert wanted <= gained and set(old) <= set(new)
    assert all(old[key] <= new[key] for key in old)  # nothing was taken away or changed


def test_an_older_bank_verifies_before_it_is_opened(older: Older) -> None:
    found = verify(older.path)
    assert found["ok"], found["problems"]


@pytest.mark.parametrize("name", ["run_no_update", "audit_event_no_delete"])
def test_an_older_bank_without_a_safeguard_of_its_time_does_not_verify(older: Older, name: str) -> None:
    raw = dbapi2.connect(str(older.path), isolation_level=None)
    raw.execute(f"DROP TRIGGER {name}")
    raw.close()
    found = verify(older.path)
    assert [p["reason"] for p in found["problems"]] == [f"the safeguard {name} is missing"]


def test_a_bank_of_today_needs_every_safeguard_even_where_the_table_is_gone(tmp_path: Path) -> None:
    create_bank(tmp_path / "new.crmdesk").close()
    raw = dbapi2.connect(str(tmp_path / "new.crmdesk"), isolation_level=None)
    raw.execute("DROP TABLE opportunity_move")
    raw.close()
    reasons = {p["reason"] for p in verify(tmp_path / "new.crmdesk")["problems"]}
    assert "the safeguard opportunity_move_no_update is missing" in reasons


def test_an_older_bank_opens_with_every_row_and_the_schema_of_a_new_one(older: Older, tmp_path: Path) -> None:
    before = rows(older.path)
    assert len(before["customer"][1]) == CUSTOMERS[older.version] and len(before["permission_event"][1]) > 0
    open_bank(older.path).close()
    create_bank(tmp_path / "new.crmdesk").close()
    assert rows(older.path, before) == before
    assert shape(older.path) == shape(tmp_path / "new.crmdesk")
    assert version(older.path) == NEWEST
    found = verify(older.path)
    assert found["ok"], found["problems"]


def test_what_it_was_is_kept_beside_it(older: Older) -> None:
    before, was = rows(older.path), shape(older.path)
    open_bank(older.path).close()
    kept = beside(older.path, f"before-schema-{NEWEST}")
    assert (version(kept), rows(kept), shape(kept)) == (older.version, before, was)
    assert verify(kept)["ok"]


def test_a_migrated_bank_finds_its_customers_and_takes_new_ones(older: Older) -> None:
    raw = dbapi2.connect(str(older.path))
    first, folded = raw.execute("SELECT id, name_folded FROM customer ORDER BY id LIMIT 1").fetchone()
    raw.close()
    store = open_bank(older.path)
    with store.write() as session:
        insert = session.connection().exec_driver_sql
        insert(
            "INSERT INTO customer(id, number, family_name, branch_id, kind, gender, relation_wanted, restricted,"
            " version, name_folded, city_folded, email_folded, phone_digits)"
            " VALUES (99, 'C-99', 'Later', 1, 'person', 'unknown', 'unknown', 0, 1, 'later', '', '', '')"
        )
    with store.reader() as raw:
        search = "SELECT rowid FROM customer_search WHERE name_folded LIKE ?"
        assert raw.execute(search, ("%later%",)).fetchall() == [(99,)]
        whole = "SELECT rowid FROM customer_search WHERE customer_search MATCH ?"
        assert raw.execute(whole, ('"later"',)).fetchall() == [(99,)]
        assert raw.execute(whole, ('"retal"',)).fetchall() == []
        settings = dict(raw.execute("SELECT k, v FROM customer_search_config"))
        assert settings["secure-delete"] == 1
        assert raw.execute(search, (f"%{folded[1:]}%",)).fetchall() == [(first,)]
    store.close()


def test_a_failing_step_leaves_the_bank_as_it_was_before_it(older: Older) -> None:
    def fail(op: Operations) -> None:
        migrate.STEPS[older.version + 1](op)
        raise RuntimeError

    before, was = rows(older.path), shape(older.path)
    with pytest.raises(RuntimeError):
        migrate.migrate(older.path, {**migrate.STEPS, older.version + 1: fail})
    assert (version(older.path), rows(older.path), shape(older.path)) == (older.version, before, was)
    open_bank(older.path).close()
    assert version(older.path) == NEWEST


@pytest.mark.parametrize(("start", "dies"), [(a, b) for a in AUDIT_KEYS for b in migrate.STEPS if b > a])
def test_a_kill_in_a_step_leaves_the_bank_as_it_was_before_it(tmp_path: Path, start: int, dies: int) -> None:
    older = made(tmp_path, start)
    before = rows(older.path)
    run = [sys.executable, "-c", KILLED, str(older.path), str(dies)]
    done = subprocess.run(run, capture_output=True, check=False)
    assert done.returncode == 9, done.stderr
    assert (version(older.path), rows(older.path, before)) == (dies - 1, before)
    assert verify(older.path)["ok"]
    open_bank(older.path).close()
    assert version(older.path) == NEWEST and rows(older.path, before) == before


def test_two_processes_that_open_an_older_bank_at_once_both_get_in(older: Older) -> None:
    before, was = rows(older.path), shape(older.path)
    both = [
        subprocess.Popen([sys.executable, "-c", OPENED, str(older.path)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for one in both:
        assert one.stdin is not None
        one.stdin.write(b"now\n")
        one.stdin.flush()
    said = [one.communicate()[1].decode() for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    kept = beside(older.path, f"before-schema-{NEWEST}")
    assert (version(older.path), rows(older.path, before)) == (NEWEST, before)
    assert (version(kept), rows(kept), shape(kept)) == (older.version, before, was)


def test_a_step_still_in_the_log_is_not_taken_again(older: Older) -> None:
    reading = dbapi2.connect(str(older.path), isolation_level=None)  # as long as it reads, the log stays
    reading.execute("PRAGMA journal_mode = wal")
    reading.execute("BEGIN")
    reading.execute("SELECT count(*) FROM customer").fetchone()
    for _ in range(2):
        open_bank(older.path).close()
        assert older.path.read_bytes()[63] == older.version  # the header of the file does not know yet
        assert version(beside(older.path, f"before-schema-{NEWEST}")) == older.version
    reading.close()
    assert version(older.path) == NEWEST


def test_a_newer_bank_is_left_alone(tmp_path: Path) -> None:
    create_bank(tmp_path / "new.crmdesk").close()
    raw = dbapi2.connect(str(tmp_path / "new.crmdesk"), isolation_level=None)
    raw.execute(f"PRAGMA user_version = {NEWEST + 1}")
    raw.close()
    before = (tmp_path / "new.crmdesk").read_bytes()
    with pytest.raises(CrmdeskError, match=re.escape(f"(schema {NEWEST + 1}, this one reads {NEWEST})")):
        open_bank(tmp_path / "new.crmdesk")
    assert (tmp_path / "new.crmdesk").read_bytes() == before


def test_voided_events_are_found_without_reading_the_ledger(older: Older) -> None:
    store = open_bank(older.path)
    with store.reader() as raw:
        plan = " ".join(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {permissions.VOIDED}"))
    store.close()
    assert "COVERING INDEX ix_permission_event_voids" in plan
