"""Two windows edit one customer: the second sees who changed what, chooses field by field, and loses nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_bank
from PySide6.QtWidgets import QDialog, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.customers.conflict import ConflictDialog
from crmdesk.desk.customers.editor import EditorDialog, edit_customer
from crmdesk.domain.rights import single_user
from crmdesk.services import customer_edit
from crmdesk.store import open_bank

KEMAL = single_user("kemal")


@pytest.fixture
def other(context: DeskContext) -> Iterator[small_bank.SmallApp]:
    """The same file, opened a second time by somebody else."""
    path: Path = context.app.path  # type: ignore[union-attr]
    app = small_bank.SmallApp(open_bank(path))
    yield app
    app.store.close()


@pytest.fixture
def editor(qtbot: QtBot, context: DeskContext) -> Iterator[EditorDialog]:
    host = QWidget()
    qtbot.addWidget(host)
    host.show()
    edit_customer(context, host, "C-000001")
    qtbot.waitUntil(lambda: any(d.isVisible() for d in host.findChildren(QDialog)))
    yield host.findChildren(EditorDialog)[0]  # the host is kept while the dialog is


def change(app: Any, **values: str) -> None:
    now = customer_edit.draft(app, KEMAL, "C-000001")
    customer_edit.edit(app, KEMAL, "C-000001", now.version, values)


def conflict_of(qtbot: QtBot, editor: EditorDialog) -> ConflictDialog:
    qtbot.waitUntil(lambda: any(d.isVisible() for d in editor.findChildren(ConflictDialog)))
    return next(d for d in editor.findChildren(ConflictDialog) if d.isVisible())


def choose(dialog: ConflictDialog, side: str) -> None:
    next(b for b in dialog.findChildren(QRadioButton) if b.property("side") == side).click()


def held(context: DeskContext) -> dict[str, str]:
    return customer_edit.draft(context.app, context.actor, "C-000001").values


def test_who_changed_what_is_named_and_nothing_is_chosen_in_advance(
    qtbot: QtBot, context: DeskContext, editor: EditorDialog, other: small_bank.SmallApp
) -> None:
    change(other, city="İzmir", street="Harbour 1")
    editor.edits["city"].put("Bergama")
    editor.save()
    dialog = conflict_of(qtbot, editor)
    texts = [box.text() for box in dialog.findChildren(QRadioButton)]
    assert texts[0] == "Mine: Bergama" and texts[1].startswith("By kemal on ") and texts[1].endswith(": İzmir")
    assert not dialog.save_button.isEnabled()
    assert editor.isVisible() and editor.edits["city"].value() == "Bergama"
    dialog.reject()
    assert held(context)["city"] == "İzmir" and editor.edits["city"].value() == "Bergama"


def test_mine_is_saved_on_top_and_the_others_further_change_stays(
    qtbot: QtBot, context: DeskContext, editor: EditorDialog, other: small_bank.SmallApp
) -> None:
    change(other, city="İzmir", street="Harbour 1")
    editor.edits["city"].put("Bergama")
    editor.edits["occupation"].put("pilot")
    editor.save()
    dialog = conflict_of(qtbot, editor)
    choose(dialog, "mine")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: held(context)["city"] == "Bergama")
    assert held(context)["street"] == "Harbour 1" and held(context)["occupation"] == "pilot"


def test_theirs_is_kept_and_the_rest_of_mine_saved(
    qtbot: QtBot, context: DeskContext, editor: EditorDialog, other: small_bank.SmallApp
) -> None:
    change(other, city="İzmir")
    editor.edits["city"].put("Bergama")
    editor.edits["occupation"].put("pilot")
    editor.save()
    dialog = conflict_of(qtbot, editor)
    choose(dialog, "theirs")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: held(context)["occupation"] == "pilot")
    assert held(context)["city"] == "İzmir"


def test_fields_that_only_the_other_changed_ask_no_question(
    qtbot: QtBot, context: DeskContext, editor: EditorDialog, other: small_bank.SmallApp
) -> None:
    change(other, street="Harbour 1")
    editor.edits["city"].put("Bergama")
    editor.save()
    dialog = conflict_of(qtbot, editor)
    assert not dialog.findChildren(QRadioButton) and dialog.save_button.isEnabled()
    dialog.save_button.click()
    qtbot.waitUntil(lambda: held(context)["city"] == "Bergama")
    assert held(context)["street"] == "Harbour 1"


def test_a_third_change_asks_again(
    qtbot: QtBot, context: DeskContext, editor: EditorDialog, other: small_bank.SmallApp
) -> None:
    change(other, city="İzmir")
    editor.edits["city"].put("Bergama")
    editor.save()
    first = conflict_of(qtbot, editor)
    choose(first, "mine")
    change(other, city="Ankara")
    first.save_button.click()
    qtbot.waitUntil(lambda: any(d is not first and d.isVisible() for d in editor.findChildren(ConflictDialog)))
    second = conflict_of(qtbot, editor)
    assert any("Ankara" in box.text() for box in second.findChildren(QRadioButton))
    assert held(context)["city"] == "Ankara"
    second.reject()
