"""Every field of the filter against an answer written by hand, the bank's own fields, columns, and who may ask."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.filter import Chip, from_json
from crmdesk.domain.rights import HOLDERS, Actor, Right, Role
from crmdesk.services import customers
from crmdesk.services.customers import Chosen, CustomerQuery, TimelineFilter
from crmdesk.services.filter_words import describe
from crmdesk.store.queries import customer_page as page
from crmdesk.store.queries.filters import Where
from crmdesk.store.queries.search import SEARCHED, add_search

ANALYST = Actor("ana", frozenset({Role.ANALYST}))
AUDITOR = Actor("otto", frozenset({Role.AUDITOR}))
CHOICES = '["gold", "silver"]'
OWN = {
    1: {"tier": "gold", "since": "2020-05-01", "score": 12.5, "vip": True, "note": "Çay and tea"},
    2: {"tier": "silver", "since": "2022-05-01", "score": 3, "vip": False},
    3: {"note": "coffee"},
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    with made.store.write() as session:
        run = session.connection().exec_driver_sql
        run("INSERT INTO staff (id, login, name) VALUES (1, 'kaya', 'E. Kaya'), (2, 'lund', 'P. Lund')")
        run("UPDATE customer SET manager_id = 1, country = 'TR', source = 'web', birth_date = '1981-05-02',"
            " relation_wanted = 'bank' WHERE id = 1")  # fmt: skip
        run("UPDATE customer SET manager_id = 2, country = 'TR' WHERE id = 2")
        task = {"owner_id": 1, "title": "Call", "due_at": "2026-11-01", "made_at": "2026-10-01", "made_by": "ela",
                "origin": "manual", "version": 1}  # fmt: skip
        small_bank.add(session, "task", [
            {**task, "customer_id": 2, "state": "open", "ended_at": None},
            {**task, "customer_id": 3, "state": "done", "ended_at": "2026-10-02"},
        ])  # fmt: skip
        kinds = (("tier", "choice", CHOICES, "plain"), ("since", "date", None, "plain"),
                 ("score", "number", None, "plain"), ("vip", "yes_no", None, "plain"),
                 ("note", "text", None, "text"))  # fmt: skip
        small_bank.add(session, "custom_field", [
            {"code": code, "title": code.title(), "kind": kind, "choices": choices, "tag": tag, "position": i,
             "version": 1}
            for i, (code, kind, choices, tag) in enumerate(kinds)
        ])  # fmt: skip
        for key, values in OWN.items():
            run("UPDATE customer SET custom = ? WHERE id = ?", (json.dumps(values), key))
    yield made
    made.store.close()


def found(app: SmallApp, *chips: Chip, actor: Actor = ACTOR) -> set[int]:
    return set(map(int, customers.find(app, actor, CustomerQuery(filters=chips))))


@pytest.mark.parametrize(("chip", "expected"), [
    (Chip("manager", "is", ("kaya",)), {1}), (Chip("manager", "is_not", ("kaya",)), {2, 3, 4, 5}),
    (Chip("manager", "is", ("",)), {3, 4, 5}), (Chip("manager", "is", ("", "lund")), {2, 3, 4, 5}),
    (Chip("manager", "is_not", ("", "lund")), {1}), (Chip("city", "contains", ("MO",)), {1, 3, 4}),
    (Chip("city", "contains", ("izmir", "upps")), {2, 5}), (Chip("country", "is", ("TR",)), {1, 2}),
    (Chip("country", "is_not", ("TR",)), {3, 4, 5}), (Chip("source", "is", ("",)), {2, 3, 4, 5}),
    (Chip("restricted", "is", ("yes",)), {4}), (Chip("restricted", "is", ("no",)), {1, 2, 3, 5}),
    (Chip("relation_wanted", "is", ("bank",)), {1}), (Chip("prospect", "is", ("yes",)), {3, 4, 5}),
    (Chip("prospect", "is", ("no",)), {1, 2}), (Chip("has_task", "is", ("yes",)), {2}),
    (Chip("has_task", "is", ("no",)), {1, 3, 4, 5}), (Chip("born", "from", ("1981-05-02",)), {1}),
    (Chip("born", "before", ("1981-05-02",)), set()),
    (Chip("custom.tier", "is", ("gold",)), {1}), (Chip("custom.tier", "is_not", ("gold",)), {2, 3, 4, 5}),
    (Chip("custom.tier", "is", ("",)), {3, 4, 5}), (Chip("custom.since", "from", ("2021-01-01",)), {2}),
    (Chip("custom.since", "before", ("2021-01-01",)), {1}), (Chip("custom.score", "from", ("3",)), {1, 2}),
    (Chip("custom.score", "before", ("12.5",)), {2}), (Chip("custom.vip", "is", ("yes",)), {1}),
    (Chip("custom.vip", "is", ("no",)), {2}), (Chip("custom.note", "contains", ("cay",)), {1}),
    (Chip("custom.note", "contains", ("TEA", "coff")), {1, 3}),
], ids=str)  # fmt: skip
def test_each_field_finds_its_own(app: SmallApp, chip: Chip, expected: set[int]) -> None:
    assert found(app, chip) == expected
    assert from_json([chip.to_json()]) == (chip,)


def test_a_range_is_two_chips(app: SmallApp) -> None:
    assert found(app, Chip("joined", "from", ("2019-01-01",)), Chip("joined", "before", ("2021-01-01",))) == {
        1,
        2,
        4,
        5,
    }


@pytest.mark.parametrize("chip", [
    lambda: Chip("prospect", "is", ("maybe",)), lambda: Chip("city", "is", ("Moda",)),
    lambda: Chip("city", "contains", (" ",)), lambda: Chip("custom.", "is", ("a",)),
    lambda: Chip('custom.a"b', "is", ("a",)), lambda: Chip("custom.tier", "like", ("a",)),
])  # fmt: skip
def test_what_is_no_condition_is_refused_at_once(chip: object) -> None:
    with pytest.raises(BadInput):
        chip()  # type: ignore[operator]


@pytest.mark.parametrize("chip", [
    Chip("custom.score", "from", ("many",)), Chip("custom.since", "from", ("soon",)),
    Chip("custom.vip", "is", ("perhaps",)), Chip("custom.tier", "from", ("gold",)), Chip("custom.gone", "is", ("a",)),
    Chip("custom.score", "from", ("nan",)),
], ids=str)  # fmt: skip
def test_a_condition_that_does_not_suit_the_banks_own_field_is_refused(app: SmallApp, chip: Chip) -> None:
    with pytest.raises(BadInput):
        found(app, chip)


def test_a_retired_field_is_no_field_any_more(app: SmallApp) -> None:
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE custom_field SET retired_on = '2026-10-01' WHERE code = 'tier'")
    assert "custom.tier" not in {field.name for field in customers.fields(app, ACTOR)}
    assert "custom.tier" not in {column.key for column in customers.columns(app, ACTOR)}
    with pytest.raises(BadInput, match="no field 'tier'"):
        found(app, Chip("custom.tier", "is", ("gold",)))


def test_fields_offer_what_the_bank_has(app: SmallApp) -> None:
    fields = {field.name: field for field in customers.fields(app, ACTOR)}
    assert fields["manager"].choices == (("kaya", "E. Kaya"), ("lund", "P. Lund"), ("", "Nothing written"))
    assert fields["country"].choices[0] == ("TR", "TR")
    assert (fields["custom.tier"].kind, fields["custom.tier"].own) == ("choice", True)
    assert fields["custom.tier"].choices[:2] == (("gold", "gold"), ("silver", "silver"))
    for field in fields.values():  # each choice that is offered is a condition that can be asked
        for value, _ in field.choices:
            found(app, Chip(field.name, "is", (value,)))


def test_who_may_not_read_contact_data_may_not_find_people_by_it(app: SmallApp) -> None:
    offered = {field.name for field in customers.fields(app, ANALYST)}
    assert not offered & {"city", "country", "custom.note"}
    assert {"custom.tier", "born"} <= offered  # a birth date as the ten years that it lies in
    assert "born" not in {field.name for field in customers.fields(app, AUDITOR)}
    for chip in (Chip("city", "contains", ("mo",)), Chip("custom.note", "contains", ("tea",))):
        with pytest.raises(Refused, match="contact data"):
            found(app, chip, actor=ANALYST)
        with pytest.raises(Refused, match="contact data"):
            customers.count_chosen(app, ANALYST, Chosen(CustomerQuery(filters=(chip,))))


def test_further_columns_hold_text(app: SmallApp) -> None:
    keys = ("branch", "manager", "born", "restricted", "tasks", "custom.score", "custom.vip", "custom.note", "gone")
    ada, bo = customers.rows(app, ACTOR, [1, 4], keys)
    assert dict(ada.extra) == {"branch": "Head office", "manager": "E. Kaya", "born": "1981", "restricted": "No",
                               "tasks": "", "custom.score": "12.5", "custom.vip": "Yes", "custom.note": "Çay and tea",
                               "gone": ""}  # fmt: skip
    assert (bo.extra["branch"], bo.extra["restricted"], bo.extra["custom.note"]) == ("Harbour", "Yes", "")
    assert customers.rows(app, ACTOR, [2], ("tasks",))[0].extra == {"tasks": "1"}


def test_every_column_that_is_offered_can_be_shown_and_sorted(app: SmallApp) -> None:
    offered = customers.columns(app, ACTOR)
    (row,) = customers.rows(app, ACTOR, [1], tuple(column.key for column in offered))
    assert set(row.extra) == {column.key for column in offered}
    for column in offered:
        if column.sortable:
            assert len(customers.find(app, ACTOR, CustomerQuery(sort=column.key))) == 5


def test_contact_data_never_comes_by_a_column(app: SmallApp) -> None:
    (row,) = customers.rows(app, ACTOR, [1], ("email", "phone"))
    assert not any(row.extra.values())
    (masked,) = customers.rows(app, ANALYST, [1], ("born", "country", "custom.note", "custom.tier"))
    assert dict(masked.extra) == {"born": "1980 to 1989", "country": "", "custom.note": "", "custom.tier": "gold"}


def test_chosen_are_the_named_ones_or_all_by_filter(app: SmallApp) -> None:
    query = CustomerQuery(filters=(Chip("kind", "is", ("person",)),))
    assert customers.count_chosen(app, ACTOR, Chosen(query)) == 4
    assert customers.count_chosen(app, ACTOR, Chosen(query, (5, 99, 1))) == 2
    with app.store.reader() as raw:
        assert list(customers.ids_of(raw, ACTOR, Chosen(query, (5, 99, 1)), app.store.clock())) == [5, 1]


def test_a_filter_reads_as_words(app: SmallApp) -> None:
    query = CustomerQuery("yil", (Chip("branch", "is", ("B2", "HO")), Chip("joined", "from", ("2026-01-01",)),
                                  Chip("manager", "is_not", ("",)),
                                  Chip("custom.score", "before", ("5",))))  # fmt: skip
    assert describe(app, ACTOR, query) == (
        "“yil”; Branch: Harbour or Head office; Joined from 2026-01-01; Manager not: Nothing written; Score below 5"
    )
    assert describe(app, ACTOR, CustomerQuery()) == "All customers"


@pytest.fixture
def accounts(app: SmallApp) -> SmallApp:
    with app.store.write() as session:
        run = session.connection().exec_driver_sql
        run("UPDATE account SET number = 'TR33 0006 1005 1978 6457 8413 26' WHERE id = 1")
        run("UPDATE account SET number = 'de75-512108001245126199' WHERE id = 2")
        run("UPDATE account SET number = '1787' WHERE id = 3")
        run("INSERT INTO holding (account_id, customer_id, role) VALUES (3, 5, 'authorised')")
    return app


@pytest.mark.parametrize(("text", "expected"), [
    ("TR33 0006 1005 1978 6457 8413 26", {1}), ("tr330006100519786457841326", {1}), ("TR33-0006-1005", {1}),
    ("TR33", {1}), ("TR3", set()), ("1326", {1}), ("8413 26", {1}), ("413 26", {1}), ("0006 1005", set()),
    ("DE75 5121 0800", {1}), ("6199", {1}), ("1787", {2, 5}), ("787", set()), ("1234", {1}), ("5678", {2}),
    ("tr33 moda", set()), ("000003", {3}),
])  # fmt: skip
def test_an_account_is_found_by_its_number_its_beginning_and_its_end(
    accounts: SmallApp, text: str, expected: set[int]
) -> None:
    assert set(map(int, customers.find(accounts, ACTOR, CustomerQuery(text)))) == expected


def test_accounts_and_filters_are_joined_by_and(accounts: SmallApp) -> None:
    query = CustomerQuery("1787", (Chip("kind", "is", ("company",)),))
    assert list(customers.find(accounts, ACTOR, query)) == [5]


def test_who_may_not_read_accounts_does_not_find_by_them(accounts: SmallApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HOLDERS, Right.READ_ACCOUNTS, frozenset({Role.DPO}))
    assert not len(customers.find(accounts, ANALYST, CustomerQuery("TR33 0006")))


def test_an_account_is_looked_up_by_the_indexes(accounts: SmallApp) -> None:
    where = Where()
    add_search(where, "TR33 0006", SEARCHED, accounts=True)
    with accounts.store.reader() as raw:
        rows = raw.execute(f"EXPLAIN QUERY PLAN SELECT id FROM customer{where.sql()}", where.parameters)
        steps = " ".join(row[3] for row in rows)
    assert "ix_account_plain" in steps and "ix_account_tail" in steps
    assert "SCAN account" not in steps and "SCAN customer " not in steps


def test_a_short_timelines_months_are_those_of_the_bank(app: SmallApp) -> None:
    with app.store.reader() as raw:
        for number, wanted in ((1, TimelineFilter()), (1, TimelineFilter(postings=True)), (2, TimelineFilter())):
            asked = page.months(raw, number, wanted)
            assert asked == page.monthly(page.events(raw, number, wanted, 100)) != []


def test_the_order_of_a_list_spells_no_hidden_names(app: SmallApp) -> None:
    """Who sees numbers for names gets them in the order of the numbers, whatever column is asked for."""
    for column in ("name", "city"):
        assert list(customers.find(app, ANALYST, CustomerQuery(sort=column))) == [1, 2, 3, 4, 5]
        assert list(customers.find(app, ANALYST, CustomerQuery(sort=column, descending=True))) == [5, 4, 3, 2, 1]
        assert list(customers.find(app, ACTOR, CustomerQuery(sort=column))) != [1, 2, 3, 4, 5]
