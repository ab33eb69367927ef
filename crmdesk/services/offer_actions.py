"""Recommended actions of one customer: shown only while permission stands, decided by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from crmdesk.domain.bands import bracket
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.domain.offer import DECISIONS
from crmdesk.domain.permission import LEGITIMATE_INTEREST, PermissionEvent
from crmdesk.domain.permission import decide as rule
from crmdesk.domain.rights import Actor, Right
from crmdesk.services import result_masks as masks
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.offer_list import Recommendation
from crmdesk.services.segments import channel_word
from crmdesk.store import audit
from crmdesk.store.queries import customers as people
from crmdesk.store.queries import offers as queries
from crmdesk.store.queries import permissions as ledger

# Gates that hide what was kept.
_HIDES: Final = {
    "left": "the customer left the bank",
    "minor": "the customer is under 18",
    "relation_not_wanted": "the customer wants no relation beyond the service",
}
# Gates that only say so: they often are the answer to the very offer, and a person must still write the decision down.
_WAITS: Final = {
    "held": "holds the product already",
    "contact_cap": "contacted often enough",
    "refused_recently": "refused an offer in the last 30 days",
}


@service(Right.READ_RESULTS, Right.READ_CUSTOMER, of="number")
def of_customer(app: App, actor: Actor, number: str) -> list[Recommendation]:
    """What was recommended for a customer, the latest list first; content only where it may be used now.

    Without permission for targeting, or for offers on the action's channel, and for who left, is a minor or wants no
    offers, everything but the fact and its decision is left out, and `hidden` says why. BadInput for an unknown
    number. Who sees results masked gets the band of chance and value, and no reasons.
    """
    at = app.store.clock()
    with app.store.reader() as raw:
        customer = people.id_of(raw, number)
    with app.store.whole.reader() as raw:  # the row is in reach; bands are made here of numbers a view would leave out
        rows = queries.of_customer(raw, customer)
        if not rows:
            return []
        events = ledger.events(raw, [customer])[customer]
        blocked = bool(ledger.restricted(raw, [customer]))
        basis = ledger.basis(raw, "targeting") or LEGITIMATE_INTEREST
        money = queries.currency(raw)
        stopped = queries.stopped(raw, at, customer)
        owned = {
            code for _, code in queries.held(raw, [customer], {row["product"] for row in rows} - {None}, at.date())
        }
    person = next((f"Not shown: {words}." for gate, words in _HIDES.items() if stopped[gate]), "")
    found = []
    for row in rows:
        met = {**stopped, "held": {customer} if row["product"] in owned else set()}
        wait = next((words for gate, words in _WAITS.items() if met[gate]), "")
        hidden = person or _not_permitted(events, row["channel"], at, blocked, basis)
        found.append(_shown(row, money, hidden, wait))
    return [_in_bands(one) for one in found] if masks.masked(actor, "targeting") else found


def _in_bands(one: Recommendation) -> Recommendation:
    def middle(value: float | None) -> float | None:
        return None if value is None else sum(bracket(value)) / 2

    value = middle(one.value)
    return replace(one, p=middle(one.p), value=None if value is None else round(value), rule=None, why=())


def _not_permitted(events: list[PermissionEvent], channel: str | None, at: datetime, blocked: bool, basis: str) -> str:
    """The sentence for a customer who may not be offered anything on this channel now; "" for one who may."""
    targeting = rule(events, "targeting", None, at, restricted=blocked, basis=basis)
    if not targeting.allowed:
        return f"Not shown: offers may not be chosen for this customer now ({targeting.reason})."
    marketing = rule(events, "marketing", channel, at, restricted=blocked)
    if not marketing.allowed:
        return f"Not shown: no permission for offers by {channel_word(channel or 'any channel')} ({marketing.reason})."
    return ""


def _shown(row: Mapping[str, Any], money: str, hidden: str, wait: str) -> Recommendation:
    decided = row["decided_at"]
    fact = {name: row[name] for name in ("id", "run", "action", "decision", "decided_by")}
    content = {name: row[name] for name in ("channel", "product", "product_name", "p", "value", "rule")}
    return Recommendation(
        **fact, made_at=ledger.moment(row["made_at"]), decided_on=ledger.day(decided), hidden=hidden, currency=money,
        **({} if hidden else {**content, "why": row["reasons"], "not_now": wait}),
    )  # fmt: skip


@service(Right.MAKE_OFFERS, of={"action_id": "action"})
def decide(app: App, actor: Actor, action_id: int, decision: str) -> Change:
    """Write down what a person decided about an open action: "taken" or "declined"; once, with name and time.

    BadInput for another word or an unknown action; CrmdeskError naming who decided before.
    """
    if decision not in DECISIONS:
        raise BadInput(f"'{decision}' is no decision; choose {' or '.join(DECISIONS)}.")
    with app.store.write() as session:
        row = queries.find(queries.raw_of(session), action_id)
        if row is None:
            raise BadInput(f"There is no recommended action {action_id}.")
        if not queries.decide(session, action_id, decision, actor.login, app.store.clock()):
            on = ledger.day(row["decided_at"])
            raise CrmdeskError(f"{row['decided_by']} decided this on {on}: {row['decision']}; it stays so.")
        audit.record(
            app.store, session, actor, "decide offer", str(row["product"] or row["action"]), purpose="targeting",
            customer_id=row["customer_id"], run_uuid=row["run"], reason=decision,
        )  # fmt: skip
    return Change("decide_offer", {"recommended_action": frozenset({action_id})}, app.store.change_no())
