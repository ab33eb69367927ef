"""What the worker gives up before plugin code runs: the user's files, the network, other processes (Linux).

Landlock (kernel 5.13 and newer) leaves the interpreter, the packages and a scratch folder; a seccomp filter refuses
sockets, looks into other processes and changes of a file's owner, rights or times. Both hold for every child and cannot
be taken back. Elsewhere, and on older kernels, `confine` says what is missing; the help page lists it as not prevented.
"""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

# Kernel headers linux/landlock.h, linux/seccomp.h, linux/prctl.h; the three calls have one number on all machines.
_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_READ: Final = 1 << 0 | 1 << 2 | 1 << 3  # execute, read a file, read a folder
_LIST: Final = 1 << 3
_FILE: Final = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15  # the rights that a rule on a single file may name
_RIGHTS: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}  # by version of Landlock
_TCP: Final = 1 << 0 | 1 << 1  # bind, connect: version 4
_SCOPED: Final = 1 << 0 | 1 << 1  # abstract sockets, signals to others: version 6
_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2
_SYSTEM: Final = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/zero",
                  "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu", "/sys/fs/cgroup",
                  *(f"/proc/self/{name}" for name in ("cgroup", "fd", "maps", "stat", "statm", "status", "task")),
                  )  # fmt: skip
# socket, ptrace, process_vm_readv and _writev, io_uring_setup (it could open sockets), pidfd_getfd; then what Landlock
# lets pass on every file of the user: chmod, chown, utime, setxattr and removexattr, each in all its forms.
_REFUSED: Final = {
    "x86_64": (0xC000003E, (41, 101, 310, 311, 425, 438, 90, 91, 268, 452, 92, 93, 94, 260, 132, 235, 261, 280,
                            188, 189, 190, 463, 197, 198, 199, 466)),
    "aarch64": (0xC00000B7, (198, 117, 270, 271, 425, 438, 52, 53, 452, 54, 55, 88, 5, 6, 7, 463, 14, 15, 16, 466)),
}  # fmt: skip
_X32: Final = 0x40000000  # the same calls under other numbers


def confine(scratch: Path) -> tuple[str, ...]:
    """Give up everything but the packages, the system's libraries and `scratch`; what this system cannot refuse.

    Irrevocable, and only for the calling thread and what it starts: call it before the first thread.
    """
    if not sys.platform.startswith("linux"):
        return ("files", "network", "processes")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
        return ("files", "network", "processes")
    files = _landlock(libc, scratch)
    network = _seccomp(libc)
    return (*(() if files else ("files", "processes")), *(() if network else ("network",)))


def supported() -> bool:
    """Whether this system can confine the worker in every way."""
    if not sys.platform.startswith("linux") or platform.machine() not in _REFUSED:
        return False
    return int(ctypes.CDLL(None, use_errno=True).syscall(_CREATE, None, 0, 1)) >= 4


def _landlock(libc: ctypes.CDLL, scratch: Path) -> bool:
    version = int(libc.syscall(_CREATE, None, 0, 1))
    if version < 1:
        return False
    rights = _RIGHTS[max(v for v in _RIGHTS if v <= version)]
    wanted = struct.pack("<QQQ", rights, _TCP if version >= 4 else 0, _SCOPED if version >= 6 else 0)
    ruleset = int(libc.syscall(_CREATE, wanted, 24 if version >= 6 else 16 if version >= 4 else 8, 0))
    if ruleset < 0:
        return False
    try:
        for name in _SYSTEM:
            _allow(libc, ruleset, Path(name), _READ & rights)
        for path, access in _packages(sys.path):
            _allow(libc, ruleset, path, access & rights)
        _allow(libc, ruleset, Path("/dev/null"), _FILE & rights)
        _allow(libc, ruleset, scratch, rights)
        return bool(libc.syscall(_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, access: int) -> None:
    """Allow `access` to a file or to all beneath a folder; what does not exist is passed over."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not path.is_dir():
            access &= _FILE
        libc.syscall(_ADD_RULE, ruleset, 1, struct.pack("<Qi", access, opened), 0)
    finally:
        os.close(opened)


def _packages(entries: Iterable[str]) -> Iterator[tuple[Path, int]]:
    """Where code is imported from: all of an installation; of other folders the modules alone.

    A bank may lie in the folder of a checkout; its name can be listed there, but it cannot be read.
    """
    installed = {Path(p).resolve() for p in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    for prefix in installed:
        yield prefix, _READ
    for entry in dict.fromkeys(entries):
        folder = Path(entry)
        if not entry or any(folder.resolve().is_relative_to(prefix) for prefix in installed):
            continue
        yield folder, _LIST if folder.is_dir() else _READ  # else a zip file of modules
        if folder.is_dir():
            for child in folder.iterdir():
                if _is_code(child):
                    yield child, _READ


def _is_code(path: Path) -> bool:
    if path.is_dir():
        return path.suffix in (".dist-info", ".egg-info") or any(path.glob("*.py"))
    return path.suffix in (".py", ".pyc", ".so", ".pyd")


def remove(scratch: Path) -> None:
    """Delete a scratch folder, unless something is mounted in it: then what is mounted would be deleted too."""
    mounts = Path("/proc/self/mountinfo")
    if mounts.exists() and str(scratch) in mounts.read_text(encoding="utf-8", errors="replace"):
        return
    shutil.rmtree(scratch, ignore_errors=True)


def _seccomp(libc: ctypes.CDLL) -> bool:
    """Refuse, with "permission denied", the calls of _REFUSED."""
    known = _REFUSED.get(platform.machine())
    if known is None:
        return False
    arch, numbers = known
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    refuse, allow, kill = 0x00050000 | 13, 0x7FFF0000, 0x80000000  # 13 is EACCES
    steps = [(load, 0, 0, 4), (equal, 1, 0, arch), (give, 0, 0, kill), (load, 0, 0, 0)]
    left = len(numbers) + 1  # jumps count forward to the refusal, which stands last
    steps.append((at_least, left, 0, _X32))
    for i, number in enumerate(numbers):
        steps.append((equal, len(numbers) - i, 0, number))
    steps += [(give, 0, 0, allow), (give, 0, 0, refuse)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *step) for step in steps))
    header = struct.pack("<HxxxxxxQ", len(steps), ctypes.addressof(program))
    return bool(libc.prctl(_SET_SECCOMP, _FILTER, header, 0, 0) == 0)
