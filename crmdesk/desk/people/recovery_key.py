"""The recovery key, shown once: printed or saved as PDF, and two of its groups typed back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPageSize
from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import buddy
from crmdesk.desk.paper import Pages, Paper, Part
from crmdesk.desk.printing import put
from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px

TOLD: Final = (
    "Print it or write it down, and keep it away from this computer. It opens the bank when every passphrase is "
    "forgotten. It is shown only now."
)
WRONG: Final = "These are not the groups of the key: compare them with what you printed or wrote down."
ACROSS: Final = 4  # groups in a line


class RecoveryKeyDialog(QDialog):
    """`then()` once two groups were typed back right; Esc does not close it, for the key would be lost."""

    def __init__(self, context: DeskContext, parent: QWidget | None, bank: str, key: str, told: str,
                 then: Callable[[], Any]) -> None:  # fmt: skip
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Recovery key")
        self.setMinimumWidth(px(560))
        self._context, self._bank, self._key, self._then = context, bank, key, then
        self._groups = key.split("-")
        first, second = sorted(secrets.SystemRandom().sample(range(len(self._groups)), 2))
        self.asked = (first, second)
        self.typed = (QLineEdit(), QLineEdit())
        self.fault = label("", "fault", wrap=True)
        self.fault.setVisible(False)
        self.save_button = button("Save as PDF...", self.save, tip="To print it elsewhere; delete the file then")
        self.save_button.setAutoDefault(False)
        self.done_button = button("I have the key", self.check, "primary", "Compare the two groups (Enter)")
        self.done_button.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(f"The recovery key of {bank}", "heading"))
        column.addLayout(self._grid())
        column.addWidget(label(TOLD, wrap=True))
        if told:
            column.addWidget(label(told, "muted", wrap=True))
        column.addLayout(self._check_row())
        column.addWidget(self.fault)
        foot = QHBoxLayout()
        foot.addWidget(self.save_button)
        foot.addStretch(1)
        foot.addWidget(self.done_button)
        column.addLayout(foot)
        self.typed[0].setFocus()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(8)
        for at, group in enumerate(self._groups):
            shown = label(f"{at + 1}   {group}", "code")
            shown.setAccessibleName(f"Group {at + 1}: {' '.join(group)}")
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(shown, at // ACROSS, at % ACROSS)
        return grid

    def _check_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for at, field in zip(self.asked, self.typed, strict=True):
            field.setMaxLength(8)
            field.setMaximumWidth(px(110))
            row.addWidget(buddy(f"From your paper, group &{at + 1}", field))
            row.addWidget(field)
        row.addStretch(1)
        return row

    def check(self) -> None:
        """Close where both groups are right."""
        typed = [field.text().strip().upper() for field in self.typed]
        if typed != [self._groups[at] for at in self.asked]:
            self.fault.setText(WRONG)
            self.fault.setVisible(True)
            self.typed[0].setFocus()
            return
        self.accept()
        self._then()

    def reject(self) -> None:
        """Esc and the window's cross: the key is not given up by a slip."""
        self.fault.setText("Type the two groups first; without the key a forgotten passphrase loses the bank.")
        self.fault.setVisible(True)

    def save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the recovery key", "recovery-key.pdf", "PDF (*.pdf)")
        if chosen:
            self.write(Path(chosen).with_suffix(".pdf"))

    def write(self, file: Path) -> None:
        """The paper as PDF, in the background."""
        paper = self.paper()

        def failed(error: Exception) -> None:
            self.fault.setText(str(error))
            self.fault.setVisible(True)

        done = f"{file.name} was written: print it, then delete the file."
        self._context.background(lambda: put(Pages(paper, QPageSize.PageSizeId.A4), file),
                                 lambda _: self._context.notify(done), failed, self)  # fmt: skip

    def paper(self) -> Paper:
        lines = ["-".join(self._groups[at : at + ACROSS]) for at in range(0, len(self._groups), ACROSS)]
        return Paper(f"Recovery key of {self._bank}", "Opens the bank when every passphrase is forgotten.",
                     [Part("The key", [*lines, "No 0 and no 1 occur in it, no O and no I."]),
                      Part("Keep it", ["In a safe place away from the computer. A newer key makes this one void."])],
                     f"{self._bank}, recovery key, {words.on(date.today())}")  # fmt: skip
