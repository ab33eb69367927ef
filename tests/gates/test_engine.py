"""The library under a bank and how each connection is set: version, pragmas, safeguards, and who waits for whom."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from laboratory import work
from small_bank import ACTOR
from sqlcipher3 import dbapi2

from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Role
from crmdesk.store import Store, keyfile, schema
from crmdesk.store.bank import create_bank
from crmdesk.store.opening import open_bank
from crmdesk.store.scope import scope_of
from crmdesk.store.tables import APPEND_ONLY

ROOT = Path(__file__).parents[2]
# As the plan has them, not as the product does.
PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "trusted_schema": 0,
           "secure_delete": 1, "cell_size_check": 1, "busy_timeout": 10_000, "mmap_size": 0}  # fmt: skip


@pytest.fixture(params=["plain", "encrypted"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = create_bank(tmp_path / "b.crmdesk", keys=keyfile.fresh(encrypted=request.param == "encrypted"))
    work.unit(made, 1, 1)
    yield made
    made.close()


@contextlib.contextmanager
def connections(store: Store) -> Iterator[dict[str, Any]]:
    """One connection of each kind that the store hands out, by what it is for."""
    import dataclasses

    teller = dataclasses.replace(ACTOR, roles=frozenset({Role.TELLER}), single=False, everywhere=False)
    scope = scope_of(teller)
    assert scope is not None
    own = store.connect_to_read()
    with store.read() as read, store.reader() as reader, store.raw() as raw, store.scoped(scope).reader() as scoped:
        pooled = read.connection().connection.dbapi_connection
        yield {"read": pooled, "reader": reader, "raw": raw, "own": own, "scoped": scoped}
    own.close()


def test_the_library_is_one_that_does_not_corrupt_a_log(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    assert dbapi2.sqlite_version_info >= (3, 51, 3)
    print(f"SQLite {dbapi2.sqlite_version} in every connection")
    monkeypatch.setattr(dbapi2, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(CrmdeskError, match="may corrupt a bank"):
        Store(store.path, store.keys)


def test_every_connection_has_every_pragma(store: Store) -> None:
    wanted = PRAGMAS | ({"fullfsync": 1} if sys.platform == "darwin" else {})
    with connections(store) as found:
        for name, raw in found.items():
            has = {pragma: raw.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in wanted}
            assert has == wanted, name
        raw = found["raw"]
        assert raw.execute("PRAGMA application_id").fetchone() == (0x43524D44,)
        assert raw.execute("PRAGMA user_version").fetchone() == (schema.SCHEMA_VERSION,)
        print(f"{len(wanted)} pragmas on {len(found)} kinds of connections, as planned")


def test_only_a_connection_to_write_can_write(store: Store) -> None:
    with connections(store) as found:
        for name in ("reader", "own", "scoped"):
            with pytest.raises(dbapi2.OperationalError, match="readonly|cannot modify"):
                found[name].execute("DELETE FROM main.interaction")


def test_what_is_only_added_to_can_neither_be_changed_nor_replaced_nor_removed(store: Store) -> None:
    tried = 0
    with store.raw() as raw:
        for table in sorted(APPEND_ONLY):
            columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
            held = raw.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()
            for verb in ("update", "delete"):
                assert raw.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (f"{table}_no_{verb}",)).fetchone()
            if held is None:
                continue
            marks = ", ".join("?" * len(columns))
            for statement, values in (
                (f"UPDATE {table} SET {columns[-1]} = {columns[-1]}", ()),
                (f"DELETE FROM {table}", ()),
                (f"INSERT OR REPLACE INTO {table} VALUES ({marks})", held),
            ):
                with pytest.raises(dbapi2.IntegrityError, match=f"{table} is append-only"):
                    raw.execute(statement, values)
                tried += 1
    print(f"{len(APPEND_ONLY)} tables are only added to; {tried} changes refused")
    assert tried >= 6  # audit and ledger at least


@pytest.mark.parametrize("table", ["audit_event", "permission_event"])
def test_a_bank_without_a_safeguard_is_not_opened(tmp_path: Path, table: str) -> None:
    store = create_bank(tmp_path / "bare.crmdesk")
    store.close()
    with work.spoiled(store.path) as raw:
        raw.execute(f"DROP TRIGGER {table}_no_update")
    with pytest.raises(CrmdeskError, match=f"lacks the safeguard {table}_no_update"):
        open_bank(store.path)


def test_readers_and_a_writer_do_not_wait_for_each_other(store: Store) -> None:
    """Reads begin plain, writes immediate: with immediate reads the second would hear that the bank is locked."""
    with connections(store) as found, store.read() as one, store.read() as other:
        before = [s.connection().exec_driver_sql("SELECT count(*) FROM customer").scalar_one() for s in (one, other)]
        work.unit(store, 1, 2)
        held = [s.connection().exec_driver_sql("SELECT count(*) FROM customer").scalar_one() for s in (one, other)]
        assert before == held == [1, 1]  # each still sees its own moment
        assert found["raw"].execute("SELECT count(*) FROM customer").fetchone() == (2,)


def test_no_other_sqlite_touches_a_bank() -> None:
    """Two libraries in one process drop each other's locks; the one of Python 3.11 can corrupt the log as well."""
    imports = re.compile(r"^\s*(?:import|from) (?:sqlite3|pysqlite|apsw|adbc)\b", re.M)
    rooms = [ROOT / "crmdesk", *sorted((ROOT / "plugins").iterdir())]
    files = [file for room in rooms for file in room.rglob("*.py")]
    assert len(files) > 100
    assert [file.name for file in files if imports.search(file.read_text(encoding="utf-8"))] == []
