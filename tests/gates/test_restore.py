"""Every copy that a bank keeps can be restored, and then holds what the bank held at that moment.

`python3 run.py gates restore --all`: a hundred days of copies, made by themselves and thinned as they age, of a plain
and of an encrypted bank, restored one by one in the place of the newest bank. In every run a few days of them. What is
taken back since a copy is carried over. Erasure tombstones are not checked: nothing can be erased yet.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from laboratory import work
from small_bank import ACTOR, SmallApp

from crmdesk.domain.recording import Recording
from crmdesk.places import beside
from crmdesk.services import autobackup, backup, customer_edit, permission_record
from crmdesk.store import files, keyfile
from crmdesk.store.bank import create_bank
from crmdesk.store.opening import open_bank
from crmdesk.store.verify import verify

BEGIN = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
FIRST = "C-000001"  # is there before the first copy and objects after the last


def copied(app: Any, days: int, a_day: int) -> dict[int, int]:
    """`a_day` copies on each of so many days, one unit before each; change number of each copy -> units it holds."""
    held = {}
    for number in range(days * a_day):
        work.unit(app.store, 1, number + 1)
        change_no = app.store.change_no()
        now = BEGIN + timedelta(hours=number * 24 / a_day)
        report = autobackup.make(app, ACTOR, now=now)
        assert report.made is not None and report.made.change_no == change_no
        held[change_no] = number + 1
    return held


def set_beside(bank: Path, target: Path) -> None:
    """A copy of a closed bank with what belongs to it, in the place of whatever is there."""
    for old in target.parent.glob(f"{target.name}*"):
        old.unlink()
    target.write_bytes(bank.read_bytes())
    beside(target, "keys").write_bytes(beside(bank, "keys").read_bytes())


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_every_kept_copy_comes_back(encrypted: bool, asked: Any, tmp_path: Path) -> None:
    days, a_day = (100, 4) if asked("--all", False, True) else (6, 1)
    store = create_bank(tmp_path / "b.crmdesk", keys=keyfile.fresh(encrypted=encrypted))
    keys = store.keys if encrypted else None
    app: Any = SmallApp(store)
    first = {"number": FIRST, "kind": "person", "given_name": "Ada", "family_name": "First", "branch": "HO"}
    customer_edit.create(app, ACTOR, {**first, "country": "SE"})
    held = copied(app, days, a_day)
    kept = autobackup.copies(app, ACTOR)
    permission_record.record(app, ACTOR, FIRST, Recording("marketing", (), "objected"))
    store.close()
    target = tmp_path / "again" / "b.crmdesk"
    target.parent.mkdir()
    for copy in kept:
        set_beside(store.path, target)
        files.check_backup(copy.file, keys)
        report = backup.restore(ACTOR, copy.file, target, keys)
        assert report["carried_over"] == 1
        found = work.look(target, keys)
        assert found.whole >= {f"u1-{number}" for number in range(1, held[copy.change_no or 0] + 1)}
        assert len([one for one in found.whole if one[0] == "u"]) == held[copy.change_no or 0]
        assert not found.torn and not found.broken and verify(target, keys)["ok"]
        reopened = open_bank(target, keys)
        with reopened.reader() as raw:
            assert raw.execute("SELECT status FROM permission_event ORDER BY seq DESC").fetchone() == ("objected",)
        reopened.close()
    span = (kept[0].made_at - kept[-1].made_at).days
    kind = "an encrypted" if encrypted else "a plain"
    print(f"{len(held)} copies of {kind} bank in {days} days, {len(kept)} kept over {span} days: all restored whole, "
          "0 tombstones to apply (nothing can be erased yet)")  # fmt: skip
    assert span <= 90 and (days < 90 or span > 28)  # at least the last of the month before
