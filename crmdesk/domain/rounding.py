"""How a share with its interval is told: one rounding wherever it is read, so that a table and a sentence agree."""

from __future__ import annotations

import math


def so_many(share: float) -> int:
    """Of how many a share is told: 100, and 1,000 or 10,000 where it would be below 2 of them.

    >>> so_many(0.4), so_many(0.013), so_many(0.0004)
    (100, 1000, 10000)
    """
    return 100 if share >= 0.02 else 1_000 if share >= 0.002 else 10_000


def outward(low: float, high: float, of: int = 100) -> tuple[int, int]:
    """The ends of an interval of shares as whole numbers of so many, rounded outward: never narrower than it is.

    Rounded outward first to thousandths and then to hundredths is the same as at once, so what is told with more
    digits in one place never contradicts what is told with fewer in another.

    >>> outward(0.381, 0.4149), outward(0.38, 0.41), outward(0.0421, 0.0599, 1_000)
    ((38, 42), (38, 41), (42, 60))
    """
    # A hair inward before rounding outward: 41.00000001 is 41.
    return math.floor(low * of + 1e-6), math.ceil(high * of - 1e-6)


def span(low: float, high: float, of: int) -> str:
    """'38 to 42' of so many, from shares; 'about 40' where both ends are the same.

    >>> span(0.381, 0.4149, 100), span(0.4, 0.4, 100)
    ('38 to 42', 'about 40')
    """
    first, last = outward(low, high, of)
    return f"about {first:,}" if first >= last else f"{first:,} to {last:,}"
