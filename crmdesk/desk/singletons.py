"""A guard against lost references: PySide6 6.12 returns None, True and False uncounted, which Python 3.11 counts.

Measured: 500 calls of `QLabel.setText` on Python 3.11 take 500 references of None, and the process aborts with
"deallocating None" after some ten thousand calls. From 3.12 on these objects are immortal and nothing is lost.
"""

import ctypes
import sys

PLENTY = 1 << 40  # more calls than any window makes


def keep_singletons() -> None:
    """Give the constants so many references that the lost ones never matter; call before the first widget."""
    if sys.version_info < (3, 12) and sys.getrefcount(None) < PLENTY // 2:
        for one in (None, True, False, NotImplemented, Ellipsis):
            ctypes.c_ssize_t.from_address(id(one)).value += PLENTY  # the count is an object's first field
