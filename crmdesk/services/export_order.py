"""An order for an export of customers: checked against what the role may take out, then whom and what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain import export_terms
from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.permission import CONSENT_PURPOSES, MARKETING_CHANNELS, MINING_PURPOSES
from crmdesk.domain.rights import Actor, Right, clear, require
from crmdesk.services import reach
from crmdesk.services.context import App
from crmdesk.services.customers import BLOCK, Chosen, ids_of
from crmdesk.services.export_rows import Cell, cells, export_columns, writes_to_lists
from crmdesk.services.list_fields import ListColumn, label
from crmdesk.store.queries import customer_columns
from crmdesk.store.queries import customer_export as queries

PURPOSES: Final = ("service", *CONSENT_PURPOSES, *MINING_PURPOSES)
PURPOSE_WORDS: Final = {"service": "service", "marketing": "offers", "survey": "research", "sharing": "partners",
                        "profiling": "profiling", "targeting": "targeting"}  # fmt: skip
ADDRESS: Final = {"email": ("email",), "phone": ("phone",), "sms": ("phone",),
                   "post": ("street", "postcode", "city", "country")}  # fmt: skip
_EVERY_ADDRESS: Final = frozenset(key for keys in ADDRESS.values() for key in keys)
VEIL: Final = "•••"
_LETTER: Final = ("name",)  # without one no letter arrives


@dataclass(frozen=True)
class Order:
    """What was asked for, checked; `address`: columns in clear here, of those who permitted the channel.

    `veiled`: those columns say that there is something, and no more, for a look at what would be written.
    """

    app: App
    actor: Actor
    chosen: Chosen
    columns: tuple[ListColumn, ...]
    purpose: str
    channel: str
    address: frozenset[str]
    veiled: bool = False


def order_for(
    chosen: Chosen, columns: Sequence[str], purpose: str, channel: str, app: App, actor: Actor
) -> Order:  # fmt: skip
    """The checked order; BadInput for a purpose, channel or column that is none, Refused for what may not leave."""
    require(actor, Right.EXPORT)
    require(actor, Right.READ_CUSTOMER)
    export_terms.check_rows(actor, 0)
    if purpose not in PURPOSES:
        raise BadInput(f"'{purpose}' is not a purpose to export for; choose one of {', '.join(PURPOSES)}.")
    if purpose == "service":
        require(actor, Right.READ_CONTACT)
    if purpose in CONSENT_PURPOSES and channel not in MARKETING_CHANNELS:
        raise BadInput(f"Say by which channel they will be contacted: one of {', '.join(MARKETING_CHANNELS)}.")
    address = _in_clear(actor, purpose, channel)
    hidden = _EVERY_ADDRESS - address if writes_to_lists(actor) else frozenset()
    known = {column.key: column for column in export_columns(app, actor) if column.key not in hidden}
    unknown = [key for key in columns if key not in known]
    if unknown or not columns:
        raise BadInput(f"There is no column {', '.join(unknown) or 'chosen'} to export; choose from those of the list.")
    channel = channel if purpose in CONSENT_PURPOSES else ""
    return Order(app, actor, chosen, tuple(known[key] for key in dict.fromkeys(columns)), purpose, channel, address)


def _in_clear(actor: Actor, purpose: str, channel: str) -> frozenset[str]:
    """The columns that who writes to lists sees of those who permitted the channel, and nowhere else."""
    if not writes_to_lists(actor) or clear(actor, Right.READ_CUSTOMER):
        return frozenset()
    if purpose not in CONSENT_PURPOSES:
        raise Refused("Marketing takes out lists for a channel that customers permitted; choose offers or research.")
    return frozenset((*ADDRESS.get(channel, ()), *(_LETTER if channel == "post" else ())))


def people(order: Order, cancel: Callable[[], bool]) -> tuple[NDArray[np.int64], dict[str, int]]:
    """Ids of those who may be exported, in the order of the list, and how many are not by reason."""
    at = order.app.store.clock()
    with order.app.store.reader() as raw:
        ids = ids_of(raw, order.actor, order.chosen, at, cancel=cancel)
        reasons = {"erased": queries.erased(raw, at)}
        allowed = queries.allowed(raw, order.purpose, order.channel, at)
        if allowed is not None:
            reasons |= {"restricted": queries.restricted(raw)}
            reasons |= {"minor": queries.minors(raw, at)} if order.purpose in CONSENT_PURPOSES else {}
            words = f"no permission for {purpose_words(order)}"
            reasons[words] = set(map(int, ids)) - allowed
    mine = reach.within(order.app, order.actor, Right.EXPORT)
    if mine is not None:
        reasons = {"looked after by a colleague": set(map(int, ids)) - mine, **reasons}
    left_out: dict[str, int] = {}
    for reason, whom in reasons.items():
        out = np.isin(ids, list(whom)) if whom else np.zeros(len(ids), bool)
        if out.any():
            left_out[reason] = int(out.sum())
            ids = ids[~out]
    least = export_terms.least_together(order.actor)
    if least:
        few = _alone(order, ids, least)
        if few.any():
            left_out[f"in a group of fewer than {least}"] = int(few.sum())
            ids = ids[~few]
    return ids, left_out


def _alone(order: Order, ids: NDArray[np.int64], least: int) -> NDArray[np.bool_]:
    """Which rows share what their words and years tell with fewer than `least` others and themselves.

    Amounts and numbers are what is analysed; the pseudonym is the row's own.
    """
    telling = [c for c in order.columns if c.kind in ("text", "date") and c.key not in ("number", "name")]
    if not telling:
        return np.zeros(len(ids), bool)
    at = [order.columns.index(column) for column in telling]
    told = {
        key: tuple(row[i] for i in at)
        for start in range(0, len(ids), BLOCK)
        for key, row in _by_id(order, ids[start : start + BLOCK].tolist()).items()
    }
    sizes = Counter(told.values())
    return np.array([sizes[told.get(int(key), ())] < least for key in ids], dtype=bool)


def typed_rows(order: Order, ids: list[int]) -> list[list[Cell]]:
    """The rows of one block; under pseudonyms with years for days, for a channel with its addresses in clear."""
    return list(_by_id(order, ids).values())


def _by_id(order: Order, ids: list[int]) -> dict[int, list[Cell]]:
    found = cells(order.app, order.actor, ids, order.columns)
    if export_terms.least_together(order.actor):
        return {key: [str(one.year) if isinstance(one, date) else one for one in row] for key, row in found.items()}
    keys = [column.key for column in order.columns if column.key in order.address]
    if not keys:
        return found
    if order.veiled:
        return {key: [VEIL if column.key in keys else one for one, column in zip(row, order.columns, strict=True)]
                for key, row in found.items()}  # fmt: skip
    with order.app.store.whole.reader() as raw:  # each of them permitted this channel: `people`, `_note` of the export
        facts = customer_columns.facts(raw, list(found), keys)
    at = {column.key: i for i, column in enumerate(order.columns)}
    for customer in found.keys() & facts.keys():
        for key, value in zip(keys, facts[customer], strict=True):
            found[customer][at[key]] = value
    return found


def purpose_words(order: Order) -> str:
    words = PURPOSE_WORDS[order.purpose]
    return f"{words} by {_lower(label(order.channel))}" if order.channel else words


def _lower(word: str) -> str:
    return word if word.isupper() else word[:1].lower() + word[1:]
