"""Rows of the customer list on their way into a file: typed cells, safe text, a foot that says what they are."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from crmdesk.domain import export_terms
from crmdesk.domain.money import plain
from crmdesk.domain.rights import Actor, Right, clear, grant
from crmdesk.domain.text import guard
from crmdesk.services import column_values
from crmdesk.services.context import App
from crmdesk.services.customers import CustomerRow, rows
from crmdesk.services.guard import service
from crmdesk.services.list_fields import STANDARD, ListColumn, columns, label

Foot = Sequence[tuple[str, str]]
Cell = str | float | date | None
CONTACT: Final = (
    ListColumn("email", "E-mail", personal=True), ListColumn("phone", "Phone", personal=True),
    ListColumn("street", "Street", personal=True), ListColumn("postcode", "Postcode", personal=True),
)  # fmt: skip
COUNTRY: Final = ListColumn("country", "Country", personal=True)
_STANDARD: Final = frozenset(column.key for column in STANDARD)
_WIDE: Final = 7  # pixels of a letter, for the width of a sheet's columns


@dataclass(frozen=True)
class Sheet:
    """The head and the rows of one table; the rows are read once."""

    columns: Sequence[ListColumn]
    rows: Iterator[list[Cell]]


@service(Right.EXPORT)
def export_columns(app: App, actor: Actor) -> list[ListColumn]:
    """Every column that may be exported: those of the list, and contact data for who reads it or writes to a list.

    Of these a list for a channel holds that channel's alone.
    """
    export_terms.check_rows(actor, 0)
    listed = columns(app, actor)
    if clear(actor, Right.READ_CONTACT):
        return [*listed, *CONTACT]
    return [*listed, *CONTACT, COUNTRY] if writes_to_lists(actor) else listed


def writes_to_lists(actor: Actor) -> bool:
    """Whether contact data are for this person only what those who permitted a channel are reached by."""
    return not clear(actor, Right.READ_CONTACT) and grant(actor, Right.MAKE_OFFERS) is not None


@service(Right.EXPORT)
def cells(app: App, actor: Actor, ids: Sequence[int], wanted: Sequence[ListColumn]) -> dict[int, list[Cell]]:
    """The typed cells of at most 256 customers, by customer in the order of `ids`."""
    export_terms.check_rows(actor, 0)
    further = tuple(column.key for column in wanted if column.key not in _STANDARD)
    found = rows(app, actor, ids)
    texts = column_values.cells(app, actor, [row.id for row in found], further, contact=True).of
    return {row.id: [_cell(row, texts[row.id], column) for column in wanted] for row in found}


def _cell(row: CustomerRow, texts: Mapping[str, str], column: ListColumn) -> Cell:
    if column.key == "permissions":
        return ", ".join(label(channel) for channel, decision in row.permissions if decision.allowed)
    if column.key == "value":
        return (row.band or None) if row.value is None else f"{plain(row.value, row.currency)} {row.currency}"
    if column.key == "active":
        return row.active_on
    text = getattr(row, column.key) if column.key in _STANDARD else texts[column.key]
    return typed(text, column.kind)


def typed(text: str, kind: str) -> Cell:
    """Text of the list as a number or a day where it is one; what cannot be read so stays text.

    >>> typed("12", "number"), typed("2026-10-31", "date"), typed("-", "number"), typed("inf", "number")
    (12.0, datetime.date(2026, 10, 31), '-', 'inf')
    """
    if not text:
        return None
    try:
        if kind == "number":
            number = float(Decimal(text))
            return number if math.isfinite(number) else text  # no sheet holds an endless one
        return date.fromisoformat(text) if kind == "date" else text
    except (ArithmeticError, ValueError):
        return text


def about_file(file: Path) -> Path:
    """Where the facts of an export stand that its table has no room for: a mailing program would read them as people.

    >>> about_file(Path("list.csv")).name
    'list.csv.about.json'
    """
    return file.with_name(f"{file.name}.about.json")


def write_csv(file: Path, sheet: Sheet, foot: Foot) -> None:
    """RFC 4180, UTF-8, the table alone; no text can act as a formula. The foot goes into `about_file` beside it."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([guard(column.title) for column in sheet.columns])
        writer.writerows([_safe(value) for value in row] for row in sheet.rows)
    about_file(file).write_text(json.dumps(dict(foot), ensure_ascii=False, indent=1), encoding="utf-8")


def _safe(value: Cell) -> Any:
    if value is None:
        return ""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value.isoformat() if isinstance(value, date) else guard(value)


def write_xlsx(file: Path, sheet: Sheet, foot: Foot) -> None:
    """A sheet of customers and one about the export; text is written as text, so none of it can act as a formula."""
    import xlsxwriter

    rules = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
             "strings_to_numbers": False, "tmpdir": str(file.parent)}  # fmt: skip
    with xlsxwriter.Workbook(file, rules) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        page = book.add_worksheet("Customers")
        page.freeze_panes(1, 0)
        for at, column in enumerate(sheet.columns):
            page.set_column(at, at, column.width / _WIDE)
            page.write_string(0, at, column.title, bold)
        for line, row in enumerate(sheet.rows, 1):
            for at, value in enumerate(row):
                _put(page, line, at, value, day)
        about = book.add_worksheet("About")
        about.set_column(0, 1, 28)
        for line, (name, value) in enumerate(foot):
            about.write_string(line, 0, name, bold)
            about.write_string(line, 1, value)


def _put(page: Any, line: int, at: int, value: Cell, day: Any) -> None:
    if isinstance(value, float):
        page.write_number(line, at, value)
    elif isinstance(value, date):
        page.write_datetime(line, at, value, day)
    elif value is not None:
        page.write_string(line, at, value)
