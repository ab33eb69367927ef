"""Automatic backups: made when something changed, checked, thinned, restorable, and refused where damaged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crmdesk.domain.errors import BadInput, CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import autobackup, backup, tasks
from crmdesk.store import open_bank
from tests.small_bank import ACTOR, SmallApp, build

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = build(tmp_path / "bank.crmdesk")
    yield made
    made.store.close()


def work(app: SmallApp) -> None:
    tasks.add(app, ACTOR, "call", app.store.clock())


def test_a_copy_is_made_when_something_changed_and_only_then(app: SmallApp) -> None:
    assert autobackup.changed(app, ACTOR) and not autobackup.copies(app, ACTOR)
    first = autobackup.make(app, ACTOR, now=NOW)
    assert first.made is not None and first.made.file.parent == app.path.parent / "bank.crmdesk.backups"
    assert first.change is not None and first.change.change_no == app.store.change_no()
    assert not autobackup.changed(app, ACTOR)
    again = autobackup.make(app, ACTOR, now=NOW + timedelta(minutes=30))
    assert again.made is None and "Nothing changed" in again.sentence
    work(app)
    assert autobackup.changed(app, ACTOR)
    autobackup.make(app, ACTOR, now=NOW + timedelta(minutes=60))
    autobackup.make(app, ACTOR, always=True, now=NOW + timedelta(minutes=61))
    made = [copy.made_at for copy in autobackup.copies(app, ACTOR)]
    assert made == [NOW + timedelta(minutes=m) for m in (61, 60, 0)]
    with pytest.raises(BadInput, match="this very second"):
        autobackup.make(app, ACTOR, always=True, now=NOW + timedelta(minutes=61))


def test_old_copies_go_with_all_that_belongs_to_them(app: SmallApp) -> None:
    folder = autobackup.folder(app)
    for days in (100, 99, 60, 0):
        work(app)
        report = autobackup.make(app, ACTOR, now=NOW - timedelta(days=days))
    assert report.thinned == 2
    assert [copy.made_at for copy in autobackup.copies(app, ACTOR)] == [NOW, NOW - timedelta(days=60)]
    left = sorted(file.name for file in folder.iterdir())
    assert len(left) == 6 and sum(name.endswith(".keys") for name in left) == 2
    (folder / "notes.txt").write_text("mine")
    (folder / "bank-20260101.crmdesk").write_text("not made here")
    work(app)
    autobackup.make(app, ACTOR, now=NOW + timedelta(days=85))
    assert {"notes.txt", "bank-20260101.crmdesk"} <= {file.name for file in folder.iterdir()}
    assert NOW - timedelta(days=60) not in {copy.made_at for copy in autobackup.copies(app, ACTOR)}


def test_the_first_copy_of_a_day_is_restored_on_trial(app: SmallApp) -> None:
    with app.store.raw() as raw:
        raw.execute("DROP TRIGGER audit_event_no_delete")
    with pytest.raises(CrmdeskError, match="restoring it on trial found something wrong .the safeguard audit_event"):
        autobackup.make(app, ACTOR, now=NOW)
    autobackup.make(app, ACTOR, always=True, now=NOW + timedelta(hours=1))  # the second of the day is only checked
    assert len(autobackup.copies(app, ACTOR)) == 2
    assert not [file.name for file in autobackup.folder(app).iterdir() if "trial" in file.name]


def test_a_copy_brings_back_what_it_holds(app: SmallApp) -> None:
    work(app)
    made = autobackup.make(app, ACTOR, now=NOW).made
    assert made is not None
    work(app)
    assert len(tasks.due(app, ACTOR)) == 2
    source = autobackup.restorable(app, ACTOR, made.file)
    app.store.close()
    report = backup.restore(ACTOR, source, app.path)
    restored = SmallApp(open_bank(app.path))
    assert len(tasks.due(restored, ACTOR)) == 1
    kept = SmallApp(open_bank(Path(report["kept"])))
    assert len(tasks.due(kept, ACTOR)) == 2
    assert autobackup.copies(restored, ACTOR)[0].file == made.file  # the folder stays beside the bank
    restored.store.close()
    kept.store.close()


def test_a_damaged_or_foreign_copy_is_named_and_never_restored(app: SmallApp, tmp_path: Path) -> None:
    made = autobackup.make(app, ACTOR, now=NOW).made
    assert made is not None
    assert "can be restored" in autobackup.check(app, ACTOR, made.file)
    with made.file.open("r+b") as file:
        file.seek(5_000)
        byte = file.read(1)
        file.seek(5_000)
        file.write(bytes([byte[0] ^ 1]))
    for deed in (autobackup.check, autobackup.restorable):
        with pytest.raises(CrmdeskError, match="take another backup"):
            deed(app, ACTOR, made.file)
        with pytest.raises(BadInput, match="not in the bank's folder"):
            deed(app, ACTOR, tmp_path / "elsewhere.crmdesk")
    manifest = made.file.with_name(made.file.name + ".manifest.json")
    manifest.unlink()
    assert autobackup.copies(app, ACTOR)[0].change_no is None and autobackup.changed(app, ACTOR)


def test_a_copy_that_cannot_be_made_leaves_the_older_ones(app: SmallApp) -> None:
    folder = autobackup.folder(app)
    folder.write_text("a file in the folder's place")
    with pytest.raises(CrmdeskError, match="could not be made"):
        autobackup.make(app, ACTOR, now=NOW)
    folder.unlink()
    autobackup.make(app, ACTOR, now=NOW)
    work(app)
    if os.geteuid() != 0:  # root may write anywhere
        folder.chmod(0o500)
        with pytest.raises(CrmdeskError):
            autobackup.make(app, ACTOR, now=NOW + timedelta(days=1))
        folder.chmod(0o700)
    assert len(autobackup.copies(app, ACTOR)) == 1


def test_rights(app: SmallApp) -> None:
    teller = Actor("t", frozenset({Role.TELLER}))
    for refused in (autobackup.copies, autobackup.changed, autobackup.make):
        with pytest.raises(Refused):
            refused(app, teller)
    assert not autobackup.folder(app).exists()
