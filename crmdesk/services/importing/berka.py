"""The profile `berka`: the Czech bank of the PKDD'99 challenge, eight files with `;` and dates YYMMDD."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from crmdesk.domain.errors import CrmdeskError
from crmdesk.services.importing import berka_rows as rows
from crmdesk.services.importing.grammar import code, pattern
from crmdesk.services.importing.layout import Check, Column, Context, Layout
from crmdesk.services.importing.reading import Source
from crmdesk.store.queries import importing_berka as load
from crmdesk.store.queries.importing import asking, unknown

NAMES: Final = ("district", "client", "account", "disp", "loan", "card", "order", "trans")
OBLIGATORY: Final = "client"
ENDINGS: Final = (".asc", ".csv")
FREQUENCIES: Final = {"poplatek mesicne": "monthly", "monthly issuance": "monthly", "poplatek tydne": "weekly",
                      "weekly issuance": "weekly", "poplatek po obratu": "per transaction",
                      "issuance after transaction": "per transaction"}  # fmt: skip
ROLES: Final = {"owner": "owner", "disponent": "authorised", "user": "authorised"}
ORDER_KINDS: Final = {"sipo": "household", "household": "household", "household payment": "household", "uver": "loan",
                      "loan payment": "loan", "pojistne": "insurance", "insurance payment": "insurance",
                      "leasing": "leasing"}  # fmt: skip


def _number(name: str) -> Column:
    return Column(name, pattern(name, r"[0-9]{1,12}", "number"), True)


def _plain(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, rows.cell(name)) for name in names)


def _reference(column: str, table: str, key: str) -> Check:
    return Check("unknown_ref", column, f"no {table} '{{0}}' in the bank or this import", unknown(column, table, key))


_DISTRICT = _reference("district_id", "branch", "code")
_ACCOUNT = _reference("account", "account", "number")
_OWNED = Check("unknown_ref", "account_id", "no owner of account '{0}' in the bank or this import", load.WITHOUT_OWNER)


def sources(place: Path) -> list[Source]:
    """The eight files of a folder (`.asc`, or `.csv` of re-published copies), or the one file."""
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    found = {
        path.stem.lower(): Source(path.name, path, path.stem.lower(), delimiter=rows.delimiter(path))
        for path in files if path.suffix.lower() in ENDINGS and path.stem.lower() in NAMES and path.is_file()
    }  # fmt: skip
    if not found or (place.is_dir() and OBLIGATORY not in found):
        raise CrmdeskError(f"{place} has no {OBLIGATORY}.asc; the Berka files belong together in one folder.")
    return [found[name] for name in NAMES if name in found]


def layouts(context: Context) -> dict[str, Layout]:
    made = (_district(), _client(context), _account(context), _disp(), _loan(context), _card(context), _order(),
            _trans(context))  # fmt: skip
    return {layout.name: layout for layout in made}


def _district() -> Layout:
    columns = (_number("a1"), Column("a2", rows.cell("a2"), True), *_plain("a3"),
               *(Column(name, rows.statistic(name)) for name in ("a4", "a10", "a11", "a12", "a13")))  # fmt: skip
    stored = ("code", "name", "region", "inhabitants", "urban_pct", "salary", "unemployment_95", "unemployment_96")
    return Layout("district", columns, stored, rows.keyed, load.districts, keep=True)


def _client(c: Context) -> Layout:
    columns = (_number("client_id"), Column("birth_number", rows.birth, True), _number("district_id"))
    stored = ("customer", "family_name", "birth_date", "gender", "district_id", "name_folded")
    return Layout("client", columns, stored, rows.client(c), load.clients, (_DISTRICT,))


def _account(c: Context) -> Layout:
    columns = (_number("account_id"), _number("district_id"),
               Column("frequency", code("frequency", ("monthly", "weekly", "per transaction"), FREQUENCIES), True),
               Column("date", rows.day("date", c.today), True))  # fmt: skip
    stored = ("account", "district_id", "frequency", "opened_on")
    return Layout("account", columns, stored, rows.account, load.accounts, (_DISTRICT,), keep=True)


def _disp() -> Layout:
    columns = (_number("disp_id"), _number("client_id"), _number("account_id"),
               Column("type", code("type", ("owner", "authorised"), ROLES), True))  # fmt: skip
    checks = (_reference("customer", "customer", "number"), _ACCOUNT)
    return Layout("disp", columns, ("customer", "account", "role"), rows.disp, load.disps, checks, keep=True)


def _loan(c: Context) -> Layout:
    columns = (_number("loan_id"), _number("account_id"), Column("date", rows.day("date", c.today), True),
               Column("amount", rows.money("amount"), True), _number("duration"),
               Column("payments", rows.money("payments"), True),
               Column("status", code("status", tuple("ABCD")), True))  # fmt: skip
    stored = ("loan", "account", "opened_on", "amount", "duration", "payments", "status")
    return Layout("loan", columns, stored, rows.loan, load.loans, (_ACCOUNT, _OWNED))


def _card(c: Context) -> Layout:
    columns = (_number("card_id"), _number("disp_id"), Column("type", code("type", rows.CARDS), True),
               Column("issued", rows.day("issued", c.today), True))  # fmt: skip
    checks = (Check("unknown_ref", "disp_id", "no disp '{0}' in the bank or this import", load.without_disp),)
    return Layout("card", columns, ("card", "disp", "product", "opened_on"), rows.card, load.cards, checks)


def _order() -> Layout:
    columns = (_number("order_id"), _number("account_id"), *_plain("bank_to", "account_to"),
               Column("amount", rows.money("amount"), True),
               Column("k_symbol", code("k_symbol", ("household", "loan", "insurance", "leasing"), ORDER_KINDS)),
               )  # fmt: skip
    stored = ("order_id", "account", "to_bank", "to_account", "amount", "kind")
    return Layout("order", columns, stored, rows.order, load.orders, (_ACCOUNT,))


def _trans(c: Context) -> Layout:
    columns = (_number("trans_id"), _number("account_id"), Column("date", rows.day("date", c.today), True),
               *_plain("type", "operation"), Column("amount", rows.money("amount"), True),
               Column("balance", rows.money("balance", signed=True), True),
               *_plain("k_symbol", "bank", "account"))  # fmt: skip
    stored = ("trans", "account", "day", "month", "occurred_s", "cell", "amount", "balance", "to_bank", "to_account",
              "detail")  # fmt: skip
    checks = (
        _ACCOUNT,
        _OWNED,
        Check("before_open", "date", "account {0} was not open on {1}",
              asking("SELECT s.row, s.account, s.day FROM :rows s JOIN account a ON a.number = s.account "
                     "WHERE s.row BETWEEN ? AND ? AND (s.day < a.opened_on OR s.day > a.closed_on)")),
    )  # fmt: skip
    return Layout("trans", columns, stored, rows.trans, load.transactions, checks, ("account, month",))
