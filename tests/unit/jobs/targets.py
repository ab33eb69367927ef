"""What the tests let a worker run: good citizens and hostile ones."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time

from crmdesk.domain.errors import AnalysisError
from crmdesk.jobs import Progress


def echo(payload: bytes, progress: Progress) -> bytes:
    progress.step(0.5, "half")
    progress.step(1.0, "done")
    return payload[::-1]


def surroundings(payload: bytes, progress: Progress) -> bytes:
    kept = {"pid": os.getpid(), "group": os.getpgrp(), "cwd": os.getcwd(), "env": dict(os.environ)}
    return json.dumps(kept | {"qt": [m for m in sys.modules if m.startswith("PySide6") and sys.modules[m]]}).encode()


LEFT: list[bytes] = []


def stay(payload: bytes, progress: Progress) -> bytes:
    LEFT.append(payload)
    return b""


def remember(payload: bytes, progress: Progress) -> bytes:
    return b"".join(LEFT)


def refuse(payload: bytes, progress: Progress) -> bytes:
    raise AnalysisError("There are fewer customers than groups.")


def fail(payload: bytes, progress: Progress) -> bytes:
    return bytes(1 // 0)


def no_bytes(payload: bytes, progress: Progress) -> bytes:
    return object()  # type: ignore[return-value]


def leave(payload: bytes, progress: Progress) -> bytes:
    sys.exit(3)


def leave_hard(payload: bytes, progress: Progress) -> bytes:
    os._exit(3)


def crash(payload: bytes, progress: Progress) -> bytes:
    ctypes.string_at(0)
    return b""


def kill_itself(payload: bytes, progress: Progress) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def forked_twin(payload: bytes, progress: Progress) -> bytes:
    return b"child" if os.fork() == 0 else b"parent"


def leave_child(payload: bytes, progress: Progress) -> bytes:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    return str(child.pid).encode()


def hang(payload: bytes, progress: Progress) -> bytes:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    progress.step(0.1, str(os.getpid()))
    while True:
        time.sleep(0.01)


def swallow(payload: bytes, progress: Progress) -> bytes:
    while True:
        try:
            time.sleep(0.01)
            progress.step(0.1, "still here")
        except Exception:
            continue


def patient(payload: bytes, progress: Progress) -> bytes:
    for k in range(2000):
        progress.step(k / 2000, "working")
        time.sleep(0.01)
    return b"finished"


def eat(payload: bytes, progress: Progress) -> bytes:
    held = []
    while True:
        held.append(bytearray(os.urandom(1)) * (16 << 20))
        time.sleep(0.01)


def flood(payload: bytes, progress: Progress) -> bytes:
    for stream in (1, 2):
        for _ in range(200):
            os.write(stream, b"x" * 65_536)
    print("and more")
    return b"dry"


def huge(payload: bytes, progress: Progress) -> bytes:
    return bytes(4 << 20)


def garble(payload: bytes, progress: Progress) -> bytes:
    for fd in range(3, 12):
        try:
            os.write(fd, b"no frame at all" * 10)
        except OSError:
            continue
    time.sleep(30)
    return b""
