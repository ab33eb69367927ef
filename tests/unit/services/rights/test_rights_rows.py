"""What the matrix of calls cannot show: who is there, many at once, what a reason opens, and when a right ends."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest

from crmdesk.domain.errors import BadInput, CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Right, Role
from crmdesk.services import (
    backup,
    bulk,
    customer_card,
    customer_edit,
    customers,
    guard,
    history,
    notices,
    sign_in,
    surroundings,
    tasks,
)
from crmdesk.services.customers import Chosen, CustomerQuery
from tests.small_bank import ACTOR
from tests.unit.services.rights.rights_bank import KEY_OF, LOGIN_OF, PEOPLE, REASON, Desk, mark, place_of
from tests.unit.services.rights.rights_leaks import leaks

OWN, BRANCH, OTHER = (mark("number", i) for i in (1, 2, 3))


def change(desk: Desk, sql: str, *values: Any) -> None:
    """As another process would: behind the back of whoever has the bank open."""
    with desk.app.store.whole.write() as session:
        session.connection().exec_driver_sql(sql, values)


def audited(desk: Desk, act: str) -> list[tuple[Any, ...]]:
    with desk.app.store.whole.reader() as raw:
        return [
            tuple(r) for r in raw.execute("SELECT actor, reason FROM audit_event WHERE act = ? ORDER BY seq", (act,))
        ]


# Who is there.


@pytest.mark.parametrize(
    "forge",
    [
        lambda who: replace(who, session=""),
        lambda who: replace(who, session="token of nobody"),
        lambda who: replace(who, login="adam"),
        lambda who: replace(who, session="", single=True),
        lambda who: ACTOR,
        lambda who: Actor("adam", frozenset(Role), single=True, session="token of rita"),
    ],
)
def test_who_did_not_sign_in_is_refused(desk: Desk, forge: Callable[[Actor], Actor]) -> None:
    with pytest.raises(Refused, match="sign in"):
        customers.count(desk.app, forge(desk.actor("rita")))


@pytest.mark.parametrize("claim", [
    {"roles": frozenset(Role)}, {"single": True}, {"everywhere": True}, {"branch": 2, "staff": KEY_OF["rolf"]},
    {"roles": frozenset({Role.DPO}), "single": True, "everywhere": True},
])  # fmt: skip
def test_what_an_actor_claims_to_be_is_not_believed(desk: Desk, claim: dict[str, Any]) -> None:
    tina = replace(desk.actor("tina"), **claim)
    with pytest.raises(Refused, match="another branch"):
        customer_card.get(desk.app, tina, OTHER)
    with pytest.raises(Refused, match="may not manage notices"):
        notices.add(desk.app, tina, "survey-1", "May we ask?")


def test_a_right_that_the_matrix_does_not_know_is_nobodys(desk: Desk) -> None:
    try:

        @guard.service(cast(Right, "made_up"))
        def deed(app: Any, actor: Actor) -> str:
            return "done"

        for who in (*map(desk.actor, LOGIN_OF.values()), Actor("x", frozenset(Role))):
            with pytest.raises((Refused, AttributeError)):
                deed(desk.app, who)
    finally:
        guard.RULES.pop(next(name for name in guard.RULES if name.endswith(".deed")))


def test_a_role_given_or_taken_away_counts_at_the_next_call(desk: Desk) -> None:
    rita = desk.actor("rita")
    assert customer_edit.draft(desk.app, rita, OWN).number == OWN
    change(desk, "UPDATE staff_role SET to_at = '2026-11-01 00:00:00.000000' WHERE staff_id = ?", KEY_OF["rita"])
    with pytest.raises(Refused, match="may not edit customer"):
        customer_edit.draft(desk.app, rita, OWN)
    change(desk, "INSERT INTO staff_role (staff_id, role, from_at) VALUES (?, 'auditor', '2026-11-01 00:00:00.000000')",
           KEY_OF["rita"])  # fmt: skip
    assert not leaks(customer_card.get(desk.app, rita, OWN), Role.AUDITOR, "rita", "customer_card.get")


def test_who_does_not_work_here_any_more_is_refused(desk: Desk) -> None:
    change(desk, "UPDATE staff SET ended_at = '2026-11-01 00:00:00.000000' WHERE login = 'rita'")
    with pytest.raises(Refused, match="does not work here any more"):
        customers.count(desk.app, desk.actor("rita"))


@pytest.mark.parametrize("end", [sign_in.leave, sign_in.lock])
def test_after_leaving_or_locking_no_call_passes(desk: Desk, end: Callable[..., None]) -> None:
    rita = desk.actor("rita")
    try:
        end(desk.app, rita)
        with pytest.raises(Refused, match="sign in"):
            customer_card.get(desk.app, rita, OWN)
    finally:
        desk.app.store.sessions[rita.session] = "rita"


def test_moving_to_another_branch_changes_whom_one_reaches(desk: Desk) -> None:
    tina = desk.actor("tina")
    change(desk, "UPDATE staff SET branch_id = 2 WHERE login = 'tina'")
    assert customer_card.get(desk.app, tina, OTHER).number == OTHER
    for number in (OWN, BRANCH):
        with pytest.raises(Refused, match="another branch"):
            customer_card.get(desk.app, tina, number)


def test_a_customer_who_was_given_to_a_colleague_is_not_changed_any_more(desk: Desk) -> None:
    rita = desk.actor("rita")
    change(desk, "UPDATE customer SET manager_id = ? WHERE id = 1", KEY_OF["ruth"])
    with pytest.raises(Refused, match="looked after by a colleague"):
        customer_edit.edit(desk.app, rita, OWN, 1, {"occupation": "clerk"})
    assert customer_edit.draft(desk.app, desk.actor("ruth"), OWN).number == OWN


@pytest.mark.parametrize("ask", [customer_card.get, surroundings.of_customer, customer_card.timeline])
def test_who_knows_pseudonyms_alone_learns_of_no_number(desk: Desk, ask: Callable[..., Any]) -> None:
    answers = []
    for number in (OWN, "C-000000"):
        with pytest.raises(BadInput) as told:
            ask(desk.app, desk.actor("anna"), number)
        answers.append(str(told.value).replace(number, "..."))
    assert answers[0] == answers[1]


def test_a_refusal_names_nobody_whom_the_caller_did_not_name(desk: Desk) -> None:
    with pytest.raises(Refused) as told:
        customer_card.get(desk.app, desk.actor("tina"), "P-3")
    assert OTHER not in str(told.value)


# Two customers, or many, in one call.


def test_a_call_about_two_customers_needs_both(desk: Desk) -> None:
    rita = desk.actor("rita")
    for pair in ((OWN, BRANCH), (BRANCH, OWN), (OWN, OTHER)):
        with pytest.raises(Refused):
            surroundings.relate(desk.app, rita, *pair, "employer")


def test_of_many_tasks_one_that_is_anothers_keeps_all_from_being_handed_over(desk: Desk) -> None:
    mine, theirs = desk.facts.keys["work:rita"]["own"], desk.facts.keys["work:rolf"]["other"]
    before = desk.app.store.change_no()
    for ids in ([mine, theirs], [theirs, mine], (theirs,), {mine, theirs}):
        with pytest.raises(Refused):
            tasks.hand_over(desk.app, desk.actor("rita"), ids, "ruth")
    assert desk.app.store.change_no() == before


@pytest.mark.parametrize("ids", [tuple(range(1, PEOPLE + 1)), None], ids=["by hand", "whoever is found"])
def test_of_many_customers_those_out_of_reach_are_left_out_of_a_change(desk: Desk, ids: tuple[int, ...] | None) -> None:
    rita = desk.actor("rita")
    chosen = Chosen(CustomerQuery(sort="number"), ids)
    seen = bulk.preview(desk.app, rita, chosen, "source", "fair")
    assert seen.count == 5
    bulk.apply(desk.app, rita, chosen, "source", "fair")
    with desk.app.store.whole.reader() as raw:
        changed = [row[0] for row in raw.execute("SELECT id FROM customer WHERE source = 'fair' ORDER BY id")]
    assert changed == [i for i in range(1, PEOPLE + 1) if place_of(i) == "own"]


def test_what_one_may_not_do_any_more_one_may_not_undo_either(desk: Desk) -> None:
    rita = desk.actor("rita")
    customer_edit.edit(desk.app, rita, OWN, 1, {"occupation": "clerk"})
    change(desk, "UPDATE customer SET manager_id = ? WHERE id = 1", KEY_OF["ruth"])
    with pytest.raises(Refused):
        history.undo(desk.app, rita)
    with pytest.raises((Refused, BadInput)):
        history.undo(desk.app, desk.actor("ruth"))
    with desk.app.store.whole.reader() as raw:
        assert raw.execute("SELECT occupation FROM customer WHERE id = 1").fetchone() == ("clerk",)


# What a reason opens.


def test_an_officer_sees_a_customer_in_clear_with_a_reason_and_the_audit_keeps_it(desk: Desk) -> None:
    dora = desk.actor("dora")
    masked = customer_card.get(desk.app, dora, OWN)
    assert not leaks(masked, Role.DPO, "dora", "customer_card.get")
    assert audited(desk, "read in clear") == []
    shown = customer_card.get(desk.app, dora, OWN, REASON)
    assert mark("family", 1) in shown.name and mark("phone", 1) in shown.phone and mark("email", 1) in shown.email
    assert audited(desk, "read in clear") == [("dora", REASON)]


@pytest.mark.parametrize("reason", ["", "  ", "?", "-"])
def test_contact_data_is_not_revealed_to_the_officer_without_a_reason(desk: Desk, reason: str) -> None:
    with pytest.raises(CrmdeskError, match="reason"):
        customer_card.reveal(desk.app, desk.actor("dora"), OWN, "phone", reason)
    assert mark("phone", 1) in customer_card.reveal(desk.app, desk.actor("dora"), OWN, "phone", REASON)
    assert mark("phone", 1) in customer_card.reveal(desk.app, desk.actor("rita"), OWN, "phone", reason)


@pytest.mark.parametrize("login", ["tina", "rita", "anna", "mark", "aude"])
def test_a_reason_opens_nothing_for_a_role_that_has_none_to_give(desk: Desk, login: str) -> None:
    role = next(role for role, name in LOGIN_OF.items() if name == login)
    number = "P-2" if login == "anna" else BRANCH
    assert not leaks(customer_card.get(desk.app, desk.actor(login), number, REASON), role, login, "customer_card.get")


# The search for what was seen can itself fail.


@dataclass(frozen=True)
class Answer:
    inner: Any


@pytest.mark.parametrize("wrap", [
    lambda word: word, lambda word: [("x", {word: 1})], lambda word: Answer(Answer((word,))),
    lambda word: {"a": Answer({word})}, lambda word: pd.DataFrame({"name": [f"Ms {word}"]}),
    lambda word: pd.DataFrame({word: [1]}), lambda word: f"page of {word}".encode(),
])  # fmt: skip
def test_the_search_for_leaks_finds_them_however_deep(wrap: Callable[[str], Any]) -> None:
    word = mark("family", 2)
    assert leaks(wrap(word), Role.MARKETING, "mark", "customers.rows")
    assert not leaks(wrap(word), Role.TELLER, "tina", "customers.rows")
    assert not leaks(wrap("nothing of anybody"), Role.MARKETING, "mark", "customers.rows")


def test_the_search_for_leaks_reads_files_and_work_of_others(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"1,{mark('phone', 3)}", encoding="utf-8")
    assert leaks(tmp_path, Role.RELATIONSHIP_MANAGER, "rita", "customer_export.write")
    assert leaks(["taskqzrolfother"], Role.RELATIONSHIP_MANAGER, "rita", "tasks.due")
    assert not leaks(["taskqzritaown"], Role.RELATIONSHIP_MANAGER, "rita", "tasks.due")


def test_a_closed_file_is_not_restored_or_verified_by_who_may_not(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="may not verify"):
        backup.verify(desk.actor("rita"), desk.pristine)
    with pytest.raises(Refused, match="may not restore"):
        backup.restore(desk.actor("dora"), desk.pristine, tmp_path / "there.crmdesk")
