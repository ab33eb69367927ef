"""Columns that nobody knows are offered as fields, each with the narrowest kind that all its values fit."""

from pathlib import Path

import pytest
from building import ACTOR, FileApp, write_source

from crmdesk.cli.main import main
from crmdesk.domain.errors import BadFields, CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import custom_fields, history, importing, own_values


def columns(folder: Path, **values: list[str]) -> Path:
    """Customers with these further columns, one value a row."""
    rows = max(map(len, values.values()))
    lines = [",".join(("customer", "kind", "family_name", *values))]
    for i in range(rows):
        more = (cells[i] if i < len(cells) else "" for cells in values.values())
        lines.append(",".join((f"C{i}", "person", "Ek", *(f'"{cell}"' for cell in more))))
    return write_source(folder, "\n".join(lines) + "\n")


def test_each_column_is_offered_with_the_narrowest_kind(app: FileApp, tmp_path: Path) -> None:
    source = columns(
        tmp_path / "in", vip=["yes", "No", ""], pets=["3", "-2", ""], weight=["3", "2.5"], seen=["2026-01-02"],
        branch_code=["00712", "00001"], nickname=["Zo", "Ann"], mixed=["3", "three"], none=[""],
        day=["2026-01-02", "3 May 2026"],
    )  # fmt: skip
    assert {o.code: (o.kind, o.filled) for o in importing.offered(app, ACTOR, source)} == {
        "vip": ("yes_no", 2), "pets": ("whole", 2), "weight": ("number", 2), "seen": ("date", 1),
        "branch_code": ("text", 2), "nickname": ("text", 2), "mixed": ("text", 2), "none": ("text", 0),
        "day": ("text", 2),
    }  # fmt: skip


def test_few_words_that_recur_are_a_choice(app: FileApp, tmp_path: Path) -> None:
    source = columns(tmp_path / "in", tier=["Gold", "silver", "gold"] * 5, rare=["a", "b"] * 4 + ["c"] * 7)
    tier, rare = importing.offered(app, ACTOR, source)
    assert (tier.kind, tier.choices, tier.filled) == ("choice", ("Gold", "silver"), 15)
    assert (rare.kind, rare.choices) == ("choice", ("a", "b", "c"))
    source = columns(tmp_path / "in", rare=["a", "b", "c"] * 4)
    assert importing.offered(app, ACTOR, source)[0].kind == "text"


def test_what_could_not_be_a_field_is_not_offered(app: FileApp, tmp_path: Path) -> None:
    custom_fields.add(app, ACTOR, code="pets", title="Animals", kind="whole")
    custom_fields.add(app, ACTOR, code="gone", title="Gone", kind="whole")
    custom_fields.retire(app, ACTOR, "gone")
    source = columns(
        tmp_path / "in", pets=["3"], ANIMALS=["3"], gone=["1"], notes=["a\nb"], **{"!!": ["x"], "2nd": ["y"]}
    )
    assert [(o.header, o.code) for o in importing.offered(app, ACTOR, source)] == [("2nd", "f_2nd")]


def test_offered_fields_are_filled_by_the_same_source_and_taken_back_as_one_deed(app: FileApp, tmp_path: Path) -> None:
    source = columns(tmp_path / "in", **{"Pet name": ["Rex", "Tom"], "custom.age": ["3", "4"]})
    offers = importing.offered(app, ACTOR, source)
    assert [(o.code, o.title) for o in offers] == [("pet_name", "Pet name"), ("age", "age")]
    custom_fields.add_offered(app, ACTOR, offers)
    report = app.run(source)
    assert report.notes == ()
    assert {v.code: v.text for v in own_values.of_customer(app, ACTOR, "C1")} == {"pet_name": "Tom", "age": "4"}
    assert importing.offered(app, ACTOR, source) == []
    with pytest.raises(BadFields):
        custom_fields.add_offered(app, ACTOR, offers)


def test_adding_offered_fields_is_whole_or_nothing(app: FileApp, tmp_path: Path) -> None:
    offers = importing.offered(app, ACTOR, columns(tmp_path / "in", one=["1"], two=["2"]))
    custom_fields.add(app, ACTOR, code="two", title="Two", kind="text")
    with pytest.raises(BadFields):
        custom_fields.add_offered(app, ACTOR, offers)
    assert [f.code for f in custom_fields.fields(app, ACTOR)] == ["two"]
    custom_fields.add_offered(app, ACTOR, offers[:1])
    history.undo(app, ACTOR)
    assert [f.code for f in custom_fields.fields(app, ACTOR)] == ["two"]


def test_offering_needs_the_right_and_a_source(app: FileApp, tmp_path: Path) -> None:
    with pytest.raises(CrmdeskError, match="does not exist"):
        importing.offered(app, ACTOR, tmp_path / "none")
    with pytest.raises(Refused):
        importing.offered(app, Actor("ann", frozenset({Role.ANALYST})), tmp_path)


def test_the_command_line_makes_the_fields_and_fills_them(
    app: FileApp, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = columns(tmp_path / "in", shoe=["44", "38"])

    def told(*options: str) -> str:
        assert main(["import", str(app.path), str(source), *options]) == 0
        return capsys.readouterr().err

    assert "Import with --own-fields" in told()
    assert "shoe would become a field of the bank: whole." in told("--own-fields", "--dry-run")
    assert custom_fields.fields(app, ACTOR) == []
    assert "shoe is now a field of the bank: whole." in told("--own-fields")
    assert own_values.of_customer(app, ACTOR, "C0")[0].text == "44"
