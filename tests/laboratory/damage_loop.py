"""Damages copies of a closed bank, opens each as a person would, and says what came of it.

A program: `python -m laboratory.damage_loop FOLDER TIMES SEED KIND` prints one JSON document. KIND is "plain" or
"encrypted". Each copy is opened in a process of its own, so that a crash is seen as one.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from laboratory import work

from crmdesk.domain.errors import CrmdeskError
from crmdesk.places import beside
from crmdesk.store import keyfile
from crmdesk.store.bank import create_bank
from crmdesk.store.keyfile import Keys
from crmdesk.store.opening import open_bank
from crmdesk.store.verify import verify

SECTOR, PIECES = 512, 120
Harm = Callable[[bytearray, random.Random], None]


def flip(content: bytearray, draw: random.Random) -> None:
    at = draw.randrange(8 * len(content))
    content[at // 8] ^= 1 << at % 8


def flip_in_head(content: bytearray, draw: random.Random) -> None:
    at = draw.randrange(8 * 4096)
    content[at // 8] ^= 1 << at % 8


def cut_off(content: bytearray, draw: random.Random) -> None:
    del content[draw.randrange(len(content)) :]


def blank(content: bytearray, draw: random.Random) -> None:
    at = draw.randrange(len(content) // SECTOR) * SECTOR
    content[at : at + SECTOR] = bytes(SECTOR)


def noise(content: bytearray, draw: random.Random) -> None:
    at = draw.randrange(len(content) // SECTOR) * SECTOR
    content[at : at + SECTOR] = draw.randbytes(SECTOR)


def swap(content: bytearray, draw: random.Random) -> None:
    """Two pages in each other's place, each whole in itself."""
    one, other = (4096 * page for page in draw.sample(range(1, len(content) // 4096), 2))
    first, second = content[one : one + 4096], content[other : other + 4096]
    content[one : one + 4096], content[other : other + 4096] = second, first


HARMS: tuple[Harm, ...] = (flip, flip, flip_in_head, cut_off, blank, noise, swap)


def build(folder: Path, encrypted: bool) -> tuple[Path, Keys]:
    """A closed bank with some work in it."""
    bank = folder / "whole.crmdesk"
    store = create_bank(bank, keys=keyfile.fresh(encrypted=encrypted))
    keys = store.keys
    for number, kind in enumerate(work.KINDS, 1):
        going = work.ENDLESS[kind](store, number, 1, lambda said: None)
        for _ in range(PIECES):
            next(going)
    store.close()
    return bank, keys


def seen(bank: Path, keys: Keys) -> str:
    """Everything that can be read of a bank: every row, and what the search finds."""
    store = open_bank(bank, keys if keys.data else None)
    try:
        with store.reader() as raw:
            found = [work.dump(raw)]
            for word in ("given", "family1", "l1-7", "b.example"):
                wanted = "SELECT rowid FROM customer_search WHERE customer_search MATCH ? ORDER BY rowid"
                found.append(repr(raw.execute(wanted, (f'"{word}"',)).fetchall()))
    finally:
        store.close()
    return "\n".join(found)


def outcome(bank: Path, keys: Keys, whole: str) -> tuple[str, str]:
    """(refused | harmless | told | silent | crash, words), found in a process of its own."""
    ear, mouth = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(ear)
        try:
            told = ["harmless" if seen(bank, keys) == whole else "silent", ""]
            if told[0] == "silent" and not verify(bank, keys if keys.data else None)["ok"]:
                told[0] = "told"
        except CrmdeskError as error:
            told = ["refused", str(error)]
        except BaseException as error:
            told = ["crash", f"{type(error).__name__}: {error}"]
        with os.fdopen(mouth, "w") as stream:
            json.dump(told, stream)
        os._exit(0)
    os.close(mouth)
    with os.fdopen(ear) as stream:
        text = stream.read()
    _, status = os.waitpid(pid, 0)
    return tuple(json.loads(text)) if text else ("crash", f"ended with {status}")  # type: ignore[return-value]


def loop(folder: Path, times: int, seed: int, encrypted: bool) -> dict[str, Any]:
    """How often each outcome came, for each harm; the words of the first crashes and silent openings."""
    draw = random.Random(seed)
    bank, keys = build(folder, encrypted)
    content, whole = bank.read_bytes(), seen(bank, keys)
    hurt = folder / "hurt.crmdesk"
    beside(hurt, "keys").write_bytes(beside(bank, "keys").read_bytes())
    counts: dict[str, Counter[str]] = {harm.__name__: Counter() for harm in HARMS}
    words: list[str] = []
    sentences: set[str] = set()
    for number in range(times):
        harm = HARMS[number % len(HARMS)]
        damaged = bytearray(content)
        harm(damaged, draw)
        for end in ("-wal", "-shm"):
            hurt.with_name(hurt.name + end).unlink(missing_ok=True)
        hurt.write_bytes(damaged)
        what, why = outcome(hurt, keys, whole)
        if what == "refused" and hurt.read_bytes() != damaged:
            what, why = "crash", "a damaged file was written to"
        counts[harm.__name__][what] += 1
        words += [f"{number} {harm.__name__}: {what} {why}"] if what in ("crash", "silent") else []
        sentences |= {why.replace(str(hurt), "FILE")[:120]} if what == "refused" else set()
    total = sum(counts.values(), Counter())
    return {"times": times, "outcomes": total, "harms": counts, "words": words[:20], "sentences": sorted(sentences)}


if __name__ == "__main__":
    print(json.dumps(loop(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "encrypted")))
