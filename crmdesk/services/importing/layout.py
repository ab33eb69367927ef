"""The layout of one source file: its columns, how a record becomes a staged row, and what the bank then checks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple

from crmdesk.domain.errors import CrmdeskError
from crmdesk.services.importing.grammar import Fault, Parse
from crmdesk.services.importing.reading import COLUMN_LIMIT, FIELD_LIMIT, check_lengths
from crmdesk.store.queries.customer_edit import OwnField
from crmdesk.store.queries.importing import Load, Query

Key = str | bytes


class Shaped(NamedTuple):
    """A record ready for staging; without a `key` its content is the key."""

    key: Key | None
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Column:
    """`aliases`: further headers, in small letters, that fill this column."""

    name: str
    parse: Parse
    required: bool = False
    aliases: tuple[str, ...] = ()

    def in_header(self, names: Sequence[str]) -> list[int]:
        """The places of a header in small letters that fill this column."""
        return [i for i, name in enumerate(names) if name == self.name or name in self.aliases]


@dataclass(frozen=True)
class Check:
    """Asks the bank: `query` yields (row, *words) of each staged row that fails; `reason` is filled with the words."""

    code: str
    column: str
    reason: str
    query: Query


@dataclass(frozen=True)
class Layout:
    """`stored` names the columns of the staging table, `shape` gives their values from the parsed ones."""

    name: str
    columns: tuple[Column, ...]
    stored: tuple[str, ...]
    shape: Callable[[list[Any]], Shaped]
    load: Load
    checks: tuple[Check, ...] = ()
    indexes: tuple[str, ...] = ()
    keep: bool = False  # later files look into this one's staged rows


@dataclass(frozen=True)
class Context:
    """What the grammars must know of the bank: its clock, catalogue, own fields, and a grant's life in months."""

    now: datetime
    catalogue: dict[tuple[str, str, str], tuple[int, str]]
    lives: dict[str, int | None]
    own: tuple[OwnField, ...] = ()

    @property
    def today(self) -> str:
        return self.now.date().isoformat()

    @property
    def now_s(self) -> int:
        return int(self.now.timestamp())


_CHARACTERS: Final = FIELD_LIMIT // 4  # a record with fewer characters has no field over the limit


def content_key(values: Iterable[Any], copy: int = 0) -> bytes:
    """16 bytes that name a row without a key of its own: all its fields, and which of equal rows it is."""
    text = "\x1f".join(["" if v is None else str(v) for v in values])
    if copy:
        text = f"{text}\x1e{copy}"
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=16).digest()


def row_reader(layout: Layout, file: str, header: Sequence[str]) -> Callable[[list[str], str], Shaped]:
    """A function (fields, raw) -> Shaped for files with this header; it raises Fault, the set-up CrmdeskError."""
    names = [name.strip().lower() for name in header]
    _check_header(layout, file, names)
    width = len(header)
    wanted = [next(iter(c.in_header(names)), width) for c in layout.columns]
    pick = itemgetter(*wanted) if len(wanted) > 1 else lambda fields: (fields[wanted[0]],)
    parsers = [c.parse for c in layout.columns]
    required = [(i, c.name) for i, c in enumerate(layout.columns) if c.required]
    shape = layout.shape

    def read(fields: list[str], raw: str) -> Shaped:
        if len(fields) != width:
            raise Fault("width", "", f"{len(fields)} fields, header has {width}")
        if len(raw) > _CHARACTERS:
            check_lengths(names, fields)
        fields.append("")  # what a column that the file lacks holds
        values = [parse(text) if text else None for parse, text in zip(parsers, pick(fields), strict=True)]
        for i, name in required:
            if values[i] is None:
                raise missing(name)
        return shape(values)

    return read


def missing(column: str) -> Fault:
    return Fault("missing", column, f"{column} is empty")


def _check_header(layout: Layout, file: str, names: list[str]) -> None:
    lacking = [c.name for c in layout.columns if c.required and c.name not in names]
    twice = [name for name in names if name and names.count(name) > 1]
    both = next((found for c in layout.columns if len(found := c.in_header(names)) > 1), [])
    wrong = ""
    if lacking:
        wrong = f"lacks the required column {lacking[0]}; add it"
    elif twice:
        wrong = f"has the column {twice[0]} twice; keep one"
    elif both:
        wrong = f"has the columns {names[both[0]]} and {names[both[1]]} for one field; keep one"
    elif len(names) > COLUMN_LIMIT:
        wrong = f"has {len(names)} columns, at most {COLUMN_LIMIT} can be read; remove some"
    if wrong:
        raise CrmdeskError(f"{file} {wrong}, then import again. Nothing was imported.")
