"""After how many minutes without a touch the window locks itself: a setting of this computer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtWidgets import QComboBox, QFormLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.settings import IDLE_CHOICES, WindowSettings

TOLD: Final = "Drafts and open dialogs are kept; the bank asks for your password before it shows anything again."
OPEN: Final = "This bank has no password, so the window never locks itself here; Ctrl+L covers it."


class IdleDialog(FormDialog):
    """A choice of minutes, never is none of them; `chosen()` once it is saved."""

    def __init__(self, context: DeskContext, parent: QWidget, settings: WindowSettings,
                 chosen: Callable[[], Any]) -> None:  # fmt: skip
        super().__init__(context, parent, "Lock after", "Save", TOLD if context.asks else OPEN)
        self._settings, self._chosen = settings, chosen
        self.minutes = QComboBox()
        for minutes in IDLE_CHOICES:
            self.minutes.addItem("1 minute" if minutes == 1 else f"{minutes} minutes", minutes)
        self.minutes.setCurrentIndex(self.minutes.findData(settings.idle_minutes))
        rows = QFormLayout()
        rows.addRow(buddy("&Without a touch for", self.minutes, "No key and no mouse in any window of crmdesk"),
                    self.minutes)  # fmt: skip
        self.fields.addLayout(rows)
        self.minutes.setFocus()

    def work(self) -> Callable[[], Any]:
        minutes = int(self.minutes.currentData())
        return lambda: minutes

    def saved(self, value: Any) -> None:
        self._settings.idle_minutes = value
        self._chosen()
        super().saved(value)

    def done_words(self, saved: Any) -> str:
        return f"The window locks itself after {self.minutes.currentText()}."
