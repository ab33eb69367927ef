"""Conditions as people type them: --where 'marketing=email', --where 'joined>=2024-01-01', or a saved list."""

import csv
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Final

import typer

from crmdesk.app import App
from crmdesk.cli.output import me
from crmdesk.domain.errors import BadInput
from crmdesk.domain.filter import FIELDS, Chip
from crmdesk.services import customers, saved
from crmdesk.services.customers import CustomerQuery
from crmdesk.services.filter_words import values_typed
from crmdesk.services.list_fields import FilterField

_CONDITION: Final = re.compile(r"\s*([\w.-]+?)\s*(!=|>=|=|<|~)\s*(.*?)\s*")
_WORDS: Final = {"=": "is", "!=": "is_not", ">=": "from", "<": "before", "~": "contains"}
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        help="A condition: FIELD=VALUE[,VALUE], FIELD!=VALUE, FIELD~TEXT, FIELD>=DATE, FIELD<DATE; may be repeated. "
        f"Values by code or as shown. Fields: {', '.join(FIELDS)}, custom.CODE.",
    ),
]
SavedName = Annotated[str | None, typer.Option("--list", help="A saved list; --where adds to it.")]


def chip(text: str, known: Mapping[str, FilterField] = MappingProxyType({})) -> Chip:
    """One condition; with the fields `known`, values of a choice by their words as well as by code. BadInput.

    >>> chip("product=loan,mortgage")
    Chip(field='product', op='is', values=('loan', 'mortgage'))
    """
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise BadInput(f"'{text}' is no condition; write it as marketing=email, city~moda or joined>=2024-01-01.")
    field, sign, value = found.groups()
    if sign in ("~", ">=", "<"):
        return Chip(field, _WORDS[sign], (value,))
    values = tuple(_split(value))
    if field in known and known[field].kind in ("choice", "yes_no"):
        values = values_typed(values, known[field])
    return Chip(field, _WORDS[sign], values)


def _split(value: str) -> list[str]:
    """Values between commas; one in quotes may hold commas itself.

    >>> _split('loan, "Online, high"')
    ['loan', 'Online, high']
    """
    cells = next(csv.reader([value], skipinitialspace=True), [])
    return [part.strip() for part in cells or [""]]  # an empty line has no cells: nothing is written there


def query(app: App, where: Sequence[str] | None, name: str | None, text: str = "") -> CustomerQuery:
    """The query of a saved list, with further conditions; BadInput where no list has that name, or it cannot be read.

    Where a colleague shares a list of the same name, one's own is meant.
    """
    base = _saved(app, name) if name is not None else CustomerQuery()
    known = {field.name: field for field in customers.fields(app, me())} if where else {}
    chips = (*base.filters, *(chip(text, known) for text in where or ()))
    return CustomerQuery(text or base.text, chips, base.sort, base.descending)


def _saved(app: App, name: str) -> CustomerQuery:
    known = {one.name: one for one in sorted(saved.lists(app, me()), key=lambda one: one.owner == me().login)}
    if name not in known:
        listed = ", ".join(sorted(known)) or "none yet"
        raise BadInput(f"No saved list is called '{name}'; those of this bank: {listed}.")
    if known[name].broken:
        raise BadInput(f"The list '{name}' cannot be used: {known[name].broken}")
    return known[name].query


def population(app: App, where: Sequence[str] | None, name: str | None) -> tuple[Chip, ...]:
    """The conditions alone; a list that also searches for words cannot be mined."""
    found = query(app, where, name)
    if found.text:
        raise BadInput(f"The list '{name}' searches for “{found.text}”: mining takes conditions only.")
    return found.filters


def chosen(app: App, where: Sequence[str] | None, name: str | None, text: str = "") -> customers.Chosen:
    return customers.Chosen(query(app, where, name, text))
