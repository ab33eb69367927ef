"""A bank of the first schema opens, keeps every row, and becomes the same as a new one; or it stays what it was."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.operations import Operations
from sqlcipher3 import dbapi2

from crmdesk.places import beside
from crmdesk.store import migrate, schema, steps
from crmdesk.store.bank import create_bank
from crmdesk.store.opening import open_bank
from crmdesk.store.queries import permissions
from crmdesk.store.verify import verify

FIRST = Path(__file__).with_name("v1_bank.sql")
AUDIT_KEY = "7bcb8bb23c599b50c9d8efe6c5624b7665ddd38236b617e329bad16539dd3012"  # of this invented bank alone
KILLED = """
import os, sys
from pathlib import Path
from crmdesk.store import migrate, steps

def die(op):
    steps.to_2(op)
    os._exit(9)

migrate.migrate(Path(sys.argv[1]), {2: die}, 2)
"""

OPENED = """
import sys, time
from pathlib import Path
import alembic.migration, alembic.operations
from crmdesk.store import open_bank

sys.stdin.readline()  # both at once
open_bank(Path(sys.argv[1])).close()
"""


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A bank as crmdesk 1.0 wrote it."""
    path = tmp_path / "first.crmdesk"
    raw = dbapi2.connect(str(path), isolation_level=None)
    raw.executescript(FIRST.read_text(encoding="utf-8"))
    raw.close()
    beside(path, "keys").write_text(json.dumps({"format": 1, "audit_key": AUDIT_KEY}), encoding="utf-8")
    return path


def shape(path: Path) -> set[tuple[str, ...]]:
    """Everything that SQLite keeps about tables, indexes and triggers."""
    raw = dbapi2.connect(str(path))
    rows = raw.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master").fetchall()
    found = {(kind, name, table, "".join(sql.split())) for kind, name, table, sql in rows}
    raw.close()
    return found


def rows(path: Path) -> dict[str, list[Any]]:
    """Every row of every table that the first schema had."""
    raw = dbapi2.connect(str(path))
    tables = [t for (t,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    kept = [t for t in tables if not t.startswith("customer_search_") and t != "recommended_action"]
    found = {table: raw.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall() for table in kept}
    raw.close()
    return found


def version(path: Path) -> int:
    raw = dbapi2.connect(str(path))
    (found,) = raw.execute("PRAGMA user_version").fetchone()
    raw.close()
    return int(found)


def test_the_first_schema_is_another_one(first: Path, tmp_path: Path) -> None:
    create_bank(tmp_path / "new.crmdesk").close()
    assert version(first) == 1 and version(tmp_path / "new.crmdesk") == schema.SCHEMA_VERSION == 2
    gained = {name for _, name, *_ in shape(tmp_path / "new.crmdesk") - shape(first)}
    assert gained == {
        "recommended_action", "sqlite_autoindex_recommended_action_1", "ix_recommended_action_customer_id",
        "ix_permission_event_voids",
    }  # fmt: skip
    assert shape(first) < shape(tmp_path / "new.crmdesk")


def test_a_first_bank_verifies_before_it_is_opened(first: Path) -> None:
    found = verify(first)
    assert found["ok"], found["problems"]


def test_a_first_bank_opens_with_every_row_and_the_schema_of_a_new_one(first: Path, tmp_path: Path) -> None:
    before = rows(first)
    assert len(before["customer"]) == 40 and len(before["permission_event"]) == 40
    open_bank(first).close()
    create_bank(tmp_path / "new.crmdesk").close()
    assert rows(first) == before
    assert shape(first) == shape(tmp_path / "new.crmdesk")
    assert version(first) == 2
    found = verify(first)
    assert found["ok"], found["problems"]


def test_what_it_was_is_kept_beside_it(first: Path) -> None:
    before, was = rows(first), shape(first)
    open_bank(first).close()
    kept = beside(first, "before-schema-2")
    assert (version(kept), rows(kept), shape(kept)) == (1, before, was)
    assert verify(kept)["ok"]


def test_a_migrated_bank_finds_its_customers_and_takes_new_ones(first: Path) -> None:
    store = open_bank(first)
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
        assert raw.execute(search, ("%elif varik%",)).fetchall() == [(1,)]
    store.close()


def test_a_failing_step_leaves_the_first_bank_as_it_was(first: Path) -> None:
    def fail(op: Operations) -> None:
        steps.to_2(op)
        raise RuntimeError

    before, was = rows(first), shape(first)
    with pytest.raises(RuntimeError):
        migrate.migrate(first, {2: fail}, 2)
    assert (version(first), rows(first), shape(first)) == (1, before, was)
    open_bank(first).close()
    assert version(first) == 2


def test_a_kill_in_the_step_leaves_the_first_bank_as_it_was(first: Path) -> None:
    before, was = rows(first), shape(first)
    done = subprocess.run([sys.executable, "-c", KILLED, str(first)], capture_output=True, check=False)
    assert done.returncode == 9, done.stderr
    assert (version(first), rows(first), shape(first)) == (1, before, was)
    open_bank(first).close()
    assert version(first) == 2 and rows(first) == before


def test_two_processes_that_open_a_first_bank_at_once_both_get_in(first: Path) -> None:
    before, was = rows(first), shape(first)
    both = [
        subprocess.Popen([sys.executable, "-c", OPENED, str(first)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for one in both:
        assert one.stdin is not None
        one.stdin.write(b"now\n")
        one.stdin.flush()
    said = [one.communicate()[1].decode() for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    kept = beside(first, "before-schema-2")
    assert (version(first), rows(first)) == (2, before)
    assert (version(kept), rows(kept), shape(kept)) == (1, before, was)


def test_a_step_still_in_the_log_is_not_taken_again(first: Path) -> None:
    reading = dbapi2.connect(str(first), isolation_level=None)  # as long as it reads, the log stays
    reading.execute("PRAGMA journal_mode = wal")
    reading.execute("BEGIN")
    reading.execute("SELECT count(*) FROM customer").fetchone()
    for _ in range(2):
        open_bank(first).close()
        assert first.read_bytes()[63] == 1  # the header of the file does not know yet
        assert version(beside(first, "before-schema-2")) == 1
    reading.close()
    assert version(first) == 2


def test_voided_events_are_found_without_reading_the_ledger(first: Path) -> None:
    store = open_bank(first)
    with store.reader() as raw:
        plan = " ".join(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {permissions.VOIDED}"))
    store.close()
    assert "COVERING INDEX ix_permission_event_voids" in plan
