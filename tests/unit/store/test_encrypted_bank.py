"""An encrypted bank: no text of it on the disk, refused without its key, kept encrypted by every copy."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from crmdesk.domain.errors import BadFields, CrmdeskError, Refused, WrongPassphrase
from crmdesk.domain.rights import Actor, Role
from crmdesk.places import beside
from crmdesk.services import autobackup, backup, banks, encryption, importing, tasks
from crmdesk.store import chain, create_bank, encrypting, files, keyfile, open_bank
from crmdesk.store.connection import connect
from crmdesk.store.keyfile import Cost, Keys
from crmdesk.store.verify import verify
from tests.small_bank import ACTOR, SmallApp, build

CHEAP = Cost(64, 1, 1)
WORDS = "correct horse battery"
NAME = b"Gemstone Works"  # a customer of the small bank


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[SmallApp]:
    made = build(tmp_path / "b.crmdesk")
    yield made
    made.store.close()


@pytest.fixture
def app(plain: SmallApp) -> Iterator[SmallApp]:
    """The small bank, encrypted and open again."""
    encryption.encrypt(plain, ACTOR, WORDS, cost=CHEAP)
    made = opened(plain.path)
    yield made
    made.store.close()


def opened(path: Path, passphrase: str = WORDS) -> SmallApp:
    return SmallApp(open_bank(path, keyfile.unlock(path, "", passphrase)))


def rows(path: Path, keys: Keys | None) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables of a bank that nobody has open."""
    raw = connect(path, key=keys.data if keys else None)
    names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    found = {name: raw.execute(f"SELECT * FROM {name}").fetchall() for name in names}
    raw.close()
    return found


def readable(folder: Path, text: bytes = NAME) -> list[str]:
    """The files below a folder that hold a text in the open."""
    return sorted(p.name for p in folder.rglob("*") if p.is_file() and text in p.read_bytes())


def test_encrypting_keeps_every_row_and_leaves_no_readable_file(plain: SmallApp, tmp_path: Path) -> None:
    path = plain.path
    plain.store.close()
    before = rows(path, None)
    plain = SmallApp(open_bank(path))
    assert readable(tmp_path)  # or the text would prove nothing
    done = encryption.encrypt(plain, ACTOR, WORDS, cost=CHEAP)
    assert readable(tmp_path) == [] and done.plain_copies == () and done.others == ()
    keys = keyfile.unlock(path, "", WORDS)
    after = rows(path, keys)
    differ = {name for name in before if before[name] != after[name]}
    assert set(before) == set(after) and differ == {"audit_event", "bank_state"}
    assert after["audit_event"][:-1] == before["audit_event"]
    found = verify(path, keys)
    assert found["ok"] and found["audit_key"] == "wrapped", found["problems"]
    assert keyfile.recover(path, done.recovery_key) == keys
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.crmdesk", "b.crmdesk.keys", "b.crmdesk.lock"]


def test_an_encrypted_bank_works_as_a_plain_one_does(app: SmallApp, tmp_path: Path) -> None:
    tasks.add(app, ACTOR, "secretly call", app.store.clock())
    assert readable(tmp_path, b"secretly") == []  # while the log still holds the row
    with app.store.reader() as raw:
        assert raw.execute("SELECT count(*) FROM task WHERE title = 'secretly call'").fetchone() == (1,)
        assert raw.execute("PRAGMA temp_store").fetchone() == (2,)
        assert list(chain.breaks(raw, app.store.audit_key, "audit_event")) == []
    assert encryption.status(app, ACTOR).encrypted
    with pytest.raises(Refused, match="encrypted already"):
        encryption.encrypt(app, ACTOR, WORDS, cost=CHEAP)


def test_without_the_key_or_with_another_it_is_one_sentence(app: SmallApp, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CrmdeskError, match="is encrypted; give a name and passphrase"):
        open_bank(app.path)
    with pytest.raises(CrmdeskError, match="does not open with its key"):
        open_bank(app.path, keyfile.fresh(encrypted=True))
    with pytest.raises(WrongPassphrase):
        keyfile.unlock(app.path, "", "wrong horse battery")
    with pytest.raises(dbapi2.DatabaseError):
        dbapi2.connect(str(app.path)).execute("SELECT * FROM customer")
    assert "hmac" not in capfd.readouterr().err  # the library's own lines would only frighten


def test_a_plain_bank_does_not_open_by_a_key(tmp_path: Path) -> None:
    """An encrypted bank that somebody exchanged for a readable one is refused."""
    create_bank(tmp_path / "b.crmdesk").close()
    with pytest.raises(CrmdeskError, match="does not open with its key"):
        open_bank(tmp_path / "b.crmdesk", keyfile.fresh(encrypted=True))


def test_a_bank_whose_key_file_is_gone_says_so(app: SmallApp) -> None:
    app.store.close()
    beside(app.path, "keys").unlink()
    with pytest.raises(CrmdeskError, match=r"b\.crmdesk\.keys is missing"):
        open_bank(app.path)


def test_every_flipped_bit_is_refused(app: SmallApp) -> None:
    """Of each page one bit, one page after the other: reading the whole bank never gives another answer."""
    app.store.close()
    keys, whole = app.store.keys, app.path.read_bytes()
    good = rows(app.path, keys)
    for page in range(0, len(whole), 4096):
        at = page + secrets.randbelow(4096)
        app.path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << secrets.randbelow(8)]) + whole[at + 1 :])
        try:
            found = rows(app.path, keys)
        except (CrmdeskError, dbapi2.DatabaseError):
            continue
        assert found == good and not verify(app.path, keys)["ok"], f"byte {at}"
    app.path.write_bytes(whole)
    assert verify(app.path, keys)["ok"]


def test_a_damaged_encrypted_bank_is_one_sentence_at_open(app: SmallApp) -> None:
    app.store.close()
    whole = bytearray(app.path.read_bytes())
    whole[2000] ^= 4
    app.path.write_bytes(whole)
    with pytest.raises(CrmdeskError, match="the file is damaged"):
        open_bank(app.path, app.store.keys)


def test_backups_stay_encrypted_and_restore_with_the_keys_of_the_bank(app: SmallApp, tmp_path: Path) -> None:
    tasks.add(app, ACTOR, "before the backup", app.store.clock())
    made = autobackup.make(app, ACTOR).made
    assert made is not None and "can be restored" in autobackup.check(app, ACTOR, made.file)
    tasks.add(app, ACTOR, "after the backup", app.store.clock())
    assert backup.to_carry_over(app, ACTOR, made.file) == 0
    keys = app.store.keys
    app.store.close()
    with pytest.raises(CrmdeskError, match="is encrypted"):
        backup.restore(ACTOR, made.file, app.path)
    report = backup.restore(ACTOR, made.file, app.path, keys)
    assert report["protection"] == "encrypted" and "of the time of the backup" in backup.carried_words(report)
    assert readable(tmp_path) == readable(tmp_path, b"the backup") == []
    again = opened(app.path)
    with again.store.reader() as raw:
        assert [t for (t,) in raw.execute("SELECT title FROM task WHERE title LIKE '%the backup'")] == [
            "before the backup"
        ]
    again.store.close()


def test_a_bank_in_use_is_neither_restored_over_nor_encrypted(app: SmallApp, tmp_path: Path) -> None:
    copy = tmp_path / "copy.crmdesk"
    files.copy_bank(app.path, copy, app.store.keys)
    held = connect(app.path, key=app.store.keys.data)
    held.execute("BEGIN")
    held.execute("SELECT count(*) FROM customer").fetchone()
    with pytest.raises(CrmdeskError, match="in use"):
        files.restore_bank(copy, app.path, None, app.store.keys, app.store.keys)
    held.close()


def test_a_bank_that_another_program_reads_is_not_encrypted(plain: SmallApp, tmp_path: Path) -> None:
    script = (
        "import sys; from sqlcipher3 import dbapi2\n"
        "c = dbapi2.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN')\n"
        "c.execute('SELECT count(*) FROM customer').fetchone(); print('held', flush=True); sys.stdin.readline()"
    )
    with plain.store.raw() as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # or closing would wait ten seconds for the reader
    other = subprocess.Popen([sys.executable, "-c", script, str(plain.path)], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    before = rows(plain.path, None)
    with pytest.raises(CrmdeskError, match="in use by another program"):
        encryption.encrypt(plain, ACTOR, WORDS, cost=CHEAP)
    other.communicate("\n")
    assert not keyfile.is_encrypted(plain.path) and rows(plain.path, None) == before
    assert not list(tmp_path.glob("*.part*"))
    open_bank(plain.path).close()


@pytest.mark.parametrize("where", ["_export", "_compare", "put_in_place"])
def test_an_encryption_that_fails_leaves_the_plain_bank(
    plain: SmallApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files if where == "put_in_place" else encrypting, where, full)
    with pytest.raises(CrmdeskError, match="is full"):
        encryption.encrypt(plain, ACTOR, WORDS, cost=CHEAP)
    left = sorted(p.name for p in tmp_path.iterdir() if not p.name.endswith(".lock"))
    assert left == ["b.crmdesk", "b.crmdesk.keys"] and verify(plain.path)["ok"]
    assert "wraps" not in keyfile.document(plain.path)


def test_a_row_that_differs_in_the_copy_stops_the_encryption(plain: SmallApp, monkeypatch: pytest.MonkeyPatch) -> None:
    export = encrypting._export

    def other(raw: dbapi2.Connection, part: Path, keys: Keys) -> None:
        export(raw, part, keys)
        changed = connect(part, key=keys.data)
        changed.execute("UPDATE customer SET city = 'Elsewhere' WHERE id = 2")
        changed.close()

    monkeypatch.setattr(encrypting, "_export", other)
    with pytest.raises(CrmdeskError, match="differs in customer"):
        encryption.encrypt(plain, ACTOR, WORDS, cost=CHEAP)
    assert verify(plain.path)["ok"] and not keyfile.is_encrypted(plain.path)


def test_readable_copies_of_before_are_named_and_can_be_removed(plain: SmallApp, tmp_path: Path) -> None:
    made = autobackup.make(plain, ACTOR).made
    assert made is not None
    beside(plain.path, "quarantine").mkdir()
    (beside(plain.path, "quarantine") / "1.csv").write_text(NAME.decode(), encoding="utf-8")
    files.copy_bank(plain.path, beside(plain.path, "before-import"))
    done = encryption.encrypt(plain, ACTOR, WORDS, cost=CHEAP)
    assert sorted(p.name for p in done.plain_copies) == readable(tmp_path)
    assert {p.name for p in done.plain_copies} == {made.file.name, "1.csv", "b.crmdesk.before-import"}
    app = opened(plain.path)
    assert encryption.status(app, ACTOR).plain_copies == done.plain_copies
    assert encryption.remove_plain_copies(app, ACTOR) == done.plain_copies
    assert readable(tmp_path) == [] and encryption.status(app, ACTOR).plain_copies == ()
    app.store.close()


def test_a_plain_backup_over_an_encrypted_bank_is_told(plain: SmallApp) -> None:
    made = autobackup.make(plain, ACTOR).made
    assert made is not None
    encryption.encrypt(plain, ACTOR, WORDS, cost=CHEAP)
    keys = keyfile.unlock(plain.path, "", WORDS)
    report = backup.restore(ACTOR, made.file, plain.path, keys)
    assert report["protection"] == "lost" and "encrypt it again" in backup.carried_words(report)
    assert report["carried_over"] == 0  # the encrypted bank was read by its key
    open_bank(plain.path).close()


def test_an_import_writes_no_readable_quarantine_unless_asked(app: SmallApp, tmp_path: Path) -> None:
    source = tmp_path / "customers.csv"
    source.write_text("customer,kind,family_name,birth_date\nX-1,person,Marker,1700-01-01\nX-2,person,Other,\n")
    report = importing.run(app, ACTOR, source)
    assert report.files["customers.csv"]["quarantined"] == 1 and report.quarantine_file is None
    assert readable(tmp_path, b"Marker") == ["customers.csv"]
    assert keyfile.is_encrypted(beside(app.path, "before-import"))
    source.write_text("customer,kind,family_name,birth_date\nX-3,person,Marker,1700-01-01\nX-4,person,Other,\n")
    asked = importing.run(app, ACTOR, source, quarantine=tmp_path / "bad.csv")
    assert asked.quarantine_file == tmp_path / "bad.csv" and asked.quarantine_file.exists()


def test_the_passphrase_and_the_recovery_key_can_be_renewed(app: SmallApp) -> None:
    shown = encryption.new_recovery_key(app, ACTOR, cost=CHEAP)
    encryption.change_passphrase(app, ACTOR, WORDS, "a quite other one", cost=CHEAP)
    with pytest.raises(WrongPassphrase):
        keyfile.unlock(app.path, "", WORDS)
    encryption.change_passphrase(app, ACTOR, shown, "forgotten and found", cost=CHEAP)
    assert keyfile.unlock(app.path, "", "forgotten and found") == app.store.keys
    with app.store.reader() as raw:
        acts = [act for (act,) in raw.execute("SELECT act FROM audit_event ORDER BY seq")]
    assert {"encrypt", "new recovery key", "change password"} <= set(acts)


def test_only_an_administrator_encrypts_and_no_easy_passphrase_will_do(plain: SmallApp) -> None:
    with pytest.raises(Refused):
        encryption.encrypt(plain, Actor("eve", frozenset({Role.TELLER})), WORDS, cost=CHEAP)
    for easy in ("short", "1234567890", ""):
        with pytest.raises(BadFields):
            encryption.encrypt(plain, ACTOR, easy, cost=CHEAP)
    assert not encryption.status(plain, ACTOR).encrypted  # and still open
    with pytest.raises(Refused, match="not encrypted"):
        encryption.new_recovery_key(plain, ACTOR, cost=CHEAP)


def test_an_older_encrypted_bank_is_migrated_and_its_copy_is_encrypted(tmp_path: Path) -> None:
    path = tmp_path / "old.crmdesk"
    plain = dbapi2.connect(str(path), isolation_level=None)
    plain.executescript((Path(__file__).parent / "v3_bank.sql").read_text(encoding="utf-8"))
    plain.close()
    audit = keyfile.make(path).audit
    keys = Keys(audit, keyfile.fresh(encrypted=True).data)
    with files.alone(path) as raw:
        encrypting._export(raw, beside(path, "part"), keys)
    keyfile.begin_encryption(path, keys, "", WORDS, CHEAP)
    os.replace(beside(path, "part"), path)
    keyfile.end_encryption(path)
    open_bank(path, keyfile.unlock(path, "", WORDS)).close()
    kept = list(tmp_path.glob("old.crmdesk.before-schema-*"))
    assert kept and all(not p.read_bytes().startswith(keyfile.PLAIN) for p in kept)


def test_a_bank_may_be_encrypted_from_its_first_byte(tmp_path: Path) -> None:
    made = banks.create(tmp_path / "new.crmdesk", preset="tiny", customers=40, passphrase=WORDS, cost=CHEAP)
    assert "recovery_key" not in made.document() and made.recovery_key not in repr(made)
    keys = keyfile.unlock(made.file, "", WORDS)
    assert keys == keyfile.recover(made.file, made.recovery_key) and verify(made.file, keys)["ok"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new.crmdesk", "new.crmdesk.keys"]
    assert not made.file.read_bytes().startswith(keyfile.PLAIN)
    with pytest.raises(BadFields):
        banks.create(tmp_path / "easy.crmdesk", passphrase="1234567890")
    assert not list(tmp_path.glob("easy*"))
