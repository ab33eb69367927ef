"""The small dialogs behind a customer's surroundings: household, relation, life event, interest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from PySide6.QtCore import QDate
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QLineEdit, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.picker import CustomerPicker
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.zoom import px
from crmdesk.domain.customer import HOUSEHOLD_ROLES, LIFE_EVENTS, RELATION_KINDS
from crmdesk.domain.errors import BadInput
from crmdesk.services import surroundings

EVENTS: Final = {"retirement": "Retired", "marriage": "Married", "birth": "Birth of a child", "move": "Moved",
                 "job": "New job", "inheritance": "Inherited", "death": "Died", "other": "Other"}  # fmt: skip
NOBODY: Final = "Choose a customer first: type a name or a number."


def choice(options: dict[str, str]) -> QComboBox:
    box = QComboBox()
    for value, text in options.items():
        box.addItem(text, value)
    return box


class _AroundDialog(FormDialog):
    """A dialog about one customer, its fields one under another."""

    def __init__(self, context: DeskContext, parent: QWidget | None, number: str, now: datetime, title: str,
                 verb: str) -> None:  # fmt: skip
        super().__init__(context, parent, f"{title} of {number}", verb)
        self.number, self.now = number, now
        self._first: QWidget | None = None
        self.setMinimumWidth(px(440))

    def add(self, text: str, control: QWidget) -> None:
        inner = control.find if isinstance(control, CustomerPicker) else control
        self.fields.addWidget(buddy(text, inner))
        self.fields.addWidget(control)
        self._first = self._first or inner

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._first is not None:
            self._first.setFocus()

    def done_words(self, saved: Any) -> str:
        return f"Saved with {self.number}. Ctrl+Z takes it back."


class HouseholdDialog(_AroundDialog):
    """Whom the customer lives with: their household is joined, or one is made for both."""

    def __init__(self, context: DeskContext, parent: QWidget | None, number: str, now: datetime) -> None:
        super().__init__(context, parent, number, now, "Household", "Join household")
        self.picker = CustomerPicker(context, without=number)
        self.role = choice({role: role.capitalize() for role in HOUSEHOLD_ROLES})
        self.role.setCurrentIndex(len(HOUSEHOLD_ROLES) - 1)
        self.name = QLineEdit()
        self.name.setPlaceholderText("Where a new household is made; else it keeps its own")
        for text, control in (("&Lives with", self.picker), ("&Role in the household", self.role),
                              ("&Name of the household", self.name)):  # fmt: skip
            self.add(text, control)

    def work(self) -> Callable[[], Any]:
        app, actor, with_number = self.context.app, self.context.actor, self.picker.number
        if not with_number:
            raise BadInput(NOBODY)
        name, role = self.name.text().strip(), self.role.currentData()
        return lambda: surroundings.join_household(
            app, actor, self.number, name=name, role=role, with_number=with_number
        )


class RelationDialog(_AroundDialog):
    """Who is whose guarantor, referrer or employer."""

    def __init__(self, context: DeskContext, parent: QWidget | None, number: str, now: datetime) -> None:
        super().__init__(context, parent, number, now, "Relation", "Add relation")
        self.picker = CustomerPicker(context, without=number)
        self.kind = choice({kind: kind.capitalize() for kind in RELATION_KINDS})
        self.way = choice({"to": "", "from": ""})
        for text, control in (("&Other customer", self.picker), ("&Kind", self.kind), ("&Which way", self.way)):
            self.add(text, control)
        self.kind.currentIndexChanged.connect(lambda *_: self._tell())
        self.picker.chosen.connect(lambda *_: self._tell())
        self._tell()

    def _tell(self) -> None:
        """Both ways round in words: who is whose guarantor."""
        other = self.picker.number or "the other customer"
        what = "in another relation to" if self.kind.currentData() == "other" else f"the {self.kind.currentData()} of"
        self.way.setItemText(0, f"{other[:1].upper()}{other[1:]} is {what} {self.number}")
        self.way.setItemText(1, f"{self.number} is {what} {other}")

    def work(self) -> Callable[[], Any]:
        app, actor, other = self.context.app, self.context.actor, self.picker.number
        if not other:
            raise BadInput(NOBODY)
        pair = (other, self.number) if self.way.currentData() == "to" else (self.number, other)
        kind = self.kind.currentData()
        return lambda: surroundings.relate(app, actor, *pair, kind)


class LifeEventDialog(_AroundDialog):
    """A turn in a customer's life that the customer told of."""

    def __init__(self, context: DeskContext, parent: QWidget | None, number: str, now: datetime) -> None:
        super().__init__(context, parent, number, now, "Life event", "Add life event")
        self.kind = choice({kind: EVENTS.get(kind, kind.capitalize()) for kind in LIFE_EVENTS})
        self.on = QDateEdit(QDate(now.year, now.month, now.day))
        self.on.setCalendarPopup(True)
        self.on.setDisplayFormat("d MMM yyyy")
        self.note = QLineEdit()
        for text, control in (("&What happened", self.kind), ("&On", self.on), ("&Note", self.note)):
            self.add(text, control)

    def work(self) -> Callable[[], Any]:
        app, actor, kind = self.context.app, self.context.actor, self.kind.currentData()
        chosen, note = self.on.date(), self.note.text().strip()
        day = date(chosen.year(), chosen.month(), chosen.day())
        return lambda: surroundings.add_life_event(app, actor, self.number, kind, day, note)


class InterestDialog(_AroundDialog):
    """A family of products that the customer asked about."""

    def __init__(self, context: DeskContext, parent: QWidget | None, number: str, now: datetime) -> None:
        super().__init__(context, parent, number, now, "Interest", "Add interest")
        self.family = choice(words.FAMILIES)
        self.add("&Asked about", self.family)

    def work(self) -> Callable[[], Any]:
        app, actor, family = self.context.app, self.context.actor, self.family.currentData()
        return lambda: surroundings.add_interest(app, actor, self.number, family)


ADDED: Final = (("Household...", HouseholdDialog), ("Relation...", RelationDialog),
                ("Life event...", LifeEventDialog), ("Interest...", InterestDialog))  # fmt: skip
