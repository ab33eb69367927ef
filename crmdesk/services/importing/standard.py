"""The standard profile: nine files in the bank's own words, from customers to feedback."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from crmdesk.domain.customer import GENDERS, KINDS, PRODUCT_FAMILIES, RELATIONS
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.interaction import INITIATORS, RESPONSES
from crmdesk.domain.own_field import PREFIX
from crmdesk.domain.permission import MARKETING_CHANNELS, PURPOSES
from crmdesk.services.importing import standard_rows as rows
from crmdesk.services.importing import workbook
from crmdesk.services.importing.grammar import code, day, decimal, moment, month, own, pattern, seconds, text, whole
from crmdesk.services.importing.layout import Check, Column, Context, Layout
from crmdesk.services.importing.reading import SPREADSHEET, Source
from crmdesk.store.queries import importing_standard as load
from crmdesk.store.queries.customer_edit import OwnField
from crmdesk.store.queries.importing import unknown

NAMES: Final = ("customers", "products", "holdings", "balances", "campaigns", "interactions", "permissions", "contacts",
                "feedback")  # fmt: skip
OBLIGATORY: Final = "customers"
ENDINGS: Final = (".csv", ".parquet", SPREADSHEET)
STATUSES: Final = ("asked", "granted", "refused", "withdrawn", "objected")
LEGAL_BASES: Final = ("consent", "soft_opt_in", "legitimate_interest", "contract", "legal_duty", "vital_interest",
                      "public_task")  # fmt: skip
BASIS_WORDS: Final = {"legal_obligation": "legal_duty", "legal obligation": "legal_duty", "legal duty": "legal_duty",
                      "soft opt-in": "soft_opt_in", "legitimate interest": "legitimate_interest"}  # fmt: skip


def _reference(column: str, table: str, key: str) -> Check:
    return Check("unknown_ref", column, f"no {table} '{{0}}' in the bank or this import", unknown(column, table, key))


_CUSTOMER = _reference("customer", "customer", "number")
_PRODUCT = _reference("product", "product", "code")
_CAMPAIGN = _reference("campaign", "campaign", "code")


def sources(place: Path) -> list[Source]:
    """The files of a folder, or the one file (an Excel workbook: its sheets), in the order they are loaded."""
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    found: dict[str, Source] = {}
    for path in files:
        ending = path.suffix.lower()
        if ending not in ENDINGS or not path.is_file():
            continue
        if ending == SPREADSHEET:
            tables = [Source(f"{path.name}#{s}", path, s.strip().lower(), s) for s in workbook.sheet_names(path)]
        else:
            tables = [Source(path.name, path, path.stem.lower())]
        for table in tables:
            if table.layout in NAMES and found.setdefault(table.layout, table) is not table:
                raise CrmdeskError(f"{found[table.layout].name} and {table.name} both hold {table.layout}; keep one.")
    if not found or (place.is_dir() and OBLIGATORY not in found):
        raise CrmdeskError(f"{place} has no {OBLIGATORY}.csv; the standard layout needs at least that file.")
    return [found[name] for name in NAMES if name in found]


def layouts(context: Context) -> dict[str, Layout]:
    made = (_customers(context), _products(), _holdings(context), _balances(context), _campaigns(),
            _interactions(context), _permissions(context), _contacts(context), _feedback(context))  # fmt: skip
    return {layout.name: layout for layout in made}


def _customers(c: Context) -> Layout:
    columns = (
        Column("customer", text("customer", 64), True),
        Column("kind", code("kind", KINDS), True),
        Column("given_name", text("given_name")),
        Column("family_name", text("family_name"), True),
        Column("birth_date", day("birth_date", high=c.today)),
        Column("gender", code("gender", GENDERS)),
        Column("occupation", text("occupation")),
        Column("education", text("education")),
        Column("income", decimal("income", positive=True)),
        Column("email", pattern("email", r"[^@\s]+@[^@\s]+", "mail address")),
        Column("phone", pattern("phone", r"(?:[^0-9]*[0-9]){6,}[^0-9]*", "phone number of 6 or more digits")),
        *(Column(name, text(name)) for name in ("street", "city", "postcode")),
        Column("country", pattern("country", r"[A-Za-z]{2}", "country code of 2 letters", str.upper)),
        *(Column(name, text(name)) for name in ("branch", "manager", "source")),
        Column("joined_on", day("joined_on", latest=c.today)),
        Column("left_on", day("left_on")),
        Column("relation_wanted", code("relation_wanted", RELATIONS)),
        Column("restricted", code("restricted", ("yes", "no"))),
    )
    added = tuple(_own(field, {column.name for column in columns}) for field in c.own)
    checks = (
        _reference("manager", "staff", "login"),
        Check("erased", "customer", "this person was erased on {0} and is not brought back", load.ERASED),
        Check("order", "left_on", "left_on is before joined_on", load.LEFT_BEFORE_JOINED),
    )
    stored = (*(col.name for col in columns), "name_folded", "city_folded", "email_folded", "phone_digits", "custom")
    shape = rows.customer([field.code for field in c.own])
    return Layout("customers", (*columns, *added), stored, shape, load.customers, checks)


def _own(field: OwnField, taken: set[str]) -> Column:
    """A field that the bank added: filled by a column of its code or title, with or without "custom." before it."""
    name = f"{PREFIX}{field.code}"
    aliases = tuple({field.code, field.title.lower()} - taken)
    return Column(name, own(name, field.kind, field.choices), aliases=aliases)


def _products() -> Layout:
    columns = (
        Column("product", text("product"), True),
        Column("name", text("name"), True),
        Column("family", code("family", PRODUCT_FAMILIES), True),
        Column("annual_margin", decimal("annual_margin")),
    )
    return Layout("products", columns, tuple(c.name for c in columns), rows.keyed(1), load.products)


def _holdings(c: Context) -> Layout:
    columns = (
        Column("customer", text("customer"), True),
        Column("product", text("product"), True),
        Column("account", text("account"), True),
        Column("role", code("role", ("owner", "authorised"), {"authorized": "authorised"}), True),
        Column("opened_on", day("opened_on", latest=c.today), True),
        Column("closed_on", day("closed_on")),
        Column("principal", decimal("principal", positive=True)),
    )
    checks = (
        _CUSTOMER,
        _PRODUCT,
        Check("duplicate_key", "account", "{0} is also on row {1} with other content", load.ACCOUNT_DIFFERS),
        Check("order", "closed_on", "closed_on is before opened_on", load.CLOSED_BEFORE_OPENED),
    )
    stored = tuple(col.name for col in columns)
    return Layout("holdings", columns, stored, rows.holding, load.holdings, checks, ("account",))


def _balances(c: Context) -> Layout:
    columns = (
        Column("account", text("account"), True),
        Column("month", month("month", c.today[:7]), True),
        Column("average_balance", decimal("average_balance"), True),
        Column("end_balance", decimal("end_balance")),
    )
    checks = (
        _reference("account", "account", "number"),
        Check("before_open", "month", "account {0} was not open on {1}", load.NOT_OPEN),
    )
    return Layout("balances", columns, tuple(col.name for col in columns), rows.keyed(2), load.balances, checks)


def _campaigns() -> Layout:
    columns = (
        Column("campaign", text("campaign"), True),
        Column("name", text("name"), True),
        Column("starts_on", day("starts_on"), True),
        Column("ends_on", day("ends_on")),
        Column("purpose", code("purpose", PURPOSES), True),
        Column("channels", rows.channel_list),
    )
    checks = (Check("order", "ends_on", "ends_on is before starts_on", load.ENDS_BEFORE_STARTS),)
    return Layout("campaigns", columns, tuple(c.name for c in columns), rows.keyed(1), load.campaigns, checks)


def _interactions(c: Context) -> Layout:
    columns = (
        Column("interaction", text("interaction")),
        Column("customer", text("customer"), True),
        Column("occurred_at", seconds("occurred_at", c.now_s), True),
        *(Column(name, text(name), True) for name in ("channel", "mode", "activity")),
        Column("amount", text("amount")),
        Column("currency", pattern("currency", r"[A-Za-z]{3}", "currency of 3 letters", str.upper)),
        Column("product", text("product")),
        Column("campaign", text("campaign")),
        Column("response", code("response", RESPONSES)),
        Column("initiated_by", code("initiated_by", INITIATORS)),
        Column("detail", text("detail")),
    )
    stored = ("interaction", "customer", "occurred_s", "time_known", "cell", "amount", "currency", "product",
              "campaign", "response", "initiated_by", "detail")  # fmt: skip
    checks = (_CUSTOMER, _PRODUCT, _CAMPAIGN)
    return Layout("interactions", columns, stored, rows.interaction(c), load.interactions, checks)


def _permissions(c: Context) -> Layout:
    columns = (
        Column("customer", text("customer"), True),
        Column("purpose", code("purpose", PURPOSES), True),
        Column("channel", code("channel", MARKETING_CHANNELS)),
        Column("status", code("status", STATUSES), True),
        Column("at", moment("at", c.now_s), True),
        Column("source", text("source"), True),
        Column("legal_basis", code("legal_basis", LEGAL_BASES, BASIS_WORDS)),
        Column("expires_on", day("expires_on")),
        Column("evidence", text("evidence")),
        Column("notice", text("notice")),
        Column("campaign", text("campaign")),
    )
    checks = (
        _CUSTOMER,
        _CAMPAIGN,
        Check("erased", "customer", "this person was erased on {0} and is not brought back", load.ERASED),
        Check("objection_stands", "status", "the customer objected on {0}; an imported grant cannot lift it",
              load.OBJECTION_STANDS),
    )  # fmt: skip
    stored = tuple(col.name for col in columns)
    return Layout("permissions", columns, stored, rows.permission(c), load.permissions, checks, ("customer",))


def _contacts(c: Context) -> Layout:
    columns = (
        Column("campaign", text("campaign"), True),
        Column("customer", text("customer"), True),
        Column("arm", code("arm", ("treated", "control")), True),
        Column("channel", code("channel", MARKETING_CHANNELS)),
        Column("contacted_at", moment("contacted_at", c.now_s)),
        Column("responded_at", moment("responded_at", c.now_s)),
        Column("response", code("response", RESPONSES)),
    )
    stored = tuple(col.name for col in columns)
    return Layout("contacts", columns, stored, rows.contact, load.contacts, (_CAMPAIGN, _CUSTOMER))


def _feedback(c: Context) -> Layout:
    columns = (
        Column("customer", text("customer"), True),
        Column("at", moment("at", c.now_s), True),
        Column("instrument", code("instrument", ("csat", "nps", "ces", "survey", "text")), True),
        Column("question", text("question")),
        Column("score", whole("score")),
        Column("text", text("text")),
        Column("expected", whole("expected")),
    )
    stored = tuple(col.name for col in columns)
    return Layout("feedback", columns, stored, rows.feedback, load.feedback, (_CUSTOMER,))
