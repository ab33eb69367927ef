"""What a person says about a permission, and the rules that a record of it must keep before it is an event."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from crmdesk.domain.days import shift_months
from crmdesk.domain.errors import BadInput
from crmdesk.domain.permission import (
    CONSENT_PURPOSES,
    DEFAULT_LIFE_MONTHS,
    MARKETING_CHANNELS,
    MINING_PURPOSES,
    PURPOSES,
    PermissionEvent,
)

RECORDED: Final = ("granted", "refused", "withdrawn", "objected", "asked")
SOURCES: Final = ("branch", "call", "form", "web")
UNSTATED: Final = "unstated"  # nobody said how: enough for a no, never for a grant
SOFT_OPT_IN: Final = ("marketing", ("email",))
_TICK: Final = timedelta(microseconds=1)
# A standing clock shows the day's last second: what is recorded lies before it, so that a later act still fits in.
_ROOM: Final = timedelta(seconds=10)


@dataclass(frozen=True)
class Recording:
    """One answer of a customer: a purpose, the channels it is about, and how it is proven.

    `channels` () = all of them: for refused, withdrawn and objected, and for purposes without channels. `source`: how
    the customer answered, which a grant must say. `notice`: id of the notice shown. `evidence`: words that prove it;
    `document`: SHA-256 of a document kept with the customer. `effective_at` None = now. `expires_on`: a grant's last
    day, None = the purpose's life is written in. `soft_opt_in`: offers of own similar products by e-mail to who holds
    one: with notice, without evidence.
    """

    purpose: str
    channels: tuple[str, ...]
    status: str
    source: str = UNSTATED
    notice: int | None = None
    evidence: str = ""
    document: str = ""
    effective_at: datetime | None = None
    expires_on: date | None = None
    soft_opt_in: bool = False

    @property
    def places(self) -> tuple[str | None, ...]:
        """The channel of each event: one event for each channel, one without a channel for all of them."""
        return self.channels or (None,)


def check(recording: Recording, now: datetime) -> None:
    """BadInput with one sentence for what cannot be recorded; the store is not asked."""
    _check_place(recording)
    _check_times(recording, now)
    if recording.status == "granted":
        _check_proof(recording)
    elif recording.soft_opt_in:
        raise BadInput("Only a grant can be a soft opt-in; take the tick away, or choose Grants.")


def _check_place(recording: Recording) -> None:
    purpose, status = recording.purpose, recording.status
    if status not in RECORDED:
        raise BadInput(f"'{status}' cannot be recorded; choose one of {', '.join(RECORDED)}.")
    if recording.source not in (*SOURCES, UNSTATED):
        raise BadInput(f"'{recording.source}' is no way a customer answers; choose one of {', '.join(SOURCES)}.")
    if purpose not in (*CONSENT_PURPOSES, *MINING_PURPOSES):
        known = ", ".join((*CONSENT_PURPOSES, *MINING_PURPOSES))
        why = "needs no permission of the customer" if purpose in PURPOSES else "is not a purpose"
        raise BadInput(f"'{purpose}' {why}, so nothing is recorded for it; choose one of {known}.")
    for channel in recording.channels:
        if channel not in MARKETING_CHANNELS:
            raise BadInput(f"'{channel}' is not a channel; choose among {', '.join(MARKETING_CHANNELS)}.")
    if len(set(recording.channels)) < len(recording.channels):
        raise BadInput("A channel is named twice; name each once.")
    if purpose in MINING_PURPOSES and recording.channels:
        raise BadInput(f"{purpose.capitalize()} has no channels; leave them empty.")
    if purpose in CONSENT_PURPOSES and status in ("granted", "asked") and not recording.channels:
        raise BadInput("Tick the channels that the customer was asked about; nobody grants all at once.")


def _check_times(recording: Recording, now: datetime) -> None:
    begins = recording.effective_at or now
    if begins.tzinfo is None:
        raise BadInput("The moment it took effect needs a time zone.")
    if begins > now:
        raise BadInput("The moment it took effect lies in the future; a permission is recorded once it is given.")
    ends = recording.expires_on
    if ends is not None and recording.status != "granted":
        raise BadInput("Only a grant ends on a day; leave the day empty.")
    if ends is not None and ends < begins.astimezone(UTC).date():
        raise BadInput(f"The grant would end on {ends.isoformat()}, before it begins; choose a later day.")


def _check_proof(recording: Recording) -> None:
    """Data model, section 4, rule 7: no consent without the notice that was shown and evidence."""
    if recording.notice is None:
        raise BadInput("A grant needs the notice that the customer was shown; choose it.")
    proven = bool(recording.evidence.strip() or recording.document)
    if recording.soft_opt_in:
        if (recording.purpose, recording.channels) != SOFT_OPT_IN:
            raise BadInput("A soft opt-in is for offers by e-mail only.")
        if proven:
            raise BadInput("With evidence of a consent this is a grant: take the soft opt-in away.")
    elif not proven:
        raise BadInput("A grant needs evidence: attach the document, or write down how the customer said yes.")
    if recording.source == UNSTATED:
        raise BadInput(f"A grant needs how the customer answered; choose one of {', '.join(SOURCES)}.")


def family(code: str) -> str:
    """The notice a version belongs to.

    >>> family("marketing-2"), family("house-rules")
    ('marketing', 'house-rules')
    """
    name, _, version = code.rpartition("-")
    return name if name and version.isdigit() else code


def purpose_of(code: str) -> str:
    """The purpose that a notice asks for: the first word of its family; "" where that is none.

    >>> purpose_of("marketing-2"), purpose_of("survey_branch-1"), purpose_of("house-rules")
    ('marketing', 'survey', '')
    """
    word = re.split(r"[-_]", family(code).lower(), maxsplit=1)[0]
    return word if word in (*CONSENT_PURPOSES, *MINING_PURPOSES) else ""


def expiry(recording: Recording, begins: datetime, life_months: int | None) -> date | None:
    """The last day of a grant: as given, else the purpose's life (months; 24 where it has none); None for the rest."""
    if recording.status != "granted":
        return None
    return recording.expires_on or shift_months(begins.astimezone(UTC).date(), life_months or DEFAULT_LIFE_MONTHS)


def moment_of_record(clock: datetime, wall: datetime, standing: bool, newest: datetime | None) -> datetime:
    """When an act recorded now takes effect: after everything known of the customer, never after the bank's `clock`.

    The clock of an invented bank is `standing` at the end of its last day: the time of day is then the `wall` clock's,
    so that of two acts of one day the later one counts.
    """
    at = clock
    if standing:
        at = min(datetime.combine(clock.date(), wall.astimezone(UTC).time(), UTC), clock - _ROOM)
    if newest is not None:
        at = max(at, newest + _TICK)
    return min(at, clock)


def as_events(
    recording: Recording, seq: int, at: datetime, recorded: datetime, ends: date | None
) -> list[PermissionEvent]:  # fmt: skip
    """The events a recording becomes, as the rule sees them; `seq` of the first."""
    own = recording.status == "granted" and not recording.soft_opt_in
    return [
        PermissionEvent(seq + i, recording.purpose, channel, recording.status, at, recorded, ends, own)
        for i, channel in enumerate(recording.places)
    ]


def start_of(day: date) -> datetime:
    """The first instant of a day in the bank's time zone."""
    return datetime.combine(day, time(), UTC)
