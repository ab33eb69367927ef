"""The page of backups: when the last one was made, the list of them, check, restore, and a new one now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout
from shiboken6 import isValid

from crmdesk.desk.backups.restore import RestoreDialog
from crmdesk.desk.context import DeskContext
from crmdesk.desk.page import Page
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import button, label
from crmdesk.desk.work import moments
from crmdesk.domain.change import Change
from crmdesk.domain.rights import Right, may
from crmdesk.services import autobackup
from crmdesk.services.autobackup import Copy, CopyReport

TITLES = ("Made", "Size", "Checked", "File")
WIDTHS = (170, 90, 190, 0)
RULE = (
    "A copy is made every 30 minutes if something changed. All of the last 48 hours are kept, then one a day for "
    "7 days, one a week for 4 weeks and one a month for 3 months; none is kept past 90 days."
)


class BackupsPage(Page):
    """Copies lie in a folder beside the bank; each was checked when it was made and can be checked again."""

    name: ClassVar[str] = "backups"

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Backups")
        self._copies: list[Copy] = []
        self._checked: dict[str, str] = {}
        self.table = PlainTable("Backups, the newest first", TITLES, WIDTHS, frozenset({1}))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._follow())
        self.now_button = self.add_deed("Back up now", self.back_up, "primary", "Make a copy now, changed or not")
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(RULE, "muted", wrap=True))
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.check_button: QPushButton = button("Check backup", self.check, tip="Read the chosen copy through")
        self.restore_button: QPushButton = button(
            "Restore backup...", self.restore, tip="Put this copy in the bank's place"
        )
        row.addWidget(self.check_button)
        row.addWidget(self.restore_button)
        row.addStretch(1)
        column.addLayout(row)
        self.restore_button.setVisible(may(context.actor, Right.RESTORE))

    def refresh(self) -> None:
        app, actor = self.context.app, self.context.actor
        self.load(lambda: (autobackup.copies(app, actor), autobackup.changed(app, actor)), self._show)

    def cares_about(self, change: Change) -> bool:
        return change.kind == "backup"

    def _show(self, found: tuple[list[Copy], bool]) -> None:
        copies, changed = found
        self._copies = copies
        now = datetime.now(UTC)
        self.now_button.setVisible(bool(copies))  # one filled button in a view: the empty page has its own
        if not copies:
            self.say("")
            self.show_empty("There is no backup of this bank yet. The first is made by itself within 30 minutes.",
                            "Back up now", self.back_up)  # fmt: skip
            return
        since = "something changed since" if changed else "nothing changed since"
        self.say(f"The last backup was made {moments.moment(copies[0].made_at, now)}; {since}.")
        self._fill()

    def _fill(self) -> None:
        chosen, now = max(0, self.table.currentIndex().row()), datetime.now(UTC)
        self.table.show_rows([self._row(one, now) for one in self._copies])
        self.table.selectRow(min(chosen, len(self._copies) - 1))
        self._follow()

    def _row(self, one: Copy, now: datetime) -> tuple[str, ...]:
        when = moments.moment(one.made_at, now)
        told = self._checked.get(one.file.name, "When it was made")
        return (when[:1].upper() + when[1:], size(one.bytes), told, one.file.name)

    def _chosen(self) -> Copy | None:
        at = self.table.currentIndex().row()
        return self._copies[at] if 0 <= at < len(self._copies) else None

    def _follow(self) -> None:
        for made in (self.check_button, self.restore_button):
            made.setEnabled(self._chosen() is not None)

    def back_up(self) -> None:
        app, actor = self.context.app, self.context.actor

        def done(report: CopyReport) -> None:
            if report.change is not None:
                self.context.changed(report.change)
            self.context.notify(report.sentence)

        def failed(error: Exception) -> None:
            if isValid(self):
                self.show_error(error, self.back_up)

        self.context.job("Back up the bank", lambda _: autobackup.make(app, actor, always=True), done, failed)

    def check(self) -> None:
        app, actor, one = self.context.app, self.context.actor, self._chosen()
        if one is None:
            return

        def done(told: str) -> None:
            self._checked[one.file.name] = "Just now: whole"
            self.show_content()
            self._fill()
            self.context.notify(told)

        def failed(error: Exception) -> None:
            self._checked[one.file.name] = "Just now: not whole"
            self._fill()
            self.show_error(error, self.check)

        self.context.background(lambda: autobackup.check(app, actor, one.file), done, failed, self)

    def restore(self) -> None:
        one = self._chosen()
        if one is not None:
            RestoreDialog(self.context, self, one).open()


def size(many: int) -> str:
    """Bytes for reading: "516 KB", "34.2 MB"."""
    if many < 1_000_000:
        return f"{max(1, round(many / 1000))} KB"
    return f"{many / 1_000_000:.1f} MB"
