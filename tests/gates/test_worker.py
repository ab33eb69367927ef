"""Gate G2: cancels are felt within a second (p95), whether the job listens or not, and no process is left."""

import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from crmdesk.jobs import Cancelled
from crmdesk.jobs.runner import WorkerRunner

TARGETS = Path(__file__).parents[1] / "unit" / "jobs"


def test_worker(full: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TARGETS))
    waits = []
    mine = psutil.Process()
    before = {child.pid for child in mine.children(recursive=True)}
    with WorkerRunner() as runner:
        runner.warm()
        for _ in range(200 if full else 10):
            asked = time.monotonic() + 0.05
            with pytest.raises(Cancelled):
                runner.call("targets:patient", b"", cancel=lambda at=asked: time.monotonic() > at)
            waits.append(time.monotonic() - asked)
        asked = time.monotonic() + 0.05
        with pytest.raises(Cancelled):
            runner.call("targets:hang", b"", cancel=lambda: time.monotonic() > asked)
        killed = time.monotonic() - asked
        assert runner.call("targets:echo", b"ab") == b"ba"
    left = {child.pid for child in mine.children(recursive=True)} - before
    p95 = float(np.percentile(waits, 95))
    print(f"{len(waits)} cancels, p95 {p95 * 1000:.0f} ms; deaf job killed after {killed:.2f} s; {len(left)} left")
    assert p95 <= 1.0
    assert killed <= 4.0
    assert not left
