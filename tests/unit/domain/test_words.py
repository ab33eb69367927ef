"""The catalogue's 37 rows, money without floats, folded names, rights that nobody holds."""

import pytest

from crmdesk.domain import rights
from crmdesk.domain.customer import digits, fold
from crmdesk.domain.errors import Refused
from crmdesk.domain.interaction import BY_CODE, BY_ROW, CELLS, SYSTEM_CELLS, Cell, our_words
from crmdesk.domain.money import parse_minor, plain


def test_the_catalogue_is_table_1_of_the_paper() -> None:
    assert [c.row for c in CELLS] == list(range(1, 38))
    counted = {c: sum(x.channel == c for x in CELLS) for c in ("atm", "online", "call_centre", "branch")}
    assert counted == {"atm": 5, "online": 12, "call_centre": 8, "branch": 12}
    assert BY_ROW[9].activity == "bill_payment" and BY_ROW[9].sign == "-"
    assert BY_ROW[29].code == "branch.transaction.deposit" and BY_ROW[29].sign == "+"
    assert BY_ROW[36].mode == "educational" and BY_ROW[37].mode == "promotional"
    assert not {c.code for c in SYSTEM_CELLS} & {c.code for c in CELLS}


def test_the_papers_words_are_understood_and_illegal_ones_are_not() -> None:
    def cell(*words: str) -> Cell | None:
        return BY_CODE.get(".".join(our_words(*words)))

    assert cell(" Walk-in", "transactional", "Travelers' Check") == BY_ROW[33]
    assert cell("internet", "transaction", "bill paying") == BY_ROW[9]
    assert cell("atm", "promotional", "promotion") is None
    assert cell("call centre", "educational", "education") is None


@pytest.mark.parametrize(
    ("text", "minor"), [("12.30", 1230), ("-0.5", -50), ("7", 700), ("700.00", 70000), ("+1.1", 110)]
)
def test_money_is_read_exactly(text: str, minor: int) -> None:
    assert parse_minor(text) == minor
    assert parse_minor(plain(minor)) == minor


@pytest.mark.parametrize("text", ["", "nan", "1e3", "1,000", "٣", "１２", "1.234", "inf", "--1", "1 0"])
def test_other_numbers_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_minor(text)


def test_folding_makes_spellings_meet() -> None:
    assert fold("Yılmaz") == fold("YILMAZ") == fold("yilmaz") == "yilmaz"
    assert fold(None) == "" and digits("+90 (216) 555-12 34") == "902165551234"


def test_a_right_without_holders_is_refused_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    actor = rights.single_user("me")
    for right in rights.Right:
        rights.require(actor, right)
        assert rights.HOLDERS[right]
    monkeypatch.delitem(rights.HOLDERS, rights.Right.IMPORT)  # type: ignore[misc]
    with pytest.raises(Refused, match="nobody"):
        rights.require(actor, rights.Right.IMPORT)
