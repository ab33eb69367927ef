"""Cuts the power of a traced workload at random moments, and judges what a disk may then hold.

A program: `python -m laboratory.power FOLDER WORKLOAD POINTS SEED SYNCHRONOUS` prints one JSON document. After a cut
all before a file's last fsync is there; of the later writes none, any (each with probability one half), or parts in
whole sectors of 512 bytes. What is kept is laid down in order, holes are zeros.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from laboratory import judges, tracing, writers
from laboratory.tracing import Ack, Act, Name, Size, Sync, Write

MODES = ("none", "random", "torn")
SECTOR = 512


class Disk:
    """What is surely on the disk, and what may be."""

    def __init__(self, base: Mapping[str, bytes]) -> None:
        self.names = {name: n for n, name in enumerate(sorted(base))}
        self._solid = {n: bytearray(base[name]) for name, n in self.names.items()}
        self._open: dict[int, list[Write | Size]] = {n: [] for n in self._solid}

    def take(self, act: Act) -> None:
        if isinstance(act, Write | Size):
            self._open[act.file].append(act)
        elif isinstance(act, Sync):
            for one in self._open[act.file]:
                _lay(self._solid[act.file], one)
            self._open[act.file].clear()
        elif isinstance(act, Name):
            self._name(act)

    def _name(self, act: Name) -> None:
        self.names.pop(act.before, None)
        if act.file is None:
            self.names.pop(act.name, None)
            return
        self.names[act.name] = act.file
        self._solid.setdefault(act.file, bytearray())
        self._open.setdefault(act.file, [])

    def after_a_cut(self, mode: str, draw: random.Random) -> dict[str, bytes]:
        """The files as somebody finds them who switches the power on again."""
        found = {}
        for name, file in self.names.items():
            content = bytearray(self._solid[file])
            for act in self._open[file] if mode != "none" else ():
                if draw.random() < 0.5:
                    _lay(content, _torn(act, draw) if mode == "torn" else act)
            found[name] = bytes(content)
        return found


def _lay(content: bytearray, act: Write | Size) -> None:
    if isinstance(act, Write):
        tracing.lay(content, act.offset, act.data)
    else:
        tracing.resize(content, act.size)


def _torn(act: Write | Size, draw: random.Random) -> Write | Size:
    """The beginning of a write, up to a border between two sectors of the file."""
    if isinstance(act, Size):
        return act
    end = act.offset + len(act.data)
    borders = [*range((act.offset // SECTOR + 1) * SECTOR, end, SECTOR), end]
    return Write(act.file, act.offset, act.data[: draw.choice(borders) - act.offset])


def cut(base: Mapping[str, bytes], acts: Sequence[Act], points: int, seed: int, workload: str, into: Path) -> Any:
    """Cut after `points` random acts; how many lost something, how many were damaged, and the first few of each."""
    draw = random.Random(seed)
    ends = [len(acts)] * len(MODES)  # whatever is drawn: the moment after the last word, in every mode
    moments = sorted([*(draw.randrange(1, len(acts) + 1) for _ in range(points - len(ends))), *ends])
    disk, done = Disk(base), 0
    said: set[str] = set()
    lost, broken = [], []
    for count, moment in enumerate(moments):
        for act in acts[done:moment]:
            disk.take(act)
            if isinstance(act, Ack):
                said.add(act.said)
        done, mode = moment, MODES[count % len(MODES)]
        put(into, disk.after_a_cut(mode, draw))
        verdict = judges.judged(workload, into, said)
        where = f"{workload}, after act {moment} of {len(acts)}, {mode}"
        lost += [f"{where}: {verdict.lost[:3]} of {len(said)} lost"] if verdict.lost else []
        broken += [f"{where}: {verdict.broken[0]}"] if verdict.broken else []
    return {"points": points, "acks": len(said), "acts": len(acts), "lost": len(lost), "broken": len(broken),
            "words": [*lost[:4], *broken[:4]]}  # fmt: skip


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    for file in folder.iterdir():
        if file.name not in files:
            file.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def main(folder: Path, workload: str, points: int, seed: int, synchronous: int, count: int) -> dict[str, Any]:
    """Prepare, trace, cut. `folder` must be empty; it is where the bank of the traced program lies, too."""
    bank, into = folder / "traced", folder / "found"
    bank.mkdir()
    into.mkdir()
    plan = writers.WORKLOADS[workload]
    plan.prepare(bank)
    if workload == "migration":
        judges.states(into)
    base = {p.name: p.read_bytes() for p in bank.iterdir() if not p.name.endswith("-shm")}
    began = time.monotonic()
    asked = (workload, bank, count or plan.count, synchronous)
    acts = tracing.record(bank, "writers", asked, folder / "trace")
    (folder / "trace").unlink()
    traced = time.monotonic() - began
    found = cut(base, acts, points, seed, workload, into)
    return {**found, "traced": traced, "seconds": time.monotonic() - began - traced}


if __name__ == "__main__":
    told = [int(n) for n in sys.argv[3:]]
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2], *told)))
