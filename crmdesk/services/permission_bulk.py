"""Withdrawing for many customers at once; there is no such thing for grants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from crmdesk.domain.change import ALL, Change
from crmdesk.domain.permission import CONSENT_PURPOSES, MARKETING_CHANNELS, PermissionEvent, state
from crmdesk.domain.recording import UNSTATED, Recording, check, moment_of_record
from crmdesk.domain.rights import Actor, Right
from crmdesk.jobs import Progress, Silent
from crmdesk.jobs.progress import Cancelled
from crmdesk.services import customers
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.reach import one_at_a_time, within
from crmdesk.store import audit
from crmdesk.store.queries import permission_write as writes
from crmdesk.store.queries import permissions as ledger

_PACK: Final = 5_000
_NAMED: Final = 10_000  # more ids than this are told as "all"
_AS_STRICT: Final = ("withdrawn", "objected", "erased")


@service(Right.RECORD_PERMISSION, Right.READ_CUSTOMER)
def withdraw_many(
    app: App, actor: Actor, chosen: customers.Chosen, purpose: str, channels: tuple[str, ...] = (), *,
    progress: Progress | None = None, cancel: Callable[[], bool] = lambda: False,
) -> Change:  # fmt: skip
    """Withdraw a purpose, on these channels or on all, for everybody `chosen` who is in reach.

    Refused for who works with one customer at a time. One unit of work. Who has withdrawn, objected or been erased
    already is left out: nothing would change. The change touches the events that were written, none where nobody was
    left. Raises Cancelled, then nothing was written.
    """
    one_at_a_time(actor, Right.READ_CUSTOMER)
    answer, watch = Recording(purpose, tuple(channels), "withdrawn"), progress or Silent()
    check(answer, app.store.clock())
    seqs: list[int] = []
    people: list[int] = []
    with app.store.write() as session:
        # Both are asked now that nobody else writes: what was recorded while this waited lies before the withdrawal.
        raw, clock = writes.raw_of(session), app.store.clock()
        with app.store.reader() as seen:  # whom a filter finds is for the person's own view of the bank to say
            found = customers.ids_of(seen, actor, chosen, clock, cancel=cancel).tolist()
        reached = within(app, actor, Right.RECORD_PERMISSION)
        ids = [customer for customer in found if reached is None or customer in reached]
        standing = ledger.standing_clock(raw)
        for start in range(0, len(ids), _PACK):
            if cancel():
                raise Cancelled
            pack = ids[start : start + _PACK]
            watch.step(start / len(ids), "Withdrawing")
            rows = _rows(raw, actor, pack, answer, clock, standing)
            seqs += writes.append(session, app.store.audit_key, rows)
            people += dict.fromkeys(row["customer_id"] for row in rows)
        audit.record(
            app.store, session, actor, "withdraw many", "permission_event", purpose=purpose,
            fields=", ".join(answer.channels) or "all channels",
            reason=f"{len(people)} customers, {len(found) - len(people)} left out",
        )  # fmt: skip
    touched = {"permission_event": _named(seqs), "customer": _named(people)}
    return Change("withdraw_many", touched, app.store.change_no())


def _named(ids: list[int]) -> frozenset[int] | str:
    return frozenset(ids) if len(ids) <= _NAMED else ALL


def _rows(
    raw: Any, actor: Actor, pack: list[int], answer: Recording, clock: datetime, standing: bool
) -> list[dict[str, Any]]:  # fmt: skip
    """The events of those among `pack` for whom a withdrawal changes something."""
    known, newest, wall = ledger.events(raw, pack, answer.purpose), writes.newest(raw, pack, clock), datetime.now(UTC)
    rows = []
    for customer in pack:
        places = [place for place in answer.places if _changes(known[customer], answer.purpose, place, clock)]
        at = moment_of_record(clock, wall, standing, newest.get(customer))
        rows += [
            {"customer_id": customer, "purpose": answer.purpose, "channel": channel, "status": "withdrawn",
             "effective_at": at, "recorded_at": at, "source": UNSTATED, "actor": actor.login}
            for channel in places
        ]  # fmt: skip
    return rows


def _changes(events: list[PermissionEvent], purpose: str, place: str | None, clock: datetime) -> bool:
    """Whether a withdrawal makes any of these channels stricter; None stands for all of them."""
    every = MARKETING_CHANNELS if place is None and purpose in CONSENT_PURPOSES else (place,)
    return any(state(events, purpose, channel, clock)[0] not in _AS_STRICT for channel in every)
