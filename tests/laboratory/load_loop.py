"""Several processes at one bank: who waits how long, and copies taken while others write.

A program: `python -m laboratory.load_loop multi BANK PROCESSES SECONDS SEED` lets them write and read at will and
prints their waits; `... backup BANK COPIES WRITERS` takes copies meanwhile and compares each with the moments of the
bank.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from laboratory import kill_loop, work

from crmdesk.places import beside
from crmdesk.store import files
from crmdesk.store.opening import open_bank

RESTS = 0.05  # seconds; without, the bank of 200 copies would grow too long to be read after each
PAUSE = 0.002  # mean seconds between two deeds of a process: far busier than a person


def forked(deed: Callable[[], Any]) -> tuple[int, int]:
    """Run `deed` in a process of its own, which prints what it returns as JSON; its pid and the pipe."""
    ear, mouth = os.pipe()
    pid = os.fork()
    if pid:
        os.close(mouth)
        return pid, ear
    os.close(ear)
    try:
        told = deed()
    except BaseException as error:
        told = {"faults": [f"{type(error).__name__}: {error}"]}
    with os.fdopen(mouth, "w") as stream:
        json.dump(told, stream)
    os._exit(0)


def busy(bank: Path, writer: int, seconds: float, seed: int) -> dict[str, Any]:
    """Save units and read for so long; how long each took, in ms, and what went wrong."""
    draw = random.Random(seed * 100 + writer)
    store = open_bank(bank)
    writes, reads, faults, number = [], [], [], 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            if draw.random() < 0.5:
                number += 1
                work.unit(store, writer, number)
                writes.append(1000 * (time.monotonic() - began))
            else:
                with store.reader() as raw:
                    raw.execute("SELECT count(*), sum(amount) FROM interaction WHERE customer_id = 7").fetchall()
                reads.append(1000 * (time.monotonic() - began))
        except Exception as error:
            faults.append(f"writer {writer}, deed {number}: {type(error).__name__}: {error}")
        time.sleep(draw.expovariate(1 / PAUSE))
    store.close()
    return {"writes": writes, "reads": reads, "faults": faults[:5], "units": number}


def multi(bank: Path, processes: int, seconds: float, seed: int) -> dict[str, Any]:
    running = [forked(lambda w=w: busy(bank, w, seconds, seed)) for w in range(1, processes + 1)]  # type: ignore[misc]
    told = []
    for pid, ear in running:
        with os.fdopen(ear) as stream:
            told.append(json.load(stream))
        os.waitpid(pid, 0)
    faults = [words for one in told for words in one["faults"]]
    writes = sorted(ms for one in told for ms in one.get("writes", ()))
    reads = sorted(ms for one in told for ms in one.get("reads", ()))
    found = work.look(bank)
    said = {f"u{w}-{n}" for w, one in enumerate(told, 1) for n in range(1, one.get("units", 0) + 1)}
    faults += [*found.torn, *found.broken, *(f"lost {one}" for one in sorted(found.lost(said))[:5])]
    return {"writes": len(writes), "reads": len(reads), "faults": faults, "p50": part(writes, 0.5),
            "p95": part(writes, 0.95), "worst": part(writes, 1), "read p95": part(reads, 0.95),
            "read worst": part(reads, 1)}  # fmt: skip


def part(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def backup(bank: Path, copies: int, writers: int) -> dict[str, Any]:
    """Copies of a bank that others write to: each must be one of its moments, with all that was said before it."""
    store = open_bank(bank)
    begun = store.change_no()
    running = [kill_loop.start(bank, "unit", w, 1, RESTS) for w in range(1, writers + 1)]
    for _, ear in running:
        os.set_blocking(ear, False)
    said: set[str] = set()
    faults, took, grew = [], [], []
    for number in range(copies):
        heard = b"".join(_all(ear) for _, ear in running).decode()
        faults += [line for line in heard.splitlines() if line.startswith("FAULT")]
        said |= {line[4:] for line in heard.splitlines() if line.startswith("ACK ")}
        copy = bank.with_name("copy.crmdesk")
        began = time.monotonic()
        manifest = files.copy_bank(bank, copy)
        took.append(time.monotonic() - began)
        found = faults_of(copy, said, begun, manifest)
        faults += [f"copy {number}: {words}" for words in found]
        grew.append(manifest["change_no"])
    for pid, ear in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(ear)
    store.close()
    moments = len(set(grew))
    return {"copies": copies, "faults": faults[:20], "median": part(sorted(took), 0.5), "worst": max(took),
            "moments": moments, "units": grew[-1] - begun, "bytes": copy.stat().st_size}  # fmt: skip


def _all(ear: int) -> bytes:
    """What was said into a pipe until now, in whole lines: each is written at once."""
    heard = b""
    while True:
        try:
            part = os.read(ear, 1 << 16)
        except BlockingIOError:
            return heard
        if not part:
            return heard
        heard += part


def faults_of(copy: Path, said: set[str], begun: int, manifest: dict[str, Any]) -> list[str]:
    """What tells a copy from a moment of the bank between two commits."""
    files.check_backup(copy)
    found = work.look_raw(copy)
    faults = [*found.torn, *found.broken, *(f"lost {one}" for one in sorted(found.lost(said))[:3])]
    last: dict[str, int] = {}
    for one in found.whole:
        writer, _, number = one.partition("-")
        last[writer] = max(last.get(writer, 0), int(number))
    if sum(last.values()) != len(found.whole):
        faults.append(f"{len(found.whole)} units, but the writers had come to {last}")
    if not found.change_no == manifest["change_no"] == begun + len(found.whole):
        faults.append(f"change number {found.change_no} with {len(found.whole)} units after {begun}")
    beside(copy, "manifest.json").stat()
    return faults


if __name__ == "__main__":
    verb, bank, *rest = sys.argv[1:]
    if verb == "multi":
        print(json.dumps(multi(Path(bank), int(rest[0]), float(rest[1]), int(rest[2]))))
    else:
        print(json.dumps(backup(Path(bank), int(rest[0]), int(rest[1]))))
