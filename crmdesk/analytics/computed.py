"""Host features that are no plain measures: money now, the person's card, permissions, the segment.

Each is a function (raw, customers, as_of, clock, progress, cancel) -> pyarrow.Table with `customer` first,
one row per customer in the order given; the engine answers for their ids through COMPUTED.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.analytics import ledger
from crmdesk.analytics.expressions import Words
from crmdesk.analytics.period import Period
from crmdesk.analytics.reading import NULL, Places, read_windows, read_words
from crmdesk.analytics.tables import CUSTOMERS
from crmdesk.domain.permission import CONSENT_PURPOSES, MARKETING_CHANNELS, PURPOSES, STATES, STRICTNESS, TOUCHPOINTS
from crmdesk.jobs import Cancelled, Progress

if TYPE_CHECKING:
    import pyarrow as pa

Ints = NDArray[np.int64]
Cancel = Callable[[], bool]
# column -> family of products; the amount is the last ended month's average, for debts as owed.
MONEY: Final = {
    "balance": "current", "savings": "savings", "mortgage": "mortgage", "loan": "loan",
    "investments": "investment", "card_spend": "card",
}  # fmt: skip
DEBTS: Final = ("mortgage", "loan")
AGE_BANDS: Final = ("under 18", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")
_AGES: Final = (18, 25, 35, 45, 55, 65)
_UNKNOWN_AGE: Final = 500
_MICROS_A_DAY: Final = 86_400_000_000


def _watched(
    windows: Iterator[tuple[float, list[Ints]]], text: str, progress: Progress, cancel: Cancel
) -> Iterator[list[Ints]]:
    for fraction, arrays in windows:
        if cancel():
            raise Cancelled
        progress.step(fraction, text)
        yield arrays


def money(raw: Any, customers: Ints, as_of: date, clock: datetime, progress: Progress, cancel: Cancel) -> pa.Table:
    """Float64 minor units per family held by the customer as owner at the end of `as_of`; NaN = not held.

    Of each account the latest month that ended by `as_of` counts, with its average; a debt without months counts
    with its principal, as owed; `card_spend` is the month's average of card accounts.
    """
    import pyarrow as pa

    names = list(MONEY)
    families = " ".join(f"WHEN '{family}' THEN {place}" for place, family in enumerate(MONEY.values()))
    debts = ", ".join(f"'{MONEY[name]}'" for name in DEBTS)
    amount = f'CASE WHEN p.family IN ({debts}) THEN abs(coalesce(b."average", a.principal)) ELSE b."average" END'
    source = (
        "FROM holding h CROSS JOIN account a ON a.id = h.account_id CROSS JOIN product p ON p.id = a.product_id "
        "LEFT JOIN balance_month b ON b.account_id = a.id AND b.month = (SELECT max(m.month) FROM balance_month m "
        "WHERE m.account_id = a.id AND m.month < :before_month) "
        "WHERE h.role = 'owner' AND a.opened_on <= :day AND (a.closed_on IS NULL OR a.closed_on > :day)"
    )
    parameters = Period(as_of).parameters()
    total, held = np.zeros((2, len(customers), len(names)))
    places = Places(customers)
    windows = read_windows(raw, source, "holding", "h.id",
                           ["h.customer_id", f"CASE p.family {families} END", amount], parameters)  # fmt: skip
    for customer, family, value in _watched(windows, "Reading balances", progress, cancel):
        place = places.of(customer)
        keep = (place >= 0) & (family != NULL) & (value != NULL)
        np.add.at(total, (place[keep], family[keep]), value[keep].astype(np.float64))
        held[place[keep], family[keep]] = 1
    total[held == 0] = np.nan
    return pa.table({"customer": customers, **{name: total[:, place].copy() for place, name in enumerate(names)}})


def person(raw: Any, customers: Ints, as_of: date, clock: datetime, progress: Progress, cancel: Cancel) -> pa.Table:
    """Words: kind, age_band at `as_of`, branch, occupation, education; join_year int64; NULL where unknown."""
    import pyarrow as pa

    coded = ("kind", "branch", "occupation", "education")
    words = {name: read_words(raw, CUSTOMERS.column(name)) for name in coded}
    age = f"{as_of.year} - CAST(substr(c.birth_date, 1, 4) AS INTEGER) - (substr(c.birth_date, 6) > '{as_of:%m-%d}')"
    sql = [CUSTOMERS.column(name).sql for name in coded]
    sql += [f"coalesce({age}, {_UNKNOWN_AGE})", "CAST(substr(c.joined_on, 1, 4) AS INTEGER)"]
    joins = " ".join(CUSTOMERS.column(name).join for name in coded)
    found = np.full((len(sql), len(customers)), NULL, np.int64)
    places = Places(customers)
    windows = read_windows(raw, f"FROM customer c {joins} WHERE 1", "customer", "c.id", ["c.id", *sql], {})
    for customer, *values in _watched(windows, "Reading customers", progress, cancel):
        place = places.of(customer)
        found[:, place[place >= 0]] = np.array(values)[:, place >= 0]
    columns = {name: _words(words[name], found[row]) for row, name in enumerate(coded)}
    ages, joined = found[-2], found[-1]
    columns["age_band"] = _category(np.searchsorted(_AGES, ages, side="right"), AGE_BANDS, ages < _UNKNOWN_AGE)
    columns["join_year"] = pa.array(joined, mask=joined == NULL)
    order = ("kind", "age_band", "join_year", "branch", "occupation", "education")
    return pa.table({"customer": customers, **{name: columns[name] for name in order}})


def permission(raw: Any, customers: Ints, as_of: date, clock: datetime, progress: Progress, cancel: Cancel) -> pa.Table:
    """State at the bank's clock, never at `as_of`, and days since the deciding event (NaN: none).

    `state_<purpose>_<channel>` and `age_<purpose>_<channel>` for purposes with channels, `state_<purpose>` and
    `age_<purpose>` for the others; `granted_channel` and `granted_touchpoint` of the last consent grant (NULL: none).
    """
    import pyarrow as pa

    events = ledger.known_by(ledger.read_ledger(raw), clock)
    cells = [(p, c) for p in CONSENT_PURPOSES for c in MARKETING_CHANNELS]
    wanted: list[tuple[str, str | None]] = [*cells, *((p, None) for p in PURPOSES if p not in CONSENT_PURPOSES)]
    now = ledger.micros(clock)
    columns: dict[str, Any] = {"customer": customers}
    for done, (purpose, channel) in enumerate(wanted):
        if cancel():
            raise Cancelled
        progress.step(done / len(wanted), "Reading permissions")
        found = ledger.states(events, customers, purpose, channel, clock.date())
        end = purpose if channel is None else f"{purpose}_{channel}"
        columns[f"state_{end}"] = _category(found.codes, STATES)
        columns[f"age_{end}"] = np.where(found.seq > 0, (now - found.effective) / _MICROS_A_DAY, np.nan)
    return pa.table({**columns, **_last_grant(events, customers)})


def _last_grant(events: ledger.Ledger, customers: Ints) -> dict[str, pa.Array]:
    """Channel of the last consent grant, and its touchpoint: the event's source if that is one, else by channel."""
    consent = np.isin(events.purpose, [PURPOSES.index(p) for p in CONSENT_PURPOSES])
    rows = np.flatnonzero((events.status == STRICTNESS["granted"]) & consent & np.isin(events.customer, customers))
    last = np.full(len(customers), -1, np.int64)
    last[np.searchsorted(customers, events.customer[rows])] = rows  # rows come in time order: the last one stays
    has = last >= 0
    channel, source = np.full(len(customers), -1), np.full(len(customers), -1)
    channel[has], source[has] = events.channel[last[has]], events.source[last[has]]
    home = {c: ledger.TOUCHPOINTS.index(t) for t, channels in TOUCHPOINTS.items() for c in channels}
    by_channel = np.array([*(home.get(c, -1) for c in MARKETING_CHANNELS), -1])  # the last place answers -1: no channel
    place = np.where(source >= 0, source, by_channel[np.where(channel >= 0, channel, -1)])
    return {
        "granted_channel": _category(channel, MARKETING_CHANNELS, channel >= 0),
        "granted_touchpoint": _category(place, ledger.TOUCHPOINTS, place >= 0),
    }


def _category(codes: NDArray[Any], words: Sequence[str], known: NDArray[np.bool_] | None = None) -> pa.Array:
    import pyarrow as pa

    indices = pa.array(codes.astype(np.int32), mask=None if known is None else ~known)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(words), pa.string()))


def _words(words: Words, stored: Ints) -> pa.Array:
    known = stored != NULL
    return _category(words.rank[np.where(known, stored, 0)], words.words, known)


def segment(raw: Any, customers: Ints, as_of: date, clock: datetime, progress: Progress, cancel: Cancel) -> pa.Table:
    """Words: segment (its name, its code where it has none) and tier1, in the latest run that made segments.

    Only runs on data up to `as_of` count, and never one for credit: its results may not reach marketing. NULL for who
    has no place in it, and for everybody where there is no such run.
    """
    import pyarrow as pa

    (run,) = raw.execute(
        "SELECT max(s.run_id) FROM segment s JOIN run r ON r.id = s.run_id WHERE r.outcome = 'done' AND r.as_of <= ? "
        "AND r.purpose <> 'credit'", (as_of.isoformat(),),
    ).fetchone()  # fmt: skip
    named = raw.execute("SELECT id, name, code FROM segment WHERE run_id = ?", (run,)).fetchall()
    groups = "SELECT segment_id, min(tier1) FROM segment_membership WHERE run_id = ? GROUP BY segment_id"
    texts = {"segment": _distinct(named), "tier1": dict(raw.execute(groups, (run,)))}
    ids = np.full(len(customers), NULL, np.int64)
    if run is not None:
        windows = read_windows(raw, "FROM segment_membership m WHERE m.run_id = :run", "segment_membership",
                               "m.customer_id", ["m.customer_id", "m.segment_id"], {"run": run})  # fmt: skip
        places = Places(customers)
        for customer, found in _watched(windows, "Reading segments", progress, cancel):
            place = places.of(customer)
            ids[place[place >= 0]] = found[place >= 0]
    return pa.table({"customer": customers, **{name: _texts(ids, of) for name, of in texts.items()}})


def _distinct(named: list[tuple[int, str, str]]) -> dict[int, str]:
    """A word for each segment; those that share a name are told apart by their code."""
    often = Counter(name for _, name, _ in named)
    return {key: code if not name else name if often[name] == 1 else f"{name} ({code})" for key, name, code in named}


def _texts(ids: Ints, texts: Mapping[int, str]) -> pa.Array:
    """The words of these ids; NULL where an id has none."""
    words = sorted(set(texts.values()))
    keys = np.array(sorted(texts), np.int64)
    codes = np.array([words.index(texts[key]) for key in keys.tolist()] or [0], np.int64)
    known = np.isin(ids, keys)
    return _category(codes[np.where(known, np.searchsorted(keys, ids), 0)], words, known)


COMPUTED: Final = {
    "money.current": money, "person.card": person, "permission.states": permission, "segment.current": segment,
}  # fmt: skip
