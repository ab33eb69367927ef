"""Recording what a customer permits: one event for each purpose and channel, at once and for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.permission import (
    CONSENT,
    CONSENT_PURPOSES,
    LEGITIMATE_INTEREST,
    MARKETING_CHANNELS,
    Decision,
    PermissionEvent,
    decide,
    state,
)
from crmdesk.domain.recording import Recording, as_events, check, expiry, moment_of_record, purpose_of
from crmdesk.domain.rights import Actor, Right, require
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.permission_bulk import withdraw_many
from crmdesk.services.permission_correct import confirm, correct, pending, restrict
from crmdesk.store import audit
from crmdesk.store.queries import offers
from crmdesk.store.queries import permission_write as writes
from crmdesk.store.queries import permissions as ledger
from crmdesk.store.queries.permission_write import NoticeRow, Subject

__all__ = [
    "Preview", "Recording", "confirm", "correct", "objection", "pending", "preview", "record", "restrict", "withdraw",
    "withdraw_many",
]  # fmt: skip

CHANNEL_WORDS: Final = {"email": "e-mail", "phone": "phone", "sms": "text message", "post": "post",
                        "in_person": "in branch", "in_app": "in the app"}  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """What saving would do. `refusal`: the sentence saving would be refused with, "" where it would be saved.

    `cells`: (channel, decision afterwards) of the purpose; `lists`: open lists that would drop the customer.
    """

    sentence: str
    refusal: str = ""
    cells: tuple[tuple[str | None, Decision], ...] = ()
    lists: int = 0


@dataclass(frozen=True)
class _Plan:
    """A recording that keeps every rule, with what it needs from the store."""

    who: Subject
    recording: Recording
    begins: datetime
    recorded: datetime
    ends: Any
    notice: NoticeRow | None
    known: list[PermissionEvent]


@service(Right.READ_PERMISSIONS, of="number")
def preview(app: App, actor: Actor, number: str, recording: Recording) -> Preview:
    """One sentence for what holds after saving; nothing is written. BadInput only for an unknown customer."""
    with app.store.reader() as raw:
        writes.subject(raw, number, app.store.clock())
        try:
            plan = _plan(app, raw, number, recording)
        except (BadInput, Refused) as error:
            return Preview(str(error), refusal=str(error))
        after = [*plan.known, *as_events(recording, writes.last_seq(raw) + 1, plan.begins, plan.recorded, plan.ends)]
        cells = _cells(raw, plan, after)
    with app.store.whole.reader() as raw:  # lists that this person does not see drop the customer all the same
        lists = _dropped(raw, plan, after)
    words = ", ".join(_cell_words(recording, channel, decision) for channel, decision in cells)
    drop = f" {lists} open list{'' if lists == 1 else 's'} will drop this customer." if lists else ""
    return Preview(f"After saving: {words}.{drop}", cells=cells, lists=lists)


@service(Right.RECORD_PERMISSION, Right.RECORD_OBJECTION, any_of=True, of="number")
def record(app: App, actor: Actor, number: str, recording: Recording) -> Change:
    """Append the events of a recording; the ledger's state changes with the return of this call.

    A grant needs notice and evidence and gets the purpose's life where no last day is given. Raises BadInput with one
    sentence for what is missing or wrong, Refused for an erased person, and where a soft opt-in is not lawful.
    """
    require(actor, Right.RECORD_OBJECTION if recording.status == "objected" else Right.RECORD_PERMISSION)
    with app.store.write() as session:
        raw = writes.raw_of(session)
        plan = _plan(app, raw, number, recording)
        seqs = _append(app, session, actor, plan)
    touched = {"permission_event": frozenset(seqs), "customer": frozenset({plan.who.id})}
    return Change("record_permission", touched, app.store.change_no())


@service(Right.RECORD_PERMISSION, of="number")
def withdraw(
    app: App, actor: Actor, number: str, purpose: str = "marketing", channels: tuple[str, ...] = ()
) -> Change:  # fmt: skip
    """The customer takes permission back, for these channels or for all; at once, without evidence or reason."""
    return record(app, actor, number, Recording(purpose, tuple(channels), "withdrawn"))


@service(Right.RECORD_OBJECTION, of="number")
def objection(app: App, actor: Actor, number: str, purpose: str = "marketing") -> Change:
    """The customer objects, on all channels: yields only to a later grant by the customer's own act."""
    return record(app, actor, number, Recording(purpose, (), "objected"))


def _plan(app: App, raw: Any, number: str, recording: Recording) -> _Plan:
    clock = app.store.clock()
    check(recording, clock)
    who = writes.subject(raw, number, clock)
    known = ledger.events(raw, [who.id])[who.id]
    at = moment_of_record(clock, datetime.now(UTC), ledger.standing_clock(raw), who.newest)
    begins = recording.effective_at or at
    if any(e.status == "erased" for e in known):
        raise Refused(f"{number} was erased: nothing is recorded for this person any more.")
    if who.merged_into and recording.status in ("granted", "asked"):
        raise BadInput(f"{number} was merged into {who.merged_into}; record it there.")
    notice = _shown_notice(raw, recording)
    if recording.document and writes.document(raw, who.id, recording.document) is None:
        raise BadInput("The evidence is not among this customer's documents; attach it, then save.")
    if recording.soft_opt_in:
        _check_soft(who, known, at)
    ends = expiry(recording, begins, writes.life_months(raw, recording.purpose))
    return _Plan(who, recording, begins, at, ends, notice, known)


def _shown_notice(raw: Any, recording: Recording) -> NoticeRow | None:
    if recording.notice is None:
        return None
    found = writes.notice(raw, recording.notice)
    if found is None:
        raise BadInput(f"There is no notice {recording.notice}; choose one that this bank has written.")
    if purpose_of(found.code) != recording.purpose:
        asks = purpose_of(found.code) or "no purpose"
        raise BadInput(f"The notice {found.code} asks for {asks}, so it cannot prove a grant for {recording.purpose}; "
                       f"choose a notice whose code begins with {recording.purpose}.")  # fmt: skip
    return found


def _check_soft(who: Subject, known: list[PermissionEvent], at: datetime) -> None:
    """ePrivacy 13(2): only to who bought something, and never against what the customer said."""
    if not who.holds:
        raise Refused(f"{who.number} holds no product, so only a consent permits offers by e-mail.")
    found, _ = state(known, "marketing", "email", at)
    if found not in ("none", "pending"):
        raise Refused(f"The customer has answered about offers by e-mail ({found}); only a consent changes that.")


def _append(app: App, session: Any, actor: Actor, plan: _Plan) -> list[int]:
    recording, notice = plan.recording, plan.notice
    granted = recording.status == "granted"
    words = recording.evidence.strip()
    proof = recording.document or (writes.sha256(words) if words else None)
    event = {
        "customer_id": plan.who.id, "purpose": recording.purpose, "status": recording.status,
        "legal_basis": (LEGITIMATE_INTEREST if recording.soft_opt_in else CONSENT) if granted else None,
        "effective_at": plan.begins, "recorded_at": plan.recorded, "expires_on": plan.ends,
        "source": recording.source, "actor": actor.login, "notice": notice.code if notice else None,
        "notice_sha256": notice.sha256 if notice else None, "evidence_sha256": proof,
    }  # fmt: skip
    rows = [{**event, "channel": channel} for channel in recording.places]
    seqs = writes.append(session, app.store.audit_key, rows, [words] * len(rows))
    audit.record(
        app.store, session, actor, "record permission", plan.who.number, customer_id=plan.who.id,
        fields=", ".join(c or "all channels" for c in recording.places), purpose=recording.purpose,
        reason=recording.status,
    )  # fmt: skip
    return seqs


def _cells(raw: Any, plan: _Plan, after: list[PermissionEvent]) -> tuple[tuple[str | None, Decision], ...]:
    """The decision for each channel the recording is about; for all of them where it names none."""
    purpose = plan.recording.purpose
    every: tuple[str | None, ...] = MARKETING_CHANNELS if purpose in CONSENT_PURPOSES else (None,)
    basis = ledger.basis(raw, purpose) or LEGITIMATE_INTEREST
    return tuple(
        (c, decide(after, purpose, c, plan.recorded, restricted=plan.who.restricted, basis=basis))
        for c in plan.recording.channels or every
    )


def _cell_words(recording: Recording, channel: str | None, decision: Decision) -> str:
    place = CHANNEL_WORDS[channel] if channel else recording.purpose
    if decision.allowed:
        return f"{place} Yes"
    told = recording.status == "granted" or decision.shown == "restricted"  # a grant that changes nothing says why
    return f"{place} No ({decision.reason})" if told else f"{place} No"


def _dropped(raw: Any, plan: _Plan, after: list[PermissionEvent]) -> int:
    """How many open lists of recommended actions show the customer now and would not afterwards."""
    basis = ledger.basis(raw, "targeting") or LEGITIMATE_INTEREST

    def shows(events: list[PermissionEvent], channel: str | None) -> bool:
        asked: dict[str, Any] = {"at": plan.recorded, "restricted": plan.who.restricted}
        chosen = decide(events, "targeting", None, basis=basis, **asked).allowed
        return chosen and decide(events, "marketing", channel, **asked).allowed

    open_ = [row for row in offers.of_customer(raw, plan.who.id) if row["decision"] == "open"]
    lost = {row["run"] for row in open_ if shows(plan.known, row["channel"]) and not shows(after, row["channel"])}
    return len(lost)
