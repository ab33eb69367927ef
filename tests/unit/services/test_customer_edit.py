"""Customers are made and corrected: checked while typing, saved whole or not at all, never over somebody's head."""

import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import small_bank
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadFields, BadInput, Conflict, Refused
from crmdesk.domain.filter import Chip
from crmdesk.domain.rights import Actor, Role, single_user
from crmdesk.services import custom_fields, customer_edit, customer_fields, customers
from crmdesk.services.customers import CustomerQuery
from crmdesk.store import Store, chain
from crmdesk.store.verify import verify

COLLEAGUE = single_user("bo")
ANALYST = Actor("ann", frozenset({Role.ANALYST}))
ZOG = {"kind": "person", "given_name": "Ana", "family_name": "Zog", "birth_date": "3 April 1971", "country": "tr",
       "phone": "0532 123 45 67", "email": "Ana@Mail.Example", "postcode": "34710", "city": "Moda", "income": "1250.5",
       "branch": "B2", "joined_on": "2020-02-01", "relation_wanted": "bank", "gender": "female"}  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "bank.crmdesk")
    yield made
    made.store.close()


def rows(app: SmallApp, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with app.store.reader() as raw:
        return list(raw.execute(sql, parameters))


def edit(app: SmallApp, number: str, values: dict[str, str], actor: Actor = ACTOR) -> customer_edit.Saved:
    """Open and save, as one person alone does."""
    version = customer_edit.draft(app, actor, number).version
    return customer_edit.edit(app, actor, number, version, values)


def test_a_new_customer_is_found_at_once_under_every_searched_word(app: SmallApp) -> None:
    saved = customer_edit.create(app, ACTOR, ZOG)
    key = rows(app, "SELECT id FROM customer WHERE number = ?", saved.number)[0][0]
    assert saved.change.touched == {"customer": frozenset({key})}
    assert saved.change.change_no == app.store.change_no()
    for text in ("zog", saved.number, "0532 123", "4567", "ana@mail"):
        assert key in customers.find(app, ACTOR, CustomerQuery(text)).tolist(), text
    assert not rows(app, "SELECT 1 FROM holding WHERE customer_id = ?", key)


def test_a_new_customer_reads_back_as_it_was_meant(app: SmallApp) -> None:
    saved = customer_edit.create(app, ACTOR, ZOG)
    draft = customer_edit.draft(app, ACTOR, saved.number)
    assert draft.version == 1
    assert draft.values == {
        **dict.fromkeys(("street", "manager", "occupation", "education", "source", "left_on"), ""), **ZOG,
        "number": saved.number, "birth_date": "1971-04-03", "country": "TR", "phone": "+90 532 123 45 67",
        "email": "Ana@mail.example", "income": "1250.50",
    }  # fmt: skip


def test_saving_what_a_draft_gave_changes_nothing(app: SmallApp) -> None:
    number = customer_edit.create(app, ACTOR, ZOG).number
    draft = customer_edit.draft(app, ACTOR, number)
    saved = customer_edit.edit(app, ACTOR, number, draft.version, draft.values)
    assert saved.deed is None
    assert saved.change.touched == {}
    assert customer_edit.draft(app, ACTOR, number).version == draft.version


def test_the_empty_draft_proposes_the_next_number_and_the_first_branch(app: SmallApp) -> None:
    draft = customer_edit.draft(app, ACTOR)
    assert (draft.number, draft.version, draft.values["branch"]) == ("C-000006", 0, "HO")
    assert set(draft.values) == {field.name for field in draft.fields}
    assert next(f for f in draft.fields if f.name == "branch").choices == (("B2", "Harbour"), ("HO", "Head office"))
    company = customer_edit.draft(app, ACTOR, kind="company")
    assert not {"given_name", "birth_date", "gender", "education"} & set(company.values)
    assert {f.name: f.title for f in company.fields}["family_name"] == "Company name"


def test_each_new_customer_takes_a_number_of_its_own(app: SmallApp) -> None:
    first = customer_edit.create(app, ACTOR, ZOG).number
    assert customer_edit.create(app, ACTOR, {**ZOG, "number": "K-1"}).number == "K-1"
    assert first == "C-000006"
    with pytest.raises(BadFields, match="Another customer has the number C-000006; K-2 is free"):
        customer_edit.create(app, ACTOR, {**ZOG, "number": first})


def test_two_desks_that_make_customers_at_once_never_share_a_number(app: SmallApp) -> None:
    other = SmallApp(Store(app.path))
    made: list[str] = []

    def work(desk: SmallApp) -> None:
        made.extend(customer_edit.create(desk, ACTOR, {**ZOG, "email": ""}).number for _ in range(8))

    threads = [threading.Thread(target=work, args=(desk,)) for desk in (app, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.store.close()
    assert sorted(made) == [f"C-{n:06d}" for n in range(6, 22)]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("family_name", " ", "family name is empty"),
        ("family_name", "---", "no letter"),
        ("given_name", "A\nB", "line break"),
        ("given_name", "A" * 201, "201 characters, at most 200"),
        ("kind", "robot", "choose one of person, company"),
        ("birth_date", "03/04/1971", "3 April 1971 or 4 March 1971"),
        ("birth_date", "2027-01-01", "lies in the future"),
        ("gender", "x", "not a known gender"),
        ("phone", "0532", "too few digits"),
        ("email", "ana", "not an e-mail address"),
        ("postcode", "1", "not a postcode of Turkey"),
        ("country", "TUR", "two letters"),
        ("branch", "", "no branch"),
        ("branch", "B9", "no branch 'B9'"),
        ("manager", "nobody", "Nobody of the staff"),
        ("income", "1,250", "with a point and no grouping"),
        ("income", "-1", "from 0 to"),
        ("joined_on", "1960-01-01", "cannot join before"),
        ("joined_on", "2027-01-01", "lies in the future"),
        ("left_on", "2020-01-31", "cannot leave before"),
        ("relation_wanted", "love", "not a known relation"),
        ("number", "C 7", "has a space"),
        ("colour", "red", "not a field of a customer"),
        ("custom.colour", "red", "no field 'colour'"),
    ],
)
def test_what_cannot_be_saved_is_named_and_nothing_is_kept(app: SmallApp, field: str, typed: str, words: str) -> None:
    values = {**ZOG, field: typed}
    faults = customer_edit.check(app, ACTOR, values)
    assert list(faults) == [field]
    assert words in faults[field]
    before = app.store.change_no()
    with pytest.raises(BadFields) as refused:
        customer_edit.create(app, ACTOR, values)
    assert refused.value.fields == faults
    assert str(refused.value) == faults[field]
    assert app.store.change_no() == before
    assert len(rows(app, "SELECT 1 FROM customer")) == 5


def test_a_company_has_no_birth_date(app: SmallApp) -> None:
    faults = customer_edit.check(app, ACTOR, {"kind": "company", "family_name": "Mill", "branch": "HO",
                                              "birth_date": "1971-04-03", "gender": "unknown"})  # fmt: skip
    assert faults == {"birth_date": "A company has no birth date; empty it."}


def test_only_what_differs_from_the_record_is_judged(app: SmallApp) -> None:
    """A phone number that an import brought, and that no telephone plan knows, is in nobody's way."""
    with app.store.write() as session:
        small_bank.add(
            session, "customer", [small_bank.person(9, "Lena", "Kal", phone="+999 20 3188263", country=None)]
        )
    assert edit(app, "C-000009", {"phone": "+999 20 3188263", "city": "Moda"}).deed is not None
    assert "phone" in customer_edit.check(app, ACTOR, {"phone": "+999 20 3188264"}, "C-000009")


def test_another_country_asks_for_its_own_postcode(app: SmallApp) -> None:
    number = customer_edit.create(app, ACTOR, ZOG).number
    faults = customer_edit.check(app, ACTOR, {"country": "NL"}, number)
    assert faults == {"postcode": "'34710' is not a postcode of the Netherlands; there it looks like 1011 AB."}
    edit(app, number, {"country": "NL", "postcode": "1011ab"})
    assert rows(app, "SELECT postcode FROM customer WHERE number = ?", number) == [("1011 AB",)]


def test_an_edit_touches_the_fields_it_names_and_keeps_the_history(app: SmallApp) -> None:
    saved = edit(app, "C-000001", {"city": "İzmir", "phone": ""})
    assert rows(app, "SELECT city, phone, phone_digits, city_folded, version FROM customer WHERE id = 1") == [
        ("İzmir", None, "", "izmir", 2)
    ]
    assert rows(app, "SELECT field, before, after FROM field_change WHERE deed_id = ? ORDER BY 1", saved.deed) == [
        ("city", '"Moda"', '"\\u0130zmir"'), ("phone", '"+90 532 111 1234"', None)
    ]  # fmt: skip
    assert rows(app, "SELECT fields, reason FROM audit_event WHERE act = 'edit customer'") == [("city, phone", "")]
    assert 1 not in customers.find(app, ACTOR, CustomerQuery("1234")).tolist()


def test_the_number_of_a_customer_stays(app: SmallApp) -> None:
    with pytest.raises(BadFields, match="The number of a customer stays; this is C-000001"):
        edit(app, "C-000001", {"number": "C-9"})


def test_two_people_edit_one_customer_and_the_second_loses_nothing(app: SmallApp) -> None:
    other = SmallApp(Store(app.path))
    mine = customer_edit.draft(app, ACTOR, "C-000001")
    theirs = customer_edit.draft(other, COLLEAGUE, "C-000001")
    customer_edit.edit(other, COLLEAGUE, "C-000001", theirs.version, {"city": "Kadıköy", "branch": "B2"})
    wanted = {"city": "Üsküdar", "occupation": "teacher"}
    with pytest.raises(Conflict) as met:
        customer_edit.edit(app, ACTOR, "C-000001", mine.version, wanted)
    assert str(met.value) == "bo changed Branch, City of C-000001 meanwhile; choose what to keep, then save again."
    assert [(c["field"], c["title"], c["before"], c["theirs"], c["by"]) for c in met.value.changes] == [
        ("branch", "Branch", "HO", "B2", "bo"), ("city", "City", "Moda", "Kadıköy", "bo")
    ]  # fmt: skip
    assert rows(app, "SELECT city, occupation FROM customer WHERE id = 1") == [("Kadıköy", None)]
    customer_edit.edit(app, ACTOR, "C-000001", met.value.version, wanted)
    assert rows(app, "SELECT city, occupation, branch_id FROM customer WHERE id = 1") == [("Üsküdar", "teacher", 2)]
    other.store.close()


def test_a_second_window_of_the_same_person_is_called_so(app: SmallApp) -> None:
    version = customer_edit.draft(app, ACTOR, "C-000001").version
    edit(app, "C-000001", {"city": "Kadıköy"})
    with pytest.raises(Conflict, match="You, in another window, changed City of C-000001"):
        customer_edit.edit(app, ACTOR, "C-000001", version, {"city": "Üsküdar"})


def test_a_field_changed_and_changed_back_is_no_difference(app: SmallApp) -> None:
    version = customer_edit.draft(app, ACTOR, "C-000001").version
    edit(app, "C-000001", {"city": "Kadıköy"}, COLLEAGUE)
    edit(app, "C-000001", {"city": "Moda", "source": "web"}, COLLEAGUE)
    with pytest.raises(Conflict) as met:
        customer_edit.edit(app, ACTOR, "C-000001", version, {"city": "Üsküdar"})
    assert [(c["field"], c["before"], c["theirs"]) for c in met.value.changes] == [("source", "", "web")]
    assert met.value.version == version + 2


def test_a_change_that_no_history_holds_is_told_where_it_matters(app: SmallApp) -> None:
    version = customer_edit.draft(app, ACTOR, "C-000001").version
    with app.store.write() as session:
        small_bank.add(session, "import_batch", [{"id": 7, "profile": "standard", "source": "s", "by": "night",
                                                  "at": "2026-10-30 03:00:00.000000"}])  # fmt: skip
        session.connection().exec_driver_sql(
            "UPDATE customer SET city = 'Kadıköy', version = version + 1, batch_id = 7 WHERE id = 1"
        )
    with pytest.raises(Conflict) as met:
        customer_edit.edit(app, ACTOR, "C-000001", version, {"city": "Üsküdar", "phone": "+90 532 111 1234"})
    assert [(c["field"], c["theirs"], c["by"], c["at"].date()) for c in met.value.changes] == [
        ("city", "Kadıköy", "night", date(2026, 10, 30))
    ]


def test_a_bad_value_and_a_conflict_at_once_is_a_conflict(app: SmallApp) -> None:
    """What the colleague did is told first: it may settle the value too."""
    version = customer_edit.draft(app, ACTOR, "C-000001").version
    edit(app, "C-000001", {"city": "Kadıköy"}, COLLEAGUE)
    with pytest.raises(Conflict):
        customer_edit.edit(app, ACTOR, "C-000001", version, {"phone": "1"})


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"phone": "0532 111 12 34", "country": "TR"}, [("C-000001", "Ada Yılmaz", "same phone")]),
        ({"email": "CETIN@bank.example"}, [("C-000002", "Çetin Okçün", "same e-mail")]),
        ({"given_name": "ADA", "family_name": "yilmaz", "birth_date": "2 May 1981"},
         [("C-000001", "Ada Yılmaz", "same name and birth date")]),
        ({"given_name": "Ada", "family_name": "Yılmaz", "birth_date": "1981-05-03"}, []),
        ({"given_name": "Ada", "family_name": "Yılmaz"}, []),
        ({"kind": "company", "family_name": "gemstone WORKS"}, [("C-000005", "Gemstone Works", "same name")]),
        ({"email": "ada_y@mail.example", "phone": "+905321111234"},
         [("C-000001", "Ada Yılmaz", "same phone, same e-mail")]),
        ({"number": "C-000001", "email": "ada_y@mail.example"}, []),
        ({"phone": "what?", "email": "@", "birth_date": "x"}, []),
        ({}, []),
    ],
)  # fmt: skip
def test_customers_who_may_be_the_same_are_shown(app: SmallApp, values: dict[str, str], found: list[Any]) -> None:
    assert [(s.number, s.name, s.why) for s in customer_edit.similar(app, ACTOR, values)] == found


def test_a_merged_customer_is_edited_under_the_number_that_stayed(app: SmallApp) -> None:
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET merged_into = 1 WHERE id = 2")
    with pytest.raises(BadInput, match="C-000002 was merged into C-000001; edit C-000001 instead"):
        customer_edit.draft(app, ACTOR, "C-000002")
    with pytest.raises(BadInput, match="merged"):
        customer_edit.edit(app, ACTOR, "C-000002", 1, {"city": "X"})
    assert customer_edit.similar(app, ACTOR, {"email": "cetin@bank.example"}) == []


def test_an_erased_person_is_not_brought_back(app: SmallApp) -> None:
    with app.store.write() as session:
        gone = small_bank.event(2, "service", None, "erased", "2026-10-01")
        chain.append(session, app.store.audit_key, "permission_event", [gone])
    for call in (
        lambda: customer_edit.draft(app, ACTOR, "C-000002"),
        lambda: customer_edit.check(app, ACTOR, {}, "C-000002"),
        lambda: customer_edit.edit(app, ACTOR, "C-000002", 1, {"city": "X"}),
    ):
        with pytest.raises(BadInput, match="was erased on 1 October 2026 and is not brought back"):
            call()


def test_who_may_not_edit_sees_no_draft(app: SmallApp) -> None:
    for call in (
        lambda: customer_edit.draft(app, ANALYST, "C-000001"),
        lambda: customer_edit.check(app, ANALYST, {}),
        lambda: customer_edit.similar(app, ANALYST, {}),
        lambda: customer_edit.create(app, ANALYST, ZOG),
        lambda: customer_edit.edit(app, ANALYST, "C-000001", 1, {}),
    ):
        with pytest.raises(Refused):
            call()


def test_opening_the_editor_is_audited_because_it_shows_contact_data(app: SmallApp) -> None:
    customer_edit.draft(app, ACTOR, "C-000001")
    found = rows(app, "SELECT object, customer_id, fields FROM audit_event WHERE act = 'open for edit'")
    assert found == [("C-000001", 1, "phone, email, street, postcode")]


def test_an_unknown_number_is_named(app: SmallApp) -> None:
    for call in (
        lambda: customer_edit.draft(app, ACTOR, "C-9"),
        lambda: customer_edit.check(app, ACTOR, {}, "C-9"),
        lambda: customer_edit.edit(app, ACTOR, "C-9", 1, {}),
    ):
        with pytest.raises(BadInput, match="No customer has the number C-9"):
            call()
    with pytest.raises(BadInput, match="not a kind of customer"):
        customer_edit.draft(app, ACTOR, kind="robot")


def test_own_fields_are_edited_like_any_other(app: SmallApp) -> None:
    custom_fields.add(app, ACTOR, code="tier", title="Tier", kind="choice", choices=("Gold", "Silver"))
    custom_fields.add(app, ACTOR, code="pets", title="Pets", kind="whole")
    draft = customer_edit.draft(app, ACTOR, "C-000001")
    assert [(f.name, f.title, f.kind, f.group) for f in draft.fields[-2:]] == [
        ("custom.tier", "Tier", "choice", "own"), ("custom.pets", "Pets", "whole", "own")
    ]  # fmt: skip
    edit(app, "C-000001", {"custom.tier": "gold", "custom.pets": "3"})
    assert rows(app, "SELECT custom FROM customer WHERE id = 1") == [('{"tier": "Gold", "pets": 3}',)]
    edit(app, "C-000001", {"custom.tier": ""})
    values = customer_edit.draft(app, ACTOR, "C-000001").values
    assert (values["custom.tier"], values["custom.pets"]) == ("", "3")
    faults = customer_edit.check(app, ACTOR, {"custom.pets": "many", "custom.tier": "Tin"}, "C-000001")
    assert set(faults) == {"custom.pets", "custom.tier"}


def test_an_own_field_in_a_conflict_has_its_title(app: SmallApp) -> None:
    custom_fields.add(app, ACTOR, code="vip", title="Very important", kind="yes_no")
    version = customer_edit.draft(app, ACTOR, "C-000001").version
    edit(app, "C-000001", {"custom.vip": "yes"}, COLLEAGUE)
    with pytest.raises(Conflict) as met:
        customer_edit.edit(app, ACTOR, "C-000001", version, {"custom.vip": "no"})
    (change,) = met.value.changes
    assert (change["field"], change["title"], change["before"], change["theirs"]) == (
        "custom.vip", "Very important", "", "yes"
    )  # fmt: skip


def test_the_bank_verifies_after_customers_were_made_and_edited(app: SmallApp) -> None:
    edit(app, customer_edit.create(app, ACTOR, ZOG).number, {"city": "İzmir"})
    assert verify(app.path)["problems"] == []


def test_phone_and_mail_rules_load_only_when_they_are_needed() -> None:
    import subprocess

    done = subprocess.run(
        [sys.executable, "-c", "import sys, crmdesk.services.customer_edit; "
         "print({'phonenumbers', 'email_validator'} & set(sys.modules))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "set()"


typed = st.one_of(
    st.text(max_size=30), st.dates().map(str), st.from_regex(r"\+?[0-9 ]{5,16}", fullmatch=True), st.emails(),
    st.sampled_from(["", " ", "TR", "SE", "XG", "yes", "12.50", "34710", "Gold", "C-000001", "other", "bank"]),
)  # fmt: skip
NAMES = (*customer_fields.STANDARD[2:], "custom.tier", "custom.pets", "number")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["person", "company"]),
    st.dictionaries(st.sampled_from(NAMES), typed, max_size=8),
    st.sampled_from(["HO", "B2"]),
)
def test_whatever_is_typed_is_saved_as_checked_or_refused_in_words(
    app: SmallApp, kind: str, values: dict[str, str], branch: str
) -> None:
    """What `check` lets pass is saved, reads back, and saving it again changes nothing."""
    if not custom_fields.fields(app, ACTOR):
        custom_fields.add(app, ACTOR, code="tier", title="Tier", kind="choice", choices=("Gold", "Silver"))
        custom_fields.add(app, ACTOR, code="pets", title="Pets", kind="whole")
    whole = {"family_name": "Zog", "branch": branch, **values, "kind": kind}
    customer_edit.similar(app, ACTOR, whole)
    faults = customer_edit.check(app, ACTOR, whole)
    assert set(faults) <= set(whole)
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in faults.values())
    if faults:
        with pytest.raises(BadFields) as refused:
            customer_edit.create(app, ACTOR, whole)
        assert refused.value.fields == faults
        return
    number = customer_edit.create(app, ACTOR, whole).number
    draft = customer_edit.draft(app, ACTOR, number)
    assert customer_edit.check(app, ACTOR, draft.values) | {"number": ""} == {"number": ""}
    assert customer_edit.edit(app, ACTOR, number, draft.version, draft.values).deed is None


def test_a_list_filtered_by_branch_takes_the_new_customer(app: SmallApp) -> None:
    saved = customer_edit.create(app, ACTOR, ZOG)
    found = customers.find(app, ACTOR, CustomerQuery(filters=(Chip("branch", "is", ("B2",)),)))
    assert saved.number in {row.number for row in customers.rows(app, ACTOR, found.tolist())}
