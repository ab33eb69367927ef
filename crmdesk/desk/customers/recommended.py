"""What was recommended for a customer: product, chance, reason, channel, and what a person decided about it."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.widgets import Card, button, clear, label
from crmdesk.desk.zoom import px
from crmdesk.domain.change import Change
from crmdesk.domain.rights import Right, may
from crmdesk.services import offers
from crmdesk.services.offers import Recommendation

NOTHING_NOW: Final = "Nothing now: no list that was kept holds this customer."
ALL_DECIDED: Final = "Nothing is open now."
MOST = 3  # open ones on the card, the newest first
WIDEST = 16_777_215
DECISIONS: Final = {"taken": "Taken", "declined": "Declined"}


def latest(found: list[Recommendation]) -> list[Recommendation]:
    """Of what is shown of each product only what was recommended last; `found` has the newest first."""
    seen: set[str] = set()
    kept = []
    for one in found:
        if one.product is None or one.product not in seen:
            kept.append(one)
        seen |= {one.product} if one.product else set()
    return kept


class RecommendedCard(Card):
    """Open recommendations with [Taken] and [Declined]; what was decided stays as a line."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__("Recommended")
        self._context = context
        self._across = False
        self._found: list[Recommendation] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        self.rows.addLayout(self._column)

    def spread(self, across: bool, width: int) -> None:
        """Across the page with the buttons at the right, or `width` px narrow with the buttons beneath."""
        self.setMaximumWidth(WIDEST if across else width)
        self.setMinimumWidth(0 if across else width)
        self._across = across
        self._fill()

    def show_all(self, found: list[Recommendation] | None) -> None:
        """None: the person may not read what was mined, so the card is absent."""
        self.setVisible(found is not None)
        self._found = found or []
        self._fill()

    def _fill(self) -> None:
        clear(self._column)
        waiting = [one for one in latest(self._found) if one.decision == "open"]
        for one in waiting[:MOST]:
            self._column.addWidget(self._hidden(one) if one.hidden else self._one(one))
        if not waiting:
            self._column.addWidget(self._line(ALL_DECIDED if self._found else NOTHING_NOW))
        for one in [one for one in self._found if one.decision in DECISIONS][:MOST]:
            self._column.addWidget(self._line(decided(one)))

    def _line(self, text: str) -> QWidget:
        made = label(text, "muted", wrap=True)
        wide = px(560) if self._across else max(self.maximumWidth() - px(40), px(200))
        made.setMinimumHeight(made.heightForWidth(wide))
        return made

    def _hidden(self, one: Recommendation) -> QWidget:
        """A recommendation that may not be shown any more: why, without its content."""
        return self._line(one.hidden)

    def _one(self, one: Recommendation) -> QWidget:
        part = QWidget()
        told = QVBoxLayout()
        told.setSpacing(2)
        told.addWidget(label(one.product_name or one.action.replace("_", " "), "heading", wrap=True))
        told.addWidget(label(facts(one), wrap=True))
        for why in one.why:
            told.addWidget(self._line(f"{why[:1].upper()}{why[1:].rstrip('.')}."))
        whole = QHBoxLayout(part) if self._across else QVBoxLayout(part)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(told, 1)
        if may(self._context.actor, Right.MAKE_OFFERS):
            whole.addLayout(self._buttons(one))
        return part

    def _buttons(self, one: Recommendation) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for decision, tip in (("taken", "The customer took it"), ("declined", "The customer does not want it")):
            made = button(DECISIONS[decision], lambda d=decision: self.decide(one, d), "", tip)
            made.setAccessibleName(f"{DECISIONS[decision]}: {one.product_name}")
            row.addWidget(made)
        row.addStretch(1)
        return row

    def decide(self, one: Recommendation, decision: str) -> None:
        """Write the decision down; the page then shows it."""
        app, actor = self._context.app, self._context.actor

        def done(change: Change) -> None:
            self._context.changed(change)
            self._context.notify(f"{one.product_name}: {DECISIONS[decision].lower()}. It stays written down.")

        self._context.background(lambda: offers.decide(app, actor, one.id, decision), done, owner=self)


def facts(one: Recommendation) -> str:
    """Channel, chance and worth: "Phone: allowed today. Chance 5.1 %. Worth EUR 3 a year." """
    way = words.CHANNELS.get(one.channel or "", "")
    parts = [f"{way}: {f'not now, {one.not_now}' if one.not_now else 'allowed today'}."] if way else []
    if one.p is not None:
        parts.append(f"Chance {100 * one.p:.1f} %.")
    if one.value is not None:
        parts.append(f"Worth {words.money(one.value, one.currency)} a year.")
    return " ".join(parts)


def decided(one: Recommendation) -> str:
    """A decision as a line: what, when, by whom; the product only where it may be shown."""
    what = f"{one.product_name}: " if one.product_name and not one.hidden else ""
    return f"{what}{DECISIONS[one.decision].lower() if what else DECISIONS[one.decision]} on " \
           f"{words.on(one.decided_on)} by {one.decided_by}."  # fmt: skip
