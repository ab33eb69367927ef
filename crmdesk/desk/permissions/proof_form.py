"""What proves a grant: the notice that was shown, the evidence, and until when it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from crmdesk.desk.form_dialog import buddy
from crmdesk.desk.permissions.notice_dialog import NoticeDialog
from crmdesk.desk.widgets import button, label
from crmdesk.desk.zoom import px
from crmdesk.domain.contact_rules import Unfit, day
from crmdesk.services.notices import NoticeInfo


@dataclass(frozen=True)
class Kept:
    """A document that lies with the customer already."""

    name: str
    sha256: str


class ProofForm(QWidget):
    """The second half of the record dialog, for grants; `changed` after every edit."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._notices: dict[int, NoticeInfo] = {}
        self.file: Path | None = None  # chosen from the disk, not kept with the customer yet
        self.notice_box, self.document_box = QComboBox(), QComboBox()
        self.note, self.until = QLineEdit(), QLineEdit()
        self.read_button = button("Read &it", self._read, tip="The words of this notice")
        self.attach_button = button("A&ttach a file...", self._attach, tip="A signed form, a recording or a letter")
        self.soft = QCheckBox("Own si&milar products, without evidence")
        self.soft.setToolTip("Offers by e-mail to who holds a product already, with the notice but no consent")
        self.soft_note = label("", "muted", wrap=True)
        self.note.setPlaceholderText("How the customer said yes")
        self.note.setMaxLength(500)
        self.until.setPlaceholderText("24 months where left empty")
        self.until.setMaximumWidth(px(220))
        self._lay_out()
        self.offer_documents(())
        self.offer_notices(())
        self.notice_box.currentIndexChanged.connect(self._picked)
        self.document_box.currentIndexChanged.connect(self._document_picked)
        self.soft.toggled.connect(lambda *_: self.changed.emit())
        for line in (self.note, self.until):
            line.textChanged.connect(lambda *_: self.changed.emit())

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, px(88))
        rows: list[tuple[str, QWidget, tuple[QWidget, ...]]] = [
            ("&Notice", self.notice_box, (self.read_button,)), ("E&vidence", self.note, ()),
            ("&Document", self.document_box, (self.attach_button,)), ("Valid unti&l", self.until, ()),
        ]  # fmt: skip
        for row, (text, control, more) in enumerate(rows):
            line = QHBoxLayout()
            line.setSpacing(8)
            line.addWidget(control, 1)
            for part in more:
                line.addWidget(part)
            if control is self.until:
                line.addStretch(1)
            grid.addWidget(buddy(text, control), row, 0)
            grid.addLayout(line, row, 1)
        for box in (self.notice_box, self.document_box):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(16)
        grid.addWidget(self.soft, len(rows), 1)
        grid.setRowStretch(len(rows) + 1, 1)

    # What may be chosen -------------------------------------------------------------------------------------------

    @property
    def offered(self) -> list[int]:
        """Ids of the notices that may be chosen."""
        return list(self._notices)

    def offer_notices(self, notices: Sequence[NoticeInfo], purpose: str = "") -> None:
        """The notices for a purpose, in words."""
        self._notices = {notice.id: notice for notice in notices}
        with QSignalBlocker(self.notice_box):
            self.notice_box.clear()
            self.notice_box.addItem(
                "Choose..." if notices else f"No notice for {purpose} yet" if purpose else "No notice yet", None
            )
            for notice in notices:
                self.notice_box.addItem(f"{notice.code} ({notice.language})", notice.id)
        self._picked()

    def offer_documents(self, kept: Sequence[Kept]) -> None:
        with QSignalBlocker(self.document_box):
            self.document_box.clear()
            self.document_box.addItem("None", "")
            for document in kept:
                self.document_box.addItem(document.name, document.sha256)

    def offer_soft(self, lawful: bool) -> None:
        """A soft opt-in exists for offers by e-mail alone."""
        self.soft.setVisible(lawful)
        if not lawful:
            self.soft.setChecked(False)

    # What was chosen ----------------------------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """notice, evidence, document, expires_on and soft_opt_in of a Recording. Raises Unfit for a day."""
        typed = self.until.text().strip()
        return {
            "notice": self.notice_box.currentData(), "evidence": self.note.text().strip(),
            "document": "" if self.file else str(self.document_box.currentData() or ""),
            "expires_on": day(typed) if typed else None, "soft_opt_in": self.soft.isChecked(),
        }  # fmt: skip

    def missing(self) -> tuple[str, QWidget] | None:
        """The first thing without which this is no proof, and where."""
        if self.notice_box.currentData() is None:
            return "Choose the notice that the customer was shown.", self.notice_box
        proven = self.note.text().strip() or self.document_box.currentIndex() > 0
        if not proven and not self.soft.isChecked():
            return "Write down how the customer said yes, or attach the document.", self.note
        try:
            self.values()
        except Unfit as error:
            return str(error), self.until
        return None

    def _picked(self) -> None:
        self.read_button.setEnabled(self.notice_box.currentData() is not None)
        self.changed.emit()

    def _document_picked(self) -> None:
        if self.document_box.currentData():
            self.file = None
        self.changed.emit()

    def _read(self) -> None:
        notice = self._notices.get(self.notice_box.currentData())
        if notice is not None:
            NoticeDialog(notice, self).open()

    def _attach(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Attach evidence")
        if chosen:
            self.attach(Path(chosen))

    def attach(self, file: Path) -> None:
        """Take a file as the evidence; it is kept with the customer when the answer is saved."""
        with QSignalBlocker(self.document_box):
            if self.file is not None:
                self.document_box.removeItem(self.document_box.count() - 1)
            self.document_box.addItem(file.name, None)
            self.document_box.setCurrentIndex(self.document_box.count() - 1)
        self.file = file
        self.changed.emit()
