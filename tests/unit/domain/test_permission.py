"""The rule that decides: the spec's table, then random ledgers against a naive replay."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmdesk.domain.permission import MARKETING_CHANNELS, STRICTNESS, PermissionEvent, decide, decide_each, state

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def event(seq: int, status: str, on: str, channel: str | None = "email", **more: object) -> PermissionEvent:
    when = datetime.fromisoformat(on).replace(tzinfo=UTC)
    values: dict[str, object] = {"purpose": "marketing", "recorded_at": when, **more}
    return PermissionEvent(seq=seq, channel=channel, status=status, effective_at=when, **values)  # type: ignore[arg-type]


def granted(seq: int, on: str, until: str, **more: object) -> PermissionEvent:
    return event(seq, "granted", on, expires_on=date.fromisoformat(until), **more)


@pytest.mark.parametrize(
    ("events", "expected", "allowed"),
    [
        ([], "none", False),
        ([event(1, "asked", "2026-05-01")], "pending", False),
        ([granted(1, "2025-01-01", "2027-01-01")], "granted", True),
        ([granted(1, "2024-01-01", "2026-01-01")], "expired", False),
        ([granted(1, "2025-01-01", "2026-06-01")], "granted", True),
        ([granted(1, "2025-01-01", "2026-05-31")], "expired", False),
        ([granted(1, "2026-01-01", "2028-01-01"), event(2, "refused", "2026-05-01")], "refused", False),
        ([event(1, "objected", "2026-03-01", None), granted(2, "2026-04-01", "2028-04-01")], "objected", False),
        ([event(1, "objected", "2026-03-01", None), granted(2, "2026-04-01", "2028-04-01", own_act=True)],
         "granted", True),
        ([event(1, "objected", "2026-03-01"), event(2, "withdrawn", "2026-04-01")], "objected", False),
        ([granted(1, "2026-01-01", "2028-01-01", channel="phone")], "none", False),
        ([granted(1, "2026-01-01", "2028-01-01"), event(2, "asked", "2026-05-01")], "granted", True),
        ([event(1, "refused", "2026-05-01"), event(2, "voided", "2026-05-02", voids=1)], "none", False),
        ([granted(1, "2026-05-01", "2028-05-01"), event(2, "withdrawn", "2026-05-01")], "withdrawn", False),
        ([event(1, "withdrawn", "2026-05-01"), granted(2, "2026-05-01", "2028-05-01")], "withdrawn", False),
        ([granted(1, "2026-07-01", "2028-07-01")], "none", False),
        ([granted(1, "2026-01-01", "2028-01-01"), event(2, "erased", "2026-02-01", None)], "erased", False),
    ],
)  # fmt: skip
def test_the_table_of_the_spec(events: list[PermissionEvent], expected: str, allowed: bool) -> None:
    found = decide(events, "marketing", "email", AT)
    assert (found.state, found.allowed) == (expected, allowed)
    assert found.reason


def test_two_times_what_was_true_and_what_was_known() -> None:
    late = event(1, "withdrawn", "2026-03-01", recorded_at=datetime(2026, 3, 10, tzinfo=UTC))
    events = [granted(0, "2026-01-01", "2028-01-01"), late]
    fifth = datetime(2026, 3, 5, tzinfo=UTC)
    assert state(events, "marketing", "email", fifth)[0] == "withdrawn"
    assert state(events, "marketing", "email", fifth, known_at=fifth)[0] == "granted"


def test_profiling_by_interest_and_by_consent() -> None:
    assert decide([], "profiling", None, AT).allowed
    assert not decide([], "profiling", None, AT, basis="consent").allowed
    refused = [event(1, "refused", "2026-05-01", None, purpose="profiling")]
    assert not decide(refused, "profiling", None, AT).allowed
    assert not decide(refused, "targeting", None, AT).allowed
    assert not decide([], "profiling", None, AT, restricted=True).allowed
    assert decide([], "service", None, AT, restricted=True).allowed
    objected = [event(1, "objected", "2026-05-01", "phone")]
    assert decide(objected, "profiling", None, AT).allowed
    assert not decide(objected, "targeting", None, AT).allowed


def test_channels_decided_together_are_those_decided_one_by_one() -> None:
    events = [
        event(1, "refused", "2026-01-01", None), granted(2, "2026-02-01", "2027-02-01"),
        event(3, "objected", "2026-03-01", "sms"), event(4, "voided", "2026-04-01", None, voids=3, purpose="survey"),
        event(5, "objected", "2026-03-01", "phone", purpose="survey"), event(6, "withdrawn", "2026-05-01", "in_app"),
    ]  # fmt: skip
    for told in (events, [*events, event(7, "erased", "2026-05-02", None, purpose="service")], []):
        for restricted in (False, True):
            together = decide_each(told, "marketing", MARKETING_CHANNELS, AT, restricted=restricted)
            assert together == {c: decide(told, "marketing", c, AT, restricted=restricted) for c in MARKETING_CHANNELS}


events_strategy = st.lists(
    st.tuples(
        st.sampled_from(["asked", "granted", "refused", "withdrawn", "objected"]),
        st.integers(0, 60),  # day
        st.sampled_from([None, *MARKETING_CHANNELS[:2]]),
        st.booleans(),  # own act
        st.integers(1, 40),  # life in days
    ),
    max_size=8,
)


def naive(ledger: list[tuple[str, int, str | None, bool, int]], channel: str, day: int) -> str:
    """Replay day by day, written apart from the rule: one current state, changed by each event in turn."""
    current, until = "none", 0
    order = sorted(enumerate(ledger), key=lambda e: (e[1][1], STRICTNESS[e[1][0]], e[0]))
    for _, (status, on, where, own, life) in order:
        if on > day or where not in (None, channel):
            continue
        if status == "asked":
            current = "pending" if current == "none" else current
        elif status == "granted":
            if current != "objected" or own:
                current, until = "granted", on + life
        elif current != "objected":
            current = status
    return "expired" if current == "granted" and day > until else current


@settings(max_examples=300, deadline=None)
@given(events_strategy, st.integers(0, 110))
def test_random_ledgers_equal_a_replay_and_no_yes_without_a_grant(
    ledger: list[tuple[str, int, str | None, bool, int]], day: int
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    events = [
        PermissionEvent(i, "marketing", where, status, start + timedelta(on), start,
                        own_act=own and status == "granted",
                        expires_on=(start + timedelta(on + life)).date() if status == "granted" else None)
        for i, (status, on, where, own, life) in enumerate(ledger)
    ]  # fmt: skip
    for channel in MARKETING_CHANNELS[:2]:
        found = decide(events, "marketing", channel, start + timedelta(day))
        assert found.state == naive(ledger, channel, day)
        assert decide_each(events, "marketing", (channel,), start + timedelta(day)) == {channel: found}
        if found.allowed:
            assert any(s == "granted" and on <= day <= on + life and w in (None, channel)
                       for s, on, w, _, life in ledger)  # fmt: skip
