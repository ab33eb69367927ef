"""Gate S5: what a hostile analysis tries in the worker gives it nothing: no file, key, name or network."""

import json
import shutil
from pathlib import Path

import pytest
from laboratory import tricks
from small_bank import ACTOR, build

from crmdesk.jobs import sandbox
from crmdesk.jobs.runner import InlineRunner, WorkerRunner
from crmdesk.places import beside
from crmdesk.services import backup

HERE = Path(__file__).parents[1]
# Signs of success: what only the bank, its key, its process or the network could have told.
LOOT = (b"Y\xc4\xb1lmaz", b"ada_y@mail", b"SQLite format 3", b"audit_key", b"connected", b"sent a packet", b"attached",
        b"a socket", b"network:", b"planted", b"shared memory")  # fmt: skip


def test_redteam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not sandbox.supported():
        pytest.skip("this system cannot confine the worker; the help lists these tricks as not prevented there")
    monkeypatch.setenv("CRMDESK_SECRET", "audit_key of the environment")
    monkeypatch.setenv("CRMDESK_CONFIG", str(tmp_path / "config"))
    monkeypatch.syspath_prepend(str(HERE))
    small = build(tmp_path / "ours.crmdesk").store
    bank = small.path
    backups = bank.parent / "copies"
    backups.mkdir()
    shutil.copy2(bank, backups / bank.name)
    shutil.copy2(beside(bank, "keys"), beside(backups / bank.name, "keys"))
    before = {p: p.stat().st_size for p in bank.parent.rglob("*") if p.is_file()}
    through = []
    with WorkerRunner() as runner, small.reader() as held:
        held.execute("SELECT * FROM customer").fetchone()  # the parent holds the bank open and its rows in memory
        for name in tricks.TRICKS:
            answer = runner.call("laboratory.tricks:go", json.dumps([name, str(bank)]).encode())
            known = str(bank).encode() in answer and name != "read_what_the_worker_was_started_with"
            if known or any(sign in answer for sign in LOOT):
                through.append(name)
    print(f"{len(tricks.TRICKS)} tricks, {len(through)} through: {', '.join(through) or 'none'}")
    assert len(tricks.TRICKS) >= 25
    assert not through
    assert {p: p.stat().st_size for p in before} == before, "a trick moved or changed a file of the bank"
    assert backup.verify(ACTOR, bank)["ok"]


def test_the_same_tricks_succeed_without_the_cage(tmp_path: Path) -> None:
    store = build(tmp_path / "ours.crmdesk").store
    bank = store.path
    store.close()
    for name in ("read_the_bank", "read_the_keys", "open_by_sqlite", "ask_another_program"):
        answer = InlineRunner().call("laboratory.tricks:go", json.dumps([name, str(bank)]).encode())
        assert any(sign in answer for sign in LOOT), name
