"""Several processes at one bank: nobody hears "locked", nobody waits long, nothing is lost.

`python3 run.py gates multi --procs 4`: each saves units and reads for 60 s; in every run for a moment, without times.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from laboratory import outside

from crmdesk.store.bank import create_bank

P95_MS, WORST_MS = 200, 5_000


def test_nobody_is_locked_out(full: bool, asked: Any, tmp_path: Path) -> None:
    processes, seconds = asked("--procs", 4, 4), asked("--seconds", 1.5, 60.0)
    bank = tmp_path / "b.crmdesk"
    create_bank(bank).close()
    found = outside.ask("load_loop", "multi", bank, processes, seconds, asked("--seed", 7, 7))
    print(
        f"{processes} processes for {seconds:.0f} s: {found['writes']:,} units saved (median {found['p50']:.0f} ms, "
        f"p95 {found['p95']:.0f}, worst {found['worst']:.0f}), {found['reads']:,} reads "
        f"(p95 {found['read p95']:.0f} ms, worst {found['read worst']:.0f}); {len(found['faults'])} faults"
    )
    assert not found["faults"], "\n".join(found["faults"])
    assert found["writes"] >= processes and found["reads"] >= processes
    if full:
        assert found["p95"] < P95_MS and found["worst"] < WORST_MS
