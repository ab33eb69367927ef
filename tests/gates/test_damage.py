"""Flipped bits, cuts, blank and foreign sectors, pages in each other's place: refused in a sentence, nothing crashes.

`python3 run.py gates damage --n 2000`; in every run a few. Every page of an encrypted bank carries a code, so each
damage is refused. The file of a plain bank has no such codes: what harms its structure is refused; a bit that makes one
value another value of the same kind cannot be told by anything in the file, and the gate says how many there were.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from laboratory import outside

# Where a plain bank may hold another value afterwards without a trace; all other harms are seen.
INSIDE_VALUES = {"flip", "blank", "noise"}


@pytest.mark.parametrize("kind", ["encrypted", "plain"])
def test_damage_is_refused_and_never_crashes(kind: str, asked: Any, tmp_path: Path) -> None:
    times, seed = asked("--n", 42, 2_000), asked("--seed", 7, 7)
    found = outside.ask("damage_loop", tmp_path, times, seed, kind)
    outcomes = {name: found["outcomes"].get(name, 0) for name in ("refused", "harmless", "told", "silent", "crash")}
    told = ", ".join(f"{many:,} {name}" for name, many in outcomes.items())
    print(f"{kind}: {times:,} damaged banks opened: {told}; seed {seed}")
    assert not outcomes["crash"], "\n".join(found["words"])
    assert sum(outcomes.values()) == times
    assert all(sentence.startswith(("FILE ", "There ")) for sentence in found["sentences"]), found["sentences"]
    if kind == "encrypted":
        assert outcomes["refused"] == times, "\n".join(found["words"])
    else:
        unseen = {name for name, counts in found["harms"].items() if counts.get("silent")}
        assert unseen <= INSIDE_VALUES, "\n".join(found["words"])
