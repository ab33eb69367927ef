"""Rows of Parquet files and Excel sheets as text, so that one set of grammars reads every kind of file."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from crmdesk.domain.errors import CrmdeskError

UNZIPPED_LIMIT: Final = 200 * 1024 * 1024
RATIO_LIMIT: Final = 100
BATCH: Final = 5_000


def as_text(value: Any) -> str:
    """A typed cell as a CSV file would have it: dates ISO, whole floats without a point, nothing for None."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        midnight = not (value.hour or value.minute or value.second or value.microsecond)
        return value.date().isoformat() if midnight and value.tzinfo is None else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def parquet_rows(path: Path) -> Iterator[list[str]]:
    """The column names, then each row; read in batches."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield list(file.schema_arrow.names)
            for batch in file.iter_batches(batch_size=BATCH):
                columns = [[as_text(v) for v in column.to_pylist()] for column in batch.columns]
                yield from (list(row) for row in zip(*columns, strict=True))
    except pa.ArrowInvalid:
        raise CrmdeskError(f"{path.name} is not a Parquet file; save it again as Parquet or CSV.") from None


def sheet_names(path: Path) -> list[str]:
    return list(_open(path).sheet_names)


def sheet_rows(path: Path, sheet: str) -> Iterator[list[str]]:
    """The header, then each row; rows of nothing but empty cells are left out."""
    width = 0
    for cells in _open(path).get_sheet_by_name(sheet).iter_rows():
        row = [as_text(cell) for cell in cells]
        if not width:
            while row and not row[-1]:
                row.pop()
            width = len(row)
        if any(row):
            # The sheet is as wide as its widest row: empty cells beyond the header are not data.
            while len(row) > width and not row[-1]:
                row.pop()
            yield row


def _open(path: Path) -> Any:
    import python_calamine

    try:
        with zipfile.ZipFile(path) as file:
            size = sum(item.file_size for item in file.infolist())
            packed = max(1, sum(item.compress_size for item in file.infolist()))
        if size > UNZIPPED_LIMIT or size > packed * RATIO_LIMIT:
            raise CrmdeskError(f"{path.name} unpacks to {size:,} bytes, which is too much; save it as CSV instead.")
        return python_calamine.CalamineWorkbook.from_path(path)
    except (zipfile.BadZipFile, python_calamine.CalamineError):
        raise CrmdeskError(f"{path.name} is not an Excel workbook; save it again as xlsx or CSV.") from None
