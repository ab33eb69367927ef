"""Customers who have no relationship manager, or whose manager left, become somebody's own, branch by branch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.widgets import label
from crmdesk.desk.zoom import px
from crmdesk.services import assigning
from crmdesk.services.assigning import Unassigned
from crmdesk.services.users import User

TOLD = (
    "{name} sees these customers in full and may edit them. Who has a relationship manager already keeps that one. "
    "No customer is named to you, and Undo (Ctrl+Z) takes it back."
)
LOOKING = "Looking who has no relationship manager..."
NOBODY = "Every customer has a relationship manager who works here; there is nobody to give."


def people_words(count: int) -> str:
    return f"{count:,} customer{'' if count == 1 else 's'}"


def group_words(one: Unassigned) -> str:
    whose = f"of {one.of_name}, who is no manager any more" if one.of else "without a manager"
    return f"{one.branch_name} ({one.branch}): {one.count:,} {whose}"


class AssignDialog(FormDialog):
    """The groups that wait come from the bank when the dialog opens; how many are given is said before the deed."""

    def __init__(self, context: DeskContext, parent: QWidget | None, user: User) -> None:
        super().__init__(context, parent, f"Give customers to {user.name}", "Give customers",
                         TOLD.format(name=user.name))  # fmt: skip
        self._user = user
        self._groups: list[Unassigned] = []
        self.setMinimumWidth(px(560))
        self.groups = QComboBox()
        self.groups.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.groups.setMinimumContentsLength(30)
        self.groups.currentIndexChanged.connect(lambda _: self._say())
        self.said = label(LOOKING, wrap=True)
        rows = QFormLayout()
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows.addRow(
            buddy("&Customers of", self.groups, "The branch, and whose customers they were so far"), self.groups
        )
        self.fields.addLayout(rows)
        self.fields.addWidget(self.said)
        self.groups.setEnabled(False)
        self.save_button.setEnabled(False)
        app, actor = context.app, context.actor
        context.background(lambda: assigning.waiting(app, actor), self._fill, self._failed, self)

    def _fill(self, found: Sequence[Unassigned]) -> None:
        """The colleague's own branch first, for there most of the work is."""
        self._groups = sorted(found, key=lambda one: one.branch_name != self._user.branch)
        self.groups.addItems([group_words(one) for one in self._groups])
        self.groups.setEnabled(bool(self._groups))
        self.save_button.setEnabled(bool(self._groups))
        (self.groups if self._groups else self.cancel_button).setFocus()
        self._say()

    def _failed(self, error: Exception) -> None:
        self.refused(error)
        self.save_button.setEnabled(False)
        self.said.setText("")

    def _say(self) -> None:
        one = self._chosen()
        text = f"{self._user.name} gets {people_words(one.count)} of {one.branch_name}." if one else NOBODY
        self.said.setText(text)
        self.said.setAccessibleName(text)
        self.grow()

    def _chosen(self) -> Unassigned | None:
        at = self.groups.currentIndex()
        return self._groups[at] if 0 <= at < len(self._groups) else None

    def work(self) -> Callable[[], Any]:
        app, actor, login, one = self.context.app, self.context.actor, self._user.login, self._chosen()
        assert one is not None  # the button is off while nobody waits
        return lambda: assigning.assign(app, actor, login, one.branch, of=one.of)

    def done_words(self, saved: Any) -> str:
        return f"{self._user.name} looks after {people_words(saved.count)} more."
