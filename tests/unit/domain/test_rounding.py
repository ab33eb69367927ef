"""One rounding of intervals: outward, and the same in few and in many digits."""

from hypothesis import given
from hypothesis import strategies as st

from crmdesk.domain.rounding import outward, so_many, span

SHARES = st.floats(0, 1)


@given(SHARES, SHARES)
def test_no_interval_is_told_narrower_than_it_is(one: float, other: float) -> None:
    low, high = sorted((one, other))
    first, last = outward(low, high, 1_000)
    assert first <= 1_000 * low + 2e-6 and last >= 1_000 * high - 2e-6
    assert 0 <= first <= last <= 1_000


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_few_digits_hold_what_many_digits_say(one: int, other: int) -> None:
    low, high = sorted((one / 10_000, other / 10_000))
    fine = outward(low, high, 1_000)
    assert outward(low, high) == outward(fine[0] / 1_000, fine[1] / 1_000)


def test_rare_things_are_told_of_more() -> None:
    assert [so_many(share) for share in (0.5, 0.02, 0.0199, 0.002, 0.0)] == [100, 100, 1_000, 1_000, 10_000]
    assert (span(0.7849, 0.8001, 100), span(0.25, 0.25, 100)) == ("78 to 81", "about 25")
