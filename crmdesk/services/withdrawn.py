"""Who leaves an open list at once because of what they permit now, before the whole filter is asked again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from crmdesk.domain.errors import BadInput
from crmdesk.domain.filter import Chip
from crmdesk.domain.permission import MARKETING_CHANNELS, PermissionEvent, decide_each
from crmdesk.domain.rights import Actor, Right
from crmdesk.services.context import App
from crmdesk.services.customer_card import minable
from crmdesk.services.customers import CustomerQuery
from crmdesk.services.guard import service
from crmdesk.store.queries import permissions as ledger
from crmdesk.store.queries import segments
from crmdesk.store.queries.customers import there

AT_MOST: Final = 256
# Fields whose answer follows from what a customer permits.
PERMITTED: Final = frozenset({"marketing", "segment"})


@service(Right.READ_CUSTOMER)
def leaving(app: App, actor: Actor, query: CustomerQuery, ids: Iterable[int]) -> frozenset[int]:
    """Those of a few customers (at most 256) whom the query cannot find any more, by what they permit now.

    Only the filters that look at permissions are asked, for these customers alone, so that the answer comes as soon
    for a list of 1.5 million as for one of ten. Who is not named may still have left, or joined, by another filter.
    Who is out of reach, or gone, leaves too.
    """
    wanted = [int(key) for key in ids]
    if len(wanted) > AT_MOST:
        raise BadInput(f"At most {AT_MOST} customers are looked at, not {len(wanted)}; ask for the whole list anew.")
    chips = [chip for chip in query.filters if chip.field in PERMITTED and chip.op == "is"]
    if not wanted or not chips:
        return frozenset()
    at = app.store.clock()
    with app.store.reader() as raw:
        purpose, basis = segments.terms(raw)
        events = ledger.events(raw, wanted, "marketing", "profiling", purpose)
        blocked = ledger.restricted(raw, wanted)
        seen = set(map(int, there(raw, wanted)))

    def stays(chip: Chip, told: list[PermissionEvent], restricted: bool) -> bool:
        if chip.field == "segment":
            return minable(told, purpose, basis, at, restricted)
        return _reached(chip, told, at, restricted)

    return frozenset(
        key for key in wanted if key not in seen or not all(stays(chip, events[key], key in blocked) for chip in chips)
    )


def _reached(chip: Chip, events: list[PermissionEvent], at: datetime, restricted: bool) -> bool:
    decided = decide_each(events, "marketing", MARKETING_CHANNELS, at, restricted=restricted)
    return any(decided[channel].allowed for channel in chip.values)
