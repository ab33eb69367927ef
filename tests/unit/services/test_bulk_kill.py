"""A bulk edit that is killed at any of its steps is all there or not at all, and can be done again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import killing
import pytest
from small_bank import ACTOR, SmallApp

from crmdesk.services import bulk, history
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.store.opening import open_bank

CUSTOMERS = 500
ENV = {**os.environ, "PYTHONPATH": str(Path(killing.__file__).parent)}


def run(bank: Path, dies_at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", killing.CHILD, str(bank), str(dies_at)],
        input="now\nend\n", capture_output=True, text=True, env=ENV, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("dies_at", [1, 3, 5])
def test_killed_at_a_step_nothing_is_there_and_it_can_be_done_again(tmp_path: Path, dies_at: int) -> None:
    bank = tmp_path / "b.crmdesk"
    killing.build(bank, CUSTOMERS)
    before = killing.counts(bank)
    done = run(bank, dies_at)
    assert done.returncode == -signal.SIGKILL and done.stdout == "ready\n", done.stderr
    assert not killing.is_whole(bank, CUSTOMERS, before)
    app = SmallApp(open_bank(bank))
    assert history.next_undo(app, ACTOR) is None
    assert bulk.apply(app, ACTOR, Chosen(CustomerQuery()), "source", "fair").count == CUSTOMERS
    app.store.close()
    assert killing.is_whole(bank, CUSTOMERS, before)


def test_what_was_said_to_be_saved_is_there_after_a_kill(tmp_path: Path) -> None:
    bank = tmp_path / "b.crmdesk"
    killing.build(bank, CUSTOMERS)
    before = killing.counts(bank)
    with subprocess.Popen(
        [sys.executable, "-c", killing.CHILD, str(bank), "0"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENV,
    ) as child:  # fmt: skip
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write("now\n")
        child.stdin.flush()
        assert [child.stdout.readline() for _ in range(2)] == ["ready\n", "saved\n"]
        child.kill()
    assert bank.with_name(bank.name + "-wal").stat().st_size > 0  # it lies in the log still
    assert killing.is_whole(bank, CUSTOMERS, before)
    app = SmallApp(open_bank(bank))
    assert history.undo(app, ACTOR).restored == CUSTOMERS
    app.store.close()
