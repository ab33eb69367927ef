"""Household, relations, life events and interests: one household at a time, nothing twice, all of it in the history."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import small_bank
from small_bank import ACTOR, UNTIL, SmallApp

from crmdesk.domain.errors import BadInput, Conflict, CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import history, surroundings
from crmdesk.services.surroundings import Surroundings

ANALYST = Actor("ann", frozenset({Role.ANALYST}))
ADA, CETIN, IDA, WORKS = "C-000001", "C-000002", "C-000003", "C-000005"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "bank.crmdesk")
    yield made
    made.store.close()


def of(app: SmallApp, number: str) -> Surroundings:
    return surroundings.of_customer(app, ACTOR, number)


def together(app: SmallApp, number: str) -> list[tuple[str, str]]:
    """(number, role) of the household of a customer."""
    household = of(app, number).household
    return [(m.number, m.role) for m in household.members] if household else []


def rows(app: SmallApp, sql: str) -> list[tuple[Any, ...]]:
    with app.store.reader() as raw:
        return list(raw.execute(sql))


def test_what_befell_a_person_stands_in_no_audit(app: SmallApp) -> None:
    surroundings.add_life_event(app, ACTOR, ADA, "marriage", date(2026, 1, 1), "to Çetin")
    surroundings.add_interest(app, ACTOR, ADA, "loan")
    assert rows(app, "SELECT act, fields FROM audit_event ORDER BY seq") == [
        ("add life event", ""), ("add interest", "loan")]  # fmt: skip


def test_a_customer_moves_in_with_another(app: SmallApp) -> None:
    change = surroundings.join_household(app, ACTOR, CETIN, with_number=ADA, role="partner")
    assert change.touched["customer"] == frozenset({1, 2})
    assert together(app, CETIN) == together(app, ADA) == [(ADA, "head"), (CETIN, "partner")]
    household = of(app, ADA).household
    assert household is not None
    assert (household.name, household.members[0].from_on) == ("Yılmaz household", UNTIL)
    surroundings.join_household(app, ACTOR, IDA, household=household.id, role="child")
    assert [n for n, _ in together(app, ADA)] == [ADA, CETIN, IDA]


def test_moving_leaves_the_household_lived_in_so_far(app: SmallApp) -> None:
    surroundings.join_household(app, ACTOR, CETIN, with_number=ADA)
    surroundings.join_household(app, ACTOR, CETIN, name="At the harbour", role="head")
    assert together(app, ADA) == [(ADA, "head")]
    assert together(app, CETIN) == [(CETIN, "head")]
    assert rows(app, "SELECT count(*) FROM household_member WHERE customer_id = 2") == [(2,)]
    surroundings.leave_household(app, ACTOR, CETIN)
    assert of(app, CETIN).household is None
    with pytest.raises(BadInput, match="lives in no household"):
        surroundings.leave_household(app, ACTOR, CETIN)


def test_joining_the_own_household_changes_the_role_once(app: SmallApp) -> None:
    surroundings.join_household(app, ACTOR, CETIN, with_number=ADA)
    surroundings.join_household(app, ACTOR, CETIN, with_number=ADA, role="partner")
    assert together(app, ADA) == [(ADA, "head"), (CETIN, "partner")]
    with pytest.raises(BadInput, match="lives in this household as partner already"):
        surroundings.join_household(app, ACTOR, CETIN, with_number=ADA, role="partner")


@pytest.mark.parametrize(
    ("number", "how", "words"),
    [
        (ADA, {"with_number": ADA}, "cannot move in with itself"),
        (ADA, {"household": 9}, "There is no household 9"),
        (ADA, {"household": 1, "with_number": CETIN}, "not both"),
        (ADA, {"role": "cat"}, "not a place in a household"),
        (ADA, {"name": "x" * 81}, "81 characters"),
        (WORKS, {"with_number": ADA}, "is a company"),
        (ADA, {"with_number": WORKS}, "is a company"),
        ("C-9", {}, "No customer has the number C-9"),
    ],
)
def test_a_household_that_cannot_be_is_refused_and_nothing_is_made(
    app: SmallApp, number: str, how: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        surroundings.join_household(app, ACTOR, number, **how)
    assert rows(app, "SELECT count(*) FROM household") == [(0,)]
    assert rows(app, "SELECT count(*) FROM deed") == [(0,)]


def test_a_household_is_renamed_by_one_person_at_a_time(app: SmallApp) -> None:
    surroundings.join_household(app, ACTOR, ADA)
    household = of(app, ADA).household
    assert household is not None
    surroundings.rename_household(app, ACTOR, household.id, household.version, "Moda 12")
    with pytest.raises(Conflict, match="Somebody else renamed"):
        surroundings.rename_household(app, ACTOR, household.id, household.version, "Moda 13")
    with pytest.raises(BadInput, match="has no name"):
        surroundings.rename_household(app, ACTOR, household.id, 2, " ")
    assert of(app, ADA).household.name == "Moda 12"  # type: ignore[union-attr]


def test_a_relation_is_seen_from_both_sides_until_it_ends(app: SmallApp) -> None:
    change = surroundings.relate(app, ACTOR, WORKS, ADA, "employer")
    assert change.touched["customer"] == frozenset({1, 5})
    (there,), (here,) = of(app, WORKS).relations, of(app, ADA).relations
    assert (there.direction, there.number, there.name) == ("from", ADA, "Ada Yılmaz")
    assert (here.direction, here.number, here.kind, here.from_on) == ("to", WORKS, "employer", UNTIL)
    with pytest.raises(BadInput, match="is employer of C-000001 already"):
        surroundings.relate(app, ACTOR, WORKS, ADA, "employer")
    surroundings.end_relation(app, ACTOR, here.id)
    assert of(app, ADA).relations[0].to_on == UNTIL
    with pytest.raises(BadInput, match="ended on 2026-10-31 already"):
        surroundings.end_relation(app, ACTOR, here.id)
    surroundings.relate(app, ACTOR, WORKS, ADA, "employer")
    assert [r.to_on for r in of(app, ADA).relations] == [None, UNTIL]


@pytest.mark.parametrize(
    ("one", "other", "kind", "words"),
    [
        (ADA, ADA, "guarantor", "related to itself"),
        (ADA, CETIN, "friend", "not a relation"),
        (ADA, "C-9", "other", "C-9"),
    ],
)
def test_a_relation_that_cannot_be_is_refused(app: SmallApp, one: str, other: str, kind: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        surroundings.relate(app, ACTOR, one, other, kind)


def test_life_events_are_told_kept_and_taken_out(app: SmallApp) -> None:
    surroundings.add_life_event(app, ACTOR, ADA, "marriage", date(2020, 5, 1), "in Moda")
    surroundings.add_life_event(app, ACTOR, ADA, "retirement", date(2030, 1, 1))
    late, early = of(app, ADA).life_events
    assert (late.kind, early.kind, early.on, early.source, early.note) == (
        "retirement", "marriage", date(2020, 5, 1), "told", "in Moda"
    )  # fmt: skip
    surroundings.remove_life_event(app, ACTOR, early.id)
    assert [e.kind for e in of(app, ADA).life_events] == ["retirement"]
    with pytest.raises(BadInput, match="taken out by somebody else"):
        surroundings.remove_life_event(app, ACTOR, early.id)
    assert rows(app, "SELECT count(*) FROM audit_event WHERE reason LIKE '%Moda%' OR fields LIKE '%Moda%'") == [(0,)]


@pytest.mark.parametrize(
    ("kind", "on", "note", "words"),
    [
        ("party", date(2020, 1, 1), "", "not a life event"),
        ("move", date(2032, 1, 1), "", "more than five years ahead"),
        ("move", date(1900, 1, 1), "", "more than 120 years ago"),
        ("move", date(2020, 1, 1), "a\nb", "line break"),
        ("move", date(2020, 1, 1), "x" * 501, "501 characters"),
    ],
)
def test_a_life_event_that_cannot_be_is_refused(app: SmallApp, kind: str, on: date, note: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        surroundings.add_life_event(app, ACTOR, ADA, kind, on, note)
    assert of(app, ADA).life_events == ()


def test_an_interest_is_noted_once(app: SmallApp) -> None:
    surroundings.add_interest(app, ACTOR, ADA, "mortgage", "branch")
    (interest,) = of(app, ADA).interests
    assert (interest.family, interest.source, interest.at.date()) == ("mortgage", "branch", UNTIL)
    with pytest.raises(BadInput, match="noted already"):
        surroundings.add_interest(app, ACTOR, ADA, "mortgage")
    with pytest.raises(BadInput, match="not a family of products"):
        surroundings.add_interest(app, ACTOR, ADA, "boats")
    surroundings.remove_interest(app, ACTOR, interest.id)
    assert of(app, ADA).interests == ()


def test_who_may_not_read_contact_data_sees_numbers_and_no_life_events(app: SmallApp) -> None:
    surroundings.join_household(app, ACTOR, CETIN, with_number=ADA)
    surroundings.relate(app, ACTOR, WORKS, ADA, "employer")
    surroundings.add_life_event(app, ACTOR, ADA, "birth", date(2020, 5, 1))
    seen = surroundings.of_customer(app, ANALYST, "P-1")
    assert "Yılmaz" not in repr(seen)
    assert "Okçün" not in repr(seen)
    assert "Gemstone" not in repr(seen)
    assert seen.household is not None and {m.name for m in seen.household.members} == {"P-1", "P-2"}
    assert seen.life_events == ()


def test_every_change_is_a_deed_that_names_its_customer(app: SmallApp) -> None:
    surroundings.join_household(app, ACTOR, CETIN, with_number=ADA)
    surroundings.add_interest(app, ACTOR, ADA, "loan")
    surroundings.relate(app, ACTOR, WORKS, ADA, "other")
    assert rows(app, "SELECT act FROM deed ORDER BY id") == [("join household",), ("add interest",),
                                                             ("relate customers",)]  # fmt: skip
    assert rows(app, "SELECT count(*) FROM audit_event WHERE customer_id = 1") == [(3,)]


def test_a_relation_stands_once_also_after_an_undo(app: SmallApp) -> None:
    surroundings.relate(app, ACTOR, WORKS, ADA, "employer")
    (first,) = of(app, ADA).relations
    surroundings.end_relation(app, ACTOR, first.id)
    (ended, *_) = history.deeds(app, ACTOR)
    surroundings.relate(app, ACTOR, WORKS, ADA, "employer")
    with pytest.raises(CrmdeskError, match="cannot go back beside what was changed since"):
        history.undo(app, ACTOR, ended.id)
    assert [r.to_on is None for r in of(app, ADA).relations] == [True, False]


@pytest.mark.parametrize(
    "call",
    [
        lambda app: surroundings.join_household(app, ANALYST, ADA),
        lambda app: surroundings.leave_household(app, ANALYST, ADA),
        lambda app: surroundings.rename_household(app, ANALYST, 1, 1, "x"),
        lambda app: surroundings.relate(app, ANALYST, ADA, CETIN, "other"),
        lambda app: surroundings.end_relation(app, ANALYST, 1),
        lambda app: surroundings.add_life_event(app, ANALYST, ADA, "birth", date(2020, 1, 1)),
        lambda app: surroundings.remove_life_event(app, ANALYST, 1),
        lambda app: surroundings.add_interest(app, ANALYST, ADA, "loan"),
        lambda app: surroundings.remove_interest(app, ANALYST, 1),
    ],
)
def test_who_may_not_edit_changes_nothing(app: SmallApp, call: Callable[[SmallApp], Any]) -> None:
    with pytest.raises(Refused):
        call(app)
