"""Kills writers at random moments, opens the bank again, and compares it with what they had said was saved.

A program of its own, so that its forks carry no window: `python -m laboratory.kill_loop BANK KILLS WRITERS SEED` prints
one JSON document. Writers of both kinds are killed; the bank is begun anew after every fifty rounds.
"""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

from laboratory import work

from crmdesk.places import beside
from crmdesk.store.opening import open_bank

ROUNDS = 50  # with one bank; then its chains grow too long to be read after each kill
SOONEST, LATEST = 0.005, 0.250  # seconds of life


def start(bank: Path, kind: str, writer: int, first: int, pause: float = 0.0) -> tuple[int, int]:
    """Fork a writer that rests `pause` seconds after each piece; its pid and the pipe it says its ACKs into."""
    ear, mouth = os.pipe()
    pid = os.fork()
    if pid:
        os.close(mouth)
        return pid, ear
    try:
        os.close(ear)
        store = open_bank(bank)
        for _ in work.ENDLESS[kind](store, writer, first, lambda done: _say(mouth, done)):
            time.sleep(pause)
    except BaseException as error:
        os.write(mouth, f"FAULT {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(3)


def _say(mouth: int, done: str) -> None:
    os.write(mouth, f"ACK {done}\n".encode())


def kill_all(running: list[tuple[int, int]], lives: list[float]) -> str:
    """Let each writer live its seconds, kill it, and return all that they said."""
    began = time.monotonic()
    for place in sorted(range(len(running)), key=lives.__getitem__):
        time.sleep(max(0.0, lives[place] - (time.monotonic() - began)))
        os.kill(running[place][0], signal.SIGKILL)
    said = b""
    for pid, ear in running:
        os.waitpid(pid, 0)
        while select.select([ear], [], [], 5)[0] and (part := os.read(ear, 1 << 16)):
            said += part
        os.close(ear)
    return said.decode()


def reopened(bank: Path) -> work.Found:
    """What a process that has never seen the bank finds in it."""
    ear, mouth = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(ear)
        try:
            found = work.look(bank)
            told = {"whole": sorted(found.whole), "torn": found.torn, "broken": found.broken, "n": found.change_no}
        except BaseException as error:
            told = {"whole": [], "torn": [], "broken": [f"not opened: {type(error).__name__}: {error}"], "n": 0}
        with os.fdopen(mouth, "w") as stream:
            json.dump(told, stream)
        os._exit(0)
    os.close(mouth)
    with os.fdopen(ear) as stream:
        told = json.load(stream)
    os.waitpid(pid, 0)
    return work.Found(set(told["whole"]), told["torn"], told["broken"], told["n"])


def fresh(base: Path, bank: Path) -> None:
    for end in ("-wal", "-shm"):
        bank.with_name(bank.name + end).unlink(missing_ok=True)
    shutil.copyfile(base, bank)
    shutil.copyfile(beside(base, "keys"), beside(bank, "keys"))


def loop(base: Path, kills: int, writers: list[int], seed: int) -> dict[str, Any]:
    """`kills` writers killed, so many at once as `writers` says in turn; counts and every fault in words."""
    draw = random.Random(seed)
    bank = base.with_name("killed.crmdesk")
    done = acks = rounds = 0
    faults: list[str] = []
    said: set[str] = set()
    began = time.monotonic()
    while done < kills and len(faults) < 20:
        if rounds % ROUNDS == 0:
            fresh(base, bank)
            said, last = set(), dict.fromkeys(range(1, 10), 0)
        many, kind = writers[rounds % len(writers)], work.KINDS[rounds // len(writers) % 2]
        lives = [draw.uniform(SOONEST, LATEST) for _ in range(many)]
        heard = kill_all([start(bank, kind, w, last[w] + 1) for w in range(1, many + 1)], lives)
        new = [line[4:] for line in heard.splitlines() if line.startswith("ACK ")]
        faults += [f"round {rounds}: {line}" for line in heard.splitlines() if not line.startswith("ACK ")]
        said, acks, done, rounds = said | set(new), acks + len(new), done + many, rounds + 1
        found = reopened(bank)
        lost = sorted(found.lost(said))
        faults += [f"round {rounds}: {w}" for w in [*found.torn, *found.broken, *(f"lost {one}" for one in lost[:5])]]
        if found.change_no < len(said):
            faults.append(f"round {rounds}: change number {found.change_no} after {len(said)} saved pieces")
        for one in found.whole:  # what was saved but not said may not be written again
            writer, _, number = one[1:].partition("-")
            last[int(writer)] = max(last[int(writer)], int(number.partition("-")[0]))
    return {"kills": done, "rounds": rounds, "acks": acks, "faults": faults, "seconds": time.monotonic() - began}


if __name__ == "__main__":
    asked = (Path(sys.argv[1]), int(sys.argv[2]), [int(n) for n in sys.argv[3].split(",")], int(sys.argv[4]))
    print(json.dumps(loop(*asked)))
