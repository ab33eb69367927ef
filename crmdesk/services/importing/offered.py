"""Columns of a source that no customer has yet, offered as fields of the bank's own: a person says yes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from crmdesk.domain import own_field
from crmdesk.domain.contact_rules import Unfit
from crmdesk.domain.customer import fold
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Actor, Right
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.importing import grammar, standard
from crmdesk.services.importing.layout import Context
from crmdesk.services.importing.reading import Source, records
from crmdesk.store.queries.customer_edit import own_fields

CHOICES_AT_MOST: Final = 12
ROWS_PER_CHOICE: Final = 5  # a column of few rows says nothing about what else it may hold
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CODE_LIKE: Final = re.compile(r"[+-]?0[0-9]+", re.ASCII)  # such as 00712: a number would lose its zeros


@dataclass(frozen=True)
class OfferedField:
    """A column as `custom_fields.add` takes it; `filled` of its rows hold a value."""

    header: str
    code: str
    title: str
    kind: str
    choices: tuple[str, ...]
    filled: int


def _is_day(value: str) -> bool:
    return bool(_ISO.fullmatch(value)) and _fits("date", value)


def _fits(kind: str, value: str) -> bool:
    try:
        own_field.read(kind, (), value)
    except Unfit:
        return False
    return True


# From the narrowest: the first kind that every value of a column fits is the one offered.
_KINDS: Final[dict[str, Callable[[str], bool]]] = {
    "yes_no": lambda value: _fits("yes_no", value),
    "whole": lambda value: not _CODE_LIKE.fullmatch(value) and _fits("whole", value),
    "number": lambda value: not _CODE_LIKE.fullmatch(value) and _fits("number", value),
    "date": _is_day,
}


@dataclass
class _Column:
    """What all values of one column have in common."""

    header: str
    kinds: list[str] = field(default_factory=lambda: list(_KINDS))
    words: dict[str, str] = field(default_factory=dict)  # folded -> as written first
    filled: int = 0
    keepable: bool = True

    def see(self, value: str) -> None:
        value = grammar.plain(value)
        if not value:
            return
        self.filled += 1
        self.kinds = [kind for kind in self.kinds if _KINDS[kind](value)]
        self.keepable = self.keepable and _fits("text", value)
        if len(self.words) <= CHOICES_AT_MOST:
            self.words.setdefault(value.casefold(), value)

    def kind(self) -> tuple[str, tuple[str, ...]]:
        """(kind, choices); text where nothing is held or nothing narrower fits all."""
        if self.filled and self.kinds:
            return self.kinds[0], ()
        words = tuple(sorted(self.words.values()))
        few = 2 <= len(words) <= CHOICES_AT_MOST and self.filled >= ROWS_PER_CHOICE * len(words)
        return ("choice", words) if few and max(map(len, words)) <= 80 else ("text", ())


@service(Right.IMPORT, whole=True)
def offered(app: App, actor: Actor, place: Path) -> list[OfferedField]:
    """Fields for the columns of the customers in a source of the standard layout that neither it nor the bank knows.

    Every row is read. A column is left out where its header cannot be a field's title, or where a value could not be
    kept as one line of text. CrmdeskError where the source cannot be read.
    """
    if not place.exists():
        raise CrmdeskError(f"{place} does not exist; name the folder or file to import.")
    with app.store.reader() as raw:
        own, there = tuple(own_fields(raw)), own_fields(raw, retired=True)
    layout = standard.layouts(Context(app.store.clock(), {}, {}, own))[standard.OBLIGATORY]
    known = {name for column in layout.columns for name in (column.name, *column.aliases)}
    codes = {f.code for f in there} | known
    found = []
    for source in standard.sources(place):
        if source.layout == standard.OBLIGATORY:
            found = [one for one in _read(source, known) if one.keepable]
    offers = []
    for one in found:
        title = one.header.strip().removeprefix(own_field.PREFIX)
        code = _code(title)
        if not code or code in codes or title.lower() in codes or len(title) > 60 or not title.isprintable():
            continue
        codes |= {code, title.lower()}
        kind, choices = one.kind()
        offers.append(OfferedField(one.header, code, title, kind, choices, one.filled))
    return offers


def _read(source: Source, known: set[str]) -> list[_Column]:
    rows = records(source)
    header = next(rows, None)
    if header is None or header.fault is not None:
        return []  # the import itself says what is wrong with it
    places = {i: _Column(name) for i, name in enumerate(header.fields) if name.strip().lower() not in known}
    for record in rows:
        if record.fault is None and len(record.fields) == len(header.fields):
            for i, column in places.items():
                column.see(record.fields[i])
    return [column for column in places.values() if column.header.strip()]


def _code(title: str) -> str:
    """A code made from the title, "" where it has no letter or digit that a code can hold."""
    made = re.sub(r"[^a-z0-9]+", "_", fold(title)).strip("_")[:32].strip("_")
    return made if not made[:1].isdigit() else f"f_{made}"[:32]
