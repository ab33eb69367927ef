"""The bank file: created whole or not at all, opened only when it is what it says."""

from datetime import date
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from crmdesk.domain.errors import CrmdeskError
from crmdesk.places import beside
from crmdesk.store import bank, schema
from crmdesk.store.bank import Store, check_is_bank, create_bank
from crmdesk.store.opening import open_bank


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return create_bank(tmp_path / "b.crmdesk")


def test_every_connection_has_its_pragmas(store: Store) -> None:
    with store.raw() as raw:
        found = {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in bank.PRAGMAS}
    assert found == bank.PRAGMAS
    with store.read() as session:
        for name in ("synchronous", "foreign_keys", "recursive_triggers"):
            assert session.connection().exec_driver_sql(f"PRAGMA {name}").scalar() == bank.PRAGMAS[name]


def test_a_new_bank_has_the_37_rows_and_grows_its_change_number(store: Store) -> None:
    before = store.change_no()
    counted = "SELECT count(*) FROM catalogue WHERE id <= 37 AND counts"
    with store.write() as session:
        rows = session.connection().exec_driver_sql(counted).scalar()
    assert rows == 37
    assert store.change_no() == before + 1


def test_a_failed_unit_of_work_leaves_nothing(store: Store) -> None:
    before = store.change_no()
    with pytest.raises(RuntimeError), store.write() as session:
        session.connection().exec_driver_sql("INSERT INTO branch(code, name) VALUES ('B9', 'Ninth')")
        raise RuntimeError
    with store.reader() as raw:
        assert raw.execute("SELECT count(*) FROM branch WHERE code = 'B9'").fetchone() == (0,)
    assert store.change_no() == before


@pytest.mark.parametrize("table", ["permission_event", "audit_event", "run", "import_batch", "import_file"])
def test_append_only_tables_refuse_update_delete_and_replace(store: Store, table: str) -> None:
    with store.raw() as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        info = raw.execute(f"PRAGMA table_info({table})").fetchall()
        row = {c[1]: (1 if c[5] else "x" if c[2] == "TEXT" else 1) for c in info if c[3] or c[5]}
        row |= {"status": "asked", "legal_basis": None} if table == "permission_event" else {}
        row |= {"inserted": 1, "updated": 0, "unchanged": 0, "quarantined": 0} if table == "import_file" else {}
        names, values = ", ".join(f'"{n}"' for n in row), list(row.values())
        marks = ", ".join("?" * len(row))
        raw.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
        key = info[0][1]
        for sql in (f"UPDATE {table} SET {key} = 9", f"DELETE FROM {table}"):
            with pytest.raises(dbapi2.IntegrityError, match="append-only"):
                raw.execute(sql)
        with pytest.raises(dbapi2.IntegrityError, match="append-only"):
            raw.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", values)


def test_create_refuses_what_exists_and_leaves_no_half_bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_bank(tmp_path / "a.crmdesk").close()
    with pytest.raises(CrmdeskError, match="exists already"):
        create_bank(tmp_path / "a.crmdesk")
    with pytest.raises(CrmdeskError, match="does not exist; make it first"):
        create_bank(tmp_path / "none" / "a.crmdesk")

    def fail(connection: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(schema, "build", fail)
    with pytest.raises(CrmdeskError, match="full"):
        create_bank(tmp_path / "b.crmdesk")
    assert not [p for p in tmp_path.iterdir() if p.name.startswith("b.")]


def test_only_a_bank_of_a_known_schema_opens(tmp_path: Path) -> None:
    with pytest.raises(CrmdeskError, match=r"does not exist\. Create it first"):
        open_bank(tmp_path / "no.crmdesk")
    (tmp_path / "text.crmdesk").write_text("hello")
    with pytest.raises(CrmdeskError, match="is not a bank"):
        open_bank(tmp_path / "text.crmdesk")
    raw = dbapi2.connect(str(tmp_path / "other.db"))
    raw.execute("CREATE TABLE t(x)")
    raw.close()
    with pytest.raises(CrmdeskError, match="is not a bank"):
        open_bank(tmp_path / "other.db")
    store = create_bank(tmp_path / "new.crmdesk")
    with store.raw() as raw:
        raw.execute("PRAGMA user_version = 99")
    store.close()
    before = (tmp_path / "new.crmdesk").read_bytes()
    with pytest.raises(CrmdeskError, match="newer crmdesk"):
        open_bank(tmp_path / "new.crmdesk")
    assert (tmp_path / "new.crmdesk").read_bytes() == before


def test_a_bank_without_its_key_or_its_safeguards_stays_shut(store: Store) -> None:
    store.close()
    keys = beside(store.path, "keys")
    text = keys.read_text()
    keys.unlink()
    with pytest.raises(CrmdeskError, match="keys is missing"):
        open_bank(store.path)
    keys.write_text(text)
    with store.raw() as raw:
        raw.execute("DROP TRIGGER audit_event_no_delete")
    with pytest.raises(CrmdeskError, match="lacks the safeguard audit_event_no_delete"):
        open_bank(store.path)


def test_the_clock_of_an_invented_bank_stands(tmp_path: Path) -> None:
    store = create_bank(tmp_path / "i.crmdesk", invented_until=date(2026, 6, 30))
    assert store.clock().date() == date(2026, 6, 30)
    assert check_is_bank(store.path) == schema.SCHEMA_VERSION


def test_reads_do_not_block_a_writer(store: Store) -> None:
    with store.read() as reader:
        reader.connection().exec_driver_sql("SELECT count(*) FROM branch").scalar()
        with store.write() as session:
            session.connection().exec_driver_sql("INSERT INTO branch(code, name) VALUES ('B2', 'Second')")
        seen = reader.connection().exec_driver_sql("SELECT count(*) FROM branch").scalar()
    assert seen == 1  # the reader keeps its moment


def test_search_index_follows_the_customer_table(store: Store) -> None:
    find = "SELECT rowid FROM customer_search WHERE name_folded LIKE ?"
    with store.write() as session:
        connection = session.connection()
        connection.exec_driver_sql(
            "INSERT INTO customer(id, number, family_name, branch_id, kind, gender, relation_wanted, restricted,"
            " version, name_folded, city_folded, email_folded, phone_digits)"
            " VALUES (1, 'C-1', 'Yılmaz', 1, 'person', 'unknown', 'unknown', 0, 1, 'ada yilmaz', '', '', '')"
        )
        assert connection.exec_driver_sql(find, ("%lma%",)).fetchall() == [(1,)]
        connection.exec_driver_sql("UPDATE customer SET name_folded = 'ada kaya'")
        assert connection.exec_driver_sql(find, ("%lma%",)).fetchall() == []
        assert connection.exec_driver_sql(find, ("%kay%",)).fetchall() == [(1,)]


def test_a_full_disk_is_one_sentence_and_changes_nothing(store: Store) -> None:
    before = store.change_no()
    with pytest.raises(CrmdeskError, match="is full; free some space"), store.write() as session:
        connection = session.connection()
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
        rows = [(f"B{i}", "x" * 1000) for i in range(1000)]
        connection.exec_driver_sql("INSERT INTO branch(code, name) VALUES (?, ?)", rows)
    with store.reader() as raw:
        assert raw.execute("SELECT count(*) FROM branch").fetchone() == (1,)
    assert store.change_no() == before
