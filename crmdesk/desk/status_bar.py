"""The line under the page: the bank, the person, the last notice, the jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QStatusBar

from crmdesk.desk.widgets import Elided, button, label

SINGLE = "Nobody signs in here: the account of this computer holds every role. A second person changes that."


class StatusBar(QStatusBar):
    """`show_bank` says whose window this is; `say` has a sentence shown and spoken, the focus stays where it is."""

    def __init__(self, person: str, show_jobs: Callable[[], Any]) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.setAccessibleName("Status")
        self.file, self.notice = label("No bank is open", "muted"), Elided()
        self.person = label(person, "muted")
        self.single = label("Single user", "tag")
        self.single.setToolTip(SINGLE)
        self.single.setVisible(False)
        self.jobs = button("No jobs", show_jobs, "quiet", "Jobs (Ctrl+J)")
        self.addWidget(self.file)
        self.addWidget(self.person)
        self.addWidget(self.single)
        self.addWidget(self.notice, 1)
        self.addPermanentWidget(self.jobs)

    def show_bank(self, file: str, person: str, *, single: bool) -> None:
        """The file and whether it is encrypted, the person with the roles, and a tag where nobody signs in."""
        self.file.setText(file)
        self.person.setText(person)
        self.single.setVisible(single)

    def say(self, text: str) -> None:
        self.notice.setText(text)
        self.notice.setToolTip(text)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.notice, text))
