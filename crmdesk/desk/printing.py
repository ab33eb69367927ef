"""Print to PDF: a preview of the pages, A4 or Letter, and a file; what is personal says what it is printed for."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QScrollArea, QWidget

from crmdesk.desk.background import Ticket
from crmdesk.desk.context import DeskContext
from crmdesk.desk.exporting import PurposeField
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.paper import SIZES, Pages, Paper
from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px, size_dialog
from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.domain.rights import Right, may

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame
    from crmdesk.desk.page import Page

# Page to what makes its paper; the module is loaded when something is printed.
PAPERS: Final = {
    "customer": "crmdesk.desk.customers.customer_paper:order",
    "customers": "crmdesk.desk.customers.list_paper:order",
    "result": "crmdesk.desk.results.result_paper:order",
}


@dataclass(frozen=True)
class Order:
    """What shall be printed: `ask(purpose, channel, kept)` makes the paper, in a thread; `kept` once it is a file."""

    title: str
    file: str
    ask: Callable[[str, str, bool], Paper]
    asks_purpose: bool = False


def print_page(frame: Frame) -> PrintDialog | None:
    """File > Print, Ctrl+P: the page in front, where it can be printed."""
    page: Page = frame.shelf.page
    if page.name not in PAPERS:
        frame.notice("This page cannot be printed; a customer, the customer list and a result can.")
        return None
    if not may(frame.context.actor, Right.EXPORT):
        frame.notice("Your role may not print; whoever may export can.")
        return None
    try:
        order: Order = pkgutil.resolve_name(PAPERS[page.name])(page)
    except BadInput as error:
        frame.notice(str(error))
        return None
    dialog = PrintDialog(frame.context, frame, order)
    dialog.open()
    return dialog


class PrintDialog(FormDialog):
    """The pages as they will be, and [Save as PDF...]; nothing leaves the bank before that."""

    def __init__(self, context: DeskContext, parent: QWidget | None, order: Order) -> None:
        super().__init__(context, parent, order.title, "Save as PDF...")
        size_dialog(self, 760, 640)
        self._order = order
        self._pages: Pages | None = None
        self._ticket: Ticket | None = None
        self._at = 0
        self.size_box = QComboBox()
        for name, size in SIZES:
            self.size_box.addItem(name, size)
        american = QLocale().measurementSystem() == QLocale.MeasurementSystem.ImperialUSSystem
        self.size_box.setCurrentIndex(1 if american else 0)
        self.purpose = PurposeField(context, self._ask)
        self.sheet = QLabel()
        self.sheet.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.told = label("", "muted")
        self._lay_out()
        self.size_box.currentIndexChanged.connect(lambda *_: self._ask())
        self.save_button.setEnabled(False)
        (self.purpose if order.asks_purpose else self.size_box).setFocus()
        self._ask()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        if self._order.asks_purpose:
            line.addWidget(buddy("&For", self.purpose))
            line.addWidget(self.purpose, 1)
        line.addWidget(buddy("&Paper", self.size_box))
        line.addWidget(self.size_box)
        if not self._order.asks_purpose:
            line.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.sheet)
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName("Preview")
        self.fields.addLayout(line)
        self.fields.addWidget(self._scroll, 1)
        self.back = button("‹", lambda: self.turn(-1), tip="Page before (Page up)")
        self.forth = button("›", lambda: self.turn(1), tip="Next page (Page down)")
        self.back.setAccessibleName("Page before")
        self.forth.setAccessibleName("Next page")
        for at, part in enumerate((self.back, self.told, self.forth)):
            self.foot.insertWidget(at, part)
        self.back.setAutoDefault(False)
        self.forth.setAutoDefault(False)
        self._show_page()

    # Preview ---------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """The paper as it would be; an older question is forgotten."""
        if self._ticket is not None:
            self._ticket.drop()
        self.tell("")
        self._pages = None
        self.save_button.setEnabled(False)
        self._show_page()
        if self._order.asks_purpose and not self.purpose.value():
            self.sheet.setText("Choose what it is for: only customers whose data may be used for that are printed.")
            return
        self.sheet.setText("The pages are being laid out.")
        ask, purpose, way = self._order.ask, self.purpose.value(), self.purpose.way()
        size = self.size_box.currentData()
        self._ticket = self.context.background(
            lambda: Pages(ask(purpose, way, False), size).hand_over(), self._made, self.refused, self
        )

    def _made(self, pages: Pages) -> None:
        self._pages, self._at = pages, 0
        self.save_button.setEnabled(True)
        self._show_page()

    def turn(self, by: int) -> None:
        if self._pages is not None:
            self._at = max(0, min(self._pages.count - 1, self._at + by))
            self._show_page()

    def _show_page(self) -> None:
        pages, ratio = self._pages, self.devicePixelRatioF()
        self.told.setText(f"Page {self._at + 1} of {pages.count}" if pages else "")
        self.back.setEnabled(pages is not None and self._at > 0)
        self.forth.setEnabled(pages is not None and self._at < pages.count - 1)
        if pages is None:
            self.sheet.setPixmap(QPixmap())
            return
        picture = QPixmap.fromImage(pages.image(self._at, round(px(680) * ratio)))
        picture.setDevicePixelRatio(ratio)
        self.sheet.setPixmap(picture)
        self.sheet.setAccessibleName(f"Page {self._at + 1} of {pages.count}")
        self._scroll.verticalScrollBar().setValue(0)

    def keyPressEvent(self, event: Any) -> None:
        step = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(event.key())
        if step:
            self.turn(step)
        else:
            super().keyPressEvent(event)

    # The file --------------------------------------------------------------------------------------------------

    def save(self) -> None:
        if not self.save_button.isEnabled():
            return
        chosen, _ = QFileDialog.getSaveFileName(self, self._order.title, f"{self._order.file}.pdf", "PDF (*.pdf)")
        if chosen:
            self.write(Path(chosen).with_suffix(".pdf"))

    def write(self, file: Path) -> None:
        """Make the paper anew, audited and as permissions are now, and put it into its place once it is whole."""
        ask, purpose, way = self._order.ask, self.purpose.value(), self.purpose.way()
        size = self.size_box.currentData()
        self.save_button.setEnabled(False)

        def done(_: None) -> None:
            self.accept()
            self.context.notify(f"{file.name} was written.")

        self.context.background(lambda: put(Pages(ask(purpose, way, True), size), file), done, self.refused, self)


def put(pages: Pages, file: Path) -> None:
    """Write the PDF beside its place, then rename it; CrmdeskError where the folder cannot be written."""
    scratch = file.with_name(f".{file.name}.part")
    try:
        pages.write(scratch)
        scratch.replace(file)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        why = error.strerror or "no access"
        raise CrmdeskError(f"{file} could not be written ({why}); choose another folder.") from None
