"""The journal: what it writes is what undo reads, versions are kept, what changed nothing leaves no trace."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import small_bank
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_bank import ACTOR, SmallApp
from sqlalchemy.exc import IntegrityError

from crmdesk.store.journal import WHOLE, Journal, Stale


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def notes(app: SmallApp) -> list[tuple[Any, ...]]:
    with app.store.reader() as raw:
        rows = raw.execute(
            "SELECT deed_id, table_name, row_id, field, before, after, version, customer_id"
            " FROM field_change ORDER BY id"
        ).fetchall()
    return [(*r[:4], *(None if v is None else json.loads(v) for v in r[4:6]), *r[6:]) for r in rows]


def one(app: SmallApp, sql: str, *values: Any) -> Any:
    with app.store.reader() as raw:
        return raw.execute(sql, values).fetchone()


def change(app: SmallApp, row: int, values: dict[str, Any], version: int | None = None, act: str = "edit") -> Journal:
    with app.store.write() as session:
        journal = Journal(session, ACTOR, act, "Edit")
        journal.update("customer", row, values, version)
    return journal


def test_each_changed_field_is_kept_with_what_it_was(app: SmallApp) -> None:
    journal = change(app, 1, {"city": "Bursa", "left_on": date(2026, 5, 3), "email": "ada_y@mail.example"})
    assert notes(app) == [
        (journal.id, "customer", 1, "city", "Moda", "Bursa", 2, 1),
        (journal.id, "customer", 1, "left_on", None, "2026-05-03", 2, 1),
    ]
    assert journal.ids() == {"customer": frozenset({1})}
    assert one(app, "SELECT actor, act, title, undoes FROM deed") == ("ela", "edit", "Edit", None)


def test_what_changes_nothing_leaves_no_trace(app: SmallApp) -> None:
    journal = change(app, 1, {"city": "Moda", "joined_on": date(2020, 1, 1), "restricted": False})
    assert journal.id is None and journal.ids() == {} and notes(app) == []
    assert one(app, "SELECT version FROM customer WHERE id = 1") == (1,)
    assert one(app, "SELECT count(*) FROM deed") == (0,)


def test_names_and_contact_stay_findable(app: SmallApp) -> None:
    change(app, 1, {"family_name": "Şahin", "phone": "+46 70 999 88 77", "city": "Örebro", "email": "NEW@Mail.example"})
    with app.store.reader() as raw:
        for word in ("ada sahin", "70999", "orebro", "new@mail"):
            column = {"ada sahin": "name_folded", "70999": "phone_digits", "orebro": "city_folded"}.get(
                word, "email_folded"
            )
            found = raw.execute(f"SELECT rowid FROM customer_search WHERE {column} LIKE ?", (f"%{word}%",)).fetchall()
            assert found == [(1,)], word
        assert raw.execute("SELECT rowid FROM customer_search WHERE name_folded LIKE '%yilmaz%'").fetchall() == []


def test_the_search_index_is_written_only_where_its_words_change(app: SmallApp) -> None:
    def index() -> list[Any]:
        with app.store.reader() as raw:
            return raw.execute("SELECT id, block FROM customer_search_data ORDER BY id").fetchall()

    before = index()
    change(app, 1, {"source": "web", "street": "Long Street 1", "custom.vip": True})
    assert index() == before
    change(app, 1, {"city": "Bursa"})
    assert index() != before


def test_another_version_is_refused_and_nothing_is_written(app: SmallApp) -> None:
    change(app, 1, {"city": "Bursa"}, version=1)
    with pytest.raises(Stale) as caught:
        change(app, 1, {"city": "Izmir"}, version=1)
    assert (caught.value.table, caught.value.row, caught.value.now) == ("customer", 1, 2)
    with pytest.raises(Stale) as gone:
        change(app, 77, {"city": "Izmir"})
    assert gone.value.now is None
    assert one(app, "SELECT city, version FROM customer WHERE id = 1") == ("Bursa", 2)
    assert len(notes(app)) == 1


def test_of_many_one_stale_row_stops_all(app: SmallApp) -> None:
    change(app, 2, {"city": "Bursa"})
    with pytest.raises(Stale), app.store.write() as session:
        Journal(session, ACTOR, "edit", "Many").update_many(
            "customer", {1: {"city": "X"}, 2: {"city": "X"}}, {1: 1, 2: 1}
        )
    assert one(app, "SELECT group_concat(city, ',') FROM customer WHERE id IN (1, 2)") == ("Moda,Bursa",)


def test_own_fields_are_fields_like_any_other(app: SmallApp) -> None:
    change(app, 1, {"custom.shoe": 42, "custom.vip": True})
    change(app, 1, {"custom.shoe": None, "custom.tone": "formal"})
    assert [n[3:6] for n in notes(app)] == [
        ("custom.shoe", None, 42), ("custom.vip", None, True), ("custom.shoe", 42, None),
        ("custom.tone", None, "formal"),
    ]  # fmt: skip
    assert json.loads(one(app, "SELECT custom FROM customer WHERE id = 1")[0]) == {"vip": True, "tone": "formal"}


def test_a_row_comes_and_goes_whole(app: SmallApp) -> None:
    at = datetime(2026, 5, 3, 9, tzinfo=UTC)
    with app.store.write() as session:
        journal = Journal(session, ACTOR, "add", "Add")
        key = journal.insert("interest", {"customer_id": 1, "family": "loan", "at": at, "source": "told"})
    whole = {"customer_id": 1, "family": "loan", "at": at.isoformat(), "source": "told"}
    assert notes(app)[-1] == (journal.id, "interest", key, WHOLE, None, whole, 1, 1)
    with app.store.write() as session:
        Journal(session, ACTOR, "remove", "Remove").remove("interest", key, version=1)
    assert notes(app)[-1][3:7] == (WHOLE, whole, None, None)
    with app.store.write() as session:
        Journal(session, ACTOR, "undo", "Undo").insert("interest", whole, row=key)
    assert one(app, "SELECT id, family, source FROM interest") == (key, "loan", "told")


def test_an_id_is_never_given_twice(app: SmallApp) -> None:
    with app.store.write() as session:
        journal = Journal(session, ACTOR, "add", "Add")
        first = journal.insert("household", {"name": "Ek"})
        journal.remove("household", first)
        assert journal.insert("household", {"name": "Okçün"}) == first + 1


def test_removing_at_another_version_is_refused(app: SmallApp) -> None:
    with app.store.write() as session:
        key = Journal(session, ACTOR, "add", "Add").insert("household", {"name": "Ek"})
    with app.store.write() as session:
        Journal(session, ACTOR, "edit", "Edit").update("household", key, {"name": "Ek and Ek"})
    with pytest.raises(Stale), app.store.write() as session:
        Journal(session, ACTOR, "remove", "Remove").remove("household", key, version=1)
    assert one(app, "SELECT name FROM household") == ("Ek and Ek",)


def test_a_deed_and_its_fields_are_saved_together_or_not(app: SmallApp) -> None:
    before = app.store.change_no()
    with pytest.raises(IntegrityError), app.store.write() as session:
        journal = Journal(session, ACTOR, "edit", "Edit")
        journal.update("customer", 1, {"city": "Bursa"})
        journal.update("customer", 2, {"number": "C-000001"})
    assert notes(app) == [] and one(app, "SELECT count(*) FROM deed") == (0,)
    assert app.store.change_no() == before
    assert one(app, "SELECT city FROM customer WHERE id = 1") == ("Moda",)


def test_deeds_cannot_be_rewritten(app: SmallApp) -> None:
    change(app, 1, {"city": "Bursa"})
    for statement in ("UPDATE deed SET actor = 'mia'", "DELETE FROM deed"):
        with pytest.raises(IntegrityError, match="append-only"), app.store.write() as session:
            session.connection().exec_driver_sql(statement)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "city": st.none() | TEXT, "occupation": st.none() | TEXT, "family_name": TEXT, "restricted": st.booleans(),
        "income": st.none() | st.integers(-(2**53), 2**53), "birth_date": st.none() | st.dates(date(1880, 1, 1)),
        "custom.a": st.none() | TEXT, "custom.b": st.none() | st.integers(-9, 9) | st.booleans(),
    },
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sets=st.lists(st.dictionaries(st.integers(1, 5), VALUES, min_size=1), min_size=1, max_size=4))
def test_walking_back_through_the_notes_gives_every_row_as_it_was(app: SmallApp, sets: list[dict[int, Any]]) -> None:
    def people() -> list[tuple[Any, ...]]:
        with app.store.reader() as raw:
            names = "number, family_name, city, occupation, income, birth_date, restricted, name_folded, city_folded"
            return raw.execute(f"SELECT {names}, nullif(custom, 'null') FROM customer ORDER BY id").fetchall()

    before, known = people(), len(notes(app))
    for one_set in sets:
        with app.store.write() as session:
            Journal(session, ACTOR, "edit", "Edit").update_many("customer", one_set)
    for _, table, row, field, old, *_ in reversed(notes(app)[known:]):
        with app.store.write() as session:
            Journal(session, ACTOR, "undo", "Undo").update(table, row, {field: old})
    assert people() == before
