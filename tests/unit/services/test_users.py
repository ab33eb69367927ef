"""The people of a bank: the second person, roles by date, what excludes each other, one-time passwords, an end."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crmdesk.app import App
from crmdesk.domain.errors import BadFields, BadInput, Refused, WrongPassphrase
from crmdesk.domain.rights import Actor, Role, single_user
from crmdesk.services import sign_in, staff, tasks, users
from crmdesk.services.new_user import NewUser, words
from crmdesk.store.queries import work
from tests import small_bank
from tests.two_people import CHEAP, WORDS, build, enter, open_app, person


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[tuple[App, Actor]]:
    small_bank.build(tmp_path / "p.crmdesk").store.close()
    app, actor = sign_in.enter(tmp_path / "p.crmdesk", open_app)
    with app:
        yield app, actor


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return build(tmp_path / "b.crmdesk")


@pytest.fixture
def inside(bank: Path) -> Iterator[tuple[App, Actor]]:
    app, ela = enter(bank, "ela")
    with app:
        yield app, ela


def look(app: App, sql: str, *args: Any) -> list[tuple[Any, ...]]:
    with app.store.reader() as raw:
        return list(raw.execute(sql, args))


def audit(app: App) -> list[tuple[str, str, str, str]]:
    return look(app, "SELECT actor, act, fields, reason FROM audit_event ORDER BY seq")  # type: ignore[return-value]


def test_a_second_person_turns_sign_in_on_for_good(plain: tuple[App, Actor]) -> None:
    app, single = plain
    tasks.add(app, single, title="Call back", due_at=app.store.clock())
    change = users.second_person(app, single, person("ela"), person("dora"), cost=CHEAP)
    assert change.kind == "second_person" and len(change.touched["staff"]) == 2
    with pytest.raises(Refused, match="sign in"):
        users.users(app, single)
    ela = sign_in.join(app, "ela", WORDS["ela"], cost=CHEAP)
    found = {u.login: u for u in users.users(app, ela)}
    assert set(found) == {"ela", "dora"} and found["ela"].me and not found["dora"].me
    assert found["dora"].roles == {Role.DPO} and found["dora"].can_sign_in and not found["dora"].one_time
    owner = "SELECT s.login FROM task t JOIN staff s ON s.id = t.owner_id"
    assert look(app, owner) == [("ela",)]  # the work of the computer's account is mine now
    with pytest.raises(Refused, match="has users already"):
        users.second_person(app, ela, person("ela"), person("dora"), cost=CHEAP)
    assert [row[1:] for row in audit(app) if row[0] == single.login][-3:] == [
        ("add person", "administrator", ""), ("add person", "data protection officer", ""),
        ("turn on sign-in", "", "from single-user mode, for good"),
    ]  # fmt: skip


def test_a_colleague_of_before_becomes_the_second_person_with_the_own_work(plain: tuple[App, Actor]) -> None:
    app, single = plain
    staff.add(app, single, "dora", "Dora")
    staff.add(app, single, single.login, "The computer")
    users.second_person(app, single, person("ela"), person("dora"), cost=CHEAP)
    assert sorted(look(app, "SELECT login, name, ended_at FROM staff")) == [
        ("dora", "Dora Kaya", None), ("ela", "Ela Kaya", None),
    ]  # fmt: skip


def test_the_computers_account_ends_where_a_colleagues_row_is_taken(plain: tuple[App, Actor]) -> None:
    app, single = plain
    staff.add(app, single, "ela", "Ela")
    staff.add(app, single, single.login, "The computer")
    users.second_person(app, single, person("ela"), person("dora"), cost=CHEAP)
    ended = look(app, "SELECT login FROM staff WHERE ended_at IS NOT NULL")
    assert ended == [(single.login,)]
    with pytest.raises(WrongPassphrase):
        sign_in.join(app, single.login, "", cost=CHEAP)


@pytest.mark.parametrize(("me", "other", "field"), [
    (person("ela", roles=frozenset({Role.ANALYST})), person("dora"), "me.roles"),
    (person("ela", roles=frozenset({Role.ADMIN, Role.DPO})), person("dora"), "me.roles"),
    (person("ela"), person("dora", roles=frozenset({Role.MARKETING, Role.DPO})), "other.roles"),
    (person("ela"), person("dora", roles=frozenset()), "other.roles"),
    (person("ela"), person("ela"), "other.login"),
    (person("ela"), NewUser("ELA", "E", "", frozenset({Role.DPO}), "green horses walk"), "other.login"),
    (person("ela", password="short"), person("dora"), "me.password"),
    (person("ela"), person("dora", branch="nowhere"), "other.branch"),
    (person("ela", name="  "), person("dora"), "me.name"),
    (person("ela"), person("dora", roles=frozenset({Role.TELLER})), "other.roles"),
    (NewUser("e la", "Ela", "", frozenset({Role.ADMIN}), WORDS["ela"]), person("dora"), "me.login"),
])  # fmt: skip
def test_what_two_people_must_not_be(plain: tuple[App, Actor], me: NewUser, other: NewUser, field: str) -> None:
    app, single = plain
    before = audit(app)
    with pytest.raises(BadFields) as bad:
        users.second_person(app, single, me, other, cost=CHEAP)
    assert field in bad.value.fields and str(bad.value).endswith(".")
    assert audit(app) == before and look(app, "SELECT mode FROM bank_state") == [("single",)]
    assert users.users(app, single) == []


DEEDS: list[Callable[[App, Actor], object]] = [
    lambda app, a: users.add(app, a, person("anna"), cost=CHEAP),
    lambda app, a: users.change_roles(app, a, "anna", {Role.ANALYST}),
    lambda app, a: users.move(app, a, "anna", ""),
    lambda app, a: users.reset_password(app, a, "anna", cost=CHEAP),
    lambda app, a: users.end(app, a, "anna"),
    lambda app, a: users.reopen(app, a, "anna", {Role.ANALYST}, cost=CHEAP),
]


@pytest.mark.parametrize("deed", DEEDS)
def test_people_wait_for_the_second_person_and_for_an_administrator(
    plain: tuple[App, Actor], bank: Path, deed: Callable[[App, Actor], object]
) -> None:
    with pytest.raises(Refused, match="second person"):
        deed(*plain)
    for login in ("dora", "anna"):
        app, actor = enter(bank, login)
        with app, pytest.raises(Refused, match="belongs to: admin"):
            deed(app, actor)


def test_roles_are_dated_and_count_at_the_next_step(bank: Path, inside: tuple[App, Actor]) -> None:
    app, ela = inside
    anna = sign_in.join(app, "anna", WORDS["anna"], cost=CHEAP)
    with pytest.raises(Refused):
        users.users(app, anna)
    users.change_roles(app, ela, "anna", {Role.AUDITOR})
    assert {u.login: u.roles for u in users.users(app, anna)}["anna"] == {Role.AUDITOR}
    users.change_roles(app, ela, "anna", {Role.AUDITOR, Role.ANALYST})
    rows = look(app, "SELECT role, to_at IS NULL FROM staff_role r JOIN staff s ON s.id = r.staff_id"
                     " WHERE s.login = 'anna' ORDER BY r.id")  # fmt: skip
    assert rows == [("analyst", 0), ("auditor", 1), ("analyst", 1)]
    assert audit(app)[-1] == ("ela", "change roles", "analyst, auditor", "were: auditor")


def test_roles_that_exclude_each_other_and_none_at_all_are_refused(inside: tuple[App, Actor]) -> None:
    app, ela = inside
    for roles, said in (({Role.ADMIN, Role.DPO}, "both administrator and data protection officer"),
                        ({Role.MARKETING, Role.DPO}, "both data protection officer and marketing"),
                        (set(), "one role or more"), ({Role.TELLER}, "works in a branch")):  # fmt: skip
        with pytest.raises(BadFields, match=said):
            users.change_roles(app, ela, "anna", roles)
    users.move(app, ela, "anna", "B2")
    users.change_roles(app, ela, "anna", {Role.TELLER})
    with pytest.raises(BadFields, match="works in a branch"):
        users.move(app, ela, "anna", "")
    with pytest.raises(BadFields, match="no branch B9"):
        users.move(app, ela, "anna", "B9")
    assert {u.login: u.branch for u in users.users(app, ela)}["anna"] == "Harbour"


def test_nobody_changes_the_own_roles_and_the_last_administrator_stays(inside: tuple[App, Actor]) -> None:
    app, ela = inside
    for deed in (lambda: users.change_roles(app, ela, "ela", {Role.ANALYST}), lambda: users.end(app, ela, "ela"),
                 lambda: users.reset_password(app, ela, "ela", cost=CHEAP),
                 lambda: users.move(app, ela, "ela", "")):  # fmt: skip
        with pytest.raises(Refused, match="to yourself"):
            deed()
    users.change_roles(app, ela, "anna", {Role.ADMIN})
    anna = sign_in.join(app, "anna", WORDS["anna"], cost=CHEAP)
    users.change_roles(app, anna, "ela", {Role.ANALYST})
    ela = sign_in.join(app, "ela", WORDS["ela"], cost=CHEAP)
    with pytest.raises(Refused):
        users.users(app, ela)
    with pytest.raises(Refused, match="to yourself"):
        users.end(app, anna, "anna")
    users.change_roles(app, anna, "ela", {Role.ADMIN})
    users.end(app, ela, "anna")  # two, then one
    with pytest.raises(Refused):
        users.users(app, anna)


def test_a_new_person_gets_a_password_for_once(bank: Path, inside: tuple[App, Actor]) -> None:
    app, ela = inside
    given = users.add(app, ela, NewUser("olga", "Olga", "B2", frozenset({Role.TELLER})), cost=CHEAP)
    assert len(given.password) == 19 and given.password not in repr(given)
    new = {u.login: u for u in users.users(app, ela)}["olga"]
    assert new.one_time and new.can_sign_in and new.last_sign_in is None and new.branch == "Harbour" and new.since
    again = users.add(app, ela, NewUser("otto", "Otto", "", frozenset({Role.AUDITOR})), cost=CHEAP)
    assert again.password != given.password
    for login in ("olga", "Olga", "ela"):
        with pytest.raises(BadFields) as bad:
            users.add(app, ela, NewUser(login, "O", "", frozenset({Role.AUDITOR})), cost=CHEAP)
        assert list(bad.value.fields) == ["login"]
    sign_in.enter(bank, open_app, "olga", given.password, cost=CHEAP)[0].close()
    assert {u.login: u.last_sign_in for u in users.users(app, ela)}["olga"] is not None


def test_a_colleague_without_a_password_can_be_given_one(inside: tuple[App, Actor]) -> None:
    app, ela = inside
    staff.add(app, ela, "otto", "Otto")
    assert not {u.login: u for u in users.users(app, ela)}["otto"].can_sign_in
    users.add(app, ela, NewUser("otto", "Otto K", "", frozenset({Role.AUDITOR})), cost=CHEAP)
    found = {u.login: u for u in users.users(app, ela)}["otto"]
    assert found.can_sign_in and found.name == "Otto K" and found.roles == {Role.AUDITOR}


def test_a_reset_signs_out_and_ends_a_pause(bank: Path, inside: tuple[App, Actor]) -> None:
    app, ela = inside
    anna = sign_in.join(app, "anna", WORDS["anna"], cost=CHEAP)
    for _ in range(5):
        with pytest.raises(Refused):
            sign_in.enter(bank, open_app, "anna", "wrong", cost=CHEAP)
    assert {u.login: u.locked_until for u in users.users(app, ela)}["anna"] is not None
    given = users.reset_password(app, ela, "anna", cost=CHEAP)
    with pytest.raises(Refused, match="sign in"):
        staff.branches(app, anna)
    assert {u.login: (u.locked_until, u.one_time) for u in users.users(app, ela)}["anna"] == (None, True)
    sign_in.enter(bank, open_app, "anna", given.password, cost=CHEAP)[0].close()


def test_a_reset_signs_out_in_every_window(bank: Path, inside: tuple[App, Actor]) -> None:
    app, ela = inside
    far, dora = enter(bank, "dora")
    with far:
        staff.branches(far, dora)
        given = users.reset_password(app, ela, "dora", cost=CHEAP)  # in another process
        with pytest.raises(Refused, match="password was changed"):
            staff.branches(far, dora)
        near = sign_in.join(app, "dora", given.password, cost=CHEAP)
        sign_in.change_password(app, near, given.password, "a quiet black horse", cost=CHEAP)
        staff.branches(app, near)
        with pytest.raises(Refused, match="sign in"):  # the old session does not come back to life
            staff.branches(far, dora)


def test_an_own_new_password_ends_the_sessions_of_the_old_one_elsewhere(bank: Path, inside: tuple[App, Actor]) -> None:
    app, ela = inside
    far, thief = enter(bank, "ela")
    with far:
        staff.branches(far, thief)
        staff.branches(app, ela)
        sign_in.change_password(app, ela, WORDS["ela"], "a quiet black horse", cost=CHEAP)
        staff.branches(app, ela)
        with pytest.raises(Refused, match="password was changed"):
            staff.branches(far, thief)


def test_sign_in_is_turned_on_by_the_first_of_two_windows_alone(plain: tuple[App, Actor]) -> None:
    app, single = plain
    far = open_app(app.path, None)
    write, asked = far.store.write, []

    def late() -> Any:
        """The other window is faster: it was through the gate at the same time, and writes first."""
        if not asked:
            asked.append(users.second_person(app, single, person("ela"), person("dora"), cost=CHEAP))
        return write()

    with far:
        far.store.write = late  # type: ignore[method-assign]
        mia = NewUser("mia", "Mia", "", frozenset({Role.AUDITOR}), "white horses wait")
        with pytest.raises(Refused, match="has users by now"):
            users.second_person(far, single, person("anna", roles=frozenset({Role.ADMIN})), mia, cost=CHEAP)
    assert look(app, "SELECT login FROM staff WHERE password_hash IS NOT NULL ORDER BY 1") == [("dora",), ("ela",)]


def test_a_name_given_at_the_same_moment_is_taken(inside: tuple[App, Actor]) -> None:
    app, ela = inside
    write, asked = app.store.write, []

    def late() -> Any:
        if not asked:
            asked.append(1)
            users.add(app, ela, NewUser("mia", "Mia", "", frozenset({Role.AUDITOR})), cost=CHEAP)
        return write()

    app.store.write = late  # type: ignore[method-assign]
    with pytest.raises(BadFields, match="taken"):
        users.add(app, ela, NewUser("mia", "Another Mia", "", frozenset({Role.ADMIN})), cost=CHEAP)
    assert {u.login: u.roles for u in users.users(app, ela)}["mia"] == {Role.AUDITOR}


def test_an_end_and_a_return(bank: Path, inside: tuple[App, Actor]) -> None:
    app, ela = inside
    users.end(app, ela, "anna")
    gone = {u.login: u for u in users.users(app, ela)}["anna"]
    with app.store.reader() as raw:
        assert [login for login, _, _ in work.staff(raw)] == ["dora", "ela"]  # nobody hands work to who left
    assert gone.ended and not gone.roles and not gone.can_sign_in
    assert [u.login for u in users.users(app, ela)][-1] == "anna"  # those who left stand last
    for deed in (lambda: users.end(app, ela, "anna"), lambda: users.change_roles(app, ela, "anna", {Role.ANALYST}),
                 lambda: users.reset_password(app, ela, "anna", cost=CHEAP),
                 lambda: users.end(app, ela, "nobody")):  # fmt: skip
        with pytest.raises(BadInput, match="works here"):
            deed()
    with pytest.raises(BadInput, match="has left"):
        users.reopen(app, ela, "dora", {Role.DPO}, cost=CHEAP)
    given = users.reopen(app, ela, "anna", {Role.MARKETING}, cost=CHEAP)
    back = {u.login: u for u in users.users(app, ela)}["anna"]
    assert back.ended is None and back.roles == {Role.MARKETING} and back.one_time
    with pytest.raises(WrongPassphrase):
        enter(bank, "anna")
    enter(bank, "anna", given.password)[0].close()


def test_every_deed_is_one_audit_row_by_who_did_it_without_a_password(inside: tuple[App, Actor]) -> None:
    app, ela = inside
    before = len(audit(app))
    given = [users.add(app, ela, NewUser("olga", "Olga", "B2", frozenset({Role.TELLER})), cost=CHEAP).password]
    users.change_roles(app, ela, "olga", {Role.TELLER, Role.MARKETING})
    users.move(app, ela, "olga", "B2")
    given.append(users.reset_password(app, ela, "olga", cost=CHEAP).password)
    users.end(app, ela, "olga")
    given.append(users.reopen(app, ela, "olga", {Role.AUDITOR}, cost=CHEAP).password)
    rows = audit(app)[before:]
    assert [(actor, act) for actor, act, _, _ in rows] == [("ela", act) for act in (
        "add person", "change roles", "move person", "reset password", "end person", "reopen person")]  # fmt: skip
    assert not [p for p in given if p in str(rows)] and "Olga" not in str(rows)


def test_roles_are_said_in_words() -> None:
    assert words({Role.DPO, Role.TELLER}) == "teller, data protection officer" and words(()) == "none"
    assert single_user("x").role_words == "single user"
