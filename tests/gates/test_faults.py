"""Each system call of an action fails in turn: the action is done, or nothing is changed and one sentence says why.

`python3 run.py gates faults`: the first 500 calls of six actions return ENOSPC, EIO and ENOMEM, each in a process of
its own; in every run a few calls of two actions.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from laboratory import fault_loop, outside, refusing

AT_ONCE = 3  # most of the time is spent waiting for a lock that was refused
SMALL = ("customer", "create")
MUST_NOT = ("traceback", "died", "broken", "said to be done", "refused but done", "refused but half")


@pytest.fixture(autouse=True)
def refusable() -> None:
    why = refusing.missing()
    if why:
        pytest.skip(why)


@pytest.mark.timeout(3600)
def test_a_refused_call_leaves_done_or_unchanged(full: bool, asked: Any, tmp_path: Path) -> None:
    calls, step = asked("--calls", 500, 500), 1 if full else 60
    actions = tuple(fault_loop.ACTIONS) if full else SMALL

    def tried(action: str) -> dict[str, Any]:
        (tmp_path / action).mkdir()
        found: dict[str, Any] = outside.ask("fault_loop", tmp_path / action, action, calls, step)
        outcomes = ", ".join(f"{many} {what}" for what, many in sorted(found["outcomes"].items()))
        print(f"{action:10} {found['tried']:>5} faults in {found['calls']:>5} calls: {outcomes}", flush=True)
        return found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(tried, actions))
    words = [line for found in told for line in found["words"]]
    assert not words, "\n".join(words[:30])
    assert all(set(found["outcomes"]).isdisjoint(MUST_NOT) for found in told)
    assert all(found["outcomes"].get("unchanged and a sentence") for found in told)  # the faults did hit


def test_a_fault_that_is_not_told_in_a_sentence_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(folder: Path) -> None:
        (folder / "note").write_text("x")

    monkeypatch.setitem(fault_loop.ACTIONS, "careless", careless)
    clean = refusing.run(lambda: fault_loop.told("careless", tmp_path), 0, 0)
    assert clean.told == ["done", ""] and clean.calls
    seen = [refusing.run(lambda: fault_loop.told("careless", tmp_path), at, 28).told[0] for at in (1, len(clean.calls))]
    assert "traceback" in seen
