"""The tab Documents of a customer's page: files kept with the customer, added by a button or by dropping them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QLocale
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.background import Ticket
from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.customers.reason import ReasonDialog, asks_reason, offer
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.plain_table import PlainTable
from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Right, may
from crmdesk.services import documents
from crmdesk.services.documents import DocumentInfo

KINDS: Final = {"form": "Signed form", "contract": "Contract", "identity": "Proof of identity", "letter": "Letter",
                "recording": "Recording", "other": "Other"}  # fmt: skip


class DocumentsTab(QWidget):
    """One row per file; content leaves the bank only by [Save a copy...], which is written into the audit."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self._context = context
        self._number = self._reason = ""
        self._asks = asks_reason(context.actor, Right.READ_CONTACT)
        self._call: Ticket | None = None
        self._stale = True
        self._found: list[DocumentInfo] = []
        self.note = label("", "muted", wrap=True)
        self.table = PlainTable(
            "Documents",
            ("Name", "Kind", "Type", "Size", "Added", "By"),
            (0, 140, 150, 90, 120, 110),
            frozenset({3}),
        )
        self.table.doubleClicked.connect(lambda *_: self.save_copy())
        self.add_button = button("Add document...", self.choose, tip="At most 20 MB; or drop a file here")
        self.copy_button = button("Save a copy...", self.save_copy, tip="Written into the audit")
        self._may_add = may(context.actor, Right.RECORD_PERMISSION)
        self.setAcceptDrops(self._may_add)
        top = QHBoxLayout()
        top.addWidget(self.note, 1)
        top.addWidget(self.copy_button)
        top.addWidget(self.add_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        self.add_button.setVisible(self._may_add)
        self.copy_button.setVisible(may(context.actor, Right.READ_CONTACT))

    def show_customer(self, number: str, reason: str = "", why_not: str = "") -> None:
        """Called at each refresh of the page; the list is read when somebody looks, for the `reason` that was given.

        `why_not`: no document may be added here.
        """
        self._number, self._stale, self._reason = number, True, reason
        offer(self.add_button, why_not, "At most 20 MB; or drop a file here")
        self.setAcceptDrops(self._may_add and not why_not)
        if self.isVisible():
            self._ask()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if self._stale and self._number:  # else the page will say whom this is about
            self._ask()

    def _ask(self) -> None:
        self._stale = False
        app, actor, number, reason = self._context.app, self._context.actor, self._number, self._reason

        def show(found: list[DocumentInfo]) -> None:
            if (number, reason) == (self._number, self._reason):
                self._show(found)

        if self._call is not None:
            self._call.drop()
        self._call = self._context.background(
            lambda: documents.of_customer(app, actor, number, reason), show, self._failed, self
        )

    def _failed(self, error: Exception) -> None:
        self._show([])
        self.note.setText(sentence(error))

    def _show(self, found: list[DocumentInfo]) -> None:
        self._found = found
        many = "1 document." if len(found) == 1 else f"{len(found)} documents."
        empty = "No document is kept yet. Drop a file here, or choose one with Add document."
        self.note.setText(many if found else empty if self._may_add else "No document is kept yet.")
        self.copy_button.setEnabled(bool(found))
        self.table.show_rows([
            (one.name, KINDS.get(one.kind, one.kind.capitalize()), one.media_type, size(one.size),
             words.on(one.added_at.astimezone().date()), one.added_by)
            for one in found
        ])  # fmt: skip
        if found:
            self.table.selectRow(0)

    def choose(self) -> None:
        found, _ = QFileDialog.getOpenFileName(self, "Add a document", "", "Any file (*)")
        if found:
            self.add(Path(found))

    def add(self, file: Path) -> None:
        """Ask what kind of document it is, then keep it."""
        AddDialog(self._context, self, self._number, file).open()

    def save_copy(self) -> None:
        row = self.table.currentIndex().row()
        if not 0 <= row < len(self._found):
            return
        one = self._found[row]
        target, _ = QFileDialog.getSaveFileName(self, "Save a copy", one.name, "Any file (*)")
        if target:
            self.save_to(one, Path(target))

    def save_to(self, one: DocumentInfo, target: Path) -> None:
        app, actor = self._context.app, self._context.actor

        def copy(reason: str) -> None:
            keep(documents.content(app, actor, one.id, reason), target)

        def done(*_: object) -> None:
            self._context.notify(f"A copy of {one.name} is saved; that is written into the audit.")

        if self._asks and not self._reason:
            ReasonDialog(self._context, self, f"{one.name} of {self._number}", copy, done).open()
        else:
            reason = self._reason
            self._context.background(lambda: copy(reason), done, owner=self)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if len(files) > 1:
            self._context.notify("Drop one file at a time; the first of them is asked about now.")
        if files:
            self.add(files[0])


class AddDialog(FormDialog):
    """Which kind the file is; the service looks into it and refuses what is too large."""

    def __init__(self, context: DeskContext, parent: QWidget, number: str, file: Path) -> None:
        super().__init__(context, parent, f"Add a document to {number}", "Add document", file.name)
        self._number, self._file = number, file
        self.kind = QComboBox()
        for value, text in KINDS.items():
            self.kind.addItem(text, value)
        self.kind.setCurrentIndex(len(KINDS) - 1)
        self.fields.addWidget(buddy("&Kind of document", self.kind))
        self.fields.addWidget(self.kind)
        self.setMinimumWidth(px(400))

    def work(self) -> Callable[[], Any]:
        app, actor, kind = self.context.app, self.context.actor, self.kind.currentData()
        return lambda: documents.add(app, actor, self._number, self._file, kind)

    def done_words(self, saved: Any) -> str:
        return f"{self._file.name} is kept with {self._number}."


def size(count: int) -> str:
    """A number of bytes as people read it: "1.2 MB"."""
    return QLocale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)


def keep(content: bytes, target: Path) -> None:
    """Write a file that is whole or not there at all; CrmdeskError where it cannot be written."""
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CrmdeskError(f"The copy could not be written ({error.strerror}); choose another place.") from error
