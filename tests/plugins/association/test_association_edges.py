"""The edge list of rules: a sentence or the right result, never a traceback or a warning from below."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from crmdesk_association import mine_rules
from crmdesk_association.offers import offers
from crmdesk_association.params import RulesParams
from holders import DAY, END, acts, holders

from crmdesk.api import AnalysisError, Rules
from crmdesk.jobs import Silent

FRAME = holders(700)
BASKETS = "bread,butter\nmilk\nbread,butter,milk\ntea\n" * 60


def run(frame: pd.DataFrame, **given: object) -> Rules:
    return mine_rules.run(frame, RulesParams(**{"as_of": "2000-01-01", **given}), Silent())


def sound(result: Rules) -> Rules:
    """Every result: a verdict, counts that fit, shares within bounds, bytes that survive, no infinite number."""
    assert result.verdict
    rules = result.tables["rules"]
    assert len(rules) == result.metrics["rules"].value
    assert (rules["count"] <= rules["antecedent_count"]).all() and rules["confidence"].between(0, 1).all()
    assert (result.tables["items"]["count"] <= result.metrics["baskets"].value).all()
    for table in result.tables.values():
        assert not np.isinf(table.select_dtypes("number").to_numpy(dtype=float)).any()
    assert type(result).from_bytes(result.to_bytes()).to_bytes() == result.to_bytes()
    return result


@pytest.mark.parametrize("rows", [0, 1, 2, 30])
def test_hardly_any_rows_are_refused_in_words(rows: int) -> None:
    with pytest.raises(AnalysisError, match=r"Not enough data: \d+ customers, and at least 200 are needed"):
        run(FRAME.iloc[:rows])
    with pytest.raises(AnalysisError, match=r"Not enough data: \d+ visits"):
        run(acts().iloc[:rows], basket="visits")


@pytest.mark.parametrize("column", ["opened_s", "closed_s", "product", "family"])
def test_a_missing_column_is_named(column: str) -> None:
    with pytest.raises(AnalysisError, match=f"lacks {column}"):
        run(FRAME.drop(columns=column))


@pytest.mark.parametrize("column", ["occurred_s", "channel", "mode", "activity"])
def test_a_missing_column_of_acts_is_named(column: str) -> None:
    with pytest.raises(AnalysisError, match=f"lacks {column}"):
        run(acts().drop(columns=column), basket="days")


def words_in(column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda f: f.assign(**{column: ["soon"] * len(f)})


def infinite(column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda f: f.assign(**{column: np.where(np.arange(len(f)) == 3, np.inf, f[column])})


REFUSED: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "infinite opening": (infinite("opened_s"), "infinite time"),
    "infinite closing": (infinite("closed_s"), "infinite time"),
    "words for a time": (words_in("opened_s"), "no time"),
    "customers as text": (lambda f: f.set_axis(f.index.map(str), axis=0), "whole numbers"),
    "nobody is an owner": (lambda f: f.assign(role="authorised"), "Not enough data: 0"),
    "all closed": (lambda f: f.assign(closed_s=f["opened_s"] + DAY), "Not enough data"),
    "all in the future": (lambda f: f.assign(opened_s=END + 90 * DAY), "Not enough data: 0"),
    "no day of opening": (lambda f: f.assign(opened_s=np.nan), "Not enough data: 0"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_data_that_cannot_be_used_is_refused_in_words(case: str) -> None:
    edit, words = REFUSED[case]
    with pytest.raises(AnalysisError, match=words):
        run(edit(FRAME.copy()))


def each(k: int, frame: pd.DataFrame) -> np.ndarray:
    """Every k-th row."""
    return np.arange(len(frame)) % k == 0


ODD: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "one product": lambda f: f[f["product"] == "CUR"],
    "one product held by half": lambda f: f[f["product"].isin(["SAV"])],
    "two products held by all": lambda f: pd.concat([f[f["product"] == "CUR"].assign(product=code) for code in "AB"]),
    "duplicate rows": lambda f: pd.concat([f, f]),
    "rows in any order": lambda f: f.sample(frac=1, random_state=1),
    "one customer with most rows": lambda f: pd.concat([f, *[f.iloc[[0]]] * 3_000]),
    "products missing here and there": lambda f: f.assign(product=f["product"].where(np.arange(len(f)) % 7 > 0)),
    "product codes as numbers": lambda f: f.assign(product=f["product"].cat.codes.astype(int) + 100),
    "no names": lambda f: f.drop(columns="product_name"),
    "names missing": lambda f: f.assign(product_name=None),
    "no roles": lambda f: f.drop(columns="role"),
    "no owners' columns": lambda f: f.iloc[:, :6],
    "closed before opened": lambda f: f.assign(closed_s=np.where(each(50, f), f["opened_s"] - DAY, np.nan)),
    "closing given as nothing at all": lambda f: f.assign(closed_s=pd.array([pd.NA] * len(f), dtype="Int64")),
    "unknown attributes": lambda f: f.assign(occupation=None, education="unknown", age_band=np.nan),
    "one attribute value": lambda f: f.assign(age_band="25-34", occupation="clerk"),
    "all companies": lambda f: f.assign(kind="company"),
    "a different occupation each": lambda f: f.assign(occupation=[f"job {i}" for i in f.index]),
    "silent customers": lambda f: f.assign(**{c: np.nan for c in f if str(c).startswith("share_")}),
    "some open in the future": lambda f: f.assign(opened_s=np.where(each(9, f), END + 9 * DAY, f["opened_s"])),
    "opened before 1970": lambda f: f.assign(opened_s=f["opened_s"] - 40 * 365 * DAY),
    "huge customer numbers": lambda f: f.set_axis(f.index + 2**60, axis=0).rename_axis("customer"),
    "signs in names": lambda f: f.assign(product_name=f["product_name"].astype(str) + ' "\n<b>, &'),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_odd_data_still_give_a_sound_result(case: str) -> None:
    frame = ODD[case](FRAME.copy())
    before = frame.copy(deep=True)
    result = sound(run(frame))
    pd.testing.assert_frame_equal(frame, before)
    if result.model is not None:
        table = offers.run(result.model, frame, RulesParams(as_of="2000-01-01"), Silent()).tables["offers"]
        assert table["customer"].isin(frame.index).all()


def test_nothing_together_is_said() -> None:
    alone = FRAME[~FRAME.index.duplicated()]
    result = sound(run(alone, attributes=""))
    assert result.verdict.startswith("No rule stands up to a test")


def test_duplicate_rows_and_order_change_nothing() -> None:
    tables = run(FRAME).tables["rules"]
    for case in ("duplicate rows", "rows in any order"):
        pd.testing.assert_frame_equal(run(ODD[case](FRAME)).tables["rules"], tables)


GIVEN: dict[str, dict[str, object]] = {
    "no attributes": {"attributes": ""}, "blanks and commas": {"attributes": " , age_band ,, "},
    "the same attribute twice": {"attributes": "gender, gender"}, "nothing dropped": {"drop_above": 1.0},
    "nearly all dropped": {"drop_above": 0.01}, "support of everybody": {"min_support": 1.0},
    "no least confidence": {"min_confidence": 0.0}, "sure rules only": {"min_confidence": 1.0},
    "pairs only": {"max_length": 2}, "any split": {"single_consequent": False, "max_length": 3},
    "one shown": {"top": 1}, "families": {"items": "family"}, "long horizon": {"horizon_days": 730},
    "no day": {"as_of": None}, "an early day": {"as_of": "1999-03-01"},
}  # fmt: skip


@pytest.mark.parametrize("case", GIVEN)
def test_every_parameter_may_be_turned(case: str) -> None:
    result = sound(run(FRAME, **GIVEN[case]))
    assert result.metrics["rules_shown"].value <= GIVEN[case].get("top", 50)


def test_a_day_before_everything_is_refused() -> None:
    with pytest.raises(AnalysisError, match="Not enough data: 0 customers"):
        run(FRAME, as_of="1980-01-01")


def test_far_too_many_sets_are_refused_with_advice() -> None:
    rng = np.random.default_rng(5)
    rows = np.repeat(np.arange(400), 60)
    codes = [f"P{k:02d}" for k in rng.integers(0, 99, len(rows))]
    frame = pd.DataFrame({"opened_s": 0, "closed_s": np.nan, "product": codes, "family": "other"},
                         index=pd.Index(rows, name="customer"))  # fmt: skip
    with pytest.raises(AnalysisError, match="support"):
        run(frame, min_support=0.002, max_length=20, max_sets=10_000)


TEXTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "holds no baskets"), "blank": (b" \n\n", "holds no baskets"),
    "only a header": (b"transaction,item\n", "holds no item"), "no text": (b"\xff\xfe\x00\x01\xff" * 40, "UTF-8"),
    "binary": (b"a\x00b\n" * 300, "holds no baskets"),
    "one column": (b"transaction,item\n1\n", "less than a transaction"),
    "few": (b"a,b\n" * 10, "Not enough data: 10 baskets"), "commas alone": (b",,\n" * 300, "holds no item"),
}  # fmt: skip


@pytest.mark.parametrize("case", TEXTS)
def test_files_that_hold_no_baskets_are_refused_in_words(case: str, tmp_path: Path) -> None:
    data, words = TEXTS[case]
    path = tmp_path / "baskets.csv"
    path.write_bytes(data)
    with pytest.raises(AnalysisError, match=words):
        run(FRAME.iloc[:0], basket="table", table=str(path))


@pytest.mark.parametrize(("table", "words"), [(None, "need a file"), ("missing.csv", "is not there")])
def test_a_missing_file_is_named(table: str | None, words: str, tmp_path: Path) -> None:
    path = None if table is None else str(tmp_path / table)
    with pytest.raises(AnalysisError, match=words) as caught:
        run(FRAME.iloc[:0], basket="table", table=path)
    assert str(tmp_path) not in str(caught.value)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="cannot be read"):
        run(FRAME.iloc[:0], basket="table", table=str(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        BASKETS, BASKETS.replace(",", ";"), BASKETS.replace(",", "\t"), BASKETS.replace(",", " "),
        BASKETS.replace("\n", "\r\n"), "\ufeff" + BASKETS, BASKETS.replace(",", " , "), BASKETS + "\n\n",
    ],
    ids=["comma", "semicolon", "tab", "blank", "windows", "marked", "spaced", "trailing"],
)  # fmt: skip
def test_one_basket_a_line_however_it_is_written(text: str, tmp_path: Path) -> None:
    path = tmp_path / "baskets.csv"
    path.write_bytes(text.encode())
    result = sound(run(FRAME.iloc[:0], basket="table", table=str(path)))
    counts = result.tables["items"].set_index("item")["count"].to_dict()
    assert counts == {"bread": 120, "butter": 120, "milk": 120, "tea": 60}
    rule = result.tables["rules"].iloc[0]
    assert {rule["antecedent"], rule["consequent"]} == {"bread", "butter"}


def test_a_hundred_thousand_different_items_are_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "baskets.csv"
    path.write_text("\n".join(f"id{i},{'bread,butter' if i % 3 else 'milk'}" for i in range(100_000)))
    result = run(FRAME.iloc[:0], basket="table", table=str(path))
    assert result.metrics["items"].value == 3 and len(result.tables["items"]) == 100_003
