"""The tab of permissions that end: whom to ask again, as tasks and as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from PySide6.QtWidgets import QAbstractItemView, QPushButton, QSpinBox

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.exporting import ExportDialog
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.permissions.people_tab import PeopleTab
from crmdesk.desk.widgets import button, label
from crmdesk.desk.work import moments
from crmdesk.desk.work.fields import MomentField
from crmdesk.desk.work.task_dialog import WIDE, StaffField, form_rows
from crmdesk.desk.zoom import px
from crmdesk.domain.rights import Right, may
from crmdesk.services import ask_again
from crmdesk.services.ask_again import AT_MOST, TaskPlan, TasksMade
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.services.permission_bank import Due, Queue

DAYS: Final = 60
EXPORTED: Final = ("name", "number", "city", "segment")


class AskAgainTab(PeopleTab):
    """Deeds are about the chosen rows, or about all that are listed where not more than one is chosen."""

    def __init__(self, context: DeskContext, again: Callable[[], Any]) -> None:
        super().__init__(context, "Permissions to ask for again",
                         ("Number", "Name", "Purpose", "Channel", "Ends on", "State"),
                         (104, 0, 104, 112, 112, 104))  # fmt: skip
        self._due: list[Due] = []
        self._now: datetime | None = None
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._follow())
        self.days = QSpinBox()
        self.days.setRange(0, 3650)
        self.days.setValue(DAYS)
        self.days.setSuffix(" days")
        self.days.setMinimumWidth(px(110))
        self.days.lineEdit().setTextMargins(7, 0, 0, 0)
        self.days.editingFinished.connect(again)
        self.add_tool(buddy("Ending &within", self.days, "Grants that end in so many days, and those that have"))
        self.add_tool(self.days)
        self.tasks_button: QPushButton = button(
            "Make tasks...", self.make_tasks, tip="One task for each chosen customer, or for all that are listed"
        )
        self.export_button: QPushButton = button("Export...", self.export, tip="These customers as CSV or Excel")
        for made, right in ((self.tasks_button, Right.EDIT_WORK), (self.export_button, Right.EXPORT)):
            self.add_tool(made)
            made.setVisible(may(context.actor, right))

    def show_queue(self, queue: Queue, now: datetime) -> None:
        self._due, self._now = queue.due, now
        self.show_all(
            _sentence(queue, self.days.value()),
            [(d.number, d.name, words.PURPOSES[d.purpose], words.CHANNELS[d.channel] if d.channel else "All channels",
              words.on(d.expires_on), "Ends soon" if d.state == "expires" else "Has ended") for d in queue.due],
            [d.number for d in queue.due],
        )  # fmt: skip
        self._follow()

    def chosen(self) -> list[Due]:
        """The chosen rows, or all of them where not more than one is chosen."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self._due[row] for row in rows if row < len(self._due)] if len(rows) > 1 else self._due

    def _follow(self) -> None:
        for made in (self.tasks_button, self.export_button):
            made.setEnabled(bool(self._due))

    def make_tasks(self) -> MakeTasksDialog | None:
        """Count, then make one task for each customer of the chosen rows."""
        if not self._due or self._now is None:
            return None
        notes: dict[str, list[str]] = {}
        for one in self.chosen():
            notes.setdefault(one.number, []).append(_note(one))
        dialog = MakeTasksDialog(self._context, self, {n: "; ".join(said) for n, said in notes.items()}, self._now)
        dialog.open()
        return dialog

    def export(self) -> ExportDialog | None:
        """The customers of the chosen rows as a file: who does not permit what it is for is left out and counted."""
        people = tuple(dict.fromkeys(one.customer for one in self.chosen()))
        if not people:
            return None
        columns = EXPORTED if may(self._context.actor, Right.READ_CONTACT) else EXPORTED[1:2]
        dialog = ExportDialog(self._context, self, Chosen(CustomerQuery(), people), len(people), columns)
        dialog.open()
        return dialog


class MakeTasksDialog(FormDialog):
    """Tasks for customers (number: what ends), the first 500 of them; counted before they are made."""

    def __init__(self, context: DeskContext, parent: AskAgainTab, notes: dict[str, str], now: datetime) -> None:
        many = "1 customer" if len(notes) == 1 else f"{words.count(len(notes))} customers"
        cut = f" Tasks are made for the first {AT_MOST} of them." if len(notes) > AT_MOST else ""
        super().__init__(context, parent, "Ask again", "Make tasks", f"{many} to ask again for a permission.{cut}")
        self._notes = dict(list(notes.items())[:AT_MOST])
        self.setMinimumWidth(px(WIDE))
        self.due = MomentField("Due", moments.soon(now))
        self.owner = StaffField(context)
        self.told = label("Counting...", wrap=True)
        rows = form_rows()
        for title, field in (("&Due", self.due), ("&Owner", self.owner)):
            rows.addRow(buddy(title, field), field)
        self.fields.addLayout(rows)
        self.fields.addWidget(self.told)
        self.save_button.setEnabled(False)
        self.due.setFocus()
        app, actor = context.app, context.actor
        context.background(lambda: ask_again.plan(app, actor, list(self._notes)), self._planned, self._cannot, self)

    def _planned(self, plan: TaskPlan) -> None:
        self.told.setText(f"{_tasks(plan.count)} will be made.{_left_out(plan.left_out)}")
        self.save_button.setText(f"Make {_tasks(plan.count)}")
        self.save_button.setAccessibleName(f"Make {_tasks(plan.count)}")
        self.save_button.setEnabled(plan.count > 0)

    def _cannot(self, error: Exception) -> None:
        self.told.setText("")
        self.refused(error)
        self.save_button.setEnabled(False)

    def work(self) -> Callable[[], TasksMade]:
        app, actor = self.context.app, self.context.actor
        notes, due, owner = self._notes, self.due.value(), self.owner.login()
        return lambda: ask_again.make_tasks(app, actor, notes, due, owner)

    def done_words(self, saved: Any) -> str:
        them = "it" if saved.count == 1 else "all of them"
        return f"{_tasks(saved.count)} made.{_left_out(saved.left_out)} Ctrl+Z takes {them} back."


def _tasks(number: int) -> str:
    return "1 task" if number == 1 else f"{words.count(number)} tasks"


def _left_out(reasons: dict[str, int]) -> str:
    told = [f"{words.count(number)} {reason}" for reason, number in reasons.items()]
    return f" Left out: {', '.join(told)}." if told else ""


def _note(one: Due) -> str:
    """ "Offers by e-mail: ends on 12 Mar 2026"."""
    way = f" {words.BY[one.channel]}" if one.channel else ""
    return f"{words.PURPOSES[one.purpose]}{way}: {'ends on' if one.state == 'expires' else 'ended on'} " \
        f"{words.on(one.expires_on)}"  # fmt: skip


def _sentence(queue: Queue, days: int) -> str:
    if not queue.total:
        return f"No grant ends within {days} days, and none has ended."
    ends = "grant ends" if queue.soon == 1 else "grants end"
    told = f"{words.count(queue.soon)} {ends} within {days} days, {words.count(queue.ended)} " \
        f"{'has' if queue.ended == 1 else 'have'} ended."  # fmt: skip
    shown = len(queue.due)
    return f"{told} The first {words.count(shown)} are listed." if shown < queue.total else f"{told} Soonest first."
