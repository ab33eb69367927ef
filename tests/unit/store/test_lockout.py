"""Wrong passwords counted beside the bank: five, then fifteen minutes, whatever is restarted or set back."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmdesk.domain.errors import CrmdeskError, Paused, WrongPassphrase
from crmdesk.places import beside
from crmdesk.store import keyfile, lockout
from crmdesk.store.lockout import PAUSE, TRIES

NOON = 1_800_000_000.0
Clock = Callable[[], float]


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    keyfile.make(tmp_path / "b.crmdesk")
    return tmp_path / "b.crmdesk"


def fail(bank: Path, times: int = TRIES, now: float = NOON, login: str = "ela") -> None:
    for _ in range(times):
        lockout.begin(bank, login, now)


def left_of_pause(bank: Path, now: float, login: str = "ela") -> float:
    """Seconds until the next try is looked at, 0 where it is looked at now."""
    try:
        lockout.begin(bank, login, now)
    except Paused as paused:
        return paused.until.timestamp() - now
    return 0.0


def test_five_tries_then_fifteen_minutes_then_five_again(bank: Path) -> None:
    assert [lockout.begin(bank, "ela", NOON) for _ in range(TRIES)] == [4, 3, 2, 1, 0]
    assert left_of_pause(bank, NOON + 1) == PAUSE - 1
    assert left_of_pause(bank, NOON + PAUSE - 1) == 1
    assert lockout.begin(bank, "ela", NOON + PAUSE) == 4
    assert lockout.begin(bank, "dora", NOON) == 4


def test_what_a_person_is_told(bank: Path) -> None:
    told = [lockout.wrong(left, NOON) for left in (4, 1, 0)]
    assert [str(one) for one in told[:2]] == [
        "Name or passphrase is wrong. 4 tries left before a 15-minute pause.",
        "Name or passphrase is wrong. 1 try left before a 15-minute pause.",
    ]
    assert isinstance(told[0], WrongPassphrase) and isinstance(told[2], Paused)
    assert told[2].until.timestamp() == NOON + PAUSE


def test_a_right_one_forgets_and_says_how_many_were_wrong(bank: Path) -> None:
    fail(bank, 3)
    lockout.begin(bank, "ela", NOON)
    assert lockout.succeed(bank, "ela") == 3
    assert lockout.begin(bank, "ela", NOON) == 4


def test_the_count_lies_in_the_file_and_no_name_does(bank: Path) -> None:
    fail(bank, 2)
    text = beside(bank, "keys").read_text()
    assert "ela" not in text and [n for n, _ in json.loads(text)["failures"]["tries"].values()] == [2]
    assert beside(bank, "keys").stat().st_mode & 0o777 == 0o600
    assert keyfile.load(bank).audit  # the key beside it is untouched


def test_a_clock_set_back_neither_ends_nor_lengthens_the_pause(bank: Path) -> None:
    fail(bank)
    assert left_of_pause(bank, NOON + 300) == PAUSE - 300
    for back in (3_600.0, 86_400.0, 10 * 365 * 86_400.0):
        assert left_of_pause(bank, NOON - back) == PAUSE - 300
    now = NOON - 10 * 365 * 86_400.0
    assert left_of_pause(bank, now + PAUSE - 301) == 1
    assert left_of_pause(bank, now + PAUSE - 300) == 0


def test_a_clock_that_was_far_ahead_and_is_put_right_leaves_fifteen_minutes(bank: Path) -> None:
    fail(bank, now=NOON + 365 * 86_400)
    assert left_of_pause(bank, NOON) == PAUSE
    assert lockout.paused_until(bank, "ela", NOON) is not None
    assert left_of_pause(bank, NOON + PAUSE) == 0


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 600), st.integers(-1_000_000, 0)), min_size=1, max_size=12))
def test_a_clock_set_back_at_will_pauses_fifteen_minutes_at_least_and_no_more_after_the_last_jump(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]]
) -> None:
    """A try after each wait and jump back; of a jump forward nobody can tell, the wall clock is all there is."""
    bank = tmp_path_factory.mktemp("clock") / "b.crmdesk"
    keyfile.make(bank)
    fail(bank)
    shown, waited = NOON, 0
    for wait, jump in steps:
        waited += wait
        shown += wait + jump
        left = left_of_pause(bank, shown)
        if left == 0:
            assert waited >= PAUSE
            return
        assert left <= PAUSE
    assert left_of_pause(bank, shown + PAUSE) == 0


def test_many_at_once_get_five_tries_together(bank: Path) -> None:
    got: list[int] = []
    paused: list[int] = []

    def attempt() -> None:
        try:
            got.append(lockout.begin(bank, "ela", NOON))
        except Paused:
            paused.append(1)

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [0, 1, 2, 3, 4] and len(paused) == 15


def test_invented_names_neither_fill_the_disk_nor_free_a_paused_one(bank: Path) -> None:
    fail(bank)
    for i in range(300):
        lockout.begin(bank, f"nobody{i}", NOON)
    assert left_of_pause(bank, NOON) == PAUSE
    assert max(map(len, json.loads(beside(bank, "keys").read_text())["failures"]["tries"])) == 4


def test_an_administrator_ends_a_pause(bank: Path) -> None:
    fail(bank)
    fail(bank, 3, login="dora")
    lockout.clear(bank, "ela")
    assert lockout.paused_until(bank, "ela", NOON) is None
    assert (lockout.begin(bank, "ela", NOON), lockout.begin(bank, "dora", NOON)) == (4, 1)


@pytest.mark.parametrize("failures", ["x", {"tries": 3}, {"tries": {}, "seen": "yesterday"}, {"tries": {"SLOT": 5}}])
def test_counters_that_were_written_over_are_one_sentence_and_no_way_in(bank: Path, failures: object) -> None:
    lockout.begin(bank, "ela")
    slot = next(iter(keyfile.document(bank)["failures"]["tries"]))
    spoilt = json.loads(json.dumps(failures).replace("SLOT", slot))
    keyfile.update(bank, lambda found: found.update(failures=spoilt))
    for deed in (lockout.begin, lockout.paused_until):
        with pytest.raises(CrmdeskError, match="is damaged"):
            deed(bank, "ela")
