"""Length-framed bytes over a pipe: the only language the desk and its worker share; nothing is ever unpickled."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

HEADER = struct.Struct("<cIQ")  # kind, number of the call, size of the body

CALL = b"C"
CANCEL = b"K"
STEP = b"S"
RESULT = b"R"
REFUSED = b"E"  # one of the errors a person may see, with its sentence
STOPPED = b"X"  # Cancelled was raised
FAILED = b"F"  # anything else the called function raised
KINDS = frozenset({CALL, CANCEL, STEP, RESULT, REFUSED, STOPPED, FAILED})


class BrokenFrame(Exception):
    """The other side sent something that is no frame, or one above the limit; `too_large` tells which."""

    def __init__(self, too_large: bool = False) -> None:
        super().__init__("a frame above the limit" if too_large else "no frame")
        self.too_large = too_large


@dataclass(frozen=True)
class Frame:
    kind: bytes
    call: int
    body: bytes


def write(stream: BinaryIO, kind: bytes, call: int, body: bytes = b"") -> None:
    """Send one frame; OSError when the other side is gone."""
    stream.write(HEADER.pack(kind, call, len(body)))
    stream.write(body)
    stream.flush()


def read(stream: BinaryIO, limit: int = 1 << 40) -> Frame | None:
    """The next frame, or None at the end; the size is checked before a byte of the body is held."""
    head = stream.read(HEADER.size)
    if len(head) < HEADER.size:
        return None
    kind, call, size = HEADER.unpack(head)
    if kind not in KINDS:
        raise BrokenFrame
    if size > limit:
        raise BrokenFrame(too_large=True)
    body = stream.read(size)
    return Frame(kind, call, body) if len(body) == size else None
