"""The one rule that decides what the bank may do with a customer (data model, section 4).

A decision is a function of the ledger's events and the time; nothing is cached. `analytics.population`
holds the same rule over columns for whole banks, and a property test keeps the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

PURPOSES: Final = ("service", "marketing", "survey", "sharing", "profiling", "targeting", "credit")
CONSENT_PURPOSES: Final = ("marketing", "survey", "sharing")  # no row = no permission, per channel
MINING_PURPOSES: Final = ("profiling", "targeting")  # no channels; the recorded basis says what silence means
MARKETING_CHANNELS: Final = ("email", "phone", "sms", "post", "in_person", "in_app")
TOUCHPOINTS: Final = {"online": ("email", "in_app"), "call_centre": ("phone", "sms"), "branch": ("in_person",)}
STORED: Final = ("asked", "granted", "refused", "withdrawn", "objected", "erased", "voided")
STATES: Final = ("none", "pending", "granted", "expired", "refused", "withdrawn", "objected", "erased")
# At the same instant the stricter event counts as the later one.
STRICTNESS: Final = {"asked": 0, "granted": 1, "refused": 2, "withdrawn": 3, "objected": 4, "erased": 5}
# From the laxest state to the strictest (data model, section 6).
LAX_TO_STRICT: Final = ("granted", "pending", "none", "expired", "refused", "withdrawn", "objected", "erased")
# Everything a customer can be asked about; "marketing, all channels" counts by itself, because targeting looks at it.
PLACES: Final[tuple[tuple[str, str | None], ...]] = (
    *((purpose, channel) for purpose in CONSENT_PURPOSES for channel in (None, *MARKETING_CHANNELS)),
    *((purpose, None) for purpose in MINING_PURPOSES),
)
RESTRICTED: Final = "the customer's data is restricted"
DEFAULT_LIFE_MONTHS: Final = 24
LEGITIMATE_INTEREST: Final = "legitimate_interest"
CONSENT: Final = "consent"


@dataclass(frozen=True)
class PermissionEvent:
    """One row of the ledger as the rule sees it; `own_act`: a grant by the customer's own act, with evidence."""

    seq: int
    purpose: str
    channel: str | None
    status: str
    effective_at: datetime
    recorded_at: datetime
    expires_on: date | None = None
    own_act: bool = False
    voids: int | None = None


def is_own_act(status: str, source: str, has_evidence: bool, imported: bool) -> bool:
    """A grant that may lift an objection: given by the customer, with evidence, and never by way of a file."""
    return status == "granted" and has_evidence and not imported and source != "import"


@dataclass(frozen=True)
class Decision:
    """`allowed` with the state, one reason in words and the deciding event's `seq` (None: no event)."""

    allowed: bool
    state: str
    reason: str
    seq: int | None = None
    expires_on: date | None = None

    @property
    def shown(self) -> str:
        """The state as people read it: a restriction stands above whatever the customer said."""
        return "restricted" if self.reason == RESTRICTED else self.state


def state(
    events: Iterable[PermissionEvent], purpose: str, channel: str | None, at: datetime, known_at: datetime | None = None
) -> tuple[str, PermissionEvent | None]:
    """State and deciding event of one purpose and channel at `at` (bank's time zone), from what was known then."""
    known = [e for e in events if known_at is None or e.recorded_at <= known_at]
    voided = {e.voids for e in known if e.status == "voided"}
    mine = [
        e for e in known
        if e.status != "voided" and e.seq not in voided and e.effective_at <= at
        and (e.status == "erased" or (e.purpose == purpose and e.channel in (None, channel)))
    ]  # fmt: skip
    mine.sort(key=lambda e: (e.effective_at, STRICTNESS[e.status], e.seq))
    erased = [e for e in mine if e.status == "erased"]
    if erased:
        return "erased", erased[-1]
    decisive = [e for e in mine if e.status != "asked"]
    if not decisive:
        return ("pending", mine[-1]) if mine else ("none", None)
    # An objection yields only to a later grant by the customer's own act: refusals and imports leave it standing.
    for event in reversed(decisive):
        if event.status == "granted" and event.own_act:
            break
        if event.status == "objected":
            return "objected", event
    last = decisive[-1]
    if last.status == "granted" and last.expires_on is not None and at.date() > last.expires_on:
        return "expired", last
    return last.status, last


def decide(
    events: Iterable[PermissionEvent],
    purpose: str,
    channel: str | None,
    at: datetime,
    *,
    restricted: bool = False,
    basis: str = LEGITIMATE_INTEREST,
    known_at: datetime | None = None,
) -> Decision:
    """May the bank use this purpose (and channel) for the customer at `at`?

    `basis` is the one the data-protection officer recorded for profiling and targeting.
    """
    events = list(events)
    if purpose not in PURPOSES:
        raise ValueError(f"'{purpose}' is not a purpose; known: {', '.join(PURPOSES)}")
    found, event = state(events, purpose, channel, at, known_at)
    seq = event.seq if event else None
    if found == "erased":
        return Decision(False, found, "the person was erased", seq)
    if purpose in ("service", "credit"):
        return Decision(purpose == "service" or not restricted, found, "contract or legal duty", seq)
    if restricted:
        return Decision(False, found, RESTRICTED, seq)
    if purpose in CONSENT_PURPOSES:
        return Decision(found == "granted", found, _words(found, event), seq, event.expires_on if event else None)
    return _decide_mining(events, purpose, found, event, at, basis, known_at)


def decide_each(
    events: Iterable[PermissionEvent],
    purpose: str,
    channels: Iterable[str],
    at: datetime,
    *,
    restricted: bool = False,
    known_at: datetime | None = None,
) -> dict[str, Decision]:
    """What `decide` says of each channel; those without an event of their own share one decision."""
    about = [e for e in events if e.purpose == purpose or e.status in ("erased", "voided")]
    own = {e.channel for e in about}

    def one(channel: str | None) -> Decision:
        return decide(about, purpose, channel, at, restricted=restricted, known_at=known_at)

    shared = one(None)
    return {channel: one(channel) if channel in own else shared for channel in channels}


def widens(before: Iterable[PermissionEvent], after: Iterable[PermissionEvent], now: datetime) -> bool:
    """Whether any state, now or at any later instant, is laxer by the events `after` than by those `before`.

    Where consent is needed, a grant that ended is worth no more than silence; silence lets mining go on, its end not.
    """
    before, after = list(before), list(after)
    instants = {now}
    for event in (*before, *after):
        instants.add(event.effective_at)
        if event.expires_on is not None and event.expires_on < date.max:
            instants.add(datetime.combine(event.expires_on + timedelta(days=1), time(), now.tzinfo))

    def rank(events: list[PermissionEvent], place: tuple[str, str | None], at: datetime) -> int:
        found, _ = state(events, *place, at)
        return LAX_TO_STRICT.index("none" if found == "expired" and place[0] in CONSENT_PURPOSES else found)

    return any(
        rank(after, place, at) < rank(before, place, at)
        for at in instants if at >= now for place in PLACES
    )  # fmt: skip


def _decide_mining(
    events: list[PermissionEvent], purpose: str, found: str, event: PermissionEvent | None, at: datetime,
    basis: str, known_at: datetime | None,
) -> Decision:  # fmt: skip
    """Profiling, and targeting: which also needs profiling and falls with any objection to marketing."""
    open_states = ("granted",) if basis == CONSENT else ("none", "pending", "granted")
    seq = event.seq if event else None
    if found not in open_states:
        return Decision(False, found, _words(found, event), seq)
    if purpose == "targeting":
        profiling, cause = state(events, "profiling", None, at, known_at)
        if profiling not in ("none", "pending", "granted"):
            return Decision(False, profiling, f"profiling: {_words(profiling, cause)}", cause.seq if cause else None)
        offers = [e for e in events if e.purpose == "marketing" or e.status in ("erased", "voided")]
        objected = any(e.status == "objected" for e in offers)
        for channel in (None, *MARKETING_CHANNELS) if objected else ():
            marketing, cause = state(offers, "marketing", channel, at, known_at)
            if marketing == "objected":
                return Decision(False, "objected", "objected to marketing", cause.seq if cause else None)
    return Decision(True, found, _words(found, event) if event else "legitimate interest", seq)


def _words(found: str, event: PermissionEvent | None) -> str:
    if event is None:
        return "never asked"
    on = event.effective_at.date().isoformat()
    if found == "expired" and event.expires_on:
        return f"expired {event.expires_on.isoformat()}"
    return {"pending": f"asked {on}, no answer"}.get(found, f"{found} {on}")
