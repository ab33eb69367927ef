"""What the page of offers asks before it makes a list: the run, its rules, and whom each channel reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crmdesk.domain.filter import Chip
from crmdesk.domain.permission import MARKETING_CHANNELS
from crmdesk.domain.rights import Actor, Right, may
from crmdesk.mining.record import RunRecord
from crmdesk.services import customers, mining, offers
from crmdesk.services.customers import CustomerQuery


@dataclass(frozen=True)
class Rule:
    """A rule that stood up to the tests, as the choice of a list names it."""

    number: int
    antecedent: str
    consequent: str


@dataclass(frozen=True)
class Setup:
    """`reach`: customers who may be reached by each channel now; empty where the person may not count them."""

    record: RunRecord
    rules: tuple[Rule, ...]
    reach: dict[str, int]


def ask(app: Any, actor: Actor, run: str) -> Setup:
    """The run named, or the newest that can make a list; BadInput where there is none."""
    record = mining.get_run(app, actor, run or offers.newest_run(app, actor), tables=("rules",))
    return Setup(record, _rules(record), _reach(app, actor))


def _rules(record: RunRecord) -> tuple[Rule, ...]:
    table = record.result.tables.get("rules") if record.result is not None else None
    if table is None:
        return ()
    shown = table[table["shown"].astype(bool)]
    return tuple(Rule(int(number), str(left), str(right)) for number, left, right in
                 zip(shown["rule"], shown["antecedent"], shown["consequent"], strict=True))  # fmt: skip


def _reach(app: Any, actor: Actor) -> dict[str, int]:
    if not may(actor, Right.READ_CUSTOMER):
        return {}
    return {
        channel: len(customers.find(app, actor, CustomerQuery("", (Chip("marketing", "is", (channel,)),), "number")))
        for channel in MARKETING_CHANNELS
    }
