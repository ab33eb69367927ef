"""The grammars of cells: what they take, and what generous parsers would have let through."""

import pytest

from crmdesk.services.importing.grammar import Fault, day, decimal, month, pattern, read_moment, text, whole


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1970-01-01", (0, 0, False)),
        ("1970-01-01T00:00", (0, 0, True)),
        ("1970-01-01 01:00:00.5+01:00", (0, 500_000, True)),
        ("1969-12-31T23:59:59Z", (-1, 0, True)),
        ("1970-01-01T00:00:00-0130", (5400, 0, True)),
        ("2024-02-30", None), ("20240102", None), ("2024-W01-1", None), ("2024-01-02T24:00", None),
        ("2024-01-02x10:00", None), ("2024-1-2", None), ("\u0662\u0660\u0662\u0664-01-02", None), ("02.01.2024", None),
    ],
)  # fmt: skip
def test_moments(value: str, expected: tuple[int, int, bool] | None) -> None:
    assert read_moment(value) == expected


@pytest.mark.parametrize(
    "value", ["nan", "inf", "1e4", "1_000", "1,000", "\u0663", "\uff15", "0x1", "1.234", ".", "--1"]
)
def test_no_decimals(value: str) -> None:
    with pytest.raises(Fault, match="is not a decimal number"):
        decimal("income")(value)


def test_decimals_are_minor_units() -> None:
    assert [decimal("x")(v) for v in ("1", "-0.5", "+12.30", " 7.00 ")] == [100, -50, 1230, 700]


@pytest.mark.parametrize("value", ["1.0", "1e1", "\u0661", "12345678901"])
def test_no_whole_numbers(value: str) -> None:
    with pytest.raises(Fault, match="is not a whole number"):
        whole("score")(value)


def test_months_and_days() -> None:
    assert month("month", "2024-06")("2024-06") == "2024-06"
    with pytest.raises(Fault, match="is in the future"):
        month("month", "2024-06")("2024-07")
    with pytest.raises(Fault, match="is not a month"):
        month("month", "2024-06")("2024-13")
    with pytest.raises(Fault, match="birth_date = 1879-12-31 is outside 1880-01-01 to 2024-01-01"):
        day("birth_date", low="1880-01-01", high="2024-01-01")("1879-12-31")


def test_the_quote_that_exports_add_is_taken_off() -> None:
    assert [text("name")(v) for v in ("'=1", "'quoted'", "  a ", " ")] == ["=1", "'quoted'", "a", None]
    assert pattern("country", "[A-Z]{2}", "country")("CZ") == "CZ"
