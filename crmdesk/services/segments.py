"""Segments in the bank's words: size, preferred channels and modes, value, and what we may do with each now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from crmdesk.analytics.catalogue import HOST_FEATURES
from crmdesk.analytics.population import permission_states, population
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.interaction import CELLS
from crmdesk.domain.permission import MARKETING_CHANNELS, STATES
from crmdesk.domain.rights import Actor, Right
from crmdesk.mining import ledger
from crmdesk.mining.ledger import plain_rows
from crmdesk.mining.record import RunRecord
from crmdesk.results import Segments
from crmdesk.services import result_masks as masks
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.reach import within

if TYPE_CHECKING:
    import pandas as pd

Ints = np.ndarray[Any, np.dtype[np.int64]]
Shares = tuple[tuple[str, float], ...]
FEW = 10  # groups below this many people are not described
CHANNEL_WORDS = {"atm": "ATM", "call_centre": "call centre", "email": "e-mail", "sms": "SMS", "in_person": "in person",
                 "in_app": "in the app"}  # fmt: skip


@dataclass(frozen=True)
class SegmentCard:
    """One segment for people; shares are of its interactions in the 12 months before the as-of day.

    `value_ratio` is value per customer against the mean of all segments; `degree` the share of members who may be
    contacted with offers on at least one channel now, `best_channel` the one that reaches most of them.
    """

    code: str
    name: str
    tier1: str
    n: int
    share: float | None
    value_share: float | None
    value_ratio: float | None
    stability: float | None
    channels: Shares
    modes: Shares
    degree: float | None
    contactable: int
    best_channel: str | None
    words: tuple[str, ...]

    def sentence(self) -> str:
        """Size, preferred channels and modes, value and degree of permission in one line of text."""
        share = "" if self.share is None else f" ({self.share:.0%})"
        value = "value unknown" if self.value_ratio is None else f"value {self.value_ratio:.1f} x the mean"
        degree = "unknown" if self.degree is None else f"{self.degree:.0%}"
        best = f", best {self.best_channel}" if self.best_channel else ""
        return (
            f"{self.code} {self.name}: {self.n:,} customers{share}; prefers {_list(self.channels)}; "
            f"mode {_list(self.modes)}; {value}; may contact {degree}{best}"
        )


@dataclass(frozen=True)
class SegmentBook:
    """All cards, and the channel x mode shares behind them: `usage[i, j]` of card i and `cells[j]`, rows sum to 1."""

    cards: tuple[SegmentCard, ...]
    cells: tuple[tuple[str, str], ...]
    usage: np.ndarray[Any, np.dtype[np.float64]]


@service(Right.READ_RESULTS, Right.READ_CREDIT, any_of=True)
def describe(app: App, actor: Actor, record: RunRecord) -> SegmentBook:
    """The segments of a run, described for those members whose permission still covers the run's purpose.

    A card sums up all of its members, also of those whose rows this person does not see. Raises CrmdeskError where the
    run holds no segments, Refused for one for credit where such scores are not for this person.
    """
    masks.check_purpose(actor, record)
    if masks.masked(actor, record.purpose) or within(app, actor, masks.right_of(record.purpose)) is not None:
        record = ledger.load(app.store, record.uuid, {}, tables=("segments", "members", "profile"))
    tables = record.result.tables if isinstance(record.result, Segments) else {}
    if "segments" not in tables or "members" not in tables:
        raise CrmdeskError(f"Run {record.uuid} holds no segments: {record.verdict}")
    day = date.fromisoformat(record.as_of)
    who = population(app.store, record.purpose, day, app.store.clock(), False)
    members = tables["members"]
    members = members[members["customer"].isin(who.customers)].sort_values("customer")
    rows = plain_rows(tables["segments"])
    index = {str(row["segment"]): i for i, row in enumerate(rows)}
    customers = members["customer"].to_numpy(dtype=np.int64)
    segment = np.array([index[str(s)] for s in members["segment"]], dtype=np.int64)
    counted = app.engine.aggregate(HOST_FEATURES["usage.cells"], who, day)
    cells, usage = usage_by_segment(counted, customers, segment, len(rows))
    reach = reach_by_segment(app, customers, segment, len(rows))
    words = profile_words(tables.get("profile"))
    cards = tuple(
        _card(row, cells, usage[i], reach, i, own_words(row) or words.get(str(row["segment"]), ()))
        for i, row in enumerate(rows)
    )
    return SegmentBook(cards, cells, usage)


def usage_by_segment(
    counted: Any, customers: Ints, segment: Ints, segments: int
) -> tuple[tuple[tuple[str, str], ...], np.ndarray[Any, np.dtype[np.float64]]]:
    """The (channel, mode) pairs of the catalogue and each segment's shares of them, shape (segments, pairs)."""
    pairs = tuple(dict.fromkeys((cell.channel, cell.mode) for cell in CELLS))
    rows = np.searchsorted(counted.column("customer").to_numpy(), customers)
    totals = np.zeros((segments, len(pairs)))
    for cell in CELLS:
        counts = counted.column(f"c{cell.row:02d}").to_numpy()[rows].astype(float)
        totals[:, pairs.index((cell.channel, cell.mode))] += np.bincount(segment, counts, segments)
    return pairs, totals / np.maximum(totals.sum(axis=1, keepdims=True), 1.0)


@dataclass(frozen=True)
class Reach:
    """How many members of each segment may be sent offers now: on any channel, and by channel."""

    members: Ints
    anyhow: Ints
    by_channel: dict[str, Ints]


def reach_by_segment(app: App, customers: Ints, segment: Ints, segments: int) -> Reach:
    """Counted from the ledger at the bank's clock, never from what the run stored."""
    anyhow = np.zeros(len(customers), dtype=bool)
    by_channel = {}
    with app.store.whole.reader() as raw:  # sums of a whole segment, whoever looks at it
        for channel in MARKETING_CHANNELS:
            found = permission_states(raw, "marketing", channel, app.store.clock())
            granted = np.isin(customers, found.customers[found.codes == STATES.index("granted")])
            by_channel[channel] = np.bincount(segment[granted], minlength=segments)
            anyhow |= granted
    return Reach(np.bincount(segment, minlength=segments), np.bincount(segment[anyhow], minlength=segments), by_channel)


def _card(
    row: dict[str, Any], cells: tuple[tuple[str, str], ...], usage: Any, reach: Reach, i: int, words: tuple[str, ...]
) -> SegmentCard:
    members = int(reach.members[i])
    best = max(MARKETING_CHANNELS, key=lambda c: int(reach.by_channel[c][i]))
    shown = members >= FEW
    share, value = row["share"], row["value_share"]
    return SegmentCard(
        code=str(row["segment"]), name=str(row["name"] or ""), tier1=str(row["tier1"]), n=int(row["n"]), share=share,
        value_share=value, value_ratio=value / share if share and value is not None else None,
        stability=row["stability"],
        channels=_top((c for c, _ in cells), usage), modes=_top((m for _, m in cells), usage),
        degree=int(reach.anyhow[i]) / members if shown else None, contactable=int(reach.anyhow[i]) if shown else 0,
        best_channel=channel_word(best) if shown and reach.by_channel[best][i] else None, words=words,
    )  # fmt: skip


def _top(names: Iterable[str], usage: Any) -> Shares:
    """Shares by name, largest first; those below 10 % are left out, but the first always stays."""
    sums: dict[str, float] = {}
    for name, share in zip(names, usage.tolist(), strict=True):
        sums[name] = sums.get(name, 0.0) + share
    ranked = sorted(((n, s) for n, s in sums.items() if s > 0), key=lambda pair: (-pair[1], pair[0]))
    return tuple((channel_word(n), s) for i, (n, s) in enumerate(ranked) if i == 0 or s >= 0.1)


def channel_word(name: str) -> str:
    return CHANNEL_WORDS.get(name, name.replace("_", " "))


def _list(shares: Shares) -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in shares) or "nothing"


def own_words(row: dict[str, Any]) -> tuple[str, ...]:
    """What the analysis itself says of a segment, in its columns `words` and `rule`; () where it says nothing."""
    return tuple(str(row[name]).rstrip(".") for name in ("words", "rule") if row.get(name))


def profile_words(profile: pd.DataFrame | None) -> dict[str, tuple[str, ...]]:
    """The five largest differences of each segment from the rest, by |d|, as phrases."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in plain_rows(profile) if profile is not None else ():
        if row["d"] is not None:
            found.setdefault(str(row["segment"]), []).append(row)
    return {
        code: tuple(_phrase(r) for r in sorted(rows, key=lambda r: (-abs(r["d"]), str(r["field"])))[:5])
        for code, rows in found.items()
    }


def _phrase(row: dict[str, Any]) -> str:
    field = str(row["field"]).replace("_", " ")
    if row["lift"] is None:
        return f"{field} {'above' if row['d'] > 0 else 'below'} the rest (d {row['d']:+.1f})"
    return f"{field} {row['lift']:.1f} x the mean (d {row['d']:+.1f})"
