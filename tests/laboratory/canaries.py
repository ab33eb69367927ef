"""A thousand words that occur nowhere else, the files that bring them into a bank, and the search for them on a disk.

A word is "kqzx" and twelve signs of a counter and a seed. It is looked for in every file below a folder and, where the
system shows them, in the files a process holds open without a name, in three spellings: as it is and in capitals as
bytes, and in the two-byte form of Windows.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

ROOT = "kqzx"
SPELLINGS = (re.compile(rb"(?i)kqzx[0-9a-f]{12}"), re.compile(rb"(?i)k\0q\0z\0x\0(?:[0-9a-f]\0){12}"))
CUSTOMERS, TALK, WISHES, BAD = 200, 60, 60, 40  # rows of the files; five words a customer, one a row of the others
HANDS = 20  # each: tasks, notes, words of evidence


def words(seed: int, kind: str, many: int) -> list[str]:
    return [ROOT + hashlib.sha256(f"{seed} {kind} {n}".encode()).hexdigest()[:12] for n in range(many)]


def count_of(scale: float) -> int:
    """How many words `source` and the hands bring in at this scale: 1,200 at scale 1."""
    return 5 * int(CUSTOMERS * scale) + sum(int(n * scale) for n in (TALK, WISHES, BAD)) + 2 * HANDS


def source(folder: Path, seed: int, scale: float, prefix: str = "K") -> Path:
    """A folder to import: customers, some with a fault, what they did and what they said."""
    folder.mkdir(parents=True)
    many, bad = int(CUSTOMERS * scale), int(BAD * scale)
    own = iter(words(seed, "customer", 5 * many))
    people = [
        [
            f"{prefix}{n}",
            "person",
            next(own),
            next(own),
            f"{next(own)}@mail.example",
            next(own),
            next(own),
            "1980-01-01",
        ]
        for n in range(many)
    ]
    people += [[f"{prefix}B{n}", "person", "Given", word, "", "", "", "1700-01-01"]
               for n, word in enumerate(words(seed, "bad", bad))]  # fmt: skip
    _write(folder / "customers.csv", "customer,kind,given_name,family_name,email,street,city,birth_date", people)
    talk = [[f"{prefix}T{n}", f"{prefix}{n % many}", "2026-10-01T10:00:00", "branch", "counter", "consultation", word]
            for n, word in enumerate(words(seed, "talk", int(TALK * scale)))]  # fmt: skip
    _write(folder / "interactions.csv", "interaction,customer,occurred_at,channel,mode,activity,detail", talk)
    wishes = [[f"{prefix}{n % many}", "2026-10-02", "csat", "How was it?", "4", word]
              for n, word in enumerate(words(seed, "wish", int(WISHES * scale)))]  # fmt: skip
    _write(folder / "feedback.csv", "customer,at,instrument,question,score,text", wishes)
    return folder


def _write(file: Path, head: str, rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head.split(","), *rows])


def found_in(content: bytes) -> set[str]:
    """The words in some bytes."""
    if not content:
        return set()
    plain = {m.decode().lower() for m in SPELLINGS[0].findall(content)}
    return plain | {m.replace(b"\0", b"").decode().lower() for m in SPELLINGS[1].findall(content)}


def found_below(folder: Path) -> dict[str, set[str]]:
    """File (below the folder) to the words that lie in it in the open; files may come and go meanwhile."""
    hits = {}
    for place, _, names in os.walk(folder):
        for name in names:
            file = Path(place) / name
            try:
                found = found_in(file.read_bytes())
            except OSError:
                continue
            if found:
                hits[str(file.relative_to(folder))] = found
    return hits


def found_open(pids: Iterable[int], outside: Path) -> dict[str, set[str]]:
    """The same of what processes hold open, also without a name (Linux); files below `outside` are not asked."""
    hits = {}
    for pid in pids:
        for handle in _handles(pid):
            try:
                target = os.readlink(handle)
                if not target.startswith("/") or target.startswith((str(outside), "/dev", "/proc", "/usr", "/sys")):
                    continue
                found = found_in(handle.read_bytes())
            except OSError:
                continue
            if found:
                hits[target] = found
    return hits


def family(pid: int) -> list[int]:
    """A process and all it started."""
    try:
        return [pid, *(one.pid for one in psutil.Process(pid).children(recursive=True))]
    except psutil.Error:
        return []


def _handles(pid: int) -> Iterator[Path]:
    try:
        yield from Path(f"/proc/{pid}/fd").iterdir()
    except OSError:
        return


class Watch:
    """Looks again and again while something works; `hits` and `looks` tell what and how often."""

    def __init__(self, folder: Path, outside: Path, pid: int) -> None:
        self.hits: dict[str, set[str]] = {}
        self.looks = 0
        self._folder, self._outside, self._pid = folder, outside, pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._over.is_set():
            self.looks += 1
            for seen in (found_below(self._folder), found_open(family(self._pid), self._outside)):
                for name, words_there in seen.items():
                    self.hits.setdefault(name, set()).update(words_there)
            self._over.wait(0.05)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
