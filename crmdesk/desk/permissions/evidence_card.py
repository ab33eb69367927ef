"""One event of the ledger in full: when, by whom, on which notice, with which evidence; and its correction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog, buddy
from crmdesk.desk.widgets import Card, button, clear, label
from crmdesk.desk.zoom import px
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Right, may
from crmdesk.services import permission_record, permissions
from crmdesk.services.permissions import Evidence, HistoryEvent

PROOFLESS = "A grant without its evidence would not stand; ask the data-protection officer."


class CorrectDialog(FormDialog):
    """Void an event that was recorded in error; the words stay as evidence of the correction."""

    def __init__(self, context: DeskContext, number: str, event: HistoryEvent, parent: QWidget | None) -> None:
        super().__init__(
            context, parent, "Correct a permission event", "Correct event",
            f"{said(event)} will count no more. Where this would permit more than now, the stricter state holds until "
            "the data-protection officer confirms it.",
        )  # fmt: skip
        self.setMinimumWidth(px(480))
        self._number, self._event = number, event
        self.reason = QLineEdit()
        self.reason.setMaxLength(500)
        self.reason.setPlaceholderText("Recorded for the wrong customer")
        self.fields.addWidget(buddy("What was &wrong", self.reason))
        self.fields.addWidget(self.reason)
        self.reason.setFocus()

    def work(self) -> Callable[[], Any]:
        reason = self.reason.text().strip()
        if not reason:
            self.reason.setFocus()
            raise BadInput("Say what was wrong with this event.")
        app, actor = self.context.app, self.context.actor
        return lambda: permission_record.correct(app, actor, self._number, self._event.seq, reason)

    def done_words(self, saved: Any) -> str:
        if isinstance(saved, Change) and saved.kind == "propose_correction":
            return "The correction waits for the data-protection officer; until then the stricter state holds."
        return "The event was corrected and counts no more."


class EvidenceCard(Card):
    """What is known of the chosen event; its evidence is read on demand, and each reading is audited."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self._context = context
        self._number = ""
        self.event: HistoryEvent | None = None
        self.text = label("", wrap=True)
        self.proof = QVBoxLayout()
        self.show_button: QPushButton = button("Show evidence", self.ask, tip="Notice and proof; each look is audited")
        self.correct_button: QPushButton = button("Correct...", self.correct, tip="It was recorded in error")
        foot = QHBoxLayout()
        foot.addWidget(self.show_button)
        foot.addWidget(self.correct_button)
        foot.addStretch(1)
        self.heading = label("Choose an event to see what it rests on.", "heading", wrap=True)
        for part in (self.heading, self.text):
            self.rows.addWidget(part)
        self.rows.addLayout(self.proof)
        self.rows.addLayout(foot)
        self.show_event("", None)

    def show_event(self, number: str, event: HistoryEvent | None) -> None:
        self._number, self.event = number, event
        clear(self.proof)
        self.heading.setText(said(event) if event else "Choose an event to see what it rests on.")
        self.text.setText(_facts(event) if event else "")
        self.text.setVisible(event is not None)
        self.show_button.setVisible(event is not None and event.has_evidence)
        open_ = event is not None and event.status not in ("voided", "erased") and not event.voided
        self.correct_button.setVisible(open_ and may(self._context.actor, Right.RECORD_PERMISSION))

    def ask(self) -> None:
        """Read the evidence of the event shown."""
        if self.event is None or self.show_button.isHidden():
            return
        app, actor, number, event = self._context.app, self._context.actor, self._number, self.event

        def show(found: Evidence) -> None:
            if number == self._number and event == self.event:  # else another was chosen meanwhile
                self._show(found)

        self._context.background(lambda: permissions.evidence(app, actor, number, event.seq), show, owner=self)

    def _show(self, found: Evidence) -> None:
        clear(self.proof)
        self.show_button.setVisible(False)
        lines = [f"Evidence: {found.words}"] if found.words else []
        if found.document is not None:
            lines.append(f"Document: {found.document_name} (tab Documents)")
        if found.notice_text:
            lines.append(f"Notice {found.notice}: {found.notice_text}")
        if not lines:
            lines.append("Only the fingerprint of the evidence is kept in this bank.")
        lines.append("Unchanged since it was recorded." if found.intact else
                     f"It does not match the fingerprint in the ledger. {PROOFLESS}" if found.words or found.document
                     else f"Fingerprint {found.sha256[:12]}.")  # fmt: skip
        for line in lines:
            self.proof.addWidget(label(line, "" if found.intact else "muted", wrap=True))

    def correct(self) -> None:
        if self.event is not None and not self.correct_button.isHidden():
            CorrectDialog(self._context, self._number, self.event, self.window()).open()


def said(event: HistoryEvent) -> str:
    """An event in words: "Offers, e-mail: granted 3 Feb 2026"."""
    channel = words.CHANNELS[event.channel] if event.channel else "all channels"
    purpose = words.PURPOSES.get(event.purpose, event.purpose)
    place = purpose if event.purpose in ("profiling", "targeting") else f"{purpose}, {channel}"
    return f"{place}: {status(event)} {words.on(event.effective_at.date())}"


def status(event: HistoryEvent) -> str:
    """The word for what was recorded; a correction that waits is named so."""
    if event.status == "voided":
        return "correction" if event.voids else "correction asked for"
    return event.status


def _facts(event: HistoryEvent) -> str:
    facts = [f"Recorded {words.on(event.recorded_at.date())} by {event.actor}, {words.way(event.source)}."]
    if event.expires_on:
        facts.append(f"Ends {words.on(event.expires_on)}.")
    if event.notice:
        facts.append(f"Given on the notice {event.notice}.")
    if event.legal_basis == "legitimate_interest":
        facts.append("Without consent: own similar products.")
    if event.voided:
        facts.append("Corrected since: it counts no more.")
    if event.campaign:
        facts.append(f"Campaign {event.campaign}.")
    return " ".join(facts)
