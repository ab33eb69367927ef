"""One worker process as its parent sees it: started in a clean environment, watched, and ended with its group."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

import psutil

from crmdesk.jobs import frames, sandbox

KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH", "CRMDESK_DEBUG")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS",
           "VECLIB_MAXIMUM_THREADS", "LOKY_MAX_CPU_COUNT")  # fmt: skip


def environment(threads: int, scratch: str) -> dict[str, str]:
    """What the worker may know: where programs and packages lie, its scratch folder, the language, its threads."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    paths = [os.path.abspath(entry) for entry in sys.path if entry]  # noqa: PTH100 - may be zip files
    fixed = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
    return kept | fixed | dict.fromkeys(THREADS, str(threads)) | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), scratch)


class WorkerProcess:
    """A started worker; `inbox` holds the frames it sent, then None or a BrokenFrame when it will send no more."""

    def __init__(self, threads: int, output_limit: int) -> None:
        debug = bool(os.environ.get("CRMDESK_DEBUG"))
        self._scratch = tempfile.mkdtemp(prefix="crmdesk-worker-")
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-m", "crmdesk.jobs.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if debug else subprocess.DEVNULL,
            env=environment(threads, self._scratch),
            cwd=self._scratch,  # never the bank's folder
            start_new_session=True,
        )
        self._output_limit = output_limit
        self._sending = threading.Lock()
        # Bounded, so that a flood of progress waits in the worker and not in our memory.
        self.inbox: queue.Queue[frames.Frame | frames.BrokenFrame | None] = queue.Queue(maxsize=32)
        self._reader = threading.Thread(target=self._read, args=(self._popen.stdout,), daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    def exit_words(self) -> str:
        """How the process ended, in words: `code 3` or `signal 11`."""
        try:
            code = self._popen.wait(1.0)
        except subprocess.TimeoutExpired:
            return "no exit code"
        return f"signal {-code}" if code < 0 else f"code {code}"

    def send(self, kind: bytes, call: int, body: bytes = b"") -> None:
        """Send one frame from a thread of its own: a worker that does not read must not stop its parent."""
        threading.Thread(target=self._write, args=(kind, call, body), daemon=True).start()

    def _write(self, kind: bytes, call: int, body: bytes) -> None:
        assert self._popen.stdin is not None
        # A worker that is gone is noticed by the reader.
        with self._sending, contextlib.suppress(OSError, ValueError):
            frames.write(self._popen.stdin, kind, call, body)  # type: ignore[arg-type]

    def _read(self, stream: IO[bytes]) -> None:
        while True:
            try:
                frame: frames.Frame | frames.BrokenFrame | None = frames.read(stream, self._output_limit)  # type: ignore[arg-type]
            except frames.BrokenFrame as broken:
                frame = broken
            except (OSError, ValueError):
                frame = None
            self.inbox.put(frame)
            if not isinstance(frame, frames.Frame):
                return

    def group(self) -> list[int]:
        """Process ids of the worker's group, itself included."""
        if not hasattr(os, "getpgid"):
            return [self.pid, *(child.pid for child in self._children())]
        found = []
        for pid in psutil.pids():
            with contextlib.suppress(OSError):
                if os.getpgid(pid) == self.pid:
                    found.append(pid)
        return found

    def resident(self) -> int:
        """Bytes of memory the group holds now."""
        total = 0
        for pid in self.group():
            with contextlib.suppress(psutil.Error):
                total += int(psutil.Process(pid).memory_info().rss)
        return total

    def has_company(self) -> bool:
        """Whether something the worker started still runs."""
        return any(pid != self.pid for pid in self.group()) or bool(self._children())

    def _children(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.Error:
            return []

    def kill(self) -> None:
        """End the whole group at once, and children that left it; returns when the worker is gone."""
        strays = self._children()
        if hasattr(os, "killpg"):
            # The group may outlive its first process; the id is not given away while a member lives.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        for child in strays:
            with contextlib.suppress(psutil.Error):
                child.kill()
        self._popen.kill()
        self._popen.wait()
        self._drain()
        sandbox.remove(Path(self._scratch))

    def _drain(self) -> None:
        """Empty the inbox until the reader has ended, then close the pipes."""
        for _ in range(100):
            with contextlib.suppress(queue.Empty):
                while True:
                    self.inbox.get_nowait()
            self._reader.join(0.01)
            if not self._reader.is_alive():
                break
        with contextlib.suppress(queue.Full):
            self.inbox.put_nowait(None)  # for a call that still waits in another thread
        if self._popen.stdout is not None and not self._reader.is_alive():
            self._popen.stdout.close()
        if self._popen.stdin is not None and self._sending.acquire(timeout=1.0):
            with contextlib.suppress(OSError):
                self._popen.stdin.close()
            self._sending.release()
