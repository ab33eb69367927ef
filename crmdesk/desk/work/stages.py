"""Stages of opportunities in words, and opportunities in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from crmdesk.desk import words
from crmdesk.domain.work import OPEN_STAGES, STAGES
from crmdesk.services.opportunities import OpportunityRow

TITLES: Final = dict(zip(STAGES, ("Identified", "Details", "Follow-up", "Won", "Lost"), strict=True))


def worth(rows: Iterable[OpportunityRow]) -> str:
    """The values together, a sum for each currency: "EUR 41,000"; "" where none is known."""
    sums: dict[str, int] = {}
    for row in rows:
        if row.value is not None:
            sums[row.currency] = sums.get(row.currency, 0) + row.value
    return ", ".join(words.money(total, currency) for currency, total in sorted(sums.items()))


def who(row: OpportunityRow) -> str:
    return row.name


def next_words(row: OpportunityRow) -> str:
    """The next step with its day; for a lost one the reason."""
    if row.stage == "lost":
        return row.lost_reason
    if row.stage not in OPEN_STAGES:
        return ""
    on = words.on(row.next_on) if row.next_on else ""
    return ", ".join(filter(None, (row.next_step, on))) or "No next step yet"


def spoken(row: OpportunityRow) -> str:
    """The whole card as a sentence for screen readers."""
    value = words.money(row.value, row.currency) if row.value is not None else "value not known"
    return f"{TITLES[row.stage]}: {row.title}, {row.name} {row.number}, {value}. {next_words(row)}".strip()
