"""Recording a permission: nothing is ticked, a grant needs its proof, and a withdrawal never takes more steps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_bank
from gui import permitting
from gui.permitting import ADA, AUDITOR, IDA, OFFICER, TELLER, idle, state, ticked
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QLabel, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.permissions_card import PermissionsCard
from crmdesk.desk.customers.permissions_tab import PermissionsTab
from crmdesk.desk.permissions import deeds
from crmdesk.desk.permissions.evidence_card import CorrectDialog
from crmdesk.desk.permissions.quick_deeds import QuickDeeds
from crmdesk.desk.permissions.receipt_dialog import ReceiptDialog
from crmdesk.desk.permissions.record_dialog import RecordDialog
from crmdesk.domain.change import Change
from crmdesk.domain.errors import CrmdeskError
from crmdesk.services import documents, notices, permission_record, permissions


@pytest.fixture
def context(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[DeskContext]:
    made = permitting.made(qapp, tmp_path)
    yield made
    permitting.let_go(qtbot, made)


@pytest.fixture
def told(context: DeskContext) -> list[Change]:
    """Every change that pages are told."""
    found: list[Change] = []
    context.hub.changed.connect(found.append)
    return found


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    return made


@pytest.fixture
def dialog(context: DeskContext, page: QWidget, qtbot: QtBot) -> RecordDialog:
    made = deeds.record(context, ADA, page)
    idle(qtbot, context)
    return made


class Steps:
    """A person at the dialog who counts what has to be done."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot, self.count = qtbot, 0

    def press(self, control: Any) -> None:
        self.count += 1
        self._qtbot.mouseClick(control, Qt.MouseButton.LeftButton)

    def choose(self, box: Any, place: int) -> None:
        self.count += 1
        box.setCurrentIndex(place)

    def type(self, line: Any, text: str) -> None:
        self.count += 1
        self._qtbot.keyClicks(line, text)


def tick(qtbot: QtBot, box: QCheckBox) -> None:
    qtbot.keyClick(box, Qt.Key.Key_Space)


def grant_by_email(dialog: RecordDialog, steps: Steps, qtbot: QtBot) -> None:
    steps.count += 1
    tick(qtbot, dialog.form.ticks["in_app"])
    for choice, value in ((dialog.form.status_choice, "granted"), (dialog.form.source_choice, "form")):
        steps.count += 1
        qtbot.keyClick(choice.buttons[value], Qt.Key.Key_Space)
    steps.choose(dialog.proof.notice_box, 1)
    steps.type(dialog.proof.note, "Said so at the counter")
    steps.press(dialog.save_button)


def test_nothing_is_ticked_before_the_customer_speaks(dialog: RecordDialog) -> None:
    assert not ticked(dialog)
    assert dialog.preview.text() == "Choose what the customer says."
    assert {c.text() for c in dialog.findChildren(QCheckBox) if c.isVisible()} == {
        "E-mail", "Phone", "SMS", "Post", "Branch", "App"}  # fmt: skip
    assert dialog.proof.notice_box.currentData() is None and not dialog.proof.isVisible()


def test_a_grant_needs_notice_and_evidence_and_says_what_is_missing(dialog: RecordDialog, qtbot: QtBot) -> None:
    missing = []
    tick(qtbot, dialog.form.ticks["in_app"])
    for step in (
        lambda: qtbot.keyClick(dialog.form.status_choice.buttons["granted"], Qt.Key.Key_Space),
        lambda: qtbot.keyClick(dialog.form.source_choice.buttons["form"], Qt.Key.Key_Space),
        lambda: dialog.proof.notice_box.setCurrentIndex(1),
        lambda: qtbot.keyClicks(dialog.proof.note, "Said so at the counter"),
    ):
        step()
        missing.append(dialog.preview.text().split(",")[0])
    assert missing[:3] == [
        "Choose how the customer answered.", "Choose the notice that the customer was shown.",
        "Write down how the customer said yes",
    ]  # fmt: skip
    qtbot.waitUntil(lambda: dialog.preview.text().startswith("After saving: in the app Yes"))


def test_saving_without_an_answer_keeps_the_dialog_and_leads_to_the_place(dialog: RecordDialog, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible() and dialog.preview.text() == "Choose what the customer says."
    assert dialog.preview.property("role") == "fault"
    assert dialog.form.status_choice.buttons["granted"].hasFocus()


def test_a_grant_is_saved_with_its_proof_and_told(
    dialog: RecordDialog, context: DeskContext, qtbot: QtBot, told: list[Change]
) -> None:
    grant_by_email(dialog, Steps(qtbot), qtbot)
    qtbot.waitUntil(lambda: len(told) == 1)
    idle(qtbot, context)
    assert state(context, ADA, "marketing", "in_app") == "granted"
    newest = permitting.events(context, ADA)[0]
    assert newest.status == "granted" and newest.notice == "marketing-1" and newest.has_evidence
    assert newest.source == "form"
    assert (
        set(told[0].touched) == {"permission_event", "customer"} and newest.seq in told[0].touched["permission_event"]
    )


def test_a_withdrawal_never_takes_more_steps_than_a_grant(
    dialog: RecordDialog, context: DeskContext, page: QWidget, qtbot: QtBot, told: list[Change]
) -> None:
    granting = Steps(qtbot)
    grant_by_email(dialog, granting, qtbot)
    qtbot.waitUntil(lambda: len(told) == 1)
    # In the dialog: the answer and Save; without a tick it is about all channels.
    taking = Steps(qtbot)
    second = deeds.record(context, ADA, page)
    taking.count += 1
    qtbot.keyClick(second.form.status_choice.buttons["withdrawn"], Qt.Key.Key_Space)
    assert second.free_note.isVisible() and "no evidence, no reason" in second.free_note.text()
    qtbot.waitUntil(lambda: second.preview.text().startswith("After saving: e-mail No"))
    assert ", in the app No" in second.preview.text()
    taking.press(second.save_button)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert state(context, ADA, "marketing", "in_app") == "withdrawn"
    assert taking.count <= granting.count and taking.count == 2


def test_by_keys_alone_a_withdrawal_is_two_of_them(
    dialog: RecordDialog, context: DeskContext, qtbot: QtBot, told: list[Change]
) -> None:
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog, Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: dialog.form.status == "withdrawn")  # a mnemonic presses the button visibly
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(told) == 1)
    assert state(context, ADA, "marketing", "email") == "withdrawn"


def test_escape_leaves_everything_as_it_was(
    dialog: RecordDialog, context: DeskContext, qtbot: QtBot, told: list[Change]
) -> None:
    dialog.form.status_choice.put("objected")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    idle(qtbot, context)
    assert not told and state(context, ADA, "marketing", "email") == "granted"


def test_header_and_grid_withdraw_and_object_with_one_press(
    context: DeskContext, page: QWidget, qtbot: QtBot, told: list[Change]
) -> None:
    quick = QuickDeeds(context, brief=True)
    quick.setParent(page)
    quick.show()
    quick.show_customer(permissions.grid(context.app, context.actor, ADA))
    qtbot.mouseClick(quick.withdraw_button, Qt.MouseButton.LeftButton)  # the one press
    qtbot.waitUntil(lambda: len(told) == 1)
    assert {state(context, ADA, "marketing", c) for c in ("email", "phone", "in_person")} == {"withdrawn"}
    quick.show_customer(permissions.grid(context.app, context.actor, ADA))
    assert not quick.withdraw_button.isEnabled() and "withdrawn already" in quick.withdraw_button.toolTip()
    qtbot.mouseClick(quick.object_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert state(context, ADA, "marketing", "sms") == "objected"


def test_a_withdrawal_that_was_not_saved_can_be_pressed_again(
    context: DeskContext, page: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> object:
        raise CrmdeskError("The bank is busy. Try again.")

    said: list[str] = []
    context.noticed.connect(said.append)
    monkeypatch.setattr("crmdesk.services.permission_record.withdraw", busy)
    quick = QuickDeeds(context, brief=True)
    quick.setParent(page)
    quick.show()
    quick.show_customer(permissions.grid(context.app, context.actor, ADA))
    qtbot.mouseClick(quick.withdraw_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: said == ["The bank is busy. Try again."])
    assert quick.withdraw_button.isEnabled()


def test_the_grid_withdraws_the_chosen_cell_by_delete(
    context: DeskContext, page: QWidget, qtbot: QtBot, told: list[Change]
) -> None:
    card = PermissionsCard(context)
    card.setParent(page)
    card.resize(700, 320)
    card.show()
    card.show_now(permissions.grid(context.app, context.actor, ADA))
    card.grid.setCurrentIndex(card.grid.model().index(0, 0))
    assert card.deeds.withdraw_button.text() == "Withdraw offers by e-mail"
    qtbot.keyClick(card.grid, Qt.Key.Key_Delete)
    qtbot.keyClick(card.grid, Qt.Key.Key_Delete)  # a second press while the first is on its way
    qtbot.waitUntil(lambda: len(told) == 1)
    idle(qtbot, context)
    assert len(told) == 1 and state(context, ADA, "marketing", "email") == "withdrawn"
    assert state(context, ADA, "marketing", "in_person") == "granted"
    card.show_now(permissions.grid(context.app, context.actor, ADA))
    assert not card.deeds.withdraw_button.isEnabled()  # the same cell is still the current one


def test_a_tick_is_for_the_purpose_it_was_made_for(dialog: RecordDialog, qtbot: QtBot) -> None:
    tick(qtbot, dialog.form.ticks["phone"])
    dialog.form.purpose_box.setCurrentIndex(dialog.form.purpose_box.findData("survey"))
    assert not ticked(dialog)
    dialog.form.purpose_box.setCurrentIndex(dialog.form.purpose_box.findData("profiling"))
    assert not dialog.form.channel_box.isEnabled() and "no channels" in dialog.form.note.text()
    assert dialog.form.channels == ()


def test_a_day_that_can_be_read_two_ways_is_asked_back(dialog: RecordDialog, qtbot: QtBot) -> None:
    tick(qtbot, dialog.form.ticks["post"])
    dialog.form.status_choice.put("granted")
    dialog.form.status_choice.buttons["granted"].setChecked(True)
    dialog.form.source_choice.put("form")
    dialog.proof.notice_box.setCurrentIndex(1)
    dialog.proof.note.setText("Form 7")
    dialog.proof.until.setText("03/04/2027")
    assert "can be read two ways" in dialog.preview.text()
    dialog.proof.until.setText("3 April 2027")
    qtbot.waitUntil(lambda: dialog.preview.text().startswith("After saving: post Yes"))


def test_what_was_said_earlier_is_recorded_as_of_then(
    dialog: RecordDialog, context: DeskContext, qtbot: QtBot, told: list[Change]
) -> None:
    dialog.form.status_choice.put("withdrawn")
    dialog.form.said_on.setText("soon")
    assert "is not a day" in dialog.preview.text()
    dialog.form.said_on.setText("1 Jan 2027")  # after the bank's clock
    qtbot.waitUntil(lambda: "lies in the future" in dialog.preview.text())
    dialog.form.said_on.setText("5 May 2026")
    qtbot.waitUntil(lambda: dialog.preview.text().startswith("After saving: e-mail No"))
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(told) == 1)
    newest = permitting.events(context, ADA)[0]
    assert newest.effective_at == permitting.on("2026-05-05") and newest.recorded_at > permitting.on("2026-10-31")


def test_a_soft_opt_in_is_offered_for_offers_by_email_alone(dialog: RecordDialog, qtbot: QtBot) -> None:
    dialog.form.status_choice.put("granted")
    tick(qtbot, dialog.form.ticks["email"])
    assert not dialog.proof.soft.isHidden()
    dialog.proof.soft.setChecked(True)
    tick(qtbot, dialog.form.ticks["sms"])
    assert dialog.proof.soft.isHidden() and not dialog.proof.soft.isChecked()


def test_an_attached_file_is_kept_once_and_proves_the_grant(
    dialog: RecordDialog, context: DeskContext, qtbot: QtBot, told: list[Change], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    file = tmp_path / "form.txt"
    file.write_text("I agree. Ada")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    tick(qtbot, dialog.form.ticks["post"])
    dialog.form.status_choice.put("granted")
    dialog.form.source_choice.put("form")
    dialog.proof.notice_box.setCurrentIndex(1)
    qtbot.mouseClick(dialog.proof.attach_button, Qt.MouseButton.LeftButton)
    assert dialog.proof.document_box.currentText() == "form.txt"
    dialog.proof.until.setText("1 Jan 2020")
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)  # ends before it begins: refused, nothing lost
    qtbot.waitUntil(lambda: "before it begins" in dialog.fault.text())
    assert dialog.isVisible() and not told and dialog.proof.document_box.currentText() == "form.txt"
    dialog.proof.until.setText("")
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(told) == 1)
    kept = documents.of_customer(context.app, context.actor, ADA)
    assert [d.name for d in kept] == ["form.txt"] and "document" in told[0].touched
    found = permissions.evidence(context.app, context.actor, ADA, permitting.events(context, ADA)[0].seq)
    assert found.document == kept[0].id and found.intact


def test_without_the_right_the_buttons_are_absent(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    context = permitting.made(qapp, tmp_path)
    seen = {}
    for actor in (TELLER, OFFICER, AUDITOR):
        context.actor = actor
        quick = QuickDeeds(context)
        qtbot.addWidget(quick)
        quick.show_customer(permissions.grid(context.app, actor, ADA))
        seen[actor.login] = [
            not b.isHidden() for b in (quick.record_button, quick.withdraw_button, quick.object_button)
        ]
    assert seen == {"tom": [True, True, True], "dora": [False, False, True], "aud": [False, False, False]}
    permitting.let_go(qtbot, context)


@pytest.fixture
def tab(context: DeskContext, page: QWidget, qtbot: QtBot) -> PermissionsTab:
    made = PermissionsTab(context)
    made.setParent(page)
    made.resize(1000, 600)
    made.show()
    context.hub.changed.connect(lambda _: made.show_now(permissions.grid(context.app, context.actor, ADA)))
    made.show_now(permissions.grid(context.app, context.actor, ADA))
    return made


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def test_evidence_is_shown_on_demand_and_audited(tab: PermissionsTab, context: DeskContext, qtbot: QtBot) -> None:
    tab.now_card.grid.setCurrentIndex(tab.now_card.grid.model().index(0, 1))
    qtbot.keyClick(tab.now_card.grid, Qt.Key.Key_Return)
    assert tab.evidence.heading.text() == "Offers, Phone: withdrawn 12 Mar 2026"
    tab.history.selectRow(next(i for i, h in enumerate(permitting.events(context, ADA)) if h.has_evidence))
    assert "Recorded 3 Feb 2026 by test, branch." in texts(tab.evidence)
    qtbot.mouseClick(tab.evidence.show_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "fingerprint" in texts(tab.evidence))
    with context.app.store.reader() as raw:  # type: ignore[union-attr]
        acts = [act for (act,) in raw.execute("SELECT act FROM audit_event")]
    assert acts.count("read evidence") == 1


def test_then_stands_beside_now_by_both_times(tab: PermissionsTab, context: DeskContext, qtbot: QtBot) -> None:
    from PySide6.QtCore import QDate

    assert not tab.then_card.isVisible()
    tab.as_of.setDate(QDate(2026, 3, 1))
    qtbot.waitUntil(tab.then_card.isVisible)
    assert tab.grid.model().index(0, 1).data() == "✓ Yes"
    assert tab.now_card.grid.model().index(0, 1).data() == "✕ Withdrawn"
    assert tab.then_title.text() == "On 1 Mar 2026"
    tab.as_of.setDate(tab.as_of.maximumDate())
    assert not tab.then_card.isVisible()
    tab.known_on.setDate(QDate(2026, 1, 31))  # before the grant by e-mail and the withdrawal were recorded
    qtbot.waitUntil(tab.then_card.isVisible)
    assert tab.then_title.text() == "On 31 Oct 2026, as known on 31 Jan 2026"
    assert [tab.grid.model().index(0, c).data() for c in (0, 1)] == ["· Not asked", "✓ Yes"]
    assert tab.history.model().rowCount() < len(permitting.events(context, ADA))
    qtbot.mouseClick(tab.today_button, Qt.MouseButton.LeftButton)
    assert not tab.then_card.isVisible() and tab.known_on.date() == tab.known_on.maximumDate()


def test_a_correction_needs_a_reason_and_stands_in_the_history(
    tab: PermissionsTab, context: DeskContext, page: QWidget, qtbot: QtBot, told: list[Change]
) -> None:
    withdrawal = next(h for h in permitting.events(context, ADA) if h.status == "withdrawn")
    tab.point_to(withdrawal.seq)
    qtbot.mouseClick(tab.evidence.correct_button, Qt.MouseButton.LeftButton)
    (asked,) = page.findChildren(CorrectDialog)
    asked.save()
    assert asked.isVisible() and "what was wrong" in asked.fault.text()
    qtbot.keyClicks(asked.reason, "Another customer said it")
    qtbot.keyClick(asked.reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(told) == 1)
    idle(qtbot, context)
    assert state(context, ADA, "marketing", "phone") == "granted"
    rows = [tab.history.model().index(r, 3).data() for r in range(tab.history.model().rowCount())]
    assert "Withdrawn, corrected" in rows and "Correction" in rows


def test_a_tellers_correction_that_permits_more_waits(
    context: DeskContext, page: QWidget, qtbot: QtBot, told: list[Change]
) -> None:
    context.actor = TELLER
    noticed: list[str] = []
    context.noticed.connect(noticed.append)
    withdrawal = next(h for h in permitting.events(context, ADA) if h.status == "withdrawn")
    asked = CorrectDialog(context, ADA, withdrawal, page)
    asked.open()
    asked.reason.setText("Another customer said it")
    asked.save()
    qtbot.waitUntil(lambda: len(told) == 1)
    assert told[0].kind == "propose_correction" and "waits for the data-protection officer" in noticed[-1]
    assert state(context, ADA, "marketing", "phone") == "withdrawn"


def test_the_receipt_is_read_and_saved_whole(
    context: DeskContext, page: QWidget, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = ReceiptDialog(context, ADA, page)
    shown.open()
    qtbot.waitUntil(shown.save_button.isEnabled)
    assert shown.answer.text() == "C-000001 has answered about 3 purposes, in 6 events."
    assert "Issued by small on" in shown.summary.text() and shown.text.isHidden()  # words first, the file behind
    shown.json_button.click()
    assert not shown.text.isHidden() and shown.words.isHidden() and shown.json_button.text() == "Show the words"
    shown.json_button.click()
    assert shown.text.isHidden() and not shown.words.isHidden()
    assert "e-mail yes until 3 Feb 2028" in shown.summary.text() and "phone withdrawn" in shown.summary.text()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "nowhere" / "r.json"), ""))
    shown.choose()
    qtbot.waitUntil(lambda: "could not be written" in shown.fault.text())
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "r"), ""))
    shown.choose()
    qtbot.waitUntil(lambda: (tmp_path / "r.json").exists() and not context._background.busy)
    saved = json.loads((tmp_path / "r.json").read_text())
    assert saved["consent_records"][0]["record_header"]["pii_principal_id"] == ADA
    assert not list(tmp_path.glob("*.part"))


def test_restriction_is_one_press_for_the_officer(tab: PermissionsTab, context: DeskContext, qtbot: QtBot) -> None:
    qtbot.mouseClick(tab.restrict_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.restrict_button.text() == "Lift restriction")
    assert tab.now_card.grid.model().index(0, 0).data() == "‖ Restricted"
    idle(qtbot, context)


def test_every_control_of_the_dialog_is_named_and_reached_by_tab(dialog: RecordDialog, qtbot: QtBot) -> None:
    dialog.form.status_choice.put("granted")
    for control in dialog.findChildren(QWidget):
        if control.focusPolicy() & Qt.FocusPolicy.TabFocus and control.isVisible() and not control.focusProxy():
            assert control.accessibleName() or getattr(control, "text", str)(), control
    mnemonics = [
        text[text.index("&") + 1].lower()
        for text in (w.text() for kind in (QLabel, QCheckBox, QRadioButton) for w in dialog.findChildren(kind))
        if "&" in text
    ]
    mnemonics += ["i", "t"]  # Read it, Attach
    assert len(mnemonics) == len(set(mnemonics))


def test_nobody_in_front_is_said(context: DeskContext, qtbot: QtBot) -> None:
    from types import SimpleNamespace

    said: list[str] = []
    frame: Any = SimpleNamespace(shelf=SimpleNamespace(page=SimpleNamespace(name="home")), notice=said.append)
    deeds.withdraw_here(frame)
    assert said == [deeds.NOBODY]
    assert state(context, IDA, "marketing", "email") == "objected"  # as it was


def test_only_the_notices_of_the_purpose_are_offered(dialog: RecordDialog, context: DeskContext, qtbot: QtBot) -> None:
    notices.add(context.app, small_bank.ACTOR, "survey", "May we ask what you think of us?")  # type: ignore[arg-type]
    other = RecordDialog(context, ADA, dialog.parentWidget())
    idle(qtbot, context)
    box = other.proof.notice_box
    assert [box.itemText(i) for i in range(box.count())] == ["Choose...", "marketing-1 (en)"]
    box.setCurrentIndex(1)
    other.form.purpose_box.setCurrentIndex(other.form.purpose_box.findData("survey"))
    assert [box.itemText(i) for i in range(box.count())] == ["Choose...", "survey-1 (en)"]
    assert box.currentData() is None  # what proved offers proves nothing here
    other.form.purpose_box.setCurrentIndex(other.form.purpose_box.findData("sharing"))
    assert box.count() == 1 and box.itemText(0) == "No notice for partners yet"
    other.close()


def test_one_press_states_no_way_and_the_ledger_says_so(context: DeskContext, page: QWidget, qtbot: QtBot) -> None:
    permission_record.withdraw(context.app, small_bank.ACTOR, ADA)  # type: ignore[arg-type]
    tab = PermissionsTab(context)
    tab.setParent(page)
    tab.show_now(permissions.grid(context.app, small_bank.ACTOR, ADA))  # type: ignore[arg-type]
    model = tab.history.model()
    row = [str(model.index(0, column).data()) for column in range(model.columnCount())]
    assert "not said how" in row and "Withdrawn" in row
