"""Whom an export for a purpose leaves out at this moment, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crmdesk.domain.customer import ADULT_YEARS
from crmdesk.domain.days import shift_months
from crmdesk.domain.permission import CONSENT_PURPOSES, MINING_PURPOSES
from crmdesk.store.queries import permissions as ledger


def allowed(raw: Any, purpose: str, channel: str, at: datetime) -> set[int] | None:
    """Everybody whose data may be used for the purpose (and channel) at `at`; None: everybody but the erased."""
    if purpose in CONSENT_PURPOSES:
        sql, parameters = ledger.permitted(purpose, channel, at)
        return {key for (key,) in raw.execute(sql, parameters)} - minors(raw, at)
    if purpose in MINING_PURPOSES:
        return ledger.may_be_mined(raw, purpose, at)
    return None


def erased(raw: Any, at: datetime) -> set[int]:
    """Those who were erased."""
    sql = (
        f"SELECT customer_id FROM permission_event WHERE status = 'erased' AND effective_at <= ? AND {ledger.STANDING}"
    )
    return {key for (key,) in raw.execute(sql, (ledger.stored(at),))}


def restricted(raw: Any) -> set[int]:
    """Everybody whose data is restricted."""
    return {key for (key,) in raw.execute("SELECT id FROM customer WHERE restricted")}


def minors(raw: Any, at: datetime) -> set[int]:
    """Persons who are not of age on the day of `at`, whoever asks: a masked birth date would make adults of some."""
    adult = shift_months(at.date(), -12 * ADULT_YEARS).isoformat()
    sql = "SELECT id FROM main.customer WHERE kind = 'person' AND birth_date > ?"
    return {key for (key,) in raw.execute(sql, (adult,))}
