"""FILE.keys: what it gives, to whom, what lies in it in the open, and that no crash leaves half of it."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from crmdesk.domain import recovery
from crmdesk.domain.errors import BadInput, CrmdeskError, WrongPassphrase
from crmdesk.places import beside
from crmdesk.store import keyfile
from crmdesk.store.keyfile import Cost, Keys

CHEAP = Cost(64, 1, 1)
WORDS = "correct horse battery"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return tmp_path / "b.crmdesk"


@pytest.fixture
def keys(bank: Path) -> Keys:
    """The keys of an encrypted bank, of which only the key file exists, with a way in for ela."""
    made = keyfile.make(bank, keyfile.fresh(encrypted=True))
    keyfile.wrap(bank, made, "ela", WORDS, cost=CHEAP)
    return made


def text(bank: Path) -> str:
    return beside(bank, "keys").read_text(encoding="utf-8")


def test_a_plain_bank_keeps_its_audit_key_in_the_open_and_asks_nothing(bank: Path) -> None:
    made = keyfile.make(bank)
    assert made.data is None and len(made.audit) == 32
    assert keyfile.load(bank) == made and not keyfile.is_encrypted(bank)
    assert made.audit.hex() in text(bank)
    assert stat.S_IMODE(beside(bank, "keys").stat().st_mode) == 0o600 or os.name == "nt"
    with pytest.raises(CrmdeskError, match="exists already"):
        keyfile.make(bank)


def test_each_person_opens_the_same_keys_by_an_own_passphrase(bank: Path, keys: Keys) -> None:
    keyfile.wrap(bank, keys, "bob", "another long one", cost=CHEAP)
    assert keyfile.unlock(bank, "ela", WORDS) == keyfile.unlock(bank, "bob", "another long one") == keys
    for login, passphrase in (("ela", "another long one"), ("bob", WORDS), ("eve", WORDS), ("", WORDS), ("ela", "")):
        with pytest.raises(WrongPassphrase):
            keyfile.unlock(bank, login, passphrase)
    with pytest.raises(CrmdeskError, match="is encrypted; give a name and passphrase"):
        keyfile.load(bank)


def test_nothing_in_the_file_or_in_a_printed_key_tells_a_name_or_a_key(bank: Path, keys: Keys) -> None:
    keyfile.wrap(bank, keys, "kaya.ela", WORDS, cost=CHEAP)
    shown = keyfile.new_recovery_key(bank, keys, cost=CHEAP)
    assert keys.data is not None
    for secret in (keys.audit.hex(), keys.data.hex(), "kaya", WORDS, shown, shown.replace("-", "")):
        assert secret not in text(bank)
    assert keys.audit.hex() not in repr(keys) and str(keys.data) not in f"{keys!r}{keys}"
    assert stat.S_IMODE(beside(bank, "keys").stat().st_mode) == 0o600 or os.name == "nt"


def test_the_same_login_has_another_place_in_every_file(tmp_path: Path) -> None:
    places = []
    for name in ("a", "b"):
        made = keyfile.make(tmp_path / name, keyfile.fresh(encrypted=True))
        keyfile.wrap(tmp_path / name, made, "ela", WORDS, cost=CHEAP)
        places.append(set(keyfile.document(tmp_path / name)["wraps"]))
    assert places[0].isdisjoint(places[1])


def test_a_new_passphrase_ends_the_old_one_and_a_person_can_be_shut_out(bank: Path, keys: Keys) -> None:
    keyfile.wrap(bank, keys, "ela", "a newer one", cost=CHEAP)
    with pytest.raises(WrongPassphrase):
        keyfile.unlock(bank, "ela", WORDS)
    assert keyfile.unlock(bank, "ela", "a newer one") == keys and keyfile.has_wrap(bank, "ela")
    keyfile.unwrap_user(bank, "ela")
    assert not keyfile.has_wrap(bank, "ela")
    with pytest.raises(WrongPassphrase):
        keyfile.unlock(bank, "ela", "a newer one")


def test_a_wrap_moved_to_another_name_opens_nothing(bank: Path, keys: Keys) -> None:
    """Whoever can write the file must not give a colleague's way in to a name of their own."""
    keyfile.wrap(bank, keys, "bob", WORDS, cost=CHEAP)
    before = keyfile.document(bank)["wraps"]
    one, other = before

    def swap(found: dict[str, object]) -> None:
        found["wraps"] = {one: before[other], other: before[one]}

    keyfile.update(bank, swap)
    for login in ("ela", "bob"):
        with pytest.raises(WrongPassphrase):
            keyfile.unlock(bank, login, WORDS)


def test_the_recovery_key_opens_however_it_is_typed_until_there_is_a_newer_one(bank: Path, keys: Keys) -> None:
    first = keyfile.new_recovery_key(bank, keys, cost=CHEAP)
    assert keyfile.recovery_made_on(bank) is not None
    for typed in (first, first.lower(), first.replace("-", " "), f"  {first} "):
        assert keyfile.recover(bank, typed) == keyfile.unlock(bank, "", typed) == keys
    second = keyfile.new_recovery_key(bank, keys, cost=CHEAP)
    assert keyfile.recover(bank, second) == keys
    with pytest.raises(WrongPassphrase):
        keyfile.recover(bank, first)


def test_a_slip_in_the_recovery_key_is_found_before_it_is_tried() -> None:
    made = recovery.make()
    groups = made.split("-")
    assert len(groups) == 8 and {len(g) for g in groups} == {4} and not set(made) & set("0O1I")
    for at, sign in enumerate(made):
        if sign != "-":
            other = recovery.SIGNS[(recovery.SIGNS.index(sign) + 1) % len(recovery.SIGNS)]
            with pytest.raises(BadInput):
                recovery.read(made[:at] + other + made[at + 1 :])
    with pytest.raises(BadInput, match="31 signs were typed"):
        recovery.read(made[:-1])
    with pytest.raises(BadInput, match="no '0'"):
        recovery.read("0" + made[1:])
    assert recovery.looks_like(made) and not recovery.looks_like("correct horse battery")


def test_a_wrap_at_another_cost_still_opens_and_wants_a_new_one(bank: Path, keys: Keys) -> None:
    assert keyfile.needs_rehash(bank, "ela") and not keyfile.needs_rehash(bank, "ela", CHEAP)
    keyfile.wrap(bank, keys, "ela", WORDS, cost=Cost(128, 2, 1))
    assert keyfile.needs_rehash(bank, "ela", CHEAP) and keyfile.unlock(bank, "ela", WORDS) == keys
    assert not keyfile.needs_rehash(bank, "nobody")


def test_the_cost_of_a_guess_is_the_promised_one() -> None:
    """Argon2id with 64 MiB, three passes, four lanes."""
    assert (keyfile.COST.memory_kib, keyfile.COST.passes, keyfile.COST.lanes) == (64 * 1024, 3, 4)


@pytest.mark.parametrize("number", [1 << 40, -1, 0, "much", None])
def test_a_hostile_cost_is_a_damaged_file(bank: Path, keys: Keys, number: object) -> None:
    def change(found: dict[str, dict[str, dict[str, object]]]) -> None:
        for box in found["wraps"].values():
            box["memory_kib"] = number

    keyfile.update(bank, change)
    with pytest.raises(CrmdeskError, match="is damaged"):
        keyfile.unlock(bank, "ela", WORDS)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"wraps": 3}', '{"audit_key": 7}', '{"audit_key": "zz"}'])
def test_a_damaged_file_is_one_sentence(bank: Path, content: str) -> None:
    beside(bank, "keys").write_text(content, encoding="utf-8")
    with pytest.raises(CrmdeskError, match="is damaged; copy it back"):
        keyfile.load(bank)


def test_a_missing_file_is_one_sentence(bank: Path) -> None:
    assert not keyfile.is_encrypted(bank)
    with pytest.raises(CrmdeskError, match="travels with the bank"):
        keyfile.load(bank)


def test_many_writers_at_once_lose_nothing(bank: Path, keys: Keys) -> None:
    def count(found: dict[str, int]) -> None:
        found["failures"] = found.get("failures", 0) + 1

    def often() -> None:
        for _ in range(10):
            keyfile.update(bank, count)

    threads = [threading.Thread(target=often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keyfile.document(bank)["failures"] == 40 and keyfile.unlock(bank, "ela", WORDS) == keys


def test_a_full_disk_leaves_the_file_as_it_was(bank: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = text(bank)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keyfile.wrap(bank, keys, "bob", WORDS, cost=CHEAP)
    assert text(bank) == before and not beside(bank, "keys.new").exists()


def test_a_kill_between_the_steps_of_an_encryption_leaves_a_file_that_opens(bank: Path) -> None:
    """Before the exchange the plain file opens as ever, after it the encrypted one by the passphrase."""
    plain = keyfile.make(bank)
    bank.write_bytes(keyfile.PLAIN)
    keys = Keys(plain.audit, keyfile.fresh(encrypted=True).data)
    recovery_key = keyfile.begin_encryption(bank, keys, "ela", WORDS, CHEAP)
    assert not keyfile.is_encrypted(bank) and keyfile.load(bank) == plain
    bank.write_bytes(b"noise instead of a header")
    assert keyfile.is_encrypted(bank) and plain.audit.hex() in text(bank)
    assert keyfile.unlock(bank, "ela", WORDS) == keys
    assert plain.audit.hex() not in text(bank) and json.loads(text(bank))["format"] == 2
    assert keyfile.recover(bank, recovery_key) == keys


def test_an_encryption_given_up_leaves_the_plain_file(bank: Path) -> None:
    plain, before = keyfile.make(bank), text(bank)
    keyfile.begin_encryption(bank, Keys(plain.audit, b"d" * 32), "ela", WORDS, CHEAP)
    keyfile.give_up_encryption(bank)
    assert json.loads(text(bank)) == json.loads(before)
