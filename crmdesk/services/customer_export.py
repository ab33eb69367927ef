"""The customer list as a file for one purpose: who did not permit that purpose now is left out, and it is audited."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput, CrmdeskError, Refused
from crmdesk.domain.permission import CONSENT_PURPOSES, MARKETING_CHANNELS, MINING_PURPOSES
from crmdesk.domain.rights import Actor, Right, may, require
from crmdesk.jobs import Cancelled, Progress, Silent
from crmdesk.services import anchors
from crmdesk.services.context import App
from crmdesk.services.customers import BLOCK, Chosen, ids_of
from crmdesk.services.export import SOLO_ROWS, hand_over, writable
from crmdesk.services.export_rows import Cell, Foot, Sheet, about_file, cells, export_columns, write_csv, write_xlsx
from crmdesk.services.filter_words import describe
from crmdesk.services.guard import service
from crmdesk.services.list_fields import ListColumn, label
from crmdesk.store import audit
from crmdesk.store.queries import customer_export as queries
from crmdesk.store.queries.permission_write import raw_of

__all__ = [
    "PURPOSES", "ExportDone", "ExportPlan", "address_columns", "export_columns", "first_rows", "plan", "write",
]  # fmt: skip
PURPOSES: Final = ("service", *CONSENT_PURPOSES, *MINING_PURPOSES)
PURPOSE_WORDS: Final = {"service": "service", "marketing": "offers", "survey": "research", "sharing": "partners",
                        "profiling": "profiling", "targeting": "targeting"}  # fmt: skip
WRITERS: Final[dict[str, Callable[[Path, Sheet, Foot], None]]] = {".csv": write_csv, ".xlsx": write_xlsx}
XLSX_ROWS: Final = 1_048_575  # rows of a sheet, without the head
_ADDRESS: Final = {"email": ("email",), "phone": ("phone",), "sms": ("phone",),
                   "post": ("street", "postcode", "city", "country")}  # fmt: skip
_TRIES: Final = 3  # an export during which somebody withdrew is made anew


@dataclass(frozen=True)
class ExportPlan:
    """What an export would write: `rows` customers, `left_out` by reason, titles of the `personal` columns."""

    rows: int
    left_out: Mapping[str, int]
    personal: tuple[str, ...]
    purpose: str
    sentence: str


@dataclass(frozen=True)
class ExportDone:
    """The file that was written; `left_out` by reason, as they stood when it was handed over."""

    file: Path
    rows: int
    left_out: Mapping[str, int]
    change: Change


@dataclass(frozen=True)
class _Order:
    """What was asked for, checked."""

    app: App
    actor: Actor
    chosen: Chosen
    columns: tuple[ListColumn, ...]
    purpose: str
    channel: str


class _Withdrawn(Exception):
    """Somebody who stands in the file withdrew while it was written."""


@service(Right.EXPORT)
def address_columns(app: App, actor: Actor, channel: str) -> tuple[str, ...]:
    """Keys of the columns without which nobody can be reached by `channel`; none for who may not read them."""
    return _ADDRESS.get(channel, ()) if may(actor, Right.READ_CONTACT) else ()


@service(Right.EXPORT)
def plan(app: App, actor: Actor, chosen: Chosen, columns: Sequence[str], purpose: str, channel: str = "") -> ExportPlan:
    """How many rows, who is left out and what is personal, before anything is written; raises as `write` does."""
    order = _check(app, actor, chosen, columns, purpose, channel)
    ids, left_out = _people(order, lambda: False)
    personal = tuple(c.title for c in order.columns if c.key in _personal(app, actor))
    return ExportPlan(len(ids), left_out, personal, purpose, _sentence(order, len(ids), left_out, personal))


@service(Right.EXPORT)
def write(
    app: App, actor: Actor, chosen: Chosen, columns: Sequence[str], file: Path, *, purpose: str, channel: str = "",
    progress: Progress | None = None, cancel: Callable[[], bool] = lambda: False,
) -> ExportDone:  # fmt: skip
    """Write the chosen customers to `file` (.csv or .xlsx), for one purpose; bank, filter and who was left out go
    into the sheet "About", and of a CSV into FILE.about.json.

    Each row passes the purpose's permission at the moment the file is handed over. BadInput for a purpose without
    its channel or another ending; Refused without the right, or for more than 1,000 rows in a bank with users;
    CrmdeskError where the file cannot be written; Cancelled. Then no file is there, or the one that was.
    """
    order = _check(app, actor, chosen, columns, purpose, channel)
    if file.suffix.lower() not in WRITERS:
        raise BadInput(f"{file.name} is no name for a table; end it in .csv or .xlsx.")
    folder = file.resolve().parent
    for _ in range(_TRIES):
        ids, left_out = _people(order, cancel)
        _check_size(actor, file, len(ids))
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
    """
    order = _check(app, actor, chosen, columns, purpose, channel)
    ids, left_out = _people(order, lambda: False)
    shown = ids[:limit]
    starts = range(0, len(shown), BLOCK)
    found = [row for at in starts for row in cells(app, actor, shown[at : at + BLOCK].tolist(), order.columns)]
    if kept:
        try:
            with app.store.write() as session:
                _note(order, session, shown, left_out, "print customers")
        except _Withdrawn:
            raise CrmdeskError("A permission changed while this was printed; print it again.") from None
    personal = tuple(c.title for c in order.columns if c.key in _personal(app, actor))
    sentence = _sentence(order, len(ids), left_out, personal)
    return ExportPlan(len(ids), left_out, personal, purpose, sentence), list(order.columns), found


def _check(app: App, actor: Actor, chosen: Chosen, columns: Sequence[str], purpose: str, channel: str) -> _Order:
    require(actor, Right.EXPORT)
    require(actor, Right.READ_CUSTOMER)
    if purpose not in PURPOSES:
        raise BadInput(f"'{purpose}' is not a purpose to export for; choose one of {', '.join(PURPOSES)}.")
    if purpose == "service":
        require(actor, Right.READ_CONTACT)
    if purpose in CONSENT_PURPOSES and channel not in MARKETING_CHANNELS:
        raise BadInput(f"Say by which channel they will be contacted: one of {', '.join(MARKETING_CHANNELS)}.")
    known = {column.key: column for column in export_columns(app, actor)}
    unknown = [key for key in columns if key not in known]
    if unknown or not columns:
        raise BadInput(f"There is no column {', '.join(unknown) or 'chosen'} to export; choose from those of the list.")
    channel = channel if purpose in CONSENT_PURPOSES else ""
    return _Order(app, actor, chosen, tuple(known[key] for key in dict.fromkeys(columns)), purpose, channel)


def _check_size(actor: Actor, file: Path, rows: int) -> None:
    if rows > SOLO_ROWS and not actor.single:
        raise Refused(f"An export of {rows} customer rows needs a second person who approves it.")
    if file.suffix.lower() == ".xlsx" and rows > XLSX_ROWS:
        raise BadInput(f"A sheet of Excel holds {XLSX_ROWS} rows, not {rows}; export as .csv instead.")


def _people(order: _Order, cancel: Callable[[], bool]) -> tuple[NDArray[np.int64], dict[str, int]]:
    """Ids of those who may be exported, in the order of the list, and how many are not by reason."""
    at = order.app.store.clock()
    with order.app.store.reader() as raw:
        ids = ids_of(raw, order.actor, order.chosen, at, cancel=cancel)
        reasons = {"erased": queries.erased(raw, at)}
        allowed = queries.allowed(raw, order.purpose, order.channel, at)
        if allowed is not None:
            reasons |= {"restricted": queries.restricted(raw)}
            reasons |= {"minor": queries.minors(raw, at)} if order.purpose in CONSENT_PURPOSES else {}
            words = f"no permission for {_purpose_words(order)}"
            reasons[words] = set(map(int, ids)) - allowed
    left_out: dict[str, int] = {}
    for reason, people in reasons.items():
        out = np.isin(ids, list(people)) if people else np.zeros(len(ids), bool)
        if out.any():
            left_out[reason] = int(out.sum())
            ids = ids[~out]
    return ids, left_out


def _write(order: _Order, ids: NDArray[np.int64], file: Path, left_out: Mapping[str, int], progress: Progress,
           cancel: Callable[[], bool]) -> None:  # fmt: skip
    def rows() -> Any:
        for start in range(0, len(ids), BLOCK):
            if cancel():
                raise Cancelled
            progress.step(start / len(ids), f"{start} of {len(ids)} customers written")
            yield from cells(order.app, order.actor, ids[start : start + BLOCK].tolist(), order.columns)

    app = order.app
    foot = [
        ("Bank", app.path.stem), ("Written", f"{app.store.clock():%Y-%m-%d %H:%M} UTC"),
        ("Filter", describe(app, order.actor, order.chosen.query)), ("Purpose", _purpose_words(order)),
        ("Rows", str(len(ids))), *((f"Left out: {reason}", str(n)) for reason, n in left_out.items()),
        anchors.foot(app),
    ]  # fmt: skip
    if order.chosen.ids is not None:
        foot.insert(3, ("Selected", f"{len(order.chosen.ids)} of them by hand"))
    WRITERS[file.suffix.lower()](file, Sheet(order.columns, rows()), foot)
    progress.step(1.0, f"{len(ids)} customers written")


def _note(
    order: _Order, session: Any, ids: NDArray[np.int64], left_out: Mapping[str, int], act: str = "export customers"
) -> None:  # fmt: skip
    """The audit row, in the unit of work in which the file is handed over; raises where one of them withdrew since."""
    raw, at = raw_of(session), order.app.store.clock()
    allowed = queries.allowed(raw, order.purpose, order.channel, at)
    out = queries.erased(raw, at)
    if any(key in out or (allowed is not None and key not in allowed) for key in ids.tolist()):
        raise _Withdrawn
    audit.record(
        order.app.store, session, order.actor, act, order.channel, purpose=order.purpose,
        fields=", ".join(column.key for column in order.columns),
        reason=f"{len(ids)} customer rows, {sum(left_out.values())} people left out",
    )  # fmt: skip


def _personal(app: App, actor: Actor) -> frozenset[str]:
    return frozenset(column.key for column in export_columns(app, actor) if column.personal)


def _purpose_words(order: _Order) -> str:
    words = PURPOSE_WORDS[order.purpose]
    return f"{words} by {_lower(label(order.channel))}" if order.channel else words


def _lower(word: str) -> str:
    return word if word.isupper() else word[:1].lower() + word[1:]


def _sentence(order: _Order, rows: int, left_out: Mapping[str, int], personal: Sequence[str]) -> str:
    """What the dialog says before anything is written."""
    people = "1 customer" if rows == 1 else f"{rows:,} customers"
    said = [f"{people} for {_purpose_words(order)}."]
    if left_out:
        said.append(f"Left out: {', '.join(f'{n:,} {reason}' for reason, n in left_out.items())}.")
    said.append(f"Personal: {', '.join(personal)}." if personal else "No personal column.")
    return " ".join(said)
