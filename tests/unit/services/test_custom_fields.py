"""Fields of the bank's own: typed, guarded, and filled by edit and import alike."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadFields, BadInput, Conflict, CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import custom_fields, customer_edit, history, importing, own_values
from crmdesk.services.importing import ImportReport

ANALYST = Actor("ann", frozenset({Role.ANALYST}))
MANAGER = Actor("mia", frozenset({Role.RELATIONSHIP_MANAGER}))
FIELDS = (
    ("nick", "Nickname", "text", ()),
    ("pets", "Pets", "whole", ()),
    ("score", "Own score", "number", ()),
    ("visited", "Visited on", "date", ()),
    ("vip", "Very important", "yes_no", ()),
    ("tier", "Tier", "choice", ("Gold", "Silver")),
)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "bank.crmdesk")
    yield made
    made.store.close()


@pytest.fixture
def six(app: SmallApp) -> SmallApp:
    """A bank with one field of each kind."""
    for code, title, kind, choices in FIELDS:
        custom_fields.add(app, ACTOR, code=code, title=title, kind=kind, choices=choices)
    return app


def rows(app: SmallApp, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with app.store.reader() as raw:
        return list(raw.execute(sql, parameters))


def texts(app: SmallApp, number: str) -> dict[str, str]:
    return {value.code: value.text for value in own_values.of_customer(app, ACTOR, number)}


def bring(app: SmallApp, header: str, *lines: str) -> ImportReport:
    """Import customers with these further columns."""
    folder = app.path.parent / "source"
    folder.mkdir(exist_ok=True)
    head = "customer,kind,family_name"
    (folder / "customers.csv").write_text("\n".join((f"{head},{header}", *lines)) + "\n", encoding="utf-8")
    return importing.run(app, ACTOR, folder)


def test_fields_keep_their_order_and_can_be_retired_and_brought_back(six: SmallApp) -> None:
    assert [f.code for f in custom_fields.fields(six, ACTOR)] == [code for code, *_ in FIELDS]
    custom_fields.retire(six, ACTOR, "pets")
    assert "pets" not in [f.code for f in custom_fields.fields(six, ACTOR)]
    gone = next(f for f in custom_fields.fields(six, ACTOR, retired=True) if f.code == "pets")
    assert gone.retired_on == small_bank.UNTIL
    with pytest.raises(BadInput, match="out of use since 2026-10-31"):
        custom_fields.retire(six, ACTOR, "pets")
    custom_fields.change(six, ACTOR, "pets", gone.version, retired=False, title="Animals")
    assert [f.title for f in custom_fields.fields(six, ACTOR)][1] == "Animals"


def test_values_outlive_a_field_that_is_retired(six: SmallApp) -> None:
    customer_edit.edit(six, ACTOR, "C-000001", 1, {"custom.pets": "3"})
    custom_fields.retire(six, ACTOR, "pets")
    assert "pets" not in texts(six, "C-000001")
    with pytest.raises(BadFields, match="The bank has no field 'pets' now"):
        customer_edit.edit(six, ACTOR, "C-000001", 2, {"custom.pets": "4"})
    field = next(f for f in custom_fields.fields(six, ACTOR, retired=True) if f.code == "pets")
    custom_fields.change(six, ACTOR, "pets", field.version, retired=False)
    assert texts(six, "C-000001")["pets"] == "3"


@pytest.mark.parametrize(
    ("what", "field", "words"),
    [
        ({"code": "Big"}, "code", "small letters"),
        ({"code": ""}, "code", "small letters"),
        ({"code": "email"}, "code", "every customer has"),
        ({"code": "tier"}, "code", "has the code 'tier' already"),
        ({"title": "  "}, "title", "no title"),
        ({"title": "Tier"}, "title", "called 'Tier' already"),
        ({"title": "PETS"}, "title", "called 'PETS' already"),
        ({"title": "Birth date"}, "title", "every customer has"),
        ({"kind": "colour"}, "kind", "not a kind of field"),
        ({"choices": ("a", "b")}, "choices", "Only a field of the kind choice"),
        ({"kind": "choice"}, "choices", "at least two values"),
        ({"kind": "choice", "choices": ("gold, silver",)}, "choices", "one a line"),
        ({"kind": "choice", "choices": ("a", "A")}, "choices", "twice"),
        ({"kind": "choice", "choices": ("a", "")}, "choices", "none of them empty"),
        ({"tag": "secret"}, "tag", "not a kind of protection"),
    ],
)
def test_a_field_that_cannot_be_is_refused_in_words(
    six: SmallApp, what: dict[str, Any], field: str, words: str
) -> None:
    given: dict[str, Any] = {"code": "shoe", "title": "Shoe size", "kind": "number", **what}
    with pytest.raises(BadFields) as refused:
        custom_fields.add(six, ACTOR, **given)
    assert list(refused.value.fields) == [field]
    assert words in refused.value.fields[field]
    assert len(custom_fields.fields(six, ACTOR, retired=True)) == len(FIELDS)


def test_a_code_of_a_retired_field_is_not_given_again(six: SmallApp) -> None:
    custom_fields.retire(six, ACTOR, "pets")
    with pytest.raises(BadFields, match="bring it back, or choose another code"):
        custom_fields.add(six, ACTOR, code="pets", title="Animals", kind="text")


def test_a_choice_that_customers_hold_stays(six: SmallApp) -> None:
    customer_edit.edit(six, ACTOR, "C-000001", 1, {"custom.tier": "Gold"})
    with pytest.raises(BadFields, match="1 customer has 'Gold'; give them another value first"):
        custom_fields.change(six, ACTOR, "tier", 1, choices=("Silver", "Tin"))
    custom_fields.change(six, ACTOR, "tier", 1, choices=("Gold", "Tin"))
    assert custom_fields.fields(six, ACTOR)[5].choices == ("Gold", "Tin")


def test_two_people_change_one_field(six: SmallApp) -> None:
    custom_fields.change(six, ACTOR, "tier", 1, title="Level")
    with pytest.raises(Conflict, match="Somebody else changed the field Level") as met:
        custom_fields.change(six, ACTOR, "tier", 1, title="Rank")
    assert met.value.version == 2
    custom_fields.change(six, ACTOR, "tier", met.value.version, title="Rank")


def test_kind_and_code_of_a_field_stay(six: SmallApp) -> None:
    with pytest.raises(BadInput, match="The kind of a field stays"):
        custom_fields.change(six, ACTOR, "tier", 1, kind="text")
    with pytest.raises(BadInput, match="no field 'shoe'"):
        custom_fields.change(six, ACTOR, "shoe", 1, title="x")


def test_who_may_add_fields_and_who_may_see_them(six: SmallApp) -> None:
    with pytest.raises(Refused):
        custom_fields.add(six, MANAGER, code="shoe", title="Shoe", kind="text")
    with pytest.raises(Refused):
        custom_fields.retire(six, MANAGER, "tier")
    assert custom_fields.fields(six, MANAGER)


def test_protected_values_are_hidden_from_who_may_not_read_contact_data(six: SmallApp) -> None:
    custom_fields.change(six, ACTOR, "nick", 1, tag="contact")
    customer_edit.edit(six, ACTOR, "C-000001", 1, {"custom.nick": "Addie", "custom.pets": "2"})
    seen = {v.code: v.text for v in own_values.of_customer(six, ANALYST, "P-1")}
    assert (seen["nick"], seen["pets"]) == (own_values.HIDDEN, "2")
    assert {v.code: v.text for v in own_values.of_customer(six, MANAGER, "C-000001")}["nick"] == "Addie"


def test_an_import_fills_own_fields_by_code_or_title_and_checks_them(six: SmallApp) -> None:
    report = bring(
        six, "custom.pets,TIER,nick,Own score,visited on,Very important,shoe",
        "K1,person,Zog,3,gold,Zoggy,1.50,2026-02-03,YES,44", "K2,person,Ek,,,,,,,",
    )  # fmt: skip
    assert report.files["customers.csv"] == {
        "rows_in": 2, "inserted": 2, "updated": 0, "unchanged": 0, "quarantined": 0
    }  # fmt: skip
    assert texts(six, "K1") == {
        "nick": "Zoggy", "pets": "3", "score": "1.5", "visited": "2026-02-03", "vip": "yes", "tier": "Gold"
    }  # fmt: skip
    assert set(texts(six, "K2").values()) == {""}
    assert rows(six, "SELECT custom FROM customer WHERE number = 'K2'") == [(None,)]
    (note,) = report.notes
    assert "shoe" in note
    assert "TIER" not in note
    draft = customer_edit.draft(six, ACTOR, "K1")
    assert customer_edit.edit(six, ACTOR, "K1", draft.version, draft.values).deed is None


@pytest.mark.parametrize(
    ("header", "value", "code", "reason"),
    [
        ("pets", "many", "type", "'many' in custom.pets is not a whole number"),
        ("score", "1,5", "type", "'1,5' in custom.score is not a decimal number"),
        ("visited", "03/04/2026", "type", "'03/04/2026' in custom.visited is not a date"),
        ("vip", "maybe", "code", "'maybe' is not a known custom.vip; known: yes, no"),
        ("tier", "Tin", "code", "'Tin' is not a known custom.tier; known: Gold, Silver"),
    ],
)
def test_a_bad_value_sets_its_row_aside(six: SmallApp, header: str, value: str, code: str, reason: str) -> None:
    report = bring(six, header, f'K1,person,Zog,"{value}"', "K2,person,Ek,")
    assert report.files["customers.csv"]["quarantined"] == 1
    assert rows(six, 'SELECT "column", code, reason FROM quarantine') == [(f"custom.{header}", code, reason)]
    assert rows(six, "SELECT number FROM customer WHERE number LIKE 'K%'") == [("K2",)]


def test_the_same_file_twice_changes_nothing_however_the_values_were_written(six: SmallApp) -> None:
    lines = ("K1,person,Zog,3,İz", "K2,person,Ek,,")
    bring(six, "pets,nick", *lines)
    before = rows(six, "SELECT number, custom, version FROM customer")
    assert bring(six, "pets,nick", *lines).files["customers.csv"]["unchanged"] == 2
    assert rows(six, "SELECT number, custom, version FROM customer") == before
    customer_edit.edit(six, ACTOR, "K1", 1, {"custom.nick": "Zo"})
    customer_edit.edit(six, ACTOR, "K1", 2, {"custom.nick": "İz"})  # written by the journal, with other spaces
    assert bring(six, "pets,nick", *lines).files["customers.csv"]["unchanged"] == 2
    assert rows(six, "SELECT version FROM customer WHERE number = 'K1'") == [(3,)]


def test_an_empty_cell_keeps_what_is_there_and_other_fields_stay(six: SmallApp) -> None:
    bring(six, "pets,nick", "K1,person,Zog,3,Zoggy")
    report = bring(six, "pets,tier", "K1,person,Zog,,Silver")
    assert report.files["customers.csv"]["updated"] == 1
    found = texts(six, "K1")
    assert (found["pets"], found["nick"], found["tier"]) == ("3", "Zoggy", "Silver")


def test_two_columns_for_one_field_are_refused(six: SmallApp) -> None:
    with pytest.raises(Exception, match=r"has the columns custom.tier and tier for one field; keep one"):
        bring(six, "custom.tier,tier", "K1,person,Zog,Gold,Silver")


def test_a_retired_field_takes_nothing_in(six: SmallApp) -> None:
    custom_fields.retire(six, ACTOR, "pets")
    report = bring(six, "pets", "K1,person,Zog,3")
    assert "pets" in report.notes[0]
    assert rows(six, "SELECT custom FROM customer WHERE number = 'K1'") == [(None,)]


def test_a_field_moves_among_those_in_use_and_no_further_than_the_end(six: SmallApp) -> None:
    custom_fields.retire(six, ACTOR, "pets")
    custom_fields.move(six, ACTOR, "tier", -2)
    assert [f.code for f in custom_fields.fields(six, ACTOR)] == ["nick", "score", "tier", "visited", "vip"]
    custom_fields.move(six, ACTOR, "nick", 99)
    assert [f.code for f in custom_fields.fields(six, ACTOR)] == ["score", "tier", "visited", "vip", "nick"]
    assert custom_fields.move(six, ACTOR, "score", -1).touched == {}
    with pytest.raises(BadInput, match="no field 'pets'"):
        custom_fields.move(six, ACTOR, "pets", 1)


def test_a_field_comes_back_only_under_a_title_of_its_own(six: SmallApp) -> None:
    custom_fields.retire(six, ACTOR, "pets")
    custom_fields.add(six, ACTOR, code="animals", title="Pets", kind="text")
    with pytest.raises(BadFields, match="called 'Pets' already"):
        custom_fields.change(six, ACTOR, "pets", 2, retired=False)
    custom_fields.change(six, ACTOR, "pets", 2, retired=False, title="Number of pets")
    assert len(custom_fields.fields(six, ACTOR)) == 7


def test_a_code_that_is_another_fields_title_would_be_read_twice(six: SmallApp) -> None:
    custom_fields.add(six, ACTOR, code="class", title="Level", kind="text")
    with pytest.raises(BadFields, match="an import could not tell them apart"):
        custom_fields.add(six, ACTOR, code="level", title="Height", kind="text")


def test_no_undo_takes_a_choice_out_that_customers_hold(six: SmallApp) -> None:
    before = next(f for f in custom_fields.fields(six, ACTOR) if f.code == "tier")
    custom_fields.change(six, ACTOR, "tier", before.version, choices=(*before.choices, "Platinum"))
    (deed, *_) = history.deeds(six, ACTOR)
    customer_edit.edit(six, ACTOR, "C-000001", 1, {"custom.tier": "Platinum"})
    with pytest.raises(CrmdeskError, match="The field stays as it is: 1 customer has 'Platinum'"):
        history.undo(six, ACTOR, deed.id)
    customer_edit.edit(six, ACTOR, "C-000001", 2, {"custom.tier": ""})
    history.undo(six, ACTOR, deed.id)
    assert next(f.choices for f in custom_fields.fields(six, ACTOR) if f.code == "tier") == before.choices


def test_no_undo_makes_two_fields_of_one_title(six: SmallApp) -> None:
    custom_fields.retire(six, ACTOR, "pets")
    (retired, *_) = history.deeds(six, ACTOR)
    custom_fields.change(six, ACTOR, "score", 1, title="Points")
    (renamed, *_) = history.deeds(six, ACTOR)
    custom_fields.add(six, ACTOR, code="animals", title="Pets", kind="text")
    custom_fields.add(six, ACTOR, code="old_score", title="Own score", kind="text")
    for deed in (retired, renamed):
        with pytest.raises(CrmdeskError, match="The field stays as it is: Another field is called"):
            history.undo(six, ACTOR, deed.id)
