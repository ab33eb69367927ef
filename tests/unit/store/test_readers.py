"""Readers: a connection comes back to be used again, and never shows an old view of the bank."""

from pathlib import Path

import pytest

from crmdesk.store.bank import Store, connect, create_bank
from crmdesk.store.readers import KEPT, Readers


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return create_bank(tmp_path / "b.crmdesk")


def branches(store: Store) -> int:
    with store.reader() as raw:
        return int(raw.execute("SELECT count(*) FROM branch").fetchone()[0])


def test_a_reader_is_used_again_and_sees_what_was_written_since(store: Store) -> None:
    with store.reader() as first:
        pass
    before = branches(store)
    with store.write() as session:
        session.connection().exec_driver_sql("INSERT INTO branch (code, name) VALUES ('B9', 'Ninth')")
    assert branches(store) == before + 1
    with store.reader() as again:
        assert again is first


def test_a_cursor_read_half_does_not_hold_the_next_reader_to_an_old_view(store: Store) -> None:
    with store.reader() as raw:
        half = raw.execute("SELECT id FROM catalogue")
        half.fetchone()
    before = branches(store)
    with store.write() as session:
        session.connection().exec_driver_sql("INSERT INTO branch (code, name) VALUES ('B9', 'Ninth')")
    assert branches(store) == before + 1
    del half


def test_two_readers_at_once_have_a_connection_each_and_few_are_kept(store: Store) -> None:
    readers = Readers(lambda: connect(store.path, read_only=True))
    lent = [readers.lend() for _ in range(KEPT + 2)]
    raws = [one.__enter__() for one in lent]
    assert len(set(map(id, raws))) == KEPT + 2
    for one in lent:
        one.__exit__(None, None, None)
    assert len(readers._idle) == KEPT
    readers.close()


def test_after_an_error_the_connection_is_closed(store: Store) -> None:
    with pytest.raises(RuntimeError), store.reader() as broken:
        raise RuntimeError
    with store.reader() as next_one:
        assert next_one is not broken
        next_one.execute("SELECT 1")


def test_a_closed_bank_leaves_no_log_behind(store: Store) -> None:
    branches(store)
    store.close()
    assert not store.path.with_name(store.path.name + "-wal").exists()
