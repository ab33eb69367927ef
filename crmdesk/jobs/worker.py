"""The worker process: answers one call after another with bytes; it never loads Qt and dies with its parent.

Run as `python -m crmdesk.jobs.worker`. Plugin code runs here, so nothing here trusts it: what it prints is thrown
away, a process it forks may not answer, and the end of the pipe ends the whole process group.
"""

from __future__ import annotations

import json
import os
import pkgutil
import queue
import signal
import struct
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path
from typing import BinaryIO, NoReturn

from crmdesk.domain.errors import CrmdeskError
from crmdesk.jobs import frames
from crmdesk.jobs.progress import Cancelled, Progress
from crmdesk.jobs.sandbox import confine

BARRED = ("PySide6", "shiboken6", "pyqtgraph")
_STEP_EVERY = 0.05  # seconds between two progress frames


class Worker:
    """Calls come in over `source`, steps and answers go out over `sink`."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._source, self._sink = source, sink
        self._sending = threading.Lock()
        self._calls: queue.SimpleQueue[frames.Frame] = queue.SimpleQueue()
        self.cancelled = 0  # number of the call that was cancelled last
        self._pid = os.getpid()

    def serve(self) -> NoReturn:
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            self._answer(self._calls.get())

    def send(self, kind: bytes, call: int, body: bytes = b"") -> None:
        with self._sending:
            frames.write(self._sink, kind, call, body)

    def _listen(self) -> None:
        while True:
            try:
                frame = frames.read(self._source)
            except (frames.BrokenFrame, OSError):
                frame = None
            if frame is None:
                end_group()
            if frame.kind == frames.CANCEL:
                self.cancelled = frame.call
            else:
                self._calls.put(frame)

    def _answer(self, frame: frames.Frame) -> None:
        kind, body = perform(frame.body, Steps(self, frame.call))
        if os.getpid() != self._pid:
            os._exit(0)  # the called function forked and this is the copy: only the original may answer
        self.send(kind, frame.call, body)


class Steps:
    """The progress handed to the called function: tells the parent, feels a cancel."""

    def __init__(self, worker: Worker, call: int) -> None:
        self._worker, self._call = worker, call
        self._told = 0.0

    def step(self, fraction: float, text: str = "") -> None:
        if self._worker.cancelled == self._call:
            raise Cancelled
        now = time.monotonic()
        if now - self._told >= _STEP_EVERY or fraction >= 1:
            self._told = now
            self._worker.send(frames.STEP, self._call, struct.pack("<d", float(fraction)) + str(text)[:500].encode())


def call_body(target: str, payload: bytes) -> bytes:
    """A call as bytes: the length of the target, the target, the payload."""
    name = target.encode()
    return struct.pack("<I", len(name)) + name + payload


def perform(body: bytes, progress: Progress) -> tuple[bytes, bytes]:
    """Run the target of a call and give the kind and body of the answer; no exception passes, whatever its class."""
    (size,) = struct.unpack_from("<I", body)
    try:
        answer = pkgutil.resolve_name(body[4 : 4 + size].decode())(body[4 + size :], progress)
        return frames.RESULT, bytes(memoryview(answer))
    except Cancelled:
        return frames.STOPPED, b""
    except CrmdeskError as error:
        return frames.REFUSED, json.dumps([type(error).__name__, str(error)]).encode()
    except BaseException as error:
        return frames.FAILED, json.dumps([describe(error), traceback.format_exc()]).encode()


def describe(error: BaseException) -> str:
    """An unforeseen error in a few words: its class, its text cut short, and where it was raised."""
    text = " ".join(str(error).split())[:200]
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" in {last[0].name}, line {last[0].lineno}" if last else ""
    return f"{type(error).__name__}{': ' if text else ''}{text}{place}"


def end_group() -> NoReturn:
    """End this process and everything it started that stayed in its group."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


def preload(payload: bytes, progress: Progress) -> bytes:
    """Import the modules named in the payload, one a line, so that the first analysis need not wait for them."""
    for name in payload.decode().split():
        progress.step(0.0, name)
        __import__(name)
    return b""


def main() -> NoReturn:
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nowhere, stream)
    for name in BARRED:
        sys.modules[name] = None  # type: ignore[assignment]  # import then raises ImportError
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    confine(Path(tempfile.gettempdir()))  # before the first thread: threads inherit it, running ones would not
    Worker(source, sink).serve()


if __name__ == "__main__":
    main()
