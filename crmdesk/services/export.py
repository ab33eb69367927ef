"""Results as files: every table as CSV, each row checked for permission at that moment, and audited."""

from __future__ import annotations

import contextlib
import csv
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmdesk.domain import export_terms
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Actor, Right
from crmdesk.domain.text import guard
from crmdesk.mining.record import RunRecord
from crmdesk.results import Result
from crmdesk.services import anchors, large_export
from crmdesk.services import result_masks as masks
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.runs import finished
from crmdesk.store import audit

if TYPE_CHECKING:
    import pandas as pd

Draw = Callable[[Path, Path], list[str]]  # (file with a result's bytes, folder) -> warnings


@dataclass(frozen=True)
class ExportReport:
    """`files` written, `left_out` people whose permission has ended since the run, `warnings` for the reader."""

    folder: Path
    files: tuple[Path, ...]
    left_out: int
    warnings: tuple[str, ...]


@service(Right.EXPORT)
def export(app: App, actor: Actor, uuid: str, out_dir: Path, draw: Draw | None = None) -> ExportReport:
    """Write every table of a run as NAME.csv, what it is as run.json, and its figures through `draw`.

    Rows of people whose permission for the run's purpose has ended since are left out and counted. Raises Refused
    without the right, and CrmdeskError where the folder cannot be written: then no file of the export is there.
    """
    record = _for_file(actor, finished(app, actor, uuid))
    about_persons = masks.persons(record.result).values() if record.result else ()
    rows = sum(map(len, about_persons))
    export_terms.check_rows(actor, max(map(len, about_persons), default=0))
    wanted = _wanted(record)
    large_export.check(app, actor, wanted, rows)
    with writable(out_dir):
        out_dir.mkdir(parents=True, exist_ok=True)
        # On the same disk, so that the files only need to be renamed: the bank stays free while they are written.
        with tempfile.TemporaryDirectory(prefix=".export-", dir=out_dir) as scratch:
            written = _write_all(app, record, Path(scratch))

            def note(session: Any) -> None:
                by = large_export.spend(app, session, actor, wanted, rows)
                audit.record(
                    app.store, session, actor, "export", record.analysis, purpose=record.purpose, run_uuid=record.uuid,
                    fields=", ".join(record.tables),
                    reason=f"{rows} customer rows, {record.left_out} people left out{by}",
                )  # fmt: skip

            files = hand_over(app, written, out_dir, note)
    warnings = list(_left_out_words(record.left_out))
    if draw is not None and record.result is not None and record.result.figures:
        warnings += _draw(record.result, draw, out_dir)
    return ExportReport(out_dir, tuple(files), record.left_out, tuple(warnings))


def _for_file(actor: Actor, record: RunRecord) -> RunRecord:
    """The run with no group of persons in its tables that is smaller than this person may take out of the bank."""
    least = export_terms.least_together(actor)
    if record.result is None or not least:
        return record
    tables = {name: masks.grouped(table, least) for name, table in masks.persons(record.result).items()}
    return replace(record, result=replace(record.result, tables={**record.result.tables, **tables}))


@service(Right.EXPORT)
def ask(app: App, actor: Actor, uuid: str, reason: str) -> int:
    """Ask a second person for the tables of a run with more than 1,000 rows about persons; the proposal's id."""
    record = _for_file(actor, finished(app, actor, uuid))
    about_persons = masks.persons(record.result).values() if record.result else ()
    export_terms.check_rows(actor, max(map(len, about_persons), default=0))
    return large_export.ask(app, actor, _wanted(record), sum(map(len, about_persons)), reason)


def _wanted(record: RunRecord) -> large_export.List:
    details = {"analysis": record.analysis, "run": record.uuid, "tables": ", ".join(record.tables)}
    return large_export.List(f"Export the tables of {record.analysis}", {"run": record.uuid}, details)


def hand_over(app: App, written: list[Path], folder: Path, note: Callable[[Any], None]) -> list[Path]:
    """`note(session)` audits the export, then its files are moved into the folder: both are done, or neither."""
    kept, moved = Path(tempfile.mkdtemp(dir=written[0].parent)), set()
    try:
        with app.store.write() as session:
            note(session)
            with writable(folder):
                for file in written:
                    if (folder / file.name).is_file():
                        (folder / file.name).replace(kept / file.name)
                    file.replace(folder / file.name)
                    moved.add(file)
    except BaseException:
        # Around the unit of work, because saving it can fail too; files that stood there come back.
        for file in written:
            if file in moved:
                (folder / file.name).unlink()
            if (kept / file.name).exists():
                (kept / file.name).replace(folder / file.name)
        raise
    return [folder / file.name for file in written]


@contextlib.contextmanager
def writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CrmdeskError(f"{folder} could not be written ({error.strerror}); choose another folder.") from None


def _left_out_words(left_out: int) -> tuple[str, ...]:
    if not left_out:
        return ()
    people = "1 person" if left_out == 1 else f"{left_out} people"
    return (f"The rows of {people} were left out: the permission for this purpose has ended since the run.",)


def _write_all(app: App, record: RunRecord, folder: Path) -> list[Path]:
    head = {
        "run": record.uuid, "analysis": record.analysis, "as_of": record.as_of, "purpose": record.purpose,
        "params": dict(record.params), "seed": record.seed, "eligible": record.eligible,
        "excluded": dict(record.excluded), "left_out_since": record.left_out, "verdict": record.verdict,
        "audit_head": anchors.foot(app)[1],
    }  # fmt: skip
    files = []
    for name, table in record.tables.items():
        files.append(folder / f"{name}.csv")
        write_csv(table, files[-1])
    files.append(folder / "run.json")
    files[-1].write_text(json.dumps(head, indent=2, allow_nan=False), encoding="utf-8")
    return files


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
    return guard(text)


def _draw(result: Result, draw: Draw, folder: Path) -> list[str]:
    """Hand the figures to the drawing child through a file that holds no table about persons."""
    plain = {name: table for name, table in result.tables.items() if "customer" not in table.columns}
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "result.bin"
        file.write_bytes(replace(result, tables=plain, model=None).to_bytes())
        return draw(file, folder)
