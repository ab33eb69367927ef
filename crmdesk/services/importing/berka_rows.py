"""What one record of the Berka files means: Czech codes (or their English labels) in the bank's own words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from crmdesk.domain.customer import fold
from crmdesk.domain.interaction import BY_CODE, Cell
from crmdesk.services.importing.grammar import Fault, Parse, epoch_day, in_future, minor, not_a, outside, short
from crmdesk.services.importing.layout import Context, Shaped

CURRENCY: Final = "CZK"
CARDS: Final = ("classic", "junior", "gold")
_DATE: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})(?: 00:00(?::00)?)?", re.ASCII)
_STATISTIC: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,4})?", re.ASCII)

# English labels of re-published copies.
_TYPES: Final = {"credit": "PRIJEM", "withdrawal": "VYDAJ", "debit": "VYDAJ"}
_OPERATIONS: Final = {
    "credit in cash": "VKLAD", "withdrawal in cash": "VYBER", "credit card withdrawal": "VYBER KARTOU",
    "collection from another bank": "PREVOD Z UCTU", "remittance to another bank": "PREVOD NA UCET",
}  # fmt: skip
_SYMBOLS: Final = {
    "interest credited": "UROK", "sanction interest": "SANKC. UROK", "payment for statement": "SLUZBY",
    "payment on statement": "SLUZBY", "household": "SIPO", "household payment": "SIPO", "loan payment": "UVER",
    "insurance payment": "POJISTNE", "insurrance payment": "POJISTNE", "leasing": "LEASING",
    "old-age pension": "DUCHOD", "old age pension": "DUCHOD",
}  # fmt: skip
_WORDS: Final = {"UROK": "interest", "SANKC. UROK": "penalty interest", "SLUZBY": "statement", "SIPO": "household",
                 "UVER": "loan", "POJISTNE": "insurance", "LEASING": "leasing", "DUCHOD": "pension"}  # fmt: skip
_ORDERED: Final = ("SIPO", "UVER", "POJISTNE", "LEASING")


def delimiter(path: Path) -> str:
    """`;` as published, or the comma of a re-published copy, by the first line."""
    with path.open("rb") as file:
        line = file.readline(4096)
    return "," if line.count(b",") > line.count(b";") else ";"


def cell(column: str) -> Parse:
    """Text; a blank and `?` are empty."""

    def parse(value: str) -> str | None:
        value = value.strip()
        return None if value in ("", "?") else value

    return parse


def statistic(column: str) -> Parse:
    """A number of the district table as a JSON number's text."""

    def parse(value: str) -> float | None:
        value = value.strip()
        if value in ("", "?"):
            return None
        if not _STATISTIC.fullmatch(value):
            raise not_a(column, value, "number")
        return float(value)

    return parse


def day(column: str, today: str) -> Parse:
    """YYMMDD = 19YY to an ISO day."""

    def parse(value: str) -> str:
        match = _DATE.fullmatch(value.strip())
        iso = f"19{match[1]}-{match[2]}-{match[3]}" if match else ""
        if epoch_day(iso) is None:
            raise not_a(column, value, "date")
        if iso > today:
            raise in_future(column, value)
        return iso

    return parse


def birth(value: str) -> tuple[str, str]:
    """The birth number's (ISO day, gender): 50 is added to the month of women."""
    match = _DATE.fullmatch(value.strip())
    month = int(match[2]) if match else 0
    female = month > 50
    iso = f"19{match[1]}-{month - 50 * female:02d}-{match[3]}" if match else ""
    if epoch_day(iso) is None:
        raise not_a("birth_number", value, "birth number")
    return iso, "female" if female else "male"


def money(column: str, *, signed: bool = False) -> Parse:
    def parse(value: str) -> int:
        amount = minor(column, value, CURRENCY)
        if amount < 0 and not signed:
            raise outside(column, value.strip(), 0, 10**13)
        return amount

    return parse


def customer_number(client: str) -> str:
    return f"B{int(client)}"


def account_number(account: str) -> str:
    return f"BA{int(account)}"


def keyed(values: list[Any]) -> Shaped:
    return Shaped(values[0], tuple(values))


def client(context: Context) -> Callable[[list[Any]], Shaped]:
    def shape(values: list[Any]) -> Shaped:
        key, (born, gender), district = values
        if born > context.today:
            raise outside("birth_number", born, "1880-01-01", date.fromisoformat(context.today))
        number, name = customer_number(key), f"Client {int(key)}"
        return Shaped(number, (number, name, born, gender, district, fold(name)))

    return shape


def account(values: list[Any]) -> Shaped:
    key, district, frequency, opened = values
    number = account_number(key)
    return Shaped(number, (number, district, frequency, opened))


def disp(values: list[Any]) -> Shaped:
    key, who, of, role = values
    return Shaped(key, (customer_number(who), account_number(of), role))


def loan(values: list[Any]) -> Shaped:
    key, of, opened, amount, duration, payments, status = values
    number = f"BL{int(key)}"
    return Shaped(number, (number, account_number(of), opened, amount, int(duration), payments, status))


def card(values: list[Any]) -> Shaped:
    key, disposition, kind, issued = values
    number = f"BC{int(key)}"
    return Shaped(number, (number, disposition, f"card_{kind}", issued))


def order(values: list[Any]) -> Shaped:
    key, of, bank, to, amount, kind = values
    number = f"BO{int(key)}"
    return Shaped(number, (number, account_number(of), bank, to, amount, kind or "other"))


def trans(values: list[Any]) -> Shaped:
    key, of, on, kind, operation, amount, balance, symbol, bank, to = values
    kind, operation, symbol = _czech(kind, _TYPES), _czech(operation, _OPERATIONS), _czech(symbol, _SYMBOLS)
    found = meaning(kind, operation, symbol)
    if found is None:
        raise Fault("catalogue", "operation",
                    f"{short(kind)}/{short(operation)}/{short(symbol)} is not in the bank's catalogue")  # fmt: skip
    number = f"BT{int(key)}"
    days = epoch_day(on)
    assert days is not None  # `day` has read it
    detail = {"channel": "inferred", "symbol": _WORDS.get(symbol), "bank": bank, "account": to}
    text = json.dumps({k: v for k, v in detail.items() if v})
    staged = (number, account_number(of), on, on[:7], days * 86400, found.row,
              amount if found.sign == "+" else -amount, balance, bank, to, text)  # fmt: skip
    return Shaped(number, staged)


def _czech(label: str | None, words: dict[str, str]) -> str:
    return words.get((label or "").lower(), (label or "").upper())


def meaning(kind: str, operation: str, symbol: str) -> Cell | None:
    """The catalogue's row of a transaction's type, operation and symbol (data model, section 7.1)."""
    out = kind in ("VYDAJ", "VYBER")
    code = None
    if operation == "VYBER" and symbol in ("SLUZBY", "SANKC. UROK"):
        code = "system.posting.fee" if symbol == "SLUZBY" else "system.posting.penalty_interest"
    elif (kind, operation) == ("PRIJEM", "VKLAD"):
        code = "branch.transaction.deposit"
    elif out and operation == "VYBER" and symbol in ("", "SIPO"):
        code = "branch.transaction.withdrawal"
    elif (kind, operation) == ("VYDAJ", "VYBER KARTOU"):
        code = "atm.transaction.withdrawal"
    elif (kind, operation) == ("VYDAJ", "PREVOD NA UCET") and symbol in ("", *_ORDERED):
        code = "system.posting.standing_order" if symbol else "online.transaction.transfer"
    elif (kind, operation) == ("PRIJEM", "PREVOD Z UCTU"):
        code = "system.posting.incoming_transfer"
    elif (kind, operation, symbol) == ("PRIJEM", "", "UROK"):
        code = "system.posting.interest"
    return BY_CODE[code] if code else None
