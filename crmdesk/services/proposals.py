"""What needs two people: one proposes exactly one act, another one approves it, and then it passes once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadFields, BadInput, NeedsSecond, Refused
from crmdesk.domain.rights import Actor, Right, Role, in_all_roles, may, require
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store import audit
from crmdesk.store.queries import people
from crmdesk.store.queries import proposals as queries
from crmdesk.store.queries.offers import raw_of
from crmdesk.store.queries.proposals import Proposed

KEPT: Final = timedelta(days=7)  # real time after the approval within which the act must be done
LONGEST: Final = 1_000  # letters of a reason or an answer
# Who may propose: whoever may do the act once it is approved.
RIGHTS: Final[Mapping[str, Right]] = {"import": Right.IMPORT, "restore": Right.RESTORE, "export": Right.EXPORT}
_ACTS: Final = {
    "import": "An import",
    "restore": "A restore",
    "export": "An export that takes a day past 1,000 rows",
}


@dataclass(frozen=True)
class ProposalRow:
    """One proposal: `mine`, `may_decide` for who reads it; `expires` where it is approved and not yet used (UTC)."""

    id: int
    kind: str
    title: str
    details: Mapping[str, Any]
    reason: str
    made_by: str
    made_at: datetime
    state: str
    decided_by: str | None
    decided_at: datetime | None
    answer: str | None
    used_at: datetime | None
    expires: datetime | None
    mine: bool
    may_decide: bool


def subject(kind: str, **parts: Any) -> str:
    """The hash of exactly what is to be done: the same parts give the same hash, any other part another one."""
    text = json.dumps([kind, parts], sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@service(Right.IMPORT, Right.RESTORE, Right.EXPORT, any_of=True)
def propose(
    app: App, actor: Actor, kind: str, title: str, subject_hash: str, details: Mapping[str, Any], reason: str
) -> int:  # fmt: skip
    """Ask a second person for one act; returns the proposal's id, that of the same one where it waits already.

    `details` are what the second person reads before deciding: plain values by title. BadFields("reason") without
    a reason; Refused in single-user mode, and without the right to the act itself.
    """
    if kind not in RIGHTS:
        raise BadInput(f"'{kind}' is nothing that a second person approves; known: {', '.join(RIGHTS)}.")
    require(in_all_roles(actor), RIGHTS[kind])
    if actor.single:
        raise Refused("One person works here, so no second one is asked; the act is audited as single-handed.")
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST:
        raise BadFields({"reason": f"Say why, in 1 to {LONGEST} letters; the second person reads it."})
    store = app.store.whole
    with store.write() as session:
        there = [p for p in queries.of_subject(raw_of(session), kind, subject_hash, actor.login) if not _expired(p)]
        if there:
            return there[0].id
        key = queries.add(session, kind=kind, title=title, subject=subject_hash, details=dict(details), reason=reason,
                          made_by=actor.login, made_at=datetime.now(UTC))  # fmt: skip
        audit.record(store, session, actor, f"propose {kind}", f"proposal {key}")
    return key


@service(Right.SIGNED_IN)
def open_ones(app: App, actor: Actor) -> list[ProposalRow]:
    """What waits for an answer or, approved, for the act; the oldest first. Who may not decide sees the own ones."""
    actor = in_all_roles(actor)
    with app.store.whole.reader() as raw:
        return [_row(raw, actor, p) for p in queries.waiting(raw) if _sees(actor, p) and not _expired(p)]


@service(Right.SIGNED_IN)
def past(app: App, actor: Actor, limit: int = 100) -> list[ProposalRow]:
    """What was refused, withdrawn or done, the latest first; own ones only for who may not decide."""
    actor = in_all_roles(actor)
    with app.store.whole.reader() as raw:
        return [_row(raw, actor, p) for p in queries.ended(raw, limit) if _sees(actor, p)]


@service(Right.APPROVE)
def decide(app: App, actor: Actor, id: int, approve: bool, answer: str = "") -> Change:
    """Approve or refuse what somebody else proposed; a refusal needs an answer (BadFields("answer")).

    The data protection officer decides; on what that officer proposed, an administrator. Never the same person.
    """
    answer, store = answer.strip(), app.store.whole
    if len(answer) > LONGEST or not (approve or answer):
        raise BadFields({"answer": f"Say why not, in 1 to {LONGEST} letters; who asked reads it."})
    with store.write() as session:
        raw = raw_of(session)
        found = _open(raw, id, ("open",))
        _check_decider(raw, actor, found)
        queries.change(session, id, state="approved" if approve else "refused", decided_by=actor.login,
                       decided_at=datetime.now(UTC), answer=answer or None)  # fmt: skip
        audit.record(store, session, actor, f"{'approve' if approve else 'refuse'} {found.kind}", f"proposal {id}")
    return Change("decide_proposal", {"proposal": frozenset({id})}, store.change_no())


@service(Right.SIGNED_IN)
def withdraw(app: App, actor: Actor, id: int) -> Change:
    """Take an own proposal back, approved or not, as long as the act is not done."""
    store = app.store.whole
    with store.write() as session:
        found = _open(raw_of(session), id, queries.WAITING)
        if found.made_by != actor.login:
            raise Refused(f"Proposal {id} was made by {found.made_by}, who alone can take it back.")
        queries.change(session, id, state="withdrawn")
        audit.record(store, session, actor, f"withdraw {found.kind}", f"proposal {id}")
    return Change("withdraw_proposal", {"proposal": frozenset({id})}, store.change_no())


def check(
    app: App, actor: Actor, kind: str, subject_hash: str, proposal: int | None = None, *, title: str = ""
) -> None:  # fmt: skip
    """Before the long work of an act: pass where `spend` would pass now, else NeedsSecond, with the `title` of it."""
    if not actor.single:
        with app.store.whole.reader() as raw:
            _approved(raw, actor, kind, subject_hash, proposal, title)


def spend(app: App, session: Any, actor: Actor, kind: str, subject_hash: str, proposal: int | None = None) -> str:
    """In the unit of work of the act: use up its approval; returns the words for the act's audit row.

    Alone in single-user mode: "single-handed". Else an approved proposal by the same person, of exactly this subject
    (`proposal`: which one), not used yet and approved within seven days; NeedsSecond where there is none.
    """
    if actor.single:
        return "single-handed"
    found = _approved(raw_of(session), actor, kind, subject_hash, proposal)
    queries.change(session, found.id, state="used", used_at=datetime.now(UTC))
    return _words(found)


def agreed(raw: Any, actor: Actor, kind: str, subject_hash: str) -> str:
    """As `spend`, of a bank that is replaced, with the approval in it, by the act."""
    return _words(_approved(raw, actor, kind, subject_hash, None))


def _approved(raw: Any, actor: Actor, kind: str, subject_hash: str, proposal: int | None, title: str = "") -> Proposed:
    fit = queries.of_subject(raw, kind, subject_hash, actor.login, ("approved",))
    for found in fit:
        if proposal in (None, found.id) and not _expired(found):
            return found
    words = f"{_ACTS.get(kind, 'This act')} needs a second person"
    waiting = bool(queries.of_subject(raw, kind, subject_hash, actor.login, ("open",)))
    if waiting:
        words += ", who has not answered yet on Administration > Second person."
    else:
        words += "; ask for approval, then somebody else decides on Administration > Second person."
    raise NeedsSecond(words, kind, subject_hash, title, waiting=waiting)


def _words(found: Proposed) -> str:
    return f"proposal {found.id} of {found.made_by} approved by {found.decided_by}"


def _open(raw: Any, key: int, states: tuple[str, ...]) -> Proposed:
    found = queries.one(raw, key)
    if found is None:
        raise BadInput(f"There is no proposal {key}; choose one from the list.")
    if found.state not in states or _expired(found):
        state = "expired" if _expired(found) else found.state
        raise Refused(f"Proposal {key} is {state}, so it is decided already; ask anew if it is still wanted.")
    return found


def _check_decider(raw: Any, actor: Actor, found: Proposed) -> None:
    """Refused for the person who proposed, and for an administrator where the officer has to decide."""
    if found.made_by == actor.login:
        raise Refused("You proposed this yourself; somebody else has to decide.")
    if not _decides(raw, actor, found):
        raise Refused("The data protection officer decides on this proposal.")


def _decides(raw: Any, actor: Actor, found: Proposed) -> bool:
    if found.made_by == actor.login or not may(actor, Right.APPROVE):
        return False
    return Role.DPO in actor.roles or found.made_by in people.holders(raw, Role.DPO)


def _sees(actor: Actor, found: Proposed) -> bool:
    return found.made_by == actor.login or may(actor, Right.APPROVE) or may(actor, Right.READ_AUDIT)


def _expired(found: Proposed) -> bool:
    return found.state == "approved" and found.decided_at is not None and datetime.now(UTC) > found.decided_at + KEPT


def _row(raw: Any, actor: Actor, p: Proposed) -> ProposalRow:
    expires = p.decided_at + KEPT if p.state == "approved" and p.decided_at else None
    decides = p.state == "open" and _decides(raw, actor, p)
    return ProposalRow(p.id, p.kind, p.title, p.details, p.reason, p.made_by, p.made_at, p.state, p.decided_by,
                       p.decided_at, p.answer, p.used_at, expires, p.made_by == actor.login, decides)  # fmt: skip
