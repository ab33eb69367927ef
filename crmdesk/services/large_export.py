"""More than 1,000 rows about customers leave a bank with users only with a second person's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from crmdesk.domain.errors import BadInput
from crmdesk.domain.guard import EXPORT_ALONE
from crmdesk.domain.rights import Actor
from crmdesk.services import proposals
from crmdesk.services.context import App

ALONE: Final = EXPORT_ALONE


@dataclass(frozen=True)
class List:
    """What would leave the bank: `parts` say exactly what (the same parts, the same approval), the rest is to read."""

    title: str
    parts: Mapping[str, Any]
    details: Mapping[str, Any]


def ask(app: App, actor: Actor, wanted: List, rows: int, reason: str) -> int:
    """Ask a second person; returns the proposal's id. BadInput where one person may export so many."""
    if rows <= ALONE:
        raise BadInput(f"{rows:,} rows need no second person; export them.")
    details = {**wanted.details, "rows": f"{rows:,}"}
    return proposals.propose(app, actor, "export", wanted.title, _subject(wanted), details, reason)


def check(app: App, actor: Actor, wanted: List, rows: int) -> None:
    """Before a file is made: NeedsSecond where so many rows were not approved."""
    if rows > ALONE:
        proposals.check(app, actor, "export", _subject(wanted), title=wanted.title)


def spend(app: App, session: Any, actor: Actor, wanted: List, rows: int) -> str:
    """In the unit of work that hands the file over: what its audit row says of the second person."""
    return f"; {proposals.spend(app, session, actor, 'export', _subject(wanted))}" if rows > ALONE else ""


def _subject(wanted: List) -> str:
    return proposals.subject("export", **wanted.parts)
