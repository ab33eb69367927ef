"""The edge list: a sentence or the right result, never a traceback or a warning from below."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from crmdesk_segmentation import single, two_tier
from crmdesk_segmentation.params import Single, TwoTier
from planted import CELLS, MONEY, Planted

from crmdesk.api import AnalysisError
from crmdesk.jobs import Silent


def run(frame: pd.DataFrame, **given: object) -> object:
    return two_tier.run(frame, TwoTier(k1=2, k2=2, **given), Silent())


@pytest.mark.parametrize("rows", [0, 1, 2, 299])
@pytest.mark.parametrize("analysis", [(two_tier.run, TwoTier()), (single.run, Single())])
def test_few_customers_are_refused_in_words(small: Planted, rows: int, analysis: tuple[Callable, object]) -> None:
    with pytest.raises(AnalysisError, match=f"Not enough data: {rows} customers"):
        analysis[0](small.frame.iloc[:rows], analysis[1], Silent())


def test_many_customers_with_few_interactions_are_refused(small: Planted) -> None:
    frame = small.frame.copy()
    frame[CELLS] = 0
    frame["c01"] = 9
    with pytest.raises(AnalysisError, match="10 interactions or more"):
        run(frame)


def test_more_groups_than_different_people(small: Planted) -> None:
    frame = pd.concat([small.frame.iloc[[12]]] * 400).set_axis(pd.RangeIndex(400, name="customer"))
    frame[CELLS] = 3
    with pytest.raises(AnalysisError, match="Fewer customers that differ than groups"):
        run(frame)
    assert two_tier.run(frame, TwoTier(), Silent()).verdict.startswith("No stable segments")


def test_missing_columns_are_named(small: Planted) -> None:
    with pytest.raises(AnalysisError, match="lacks c05"):
        run(small.frame.drop(columns="c05"))


@pytest.mark.parametrize("amount", [np.inf, -np.inf, 1e300])
def test_infinite_and_absurd_amounts_are_refused(small: Planted, amount: float) -> None:
    frame = small.frame.copy()
    frame.loc[frame.index[3], "balance"] = amount
    with pytest.raises(AnalysisError, match=r"infinite|10\^18"):
        run(frame)


EDITS: dict[str, Callable[[pd.DataFrame], object]] = {
    "one channel": lambda f: (f.__setitem__(CELLS[5:], 0), f.__setitem__("c02", np.arange(len(f)) % 40 + 5)),
    "one cell": lambda f: (f.__setitem__(CELLS[1:], 0), f.__setitem__("c01", np.arange(len(f)) % 50 + 5)),
    "constant cell": lambda f: f.__setitem__("c01", 20),
    "no money at all": lambda f: f.__setitem__(MONEY, np.nan),
    "one money column": lambda f: f.__setitem__(MONEY[1:], np.nan),
    "constant balance": lambda f: f.__setitem__("balance", 100.0),
    "zero balance": lambda f: f.__setitem__("balance", 0.0),
    "negative balances": lambda f: f.__setitem__("balance", f["balance"] - 200_000),
    "all negative": lambda f: f.__setitem__("balance", -f["balance"]),
    "few owners": lambda f: f.__setitem__("loan", np.where(np.arange(len(f)) < 3, 5.0, np.nan)),
    "one owner": lambda f: f.__setitem__("loan", np.where(np.arange(len(f)) < 1, 5.0, np.nan)),
    "one customer holds most": lambda f: f.__setitem__("savings", np.where(np.arange(len(f)) < 1, 1e13, 10.0)),
    "nobody asked": lambda f: f.__setitem__([c for c in f if c.startswith("state_")], "none"),
    "unknown states": lambda f: f.__setitem__("state_marketing_email", "erased"),
    "no permission columns": lambda f: [f.pop(c) for c in list(f) if "_" in c and c not in MONEY],
}


@pytest.mark.parametrize("case", EDITS)
def test_odd_data_still_gives_a_result(small: Planted, case: str) -> None:
    frame = small.frame.iloc[:700].copy()
    EDITS[case](frame)
    alike = case == "one cell"  # everybody's use is the same: nothing to split in tier 1
    for result in (two_tier.run(frame, TwoTier(k1=1, k2=2) if alike else TwoTier(k1=2), Silent()),
                   single.run(frame, Single(k=2), Silent())):  # fmt: skip
        assert result.tables["segments"]["n"].sum() == 700
        assert result.verdict
        assert type(result).from_bytes(result.to_bytes()).verdict == result.verdict


def test_warnings_name_what_is_missing(small: Planted) -> None:
    frame = small.frame.iloc[:600].copy()
    frame[CELLS[17:25]] = 0
    frame["mortgage"] = np.nan
    frame["savings"] = np.where(np.arange(600) < 1, 1e13, 10.0)
    words = " ".join(two_tier.run(frame, TwoTier(k1=2, k2=1), Silent()).warnings)
    assert "No interaction by call centre" in words
    assert "Nobody holds mortgage" in words
    assert "One customer holds" in words


def test_noise_asked_for_groups_is_doubted(small: Planted) -> None:
    rng = np.random.default_rng(3)
    frame = small.frame.iloc[:600].copy()
    frame[CELLS] = rng.multinomial(60, np.full(37, 1 / 37), 600)
    result = two_tier.run(frame, TwoTier(k1=4, k2=1), Silent())
    assert any("asked for" in words for words in result.warnings)
    assert result.tables["segments"]["name"].str.startswith("Segment").all()
