"""Everything that a customer's page shows at first sight, asked for in one go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from crmdesk.desk import words
from crmdesk.domain.errors import Refused
from crmdesk.domain.rights import Actor, Reach, Right, grant, may
from crmdesk.services import customers, offers, own_values, permissions, surroundings, tasks
from crmdesk.services.customers import CustomerCard, SegmentCard, Timeline
from crmdesk.services.offers import Recommendation
from crmdesk.services.own_values import OwnValue
from crmdesk.services.permissions import Grid
from crmdesk.services.surroundings import Surroundings
from crmdesk.services.tasks import TaskRow

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What the page shows; None where the person has no right to read it.

    `shut` are the rights that the person holds, but not about this customer, each with whom to ask.
    """

    card: CustomerCard
    own: list[OwnValue]
    grid: Grid | None
    line: Timeline | None
    around: Surroundings
    segment: SegmentCard | None
    offers: list[Recommendation] | None
    tasks: list[TaskRow] | None
    now: datetime  # by the bank's clock
    shut: Mapping[Right, str]
    reason: str = ""  # why everything is read in clear, where that was asked for

    @property
    def today(self) -> date:
        return self.now.date()

    def subtitle(self) -> str:
        """Number, what must be known at once, segment, kind: in a narrow window the last ones are cut."""
        parts = [self.card.number]
        parts += ["restricted"] if self.card.restricted else []
        parts += [f"left {words.on(self.card.left_on)}"] if self.card.left_on else []
        parts += [self.segment.name] if self.segment else []
        kind = "company" if self.card.kind == "company" else "person"
        parts += [kind if self.card.joined_on or self.card.accounts else f"{kind}, prospect"]
        return "   ".join(parts)


class _Asking:
    """Asks for one part after the other; a part about somebody out of reach is None, and said to be."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self.shut: dict[Right, str] = {}

    def part(self, right: Right, deed: Callable[[], T]) -> T | None:
        if not may(self._actor, right):
            return None
        try:
            return deed()
        except Refused as refusal:
            reach = _reach(self._actor, right)
            self.shut |= {one: str(refusal) for one in Right if _reach(self._actor, one) == reach}
            return None


def _reach(actor: Actor, right: Right) -> Reach | None:
    cell = grant(actor, right)
    return cell.reach if cell is not None else None


def ask(app: Any, actor: Actor, number: str, reason: str = "") -> Answer:
    """Called in a thread; BadInput where the number is unknown, Refused where the customer is out of reach.

    With a `reason` what the role sees masked is in clear, and the audit keeps it.
    """
    card = customers.get(app, actor, number, reason)
    asking = _Asking(actor)
    grid = asking.part(Right.READ_PERMISSIONS, lambda: permissions.grid(app, actor, number))
    line = asking.part(Right.READ_INTERACTIONS, lambda: customers.timeline(app, actor, number))
    segment = asking.part(Right.READ_RESULTS, lambda: customers.segment(app, actor, number))
    made = asking.part(Right.READ_RESULTS, lambda: offers.of_customer(app, actor, number))
    todo = asking.part(Right.READ_WORK, lambda: tasks.of_customer(app, actor, number))
    return Answer(
        card, own_values.of_customer(app, actor, number, reason), grid, line,
        surroundings.of_customer(app, actor, number, reason), segment, made, todo,
        grid.at if grid is not None else app.store.clock(), asking.shut, reason,
    )  # fmt: skip
