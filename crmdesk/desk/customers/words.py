"""The words of the desk under their former name."""

from crmdesk.desk.words import (
    CHANNELS,
    FAMILIES,
    LANES,
    LETTERS,
    MODES,
    NOTHING,
    PURPOSES,
    count,
    exact,
    look,
    money,
    month,
    on,
    state,
)

__all__ = [
    "CHANNELS", "FAMILIES", "LANES", "LETTERS", "MODES", "NOTHING", "PURPOSES",
    "count", "exact", "look", "money", "month", "on", "state",
]  # fmt: skip
