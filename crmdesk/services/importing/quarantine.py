"""The rows an import set aside: their raw text, and the file that shows them to people."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.text import guard
from crmdesk.places import beside
from crmdesk.services.importing.reading import FIELD_LIMIT, Source, records
from crmdesk.store.queries.importing import Staging

HEADER: Final = ("file", "row", "column", "code", "reason", "raw")


def storable(raw: str) -> str:
    """Raw text as the store can hold it: at most 64 KiB, a NUL shown as its picture, bad bytes as a mark."""
    text = raw[:FIELD_LIMIT].rstrip("\r\n").replace("\0", "\u2400")
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def fill_raw(staging: Staging, source: Source) -> None:
    """Read the file once more for the text of rows that only the bank's checks set aside."""
    wanted = staging.rejected_without_raw(source.name)
    following = next(wanted, None)
    if following is None:
        return
    found: list[tuple[Any, ...]] = []
    for record in records(source):
        if record.row != following[1]:
            continue
        found.append((storable(record.raw), following[0]))
        following = next(wanted, None)
        if following is None:
            break
        if len(found) >= 2_500:
            staging.fill_raw(found)
            found.clear()
    staging.fill_raw(found)


def place(bank: Path, batch: int) -> Path:
    """Where the file lies unless told otherwise: `FILE.quarantine/BATCH.csv`."""
    return beside(bank, "quarantine") / f"{batch}.csv"


class QuarantineFile:
    """Written beside its name before the commit and put in place after it, so that neither is there alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = path.with_name(f"{path.name}.part")

    def write(self, rows: Iterator[tuple[Any, ...]]) -> bool:
        """False, and no file, where nothing was set aside."""
        first = next(rows, None)
        if first is None:
            return False
        if self.path.is_dir():
            raise CrmdeskError(f"{self.path} is a folder; name a file with --quarantine. Nothing was imported.")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(HEADER)
                writer.writerow([_harmless(v) for v in first])
                writer.writerows([_harmless(v) for v in row] for row in rows)
        except OSError as error:
            self.discard()
            raise CrmdeskError(
                f"The quarantine file {self.path} could not be written ({error.strerror}); "
                "name another with --quarantine."
            ) from error
        return True

    def keep(self) -> None:
        self._part.replace(self.path)

    def discard(self) -> None:
        self._part.unlink(missing_ok=True)


def _harmless(value: Any) -> Any:
    """No text that a spreadsheet would run as a formula."""
    return guard(value) if isinstance(value, str) else value
