"""A damaged bank is not opened and stays as it is; what the system refuses is told in a sentence."""

import errno
import os
from pathlib import Path

import pytest
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import CrmdeskError
from crmdesk.places import beside
from crmdesk.services import backup
from crmdesk.store import Store, audit, opening
from crmdesk.store.bank import create_bank
from crmdesk.store.connection import plain_words
from crmdesk.store.opening import open_bank


def spoil(bank: Path, page: int) -> bytes:
    """Bytes of a page made zero; returns the file as it is then."""
    content = bytearray(bank.read_bytes())
    content[4096 * page : 4096 * page + 512] = bytes(512)
    bank.write_bytes(content)
    return bytes(content)


def test_a_damaged_bank_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    create_bank(tmp_path / "b.crmdesk").close()
    damaged = spoil(tmp_path / "b.crmdesk", 7)
    with pytest.raises(CrmdeskError, match=r"is damaged and was left as it is; restore the last good backup"):
        open_bank(tmp_path / "b.crmdesk")
    assert (tmp_path / "b.crmdesk").read_bytes() == damaged


def test_a_damaged_bank_is_not_copied_over_a_good_backup(tmp_path: Path) -> None:
    store = create_bank(tmp_path / "b.crmdesk")
    backup.backup(SmallApp(store), ACTOR, tmp_path / "good.crmdesk")
    store.close()
    good = (tmp_path / "good.crmdesk").read_bytes()
    spoil(tmp_path / "b.crmdesk", 7)
    with pytest.raises(CrmdeskError):
        backup.backup(SmallApp(Store(tmp_path / "b.crmdesk")), ACTOR, tmp_path / "new.crmdesk")
    assert (tmp_path / "good.crmdesk").read_bytes() == good
    assert not list(tmp_path.glob("new.crmdesk*"))


def test_a_copy_that_the_audit_does_not_know_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = create_bank(tmp_path / "b.crmdesk")

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(audit, "record", refused)
    with pytest.raises(CrmdeskError, match="is full; free some space"):
        backup.backup(SmallApp(store), ACTOR, tmp_path / "copy.crmdesk")
    assert not list(tmp_path.glob("copy.crmdesk*"))
    store.close()


@pytest.mark.parametrize(("error", "words"), [
    (OSError(errno.ENOSPC, "x", "f.csv"), "disk that holds f.csv is full"),
    (OSError(errno.EIO, "Input/output error", "f.csv"), "f.csv could not be read or written"),
    (OSError(errno.EACCES, "Permission denied"), r"b\.crmdesk could not be written \(Permission denied\)"),
    (MemoryError(), "no memory left"),
])  # fmt: skip
def test_what_the_system_refuses_is_a_sentence(error: Exception, words: str) -> None:
    with pytest.raises(CrmdeskError, match=words), plain_words(Path("b.crmdesk")):
        raise error


def test_a_broken_pipe_is_no_matter_of_the_disk() -> None:
    with pytest.raises(BrokenPipeError), plain_words(Path("b.crmdesk")):
        raise BrokenPipeError


def test_what_was_saved_is_told_as_saved_though_the_bank_cannot_be_read_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = create_bank(tmp_path / "b.crmdesk")
    with store.write() as session:
        audit.record(store, session, ACTOR, "test")
    saved = store.change_no()

    def unreadable() -> None:
        raise CrmdeskError("The disk could not be read.")

    monkeypatch.setattr(store, "state", unreadable)
    assert store.change_no() == saved
    store.close()
    fresh = open_bank(tmp_path / "b.crmdesk")
    monkeypatch.setattr(fresh, "state", unreadable)
    with pytest.raises(CrmdeskError, match="could not be read"):  # nothing was saved here
        fresh.change_no()
    fresh.close()
    assert beside(fresh.path, "keys").exists()


def test_every_page_is_read_only_where_the_file_changed_since(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "b.crmdesk"
    create_bank(path).close()
    looks = []
    real = opening.check_pages
    monkeypatch.setattr(opening, "check_pages", lambda raw, file: (looks.append(file), real(raw, file)))
    for _ in range(3):
        open_bank(path).close()
    assert len(looks) == 1
    os.utime(path)  # as any program does that writes into it
    open_bank(path).close()
    assert len(looks) == 2
    spoil(path, 7)
    with pytest.raises(CrmdeskError, match="damaged"):
        open_bank(path)
