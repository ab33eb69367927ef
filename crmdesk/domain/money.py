"""Money as integer minor units plus a currency: read, and written, without floats."""

from __future__ import annotations

import re
from typing import Final

_DECIMAL: Final = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?", re.ASCII)
_NO_MINOR: Final = frozenset({"JPY", "KRW", "ISK", "CLP", "VND", "HUF0"})


def minor_digits(currency: str) -> int:
    return 0 if currency in _NO_MINOR else 2


def parse_minor(text: str, currency: str = "EUR") -> int:
    """`"12.30"` to 1230. ValueError on anything but ASCII digits with a decimal point, or too many decimals.

    >>> parse_minor("-0.5")
    -50
    """
    match = _DECIMAL.fullmatch(text.strip())
    if not match or len(match[2]) > 15:
        raise ValueError(text)
    digits = minor_digits(currency)
    fraction = (match[3] or "").rstrip("0")
    if len(fraction) > digits:
        raise ValueError(text)
    amount = int(match[2] + fraction.ljust(digits, "0"))
    return -amount if match[1] == "-" else amount


def plain(minor: int, currency: str = "EUR") -> str:
    """Decimal text for files: 1230 to `12.30`."""
    digits = minor_digits(currency)
    sign, amount = ("-" if minor < 0 else ""), abs(minor)
    if not digits:
        return f"{sign}{amount}"
    return f"{sign}{amount // 10**digits}.{amount % 10**digits:0{digits}d}"
