"""The customer list as a file for one purpose: who did not permit that purpose now is left out, and it is audited."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain import export_terms
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput, CrmdeskError, NeedsSecond
from crmdesk.domain.rights import Actor, Right, clear
from crmdesk.jobs import Cancelled, Progress, Silent
from crmdesk.services import anchors, large_export
from crmdesk.services.context import App
from crmdesk.services.customers import BLOCK, Chosen
from crmdesk.services.export import hand_over, writable
from crmdesk.services.export_order import ADDRESS, PURPOSES, Order, order_for, people, purpose_words, typed_rows
from crmdesk.services.export_rows import (
    Cell,
    Foot,
    Sheet,
    about_file,
    export_columns,
    write_csv,
    write_xlsx,
    writes_to_lists,
)
from crmdesk.services.filter_words import describe
from crmdesk.services.guard import service
from crmdesk.services.list_fields import ListColumn
from crmdesk.store import audit
from crmdesk.store.queries import customer_export as queries
from crmdesk.store.queries.permission_write import raw_of

__all__ = [
    "PURPOSES", "ExportDone", "ExportPlan", "address_columns", "export_columns", "first_rows", "plan", "write",
]  # fmt: skip
WRITERS: Final[dict[str, Callable[[Path, Sheet, Foot], None]]] = {".csv": write_csv, ".xlsx": write_xlsx}
XLSX_ROWS: Final = 1_048_575  # rows of a sheet, without the head
_TRIES: Final = 3  # an export during which somebody withdrew is made anew


@dataclass(frozen=True)
class ExportPlan:
    """What an export would write: `rows` customers, `left_out` by reason, titles of the `personal` columns.

    `second` says what is missing where a second person has to approve it first.
    """

    rows: int
    left_out: Mapping[str, int]
    personal: tuple[str, ...]
    purpose: str
    sentence: str
    second: NeedsSecond | None = None


@dataclass(frozen=True)
class ExportDone:
    """The file that was written; `left_out` by reason, as they stood when it was handed over."""

    file: Path
    rows: int
    left_out: Mapping[str, int]
    change: Change


class _Withdrawn(Exception):
    """Somebody who stands in the file withdrew while it was written."""


@service(Right.EXPORT)
def address_columns(app: App, actor: Actor, channel: str) -> tuple[str, ...]:
    """Keys of the columns without which nobody can be reached by `channel`; none for who may not read them."""
    export_terms.check_rows(actor, 0)
    return ADDRESS.get(channel, ()) if clear(actor, Right.READ_CONTACT) or writes_to_lists(actor) else ()


@service(Right.EXPORT)
def plan(app: App, actor: Actor, chosen: Chosen, columns: Sequence[str], purpose: str, channel: str = "") -> ExportPlan:
    """How many rows, who is left out and what is personal, before anything is written; raises as `write` does."""
    order = order_for(chosen, columns, purpose, channel, app, actor)
    ids, left_out = people(order, lambda: False)
    export_terms.check_rows(actor, len(ids))
    personal = tuple(c.title for c in order.columns if c.key in _personal(app, actor))
    second = None
    try:
        large_export.check(app, actor, _wanted(order), len(ids))
    except NeedsSecond as missing:
        second = missing
    return ExportPlan(len(ids), left_out, personal, purpose, _sentence(order, len(ids), left_out, personal), second)


@service(Right.EXPORT)
def ask(
    app: App, actor: Actor, chosen: Chosen, columns: Sequence[str], purpose: str, channel: str = "", *, reason: str
) -> int:  # fmt: skip
    """Ask a second person for an export of more than 1,000 customers; returns the proposal's id. Raises as `plan`."""
    order = order_for(chosen, columns, purpose, channel, app, actor)
    rows = len(people(order, lambda: False)[0])
    export_terms.check_rows(actor, rows)
    return large_export.ask(app, actor, _wanted(order), rows, reason)


@service(Right.EXPORT)
def write(
    app: App, actor: Actor, chosen: Chosen, columns: Sequence[str], file: Path, *, purpose: str, channel: str = "",
    progress: Progress | None = None, cancel: Callable[[], bool] = lambda: False,
) -> ExportDone:  # fmt: skip
    """Write the chosen customers to `file` (.csv or .xlsx), for one purpose; bank, filter and who was left out go
    into the sheet "About", and of a CSV into FILE.about.json.

    Each row passes the purpose's permission at the moment the file is handed over. BadInput for a purpose without
    its channel or another ending; Refused without the right, for more rows than the role may take (`export_terms`),
    or NeedsSecond for more than 1,000 in a bank with users (`ask`); CrmdeskError where the file cannot be written;
    Cancelled. Then no file is there, or the one that was.
    """
    order = order_for(chosen, columns, purpose, channel, app, actor)
    if file.suffix.lower() not in WRITERS:
        raise BadInput(f"{file.name} is no name for a table; end it in .csv or .xlsx.")
    folder = file.resolve().parent
    for _ in range(_TRIES):
        ids, left_out = people(order, cancel)
        _check_size(order, file, len(ids))
        with writable(folder), tempfile.TemporaryDirectory(prefix=".export-", dir=folder) as scratch:
            made = Path(scratch) / file.name
            _write(order, ids, made, left_out, progress or Silent(), cancel)

            def note(session: Any, ids: NDArray[np.int64] = ids, left_out: Mapping[str, int] = left_out) -> None:
                _note(order, session, ids, left_out)

            try:
                hand_over(app, [file for file in (made, about_file(made)) if file.exists()], folder, note)
            except _Withdrawn:
                continue
        return ExportDone(folder / file.name, len(ids), left_out, Change("export", {}, app.store.change_no()))
    raise CrmdeskError("Permissions changed again and again while the file was written; try again in a minute.")


@service(Right.EXPORT)
def first_rows(
    app: App, actor: Actor, chosen: Chosen, columns: Sequence[str], *, purpose: str, channel: str = "", limit: int,
    kept: bool,
) -> tuple[ExportPlan, list[ListColumn], list[list[Cell]]]:  # fmt: skip
    """The first `limit` rows of an export as typed cells, for paper; the plan counts all of them.

    With `kept` the rows leave the bank: that is audited, and refused as in `write` where somebody withdrew meanwhile.
    Without, addresses that only the list opens stay masked.
    """
    order = replace(order_for(chosen, columns, purpose, channel, app, actor), veiled=not kept)
    ids, left_out = people(order, lambda: False)
    export_terms.check_rows(actor, len(ids))
    shown = ids[:limit]
    found = [row for at in range(0, len(shown), BLOCK) for row in typed_rows(order, shown[at : at + BLOCK].tolist())]
    if kept:
        large_export.check(app, actor, _wanted(order), len(shown))
        try:
            with app.store.write() as session:
                _note(order, session, shown, left_out, "print customers")
        except _Withdrawn:
            raise CrmdeskError("A permission changed while this was printed; print it again.") from None
    personal = tuple(c.title for c in order.columns if c.key in _personal(app, actor))
    sentence = _sentence(order, len(ids), left_out, personal)
    return ExportPlan(len(ids), left_out, personal, purpose, sentence), list(order.columns), found


def _wanted(order: Order) -> large_export.List:
    """What a second person approves: this filter, these columns, this purpose."""
    ids, query = order.chosen.ids, order.chosen.query.to_json()
    parts = {"query": query, "ids": sorted(ids) if ids is not None else None, "purpose": order.purpose,
             "channel": order.channel, "columns": [column.key for column in order.columns]}  # fmt: skip
    details = {"filter": describe(order.app, order.actor, order.chosen.query), "purpose": purpose_words(order),
               "columns": ", ".join(column.title for column in order.columns)}  # fmt: skip
    return large_export.List(f"Export customers for {purpose_words(order)}", parts, details)


def _check_size(order: Order, file: Path, rows: int) -> None:
    export_terms.check_rows(order.actor, rows)
    large_export.check(order.app, order.actor, _wanted(order), rows)
    if file.suffix.lower() == ".xlsx" and rows > XLSX_ROWS:
        raise BadInput(f"A sheet of Excel holds {XLSX_ROWS} rows, not {rows}; export as .csv instead.")


def _write(order: Order, ids: NDArray[np.int64], file: Path, left_out: Mapping[str, int], progress: Progress,
           cancel: Callable[[], bool]) -> None:  # fmt: skip
    def rows() -> Any:
        for start in range(0, len(ids), BLOCK):
            if cancel():
                raise Cancelled
            progress.step(start / len(ids), f"{start} of {len(ids)} customers written")
            yield from typed_rows(order, ids[start : start + BLOCK].tolist())

    app = order.app
    foot = [
        ("Bank", app.path.stem), ("Written", f"{app.store.clock():%Y-%m-%d %H:%M} UTC"),
        ("Filter", describe(app, order.actor, order.chosen.query)), ("Purpose", purpose_words(order)),
        ("Rows", str(len(ids))), *((f"Left out: {reason}", str(n)) for reason, n in left_out.items()),
        anchors.foot(app),
    ]  # fmt: skip
    if order.chosen.ids is not None:
        foot.insert(3, ("Selected", f"{len(order.chosen.ids)} of them by hand"))
    WRITERS[file.suffix.lower()](file, Sheet(order.columns, rows()), foot)
    progress.step(1.0, f"{len(ids)} customers written")


def _note(
    order: Order, session: Any, ids: NDArray[np.int64], left_out: Mapping[str, int], act: str = "export customers"
) -> None:  # fmt: skip
    """The audit row, in the unit of work in which the file is handed over; raises where one of them withdrew since."""
    raw, at = raw_of(session), order.app.store.clock()
    allowed = queries.allowed(raw, order.purpose, order.channel, at)
    out = queries.erased(raw, at)
    if any(key in out or (allowed is not None and key not in allowed) for key in ids.tolist()):
        raise _Withdrawn
    by = large_export.spend(order.app, session, order.actor, _wanted(order), len(ids))
    audit.record(
        order.app.store, session, order.actor, act, order.channel, purpose=order.purpose,
        fields=", ".join(column.key for column in order.columns),
        reason=f"{len(ids)} customer rows, {sum(left_out.values())} people left out{by}",
    )  # fmt: skip


def _personal(app: App, actor: Actor) -> frozenset[str]:
    return frozenset(column.key for column in export_columns(app, actor) if column.personal)


def _sentence(order: Order, rows: int, left_out: Mapping[str, int], personal: Sequence[str]) -> str:
    """What the dialog says before anything is written."""
    people = "1 customer" if rows == 1 else f"{rows:,} customers"
    said = [f"{people} for {purpose_words(order)}."]
    if left_out:
        said.append(f"Left out: {', '.join(f'{n:,} {reason}' for reason, n in left_out.items())}.")
    said.append(f"Personal: {', '.join(personal)}." if personal else "No personal column.")
    return " ".join(said)
