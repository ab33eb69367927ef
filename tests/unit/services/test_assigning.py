"""Customers without a manager are given to one by branch: who waits, to whom, those of who left, and the way back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmdesk.domain.errors import BadInput, CrmdeskError, Refused
from crmdesk.domain.rights import Role, single_user
from crmdesk.services import assigning, customer_edit, history, users
from crmdesk.services.assigning import Unassigned
from tests.small_bank import SmallApp
from tests.unit.services.staffed_bank import actor, number, staffed, with_users

ADAM = actor("adam")
HARBOUR = 12  # customers of B2, all without a manager


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    found = with_users(staffed(tmp_path / "b.crmdesk"))
    with found.store.write() as session:
        session.connection().exec_driver_sql("UPDATE staff SET password_hash = 'x'")
    yield found
    found.store.close()


def look(app: Any, sql: str) -> list[tuple[Any, ...]]:
    with app.store.whole.reader() as raw:
        return list(raw.execute(sql))


def sql(app: Any, text: str) -> None:
    with app.store.write() as session:
        session.connection().exec_driver_sql(text)


def edit(app: Any, login: str, customer: int) -> Any:
    (version,) = look(app, f"SELECT version FROM customer WHERE id = {customer}")[0]
    return customer_edit.edit(app, actor(login), number(customer), version, {"occupation": "clerk"})


def test_who_has_no_manager_is_counted_and_given_by_branch(app: SmallApp) -> None:
    assert assigning.waiting(app, ADAM) == [Unassigned("B2", "Harbour", HARBOUR)]
    with pytest.raises(Refused, match=f"{number(31)} has no relationship manager yet; an administrator gives"):
        edit(app, "rita", 31)
    with pytest.raises(Refused, match="looked after by a colleague"):
        edit(app, "rita", 13)
    done = assigning.assign(app, ADAM, "rita", "B2")
    assert done.count == HARBOUR and done.change.touched["customer"] == frozenset(range(31, 43))
    assert assigning.waiting(app, ADAM) == []
    edit(app, "rita", 31)
    assert look(app, "SELECT count(*) FROM customer WHERE manager_id = 8") == [(18,)]  # ruth's stay hers
    row = look(app, "SELECT actor, act, fields, reason FROM audit_event WHERE act = 'assign customers'")
    assert row == [("adam", "assign customers", "manager", "12 customers of branch B2, to rita")]


def test_it_is_taken_back_as_one_deed_and_tells_no_number(app: SmallApp) -> None:
    assigning.assign(app, ADAM, "rita", "B2")
    sql(app, "UPDATE customer SET manager_id = 8 WHERE id = 40")
    found = history.next_undo(app, ADAM)
    assert found is not None and found.title == "Give 12 customers of branch B2 to Rita"
    report = history.undo(app, ADAM)
    assert report.kept == ("1 was changed since and stays as it is.",) and "C-" not in f"{report.title}{report.what}"
    assert assigning.waiting(app, ADAM) == [Unassigned("B2", "Harbour", HARBOUR - 1)]
    history.redo(app, ADAM)
    assert assigning.waiting(app, ADAM) == []


def test_a_deed_of_one_customer_names_nobody_when_undone(app: SmallApp) -> None:
    sql(app, "UPDATE customer SET manager_id = 2 WHERE id BETWEEN 32 AND 42")
    assert assigning.assign(app, ADAM, "ruth", "B2").count == 1
    report = history.undo(app, ADAM)
    assert "C-" not in f"{report.title}{report.what}{report.kept}"
    with pytest.raises(CrmdeskError) as told:
        sql(app, "UPDATE customer SET manager_id = 2 WHERE id = 31")
        history.redo(app, ADAM)
    assert "C-" not in str(told.value)


def test_the_customers_of_a_colleague_who_left_go_to_another(app: SmallApp) -> None:
    with pytest.raises(BadInput, match="Rita looks after the own customers and can hand them over"):
        assigning.assign(app, ADAM, "ruth", "HO", of="rita")
    users.end(app, ADAM, "rita")
    assert assigning.waiting(app, ADAM)[-1].count == 12 and {u.of for u in assigning.waiting(app, ADAM)} == {"", "rita"}
    assert assigning.assign(app, ADAM, "ruth", "HO", of="rita").count == 12
    edit(app, "ruth", 1)
    assert [u.of for u in assigning.waiting(app, ADAM)] == [""]
    with pytest.raises(BadInput, match="No customer of branch HO is Rita's"):
        assigning.assign(app, ADAM, "ruth", "HO", of="rita")


def test_who_lost_the_role_counts_as_gone(app: SmallApp) -> None:
    users.change_roles(app, ADAM, "rita", {Role.TELLER})
    assert Unassigned("HO", look(app, "SELECT name FROM branch WHERE code = 'HO'")[0][0], 12, "rita", "Rita") in (
        assigning.waiting(app, ADAM)
    )
    with pytest.raises(BadInput, match="Rita is no relationship manager"):
        assigning.assign(app, ADAM, "rita", "B2")


def test_the_merged_and_the_erased_wait_for_nobody(app: SmallApp) -> None:
    sql(app, "UPDATE customer SET merged_into = 32 WHERE id = 31")
    sql(app, "UPDATE customer SET restricted = 1 WHERE id = 33")
    assert assigning.waiting(app, ADAM)[0].count == HARBOUR - 1
    assert assigning.assign(app, ADAM, "ruth", "B2").count == HARBOUR - 1
    assert look(app, "SELECT manager_id FROM customer WHERE id = 31") == [(None,)]


@pytest.mark.parametrize(
    ("login", "branch", "of", "words"),
    [("nobody", "B2", "", "Nobody with the name nobody"), ("tina", "B2", "", "Tina is no relationship manager"),
     ("rita", "B9", "", "no branch 'B9'; known: "), ("rita", "HO", "", "nobody to give"),
     ("rita", "B2", "none", "Nobody has the name none")],
)  # fmt: skip
def test_what_cannot_be_given_is_told_and_changes_nothing(
    app: SmallApp, login: str, branch: str, of: str, words: str
) -> None:
    before = app.store.change_no()
    with pytest.raises(BadInput, match=words):
        assigning.assign(app, ADAM, login, branch, of=of)
    assert app.store.change_no() == before and look(app, "SELECT count(*) FROM deed") == [(0,)]


def test_nobody_else_gives_and_alone_there_is_nobody_to_give_to(app: SmallApp, tmp_path: Path) -> None:
    for login in ("rita", "dora", "anna", "tina", "mark", "aude"):
        with pytest.raises(Refused, match="manage users"):
            assigning.assign(app, actor(login), "rita", "B2")
    alone = staffed(tmp_path / "alone.crmdesk")
    with pytest.raises(Refused, match="One person works here"):
        assigning.assign(alone, single_user("ela"), "rita", "B2")
    alone.store.close()
