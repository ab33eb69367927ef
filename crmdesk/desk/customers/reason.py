"""Why something hidden is looked at: asked in a small dialog where the role has to say it; the audit keeps it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.zoom import px
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Actor, Right, grant

RULE = "The reason is written into the audit, with your name and this customer."


class ReasonDialog(FormDialog):
    """`deed(reason)` reads, in a thread; then `shown(what was read, reason)`."""

    def __init__(
        self, context: DeskContext, parent: QWidget, what: str, deed: Callable[[str], Any],
        shown: Callable[[Any, str], Any],
    ) -> None:  # fmt: skip
        super().__init__(context, parent, f"Show {what}", "Show", RULE)
        self._deed, self._shown, self._said = deed, shown, ""
        self.setMinimumWidth(px(420))
        self.reason = QLineEdit()
        self.reason.setMaxLength(200)
        self.fields.addWidget(buddy("&What it is for", self.reason))
        self.fields.addWidget(self.reason)
        self.reason.setFocus()

    def work(self) -> Callable[[], Any]:
        deed, said = self._deed, self.reason.text().strip()
        if not said:
            self.reason.setFocus()
            raise BadInput("Say in a few words what it is for.")
        self._said = said
        return lambda: deed(said)

    def saved(self, value: Any) -> None:
        self.accept()
        self._shown(value, self._said)


def asks_reason(actor: Actor, right: Right) -> bool:
    """Whether this person sees what the right opens only once a reason is given."""
    found = grant(actor, right)
    return found is not None and found.reason


def offer(control: QPushButton, why_not: str, tip: str) -> None:
    """A control of somebody who holds the right: off, and the tooltip says who can help, where the row is out of
    reach.
    """
    control.setEnabled(not why_not)
    control.setToolTip(why_not or tip)
    control.setAccessibleDescription(why_not)
