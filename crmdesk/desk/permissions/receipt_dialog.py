"""The receipt a customer may take home: who permitted what, in words first and as the JSON that is saved behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.widgets import button, label, scrolled
from crmdesk.desk.zoom import size_dialog
from crmdesk.domain.errors import CrmdeskError
from crmdesk.services import receipts

STATES = {"granted": "yes", "pending": "asked, no answer", "none": "never asked"}


class ReceiptDialog(QDialog):
    """The receipt is made when the dialog opens; making it is audited."""

    def __init__(self, context: DeskContext, number: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Receipt of {number}")
        size_dialog(self, 680, 520)
        self._context, self.number = context, number
        self.document: dict[str, Any] = {}
        self.answer = label("Making the receipt...", "answer", wrap=True)
        self.summary = label("", wrap=True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("The receipt as JSON")
        self.text.setVisible(False)
        self.json_button: QPushButton = button("Show the file", self.flip, tip="The receipt as JSON, as it is saved")
        self.json_button.setAutoDefault(False)
        self.json_button.setEnabled(False)
        self.save_button: QPushButton = button("Save receipt...", self.choose, "primary", "As a JSON file (Enter)")
        self.save_button.setDefault(True)
        self.save_button.setEnabled(False)
        close = button("Close", self.accept, tip="Close (Esc)")
        close.setAutoDefault(False)
        self.fault = label("", "fault", wrap=True)
        self.fault.setVisible(False)
        foot = QHBoxLayout()
        foot.addWidget(self.json_button)
        foot.addStretch(1)
        foot.addWidget(close)
        foot.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words = scrolled(self.summary)
        for part, stretch in ((self.answer, 0), (self.words, 1), (self.text, 1), (self.fault, 0)):
            column.addWidget(part, stretch)
        column.addLayout(foot)
        app, actor = context.app, context.actor
        context.background(lambda: receipts.receipt(app, actor, number), self._show, self._refused, self)

    def _show(self, document: dict[str, Any]) -> None:
        self.document = document
        records = document["consent_records"]
        events = sum(len(record["events"]) for record in records)
        if not records:
            self.answer.setText(f"Nothing was ever recorded for {self.number}; the receipt says so.")
        else:
            purposes = "1 purpose" if len(records) == 1 else f"{len(records)} purposes"
            told = "1 event" if events == 1 else f"{words.count(events)} events"
            self.answer.setText(f"{self.number} has answered about {purposes}, in {told}.")
        self.summary.setText("\n\n".join([*(line(record) for record in records), *issued(document)]))
        self.text.setPlainText(json.dumps(document, indent=2, ensure_ascii=False))
        for made in (self.save_button, self.json_button):
            made.setEnabled(True)
        self.save_button.setFocus()

    def flip(self) -> None:
        """The words, or the file that is saved."""
        shown = self.text.isHidden()
        self.text.setVisible(shown)
        self.words.setVisible(not shown)
        self.json_button.setText("Show the words" if shown else "Show the file")
        self.json_button.setAccessibleName(self.json_button.text())

    def _refused(self, error: Exception) -> None:
        self.answer.setText("No receipt was made.")
        self.fault.setText(sentence(error))
        self.fault.setVisible(True)

    def choose(self) -> None:
        found, _ = QFileDialog.getSaveFileName(self, "Save the receipt", f"receipt-{self.number}.json", "JSON (*.json)")
        if found:
            self.save(Path(found).with_suffix(".json"))

    def save(self, file: Path) -> None:
        """Write the receipt; a file half written never takes the place of a whole one."""
        text = self.text.toPlainText() + "\n"

        def done(_: Any) -> None:
            self.accept()
            self._context.notify(f"The receipt was saved as {file.name}.")

        self.fault.setVisible(False)
        self._context.background(lambda: write(file, text), done, self._not_saved, self)

    def _not_saved(self, error: Exception) -> None:
        self.fault.setText(sentence(error))
        self.fault.setVisible(True)


def issued(document: dict[str, Any]) -> list[str]:
    """Who answers for the data, when the receipt was made, and how to take something back."""
    bank = next(p["party_name"] for p in document["party_identification"] if p["party_role"] == "pii_controller")
    told = [f"Issued by {bank} on {words.iso(document['receipt_metadata']['timestamp'])}."]
    ways = {p["withdrawal_method"] for r in document["consent_records"] for p in r["pii_processing"]["purposes"]}
    return [*told, *(f"To take something back: {way[:1].lower()}{way[1:]}" for way in sorted(ways))]


def write(file: Path, text: str) -> None:
    """Write a text file whole or not at all; CrmdeskError where the place cannot be written."""
    part = file.with_name(f"{file.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise CrmdeskError(f"{file} could not be written ({error.strerror}); choose another folder.") from error
    finally:
        part.unlink(missing_ok=True)


def line(record: dict[str, Any]) -> str:
    """One record in words: "Offers: e-mail yes, until 3 Feb 2028; phone withdrawn"."""
    (purpose,) = record["pii_processing"]["purposes"]
    told = []
    for state in purpose["states"]:
        word = words.CHANNELS[state["channel"]] if state["channel"] else ""
        place = word if word.isupper() else word.lower()
        status = STATES.get(state["consent_status"], state["consent_status"])
        if state["permitted"] and state["consent_status"] != "granted":
            status = "yes"
        until = f" until {words.iso(state['valid_until'])}" if state["valid_until"] else ""
        told.append(f"{place} {status}{until}".strip())
    title = words.PURPOSES.get(purpose["purpose_type"], purpose["purpose"])
    return f"{title}: {told[0] if len(set(told)) == 1 else '; '.join(told)}."
