"""Signing in to an encrypted bank: each by the own passphrase, the recovery key, and what a failure leaves."""

from pathlib import Path

import pytest

from crmdesk.domain.errors import BadInput, Paused, Refused, SignInNeeded, WrongPassphrase
from crmdesk.domain.rights import Role, single_user
from crmdesk.places import beside
from crmdesk.services import backup, encryption, lost_passphrase, proposals, sign_in, users, ways_in
from crmdesk.store import files, keyfile
from tests import small_bank
from tests.two_people import CHEAP, WORDS, build, enter, inside, open_app


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return build(tmp_path / "b.crmdesk")


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    small_bank.build(tmp_path / "p.crmdesk").store.close()
    return tmp_path / "p.crmdesk"


def test_an_encrypted_bank_of_one_person_asks_for_its_passphrase(plain: Path) -> None:
    app, single = sign_in.enter(plain, open_app)
    key = encryption.encrypt(app, single, "a quiet brown horse", cost=CHEAP).recovery_key
    assert sign_in.door(plain) == sign_in.Door(plain, encrypted=True, users=False)
    with pytest.raises(SignInNeeded, match="encrypted"):
        sign_in.enter(plain, open_app)
    with pytest.raises(WrongPassphrase, match="4 tries"):
        sign_in.enter(plain, open_app, "", "wrong horse", cost=CHEAP)
    app, single = sign_in.enter(plain, open_app, "", "a quiet brown horse", cost=CHEAP)
    with app:
        with pytest.raises(WrongPassphrase, match=r"4 tries left before a 15-minute pause\.$"):
            sign_in.check_again(app, single, "wrong horse", cost=CHEAP)
        sign_in.change_password(app, single, "a quiet brown horse", "a quiet white horse", cost=CHEAP)
        sign_in.check_again(app, single, "a quiet white horse", cost=CHEAP)
    with pytest.raises(WrongPassphrase):
        sign_in.enter(plain, open_app, "", "a quiet brown horse", cost=CHEAP)
    app, single = lost_passphrase.enter(plain, open_app, key, "a quiet black horse", cost=CHEAP)
    with app:
        assert single.single
    sign_in.enter(plain, open_app, "", "a quiet black horse", cost=CHEAP)[0].close()


def test_an_encrypted_bank_with_users_opens_for_each_by_the_own_password(bank: Path) -> None:
    with inside(bank, "ela") as (app, ela):
        done = encryption.encrypt(app, ela, WORDS["ela"], cost=CHEAP)
    assert set(done.others) == {"anna", "dora"} and sign_in.door(bank) == sign_in.Door(bank, True, True)
    said = []
    for login, words in (("dora", WORDS["dora"]), ("nobody", WORDS["dora"]), ("ela", "wrong horse")):
        with pytest.raises(WrongPassphrase, match="4 tries") as wrong:
            enter(bank, login, words)
        said.append(str(wrong.value))
    assert len(set(said)) == 1 and "no password since the bank was encrypted gets a new one" in said[0]
    with inside(bank, "ela") as (app, ela):
        assert {u.login: u.can_sign_in for u in users.users(app, ela)} == {"ela": True, "dora": False, "anna": False}
        given = users.reset_password(app, ela, "dora", cost=CHEAP)
    with inside(bank, "dora", given.password) as (app, dora):
        sign_in.change_password(app, dora, given.password, WORDS["dora"], cost=CHEAP)
    with inside(bank, "dora") as (app, dora):
        assert proposals.open_ones(app, dora) == []
    with inside(bank, "ela") as (app, ela):
        users.end(app, ela, "dora")
    assert not keyfile.has_wrap(bank, "dora")
    with pytest.raises(WrongPassphrase):
        enter(bank, "dora")


def test_the_recovery_key_gives_an_administrator_a_new_password_and_nobody_else(bank: Path) -> None:
    with pytest.raises(Refused, match="not encrypted"):
        lost_passphrase.enter(bank, open_app, "x", "a quiet black horse", "ela", cost=CHEAP)
    with inside(bank, "ela") as (app, ela):
        key = encryption.encrypt(app, ela, WORDS["ela"], cost=CHEAP).recovery_key
    for login in ("anna", "nobody"):
        with pytest.raises(Refused, match="no administrator"):
            lost_passphrase.enter(bank, open_app, key, "a quiet black horse", login, cost=CHEAP)
    app, ela = lost_passphrase.enter(bank, open_app, key, "a quiet black horse", "ela", cost=CHEAP)
    with app, app.store.reader() as raw:
        last = list(raw.execute("SELECT actor, act, reason FROM audit_event ORDER BY seq DESC LIMIT 2"))
    assert last == [("ela", "sign in", ""), ("ela", "change password", "by the recovery key")]
    with pytest.raises(WrongPassphrase):
        enter(bank, "ela")


def test_the_pause_too_says_who_gives_a_new_password_after_the_encryption(bank: Path) -> None:
    with inside(bank, "ela") as (app, ela):
        encryption.encrypt(app, ela, WORDS["ela"], cost=CHEAP)
    for login in ("dora", "nobody"):
        for _ in range(4):
            with pytest.raises(WrongPassphrase):
                enter(bank, login, WORDS["dora"])
        for _ in range(2):
            with pytest.raises(Paused, match="wait until .* gets a new one from an administrator"):
                enter(bank, login, WORDS["dora"])


def test_a_recovery_key_is_no_password(bank: Path) -> None:
    with inside(bank, "ela") as (app, ela):
        key = encryption.encrypt(app, ela, WORDS["ela"], cost=CHEAP).recovery_key
    with pytest.raises(BadInput, match="is a recovery key"):
        lost_passphrase.enter(bank, open_app, key, key, "ela", cost=CHEAP)
    with inside(bank, "ela"):
        pass


def test_a_change_that_cannot_be_saved_leaves_the_way_in_as_it_was(bank: Path) -> None:
    with inside(bank, "ela") as (app, ela):
        encryption.encrypt(app, ela, WORDS["ela"], cost=CHEAP)
    with inside(bank, "ela") as (app, ela):
        with app.store.raw() as raw:
            raw.execute(
                "CREATE TRIGGER no_more BEFORE UPDATE ON bank_state BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
            )
        with pytest.raises(Exception, match="full"):
            sign_in.change_password(app, ela, WORDS["ela"], "a quiet brown horse", cost=CHEAP)
        with app.store.raw() as raw:
            raw.execute("DROP TRIGGER no_more")
    with inside(bank, "ela"):
        pass


def test_a_change_that_fails_takes_back_its_own_ways_in_and_no_other(bank: Path) -> None:
    with inside(bank, "ela") as (app, ela):
        encryption.encrypt(app, ela, WORDS["ela"], cost=CHEAP)
    with inside(bank, "ela") as (app, ela):
        users.reset_password(app, ela, "anna", cost=CHEAP)
        with pytest.raises(RuntimeError), ways_in.kept(bank):
            users.end(app, ela, "anna")  # by another process, while this one waits for its turn
            with app.store.write():
                ways_in.give(app.store, "dora", WORDS["dora"], CHEAP)
                raise RuntimeError
    assert not keyfile.has_wrap(bank, "anna") and not keyfile.has_wrap(bank, "dora")
    assert keyfile.has_wrap(bank, "ela")


def test_a_slip_in_the_recovery_key_is_no_try(plain: Path) -> None:
    with sign_in.enter(plain, open_app)[0] as app:
        key = encryption.encrypt(app, sign_in.single_user("x"), "a quiet black horse", cost=CHEAP).recovery_key
    slip = key[:-1] + ("2" if key[-1] != "2" else "3")
    for _ in range(6):
        with pytest.raises(BadInput):
            lost_passphrase.enter(plain, open_app, slip, "a quiet brown horse", cost=CHEAP)
    app, _ = lost_passphrase.enter(plain, open_app, key, "a quiet brown horse", cost=CHEAP)
    app.close()


def test_encrypting_is_no_place_to_guess_a_password(bank: Path) -> None:
    with inside(bank, "ela") as (app, ela):
        for _ in range(4):
            with pytest.raises(BadInput, match="not your password"):
                encryption.encrypt(app, ela, "a guess of somebody", cost=CHEAP)
        for guess in ("a guess of somebody", WORDS["ela"]):
            with pytest.raises(Paused):
                encryption.encrypt(app, ela, guess, cost=CHEAP)
        with app.store.reader() as raw:
            refused = raw.execute("SELECT count(*) FROM audit_event WHERE act LIKE 'sign in %'").fetchone()
    assert refused == (6,) and not keyfile.is_encrypted(bank)


def test_an_administrator_who_also_looks_after_customers_is_told_of_plain_copies(bank: Path) -> None:
    with inside(bank, "ela") as (app, ela):
        users.change_roles(app, ela, "anna", {Role.ADMIN, Role.RELATIONSHIP_MANAGER})
    files.copy_bank(bank, beside(bank, "before"))
    with inside(bank, "anna") as (app, anna):
        encryption.encrypt(app, anna, WORDS["anna"], cost=CHEAP)
    with inside(bank, "anna") as (app, anna):
        assert encryption.status(app, anna).plain_copies == (beside(bank, "before"),)


def test_keys_of_another_bank_are_no_way_around_the_people_of_this_one(bank: Path, tmp_path: Path) -> None:
    other = small_bank.build(tmp_path / "other.crmdesk")
    encryption.encrypt(other, single_user("mallory"), "blue horses run", cost=CHEAP)
    keys = keyfile.unlock(tmp_path / "other.crmdesk", "", "blue horses run")
    with inside(bank, "ela") as (app, admin):
        encryption.encrypt(app, admin, WORDS["ela"], cost=CHEAP)
    before = bank.read_bytes()
    with pytest.raises(Refused, match="does not open by these keys"):
        backup.restore(single_user("mallory"), tmp_path / "other.crmdesk", bank, keys)
    assert bank.read_bytes() == before
