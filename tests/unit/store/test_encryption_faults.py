"""Encrypting where the disk fails late, and what still lies readable under odd names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crmdesk.domain.errors import CrmdeskError
from crmdesk.places import beside
from crmdesk.services import encryption
from crmdesk.store import files, keyfile, open_bank
from crmdesk.store.keyfile import Cost
from tests.small_bank import ACTOR, SmallApp, build

CHEAP = Cost(64, 1, 1)
WORDS = "correct horse battery"


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[SmallApp]:
    made = build(tmp_path / "b.crmdesk")
    yield made
    made.store.close()


def opened(path: Path) -> SmallApp:
    return SmallApp(open_bank(path, keyfile.unlock(path, "", WORDS)))


def test_a_disk_that_fails_after_the_exchange_does_not_lose_the_bank(
    plain: SmallApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = files._sync_folder

    def fails(target: Path) -> None:
        sync(target)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(files, "_sync_folder", fails)
    with pytest.raises(CrmdeskError):
        encryption.encrypt(plain, ACTOR, WORDS, cost=CHEAP)
    assert keyfile.is_encrypted(plain.path)
    app = opened(plain.path)
    assert "audit_key" not in keyfile.document(plain.path)
    assert [p.name for p in encryption.status(app, ACTOR).plain_copies] == ["b.crmdesk.unencrypted"]
    assert encryption.new_recovery_key(app, ACTOR, cost=CHEAP)
    app.store.close()


def test_copies_of_a_bank_with_brackets_in_its_name_are_found(tmp_path: Path) -> None:
    made = build(tmp_path / "[ab].crmdesk")
    files.copy_bank(made.path, beside(made.path, "before-import"))
    done = encryption.encrypt(made, ACTOR, WORDS, cost=CHEAP)
    assert [p.name for p in done.plain_copies] == ["[ab].crmdesk.before-import"]


def test_the_log_of_a_plain_bank_that_was_set_aside_is_told_and_removed(plain: SmallApp) -> None:
    copy = beside(plain.path, "before-restore")
    files.copy_bank(plain.path, copy)
    log = copy.with_name(copy.name + "-wal")
    encryption.encrypt(plain, ACTOR, WORDS, cost=CHEAP)
    log.write_bytes(b"Gemstone Works in a log")
    app = opened(plain.path)
    assert encryption.remove_plain_copies(app, ACTOR) == (copy, log)
    assert not log.exists()
    app.store.close()


def test_a_recovery_key_that_cannot_be_written_down_leaves_the_one_in_force(
    plain: SmallApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = encryption.encrypt(plain, ACTOR, WORDS, cost=CHEAP)
    app = opened(plain.path)
    with app.store.raw() as raw:
        raw.execute("CREATE TRIGGER no_more BEFORE UPDATE ON bank_state BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    with pytest.raises(Exception, match="full"):
        encryption.new_recovery_key(app, ACTOR, cost=CHEAP)
    with app.store.raw() as raw:
        raw.execute("DROP TRIGGER no_more")
    assert keyfile.recover(plain.path, done.recovery_key) == app.store.keys
    app.store.close()


def test_a_copy_is_its_owners_alone_from_its_first_byte(plain: SmallApp, monkeypatch: pytest.MonkeyPatch) -> None:
    modes = []
    check = files._manifest

    def look(part: Path, key: bytes | None) -> dict[str, object]:
        modes.append(part.stat().st_mode & 0o777)
        return check(part, key)

    monkeypatch.setattr(files, "_manifest", look)
    monkeypatch.setattr(Path, "chmod", lambda *_: None)  # what was readable for a moment was readable
    files.copy_bank(plain.path, beside(plain.path, "copy"))
    files.restore_bank(beside(plain.path, "copy"), plain.path.with_name("other.crmdesk"))
    assert modes[0] == 0o600
    assert plain.path.with_name("other.crmdesk").stat().st_mode & 0o777 == 0o600
