"""Results as files: every table as CSV, each row checked for permission at that moment, and audited."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmdesk.analytics.population import population
from crmdesk.domain.errors import CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Right, require
from crmdesk.mining.record import RunRecord
from crmdesk.results import Result
from crmdesk.services.context import App
from crmdesk.services.runs import finished
from crmdesk.store import audit

if TYPE_CHECKING:
    import pandas as pd

Draw = Callable[[Path, Path], list[str]]  # (file with a result's bytes, folder) -> warnings
SOLO_ROWS = 1000  # more rows than this leave the bank only with a second person
RISKY = ("=", "+", "-", "@", "\t", "\r", "\0")


@dataclass(frozen=True)
class ExportReport:
    """`files` written, `left_out` people whose permission has ended since the run, `warnings` for the reader."""

    folder: Path
    files: tuple[Path, ...]
    left_out: int
    warnings: tuple[str, ...]


def export(app: App, actor: Actor, uuid: str, out_dir: Path, draw: Draw | None = None) -> ExportReport:
    """Write every table of a run as NAME.csv, what it is as run.json, and its figures through `draw`.

    Rows of people whose permission for the run's purpose has ended since are left out and counted. Raises Refused
    without the right, and CrmdeskError where the folder cannot be written.
    """
    require(actor, Right.EXPORT)
    record = finished(app, actor, uuid)
    allowed = _still_allowed(app, record)
    tables, left_out = _permitted(record, allowed)
    rows = sum(len(table) for table in tables.values() if "customer" in table.columns)
    if rows > SOLO_ROWS and not actor.single:
        raise Refused(f"An export of {rows} customer rows needs a second person, who approves it on the Results page.")
    with app.store.write() as session:
        audit.record(
            app.store, session, actor, "export", record.analysis, purpose=record.purpose, run_uuid=record.uuid,
            fields=", ".join(tables), reason=f"{rows} customer rows, {left_out} people left out",
        )  # fmt: skip
        # Inside the unit of work: a file is only there when its audit row is, and the other way round.
        files = _write_all(record, tables, left_out, out_dir)
    warnings = list(_left_out_words(left_out))
    if draw is not None and record.result is not None and record.result.figures:
        warnings += _draw(record.result, draw, out_dir)
    return ExportReport(out_dir, tuple(files), left_out, tuple(warnings))


def _still_allowed(app: App, record: RunRecord) -> set[int]:
    """Pseudonyms of those whose permission covers the run's purpose at the bank's clock."""
    day = date.fromisoformat(record.as_of)
    return set(population(app.store, record.purpose, day, app.store.clock(), False).customers.tolist())


def _permitted(record: RunRecord, allowed: set[int]) -> tuple[dict[str, pd.DataFrame], int]:
    """The tables with public numbers and without the rows that may no longer leave; how many people that were."""
    gone: set[int] = set()
    tables = {}
    shown = record.tables
    for name, table in (record.result.tables if record.result else {}).items():
        if "customer" in table.columns:
            keep = table["customer"].isin(allowed)
            gone |= set(table.loc[~keep, "customer"].tolist())
            tables[name] = shown[name][keep]
        else:
            tables[name] = table
    return tables, len(gone)


def _left_out_words(left_out: int) -> tuple[str, ...]:
    if not left_out:
        return ()
    people = "1 person" if left_out == 1 else f"{left_out} people"
    return (f"The rows of {people} were left out: the permission for this purpose has ended since the run.",)


def _write_all(record: RunRecord, tables: dict[str, pd.DataFrame], left_out: int, folder: Path) -> list[Path]:
    head = {
        "run": record.uuid, "analysis": record.analysis, "as_of": record.as_of, "purpose": record.purpose,
        "params": dict(record.params), "seed": record.seed, "eligible": record.eligible,
        "excluded": dict(record.excluded), "left_out_since": left_out, "verdict": record.verdict,
    }  # fmt: skip
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            write_csv(table, folder / f"{name}.csv")
        (folder / "run.json").write_text(json.dumps(head, indent=2, allow_nan=False), encoding="utf-8")
    except OSError as error:
        raise CrmdeskError(f"{folder} could not be written ({error.strerror}); choose another folder.") from None
    return [*(folder / f"{name}.csv" for name in tables), folder / "run.json"]


def write_csv(table: pd.DataFrame, file: Path) -> None:
    """RFC 4180, UTF-8; numbers stay numbers, empty is missing, and no text can act as a formula."""
    import pandas as pd

    columns = []
    for _, series in table.items():
        missing = pd.isna(series).tolist()
        columns.append(["" if gone else cell(v) for v, gone in zip(series.tolist(), missing, strict=True)])
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([cell(str(name)) for name in table.columns])
        writer.writerows(zip(*columns, strict=True))


def cell(value: Any) -> Any:
    """One value for a CSV file: text that a spreadsheet would run gets a leading apostrophe.

    >>> cell("=1+1"), cell(-5), cell(True)
    ("'=1+1", -5, 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text.startswith(RISKY) else text


def _draw(result: Result, draw: Draw, folder: Path) -> list[str]:
    """Hand the figures to the drawing child through a file that holds no table about persons."""
    plain = {name: table for name, table in result.tables.items() if "customer" not in table.columns}
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "result.bin"
        file.write_bytes(replace(result, tables=plain, model=None).to_bytes())
        return draw(file, folder)
