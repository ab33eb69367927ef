"""Nothing of an encrypted bank lies on the disk in the open: not while it works, not after a kill, not in a copy.

`python3 run.py gates atrest`: a thousand words are brought in by every way there is. Every file below the bank's
folder, the folder for temporary files, the settings, logs and backups is searched for them while the bank works and
after kills, and so are files without a name that its processes hold. The same work on a plain bank must be found out
(the control). Not looked at: memory, swap and core dumps of the system.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from laboratory import canaries
from laboratory.outside import TESTS, surroundings

from crmdesk.domain.rights import single_user
from crmdesk.services import encryption
from crmdesk.store import keyfile, open_bank
from crmdesk.store.keyfile import Cost
from tests.small_bank import SmallApp

WORDS = "correct horse battery"
ACTIONS = ("import_again", "backup_again", "mine")


@dataclass
class Seen:
    """What the search found: file to words; how often it looked."""

    hits: dict[str, set[str]] = field(default_factory=dict)
    looks: int = 0

    def add(self, hits: dict[str, set[str]], looks: int = 1) -> None:
        self.looks += looks
        for name, there in hits.items():
            self.hits.setdefault(name, set()).update(there)

    @property
    def words(self) -> set[str]:
        return set().union(*self.hits.values()) if self.hits else set()


@dataclass(frozen=True)
class Place:
    """`disk` is searched; `source` holds the words in the open, as the files that somebody imports do."""

    disk: Path
    source: Path
    passphrase: str
    seed: int

    @property
    def bank(self) -> Path:
        return self.disk / "bank" / "b.crmdesk"

    @contextmanager
    def process(self, action: str = "") -> Iterator[subprocess.Popen[str]]:
        own = {name: str(self.disk / name) for name in ("tmp", "config", "home", "logs", "bank")}
        for folder in own.values():
            Path(folder).mkdir(parents=True, exist_ok=True)
        told = {**surroundings(), "HOME": own["home"], "CRMDESK_CONFIG": own["config"], "OMP_NUM_THREADS": "1",
                **dict.fromkeys(("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"), own["tmp"])}  # fmt: skip
        with (self.disk / "logs" / f"errors{action}.txt").open("a") as errors:
            process = subprocess.Popen(
                [sys.executable, "-X", "faulthandler", "-m", "laboratory.canary_work", str(self.disk), str(self.source),
                 self.passphrase, str(self.seed), action],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, env=told, cwd=TESTS,
            )  # fmt: skip
        try:
            yield process
        finally:
            _end(process)
            assert process.stdin is not None and process.stdout is not None
            process.stdin.close()
            process.stdout.close()

    def look(self) -> dict[str, set[str]]:
        return canaries.found_below(self.disk)


def _end(process: subprocess.Popen[str]) -> None:
    for pid in reversed(canaries.family(process.pid)):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def _next(process: subprocess.Popen[str], errors: Path) -> str:
    assert process.stdin is not None and process.stdout is not None
    said = process.stdout.readline().strip()
    assert said, errors.read_text()[-2000:]
    return said


def whole_day(place: Place, seen: Seen) -> None:
    """Every step of the work, searched all the while and between the steps."""
    with place.process() as process:
        assert process.stdin is not None
        errors = place.disk / "logs" / "errors.txt"
        said = _next(process, errors)
        while said != "done":
            with canaries.Watch(place.disk, place.source, process.pid) as watch:
                process.stdin.write("\n")
                process.stdin.flush()
                said = _next(process, errors)
            seen.add(watch.hits, watch.looks)
        seen.add(place.look())
        process.stdin.close()
        process.wait()
    seen.add(place.look())


def killed(place: Place, action: str, dice: random.Random, seen: Seen) -> None:
    """One action ends in the middle; what it left behind is searched, and the bank opens again."""
    with place.process(action) as process:
        assert _next(process, place.disk / "logs" / f"errors{action}.txt") == "ready"
        assert process.stdin is not None
        with canaries.Watch(place.disk, place.source, process.pid) as watch:
            process.stdin.write("\n")
            process.stdin.flush()
            time.sleep(dice.uniform(0.05, 1.0))
        _end(process)
    seen.add(watch.hits, watch.looks)
    seen.add(place.look())
    open_bank(place.bank, keyfile.unlock(place.bank, "", place.passphrase)).close()


def place_of(folder: Path, passphrase: str, seed: int, scale: float) -> Place:
    place = Place(folder / "disk", folder / "source", passphrase, seed)
    canaries.source(place.source / "first", seed, scale)
    for n in range(3):
        canaries.source(place.source / f"again{n}", seed + n + 1, scale, f"A{n}-")
    place.disk.mkdir()
    return place


def kept_in(bank: Path) -> set[str]:
    """The words that the bank holds, asked for by its key."""
    store = open_bank(bank, keyfile.unlock(bank, "", WORDS))
    found = set()
    with store.reader() as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in raw.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    content = value if isinstance(value, bytes) else str(value).encode()
                    found |= canaries.found_in(content)
    store.close()
    return found


@pytest.mark.skipif(os.name != "posix", reason="looks at processes as Linux shows them")
def test_no_word_of_an_encrypted_bank_lies_in_a_file(full: bool, asked: Any, tmp_path: Path) -> None:
    seed, scale = asked("--seed", 7, 7), 1.0 if full else 0.25
    place, seen = place_of(tmp_path, WORDS, seed, scale), Seen()
    whole_day(place, seen)
    inside = kept_in(place.bank) & set(_all_words(seed, scale))
    dice = random.Random(seed)
    actions = [action for action in ACTIONS for _ in range(5)] if full else ["import_again"]
    for action in actions:
        killed(place, action, dice, seen)
    left = sorted(str(p.relative_to(place.disk)) for p in place.disk.rglob("*") if p.is_file())
    print(f"{len(inside):,} words in the bank; {len(seen.words)} of them in {len(left)} files, {seen.looks:,} looks, "
          f"{len(actions)} kills; seed {seed}")  # fmt: skip
    assert len(inside) >= canaries.count_of(scale) and (not full or len(inside) >= 1_000)
    assert any(name.endswith(".crmdesk") and "backups" in name for name in left), left
    assert (place.disk / "logs" / "crash.log").stat().st_size, "the crash left no log to look at"
    assert not seen.hits, {name: sorted(there)[:3] for name, there in seen.hits.items()}


@pytest.mark.skipif(os.name != "posix", reason="looks at processes as Linux shows them")
def test_the_search_finds_the_words_of_a_plain_bank_and_none_once_it_is_encrypted(full: bool, tmp_path: Path) -> None:
    """The control: a search that finds nothing here would prove nothing there."""
    scale = 1.0 if full else 0.1
    place, seen = place_of(tmp_path, "", 11, scale), Seen()
    whole_day(place, seen)
    missed = set(_all_words(11, scale)) - seen.words
    print(f"control: {len(seen.words):,} words found in {len(seen.hits)} files of a plain bank; {len(missed)} missed")
    assert not missed and any("backups" in name for name in seen.hits) and any("quarantine" in n for n in seen.hits)
    me = single_user("ela")
    done = encryption.encrypt(SmallApp(open_bank(place.bank)), me, WORDS, cost=Cost(64, 1, 1))  # type: ignore[arg-type]
    readable = {place.disk / name for name in canaries.found_below(place.disk)}
    assert readable and readable <= set(done.plain_copies), "not every readable copy was named"
    app = SmallApp(open_bank(place.bank, keyfile.unlock(place.bank, "", WORDS)))
    encryption.remove_plain_copies(app, me)  # type: ignore[arg-type]
    app.store.close()
    assert not place.look() and len(kept_in(place.bank) & set(_all_words(11, scale))) >= canaries.count_of(scale)


def _all_words(seed: int, scale: float) -> list[str]:
    sizes = {"customer": 5 * int(canaries.CUSTOMERS * scale), "bad": int(canaries.BAD * scale),
             "talk": int(canaries.TALK * scale), "wish": int(canaries.WISHES * scale),
             "task": canaries.HANDS, "note": canaries.HANDS}  # fmt: skip
    return [word for kind, many in sizes.items() for word in canaries.words(seed, kind, many)]
