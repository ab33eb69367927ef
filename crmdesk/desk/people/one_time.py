"""A one-time password, shown once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px

TOLD = "Tell it to {name} in person. It is shown only now, works once, and at sign-in {name} chooses an own one."


class OneTimeDialog(QDialog):
    """The password can be selected and read out; it is kept nowhere in the open."""

    def __init__(self, parent: QWidget | None, name: str, login: str, password: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("One-time password")
        self.setMinimumWidth(px(460))
        self.password = QLineEdit(password)
        self.password.setReadOnly(True)
        self.password.setAccessibleName(f"One-time password of {name}")
        font = self.password.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        font.setStyleHint(font.StyleHint.Monospace)
        font.setFamily("monospace")
        self.password.setFont(font)
        self.password.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.done_button = button("I have passed it on", self.accept, "primary", "Close (Esc); it is not shown again")
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.done_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(f"{name} signs in as {login} with this password:", "heading", wrap=True))
        column.addWidget(self.password)
        column.addWidget(label(TOLD.format(name=name), "muted", wrap=True))
        column.addLayout(foot)
        self.password.setFocus()
        self.password.selectAll()
