"""The printed recovery key: seven groups of four signs that open a bank, and an eighth that finds a slip of the pen."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from crmdesk.domain.errors import BadInput

SIGNS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no 0 and O, no 1 and I
GROUPS: Final = 8  # the last one is the check: 7 x 4 signs of 5 bits are 140 bits
WIDTH: Final = 4


def make() -> str:
    """A new key, as it is printed: "ABCD-EFGH-…", eight groups."""
    signs = "".join(secrets.choice(SIGNS) for _ in range((GROUPS - 1) * WIDTH))
    return shown(signs + _check(signs))


def shown(signs: str) -> str:
    """32 signs in groups, as printed."""
    return "-".join(signs[at : at + WIDTH] for at in range(0, len(signs), WIDTH))


def read(text: str) -> str:
    """The 28 signs that open the bank, from a key as somebody typed it; BadInput where it cannot be one."""
    signs = "".join(text.upper().split()).replace("-", "")
    strange = sorted(set(signs) - set(SIGNS))
    if strange:
        raise BadInput(f"A recovery key has no '{strange[0]}': it has neither 0 and O nor 1 and I; look at it again.")
    if len(signs) != GROUPS * WIDTH:
        raise BadInput(f"A recovery key has {GROUPS} groups of {WIDTH} signs; {len(signs)} signs were typed.")
    key, check = signs[:-WIDTH], signs[-WIDTH:]
    if _check(key) != check:
        raise BadInput("The recovery key was mistyped: its last group does not fit the others; compare each group.")
    return key


def looks_like(text: str) -> bool:
    """Whether a text typed as a passphrase is a whole recovery key."""
    try:
        read(text)
    except BadInput:
        return False
    return True


def _check(signs: str) -> str:
    number = int.from_bytes(hashlib.sha256(signs.encode()).digest()[:4], "big")
    return "".join(SIGNS[(number >> (5 * place)) % len(SIGNS)] for place in range(WIDTH))
