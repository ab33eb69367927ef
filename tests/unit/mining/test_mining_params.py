"""Typed-in parameters become typed ones, or one sentence for each that is wrong."""

from datetime import UTC, date, datetime
from typing import Literal

import pytest

from crmdesk.contributions import Analysis, Field, Params
from crmdesk.domain.errors import BadInput
from crmdesk.mining.params import find_analysis, parse_day, validate
from crmdesk.results import Table

DAY = date(2026, 6, 30)
CLOCK = datetime(2026, 7, 1, tzinfo=UTC)


class Knobs(Params):
    k: int | None = Field(None, ge=2, le=20, title="Groups", description="How many.")
    share: float = Field(0.5, gt=0, lt=1, title="Share", description="Of all.")
    method: Literal["fast", "exact"] = Field("fast", title="Method", description="Which.")
    strict: bool = Field(False, title="Strict", description="Refuse more.")


ANALYSIS = Analysis("demo.count", "Count", "Counts.", ("usage.cells",), Knobs, "x:y", Table)


def test_defaults_and_texts_are_read() -> None:
    params = validate(ANALYSIS, {"k": "4", "share": "0.25", "strict": "yes"}, 11, DAY)
    assert params.own() == {"k": 4, "share": 0.25, "method": "fast", "strict": True}
    assert (params.seed, params.as_of) == (11, "2026-06-30")


def test_empty_text_means_not_given() -> None:
    assert validate(ANALYSIS, {"k": "", "share": None}, 7, DAY).own() == validate(ANALYSIS, {}, 7, DAY).own()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"k": "1"}, "k must be at least 2, not '1'."),
        ({"k": 21}, "k must be at most 20, not '21'."),
        ({"k": "four"}, "k must be a whole number, not 'four'."),
        ({"k": 2.5}, "k must be a whole number, not '2.5'."),
        ({"share": "nan"}, "share must be a finite number."),
        ({"share": "1e999"}, "share must be a finite number."),
        ({"share": 1}, "share must be less than 1.0, not '1'."),
        ({"method": "slow"}, "method must be one of 'fast' or 'exact', not 'slow'."),
        ({"strict": "perhaps"}, "strict must be yes or no, not 'perhaps'."),
        ({"colour": "red"}, "demo.count has no parameter 'colour'; it takes: k, share, method, strict."),
        ({"seed": 3}, "demo.count has no parameter 'seed'; it takes: k, share, method, strict."),
        ({"k": 1, "method": "x"}, "k must be at least 2, not '1'. method must be one of 'fast' or 'exact', not 'x'."),
    ],
)
def test_each_wrong_parameter_gets_its_sentence(raw: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput) as caught:
        validate(ANALYSIS, raw, 7, DAY)
    assert str(caught.value) == words


def test_a_wrong_seed_is_named() -> None:
    with pytest.raises(BadInput, match=r"^seed must be at least 0, not '-1'\.$"):
        validate(ANALYSIS, {}, -1, DAY)


def test_an_unknown_analysis_names_the_known_ones_nearest_first() -> None:
    known = {"zeta.other": ANALYSIS, "demo.count": ANALYSIS}
    assert find_analysis(known, "demo.count") is ANALYSIS
    with pytest.raises(BadInput, match=r"no analysis 'demo.cuont'; known: demo.count, zeta.other\."):
        find_analysis(known, "demo.cuont")
    with pytest.raises(BadInput, match="no plugin that offers one is loaded"):
        find_analysis({}, "demo.count")


def test_days() -> None:
    assert parse_day(" 2026-06-30 ", CLOCK) == DAY
    assert parse_day(None, CLOCK) is None
    assert parse_day("", CLOCK) is None
    for wrong in ("yesterday", "2026-02-30", "30.06.2026"):
        with pytest.raises(BadInput, match=f"as-of '{wrong}' is not a day"):
            parse_day(wrong, CLOCK)
    with pytest.raises(BadInput, match="in the future"):
        parse_day("9999-01-01", CLOCK)
