"""A program under strace, as the list of what it did to the files of one folder and what it said, in order.

Files are told apart by a number, so that a rename carries the content along. Linux with strace only. The parser stops
with an error at a line that it does not know: a trace that is half understood proves nothing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from laboratory.outside import TESTS, surroundings

CALLS = ("openat,close,pwrite64,pwritev,write,ftruncate,fsync,fdatasync,rename,unlink,lseek,sendfile,dup,dup2,"
         "renameat,renameat2,unlinkat,copy_file_range")  # fmt: skip
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+|\?)(?: .*)?$", re.S)
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_IGNORED = re.compile(r"^\d+ +(\+\+\+|---) ")


@dataclass(frozen=True)
class Write:
    file: int
    offset: int
    data: bytes


@dataclass(frozen=True)
class Size:
    file: int
    size: int


@dataclass(frozen=True)
class Sync:
    file: int


@dataclass(frozen=True)
class Name:
    """A name in the folder now stands for `file`; None: it is gone. `before`: the name it had until now.

    Names are kept at once and in order: a disk that loses names is not modelled.
    """

    name: str
    file: int | None
    before: str = ""


@dataclass(frozen=True)
class Ack:
    said: str


Act = Write | Size | Sync | Name | Ack


def missing() -> str:
    """Why nothing can be traced here, "" where it can."""
    if not sys.platform.startswith("linux") or shutil.which("strace") is None:
        return "strace is not here: power cuts and failing system calls are simulated on Linux alone"
    tried = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "strace may not trace here"


def record(folder: Path, module: str, arguments: Sequence[object], trace: Path) -> list[Act]:
    """Run `laboratory.MODULE` under strace; what it did to the files that `folder` held and made there.

    The files that `folder` holds at the start have the numbers 0, 1, ... in the order of their names.
    """
    reading = Reading(folder)
    done = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-xx", "-s", "100000000", "-e", f"trace={CALLS}", "-o", str(trace),
         sys.executable, "-m", f"laboratory.{module}", *map(str, arguments)],
        capture_output=True, text=True, env=surroundings(), check=False, cwd=TESTS.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    with trace.open(encoding="ascii") as lines:
        return reading.acts(_joined(lines))


def _joined(lines: Iterator[str]) -> Iterator[str]:
    """Whole lines: what another thread interrupted is put together where it was resumed."""
    begun: dict[str, str] = {}
    for line in lines:
        pid, _, rest = line.rstrip("\n").partition(" ")
        rest = rest.strip()
        if rest.endswith("<unfinished ...>"):
            begun[pid] = rest.removesuffix("<unfinished ...>")
        elif rest.startswith("<... "):
            yield f"{pid} {begun.pop(pid)}{rest.partition('resumed>')[2]}"
        else:
            yield f"{pid} {rest}"


@dataclass
class _Open:
    file: int
    at: int = 0
    append: bool = False


class Reading:
    """The lines of a trace, read with the names and positions that the traced program had at each moment."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        held = sorted(p.name for p in folder.iterdir() if p.is_file())
        self.names: dict[str, int] = {name: n for n, name in enumerate(held)}
        self._content = {n: bytearray((folder / name).read_bytes()) for n, name in enumerate(held)}
        self._open: dict[str, _Open] = {}

    def acts(self, lines: Iterator[str]) -> list[Act]:
        found: list[Act] = []
        for line in lines:
            if _IGNORED.match(line):
                continue
            match = _LINE.match(line)
            if match is None:
                raise ValueError(f"not a line of strace that can be read: {line[:200]}")
            _, call, text, result = match.groups()
            if result in ("?", "-1"):
                continue
            for act in getattr(self, f"_{call}")(text, int(result)):
                self._keep(act)
                found.append(act)
        return found

    def _keep(self, act: Act) -> None:
        """What the traced program sees at this moment; the source of a copy is read from it."""
        if isinstance(act, Write):
            lay(self._content[act.file], act.offset, act.data)
        elif isinstance(act, Size):
            resize(self._content[act.file], act.size)

    def _inside(self, text: str) -> str | None:
        """The name in the folder that an argument is about; None for files elsewhere and SQLite's shared memory."""
        match = _TEXT.search(text)
        if match is None:
            raise ValueError(f"no path in {text[:100]}")
        path = bytes.fromhex(match.group(1).replace("\\x", "")).decode()
        head, _, name = path.rpartition("/")
        return name if head == self._folder and not name.endswith("-shm") else None

    def _openat(self, text: str, result: int) -> Iterator[Act]:
        fd = str(result)
        self._open.pop(fd, None)
        name = self._inside(text)
        if name is None or "O_DIRECTORY" in text:
            return
        if name not in self.names and "O_CREAT" in text:
            self.names[name] = len(self._content)
            self._content[self.names[name]] = bytearray()
            yield Name(name, self.names[name])
        file = self.names[name]
        self._open[fd] = _Open(file, 0, "O_APPEND" in text)
        if "O_TRUNC" in text and self._content[file]:
            yield Size(file, 0)

    def _close(self, text: str, result: int) -> Iterator[Act]:
        self._open.pop(text, None)
        return iter(())

    def _dup(self, text: str, result: int) -> Iterator[Act]:
        if text.partition(",")[0] in self._open:
            raise ValueError("a file of the bank was opened twice by dup")
        return iter(())

    _dup2 = _dup

    def _pwrite64(self, text: str, result: int) -> Iterator[Act]:
        fd, data, _, at = _four(text)
        if fd in self._open:
            yield Write(self._open[fd].file, int(at), data[:result])

    def _pwritev(self, text: str, result: int) -> Iterator[Act]:
        if text.partition(",")[0] in self._open:
            raise ValueError("pwritev on a file of the bank")
        return iter(())

    _copy_file_range = _renameat = _renameat2 = _pwritev

    def _write(self, text: str, result: int) -> Iterator[Act]:
        fd = text.partition(",")[0]
        match = _TEXT.search(text)
        data = bytes.fromhex(match.group(1).replace("\\x", "")) if match else b""
        if fd == "1":
            yield from (Ack(line[4:]) for line in data.decode().splitlines() if line.startswith("ACK "))
        elif fd in self._open:
            yield self._next(self._open[fd], data[:result])

    def _next(self, where: _Open, data: bytes) -> Write:
        at = len(self._content[where.file]) if where.append else where.at
        where.at = at + len(data)
        return Write(where.file, at, data)

    def _lseek(self, text: str, result: int) -> Iterator[Act]:
        fd = text.partition(",")[0]
        if fd in self._open:
            self._open[fd].at = result
        return iter(())

    def _sendfile(self, text: str, result: int) -> Iterator[Act]:
        out, source, offset, _ = (part.strip() for part in text.rsplit(",", 3))
        if out not in self._open:
            return
        if source not in self._open or not result:
            if result:
                raise ValueError("a file from elsewhere was copied into the folder; put it there before")
            return
        begin = int(offset.partition("[")[2].partition("]")[0])
        content = self._content[self._open[source].file]
        yield self._next(self._open[out], bytes(content[begin : begin + result]))

    def _ftruncate(self, text: str, result: int) -> Iterator[Act]:
        fd, _, size = text.partition(",")
        if fd in self._open:
            yield Size(self._open[fd].file, int(size))

    def _fsync(self, text: str, result: int) -> Iterator[Act]:
        if text in self._open:
            yield Sync(self._open[text].file)

    _fdatasync = _fsync

    def _rename(self, text: str, result: int) -> Iterator[Act]:
        old, new = (self._inside(part) for part in text.split(", "))
        if old is None or new is None:
            if old or new:
                raise ValueError("a file was moved into or out of the folder")
            return
        self.names[new] = self.names.pop(old)
        yield Name(new, self.names[new], old)

    def _unlink(self, text: str, result: int) -> Iterator[Act]:
        name = self._inside(text)
        if name is not None:
            self.names.pop(name)
            yield Name(name, None)

    def _unlinkat(self, text: str, result: int) -> Iterator[Act]:
        if self._inside(text) in self.names:
            raise ValueError("unlinkat on a file of the bank")
        return iter(())


def _four(text: str) -> tuple[str, bytes, str, str]:
    fd, _, rest = text.partition(", ")
    written, size, at = rest.rsplit(", ", 2)
    return fd, bytes.fromhex(written.strip('"').replace("\\x", "")), size, at


def lay(content: bytearray, offset: int, data: bytes) -> None:
    """Data at its place, the file extended with zeros where it was shorter."""
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def resize(content: bytearray, size: int) -> None:
    del content[size:]
    content.extend(bytes(size - len(content)))
