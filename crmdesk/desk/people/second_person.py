"""From one person to two, for good: what changes, then both people, then the door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtWidgets import QCheckBox, QTabWidget, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog
from crmdesk.desk.people.person_fields import PersonFields
from crmdesk.desk.widgets import Card, label, scrolled
from crmdesk.desk.zoom import size_dialog
from crmdesk.domain.errors import BadFields, BadInput
from crmdesk.domain.rights import Role
from crmdesk.services import users

ANSWER: Final = "From now on the bank asks who is there. This cannot be taken back."
CHANGES: Final = (
    "Both sign in with a name and a password, on every opening and after a pause.",
    "Each sees and does what the roles allow; the account of this computer holds none any more.",
    "Imports, merging, restoring and exports of more than 1,000 rows wait for the word of a second person.",
    "An administrator sees no customers: keep a role of your own for the work with them.",
)
AGREE: Final = "I know that this is for good"


class SecondPersonDialog(FormDialog):
    """Three tabs in their order; `closed()` of the frame's deeds shows the door once it is saved."""

    def __init__(self, context: DeskContext, parent: QWidget | None, branches: Sequence[tuple[str, str]]) -> None:
        super().__init__(context, parent, "Add a second person", "Turn sign-in on", ANSWER)
        self.me = PersonFields(branches, password=True, who="You")
        self.other = PersonFields(branches, password=True, who="The other person")
        self.me.login.setText(context.actor.login)
        self.me.named.setText(context.person)
        self.me.roles.boxes[Role.ADMIN].setChecked(True)
        self.other.roles.boxes[Role.DPO].setChecked(True)
        self.agree = QCheckBox(AGREE)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Steps")
        for title, part in (("1 What changes", self._changes()), ("2 You", _page(self.me)),
                            ("3 The other person", _page(self.other))):  # fmt: skip
            self.tabs.addTab(part, title)
        self.tabs.currentChanged.connect(self._fit)
        self.fields.addWidget(self.tabs)
        size_dialog(self, 640, 620)
        self._fit()

    def _changes(self) -> QWidget:
        card = Card()
        for line in CHANGES:
            card.rows.addWidget(label(f"•  {line}", wrap=True))
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(12)
        column.addWidget(card)
        column.addWidget(self.agree)
        column.addStretch(1)
        return made

    def _fit(self, *_: object) -> None:
        last = self.tabs.currentIndex() == self.tabs.count() - 1
        self.save_button.setText("Turn sign-in on" if last else "Next")
        self.save_button.setAccessibleName(self.save_button.text())
        self.save_button.setToolTip(f"{self.save_button.text()} (Enter)")
        (self.agree, self.me.named, self.other.named)[self.tabs.currentIndex()].setFocus()

    def save(self) -> None:
        """Next, or what the last step saves."""
        at = self.tabs.currentIndex()
        if at == self.tabs.count() - 1:
            super().save()
            return
        try:
            self._check(at)
        except BadInput as error:
            self.tell(str(error))
            return
        self.tell("")
        self.tabs.setCurrentIndex(at + 1)

    def _check(self, step: int) -> None:
        if step == 0 and not self.agree.isChecked():
            raise BadInput("Tick that you know it is for good first.")
        if step == 1:
            self.me.person()

    def work(self) -> Callable[[], Any]:
        for step in (0, 1):
            try:
                self._check(step)
            except BadInput:
                self.tabs.setCurrentIndex(step)
                raise
        app, actor = self.context.app, self.context.actor
        me, other = self.me.person(), self.other.person()
        return lambda: users.second_person(app, actor, me, other)

    def refused(self, error: Exception) -> None:
        super().refused(error)
        if isinstance(error, BadFields):
            who, _, field = next(iter(error.fields)).partition(".")
            self.tabs.setCurrentIndex(1 if who == "me" else 2)
            (self.me if who == "me" else self.other).to_fault({field: ""})

    def saved(self, value: Any) -> None:
        """The account of this computer holds nothing any more: the bank closes and its door asks."""
        self.accept()
        self.context.door_asked.emit()


def _page(fields: QWidget) -> QWidget:
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 12, 12, 0)
    column.addWidget(fields)
    return scrolled(inner)
