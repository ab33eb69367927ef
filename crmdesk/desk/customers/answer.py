"""Everything that a customer's page shows at first sight, asked for in one go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from crmdesk.desk import words
from crmdesk.domain.rights import Actor, Right, may
from crmdesk.services import customers, offers, own_values, permissions, surroundings, tasks
from crmdesk.services.customers import CustomerCard, SegmentCard, Timeline
from crmdesk.services.offers import Recommendation
from crmdesk.services.own_values import OwnValue
from crmdesk.services.permissions import Grid
from crmdesk.services.surroundings import Surroundings
from crmdesk.services.tasks import TaskRow


@dataclass(frozen=True)
class Answer:
    """What the page shows; None where the person has no right to read it."""

    card: CustomerCard
    own: list[OwnValue]
    grid: Grid
    line: Timeline
    around: Surroundings
    segment: SegmentCard | None
    offers: list[Recommendation] | None
    tasks: list[TaskRow] | None

    @property
    def now(self) -> datetime:
        """By the bank's clock."""
        return self.grid.at

    @property
    def today(self) -> date:
        return self.grid.at.date()

    def subtitle(self) -> str:
        """Number, what must be known at once, segment, kind: in a narrow window the last ones are cut."""
        parts = [self.card.number]
        parts += ["restricted"] if self.card.restricted else []
        parts += [f"left {words.on(self.card.left_on)}"] if self.card.left_on else []
        parts += [self.segment.name] if self.segment else []
        kind = "company" if self.card.kind == "company" else "person"
        parts += [kind if self.card.joined_on or self.card.accounts else f"{kind}, prospect"]
        return "   ".join(parts)


def ask(app: Any, actor: Actor, number: str) -> Answer:
    """Called in a thread; BadInput where the number is unknown."""
    mined = may(actor, Right.READ_RESULTS)
    found = customers.segment(app, actor, number) if mined else None
    made = offers.of_customer(app, actor, number) if mined else None
    grid = permissions.grid(app, actor, number)
    todo = tasks.of_customer(app, actor, number) if may(actor, Right.READ_WORK) else None
    return Answer(
        customers.get(app, actor, number), own_values.of_customer(app, actor, number), grid,
        customers.timeline(app, actor, number), surroundings.of_customer(app, actor, number), found, made, todo,
    )  # fmt: skip
