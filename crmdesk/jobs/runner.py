"""Where a job's function runs: in this process, or in one warm worker process that is watched and can be ended."""

from __future__ import annotations

import contextlib
import json
import os
import pkgutil
import queue
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, Protocol

import psutil

from crmdesk.domain.errors import AnalysisError, BadInput, CrmdeskError, Refused
from crmdesk.jobs import frames
from crmdesk.jobs.process import WorkerProcess
from crmdesk.jobs.progress import Cancelled, Progress, Silent
from crmdesk.jobs.worker import call_body, describe

MIB: Final = 1 << 20
_TICK = 0.05  # seconds between two looks at cancel, memory and time
_SEEN: dict[str, type[CrmdeskError]] = {e.__name__: e for e in (AnalysisError, BadInput, CrmdeskError, Refused)}


def never() -> bool:
    """The cancel of a call that nobody can stop."""
    return False


class Runner(Protocol):
    """Calls `target`, a `package.module:function` of `(payload: bytes, progress) -> bytes`, and gives its bytes.

    Raises Cancelled, the CrmdeskError that the function raised, or a CrmdeskError that says how it failed. Calls of
    different `room`s share no process: what one plugin left in it would see the data of the next.
    """

    def call(
        self, target: str, payload: bytes, *, progress: Progress = ..., cancel: Callable[[], bool] = ..., room: str = ""
    ) -> bytes: ...

    def close(self) -> None: ...


class _Both:
    """Progress that also feels the caller's `cancel`."""

    def __init__(self, progress: Progress, cancel: Callable[[], bool]) -> None:
        self._progress, self._cancel = progress, cancel

    def step(self, fraction: float, text: str = "") -> None:
        if self._cancel():
            raise Cancelled
        self._progress.step(fraction, text)


class InlineRunner:
    """Runs the function here and now: for tests and for plugin authors with a debugger."""

    def call(
        self, target: str, payload: bytes, *, progress: Progress | None = None, cancel: Callable[[], bool] = never,
        room: str = "",
    ) -> bytes:  # fmt: skip
        try:
            answer = pkgutil.resolve_name(target)(payload, _Both(progress or Silent(), cancel))
            return bytes(memoryview(answer))
        except (Cancelled, CrmdeskError, KeyboardInterrupt):
            raise
        except BaseException as error:
            raise CrmdeskError(_failed(describe(error))) from error

    def close(self) -> None:
        """Nothing is held."""


class WorkerRunner:
    """One spawned worker, started at the first call and kept warm; calls from several threads take turns.

    `memory` in bytes (default: the smaller of 2 GiB and a quarter of the machine), `seconds` and `output` (bytes)
    limit one call. A cancelled call that does not stop within `grace` seconds is killed with its whole group.
    """

    def __init__(
        self,
        *,
        memory: int | None = None,
        seconds: float = 4 * 3600.0,
        output: int = 1024 * MIB,
        grace: float = 3.0,
        threads: int | None = None,
    ) -> None:
        self.memory = memory or min(2048 * MIB, psutil.virtual_memory().total // 4)
        self.seconds, self.output, self.grace = seconds, output, grace
        self.threads = threads or max(1, (os.cpu_count() or 2) // 2)
        self._turn = threading.Lock()
        self._worker: WorkerProcess | None = None
        self._room = ""  # whose code has run in it
        self._number = 0
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Process id of the warm worker, if there is one."""
        return self._worker.pid if self._worker else None

    def call(
        self, target: str, payload: bytes, *, progress: Progress | None = None, cancel: Callable[[], bool] = never,
        room: str = "",
    ) -> bytes:  # fmt: skip
        with self._my_turn(cancel):
            worker = self._ready(room)
            self._number += 1
            healthy = False
            try:
                worker.send(frames.CALL, self._number, call_body(target, payload))
                frame = self._wait(worker, _Both(progress or Silent(), cancel), cancel)
                # What a failed function left behind, nobody knows: the next call gets a fresh process.
                healthy = frame.kind != frames.FAILED and not worker.has_company()
            finally:
                if not healthy:
                    self._retire(worker)
        return _opened(frame)

    def warm(self, *modules: str) -> None:
        """Start the worker and import `modules` there, so that the first analysis need not wait for them."""
        self.call("crmdesk.jobs.worker:preload", "\n".join(modules).encode())

    def close(self) -> None:
        """End the worker and all it started; a call under way fails with one sentence, later ones are refused."""
        self._closed = True
        if self._worker is not None:
            self._retire(self._worker)

    def __enter__(self) -> WorkerRunner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _my_turn(self, cancel: Callable[[], bool]) -> Iterator[None]:
        while not self._turn.acquire(timeout=_TICK):
            if cancel():
                raise Cancelled
        try:
            yield
        finally:
            self._turn.release()

    def _ready(self, room: str) -> WorkerProcess:
        if self._closed:
            raise CrmdeskError("The bank is being closed, so no analysis can start; open it again.")
        if self._worker is None or not self._worker.alive or (room and self._room not in ("", room)):
            if self._worker is not None:
                self._retire(self._worker)
            self._worker, self._room = WorkerProcess(self.threads, self.output), ""
        self._room = room or self._room  # what knows no room (warming up) leaves nothing behind
        return self._worker

    def _retire(self, worker: WorkerProcess) -> None:
        if self._worker is worker:
            self._worker = None
        worker.kill()

    def _wait(self, worker: WorkerProcess, progress: Progress, cancel: Callable[[], bool]) -> frames.Frame:
        """The answer to the call under way; on the way there steps are passed on and every limit is watched."""
        began, looked, asked = time.monotonic(), 0.0, 0.0
        while True:
            now = time.monotonic()
            if not asked and cancel():
                asked = self._ask_to_stop(worker)
            if asked and now - asked > self.grace:
                raise Cancelled
            if now - looked >= _TICK:
                looked = now
                self._check_limits(worker, now - began)
            try:
                frame = worker.inbox.get(timeout=_TICK)
            except queue.Empty:
                continue
            if isinstance(frame, frames.Frame):
                if frame.call != self._number:
                    continue  # a late word of an earlier call
                if frame.kind != frames.STEP:
                    return frame
                if not asked and not _passed_on(frame, progress):
                    asked = self._ask_to_stop(worker)
            elif asked:
                raise Cancelled
            else:
                raise CrmdeskError(self._death(worker, frame))

    def _ask_to_stop(self, worker: WorkerProcess) -> float:
        worker.send(frames.CANCEL, self._number)
        return time.monotonic()

    def _check_limits(self, worker: WorkerProcess, seconds: float) -> None:
        if worker.resident() > self.memory:
            raise CrmdeskError(
                f"The analysis was stopped because it needed more than the {self.memory / MIB:,.0f} MiB of memory it "
                "may use; run it on fewer customers or with smaller parameters."
            )
        if seconds > self.seconds:
            raise CrmdeskError(
                f"The analysis was stopped because it took longer than {self.seconds:,.0f} seconds; run it on fewer "
                "customers or with smaller parameters."
            )

    def _death(self, worker: WorkerProcess, broken: frames.BrokenFrame | None) -> str:
        if self._closed:
            return "The analysis was stopped because the bank was closed; open the bank and run it again."
        if broken is None:
            return (
                f"The analysis ended its own process ({worker.exit_words()}), so there is no result; tell the author "
                "of its plugin."
            )
        if broken.too_large:
            return (
                f"The analysis was stopped because its answer is above {self.output / MIB:,.0f} MiB; run it on fewer "
                "customers."
            )
        return "The analysis wrote into the worker's own pipe, so it was stopped; tell the author of its plugin."


def _passed_on(frame: frames.Frame, progress: Progress) -> bool:
    """Hand a step to the caller's progress; False when that raised Cancelled."""
    if len(frame.body) < 8:
        return True
    try:
        progress.step(struct.unpack_from("<d", frame.body)[0], frame.body[8:].decode(errors="replace"))
    except Cancelled:
        return False
    return True


def _opened(frame: frames.Frame) -> bytes:
    """The bytes of an answer, or the error it stands for."""
    if frame.kind == frames.RESULT:
        return frame.body
    if frame.kind == frames.STOPPED:
        raise Cancelled
    try:
        first, second = (str(part) for part in json.loads(frame.body))
    except (ValueError, TypeError):
        first, second = "", "The analysis answered with something unreadable; tell the author of its plugin."
    if frame.kind == frames.REFUSED:
        raise _SEEN.get(first, CrmdeskError)(second)
    error = CrmdeskError(_failed(first))
    error.add_note(second)  # the traceback, shown with CRMDESK_DEBUG=1
    raise error


def _failed(what: str) -> str:
    return f"The analysis failed with an error of its own ({what}); tell the author of its plugin."
