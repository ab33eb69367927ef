"""Kill -9 at random moments of a bulk edit: all of it is there afterwards, or nothing."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import killing

CUSTOMERS, SEED = 1_500, 7
ENV = {**os.environ, "PYTHONPATH": str(Path(killing.__file__).parent)}


def begin(bank: Path) -> subprocess.Popen[str]:
    """A child that has opened the bank and waits for the word."""
    child = subprocess.Popen(
        [sys.executable, "-c", killing.CHILD, str(bank), "0"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENV,
    )  # fmt: skip
    assert child.stdout is not None and child.stdout.readline() == "ready\n"
    return child


def go(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("now\n")
    child.stdin.flush()


def killed_after(bank: Path, seconds: float) -> bool:
    """Whether the child had said that all is saved when it was killed."""
    child = begin(bank)
    go(child)
    time.sleep(seconds)
    child.kill()
    said, _ = child.communicate()
    return "saved" in said


def test_a_killed_bulk_edit_is_whole_or_absent(full: bool, tmp_path: Path) -> None:
    kills, draw = (200, random.Random(SEED)) if full else (5, random.Random(SEED))
    bank = tmp_path / "b.crmdesk"
    killing.build(bank, CUSTOMERS)
    before = killing.counts(bank)
    child = begin(killing.copy_of(bank, "first.crmdesk"))
    began = time.perf_counter()
    go(child)
    assert child.stdout is not None and child.stdout.readline() == "saved\n"
    lasts = time.perf_counter() - began
    child.kill()
    child.communicate()
    whole = acknowledged = 0
    for _ in range(kills):
        copy = killing.copy_of(bank, "killed.crmdesk")
        said = killed_after(copy, draw.uniform(0, 1.3 * lasts))
        there = killing.is_whole(copy, CUSTOMERS, before)
        assert there or not said, "what was said to be saved is gone"
        whole, acknowledged = whole + there, acknowledged + said
    print(f"{kills} kills within {lasts * 1.3:.2f} s: {whole} whole, {kills - whole} absent, 0 between; "
          f"{acknowledged} acknowledged, 0 lost")  # fmt: skip
    if full:
        assert kills // 20 < whole < kills - kills // 20  # the moments lay on both sides of the commit
