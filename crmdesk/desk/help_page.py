"""Help: the guide, what is protected and how, the page for plugin authors and the command line, inside the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QTextBrowser, QVBoxLayout

from crmdesk.desk.context import DeskContext
from crmdesk.desk.page import Page
from crmdesk.desk.widgets import button
from crmdesk.desk.zoom import size_dialog
from crmdesk.places import resource

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame

TITLES: Final = {
    "guide": "Guide", "security": "Who may do what", "plugins": "Write a plugin", "command-line": "Command line",
}  # fmt: skip


class HelpPage(Page):
    """`arrive(topic=)` shows one text of resources/help, with a search that walks it."""

    name: ClassVar[str] = "help"

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context, "Help")
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.setAccessibleName("Help text")
        self.text.setSearchPaths([str(resource("help"))])
        self.text.anchorClicked.connect(self._follow)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search this text")
        self.search.setAccessibleName("Search this text")
        self.search.setToolTip("Search this text (Ctrl+F)")
        self.search.returnPressed.connect(self.seek)
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        for topic, title in TITLES.items():
            top.addWidget(button(title, lambda t=topic: self.arrive(topic=t)))
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.text, 1)

    def arrive(self, **args: Any) -> None:
        topic = args.get("topic", "guide")
        self.title.setText(TITLES.get(topic, "Help"))
        file = resource("help", f"{topic}.md")
        self.text.document().setBaseUrl(QUrl.fromLocalFile(str(file.parent) + "/"))
        self.text.setMarkdown(file.read_text(encoding="utf-8"))
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self.show_content()

    def find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def seek(self) -> None:
        """The next place that holds the text; from the top again after the last."""
        if not self.text.find(self.search.text()):
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            if not self.text.find(self.search.text()):
                self.context.notify(f"“{self.search.text()}” is not in this text.")

    def _follow(self, link: QUrl) -> None:
        topic = link.fileName().removesuffix(".md")
        if topic in TITLES:
            self.arrive(topic=topic)


def show(frame: Frame, topic: str) -> None:
    """As a page; before a bank is open in a window of its own, since there is no way back yet."""
    if frame.context.app is not None:
        frame.shelf.go("help", {"topic": topic})
        return
    dialog = QDialog(frame)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Help")
    size_dialog(dialog, 820, 600)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(0, 0, 0, 0)
    page = HelpPage(frame.context)
    column.addWidget(page)
    page.arrive(topic=topic)
    dialog.open()


def guide(frame: Frame) -> None:
    show(frame, "guide")


def security(frame: Frame) -> None:
    show(frame, "security")


def plugins(frame: Frame) -> None:
    show(frame, "plugins")


def command_line(frame: Frame) -> None:
    show(frame, "command-line")
