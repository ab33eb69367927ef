"""Records of a source file, one at a time: CSV read strictly, so that one bad row costs one row."""

from __future__ import annotations

import csv
import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, NamedTuple

from crmdesk.domain.errors import CrmdeskError
from crmdesk.services.importing import workbook
from crmdesk.services.importing.grammar import Fault

FIELD_LIMIT: Final = 65_536  # bytes
COLUMN_LIMIT: Final = 500
LINE_LIMIT: Final = 1 << 20  # characters held of one line; the rest of a longer one is skipped
SPREADSHEET: Final = ".xlsx"
PARQUET: Final = ".parquet"


@dataclass(frozen=True)
class Source:
    """One table of the source: `name` is its key in the report (`trans.asc`, `book.xlsx#customers`)."""

    name: str
    path: Path
    layout: str
    sheet: str | None = None
    delimiter: str = ","


class Record(NamedTuple):
    """One record; the header is row 1. `fault` says why it cannot be read at all."""

    row: int
    fields: list[str]
    raw: str
    fault: Fault | None


def records(source: Source) -> Iterator[Record]:
    """The header and then every record; blank lines are none. Memory does not grow with the file."""
    if source.path.suffix.lower() == PARQUET:
        yield from _typed(workbook.parquet_rows(source.path))
    elif source.sheet is not None:
        yield from _typed(workbook.sheet_rows(source.path, source.sheet))
    else:
        with source.path.open(encoding=_encoding(source), errors="surrogateescape", newline="") as stream:
            try:
                yield from _csv_records(stream, source.delimiter)
            except UnicodeDecodeError:
                raise _unknown(source) from None


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _encoding(source: Source) -> str:
    with source.path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        raise _unknown(source)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # Text in a two-byte code is a quarter zeros or more; a stray NUL in a row is not.
    if head.count(0) * 4 > len(head):
        raise _unknown(source)
    return "utf-8-sig"


def _unknown(source: Source) -> CrmdeskError:
    return CrmdeskError(f"The encoding of {source.name} is unknown; save it as UTF-8, then import it.")


def _typed(rows: Iterator[list[str]]) -> Iterator[Record]:
    for number, fields in enumerate(rows, 1):
        raw = _joined(fields)
        yield Record(number, fields, raw, _text_fault(raw))


def _joined(fields: list[str]) -> str:
    return ",".join(f'"{f.replace(chr(34), chr(34) * 2)}"' if any(c in f for c in ',"\r\n') else f for f in fields)


def _text_fault(raw: str) -> Fault | None:
    if "\0" in raw:
        return Fault("text", "", "a NUL")
    if not raw.isascii():
        try:
            raw.encode()
        except UnicodeEncodeError:
            return Fault("text", "", "not UTF-8")
    return None


class _Lines:
    """Lines on their way into the CSV parser: remembers those of the record at hand, and takes lines back."""

    def __init__(self, stream: IO[str]) -> None:
        self._read: Callable[[int], str] = stream.readline
        self._returned: deque[str] = deque()
        self.taken: list[str] = []
        self.skipped = 0  # characters beyond LINE_LIMIT of the line taken last

    def __iter__(self) -> Iterator[str]:
        taken, returned, read = self.taken, self._returned, self._read
        while line := returned.popleft() if returned else read(LINE_LIMIT):
            if len(line) == LINE_LIMIT and line[-1] not in "\r\n":
                self._skip()
            taken.append(line)
            yield line

    def _skip(self) -> None:
        while rest := self._read(LINE_LIMIT):
            self.skipped += len(rest)
            if rest[-1] in "\r\n":
                break

    def give_back(self) -> None:
        """All lines of the record but its first will be read again, as records of their own."""
        self._returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def _csv_records(stream: IO[str], delimiter: str) -> Iterator[Record]:
    lines = _Lines(stream)
    taken = lines.taken
    parser = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    header: list[str] = []
    row = 0
    while True:
        taken.clear()
        fault: Fault | None = None
        try:
            fields = next(parser)
        except StopIteration:
            return
        except csv.Error as error:
            fields, fault = [], _broken(str(error), taken, header, delimiter, row + 1)
        if not fields and fault is None:
            continue
        row += 1
        if lines.skipped:
            fault = _too_long("row", len(taken[0].encode(errors="replace")) + lines.skipped)
            lines.skipped = 0
        elif len(taken) > 1 and header and len(fields) != len(header) and fault is None:
            fault = Fault("text", "", f"a quote open from row {row}")
        if fault is not None:
            # A quote that never closes must not swallow the rows behind it.
            lines.give_back()
            parser = csv.reader(iter(lines), delimiter=delimiter, strict=True)
        raw = taken[0] if len(taken) == 1 else "".join(taken)
        header = header or fields
        yield Record(row, fields, raw, fault or _text_fault(raw))


def _broken(error: str, taken: list[str], header: list[str], delimiter: str, row: int) -> Fault:
    if "field limit" in error and len(taken) == 1:
        sizes = [len(part.encode(errors="replace")) for part in taken[0].split(delimiter)]
        widest = sizes.index(max(sizes))
        return _too_long(header[widest] if widest < len(header) else "row", sizes[widest])
    return Fault("text", "", f"a quote open from row {row}")


def _too_long(column: str, size: int) -> Fault:
    return Fault("too_long", "" if column == "row" else column, f"{column} has {size} bytes, limit 65,536")


def check_lengths(header: list[str], fields: list[str]) -> None:
    """Raise the fault of the first field over the limit; call it for long records only."""
    for name, value in zip(header, fields, strict=False):
        size = len(value.encode(errors="replace"))
        if size > FIELD_LIMIT:
            raise _too_long(name, size)
