"""More than 1,000 rows about customers a day leave a bank with users only with a second person's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from crmdesk.domain.errors import BadInput
from crmdesk.domain.guard import EXPORT_ALONE
from crmdesk.domain.rights import Actor
from crmdesk.services import proposals
from crmdesk.services.context import App
from crmdesk.store.queries import audit as queries
from crmdesk.store.queries.offers import raw_of

ALONE: Final = EXPORT_ALONE
DAY: Final = timedelta(hours=24)  # what was taken out within it counts together, so that no list goes in slices
# The acts whose audit rows begin their reason with the number of rows.
_TAKEN: Final = ("export", "export customers", "export offers", "print customers")


@dataclass(frozen=True)
class List:
    """What would leave the bank: `parts` say exactly what (the same parts, the same approval), the rest is to read."""

    title: str
    parts: Mapping[str, Any]
    details: Mapping[str, Any]


def ask(app: App, actor: Actor, wanted: List, rows: int, reason: str) -> int:
    """Ask a second person; returns the proposal's id. BadInput where one person may export so many."""
    with app.store.whole.reader() as raw:
        many = _many(raw, actor, rows)
    if not many:
        raise BadInput(f"{rows:,} rows need no second person; export them.")
    details = {**wanted.details, "rows": f"{rows:,}"}
    return proposals.propose(app, actor, "export", wanted.title, _subject(wanted), details, reason)


def check(app: App, actor: Actor, wanted: List, rows: int) -> None:
    """Before a file is made: NeedsSecond where so many rows, with those of the last 24 hours, were not approved."""
    with app.store.whole.reader() as raw:
        many = _many(raw, actor, rows)
    if many:
        proposals.check(app, actor, "export", _subject(wanted), title=wanted.title)


def spend(app: App, session: Any, actor: Actor, wanted: List, rows: int) -> str:
    """In the unit of work that hands the file over: what its audit row says of the second person."""
    many = _many(raw_of(session), actor, rows)
    return f"; {proposals.spend(app, session, actor, 'export', _subject(wanted))}" if many else ""


def _many(raw: Any, actor: Actor, rows: int) -> bool:
    """Whether one person may not take out so many rows alone, after what the same person took out within a day.

    What a second person approved is not counted again.
    """
    if rows > ALONE or actor.single or not rows:
        return rows > ALONE
    return rows + queries.rows_taken(raw, actor.login, _TAKEN, datetime.now(UTC) - DAY) > ALONE


def _subject(wanted: List) -> str:
    return proposals.subject("export", **wanted.parts)
