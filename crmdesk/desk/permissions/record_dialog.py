"""Record a permission: what the customer said, what proves it, and what will hold after saving."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from crmdesk.desk import words
from crmdesk.desk.context import DeskContext
from crmdesk.desk.form_dialog import FormDialog
from crmdesk.desk.permissions.answer_form import FREE, AnswerForm
from crmdesk.desk.permissions.proof_form import Kept, ProofForm
from crmdesk.desk.widgets import label
from crmdesk.desk.zoom import px
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput
from crmdesk.domain.recording import UNSTATED, start_of
from crmdesk.services import documents, notices, permission_record
from crmdesk.services.notices import NoticeInfo
from crmdesk.services.permission_record import Preview, Recording

DELAY = 150  # ms after the last edit until the preview is asked
WIDTH = 660


class RecordDialog(FormDialog):
    """One answer of one customer. Nothing is ticked; a withdrawal or an objection needs no more than itself."""

    def __init__(
        self, context: DeskContext, number: str, parent: QWidget | None = None, purpose: str = "marketing"
    ) -> None:  # fmt: skip
        super().__init__(context, parent, f"Record a permission of {number}", "Save permission")
        self.number = number
        self._attached: dict[Path, str] = {}  # kept with the customer already: a second try must not keep it twice
        self._question: Any = None
        self._notices: list[NoticeInfo] = []
        self.form, self.proof = AnswerForm(purpose), ProofForm()
        self.free_note = label("", "muted", wrap=True)
        self.lower = QStackedWidget()
        self.lower.addWidget(self.free_note)
        self.lower.addWidget(self.proof)
        self.preview = label("", "answer", wrap=True)
        self.preview.setMinimumHeight(2 * self.preview.fontMetrics().height() + 4)
        self.preview.setAccessibleName("After saving")
        for part in (self.form, self.lower, self.preview):
            self.fields.addWidget(part)
        self.setMinimumWidth(px(WIDTH))
        self._timer = QTimer(self, singleShot=True, interval=DELAY)
        self._timer.timeout.connect(self._ask)
        self.form.changed.connect(self._edited)
        self.proof.changed.connect(self._edited)
        self._edited()
        self.form.status_choice.setFocus()
        self._fetch()

    def _fetch(self) -> None:
        app, actor, number = self.context.app, self.context.actor, self.number

        def ask() -> Any:
            kept = [Kept(d.name, d.sha256) for d in documents.of_customer(app, actor, number)]
            return notices.current(app, actor), kept

        def show(found: Any) -> None:
            self._notices = found[0]
            self._offer_notices()
            self.proof.offer_documents(found[1])

        self.context.background(ask, show, self.refused, self)

    def _offer_notices(self) -> None:
        """Only what asks for this purpose can prove its grant; a notice chosen before stays where it still can."""
        purpose = self.form.purpose
        fitting = [one for one in self._notices if notices.purpose_of(one.code) == purpose]
        if [one.id for one in fitting] != self.proof.offered:
            self.proof.offer_notices(fitting, words.PURPOSES[purpose].lower())

    # The answer ---------------------------------------------------------------------------------------------------

    def missing(self) -> tuple[str, QWidget] | None:
        """The sentence that says what to do next, and the control to do it in; None once all is there."""
        return self.form.missing() or (self.proof.missing() if self.form.status == "granted" else None)

    def recording(self, document: str = "") -> Recording:
        form = self.form
        proof = self.proof.values() if form.status == "granted" else {}
        if document:
            proof["document"] = document
        said = form.day()
        return Recording(form.purpose, form.channels, form.status, source=form.source or UNSTATED,
                         effective_at=start_of(said) if said else None, **proof)  # fmt: skip

    def _edited(self) -> None:
        form = self.form
        self.lower.setCurrentWidget(self.proof if form.status == "granted" else self.free_note)
        self._offer_notices()
        self.proof.offer_soft(form.purpose == "marketing" and form.channels == ("email",))
        self.free_note.setText(_free_words(form.status))
        self.tell("")
        self._drop_question()
        missing = self.missing()
        if missing is not None:
            self._say(missing[0], "muted")
        else:
            self._timer.start()

    def _drop_question(self) -> None:
        self._timer.stop()
        if self._question is not None:
            self._question.drop()

    def _ask(self) -> None:
        """What would hold after saving."""
        app, actor, number = self.context.app, self.context.actor, self.number
        asked = _with_note(self.recording(), self.proof.file)
        self._question = self.context.background(
            lambda: permission_record.preview(app, actor, number, asked), self._show, self.refused, self
        )

    def _show(self, found: Preview) -> None:
        self._say(found.sentence, "fault" if found.refusal else "answer")

    def _say(self, text: str, role: str) -> None:
        self.preview.setText(text)
        self.preview.setAccessibleDescription(text)
        if self.preview.property("role") != role:
            self.preview.setProperty("role", role)
            self.preview.style().unpolish(self.preview)
            self.preview.style().polish(self.preview)

    # Saving -------------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Save, or lead to what is still missing: the sentence about it stands there already and turns red."""
        missing = self.missing()
        if missing is None:
            super().save()
            return
        missing[1].setFocus()
        self._say(missing[0], "fault")
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.preview, missing[0]))

    def work(self) -> Callable[[], Any]:
        app, actor, number = self.context.app, self.context.actor, self.number
        file = self.proof.file if self.form.status == "granted" else None
        plain = self.recording()

        def save() -> Change:
            kept = Change("")
            if file is not None and file not in self._attached:
                foreseen = permission_record.preview(app, actor, number, _with_note(plain, file))
                if foreseen.refusal:
                    raise BadInput(foreseen.refusal)  # before the file is kept: nothing half done
                kept = documents.add(app, actor, number, file, "form")
                found = {d.id: d.sha256 for d in documents.of_customer(app, actor, number)}
                self._attached[file] = next(found[key] for key in kept.touched["document"])
            asked = Recording(**{**vars(plain), "document": self._attached[file]}) if file is not None else plain
            change = permission_record.record(app, actor, number, asked)
            return Change(change.kind, {**kept.touched, **change.touched}, change.change_no)

        return save

    def done_words(self, saved: Any) -> str:
        return f"Saved for {self.number}: {words.PURPOSES[self.form.purpose].lower()}, {self.form.status}."


def _with_note(asked: Recording, file: Path | None) -> Recording:
    """For a look ahead a file that is not kept yet stands as a note."""
    if file is None or asked.evidence or asked.document or asked.status != "granted":
        return asked
    return Recording(**{**vars(asked), "evidence": file.name})


def _free_words(status: str) -> str:
    """What else is needed for an answer that is no grant."""
    if status in FREE:
        return "Nothing else is needed: no notice, no evidence, no reason."
    return "No notice and no evidence are needed for this answer." if status else ""
