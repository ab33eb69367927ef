"""One dialog adds and edits customers: checks beside the field, look-alikes, and nothing lost when saving fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.editor import EditorDialog, edit_customer, new_customer
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadFields
from crmdesk.services import custom_fields, customer_edit


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def went(context: DeskContext) -> list[tuple[str, dict[str, Any]]]:
    """Every page that was asked for."""
    pages: list[tuple[str, dict[str, Any]]] = []
    context.opened.connect(lambda name, args: pages.append((name, args)))
    return pages


@pytest.fixture
def told(context: DeskContext) -> Iterator[list[Change]]:
    heard: list[Change] = []
    context.hub.changed.connect(heard.append)
    yield heard


def opened(qtbot: QtBot, host: QWidget) -> EditorDialog:
    qtbot.waitUntil(lambda: any(d.isVisible() for d in host.findChildren(QDialog)))
    return next(d for d in host.findChildren(EditorDialog) if d.isVisible())


def type_in(qtbot: QtBot, dialog: EditorDialog, field: str, text: str) -> None:
    line: Any = dialog.edits[field].control
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)


def test_editing_saves_only_what_changed_and_tells_every_page(
    qtbot: QtBot, context: DeskContext, host: QWidget, told: list[Change]
) -> None:
    edit_customer(context, host, "C-000001")
    dialog = opened(qtbot, host)
    assert dialog.windowTitle() == "Edit C-000001" and not dialog.edits["number"].isEnabled()
    type_in(qtbot, dialog, "city", "Bodrum")
    assert dialog.changed_values() == {"city": "Bodrum"}
    qtbot.keyClick(dialog.edits["city"].control, Qt.Key.Key_Return)  # Enter saves
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].touched["customer"] == frozenset({1})
    kept = customer_edit.draft(context.app, context.actor, "C-000001")
    assert kept.values["city"] == "Bodrum" and kept.values["given_name"] == "Ada"


def test_what_cannot_be_is_told_beside_its_field_while_it_is_typed(
    qtbot: QtBot, context: DeskContext, host: QWidget
) -> None:
    edit_customer(context, host, "C-000001")
    dialog = opened(qtbot, host)
    type_in(qtbot, dialog, "birth_date", "03/04/1971")
    qtbot.waitUntil(lambda: "two ways" in dialog.edits["birth_date"].fault)
    assert dialog.edits["birth_date"].control.accessibleDescription() == dialog.edits["birth_date"].fault
    type_in(qtbot, dialog, "birth_date", "3 April 1971")
    qtbot.waitUntil(lambda: dialog.edits["birth_date"].fault == "")


def test_a_refused_save_keeps_the_dialog_and_everything_typed(
    qtbot: QtBot, context: DeskContext, host: QWidget, told: list[Change]
) -> None:
    edit_customer(context, host, "C-000001")
    dialog = opened(qtbot, host)
    type_in(qtbot, dialog, "email", "no address")
    type_in(qtbot, dialog, "city", "Bergama")
    dialog.save()
    qtbot.waitUntil(lambda: bool(dialog.edits["email"].fault) and dialog.save_button.isEnabled())
    assert dialog.isVisible() and not told
    assert dialog.fault.text() == ""  # said once, beside the field
    assert dialog.edits["city"].value() == "Bergama"
    assert dialog.save_button.isEnabled()
    assert customer_edit.draft(context.app, context.actor, "C-000001").values["city"] == "Moda"


def test_a_refusal_goes_with_what_it_spoke_of(qtbot: QtBot, context: DeskContext, host: QWidget) -> None:
    edit_customer(context, host, "C-000001")
    dialog = opened(qtbot, host)
    dialog._tried = True
    dialog.refused(BadFields({"elsewhere": "This cannot be.", "city": "No such city."}))
    assert dialog.fault.text() and dialog.edits["city"].fault == "No such city."  # not all of it has a field here
    dialog.show_faults({"email": "Something else."})
    assert dialog.fault.text() == "" and dialog.edits["city"].fault == ""


def test_opening_contact_data_says_that_it_is_written_down(qtbot: QtBot, context: DeskContext, host: QWidget) -> None:
    def noted() -> int:
        with context.app.store.reader() as raw:
            return raw.execute("SELECT count(*) FROM audit_event WHERE act = 'open for edit'").fetchone()[0]

    before = noted()
    edit_customer(context, host, "C-000001")
    dialog = opened(qtbot, host)
    words = [one.text() for one in dialog.findChildren(QLabel)]
    assert noted() == before + 1 and any("that you opened it is written down" in one for one in words)
    assert any("Empty: a prospect" in one for one in words)


def test_saving_nothing_says_so(qtbot: QtBot, context: DeskContext, host: QWidget, told: list[Change]) -> None:
    edit_customer(context, host, "C-000002")
    dialog = opened(qtbot, host)
    dialog.save()
    assert "Nothing is changed" in dialog.fault.text() and dialog.isVisible() and not told


def test_escape_closes_without_saving(qtbot: QtBot, context: DeskContext, host: QWidget) -> None:
    edit_customer(context, host, "C-000001")
    dialog = opened(qtbot, host)
    type_in(qtbot, dialog, "city", "Elsewhere")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not any(d.isVisible() for d in host.findChildren(QDialog)))
    assert customer_edit.draft(context.app, context.actor, "C-000001").values["city"] == "Moda"


def test_a_look_alike_is_shown_before_a_customer_is_added_twice(
    qtbot: QtBot, context: DeskContext, host: QWidget, went: list[tuple[str, dict[str, Any]]]
) -> None:
    new_customer(context, host)
    dialog = opened(qtbot, host)
    assert dialog.similar.isHidden()
    type_in(qtbot, dialog, "phone", "+90 532 111 1234")
    qtbot.waitUntil(lambda: not dialog.similar.isHidden())
    assert "C-000001" in dialog.similar.text and "same phone" in dialog.similar.text
    dialog._open("C-000001")
    assert ("customer", {"number": "C-000001"}) in went


def test_a_new_customer_is_opened_once_saved(
    qtbot: QtBot, context: DeskContext, host: QWidget, went: list[tuple[str, dict[str, Any]]]
) -> None:
    new_customer(context, host)
    dialog = opened(qtbot, host)
    number = dialog.edits["number"].value()
    dialog.save()
    qtbot.waitUntil(lambda: bool(dialog.edits["family_name"].fault))  # required, and now it was tried
    type_in(qtbot, dialog, "given_name", "Nil")
    type_in(qtbot, dialog, "family_name", "Aksoy")
    dialog.edits["branch"].put("B2")
    dialog.save()
    qtbot.waitUntil(lambda: ("customer", {"number": number}) in went)
    assert customer_edit.draft(context.app, context.actor, number).values["family_name"] == "Aksoy"


def test_the_banks_own_fields_are_fields_like_any_other(qtbot: QtBot, context: DeskContext, host: QWidget) -> None:
    custom_fields.add(context.app, context.actor, code="vip", title="Private banking", kind="yes_no")
    custom_fields.add(context.app, context.actor, code="shoe", title="Shoe", kind="choice", choices=("40", "41"))
    edit_customer(context, host, "C-000001")
    dialog = opened(qtbot, host)
    assert dialog.edits["custom.vip"].control.accessibleName() == "Private banking"
    dialog.edits["custom.vip"].put("yes")
    dialog.edits["custom.shoe"].put("41")
    dialog.save()
    qtbot.waitUntil(lambda: not any(d.isVisible() for d in host.findChildren(QDialog)))
    kept = customer_edit.draft(context.app, context.actor, "C-000001").values
    assert (kept["custom.vip"], kept["custom.shoe"]) == ("yes", "41")


def test_every_field_is_named_and_reached_by_tab(qtbot: QtBot, context: DeskContext, host: QWidget) -> None:
    edit_customer(context, host, "C-000001")
    dialog = opened(qtbot, host)
    controls = [edit.control for edit in dialog.edits.values() if edit.isEnabled()]
    assert all(one.accessibleName() for one in controls)
    dialog.edits["kind"].control.setFocus()
    reached = set()
    for _ in range(2 * len(controls) + 6):
        reached.add(dialog.focusWidget())
        dialog.focusNextChild()
    assert set(controls) <= reached
