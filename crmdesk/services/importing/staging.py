"""One source file on its way in: read and staged in chunks, checked by the bank, loaded slice by slice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from crmdesk.domain.errors import CrmdeskError
from crmdesk.services.importing.grammar import Fault
from crmdesk.services.importing.layout import Layout, content_key, row_reader
from crmdesk.services.importing.quarantine import fill_raw, storable
from crmdesk.services.importing.reading import Record, Source, records
from crmdesk.store.queries.importing import Staging

CHUNK: Final = 2_000
Step = Callable[[float], None]


@dataclass
class FileCounts:
    """rows_in = inserted + updated + unchanged + quarantined."""

    rows_in: int = 0
    ignored: tuple[str, ...] = ()  # columns of the file that its layout does not know
    inserted: int = 0
    updated: int = 0
    quarantined: int = 0

    def document(self) -> dict[str, int]:
        unchanged = self.rows_in - self.inserted - self.updated - self.quarantined
        return {"rows_in": self.rows_in, "inserted": self.inserted, "updated": self.updated, "unchanged": unchanged,
                "quarantined": self.quarantined}  # fmt: skip


class _Stager:
    """Collects the records of one file and stages them in chunks."""

    def __init__(self, staging: Staging, source: Source, counts: FileCounts) -> None:
        self._staging = staging
        self._file = source.name
        self._counts = counts
        self._rows: list[tuple[Any, ...]] = []
        self._rejects: list[tuple[Any, ...]] = []

    def reject(self, record: Record, fault: Fault) -> None:
        self._rejects.append((self._file, record.row, fault.column, fault.code, fault.reason, storable(record.raw)))

    def add(self, row: int, key: str | bytes | None, values: tuple[Any, ...]) -> None:
        self._rows.append((row, content_key(values) if key is None else key, *values))

    def flush(self) -> None:
        for late in self._staging.add(self._rows):
            self._repeated(late)
        self._staging.reject(self._rejects)
        self._counts.quarantined += len(self._rejects)
        self._rows.clear()
        self._rejects.clear()

    def _repeated(self, row: tuple[Any, ...]) -> None:
        """Equal rows without a key are so many rows; with a key the first stays, and another content is a fault."""
        number, key, *values = row
        if isinstance(key, bytes):
            copy = content_key((key.hex(),), self._staging.next_copy(key))
            self._staging.add([(number, copy, *values)])
            return
        first = self._staging.staged(key)
        if first[2:] != tuple(values):
            name = ", ".join(part for part in key.split("\x1f") if part)
            reason = f"{name} is also on row {first[0]} with other content"
            self._rejects.append((self._file, number, "", "duplicate_key", reason, None))


def bring_in(staging: Staging, source: Source, layout: Layout, step: Step) -> FileCounts:
    """Read, check and load one file; `step(part)` is told the part done, 0..1, and may raise Cancelled."""
    counts = FileCounts()
    staging.begin(layout.stored, layout.indexes)
    _stage(staging, source, layout, counts, lambda part: step(part * 0.5))
    _load(staging, source, layout, counts, lambda part: step(0.5 + part * 0.5))
    fill_raw(staging, source)
    staging.end(layout.name if layout.keep else None)
    return counts


def _stage(staging: Staging, source: Source, layout: Layout, counts: FileCounts, step: Step) -> None:
    found = records(source)
    header = next(found, None)
    if header is None or header.fault is not None:
        why = "is empty" if header is None else f"has a header that cannot be read ({header.fault})"
        raise CrmdeskError(f"{source.name} {why}; save it as UTF-8 with a header line. Nothing was imported.")
    read = row_reader(layout, source.name, header.fields)
    known = {name for column in layout.columns for name in (column.name, *column.aliases)}
    counts.ignored = tuple(name.strip() for name in header.fields if name.strip().lower() not in known)
    stager = _Stager(staging, source, counts)
    size, seen = max(1, source.path.stat().st_size), 0
    for record in found:
        counts.rows_in += 1
        seen += len(record.raw)
        if record.fault is not None:
            stager.reject(record, record.fault)
        else:
            try:
                key, values = read(record.fields, record.raw)
                stager.add(record.row, key, values)
            except Fault as fault:
                stager.reject(record, fault)
        if counts.rows_in % CHUNK == 0:
            stager.flush()
            step(min(1.0, seen / size))
    stager.flush()


def _load(staging: Staging, source: Source, layout: Layout, counts: FileCounts, step: Step) -> None:
    for part in staging.slices():
        step(part.low / max(1, counts.rows_in))
        for check in layout.checks:
            failed = check.query(staging, part)
            staging.reject([
                (source.name, row, check.column, check.code, check.reason.format(*words), None)
                for row, *words in failed
            ])  # fmt: skip
            staging.unstage(row for row, *_ in failed)
            counts.quarantined += len(failed)
        done = layout.load(staging, part)
        counts.inserted += done.inserted
        counts.updated += done.updated
