"""Saved lists: own and shared, replaced, renamed, deleted, and what becomes of a filter that holds no more."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.filter import Chip
from crmdesk.domain.rights import Actor, Role, single_user
from crmdesk.services import customers, saved
from crmdesk.services.customers import CustomerQuery

OTHER = single_user("otto")
ADMIN = Actor("adi", frozenset({Role.ADMIN}))
HARBOUR = CustomerQuery("bo", (Chip("branch", "is", ("B2",)), Chip("joined", "from", ("2019-01-01",))), "city", True)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def names(app: SmallApp, actor: Actor = ACTOR) -> list[str]:
    return [one.name for one in saved.lists(app, actor)]


def test_a_list_comes_back_as_it_was_saved(app: SmallApp) -> None:
    change = saved.save(app, ACTOR, "  Harbour   people ", HARBOUR, ("name", "custom.tier"))
    (one,) = saved.lists(app, ACTOR)
    assert (one.name, one.owner, one.shared, one.query) == ("Harbour people", "ela", False, HARBOUR)
    assert one.columns == ("name", "custom.tier")
    assert change.touched == {"saved_search": frozenset({one.id})}
    assert change.change_no == app.store.change_no()
    assert list(customers.find(app, ACTOR, one.query)) == [4]


def test_it_is_kept_by_its_filter_never_by_ids(app: SmallApp) -> None:
    saved.save(app, ACTOR, "Modas", CustomerQuery(filters=(Chip("city", "contains", ("moda",)),)))
    with app.store.write() as session:
        small_bank.add(session, "customer", [small_bank.person(9, "New", "Neighbour", city="Moda")])
    (one,) = saved.lists(app, ACTOR)
    assert set(customers.find(app, ACTOR, one.query)) == {1, 4, 9}


def test_the_same_name_replaces_ones_own_list_whatever_its_case(app: SmallApp) -> None:
    saved.save(app, ACTOR, "Harbour", HARBOUR)
    saved.save(app, ACTOR, "harbour", CustomerQuery("ada"), shared=True)
    (one,) = saved.lists(app, ACTOR)
    assert (one.query.text, one.shared, one.version) == ("ada", True, 2)


def test_others_see_only_what_is_shared(app: SmallApp) -> None:
    saved.save(app, ACTOR, "Mine", HARBOUR)
    saved.save(app, ACTOR, "Ours", HARBOUR, shared=True)
    saved.save(app, OTHER, "mine", CustomerQuery("bo"))
    assert names(app) == ["Mine", "Ours"]
    assert names(app, OTHER) == ["mine", "Ours"]


@pytest.mark.parametrize("deed", [
    lambda app, key: saved.rename(app, OTHER, key, "Taken"), lambda app, key: saved.delete(app, OTHER, key),
])  # fmt: skip
def test_a_shared_list_is_changed_by_its_owner_alone(app: SmallApp, deed: object) -> None:
    saved.save(app, ACTOR, "Ours", HARBOUR, shared=True)
    (one,) = saved.lists(app, ACTOR)
    with pytest.raises(Refused, match="belongs to ela"):
        deed(app, one.id)  # type: ignore[operator]
    assert saved.lists(app, ACTOR) == [one]


def test_renaming_and_deleting(app: SmallApp) -> None:
    saved.save(app, ACTOR, "One", HARBOUR)
    saved.save(app, ACTOR, "Two", HARBOUR)
    one = saved.lists(app, ACTOR)[0]
    with pytest.raises(BadInput, match="already"):
        saved.rename(app, ACTOR, one.id, "TWO")
    saved.rename(app, ACTOR, one.id, "ONE")  # its own name in other letters is free
    saved.rename(app, ACTOR, one.id, "Zero")
    assert names(app) == ["Two", "Zero"]
    saved.delete(app, ACTOR, one.id)
    assert names(app) == ["Two"]
    with pytest.raises(BadInput, match="gone"):
        saved.delete(app, ACTOR, one.id)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_list_needs_a_name(app: SmallApp, name: str) -> None:
    with pytest.raises(BadInput, match="name"):
        saved.save(app, ACTOR, name, HARBOUR)
    assert not names(app)


def test_who_may_not_read_customers_has_no_lists(app: SmallApp) -> None:
    with pytest.raises(Refused):
        saved.lists(app, ADMIN)
    with pytest.raises(Refused):
        saved.save(app, ADMIN, "Mine", HARBOUR)


def test_a_filter_that_holds_no_more_is_named_not_guessed(app: SmallApp) -> None:
    saved.save(app, ACTOR, "Old", HARBOUR)
    with app.store.write() as session:
        kept = {"text": "", "filters": [{"field": "shoe", "op": "is", "values": ["1"]}]}
        session.connection().exec_driver_sql("UPDATE saved_search SET query = ?", (json.dumps(kept),))
    (one,) = saved.lists(app, ACTOR)
    assert "shoe" in one.broken
    saved.delete(app, ACTOR, one.id)
    assert not names(app)


def test_a_shared_list_tells_no_contact_data_to_who_may_not_read_it(app: SmallApp) -> None:
    ann = Actor("ann", frozenset({Role.ANALYST}))
    saved.save(app, ACTOR, "Searched", CustomerQuery("yılmaz"), shared=True)
    saved.save(app, ACTOR, "Town", CustomerQuery(filters=(Chip("city", "contains", ("moda",)),)), shared=True)
    saved.save(app, ACTOR, "Plain", CustomerQuery(filters=(Chip("branch", "is", ("B2",)),)), shared=True)
    saved.save(app, ann, "Own number", CustomerQuery("C-000001"))
    found = {one.name: one for one in saved.lists(app, ann)}
    assert {name for name, one in found.items() if one.broken} == {"Searched", "Town"}
    assert not any(word in repr(found).lower() for word in ("yılmaz", "moda"))
    assert list(customers.find(app, ann, found["Plain"].query)) == [4]
    assert not any(one.broken for one in saved.lists(app, OTHER))


def test_each_deed_is_audited_and_can_be_undone_from_its_history(app: SmallApp) -> None:
    saved.save(app, ACTOR, "One", HARBOUR)
    saved.rename(app, ACTOR, saved.lists(app, ACTOR)[0].id, "Two")
    with app.store.reader() as raw:
        acts = raw.execute("SELECT act FROM audit_event WHERE act LIKE '%list' ORDER BY seq").fetchall()
        fields = raw.execute("SELECT field FROM field_change WHERE table_name = 'saved_search' ORDER BY id").fetchall()
    assert acts == [("save list",), ("rename list",)]
    assert fields == [("*",), ("name",)]
