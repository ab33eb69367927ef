"""Lets the n-th system call of a child fail: the kernel asks the parent about each (seccomp notifications, Linux 5.5+).

Nothing is preloaded and nothing is traced, so that thousands of runs take minutes.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import platform
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# Numbers of: seccomp, getppid (the mark), and the calls that never say "no space": those are not counted.
NUMBERS = {
    "x86_64": (317, 110, {"sendmsg": 46, "exit": 60, "exit_group": 231, "rt_sigreturn": 15, "futex": 202,
                          "rt_sigprocmask": 14, "rt_sigaction": 13, "gettid": 186, "getpid": 39}),
    "aarch64": (277, 173, {"sendmsg": 211, "exit": 93, "exit_group": 94, "rt_sigreturn": 139, "futex": 98,
                           "rt_sigprocmask": 135, "rt_sigaction": 134, "gettid": 178, "getpid": 172}),
}  # fmt: skip
_RECV, _SEND = 0xC0502100, 0xC0182101
_NOTIF, _ALLOW = 0x7FC00000, 0x7FFF0000
_LISTENER, _NO_NEW_PRIVILEGES = 1 << 3, 38
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF: load a word, jump if equal, return


@dataclass
class Heard:
    """What a child told, and the numbers of the calls between its two marks. `told` is None where it died."""

    told: Any = None
    calls: list[int] = field(default_factory=list)
    status: int = 0


def missing() -> str:
    """Why no call can be refused here, "" where it can."""
    if not sys.platform.startswith("linux") or platform.machine() not in NUMBERS:
        return "failing system calls are made on Linux alone"
    try:
        heard = run(lambda: 7, 0, 0)
    except OSError as error:
        return f"this Linux does not let system calls be refused ({error.strerror})"
    return "" if heard.told == 7 else "this Linux does not let system calls be refused"


def run(deed: Callable[[], Any], at: int, error: int, most: float = 60.0) -> Heard:
    """Run `deed` in a child whose call number `at` (from 1; 0: none) fails with `error`; what it returns as JSON."""
    ours, theirs = socket.socketpair()
    ear, mouth = os.pipe()
    pid = os.fork()
    if not pid:
        _child(deed, theirs, mouth)
    os.close(mouth)
    theirs.close()
    heard = Heard()
    try:
        _, handles, _, _ = socket.recv_fds(ours, 1, 1)
        if not handles:
            raise OSError(errno.ENOSYS, "no listener")
        _serve(handles[0], heard, at, error, most, pid)
        os.close(handles[0])
    finally:
        ours.close()
        _, heard.status = os.waitpid(pid, 0)
        with os.fdopen(ear) as stream:
            text = stream.read()
        heard.told = json.loads(text) if text else None
    return heard


def _child(deed: Callable[[], Any], link: socket.socket, mouth: int) -> None:
    try:
        handle = _install()
        socket.send_fds(link, [b"x"], [handle])
        os.getppid()
        told = deed()
        os.getppid()
        os.write(mouth, json.dumps(told).encode())
    finally:
        os._exit(0)


def _install() -> int:
    """A filter that asks about every call but the few that are let through; returns the handle of who answers."""
    seccomp, _, free = NUMBERS[platform.machine()]
    lines = [(_LOAD, 0, 0, 0)]
    for left, number in enumerate(free.values()):
        lines.append((_EQUAL, len(free) - left, 0, number))
    lines += [(_RETURN, 0, 0, _NOTIF), (_RETURN, 0, 0, _ALLOW)]
    code = b"".join(struct.pack("HBBI", *line) for line in lines)
    held = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxQ", len(lines), ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    handle = libc.syscall(seccomp, 1, _LISTENER, ctypes.c_char_p(program))
    if handle < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return int(handle)


def _serve(handle: int, heard: Heard, at: int, error: int, most: float, pid: int) -> None:
    """Answer until the child is gone: go on, or the one refusal. A child that hangs is killed."""
    mark = NUMBERS[platform.machine()][1]
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    marks = 0
    while True:
        found = poll.poll(1000 * most)
        if not found:
            os.kill(pid, signal.SIGKILL)
            return
        if not found[0][1] & select.POLLIN:
            return
        asked = bytearray(80)
        try:
            fcntl.ioctl(handle, _RECV, asked)
        except OSError:
            continue  # the call was interrupted before it was read
        (key,) = struct.unpack_from("Q", asked, 0)
        (number,) = struct.unpack_from("i", asked, 16)
        refused = 0
        if number == mark:
            marks += 1
        elif marks == 1:
            heard.calls.append(number)
            refused = error if len(heard.calls) == at else 0
        answer = struct.pack("Qqii", key, 0, -refused, 0 if refused else 1)
        try:
            fcntl.ioctl(handle, _SEND, bytearray(answer))
        except OSError:
            continue
