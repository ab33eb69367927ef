"""Verify names the bad row, a backup is one checked moment, restore keeps what was there, migration is whole."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from sqlcipher3 import dbapi2

from crmdesk.domain.errors import CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Role, single_user
from crmdesk.places import beside
from crmdesk.services import backup
from crmdesk.store import audit, chain, files, migrate, schema
from crmdesk.store.bank import Store, create_bank
from crmdesk.store.opening import open_bank
from crmdesk.store.verify import verify

ME = single_user("me")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = create_bank(tmp_path / "b.crmdesk")
    with store.write() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO customer(id, number, family_name, branch_id, kind, gender, relation_wanted, restricted,"
            " version, name_folded, city_folded, email_folded, phone_digits)"
            " VALUES (1, 'C-1', 'Kaya', 1, 'person', 'unknown', 'unknown', 0, 1, 'kaya', '', '', '')"
        )
        for i in range(5):
            audit.record(store, session, ME, f"act {i}")
        now = datetime.now(UTC)
        event = {"customer_id": 1, "purpose": "marketing", "channel": "email", "status": "refused", "actor": "me",
                 "effective_at": now, "recorded_at": now, "source": "branch"}  # fmt: skip
        rows = [{"event_id": f"e{i}", **event} for i in range(3)]
        assert chain.append(session, store.audit_key, "permission_event", rows) == [1, 2, 3]
    return store


def attack(store: Store, *statements: str) -> None:
    """A plain client without the key: safeguards off, rows changed, safeguards back."""
    raw = dbapi2.connect(str(store.path), isolation_level=None)
    for name in schema.triggers():
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        raw.execute(statement)
    for statement in schema.triggers().values():
        raw.execute(statement)
    raw.close()


def test_a_fresh_bank_verifies(store: Store) -> None:
    found = verify(store.path)
    assert found["ok"] and all(found["checks"].values()) and found["problems"] == []
    assert found["audit_key"] == "beside the file" and len(found["head"]) == 64


@pytest.mark.parametrize(
    ("statement", "check", "row"),
    [
        ("UPDATE audit_event SET actor = 'you' WHERE seq = 3", "audit_chain", 3),
        ("DELETE FROM audit_event WHERE seq = 2", "audit_chain", 2),
        ("UPDATE permission_event SET status = 'asked' WHERE seq = 2", "ledger_chain", 2),
        ("UPDATE permission_event SET purpose = 'survey' WHERE seq = 1", "ledger_chain", 1),
        ("DELETE FROM customer", "foreign_keys", 1),
    ],
)
def test_verify_names_the_row_that_was_tampered_with(store: Store, statement: str, check: str, row: int) -> None:
    attack(store, "PRAGMA foreign_keys = OFF", statement)
    found = verify(store.path)
    assert not found["ok"] and not found["checks"][check]
    assert min(p["row"] for p in found["problems"] if p["check"] == check) == row


def test_swapped_rows_and_a_missing_safeguard_show(store: Store) -> None:
    attack(store, "UPDATE audit_event SET seq = 99 WHERE seq = 2", "UPDATE audit_event SET seq = 2 WHERE seq = 3",
           "UPDATE audit_event SET seq = 3 WHERE seq = 99")  # fmt: skip
    raw = dbapi2.connect(str(store.path), isolation_level=None)
    raw.execute("DROP TRIGGER run_no_update")
    raw.close()
    found = verify(store.path)
    assert not found["checks"]["audit_chain"] and not found["checks"]["triggers"]


def test_backup_and_restore_bring_the_same_bank_back(store: Store, tmp_path: Path) -> None:
    app = SimpleNamespace(store=store, path=store.path)
    target = tmp_path / "copy.crmdesk"
    document = backup.backup(app, ME, target)
    assert document["sha256"] == files.sha256(target) and beside(target, "keys").exists()
    manifest = json.loads(beside(target, "manifest.json").read_text())
    assert manifest["head"] == verify(target)["head"] == document["head"]
    assert verify(store.path)["last_anchor"] is not None
    assert target.stat().st_mode & 0o077 == 0
    with pytest.raises(CrmdeskError, match="exists already"):
        backup.backup(app, ME, target)
    with store.write() as session:
        session.connection().exec_driver_sql("INSERT INTO branch(code, name) VALUES ('B2', 'Later')")
    store.close()
    restored = backup.restore(ME, target, store.path)
    assert restored["kept"] == str(beside(store.path, "before-restore"))
    again = open_bank(store.path)
    with again.reader() as raw:
        assert raw.execute("SELECT count(*) FROM branch").fetchone() == (1,)
    again.close()
    assert verify(store.path)["ok"] and verify(Path(restored["kept"]))["ok"]


def test_restore_refuses_a_changed_backup_and_a_bank_in_use(store: Store, tmp_path: Path) -> None:
    app = SimpleNamespace(store=store, path=store.path)
    target = tmp_path / "copy.crmdesk"
    backup.backup(app, ME, target)
    with store.read() as session:
        session.connection().exec_driver_sql("SELECT count(*) FROM branch").scalar()
        with pytest.raises(CrmdeskError, match="in use"):
            backup.restore(ME, target, store.path)
    with target.open("r+b") as file:
        file.seek(5000)
        file.write(b"\xff\xff")
    with pytest.raises(CrmdeskError, match="not the file its manifest describes"):
        backup.restore(ME, target, tmp_path / "new.crmdesk")
    assert not (tmp_path / "new.crmdesk").exists()


def test_backup_needs_the_right(store: Store, tmp_path: Path) -> None:
    teller = Actor("t", frozenset({Role.TELLER}))
    with pytest.raises(Refused, match="may not make backups"):
        backup.backup(SimpleNamespace(store=store, path=store.path), teller, tmp_path / "c.crmdesk")


def test_a_migration_step_keeps_rows_and_safeguards_or_changes_nothing(store: Store) -> None:
    store.close()
    later = schema.SCHEMA_VERSION + 1

    def widen(op: Operations) -> None:
        with op.batch_alter_table("branch") as batch:
            batch.add_column(sa.Column("opened", sa.Text()))
        with op.batch_alter_table("permission_event", table_kwargs={"sqlite_strict": True}) as batch:
            batch.add_column(sa.Column("extra", sa.Text()))

    def fail(op: Operations) -> None:
        widen(op)
        raise RuntimeError

    def state() -> tuple[object, ...]:
        raw = dbapi2.connect(str(store.path))
        found = (
            raw.execute("PRAGMA user_version").fetchone()[0],
            raw.execute("SELECT count(*) FROM permission_event").fetchone()[0],
            raw.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()[0],
            len(raw.execute("PRAGMA table_info(branch)").fetchall()),
        )
        raw.close()
        return found

    before = state()
    with pytest.raises(RuntimeError):
        migrate.migrate(store.path, {later: fail}, later)
    assert state() == before
    migrate.migrate(store.path, {later: widen}, later)
    assert state() == (later, 3, len(schema.triggers()), before[3] + 1)
    assert beside(store.path, f"before-schema-{later}").exists()


@pytest.mark.parametrize("name", ["Bank #1 50%.crmdesk", "what? now.crmdesk", "Bankı ß.crmdesk"])
def test_any_file_name_can_be_backed_up_and_restored(tmp_path: Path, name: str) -> None:
    store = create_bank(tmp_path / name)
    backup.backup(SimpleNamespace(store=store, path=store.path), ME, tmp_path / f"copy of {name}")
    store.close()
    backup.restore(ME, tmp_path / f"copy of {name}", store.path)
    assert verify(store.path)["ok"]
    assert {p.name.split(".crmdesk")[0] for p in tmp_path.iterdir()} == {name[:-8], f"copy of {name[:-8]}"}


def test_a_damaged_bank_gives_its_log_to_nobody(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.crmdesk"
    backup.backup(SimpleNamespace(store=store, path=store.path), ME, copy)
    with store.raw() as open_end, store.raw() as writer:  # a second connection keeps the log from being folded in
        open_end.execute("BEGIN")
        open_end.execute("SELECT count(*) FROM branch").fetchone()
        writer.execute("INSERT INTO branch(code, name) VALUES ('B2', 'Later')")
        log = beside(store.path, "x").with_name(store.path.name + "-wal").read_bytes()
    store.close()
    with store.path.open("r+b") as file:
        file.truncate(20_000)
    store.path.with_name(store.path.name + "-wal").write_bytes(log)
    restored = backup.restore(ME, copy, store.path)
    assert verify(store.path)["ok"]
    again = open_bank(store.path)
    with again.reader() as raw:
        assert raw.execute("SELECT count(*) FROM branch").fetchone() == (1,)
    again.close()
    assert Path(restored["kept"]).exists()


def test_a_restore_that_fails_brings_back_what_was_there(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.crmdesk"
    backup.backup(SimpleNamespace(store=store, path=store.path), ME, copy)
    store.close()
    with pytest.raises(CrmdeskError, match="is the backup itself"):
        backup.restore(ME, store.path, store.path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = store.path.read_bytes()
    monkeypatch.setattr(files, "put_in_place", full)
    with pytest.raises(CrmdeskError, match="is full"):
        backup.restore(ME, copy, store.path)
    assert store.path.read_bytes() == before and verify(store.path)["ok"]
    with pytest.raises(CrmdeskError, match="does not exist; make it first"):
        backup.restore(ME, copy, tmp_path / "no" / "b.crmdesk")


def test_an_emptied_safeguard_keeps_the_bank_shut(store: Store) -> None:
    store.close()
    raw = dbapi2.connect(str(store.path), isolation_level=None)
    raw.execute("DROP TRIGGER run_no_update")
    raw.execute("CREATE TRIGGER run_no_update BEFORE UPDATE ON run BEGIN SELECT 1; END")
    raw.close()
    with pytest.raises(CrmdeskError, match="lacks the safeguard run_no_update"):
        open_bank(store.path)


def test_a_backup_that_failed_is_no_anchor(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "put_in_place", full)
    before = verify(store.path)
    with pytest.raises(CrmdeskError, match="is full"):
        backup.backup(SimpleNamespace(store=store, path=store.path), ME, tmp_path / "c.crmdesk")
    assert verify(store.path)["last_anchor"] is None and verify(store.path)["head"] == before["head"]
    assert {p.name for p in tmp_path.iterdir()} <= {"b.crmdesk", "b.crmdesk.keys", "b.crmdesk-wal", "b.crmdesk-shm"}


def test_looking_at_a_backup_leaves_no_trace(store: Store, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    backup.backup(SimpleNamespace(store=store, path=store.path), ME, kept / "c.crmdesk")
    before = {p.name: p.read_bytes() for p in kept.iterdir()}
    files.check_backup(kept / "c.crmdesk")
    assert {p.name: p.read_bytes() for p in kept.iterdir()} == before
