"""Commands of the permission ledger: permissions, permission, receipt, notices."""

from datetime import UTC, datetime, time
from json import loads
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from crmdesk.cli.bank import File, Json
from crmdesk.cli.daily import Number
from crmdesk.cli.output import answer, grid, me, opened
from crmdesk.domain.permission import Decision
from crmdesk.domain.recording import UNSTATED, Recording
from crmdesk.services import customers, notices, permission_bank, permission_record, permissions, receipts

Day = Annotated[datetime | None, typer.Option("--at", help="As of the end of this day.", formats=["%Y-%m-%d"])]
Known = Annotated[
    datetime | None,
    typer.Option("--known-at", help="From what was on record by the end of this day.", formats=["%Y-%m-%d"]),
]


# As the desk writes them.
_WORDS: Final = {"granted": "yes", "none": "not asked", "pending": "asked", "refused": "no"}


def _end(day: datetime | None) -> datetime | None:
    return None if day is None else datetime.combine(day.date(), time.max, UTC)


def permission_grid(
    file: File,
    number: Annotated[
        str | None, typer.Argument(metavar="[NUMBER]", help="A customer; the whole bank without.")
    ] = None,
    at: Day = None,
    known_at: Known = None,
    json: Json = False,
) -> None:
    """What was allowed at a day, by purpose and channel: of one customer, or counted over the bank."""
    with opened(file) as app:
        if number is not None:
            _grid(app, number, _end(at), _end(known_at), json)
            return
        found = permission_bank.overview(app, me(), _end(at), _end(known_at))
    states = sorted({state for counts in found.rows.values() for state in counts})
    rows = [[purpose, channel or "all", *(counts.get(s, 0) for s in states)]
            for (purpose, channel), counts in found.rows.items()]  # fmt: skip
    document = {"at": found.at, "customers": found.customers, "rows": [
        {"purpose": p, "channel": c, "states": dict(counts)} for (p, c), counts in found.rows.items()]}  # fmt: skip
    answer(
        document,
        json,
        f"{found.customers:,} customers, as of {found.at:%Y-%m-%d}.\n"
        + grid(["purpose", "channel", *(_WORDS.get(s, s) for s in states)], rows),
    )


def _state(decision: Decision) -> str:
    """The state in the words of the desk; the document keeps its code."""
    return _WORDS.get(decision.shown, decision.shown)


def _grid(app: Any, number: str, at: datetime | None, known_at: datetime | None, json: bool) -> None:
    found = permissions.grid(app, me(), number, at, known_at)
    customers.note_opened(app, me(), number)
    cells = [cell for row in found.rows for cell in row]
    rows = [[c.purpose, c.channel or "all", "yes" if c.decision.allowed else "no", _state(c.decision),
             c.decision.reason] for c in cells]  # fmt: skip
    columns = ["purpose", "channel", "allowed", "state", "reason"]
    document = {"number": number, "at": found.at, "cells": [
        {"purpose": c.purpose, "channel": c.channel, "allowed": c.decision.allowed, "state": c.decision.state,
         "reason": c.decision.reason} for c in cells]}  # fmt: skip
    answer(document, json, f"{number}, as of {found.at:%Y-%m-%d}.\n" + grid(columns, rows, most=100))


def record(
    file: File,
    number: Number,
    status: Annotated[str, typer.Argument(metavar="STATUS", help="granted, refused, withdrawn, objected or asked.")],
    purpose: Annotated[str, typer.Option(help="marketing, survey, sharing, profiling or targeting.")] = "marketing",
    channel: Annotated[
        list[str] | None, typer.Option(help="May be repeated; all channels where none is given.")
    ] = None,
    source: Annotated[
        str, typer.Option(help="How: branch, call, form or web; a grant must say it.", show_default=False)
    ] = UNSTATED,
    notice: Annotated[int | None, typer.Option(help="The notice shown, by its id: crmdesk notices.")] = None,
    evidence: Annotated[str, typer.Option(help="What proves a grant.")] = "",
    json: Json = False,
) -> None:
    """Record what a customer allows or forbids; a grant needs a notice and evidence, a withdrawal neither."""
    wanted = Recording(purpose, tuple(channel or ()), status, source=source, notice=notice, evidence=evidence)
    with opened(file) as app:
        change = permission_record.record(app, me(), number, wanted)
        sentence = permissions.contactable(app, me(), number)
    answer({"number": number, "events": sorted(change.touched["permission_event"]), "may_contact": sentence}, json,
           f"Recorded. {sentence}")  # fmt: skip


def receipt(
    file: File,
    number: Number,
    out: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
) -> None:
    """The customer's permission receipt as JSON (sections of ISO/IEC TS 27560)."""
    with opened(file) as app:
        if out is None:
            document = receipts.receipt(app, me(), number)
        else:  # one receipt, saved and shown
            document = loads(receipts.save(app, me(), number, out).read_text(encoding="utf-8"))
    answer(document, True, "")


def list_notices(
    file: File,
    add: Annotated[str | None, typer.Option(help="Code of a notice to write a new version of.")] = None,
    text: Annotated[str, typer.Option(help="The words customers are shown.")] = "",
    language: Annotated[str, typer.Option(help="Two letters.")] = "en",
    json: Json = False,
) -> None:
    """The notices customers are shown before they grant, newest version of each; --add writes one."""
    with opened(file) as app:
        if add is not None:
            notices.add(app, me(), add, text, language)
        found = notices.current(app, me())
    columns = ["id", "code", "version", "language", "text"]
    rows = [[getattr(n, c) for c in columns] for n in found]
    document = {"notices": [{c: getattr(n, c) for c in columns} for n in found]}
    answer(
        document,
        json,
        grid(columns, rows) if rows else "This bank has no notice yet: crmdesk notices FILE --add CODE --text ...",
    )


def register(program: typer.Typer) -> None:
    for name, command in (
        ("permissions", permission_grid), ("permission", record), ("receipt", receipt), ("notices", list_notices),
    ):  # fmt: skip
        program.command(name)(command)
