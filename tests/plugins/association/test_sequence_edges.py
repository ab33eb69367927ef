"""The kit and the edge list of `association.sequences`: a sentence or the right result, never a traceback."""

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from crmdesk_association import crmdesk_analyses, mine_sequences
from crmdesk_association.params import SequenceParams
from crmdesk_association.sequences.histories import read
from crmdesk_association.sequences.prefixspan import Limits
from crmdesk_association.sequences.waiting import search_of, shortest
from order_frames import DAY, START, acts, holdings
from orders import Steps, histories, occurrences

from crmdesk.api import AnalysisError, Rules
from crmdesk.jobs import Silent
from crmdesk.testing import check_analysis


def run(frame: pd.DataFrame, **given: object) -> Rules:
    return mine_sequences.run(frame, SequenceParams(**given), Silent())


@pytest.mark.parametrize("given", [{}, {"events": "acts", "max_length": 2, "max_gap_days": 7}, {"items": "family"}])
def test_the_kit_passes(given: dict[str, object]) -> None:
    (analysis,) = [a for a in crmdesk_analyses() if a.id == "association.sequences"]
    frame = acts(250, 1) if given.get("events") == "acts" else holdings(400, 1)
    result = check_analysis(analysis, frame, shuffles=40, **given)
    assert {"sequences", "waiting", "items"} <= set(result.tables)


@pytest.mark.parametrize("rows", [0, 1, 150])
@pytest.mark.parametrize("events", ["products", "acts"])
def test_hardly_any_events_are_refused_in_words(rows: int, events: str) -> None:
    frame = (holdings if events == "products" else acts)(60, 1).iloc[:rows]
    with pytest.raises(AnalysisError, match=r"Not enough data: \d+ customers"):
        run(frame, events=events)


def one_each(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["product"] != "CUR"].groupby(level=0).head(1)


EDITS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "one event each": one_each,
    "all on one day": lambda f: f.assign(opened_s=float(START * DAY)),
    "one day each": lambda f: f.assign(opened_s=f.index.to_numpy() * float(DAY)),
    "before 1970": lambda f: f.assign(opened_s=f["opened_s"] - 19_000.0 * DAY),
    "rows in any order": lambda f: f.sample(frac=1, random_state=1),
    "rows twice": lambda f: pd.concat([f, f]),
    "no names": lambda f: f.drop(columns="product_name"),
    "missing names": lambda f: f.assign(product_name=None),
    "missing families": lambda f: f.assign(family=None),
    "text, not categories": lambda f: f.astype({"product": str, "family": str, "role": str}),
    "numbers as codes": lambda f: f.assign(product=f["product"].cat.codes),
    "unused categories": lambda f: f.assign(product=f["product"].cat.add_categories(["never"])),
    "missing codes": lambda f: f.assign(product=f["product"].where(np.arange(len(f)) % 7 > 0)),
}


@pytest.mark.parametrize("case", EDITS)
def test_odd_data_still_gives_a_result(case: str) -> None:
    frame = EDITS[case](holdings(700, 2))
    result = run(frame, shuffles=40)
    table = result.tables["sequences"]
    assert result.verdict
    assert type(result).from_bytes(result.to_bytes()).verdict == result.verdict
    numbers = table.select_dtypes("number").drop(columns=["p", "q", "part_q"])
    assert np.isfinite(numbers.to_numpy()).all()
    if case in ("one event each", "all on one day"):
        assert result.verdict.startswith("No sequence of two steps")
        assert len(table) == 0
    if case in ("rows in any order", "rows twice"):
        pd.testing.assert_frame_equal(table, run(holdings(700, 2), shuffles=40).tables["sequences"])


def test_events_without_a_date_and_other_roles_are_left_out() -> None:
    frame = holdings(600, 3)
    odd = frame.copy()
    odd.loc[odd.index[:40], "opened_s"] = np.nan
    odd.loc[odd.index[40:80], "opened_s"] = np.inf
    result = run(odd, shuffles=40)
    assert any("events without a date" in words for words in result.warnings)
    assert run(frame[frame.index >= 81], shuffles=40).metrics["customers"].value <= result.metrics["customers"].value
    frame["role"] = "co_owner"
    with pytest.raises(AnalysisError, match="0 customers"):
        run(frame)


def test_a_product_counts_at_its_first_opening() -> None:
    frame = holdings(300, 5)
    again = frame.assign(opened_s=frame["opened_s"] + 100.0 * DAY)
    one, both = (read(f, SequenceParams()) for f in (frame, pd.concat([again, frame])))
    assert one.day.tolist() == both.day.tolist()


def test_missing_columns_and_items_that_all_have_are_named() -> None:
    with pytest.raises(AnalysisError, match="lacks occurred_s, channel, activity"):
        run(holdings(300, 1), events="acts")
    frame = holdings(300, 1)
    with pytest.raises(AnalysisError, match="raise 'Drop above'"):
        run(frame[frame["product"] == "CUR"])


def test_more_sequences_than_asked_for_are_refused_with_a_support_that_fits() -> None:
    frame = holdings(600, 2)
    with pytest.raises(AnalysisError, match="A least support of") as told:
        run(frame, min_support=0.002, max_length=4, max_patterns=100, drop_above=1.0)
    share = float(str(told.value).split("least support of ")[1].split()[0])
    assert len(run(frame, min_support=share, max_length=4, max_patterns=100, drop_above=1.0).tables["sequences"]) <= 100


def test_the_table_adds_up() -> None:
    result = run(holdings(1_500, 6), shuffles=60, max_length=3)
    table, waiting = result.tables["sequences"], result.tables["waiting"]
    items = result.tables["items"].set_index("item")
    assert table["sequence"].tolist() == list(range(1, len(table) + 1))
    assert (table["count"] <= table["customers_with_all"]).all()
    assert (table["expected"] <= table["customers_with_all"]).all()
    assert np.allclose(table["support"], table["count"] / 1_500)
    assert np.allclose(table["confidence"], table["count"] / table["customers_before"])
    assert table["customers_before"].iloc[0] == items.loc["A", "count"]
    assert ((table["low"] <= table["confidence"]) & (table["confidence"] <= table["high"])).all()
    assert json.loads(table["keys"].iloc[0]) == [["A"], ["B"]]
    first = waiting[(waiting["sequence"] == 1) & (waiting["step"] == 1)]
    assert first["customers"].sum() == table["count"].iloc[0]
    assert set(waiting["sequence"]) == set(table.loc[table["shown"], "sequence"])
    assert set(result.figures) == {"order", "waiting"}
    drawn = result.figures["waiting"].data.groupby("steps")
    assert drawn["of_100"].max().eq(100).all() and drawn[["days", "of_100"]].first().eq(0).all(axis=None)
    assert drawn["of_100"].is_monotonic_increasing.all() and drawn["days"].max().max() <= 365


@pytest.mark.parametrize("seed", range(20))
def test_the_shortest_occurrence_is_the_shortest_there_is(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people: list[Steps] = []
    for _ in range(12):
        days = np.sort(rng.choice(50, rng.integers(1, 9), replace=False))
        people.append([(int(d), {int(rng.integers(0, 3))}) for d in days])
    limits, steps = Limits(2, 15, 25), ((0,), (1,), (2,))
    owners, days = shortest(search_of(histories(people, 3), limits), steps, limits)
    every = {who: found for who, person in enumerate(people) if (found := occurrences(person, steps, limits))}
    assert owners.tolist() == sorted(every)
    for who, at in zip(owners.tolist(), days.tolist(), strict=True):
        assert tuple(at) in every[who]
        assert at[-1] - at[0] == min(o[-1] - o[0] for o in every[who])
