"""SQL of one customer's page: identity, accounts with their months, the timeline, and the segment."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple

from crmdesk.domain.interaction import SYSTEM
from crmdesk.domain.permission import TOUCHPOINTS
from crmdesk.store.queries.permissions import day, moment

MONTHS_SHOWN: Final = 13
_DAY: Final = 86_400
_EPOCH: Final = date(1970, 1, 1).toordinal()
# Contacts of campaigns stand in the lane of the touchpoint that their channel belongs to.
_LANE: Final = (
    "CASE c.channel " + " ".join(f"WHEN '{c}' THEN '{t}'" for t, channels in TOUCHPOINTS.items() for c in channels)
    + " ELSE coalesce(c.channel, 'post') END"
)  # fmt: skip
_NOTE: Final = (
    "CASE WHEN {0}.detail IS NULL THEN '' WHEN json_valid({0}.detail)"
    " THEN coalesce({0}.detail ->> '$.note', {0}.detail ->> '$.text', '')"
    " ELSE {0}.detail END"
)
# A reversal is told with the row that it took back, not beside it.
_INTERACTIONS: Final = f"""
SELECT i.occurred_s AS at, i.time_known AS timed, k.channel AS channel, k.mode AS mode, k.activity AS activity,
       k.label AS label, i.amount AS amount, i.currency AS currency, i.response AS response,
       i.initiated_by AS by, g.name AS campaign, i.id AS id, r.occurred_s AS reversed_s,
       {_NOTE.format("i")} AS note, {_NOTE.format("r")} AS why
FROM interaction i JOIN catalogue k ON k.id = i.catalogue_id LEFT JOIN campaign g ON g.id = i.campaign_id
LEFT JOIN interaction r ON r.reverses = i.id
WHERE i.customer_id = :customer AND i.reverses IS NULL
"""
_CONTACTS: Final = f"""
SELECT CAST(strftime('%s', c.contacted_at) AS INTEGER) AS at, 1 AS timed, {_LANE} AS channel, 'promotional' AS mode,
       'contact' AS activity, 'Contact by ' || replace(coalesce(c.channel, 'post'), '_', ' ') AS label, NULL AS amount,
       NULL AS currency, c.response AS response, 'bank' AS by, g.name AS campaign, NULL AS id, NULL AS reversed_s,
       '' AS note, '' AS why
FROM contact c JOIN campaign g ON g.id = c.campaign_id
WHERE c.customer_id = :customer AND c.contacted_at IS NOT NULL
"""


@dataclass(frozen=True)
class Identity:
    """The customer row with its branch and manager in words."""

    id: int
    number: str
    kind: str
    given_name: str | None
    family_name: str
    birth_date: date | None
    gender: str
    occupation: str | None
    education: str | None
    email: str | None
    phone: str | None
    street: str | None
    city: str | None
    postcode: str | None
    country: str | None
    branch: str
    manager: str | None
    joined_on: date | None
    left_on: date | None
    restricted: bool


@dataclass(frozen=True)
class AccountRow:
    """An account the customer owns or may use; `months` maps YYYY-MM to its balance in minor units."""

    id: int
    number: str
    product: str
    family: str
    currency: str
    role: str
    opened_on: date
    closed_on: date | None
    principal: int | None
    months: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class TimelineFilter:
    """Which events: empty means all; `postings` adds those the bank made itself, such as interest."""

    channels: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    month: str = ""
    postings: bool = False


class Event(NamedTuple):
    """One mark of the timeline, a tuple because a page makes hundreds; `at` epoch seconds UTC, `amount` minor units.

    `id` is the interaction's, None for a campaign's contact; `reversed`: taken back, it does not count, and `note`
    says when and why. Else `note` is what was written down with it.
    """

    at: int
    time_known: bool
    channel: str
    mode: str
    activity: str
    label: str
    amount: int | None
    currency: str | None
    response: str | None
    by: str
    campaign: str | None
    id: int | None = None
    reversed: bool = False
    note: str = ""


@dataclass(frozen=True)
class SegmentCard:
    """One customer's segment; `strength` 0..1, `size` of the segment among the `mined` customers of the run."""

    name: str
    code: str
    tier1: str
    tier2: str
    strength: float | None
    runner_up: str
    distance_pct: float | None
    provisional: bool
    run: str
    run_on: date
    as_of: str
    stability: float | None
    size: int
    mined: int


def identity(raw: Any, customer: int) -> Identity:
    row = raw.execute(
        "SELECT c.id, c.number, c.kind, c.given_name, c.family_name, c.birth_date, c.gender, c.occupation, c.education,"
        " c.email, c.phone, c.street, c.city, c.postcode, c.country, b.name, s.name, c.joined_on, c.left_on,"
        " c.restricted FROM customer c JOIN branch b ON b.id = c.branch_id LEFT JOIN staff s ON s.id = c.manager_id"
        " WHERE c.id = ?",
        (customer,),
    ).fetchone()
    values = (*row[:5], day(row[5]), *row[6:17], day(row[17]), day(row[18]), bool(row[19]))
    return Identity(*values)


def accounts(raw: Any, customer: int) -> list[AccountRow]:
    """Accounts with the balances of their last 13 months, oldest account first."""
    rows = raw.execute(
        "SELECT DISTINCT a.id, a.number, p.name, p.family, a.currency, h.role, a.opened_on, a.closed_on, a.principal"
        " FROM holding h JOIN account a ON a.id = h.account_id JOIN product p ON p.id = a.product_id"
        " WHERE h.customer_id = ? ORDER BY a.opened_on, a.id",
        (customer,),
    ).fetchall()
    shaped = [(*r[:6], day(r[6]), day(r[7]), r[8]) for r in rows]
    found = {values[0]: AccountRow(*values) for values in shaped}
    marks = ",".join("?" * len(found))
    balances = raw.execute(
        "SELECT account_id, month, coalesce(end, average) FROM (SELECT *, row_number() OVER"
        f" (PARTITION BY account_id ORDER BY month DESC) AS n FROM balance_month WHERE account_id IN ({marks}))"
        f" WHERE n <= {MONTHS_SHOWN} ORDER BY month",
        list(found),
    )
    for account, month, balance in balances:
        found[account].months[month] = balance
    return list(found.values())


def _chosen(customer: int, wanted: TimelineFilter, *, standing: bool = False) -> tuple[str, dict[str, Any]]:
    """Which rows of the timeline as a condition with parameters; `standing` without those that were reversed."""
    parameters: dict[str, Any] = {"customer": customer}
    conditions = [] if wanted.postings or SYSTEM in wanted.channels else [f"channel <> '{SYSTEM}'"]
    if standing:
        conditions.append("reversed_s IS NULL")
    for column, chosen in (("channel", wanted.channels), ("mode", wanted.modes), ("activity", wanted.activities)):
        if chosen:
            names = {f"{column}{i}": value for i, value in enumerate(chosen)}
            parameters.update(names)
            conditions.append(f"{column} IN ({', '.join(':' + n for n in names)})")
    if wanted.month:
        parameters["month"] = wanted.month
        conditions.append("strftime('%Y-%m', at, 'unixepoch') = :month")
    return f"WHERE {' AND '.join(conditions)}" if conditions else "", parameters


def events(raw: Any, customer: int, wanted: TimelineFilter, limit: int, *, notes: bool = True) -> list[Event]:
    """The newest `limit` events, newest first, those that were reversed among them; without `notes` no free text."""
    where, parameters = _chosen(customer, wanted)
    # Each by itself comes in the order of an index; together they would be sorted with all their columns.
    rows, contacts = (
        raw.execute(f"SELECT * FROM ({part}) {where} ORDER BY at DESC LIMIT {int(limit)}", parameters).fetchall()
        for part in (_INTERACTIONS, _CONTACTS)
    )
    if contacts:
        rows = sorted((*rows, *contacts), key=itemgetter(0), reverse=True)[:limit]
    # A page makes hundreds of these: nothing is called for what most rows have not, a note or a reversal.
    made = Event._make
    return [
        made((r[0], r[1] == 1, *r[2:12], False, "") if r[12] is None and not (notes and r[13]) else
             (r[0], r[1] == 1, *r[2:12], r[12] is not None, _note(r[12], r[13], r[14], notes)))
        for r in rows
    ]  # fmt: skip


def _note(reversed_s: int | None, note: str, why: str, notes: bool) -> str:
    """What was written down with an interaction; of one that was reversed also when and why."""
    if reversed_s is None:
        return note if notes else ""
    on = datetime.fromtimestamp(reversed_s, UTC)
    words = f"Reversed {on.day} {on:%b} {on.year}"
    return f"{words}: {why}" + (f" ({note})" if note else "") if notes else words


def months(raw: Any, customer: int, wanted: TimelineFilter) -> list[tuple[str, str, str, int]]:
    """(YYYY-MM, channel, mode, events), oldest first, of the events that count: those not reversed."""
    where, parameters = _chosen(customer, wanted, standing=True)
    month = "strftime('%Y-%m', at, 'unixepoch')"
    told = f"({_INTERACTIONS} UNION ALL {_CONTACTS})"
    sql = f"SELECT {month}, channel, mode, count(*) FROM {told} {where} GROUP BY 1, 2, 3 ORDER BY 1"
    return list(raw.execute(sql, parameters))


def monthly(events: Iterable[Event]) -> list[tuple[str, str, str, int]]:
    """What `months` gives, counted from all the events there are."""
    counts = Counter((_month(e.at // _DAY), e.channel, e.mode) for e in events if not e.reversed)
    return [(*key, number) for key, number in sorted(counts.items())]


@lru_cache(maxsize=20_000)
def _month(days: int) -> str:
    """YYYY-MM of a day counted from 1970."""
    return date.fromordinal(_EPOCH + days).isoformat()[:7]


def postings(raw: Any, customer: int) -> int:
    """How many rows the bank posted itself."""
    (count,) = raw.execute(
        "SELECT count(*) FROM interaction WHERE customer_id = ? AND catalogue_id IN"
        " (SELECT id FROM catalogue WHERE channel = ?)", (customer, SYSTEM),
    ).fetchone()  # fmt: skip
    return int(count)


def segment(raw: Any, customer: int) -> SegmentCard | None:
    """The place in the latest run that made segments; None where that run left the customer out."""
    row = raw.execute(
        "SELECT s.name, s.code, m.tier1, m.tier2, m.strength, coalesce(o.name, m.runner_up, ''), m.distance_pct,"
        " m.provisional, r.uuid, r.ended_at, r.as_of, s.stability, s.size,"
        " (SELECT count(*) FROM segment_membership x WHERE x.run_id = m.run_id)"
        " FROM segment_membership m JOIN segment s ON s.id = m.segment_id JOIN run r ON r.id = m.run_id"
        " LEFT JOIN segment o ON o.run_id = m.run_id AND o.code = m.runner_up"
        " WHERE m.customer_id = ? AND m.run_id = (SELECT max(run_id) FROM segment)", (customer,),
    ).fetchone()  # fmt: skip
    values = (*row[:7], bool(row[7]), row[8], moment(row[9]).date(), *row[10:]) if row else None
    return SegmentCard(*values) if values else None
