"""What baskets' owners are like, as items that may stand before a rule's arrow: age, channel, segment and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import CHANNELS, AnalysisError
from crmdesk_association.transactions import ATTRIBUTES, Item

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
BORN = ("age_band", "gender")  # true long before any purchase
CARD = (*BORN, "occupation", "education")  # facts about the person, though nobody notes since when they are known
USED = ("channel", "segment")  # made of the acts themselves: of visits and days they say again what is in them
PERSONAL = CARD  # a company has none of them
CHANNEL_WORDS = {"atm": "ATM", "online": "online", "call_centre": "call centre", "branch": "branch"}
MOST_VALUES = 200  # an attribute of more different values is a number or a name, not a trait
UNKNOWN = ("", "unknown", "nan", "none", "<na>")


def wanted(text: str) -> tuple[str, ...]:
    """The attributes that a comma list names, in its order, each once; AnalysisError names the known ones."""
    names = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    strange = [name for name in names if name not in ATTRIBUTES]
    if strange:
        raise AnalysisError(
            f"There is no attribute '{strange[0]}'; choose among {', '.join(ATTRIBUTES)}, or leave the list empty."
        )
    return names


def label(name: str, value: str) -> str:
    """An attribute's value in words.

    >>> label("age_band", "25-34"), label("channel", "call_centre"), label("occupation", "health")
    ('age 25-34', 'mostly call centre', 'occupation health')
    """
    if name == "channel":
        return f"mostly {CHANNEL_WORDS.get(value, value)}"
    return f"{'age' if name == 'age_band' else name} {value.replace('_', ' ')}"


def find(owners: pd.DataFrame, names: tuple[str, ...], asked: bool) -> tuple[list[Item], Ints, Ints, list[str]]:
    """The items of `names`, the pairs (owner's row, place of the item among them), and notes.

    owners: one row per owner, in any order. What is missing or unknown makes no item. An attribute without a column
    is left out, with a note only where a person `asked` for it: segments and stages need not exist.
    """
    items: list[Item] = []
    rows: list[Ints] = [np.empty(0, np.int64)]
    places: list[Ints] = [np.empty(0, np.int64)]
    notes: list[str] = []
    for name in names:
        coded = _coded(owners, name)
        if coded is None:
            if asked:
                notes.append(f"Nothing is known about {name.replace('_', ' ')} in this bank: left out.")
            continue
        codes, values = coded
        if len(values) > MOST_VALUES:
            notes.append(f"The attribute {name} has {len(values):,} different values: left out.")
            continue
        known = np.flatnonzero(codes >= 0)
        rows.append(known.astype(np.int64))
        places.append(codes[known] + len(items))
        items += [Item(f"{name}={value}", label(name, value), "attribute", name) for value in values]
    return items, np.concatenate(rows), np.concatenate(places), notes


def _coded(owners: pd.DataFrame, name: str) -> tuple[Ints, list[str]] | None:
    """Place of each owner's value among the values sorted, -1 = unknown; None where the column is missing."""
    import pandas as pd

    if name == "channel":
        return _channel(owners)
    if name not in owners.columns:
        return None
    column = owners[name]
    codes, found = pd.factorize(column, use_na_sentinel=True)
    texts = [str(value).strip() for value in found]
    values = sorted({text for text in texts if text.lower() not in UNKNOWN})
    place = {text: i for i, text in enumerate(values)}
    to = np.array([*(place.get(text, -1) for text in texts), -1], dtype=np.int64)
    coded = to[codes]
    if name in PERSONAL and "kind" in owners.columns:
        coded[owners["kind"].astype(object).to_numpy() == "company"] = -1
    return coded, values


def _channel(owners: pd.DataFrame) -> tuple[Ints, list[str]] | None:
    """The channel of the largest share in the last year; -1 without interactions."""
    channels = [channel for channel in CHANNELS if f"share_{channel}" in owners.columns]
    if not channels:
        return None
    shares = owners[[f"share_{channel}" for channel in channels]].to_numpy(dtype=np.float64)
    largest = np.where(np.isnan(shares), -1.0, shares)
    codes = np.where(largest.max(axis=1, initial=-1.0) > 0, largest.argmax(axis=1), -1)
    return codes.astype(np.int64), channels
