"""A field for a passphrase: hidden or shown, and a word when Caps Lock is on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from crmdesk.desk.widgets import button, label

CAPS = "Caps Lock is on."
LONGEST = 256  # letters


class PassphraseField(QWidget):
    """`text()` is what was typed; `entered` is Enter. Nothing of it is kept by the clipboard or an input method."""

    entered = Signal()

    def __init__(self, title: str = "&Passphrase", hint: str = "") -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setMaxLength(LONGEST)
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.line.returnPressed.connect(self.entered)
        self.setFocusProxy(self.line)
        self.show_button = button("Show", self.flip, "quiet")
        self.show_button.setAutoDefault(False)
        self.caps = label(CAPS, "fault")
        self.caps.setVisible(False)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.addWidget(self.line, 0, 0)
        grid.addWidget(self.show_button, 0, 1)
        grid.addWidget(self.caps, 1, 0, 1, 2)
        self._known = False  # whether a letter has told how Caps Lock stands
        self._title = title.replace("&", "")
        self.line.setAccessibleName(self._title)
        if hint:
            self.line.setToolTip(hint)
            self.line.setAccessibleDescription(hint)
        self._name_button()
        self.line.installEventFilter(self)

    def text(self) -> str:
        return self.line.text()

    def clear(self) -> None:
        """Empty, and hidden again."""
        self.line.clear()
        if self.line.echoMode() == QLineEdit.EchoMode.Normal:
            self.flip()

    def flip(self) -> None:
        """Show what is typed, or hide it again."""
        hidden, shown = QLineEdit.EchoMode.Password, QLineEdit.EchoMode.Normal
        self.line.setEchoMode(shown if self.line.echoMode() == hidden else hidden)
        self._name_button()

    def _name_button(self) -> None:
        shown = self.line.echoMode() == QLineEdit.EchoMode.Normal
        self.show_button.setText("Hide" if shown else "Show")
        self.show_button.setAccessibleName(f"{'Hide' if shown else 'Show'} what is typed as {self._title.lower()}")
        self.show_button.setToolTip("Hide what is typed" if shown else "Show what is typed")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Qt knows no state of Caps Lock: a letter that comes out the wrong way tells.
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            text, shift = event.text(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if event.key() == Qt.Key.Key_CapsLock:
                self.show_caps(self.caps.isHidden() and self._known)
            elif len(text) == 1 and text.lower() != text.upper():
                self._known = True
                self.show_caps(text.isupper() != shift)
        elif event.type() == QEvent.Type.FocusOut:
            self.show_caps(False)
        return super().eventFilter(watched, event)

    def show_caps(self, on: bool) -> None:
        if on and self.caps.isHidden():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.line, CAPS))
        self.caps.setVisible(on)


def title_of(field: PassphraseField, text: str) -> QLabel:
    """The label of a passphrase field, its buddy."""
    made = label(text, "muted")
    made.setBuddy(field.line)
    return made
