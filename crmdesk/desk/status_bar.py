"""The line under the page: the bank, the person, the last notice, the jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QStatusBar

from crmdesk.desk.widgets import Elided, button, label


class StatusBar(QStatusBar):
    """`say` shows a sentence and has screen readers speak it; the focus stays where it is."""

    def __init__(self, person: str, show_jobs: Callable[[], Any]) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.setAccessibleName("Status")
        self.file, self.notice = label("No bank is open", "muted"), Elided()
        self.jobs = button("No jobs", show_jobs, "quiet", "Jobs (Ctrl+J)")
        self.addWidget(self.file)
        self.addWidget(label(person, "muted"))
        self.addWidget(self.notice, 1)
        self.addPermanentWidget(self.jobs)

    def say(self, text: str) -> None:
        self.notice.setText(text)
        self.notice.setToolTip(text)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.notice, text))
