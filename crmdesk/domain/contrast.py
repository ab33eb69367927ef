"""Contrast of colours: which ink reads better on a fill (WCAG 2.2), for the desk and for plugins' pictures."""

from __future__ import annotations

DARK_INK, LIGHT_INK = "#1B1F24", "#FFFFFF"


def luminance(colour: str) -> float:
    """Relative luminance of a colour written as #RRGGBB, 0..1.

    >>> luminance("#FFFFFF"), luminance("#000000")
    (1.0, 0.0)
    """
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1..21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(fill: str) -> str:
    """The text colour for a filled mark: near-black or white, whichever contrasts more.

    >>> ink_on("#F1E3C6"), ink_on("#0B5C94")
    ('#1B1F24', '#FFFFFF')
    """
    return max((DARK_INK, LIGHT_INK), key=lambda ink: contrast(ink, fill))
