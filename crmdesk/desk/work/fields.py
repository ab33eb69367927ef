"""Fields of work dialogs: a day with a time, and a customer by number whose name shows."""

from __future__ import annotations

import re
from datetime import datetime, time

from PySide6.QtCore import QDate, QTimer
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crmdesk.desk.background import Ticket
from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.widgets import label
from crmdesk.domain.errors import BadInput
from crmdesk.services import customers

_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")
_LOOK_AFTER = 150  # ms after the last key


def day_field(name: str, on: QDate | None = None) -> QDateEdit:
    """A day with its calendar, the month in letters."""
    made = QDateEdit()
    made.setCalendarPopup(True)
    made.setDisplayFormat("d MMM yyyy")
    made.setAccessibleName(name)
    if on is not None:
        made.setDate(on)
    return made


class MomentField(QWidget):
    """A day and a time of it in local time; typed times may read 9, 9:30 or 09.30."""

    def __init__(self, name: str, at: datetime) -> None:
        super().__init__()
        local = at.astimezone()
        self.on = day_field(f"{name}, day", QDate(local.year, local.month, local.day))
        self.at = QComboBox()
        self.at.setEditable(True)
        self.at.addItems([f"{hour:02d}:{minute:02d}" for hour in range(7, 20) for minute in (0, 30)])
        self.at.setCurrentText(f"{local:%H:%M}")
        self.at.setAccessibleName(f"{name}, time")
        self.setFocusProxy(self.on)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(8)
        across.addWidget(self.on, 2)
        across.addWidget(self.at, 1)

    def value(self) -> datetime:
        """The moment, aware; BadInput for a time that is none."""
        match = _TIME.fullmatch(self.at.currentText().strip())
        hour, minute = (int(match[1]), int(match[2] or 0)) if match else (24, 0)
        if hour > 23 or minute > 59:
            raise BadInput(f"'{self.at.currentText()}' is not a time; write it like 09:30.")
        on = self.on.date()
        return datetime.combine(datetime(on.year(), on.month(), on.day()), time(hour, minute)).astimezone()


class CustomerField(QWidget):
    """A customer's number; beneath it the name, or why there is none."""

    def __init__(self, context: DeskContext, number: str = "", *, needed: bool = False) -> None:
        super().__init__()
        self._context, self._needed = context, needed
        self._call: Ticket | None = None
        self.number = QLineEdit(number)
        self.number.setPlaceholderText("Customer number, such as C-000123")
        self.number.setAccessibleName("Customer")
        self.name = label("", "muted")
        self.setFocusProxy(self.number)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.number)
        column.addWidget(self.name)
        self._timer = QTimer(self, singleShot=True, interval=_LOOK_AFTER)
        self._timer.timeout.connect(self._look)
        self.number.textChanged.connect(lambda *_: self._timer.start())
        self._look()

    def value(self) -> str:
        """The number; BadInput where one is needed and none is there."""
        text = self.number.text().strip()
        if self._needed and not text:
            raise BadInput("Say which customer it is about.")
        return text

    def _look(self) -> None:
        if self._call is not None:
            self._call.drop()
        text, app, actor = self.number.text().strip(), self._context.app, self._context.actor
        if not text:
            self.name.setText("" if self._needed else "About no customer")
            return
        self._call = self._context.background(
            lambda: customers.get(app, actor, text).name, self.name.setText,
            lambda error: self.name.setText(sentence(error)), self,
        )  # fmt: skip
