"""The words of a notice, to read; and a further version of one, to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px, size_dialog
from crmdesk.domain.errors import BadInput
from crmdesk.services import notices
from crmdesk.services.notices import NoticeInfo


class NoticeDialog(QDialog):
    """One version of a notice as the customer was shown it."""

    def __init__(self, notice: NoticeInfo, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Notice {notice.code}")
        size_dialog(self, 520, 320)
        self.text = QPlainTextEdit(notice.text)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(f"Words of the notice {notice.code}")
        mark = label(f"Version {notice.version}, language {notice.language}, fingerprint {notice.sha256[:12]}", "muted")
        mark.setToolTip(f"SHA-256 {notice.sha256}: each grant given on this notice holds it")
        foot = QHBoxLayout()
        foot.addWidget(mark)
        foot.addStretch(1)
        foot.addWidget(button("Close", self.accept, tip="Close (Esc)"))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.addWidget(self.text, 1)
        column.addLayout(foot)


class _Words(QPlainTextEdit):
    """Text of several lines in a form: Tab goes on, Ctrl+Enter saves."""

    def __init__(self, save: Callable[[], Any]) -> None:
        super().__init__()
        self._save = save
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._save()
        else:
            super().keyPressEvent(event)


class NewNoticeDialog(FormDialog):
    """A notice's first version, or the next one: earlier versions stay as they were, with the grants given on them."""

    def __init__(self, context: DeskContext, parent: QWidget | None, like: NoticeInfo | None = None) -> None:
        super().__init__(
            context, parent, "New version of a notice" if like else "New notice", "Add notice",
            "Grants from now on name this version; earlier grants keep the words they were given on.",
        )  # fmt: skip
        size_dialog(self, 560, 380)
        self.code, self.language, self.text = QLineEdit(), QLineEdit("en"), _Words(self.save)
        self.code.setPlaceholderText("marketing")
        self.language.setMaximumWidth(px(96))
        if like is not None:
            self.code.setText(notices.family(like.code))
            self.language.setText(like.language)
            self.text.setPlainText(like.text)
        for text, control, hint in (("&Code", self.code, "Lower-case letters, such as marketing"),
                                    ("&Language", self.language, "Such as en or tr"),
                                    ("&Words", self.text, "What the customer is shown; Ctrl+Enter saves")):  # fmt: skip
            self.fields.addWidget(buddy(text, control, hint))
            self.fields.addWidget(control, 1 if control is self.text else 0)
        (self.code if like is None else self.text).setFocus()

    def work(self) -> Callable[[], Any]:
        app, actor = self.context.app, self.context.actor
        code, words, language = self.code.text().strip(), self.text.toPlainText(), self.language.text().strip()
        if not words.strip():
            self.text.setFocus()
            raise BadInput("Write the words that the customer is shown.")
        return lambda: notices.add(app, actor, code, words, language)

    def done_words(self, saved: Any) -> str:
        return "The notice was added; it can be chosen when a grant is recorded."
