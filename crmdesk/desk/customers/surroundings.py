"""The card of who and what surrounds a customer: household, relations, life events and interests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.add_around import ADDED, EVENTS
from crmdesk.desk.customers.cards import NARROWEST
from crmdesk.desk.customers.reason import offer
from crmdesk.desk.widgets import Card, Elided, button, clear, label
from crmdesk.desk.zoom import px
from crmdesk.domain.change import Change
from crmdesk.domain.rights import Right, may
from crmdesk.services import surroundings
from crmdesk.services.surroundings import Surroundings

SHOWN: Final = 5  # lines of one kind; the rest is counted


class AroundCard(Card):
    """Names lead to their customers; each line has its own way out, and Undo brings it back."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__("Household and people")
        self._context = context
        self._number, self._now = "", datetime.now(UTC)
        self._why_not = ""
        self._may = may(context.actor, Right.EDIT_CUSTOMER)
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        self.rows.addLayout(self._column)
        self.add_button = QPushButton("Add")
        self.add_button.setAccessibleName("Add to household and people")
        self.add_button.setToolTip("Household, relation, life event or interest")
        menu = QMenu(self.add_button)
        for text, dialog in ADDED:
            menu.addAction(text, lambda kind=dialog: kind(self._context, self, self._number, self._now).open())
        self.add_button.setMenu(menu)
        self.rows.addWidget(self.add_button, alignment=Qt.AlignmentFlag.AlignLeft)
        self.add_button.setVisible(self._may)

    def show_all(self, number: str, found: Surroundings | None, now: datetime, why_not: str = "") -> None:
        """None: the person may not read it, so the card is absent. `why_not`: it may not be changed here."""
        self._number, self._now, self._why_not = number, now, why_not
        offer(self.add_button, why_not, "Household, relation, life event or interest")
        self.setVisible(found is not None)
        clear(self._column)
        if found is None:
            return
        self._household(found)
        self._part("Relations", [self._relation(one) for one in found.relations])
        self._part("Life events", [self._event(one) for one in found.life_events])
        self._part("Asked about", [self._interest(one) for one in found.interests])
        if not self._column.count():
            told = label("Nothing is recorded: no household, no relation, no event.", "muted", wrap=True)
            told.setMinimumHeight(told.heightForWidth(px(NARROWEST)))  # a nested layout asks no label how high it wraps
            self._column.addWidget(told)

    def _part(self, title: str, lines: list[QWidget]) -> None:
        if not lines:
            return
        if self._column.count():
            self._column.addSpacing(6)
        self._column.addWidget(label(title, "muted"))
        for line in lines[:SHOWN]:
            self._column.addWidget(line)
        for line in lines[SHOWN:]:
            line.deleteLater()
        if len(lines) > SHOWN:
            self._column.addWidget(label(f"and {len(lines) - SHOWN} more", "muted"))

    def _household(self, found: Surroundings) -> None:
        home = found.household
        if home is None:
            return
        app, actor, number = self._context.app, self._context.actor, self._number
        others = [one for one in home.members if one.number != number]
        lines = [self._person(one.number, one.name, one.role) for one in others]
        many = "1 person" if len(home.members) == 1 else f"{len(home.members)} people"
        self._part(f"{home.name}: {many}", lines or [label("Nobody else", "muted")])
        if self._may:
            leave = button("Leave this household", lambda: self._do(
                lambda: surroundings.leave_household(app, actor, number), "Left the household"), "quiet",
                "The customer lives here no more; Ctrl+Z takes it back")  # fmt: skip
            offer(leave, self._why_not, leave.toolTip())
            leave.setStyleSheet("QPushButton { min-height: 16px; padding: 2px 7px; }")
            self._column.addWidget(leave, alignment=Qt.AlignmentFlag.AlignLeft)

    def _person(self, number: str, name: str, what: str, out: Callable[[], Any] | None = None) -> QWidget:
        made = button(name, lambda: self._context.open_page("customer", number=number), "quiet", f"Open {number}")
        made.setStyleSheet("QPushButton { text-align: left; min-height: 16px; padding: 2px 4px; }")
        return self._line(made, what, out, f"{name}, {what}")

    def _relation(self, one: Any) -> QWidget:
        what = one.kind.capitalize() if one.direction == "to" else f"{self._number} is the {one.kind}"
        ended = f", until {words.on(one.to_on)}" if one.to_on else ""
        out = None if one.to_on else self._out(surroundings.end_relation, one.id, "Relation ended")
        return self._person(one.number, one.name, what + ended, out)

    def _event(self, one: Any) -> QWidget:
        told = EVENTS.get(one.kind, one.kind.capitalize())
        text = f"{told} {words.on(one.on)}" + (" (predicted)" if one.source == "predicted" else "")
        line = Elided(text)
        line.setToolTip(f"{text}. {one.note}".strip() if one.note else text)
        return self._line(line, "", self._out(surroundings.remove_life_event, one.id, "Life event removed"), text)

    def _interest(self, one: Any) -> QWidget:
        text = f"{words.FAMILIES.get(one.family, one.family)}, {words.on(one.at.date())}"
        return self._line(Elided(text), "", self._out(surroundings.remove_interest, one.id, "Interest removed"), text)

    def _line(self, first: QWidget, what: str, out: Callable[[], Any] | None, name: str) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(first, 0 if what else 1)
        if what:
            row.addWidget(_elided(what), 1)
        if out is not None and self._may:
            made = button("×", out, "quiet", f"Remove: {name}")
            made.setAccessibleName(f"Remove: {name}")
            offer(made, self._why_not, f"Remove: {name}")
            made.setStyleSheet("QPushButton { min-height: 18px; min-width: 10px; padding: 2px 6px; }")
            row.addWidget(made)
        return holder

    def _out(self, deed: Callable[[Any, Any, int], Change], row: int, told: str) -> Callable[[], Any]:
        app, actor = self._context.app, self._context.actor
        return lambda: self._do(lambda: deed(app, actor, row), told)

    def _do(self, work: Callable[[], Change], told: str) -> None:
        def done(change: Change) -> None:
            self._context.changed(change)
            self._context.notify(f"{told}. Ctrl+Z takes it back.")

        self._context.background(work, done, owner=self)


def _elided(text: str) -> Elided:
    made = Elided(text)
    made.setProperty("role", "muted")
    made.setToolTip(text)
    return made
