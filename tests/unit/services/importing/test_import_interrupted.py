"""An import that is cancelled, killed, or finds no disk leaves the bank as it was."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest
from building import CUSTOMERS, FileApp, write_source

from crmdesk.domain.errors import CrmdeskError
from crmdesk.jobs import Cancelled
from crmdesk.places import beside
from crmdesk.store import open_bank
from crmdesk.store.verify import verify

KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from building import FileApp
from crmdesk.store import open_bank

class Told:
    def step(self, fraction, text=""):
        if fraction > {after}:
            print("halfway", flush=True)
            sys.stdin.read()

FileApp(open_bank(Path({bank!r}))).run(Path({source!r}), progress=Told())
"""


def _many(folder: Path, rows: int = 60_000) -> Path:
    lines = [f"X{i},C1,2024-01-02,atm,transaction,deposit,{i % 90 + 1},,,,,," for i in range(rows)]
    return write_source(folder, CUSTOMERS, interactions=lines)


@pytest.mark.parametrize("after", [0.2, 0.8])
def test_killed_half_way_the_bank_is_as_before(app: FileApp, tmp_path: Path, after: float) -> None:
    app.run(write_source(tmp_path / "first"))
    before = app.content()
    app.store.close()
    script = KILLED.format(tests=str(Path(__file__).parent), bank=str(app.path), source=str(_many(tmp_path / "in")),
                           after=after)  # fmt: skip
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"halfway\n"
        os.kill(child.pid, signal.SIGKILL)
        child.wait(30)
    reopened = FileApp(open_bank(app.path))
    assert reopened.content() == before
    assert verify(app.path)["ok"]
    reopened.store.close()


class _StopAfter:
    def __init__(self, fraction: float) -> None:
        self.fraction = fraction
        self.felt = 0.0

    def step(self, fraction: float, text: str = "") -> None:
        if fraction > self.fraction:
            self.felt = time.monotonic()
            raise Cancelled


@pytest.mark.parametrize("fraction", [0.0, 0.3, 0.9])
def test_cancel_rolls_back(app: FileApp, tmp_path: Path, fraction: float) -> None:
    source = _many(tmp_path / "in")
    before = app.content()
    with pytest.raises(Cancelled):
        app.run(source, progress=_StopAfter(fraction))
    assert app.content() == before
    assert app.run(source).tables["interaction"] == 60_000


def test_progress_rises_to_the_end(app: FileApp, tmp_path: Path) -> None:
    seen: list[float] = []

    class Told:
        def step(self, fraction: float, text: str = "") -> None:
            seen.append(fraction)

    app.run(_many(tmp_path / "in"), progress=Told())
    assert seen == sorted(seen)
    assert seen[-1] > 0.8
    assert max(seen) <= 1.0


def test_too_little_disk_is_said_before_anything_starts(
    app: FileApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 90, 10))
    with pytest.raises(CrmdeskError, match="MB of free disk"):
        app.run(write_source(tmp_path / "in"))


def test_the_backup_comes_first(app: FileApp, tmp_path: Path) -> None:
    source = write_source(tmp_path / "in")
    kept = beside(app.store.path, "before-import")
    app.run(source, dry_run=True)
    assert not kept.exists()
    app.run(source)
    with contextlib.closing(open_bank(kept)) as copy, copy.reader() as raw:
        assert raw.execute("SELECT count(*) FROM customer").fetchone() == (0,)
    assert app.rows("SELECT count(*) FROM customer") != [(0,)]
