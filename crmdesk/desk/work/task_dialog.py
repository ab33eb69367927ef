"""The dialogs of tasks: a new one or a changed one, and another time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QPlainTextEdit, QWidget

from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.work import moments
from crmdesk.desk.work.fields import CustomerField, MomentField
from crmdesk.desk.zoom import px
from crmdesk.domain.errors import BadInput, Conflict
from crmdesk.services import staff, tasks
from crmdesk.services.staff import StaffInfo
from crmdesk.services.tasks import TaskRow

BEFORE: Final = (("No reminder", None), ("At that time", timedelta()), ("15 minutes before", timedelta(minutes=15)),
                 ("1 hour before", timedelta(hours=1)), ("1 day before", timedelta(days=1)))  # fmt: skip
WIDE: Final = 480


def form_rows() -> QFormLayout:
    """Fields with their labels at the left, as wide as there is room."""
    rows = QFormLayout()
    rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    rows.setHorizontalSpacing(16)
    rows.setVerticalSpacing(8)
    return rows


class StaffField(QComboBox):
    """Colleagues by name; `login()` of the chosen one, None while they are not read yet."""

    def __init__(self, context: DeskContext, chosen: str | None = None, *, others: bool = False) -> None:
        super().__init__()
        self._context, self._wanted, self._others = context, chosen, others
        self.ask()

    def ask(self, wanted: str | None = None) -> None:
        """Read the colleagues anew, then choose `wanted` among them."""
        self._wanted = wanted or self._wanted
        app, actor = self._context.app, self._context.actor
        self._context.background(lambda: staff.people(app, actor), self._fill, owner=self)

    def _fill(self, people: list[StaffInfo]) -> None:
        self.clear()
        for one in people:
            if not (one.me and self._others):
                words = f"{one.name} (me)" if one.me else f"{one.name}, {one.branch}" if one.branch else one.name
                self.addItem(words, one.login)
        mine = next((one.login for one in people if one.me), None)
        self.setCurrentIndex(max(0, self.findData(self._wanted or mine)))

    def login(self) -> str | None:
        found = self.currentData()
        return None if found is None else str(found)


class TaskDialog(FormDialog):
    """A new task, or a change of `task`; on a conflict everything typed stays and saving again is the answer."""

    def __init__(self, context: DeskContext, parent: QWidget | None, *, now: datetime, task: TaskRow | None = None,
                 number: str = "", title: str = "", origin: str = "manual") -> None:  # fmt: skip
        super().__init__(context, parent, "Change the task" if task else "New task", "Save task")
        self._task, self._version, self._origin = task, task.version if task else 0, origin
        self.setMinimumWidth(px(WIDE))
        self.what = QLineEdit(task.title if task else title)
        self.what.setMaxLength(tasks.LONGEST)
        self.what.setPlaceholderText("Call about the mortgage")
        self.customer = CustomerField(context, task.number if task else number)
        self.due = MomentField("Due", task.due_at if task else moments.soon(now))
        self.reminder = QComboBox()
        self._fill_reminder(task, now)
        self.owner = StaffField(context, task.owner if task else None)
        self.note = QPlainTextEdit(task.note if task else "")
        self.note.setTabChangesFocus(True)
        self.note.setMaximumHeight(px(90))
        rows = form_rows()
        for words, field in (("&What to do", self.what), ("&Customer", self.customer), ("&Due", self.due),
                             ("&Remind", self.reminder), ("&Owner", self.owner), ("&Note", self.note)):  # fmt: skip
            rows.addRow(buddy(words, field), field)
        self.customer.number.setAccessibleName("Customer")
        self.fields.addLayout(rows)
        self.what.setFocus()

    def _fill_reminder(self, task: TaskRow | None, now: datetime) -> None:
        for words, before in BEFORE:
            self.reminder.addItem(words, before)
        if task is None or task.remind_at == task.due_at:
            self.reminder.setCurrentIndex(1)
        elif task.remind_at is not None:
            before = task.due_at - task.remind_at
            place = next((at for at, (_, known) in enumerate(BEFORE) if known == before), -1)
            if place < 0:
                self.reminder.addItem(moments.due(task.remind_at, now), before)
            self.reminder.setCurrentIndex(place if place >= 0 else self.reminder.count() - 1)

    def work(self) -> Callable[[], Any]:
        app, actor, task, version = self.context.app, self.context.actor, self._task, self._version
        due, before = self.due.value(), self.reminder.currentData()
        # Times are shown to the minute: a due time that was not touched stays as it was.
        if task is not None and due == task.due_at.replace(second=0, microsecond=0):
            due = task.due_at
        fields: dict[str, Any] = {"title": self.what.text(), "note": self.note.toPlainText(),
                                  "number": self.customer.value(), "owner": self.owner.login(),
                                  "remind_at": None if before is None else due - before}  # fmt: skip
        if not fields["title"].strip():
            self.what.setFocus()
            raise BadInput("Say what to do.")
        if task is None:
            return lambda: tasks.add(app, actor, fields.pop("title"), due, origin=self._origin, **fields)
        fields |= {"due_at": due} if due != task.due_at else {}
        return lambda: tasks.edit(app, actor, task.id, version, **fields)

    def refused(self, error: Exception) -> None:
        super().refused(error)
        if isinstance(error, Conflict):
            named = ", ".join(dict.fromkeys(change["title"] for change in error.changes))
            self._version = error.version
            self.tell(
                f"{sentence(error)} Changed meanwhile: {named or 'the task'}. Saving again keeps what stands here."
            )

    def done_words(self, saved: Any) -> str:
        return "The task is saved. Ctrl+Z takes it back."


class SnoozeDialog(FormDialog):
    """Another time for one task."""

    def __init__(self, context: DeskContext, parent: QWidget | None, task: TaskRow, now: datetime) -> None:
        super().__init__(context, parent, "Snooze the task", "Snooze task", task.title)
        self._task = task
        self.until = MomentField("Until", now + timedelta(days=1))
        rows = form_rows()
        rows.addRow(buddy("&Until", self.until), self.until)
        self.fields.addLayout(rows)

    def work(self) -> Callable[[], Any]:
        app, actor, until = self.context.app, self.context.actor, self.until.value()
        return lambda: tasks.snooze(app, actor, self._task.id, until)

    def done_words(self, saved: Any) -> str:
        return "The task is snoozed. Ctrl+Z takes it back."
