"""The run form: folded settings, fields that depend on others, files, comma lists, and the command beneath."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any, Literal

import pytest
from crmdesk_association.params import ChangeParams, RulesParams, SequenceParams
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from crmdesk.api import Field, Params
from crmdesk.desk.mine.fields import ChoicesField, FileField
from crmdesk.desk.mine.form import ParamForm
from crmdesk.desk.mine.words import command
from crmdesk.services.mining import _param


def rows(params: type[Params]) -> tuple[dict[str, Any], ...]:
    return tuple(_param(name, info) for name, info in params.own_fields().items())


def made(qtbot: QtBot, params: type[Params]) -> ParamForm:
    form = ParamForm(rows(params))
    qtbot.addWidget(form)
    form.show()
    return form


def seen(form: ParamForm) -> list[str]:
    return [name for name, row in form.rows.items() if row.column.isVisible()]


@pytest.mark.parametrize(
    ("params", "first"),
    [
        (RulesParams, ["basket", "attributes", "min_support", "min_confidence"]),
        (ChangeParams, ["basket", "attributes", "min_support", "min_confidence", "months"]),
        (SequenceParams, ["events", "min_support", "max_gap_days"]),
    ],
)
def test_few_settings_are_seen_and_the_rest_is_a_click_away(
    qtbot: QtBot, params: type[Params], first: list[str]
) -> None:
    form = made(qtbot, params)
    assert seen(form) == first
    assert form.values() == {name: info.default for name, info in params.own_fields().items()}
    folded = [row["name"] for row in rows(params) if row.get("advanced")]
    assert f"({len(folded)})" in form.fold.text()
    form.fold.click()
    assert set(seen(form)) == {*first, *folded}
    form.fold.click()
    assert seen(form) == first


def test_a_preset_opens_the_fold_only_for_what_it_changes(qtbot: QtBot) -> None:
    form = made(qtbot, RulesParams)
    form.put({"min_support": 0.02, "fdr": 0.05})
    assert not form.unfolded
    form.put({"fdr": 0.01})
    assert form.unfolded and form.values()["fdr"] == 0.01 and form.values()["min_support"] == 0.02


def test_a_fault_under_the_fold_is_seen(qtbot: QtBot) -> None:
    form = made(qtbot, RulesParams)
    assert form.show_fault("max_length must be at least 2.")
    assert form.unfolded and form.rows["max_length"].fault.isVisible()
    assert [name for name, row in form.rows.items() if row.fault.isVisible()] == ["max_length"]
    form.clear_faults()
    assert not form.rows["max_length"].fault.isVisible()
    assert not form.show_fault("The bank is locked.")


def test_a_file_is_asked_for_only_where_it_is_read(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    form = made(qtbot, RulesParams)
    field = form.fields["table"]
    assert isinstance(field, FileField) and "table" not in seen(form)
    form.put({"basket": "table"})
    assert "table" in seen(form) and "attributes" not in seen(form)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/data/baskets of may.csv", ""))
    field.choose()
    assert form.values()["table"] == "/data/baskets of may.csv"
    form.put({"basket": "products"})
    assert form.values()["table"] is None  # what is not shown does not count


def test_attributes_are_ticked(qtbot: QtBot) -> None:
    form = made(qtbot, RulesParams)
    field = form.fields["attributes"]
    assert isinstance(field, ChoicesField)
    boxes = {box.text(): box for box in field.findChildren(QCheckBox)}
    assert [name for name, box in boxes.items() if not box.isChecked()] == ["gender"]
    told: list[int] = []
    form.changed.connect(lambda: told.append(1))
    boxes["stage"].setChecked(False)
    assert form.values()["attributes"] == "age_band, occupation, education, channel, segment" and told
    boxes["stage"].setChecked(True)
    assert form.values()["attributes"] == RulesParams().attributes
    form.put({"attributes": "segment, shoe_size"})  # an older run's list is kept, so that its refusal can be read
    assert form.values()["attributes"] == "segment, shoe_size"


def test_shares_have_no_zeros_at_their_end(qtbot: QtBot) -> None:
    form = made(qtbot, RulesParams)
    assert form.fields["min_support"].widget.text() == "0.01"  # type: ignore[attr-defined]
    form.put({"min_support": 1.0})
    assert form.fields["min_support"].widget.text() == "1"  # type: ignore[attr-defined]


def test_the_command_names_only_what_was_changed_and_quotes_it(qtbot: QtBot) -> None:
    form = made(qtbot, RulesParams)
    defaults = {row["name"]: row["default"] for row in rows(RulesParams)}

    def words() -> list[str]:
        line = command(Path("/banks/a b.crmdesk"), "association.rules", form.values(), defaults, 7, None)
        return shlex.split(line)

    assert words() == ["crmdesk", "mine", "/banks/a b.crmdesk", "association.rules", "--seed", "7"]
    form.put({"basket": "table", "table": "/data/may it be.csv"})
    assert words()[4:8] == ["--basket", "table", "--table", "/data/may it be.csv"]
    form.put({"basket": "products", "attributes": ""})
    assert words()[4:6] == ["--attributes", ""]


def test_a_hint_must_name_a_parameter() -> None:
    with pytest.raises(TypeError, match="shown by parameters that do not exist"):

        class Strange(Params):
            one: str = Field("", json_schema_extra={"when": {"two": ["x"]}})


def test_a_form_without_folded_settings_has_no_fold(qtbot: QtBot) -> None:
    class Plain(Params):
        how: Literal["a", "b"] = Field("a", title="How", description="One way or the other.")

    form = made(qtbot, Plain)
    assert not form.folds and not form.fold.isVisible()
    assert {label.buddy() for label in form.findChildren(QLabel) if label.buddy()} == {form.fields["how"].widget}
