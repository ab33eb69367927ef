"""The analytics tables: integer columns over the bank's tables, read window by window; words become codes.

No names, no contact data. Times are epoch seconds UTC, money is minor units, `month` is YYYYMM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from crmdesk.domain.customer import GENDERS, KINDS, PRODUCT_FAMILIES
from crmdesk.domain.errors import BadInput
from crmdesk.domain.interaction import ANSWERED, RESPONSES
from crmdesk.domain.permission import MARKETING_CHANNELS


@dataclass(frozen=True)
class Column:
    """One integer expression in SQL.

    `words`: a query of (stored number, word) that makes it a coded column; words outside it are refused in a
    comparison if `closed`, else never met. `join`: what the expression needs beside the table's own FROM.
    """

    sql: str
    words: str = ""
    closed: bool = False
    join: str = ""

    @property
    def coded(self) -> bool:
        return bool(self.words)


@dataclass(frozen=True)
class Table:
    """`window` is the integer key the reader walks along in `walked`; `time` sorts events of one customer."""

    name: str
    source: str
    walked: str
    window: str
    where: str
    time: str
    columns: Mapping[str, Column] = field(default_factory=dict)
    only: tuple[str, str] | None = None  # (expression, query of the numbers that count)

    def column(self, name: str) -> Column:
        """The column, or BadInput naming those there are."""
        if name not in self.columns:
            known = ", ".join(self.columns)
            raise BadInput(f"The analytics table '{self.name}' has no column '{name}'; known: {known}.")
        return self.columns[name]


def _fixed(sql: str, words: tuple[str, ...]) -> Column:
    """A column of known words."""
    numbered = list(enumerate(sorted(words)))
    cases = " ".join(f"WHEN '{word}' THEN {number}" for number, word in numbered)
    values = ", ".join(f"({number}, '{word}')" for number, word in numbered)
    return Column(f"CASE {sql} {cases} END", words=f"SELECT column1, column2 FROM (VALUES {values})", closed=True)


def _free(table: str, name: str, alias: str) -> Column:
    """A column of free words: numbered in the bank, alphabetically."""
    ranked = (
        f'SELECT "{name}" AS word, row_number() OVER (ORDER BY "{name}") AS code '
        f'FROM (SELECT DISTINCT "{name}" FROM "{table}" WHERE "{name}" IS NOT NULL)'
    )
    joined = f"words_{name}"
    return Column(
        f"{joined}.code", words=f"SELECT code, word FROM ({ranked})",
        join=f'LEFT JOIN ({ranked}) {joined} ON {joined}.word = {alias}."{name}"',
    )  # fmt: skip


def _day_s(sql: str) -> str:
    return f"unixepoch({sql})"


_MIDNIGHT = "(i.occurred_s - (i.occurred_s % 86400 + 86400) % 86400)"
_PRODUCTS = "SELECT id, code FROM product"
_PRODUCT_NAMES = "SELECT id, name FROM product"
_CAMPAIGNS = "SELECT id, code FROM campaign"

# Only what customers did: their own acts, or the bank's that they answered; the bank's own postings never.
_WORDS = ", ".join(f"'{word}'" for word in ANSWERED)
ACTIVITY: Final = f"(i.initiated_by = 'customer' OR i.response IN ({_WORDS}))"
# Neither a reversal nor what it took back counts: there are few, and one look into a small set answers for both.
# What was taken back after the as-of day was not known to be wrong on it.
_REVERSED = (
    "SELECT id FROM interaction WHERE reverses IS NOT NULL UNION ALL SELECT reverses FROM interaction"
    " WHERE reverses IS NOT NULL"
)
STANDING: Final = f"i.id NOT IN ({_REVERSED})"
_STOOD = f"i.id NOT IN ({_REVERSED} AND (recorded_s IS NULL OR recorded_s < :stop_s))"
INTERACTIONS: Final = Table(
    "interactions", source="interaction i", walked="interaction", window="i.id",
    where=f"{ACTIVITY} AND i.occurred_s >= :start_s AND i.occurred_s < :stop_s "
    f"AND (i.recorded_s IS NULL OR i.recorded_s < :stop_s) AND {_STOOD}",
    time="occurred_s", only=("i.catalogue_id", "SELECT id FROM catalogue WHERE counts"),
    columns={
        "customer": Column("i.customer_id"),
        "occurred_s": Column("i.occurred_s"),
        "recorded_s": Column("i.recorded_s"),
        "cell": Column("i.catalogue_id", words="SELECT id, id FROM catalogue"),
        "channel": Column("i.catalogue_id", words="SELECT id, channel FROM catalogue", closed=True),
        "mode": Column("i.catalogue_id", words="SELECT id, mode FROM catalogue", closed=True),
        "activity": Column("i.catalogue_id", words="SELECT id, activity FROM catalogue", closed=True),
        "amount": Column("i.amount"),
        "product": Column("i.product_id", words=_PRODUCTS),
        "campaign": Column("i.campaign_id", words=_CAMPAIGNS),
        "response": _fixed("i.response", RESPONSES),
        "hour": Column("CASE WHEN i.time_known THEN (i.occurred_s % 86400 + 86400) % 86400 / 3600 END"),
        "weekday": Column(f"(({_MIDNIGHT} / 86400) % 7 + 10) % 7"),  # Monday 0; 1 January 1970 was a Thursday
        "month": Column("CAST(strftime('%Y%m', i.occurred_s, 'unixepoch') AS INTEGER)"),
    },
)  # fmt: skip

_ACCOUNT = {
    "account": Column("a.id"),
    "product": Column("a.product_id", words=_PRODUCTS),
    "product_name": Column("a.product_id", words=_PRODUCT_NAMES),
    "family": _fixed("p.family", PRODUCT_FAMILIES),
    "currency": _free("account", "currency", "a"),
}

# One row per owner, account and month that has ended; a joint account counts for each owner.
BALANCES: Final = Table(
    "balances",
    source="balance_month b CROSS JOIN account a ON a.id = b.account_id CROSS JOIN product p ON p.id = a.product_id "
    "CROSS JOIN holding h ON h.account_id = a.id AND h.role = 'owner'",
    walked="balance_month", window="b.rowid", where="b.month < :before_month AND b.month >= :from_month", time="month",
    columns={
        "customer": Column("h.customer_id"), **_ACCOUNT,
        "month": Column("CAST(replace(b.month, '-', '') AS INTEGER)"),
        "average": Column('b."average"'), "end": Column('b."end"'),
    },
)  # fmt: skip

# What the as-of day could not know, such as a later closing, is NULL.
HOLDINGS: Final = Table(
    "holdings",
    source="holding h CROSS JOIN account a ON a.id = h.account_id CROSS JOIN product p ON p.id = a.product_id",
    walked="holding", window="h.id", where="a.opened_on <= :day AND a.opened_on > :after", time="opened_s",
    columns={
        "customer": Column("h.customer_id"), **_ACCOUNT,
        "role": _fixed("h.role", ("owner", "authorised")),
        "opened_s": Column(_day_s("a.opened_on")),
        "closed_s": Column(f"CASE WHEN a.closed_on <= :day THEN {_day_s('a.closed_on')} END"),
        "principal": Column("a.principal"),
    },
)  # fmt: skip

# A control customer was not contacted: the campaign's first day stands for the contact.
_CONTACTED = "coalesce(substr(k.contacted_at, 1, 19), g.starts_on)"
_ANSWERED_BY_THEN = "substr(k.responded_at, 1, 10) <= :day"
_RESPONSE = _fixed("k.response", RESPONSES)
CONTACTS: Final = Table(
    "contacts", source="contact k CROSS JOIN campaign g ON g.id = k.campaign_id", walked="contact", window="k.id",
    where=f"substr({_CONTACTED}, 1, 10) <= :day AND substr({_CONTACTED}, 1, 10) > :after", time="occurred_s",
    columns={
        "customer": Column("k.customer_id"),
        "campaign": Column("k.campaign_id", words=_CAMPAIGNS),
        "arm": _free("contact", "arm", "k"),
        "channel": _fixed("k.channel", MARKETING_CHANNELS),
        "occurred_s": Column(_day_s(_CONTACTED)),
        "contacted_s": Column(_day_s("substr(k.contacted_at, 1, 19)")),
        "duration_s": Column("k.duration_s"),
        "responded_s": Column(f"CASE WHEN {_ANSWERED_BY_THEN} THEN {_day_s('substr(k.responded_at, 1, 19)')} END"),
        "response": replace(
            _RESPONSE, sql=f"CASE WHEN k.responded_at IS NULL OR {_ANSWERED_BY_THEN} THEN {_RESPONSE.sql} END"
        ),
    },
)  # fmt: skip

CUSTOMERS: Final = Table(
    "customers", source="customer c", walked="customer", window="c.id",
    where="(c.joined_on IS NULL OR c.joined_on <= :day) AND coalesce(c.joined_on, '9999-12-31') > :after",
    time="joined_s",
    columns={
        "customer": Column("c.id"),
        "kind": _fixed("c.kind", KINDS),
        "gender": _fixed("c.gender", GENDERS),
        "birth_year": Column("CAST(substr(c.birth_date, 1, 4) AS INTEGER)"),
        "occupation": _free("customer", "occupation", "c"),
        "education": _free("customer", "education", "c"),
        "income": Column("c.income"),
        "branch": Column("c.branch_id", words="SELECT id, code FROM branch"),
        "joined_s": Column(_day_s("c.joined_on")),
        "left_s": Column(f"CASE WHEN c.left_on <= :day THEN {_day_s('c.left_on')} END"),
    },
)  # fmt: skip

TABLES: Final = {table.name: table for table in (INTERACTIONS, BALANCES, HOLDINGS, CONTACTS, CUSTOMERS)}


def table(name: str) -> Table:
    """The analytics table of this name, or BadInput naming those there are."""
    if name not in TABLES:
        raise BadInput(f"There is no analytics table '{name}'; known: {', '.join(TABLES)}.")
    return TABLES[name]
