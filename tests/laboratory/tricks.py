"""What a hostile analysis may try from inside the worker; each trick gives the bytes that it got hold of.

The attacker is given more than a plugin ever gets: the path of the bank. A trick that raises got nothing.
"""

import ctypes
import gc
import json
import os
import socket
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import shared_memory
from pathlib import Path

from crmdesk.jobs import Progress

MOST = 1 << 20
Trick = Callable[[Path], bytes]
TRICKS: dict[str, Trick] = {}


def trick(deed: Trick) -> Trick:
    TRICKS[deed.__name__] = deed
    return deed


def go(payload: bytes, progress: Progress) -> bytes:
    """The worker's target: one trick by name, on one bank."""
    name, bank = json.loads(payload)
    try:
        return b"got:" + TRICKS[name](Path(bank))[:MOST]
    except BaseException as error:
        return b"refused:" + type(error).__name__.encode()


def _read(path: Path | str) -> bytes:
    with open(path, "rb") as file:
        return file.read(MOST)


def _all(paths: list[Path]) -> bytes:
    loot = b""
    for path in paths:
        try:
            loot += _read(path)
        except OSError:
            continue
    return loot


@trick
def read_the_bank(bank: Path) -> bytes:
    return _read(bank)


@trick
def read_the_keys(bank: Path) -> bytes:
    return _read(f"{bank}.keys")


@trick
def read_the_log(bank: Path) -> bytes:
    return _read(f"{bank}-wal")


@trick
def read_the_backups(bank: Path) -> bytes:
    return _all([p for p in bank.parent.rglob("*") if p.is_file()])


@trick
def open_by_sqlite(bank: Path) -> bytes:
    with sqlite3.connect(f"file:{bank}?mode=ro&immutable=1", uri=True) as raw:
        return repr(raw.execute("SELECT * FROM customer LIMIT 20").fetchall()).encode()


@trick
def open_by_the_products_driver(bank: Path) -> bytes:
    from sqlcipher3 import dbapi2

    raw = dbapi2.connect(f"file:{bank}?mode=ro&immutable=1", uri=True)
    return repr(raw.execute("SELECT * FROM customer LIMIT 20").fetchall()).encode()


@trick
def open_by_the_products_store(bank: Path) -> bytes:
    from crmdesk.store import open_bank

    with open_bank(bank).reader() as raw:
        return repr(raw.execute("SELECT * FROM customer LIMIT 20").fetchall()).encode()


@trick
def read_the_command_line_of_the_parent(bank: Path) -> bytes:
    return _read(f"/proc/{os.getppid()}/cmdline")


@trick
def read_the_environment_of_the_parent(bank: Path) -> bytes:
    return _read(f"/proc/{os.getppid()}/environ")


@trick
def read_the_open_files_of_the_parent(bank: Path) -> bytes:
    return _all(list(Path(f"/proc/{os.getppid()}/fd").iterdir()))


@trick
def read_the_memory_of_the_parent(bank: Path) -> bytes:
    loot = b""
    with open(f"/proc/{os.getppid()}/mem", "rb", 0) as memory:
        for line in _read(f"/proc/{os.getppid()}/maps").decode().splitlines():
            if "[heap]" in line:
                low, high = (int(part, 16) for part in line.split()[0].split("-"))
                memory.seek(low)
                loot += memory.read(high - low)
    return loot


@trick
def read_the_memory_by_a_system_call(bank: Path) -> bytes:
    libc = ctypes.CDLL(None, use_errno=True)
    here = ctypes.create_string_buffer(4096)
    local = struct.pack("<QQ", ctypes.addressof(here), 4096)
    remote = struct.pack("<QQ", id(here), 4096)
    number = 310 if os.uname().machine == "x86_64" else 270
    if libc.syscall(number, os.getppid(), local, 1, remote, 1, 0) < 0:
        raise OSError(ctypes.get_errno(), "process_vm_readv")
    return here.raw


@trick
def attach_a_debugger(bank: Path) -> bytes:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, os.getppid(), None, None) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    libc.ptrace(17, os.getppid(), None, None)
    return b"attached to the parent"


@trick
def take_a_file_of_the_parent(bank: Path) -> bytes:
    libc = ctypes.CDLL(None, use_errno=True)
    handle = libc.syscall(434, os.getppid(), 0)
    loot = b""
    for number in range(64):
        mine = libc.syscall(438, handle, number, 0)
        if mine >= 0:
            loot += os.pread(mine, MOST, 0)
    return loot


@trick
def read_the_own_environment(bank: Path) -> bytes:
    return json.dumps(dict(os.environ)).encode()


@trick
def read_what_the_worker_was_started_with(bank: Path) -> bytes:
    return _read("/proc/self/cmdline") + _read("/proc/self/environ")


@trick
def read_inherited_files(bank: Path) -> bytes:
    loot = b""
    for number in range(3, 256):
        try:
            loot += os.readlink(f"/proc/self/fd/{number}").encode() + os.pread(number, MOST, 0)
        except OSError:
            continue
    return loot


@trick
def search_the_own_memory_for_paths(bank: Path) -> bytes:
    found = [o for o in gc.get_objects() if isinstance(o, dict)]
    texts = {v for d in found for v in list(d.values()) if isinstance(v, str | Path) and ".crmdesk" in str(v)}
    return repr(sorted(str(t) for t in texts if Path(t) != bank)).encode()


@trick
def read_the_settings_of_the_user(bank: Path) -> bytes:
    return _all([p for p in Path.home().rglob("*") if p.is_file()][:200])


@trick
def read_temporary_files_of_others(bank: Path) -> bytes:
    return _all([p for p in Path("/tmp").iterdir() if p.is_file()])


@trick
def link_to_the_bank(bank: Path) -> bytes:
    Path("link").symlink_to(bank)
    return _read("link")


@trick
def give_the_bank_a_second_name(bank: Path) -> bytes:
    os.link(bank, "second")
    return _read("second")


@trick
def move_the_bank_here(bank: Path) -> bytes:
    os.rename(bank, "moved")
    return _read("moved")


@trick
def open_the_keys_to_everybody(bank: Path) -> bytes:
    os.chmod(f"{bank}.keys", 0o644)
    return b"planted: rights"


@trick
def open_the_keys_by_the_newer_call(bank: Path) -> bytes:
    fchmodat2 = 452
    if ctypes.CDLL(None).syscall(fchmodat2, -100, f"{bank}.keys".encode(), 0o644, 0):
        raise OSError
    return b"planted: rights"


@trick
def take_the_bank_away_from_its_owner(bank: Path) -> bytes:
    os.chown(bank, os.getuid(), os.getgid())
    return b"planted: owner"


@trick
def write_a_note_beside_the_bank(bank: Path) -> bytes:
    os.setxattr(bank, "user.note", b"seen")
    return b"planted: attribute"


@trick
def make_the_bank_look_older(bank: Path) -> bytes:
    os.utime(bank, (0, 0))
    return b"planted: time"


@trick
def ask_another_program(bank: Path) -> bytes:
    return subprocess.run(["cat", str(bank), f"{bank}.keys"], capture_output=True, check=True).stdout


@trick
def ask_a_child_that_left_the_group(bank: Path) -> bytes:
    out = Path("loot")
    if os.fork() == 0:
        os.setsid()
        try:
            out.write_bytes(_read(bank))
        finally:
            os._exit(0)
    time.sleep(0.3)
    return out.read_bytes()


@trick
def leave_the_cage_by_a_name_space(bank: Path) -> bytes:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x00020000) < 0:  # a mount name space of its own, so that nothing is left behind
        raise OSError(ctypes.get_errno(), "unshare")
    if libc.mount(b"none", b"/", None, 0x4000 | 0x40000, None) < 0:  # nothing mounted here shows outside
        raise OSError(ctypes.get_errno(), "mount")
    Path("inside").mkdir()
    if libc.mount(str(bank.parent).encode(), b"inside", None, 4096, None) < 0:
        raise OSError(ctypes.get_errno(), "mount")
    return _read(f"inside/{bank.name}")


@trick
def widen_the_cage(bank: Path) -> bytes:
    libc = ctypes.CDLL(None, use_errno=True)
    ruleset = libc.syscall(444, struct.pack("<Q", 4), 8, 0)
    beneath = os.open("/", os.O_PATH)
    libc.syscall(445, ruleset, 1, struct.pack("<Qi", 4, beneath), 0)
    libc.syscall(446, ruleset, 0)
    return _read(bank)


@trick
def read_the_disk_itself(bank: Path) -> bytes:
    return _all([p for p in Path("/dev").iterdir() if p.is_block_device() or p.name == "mem"])


@trick
def connect_to_the_network(bank: Path) -> bytes:
    with socket.create_connection(("127.0.0.1", _listening()), timeout=1) as line:
        return b"connected as " + repr(line.getsockname()).encode()


@trick
def send_one_packet(bank: Path) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.sendto(b"loot", ("127.0.0.1", 9))
    return b"sent a packet"


@trick
def ask_the_session_bus(bank: Path) -> bytes:
    with socket.socket(socket.AF_UNIX) as line:
        return b"a socket of the desktop: " + repr(line).encode()


@trick
def open_a_socket_by_a_ring(bank: Path) -> bytes:
    libc = ctypes.CDLL(None, use_errno=True)
    parameters = ctypes.create_string_buffer(120)
    ring = libc.syscall(425, 4, parameters)
    if ring < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")
    return b"connected by a ring"


@trick
def read_the_configuration_of_the_network(bank: Path) -> bytes:
    names = ("/etc/resolv.conf", "/etc/hosts", "/etc/hostname", "/proc/net/route", "/proc/net/dev", "/proc/net/tcp")
    return b"network:" + _all([Path(n) for n in names]) if _all([Path(n) for n in names]) else b""


@trick
def list_the_network_interfaces(bank: Path) -> bytes:
    return b"network:" + _read("/sys/class/net/lo/address")


@trick
def look_up_a_name(bank: Path) -> bytes:
    return b"network:" + repr(socket.getaddrinfo("localhost", 80)).encode()


@trick
def stop_the_parent(bank: Path) -> bytes:
    os.kill(os.getppid(), 0)
    return b"attached to the parent"


@trick
def plant_code_for_the_next_start(bank: Path) -> bytes:
    import crmdesk

    for folder in {Path(crmdesk.__file__).parent, *(Path(p) for p in sys.path if Path(p).is_dir())}:
        target = folder / "planted_by_a_plugin.py"
        try:
            target.write_text("planted = True\n", encoding="utf-8")
        except OSError:
            continue
        target.unlink()
        return b"planted code"
    return b""


@trick
def leave_a_note_in_shared_memory(bank: Path) -> bytes:
    note = shared_memory.SharedMemory(create=True, size=64)
    note.close()
    note.unlink()
    return b"a note in shared memory"


def _listening() -> int:
    """A port of the machine that answers; asked of the kernel, for want of a better one its own."""
    return int(os.environ.get("TRICK_PORT", "22"))
