"""The base of dialogs that save: a sentence, fields, what is wrong, and two buttons; nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.widgets import button, label
from crmdesk.domain.change import Change


class FormDialog(QDialog):
    """Enter saves, Esc closes. A subclass fills `fields` and gives `work()`, what to call in the background.

    On success the change is told to every page and the dialog closes; on an error the sentence stands above the
    buttons and everything typed stays.
    """

    def __init__(self, context: DeskContext, parent: QWidget | None, title: str, verb: str, answer: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.context = context
        self.answer = label(answer, "muted", wrap=True)
        self.fault = label("", "fault", wrap=True)
        self.fault.setVisible(False)
        self.fields = QVBoxLayout()
        self.fields.setSpacing(8)
        self.save_button = button(verb, self.save, "primary", f"{verb} (Enter)")
        self.save_button.setDefault(True)
        self.cancel_button = button("Cancel", self.reject, tip="Close without saving (Esc)")
        self.cancel_button.setAutoDefault(False)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(8)
        self.foot.addStretch(1)
        self.foot.addWidget(self.cancel_button)
        self.foot.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(self.answer)
        column.addLayout(self.fields, 1)
        column.addWidget(self.fault)
        column.addLayout(self.foot)
        self.answer.setVisible(bool(answer))

    def work(self) -> Callable[[], Any]:
        """What saves, bound to what is typed now; raises a CrmdeskError for what can be seen to be wrong here."""
        raise NotImplementedError

    def done_words(self, saved: Any) -> str:
        """What the status bar says once it is saved."""
        return "Saved."

    def save(self) -> None:
        if not self.save_button.isEnabled():
            return
        try:
            deed = self.work()
        except Exception as error:
            self.refused(error)
            return
        self.tell("")
        self.save_button.setEnabled(False)
        self.context.background(deed, self.saved, self.refused, self)

    def saved(self, value: Any) -> None:
        """Tell the change (the value, or its `change`), say it, close."""
        change = value if isinstance(value, Change) else getattr(value, "change", None)
        self.accept()
        if isinstance(change, Change):
            self.context.changed(change)
        self.context.notify(self.done_words(value))

    def refused(self, error: Exception) -> None:
        self.save_button.setEnabled(True)
        self.tell(sentence(error))

    def tell(self, text: str) -> None:
        """The sentence above the buttons, spoken as well; an empty one hides it."""
        self.fault.setText(text)
        self.fault.setVisible(bool(text))
        if text:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.fault, text))
        self.grow()

    def grow(self) -> None:
        """As tall as its sentences need now: a dialog does not grow by itself when one is added; it cuts its fields."""
        whole = self.layout()
        whole.activate()
        wraps = whole.hasHeightForWidth()
        needed = whole.totalHeightForWidth(self.width()) if wraps else whole.totalSizeHint().height()
        if self.isVisible() and needed > self.height():
            self.resize(self.width(), needed)


def buddy(text: str, control: QWidget, hint: str = "") -> QLabel:
    """A label that names its control, for screen readers and for its Alt key; `hint` is the control's tooltip."""
    made = label(text, "muted")
    made.setBuddy(control)
    plain = text.replace("&", "")
    control.setAccessibleName(plain)
    if hint:
        control.setToolTip(hint)
        control.setAccessibleDescription(hint)
    return made
