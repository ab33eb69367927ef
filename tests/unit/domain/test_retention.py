"""Retention of backups: a machine that copies every half hour for months keeps what the rule says and no more."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crmdesk.domain.retention import ALL_OF, DAYS, LONGEST, MONTHS, WEEKS, kept

START = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)
MOST = 97 + DAYS + WEEKS + MONTHS


def test_half_hourly_copies_over_120_days() -> None:
    there: set[datetime] = set()
    now = START
    for step in range(120 * 48):
        now = START + timedelta(minutes=30 * step)
        there.add(now)
        there = kept(there, now)
        assert len(there) <= MOST
    ages = sorted(now - at for at in there)
    assert sum(age <= ALL_OF for age in ages) == 97  # half an hour apart, both ends
    assert ages[-1] <= LONGEST
    assert {at.date() for at in there} >= {(now - timedelta(days=n)).date() for n in range(DAYS)}
    assert len({at.isocalendar()[:2] for at in there}) >= WEEKS
    assert len({(at.year, at.month) for at in there}) >= MONTHS


@given(
    st.lists(st.integers(0, 200 * 24 * 60), min_size=1, max_size=60, unique=True),
    st.integers(0, 30 * 24 * 60),
)
def test_whatever_was_made(minutes: list[int], later: int) -> None:
    made = [START + timedelta(minutes=m) for m in minutes]
    now = max(made) + timedelta(minutes=later)
    keep = kept(made, now)
    assert keep <= set(made) and max(made) in keep
    assert {at for at in made if now - at <= ALL_OF} <= keep
    assert all(now - at <= LONGEST for at in keep - {max(made)})
    assert kept(keep, now) == keep  # thinning again takes nothing more


def test_the_last_copy_of_all_stays_however_old() -> None:
    old = [START, START + timedelta(days=1)]
    assert kept(old, START + timedelta(days=400)) == {old[1]}
    assert kept([], START) == set()
