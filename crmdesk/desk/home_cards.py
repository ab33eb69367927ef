"""The cards of Home about the day: what is due, what customers said about their permissions, the last backup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.background import Ticket
from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.widgets import Card, Elided, button, clear, label
from crmdesk.desk.work import moments
from crmdesk.desk.work.task_deeds import TaskDeeds
from crmdesk.domain.change import Change
from crmdesk.services import autobackup, permission_bank, tasks
from crmdesk.services.autobackup import Copy, CopyReport
from crmdesk.services.permission_bank import NEWS_DAYS, SHOWN_AT_MOST
from crmdesk.services.tasks import Agenda, TaskRow

SHOWN: Final = 5  # tasks on Home
SOON_DAYS: Final = 60
OLD: Final = timedelta(days=1)


class HomeCard(Card):
    """A card that asks, shows and fails alone; a subclass gives `ask()`, run in a thread, and `show_found()`."""

    tables: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, context: DeskContext, heading: str = "") -> None:
        super().__init__(heading)
        self.context = context
        self.name = heading
        self._call: Ticket | None = None
        self.lines = QVBoxLayout()
        self.lines.setSpacing(4)
        self.rows.addLayout(self.lines)
        context.hub.changed.connect(self._changed)

    def ask(self) -> Any:
        raise NotImplementedError

    def show_found(self, found: Any) -> None:
        raise NotImplementedError

    def refresh(self) -> None:
        if self._call is not None:
            self._call.drop()
        if self.context.app is not None:
            self._call = self.context.background(self.ask, self._arrived, self._failed, self)

    def _arrived(self, found: Any) -> None:
        clear(self.lines)
        self.show_found(found)

    def _failed(self, error: Exception) -> None:
        clear(self.lines)
        self.setVisible(True)
        what = self.name.lower() or "this part"
        self.say(f"{what[:1].upper()}{what[1:]} could not be read. {sentence(error)}", "fault")
        self.add_buttons(button("Try again", self.refresh))

    def _changed(self, change: Change) -> None:
        """A card that is not seen is asked again when Home is opened."""
        if self.isVisible() and self.tables & set(change.touched):
            self.refresh()

    def say(self, text: str, role: str = "") -> None:
        self.lines.addWidget(label(text, role, wrap=True))

    def add_buttons(self, *made: QPushButton) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for one in made:
            row.addWidget(one)
        row.addStretch(1)
        self.lines.addLayout(row)


@dataclass(frozen=True)
class Day:
    """The first tasks that are due, the counts, and the bank's clock."""

    rows: list[TaskRow]
    agenda: Agenda
    now: datetime


class DueCard(HomeCard):
    """Tasks due today or before, each with [Finish] and [Snooze]."""

    tables = frozenset({"task"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Due today")
        self.deed = TaskDeeds(context, self)

    def ask(self) -> Day:
        app, actor = self.context.app, self.context.actor
        assert app is not None
        now = app.store.clock()
        end = moments.end_of_day(now)
        return Day(tasks.due(app, actor, until=end)[:SHOWN], tasks.agenda(app, actor, end), now)

    def show_found(self, found: Day) -> None:
        for row in found.rows:
            self.lines.addWidget(self._line(row, found.now))
        if not found.rows:
            self.say(moments.agenda_words(found.agenda, found.now), "muted")
        more = found.agenda.due - len(found.rows)
        made = [button(f"See {more} more tasks" if more > 0 else "See the tasks", self._see)]
        if self.deed.allowed:
            made.append(button("New task...", lambda: self.deed.new(found.now), tip="Write down a task (Ctrl+Shift+T)"))
        self.add_buttons(*made)

    def _see(self) -> None:
        self.context.open_page("tasks")

    def _line(self, row: TaskRow, now: datetime) -> QWidget:
        made = QWidget()
        across = QHBoxLayout(made)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(8)
        late = row.at.astimezone().date() < now.astimezone().date()
        when = label(moments.short(row.at, now), "fault" if late else "muted")
        when.setToolTip(moments.due(row.at, now))
        across.addWidget(when)
        across.addWidget(Elided(row.title), 1)
        if row.number:
            opens = button(row.name, lambda: self.context.open_page("customer", number=row.number), "quiet")
            opens.setAccessibleName(f"Open {row.name}")
            opens.setToolTip(f"Open {row.name} {row.number}")
            across.addWidget(opens)
        if self.deed.allowed:
            finish = button("Finish", lambda: self.deed.done([row]), "quiet", f"Finish task: {row.title}")
            finish.setAccessibleName(f"Finish task: {row.title}")
            snooze = button("Snooze...", lambda: self._snooze(row, now, snooze), "quiet", f"Snooze task: {row.title}")
            snooze.setAccessibleName(f"Snooze task: {row.title}")
            across.addWidget(finish)
            across.addWidget(snooze)
        return made

    def _snooze(self, row: TaskRow, now: datetime, under: QPushButton) -> None:
        self.deed.snooze_menu(row, now, under.mapToGlobal(QPoint(0, under.height())))


@dataclass(frozen=True)
class Said:
    """How many customers withdrew or objected lately, and how many of their grants end soon."""

    withdrew: int
    ending: int
    full: bool  # more may end than were counted


class PermissionsCard(HomeCard):
    """What customers said lately, and whom to ask again; both open the page of permissions."""

    tables = frozenset({"permission_event"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Permissions")

    def ask(self) -> Said:
        app, actor = self.context.app, self.context.actor
        said = permission_bank.changed_since(app, actor)
        due = [one for one in permission_bank.repermission(app, actor, SOON_DAYS) if one.state == "expires"]
        return Said(len({one.number for one in said}), len({one.number for one in due}), len(due) == SHOWN_AT_MOST)

    def show_found(self, found: Said) -> None:
        withdrew = _people(found.withdrew, "withdrew or objected", f"in the last {NEWS_DAYS} days.")
        self.say(withdrew, "" if found.withdrew else "muted")
        many = words.count(found.ending) + ("+" if found.full else "")
        whose = "1 customer" if found.ending == 1 else f"{many} customers"
        ending = f"Permissions of {whose} end within {SOON_DAYS} days: ask again in time."
        none = f"No permission ends within {SOON_DAYS} days."
        self.say(ending if found.ending else none, "" if found.ending else "muted")
        self.add_buttons(button("See the permissions", lambda: self.context.open_page("permissions")))


class BackupCard(HomeCard):
    """When the last copy was made; an old one is said to be old."""

    tables = frozenset({"audit_event"})

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Last backup")

    def ask(self) -> tuple[Copy | None, bool]:
        app, actor = self.context.app, self.context.actor
        newest = next(iter(autobackup.copies(app, actor)), None)
        return newest, autobackup.changed(app, actor)

    def show_found(self, found: tuple[Copy | None, bool]) -> None:
        newest, changed = found
        now = datetime.now(UTC)
        if newest is None:
            self.say("There is no backup yet; the first is made by itself within 30 minutes.", "muted")
        else:
            old = changed and now - newest.made_at > OLD
            when = moments.moment(newest.made_at, now)
            tail = "; something changed since" if changed else "; nothing changed since"
            self.say(f"{when[:1].upper()}{when[1:]}{tail}.", "fault" if old else "")
        self.add_buttons(button("Back up now", self.back_up), button("See the backups", self._see))

    def _see(self) -> None:
        self.context.open_page("backups")

    def back_up(self) -> None:
        app, actor = self.context.app, self.context.actor

        def done(report: CopyReport) -> None:
            if report.change is not None:
                self.context.changed(report.change)
            self.context.notify(report.sentence)

        self.context.job("Back up the bank", lambda _: autobackup.make(app, actor, always=True), done)


def _people(many: int, did: str, when: str) -> str:
    return f"{'Nobody' if not many else '1 customer' if many == 1 else words.count(many) + ' customers'} {did} {when}"
