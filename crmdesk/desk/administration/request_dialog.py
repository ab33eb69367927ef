"""Record what a customer asks about the own data: from the customer's page, in one dialog."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QComboBox, QDateEdit, QPlainTextEdit, QWidget

from crmdesk.desk import words
from crmdesk.desk.administration.requests_tab import KINDS
from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.widgets import label
from crmdesk.desk.zoom import px
from crmdesk.domain.guard import due_on
from crmdesk.services import privacy_requests

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame


def record_request(frame: Frame) -> None:
    """Customer > Record a request about data."""
    page = frame.shelf.page
    number = str(getattr(page, "number", "")) if page.name == "customer" else ""
    if number:
        RequestDialog(frame.context, page, number).open()
    else:
        frame.notice("Open a customer first; the request is about that person.")


class RequestDialog(FormDialog):
    """The kind and the day it was received; the due day follows."""

    def __init__(self, context: DeskContext, parent: QWidget, number: str) -> None:
        where = "The data-protection officer answers it; it stands under Administration > Requests."
        super().__init__(context, parent, f"Record a request of {number}", "Record request", where)
        self._number = number
        self.kind = QComboBox()
        for code, text in KINDS.items():
            self.kind.addItem(text, code)
        self.received = QDateEdit(QDate.currentDate())
        self.received.setCalendarPopup(True)
        self.received.setDisplayFormat("d MMM yyyy")
        self.received.setMaximumDate(QDate.currentDate())
        self.note = QPlainTextEdit()
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(px(72))
        self.due = label("", "muted", wrap=True)
        for text, field in (
            ("&Asked for", self.kind),
            ("&Received", self.received),
            ("&Note", self.note),
        ):
            self.fields.addWidget(buddy(text, field))
            self.fields.addWidget(field)
        self.fields.addWidget(self.due)
        self.received.dateChanged.connect(lambda *_: self._tell())
        self._tell()
        context.background(lambda: context.app.store.clock().date(), self._today, None, self)
        self.resize(px(440), self.sizeHint().height())

    def _today(self, day: date) -> None:
        """By the bank's clock, which stands still in an invented bank."""
        self.received.setMaximumDate(QDate(day.year, day.month, day.day))

    def _tell(self) -> None:
        self.due.setText(f"To be answered by {words.on(due_on(self.received.date().toPython()))}.")

    def work(self) -> Callable[[], Any]:
        app, actor, number, kind = self.context.app, self.context.actor, self._number, self.kind.currentData()
        day, note = self.received.date().toPython(), self.note.toPlainText()
        return lambda: privacy_requests.add(app, actor, number, kind, day, note)

    def done_words(self, saved: Any) -> str:
        return f"The request of {self._number} is recorded."
