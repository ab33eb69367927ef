"""Who is there: what a bank asks, what a wrong passphrase leads to, sessions, and one's own password."""

import time
import unicodedata
from pathlib import Path

import pytest

from crmdesk.domain.errors import BadFields, Paused, Refused, SignInNeeded, WrongPassphrase
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import proposals, sign_in, users
from crmdesk.store import Store, keyfile, lockout, open_bank, secret
from crmdesk.store.keyfile import Cost
from crmdesk.store.queries import people
from tests import small_bank
from tests.two_people import CHEAP, WORDS, build, enter, inside, open_app, person


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return build(tmp_path / "b.crmdesk")


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    small_bank.build(tmp_path / "p.crmdesk").store.close()
    return tmp_path / "p.crmdesk"


def acts(path: Path) -> list[tuple[str, str, str]]:
    """(actor, act, reason) of the audit, in order."""
    store = open_bank(path)
    try:
        with store.reader() as raw:
            return list(raw.execute("SELECT actor, act, reason FROM audit_event ORDER BY seq"))
    finally:
        store.close()


def test_a_bank_of_one_person_asks_nothing_and_says_whose_it_is(plain: Path) -> None:
    before = acts(plain)
    assert sign_in.door(plain) == sign_in.Door(plain, encrypted=False, users=False)
    app, actor = sign_in.enter(plain, open_app, "somebody", "else")
    with app:
        assert actor.single and actor.login == sign_in.computer_account() and actor.roles == frozenset(Role)
        sign_in.lock(app, actor)
        sign_in.check_again(app, actor, "")
        assert not sign_in.must_change(app, actor)
        with pytest.raises(Refused, match="without users has no password"):
            sign_in.change_password(app, actor, "", "a quiet brown horse")
    assert acts(plain) == before  # nothing to write down where nobody is asked


def test_a_bank_with_users_asks_for_both_and_opens_for_the_right_ones(bank: Path) -> None:
    assert sign_in.door(bank).users
    for login, passphrase in (("", ""), ("ela", ""), ("", WORDS["ela"])):
        with pytest.raises(SignInNeeded) as needed:
            sign_in.enter(bank, open_app, login, passphrase)
        assert needed.value.door == sign_in.Door(bank, encrypted=False, users=True)
    with inside(bank, "dora") as (app, dora):
        assert (dora.login, dora.roles, dora.everywhere) == ("dora", {Role.DPO}, False)
        assert len(users.users(app, dora)) == 3
        assert sign_in.name_of(app, dora) == "Dora Kaya"
    assert ("dora", "sign in", "") in acts(bank)


@pytest.mark.parametrize("login", ["ela", "nobody", ""])
def test_a_wrong_name_and_a_wrong_password_say_the_same(bank: Path, login: str) -> None:
    if not login:
        login = WORDS["ela"]  # a password typed in the place of the name
    with pytest.raises(WrongPassphrase) as wrong:
        sign_in.enter(bank, open_app, login, "no such thing", cost=CHEAP)
    assert str(wrong.value) == "Name or passphrase is wrong. 4 tries left before a 15-minute pause."
    assert ("ela", "sign in refused", "") in acts(bank) or login != "ela"
    assert not any(login in row for row in acts(bank)) or login == "ela"  # what is no name is not written down


def test_five_wrong_ones_pause_that_person_only_and_the_right_one_too(bank: Path) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongPassphrase, match=f"{left} tr"):
            enter(bank, "ela", "wrong")
    with pytest.raises(Paused):
        enter(bank, "ela", "wrong")
    with pytest.raises(Paused) as paused:
        enter(bank, "ela")
    assert 890 < paused.value.until.timestamp() - time.time() <= 900
    with inside(bank, "dora"):
        pass
    assert [act for actor, act, _ in acts(bank) if actor == "ela"][-2:] == ["sign in paused"] * 2


def test_the_right_password_forgets_the_wrong_ones_and_the_audit_counts_them(bank: Path) -> None:
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            enter(bank, "ela", "wrong")
    with inside(bank, "ela"):
        pass
    assert ("ela", "sign in", "after 3 wrong tries") in acts(bank)
    with pytest.raises(WrongPassphrase, match="4 tries"):
        enter(bank, "ela", "wrong")


def test_who_left_does_not_get_in(bank: Path) -> None:
    with inside(bank, "ela") as (app, ela):
        users.end(app, ela, "anna")
    with pytest.raises(WrongPassphrase):
        enter(bank, "anna")


def test_signing_out_and_locking_end_the_session_until_the_password_comes(bank: Path) -> None:
    with inside(bank, "dora") as (app, dora):
        for close in (sign_in.leave, sign_in.lock):
            close(app, dora)
            with pytest.raises(Refused, match="sign in"):
                users.users(app, dora)
            with pytest.raises(WrongPassphrase, match="4 tries"):
                sign_in.check_again(app, dora, "wrong", cost=CHEAP)
            with pytest.raises(Refused, match="sign in"):
                proposals.open_ones(app, dora)
            sign_in.check_again(app, dora, WORDS["dora"], cost=CHEAP)
            assert proposals.open_ones(app, dora) == []
    assert [act for actor, act, _ in acts(bank) if actor == "dora"] == [
        "sign in", "sign out", "sign in refused", "unlock", "lock", "sign in refused", "unlock",
    ]  # fmt: skip


def test_unlocking_counts_towards_the_pause_at_the_door(bank: Path) -> None:
    with inside(bank, "dora") as (app, dora):
        sign_in.lock(app, dora)
        for _ in range(4):
            with pytest.raises(WrongPassphrase):
                sign_in.check_again(app, dora, "wrong", cost=CHEAP)
        with pytest.raises(Paused):
            enter(bank, "dora", "wrong")
        with pytest.raises(Paused):
            sign_in.check_again(app, dora, WORDS["dora"], cost=CHEAP)


def test_an_actor_made_by_hand_opens_nothing(bank: Path) -> None:
    with inside(bank, "dora") as (app, dora):
        for forged in (Actor("dora", frozenset(Role)), Actor("dora", frozenset(Role), session="guess"),
                       Actor("dora", frozenset(Role), single=True),
                       Actor("ela", frozenset(Role), session=dora.session)):  # fmt: skip
            with pytest.raises(Refused):
                users.users(app, forged)
            with pytest.raises(Refused):
                sign_in.check_again(app, forged, "guess", cost=CHEAP)
            sign_in.leave(app, Actor("dora", frozenset(), session="guess"))
        assert len(users.users(app, dora)) == 3
    assert "sign out" not in {act for _, act, _ in acts(bank)}


def test_another_person_takes_the_place_without_closing_the_bank(bank: Path) -> None:
    with inside(bank, "ela") as (app, ela):
        sign_in.leave(app, ela)
        dora = sign_in.join(app, "dora", WORDS["dora"], cost=CHEAP)
        assert proposals.open_ones(app, dora) == []
        with pytest.raises(Refused):
            users.users(app, ela)


def test_a_one_time_password_opens_nothing_but_the_change(bank: Path) -> None:
    with inside(bank, "ela") as (app, ela):
        given = users.reset_password(app, ela, "anna", cost=CHEAP)
    with pytest.raises(WrongPassphrase):
        enter(bank, "anna")
    with inside(bank, "anna", given.password) as (app, anna):
        assert sign_in.must_change(app, anna)
        with pytest.raises(Refused):
            proposals.open_ones(app, anna)
        sign_in.lock(app, anna)
        sign_in.check_again(app, anna, given.password, cost=CHEAP)
        with pytest.raises(Refused):
            proposals.open_ones(app, anna)
        with pytest.raises(BadFields, match="is the old one"):
            sign_in.change_password(app, anna, given.password, given.password, cost=CHEAP)
        sign_in.change_password(app, anna, given.password, "a quiet brown horse", cost=CHEAP)
        assert not sign_in.must_change(app, anna) and proposals.open_ones(app, anna) == []
    with inside(bank, "anna", "a quiet brown horse") as (app, anna):
        assert not sign_in.must_change(app, anna)


def test_a_change_of_password_needs_the_old_one_and_a_good_new_one(bank: Path) -> None:
    with inside(bank, "anna") as (app, anna):
        with pytest.raises(WrongPassphrase, match="4 tries"):
            sign_in.change_password(app, anna, "wrong", "a quiet brown horse", cost=CHEAP)
        for easy in ("short", "password123", "annaanna!!", "Anna Kaya 1", "1234567890", "aaaaaaaaaaaa"):
            with pytest.raises(BadFields) as bad:
                sign_in.change_password(app, anna, WORDS["anna"], easy, cost=CHEAP)
            assert list(bad.value.fields) == ["password"]
    with inside(bank, "anna"):
        pass


def test_argon2_at_full_cost_and_hashed_anew_when_the_cost_changes(bank: Path) -> None:
    made = secret.hashed("a quiet brown horse")
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not secret.is_stale(made) and secret.is_stale(secret.hashed("a quiet brown horse", CHEAP))
    more = Cost(16, 2, 1)
    sign_in.enter(bank, open_app, "dora", WORDS["dora"], cost=more)[0].close()
    found = people.person_in_file(bank, "dora")
    assert found is not None and found.secret is not None and "m=16,t=2,p=1" in found.secret
    with inside(bank, "dora"):
        pass


def test_the_same_letters_in_other_pieces_are_the_same_password(bank: Path) -> None:
    whole, pieces = "blåa hästar springer", unicodedata.normalize("NFD", "blåa hästar springer")
    assert whole != pieces
    with inside(bank, "anna") as (app, anna):
        sign_in.change_password(app, anna, WORDS["anna"], pieces, cost=CHEAP)
    with inside(bank, "anna", whole):
        pass
    keys = keyfile.fresh(encrypted=True)
    keyfile.make(bank.with_name("other"), keys)
    keyfile.wrap(bank.with_name("other"), keys, "anna", whole, cost=CHEAP)
    assert keyfile.unlock(bank.with_name("other"), "anna", pieces) == keys


def test_nothing_that_was_typed_lies_in_the_files_or_the_audit(bank: Path) -> None:
    with pytest.raises(WrongPassphrase):
        enter(bank, "ela", "a secret that was mistyped")
    with inside(bank, "ela"):
        pass
    said = repr(person("ela")) + repr(lockout) + str(acts(bank))
    for file in bank.parent.iterdir():
        content = file.read_bytes()
        assert not [w for w in (*WORDS.values(), "a secret that was mistyped") if w.encode() in content], file.name
    assert not [w for w in WORDS.values() if w in said]


def test_a_session_belongs_to_the_open_bank_alone(bank: Path) -> None:
    with inside(bank, "ela") as (app, ela):
        other = Store(bank)
        try:
            assert other.sessions == {} and app.store.sessions == {ela.session: "ela"}
        finally:
            other.close()
