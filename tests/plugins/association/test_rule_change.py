"""Tests of change: their size and intervals by simulation, kinds of change, words, and the analysis on frames."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from change_planted import DAY, NOW, baskets, holdings, people_twice
from crmdesk_association import crmdesk_analyses, mine_change
from crmdesk_association.baskets.baskets import held_at
from crmdesk_association.change import change_table, change_words, kinds, power, snapshots
from crmdesk_association.change.overlap import counts, sums
from crmdesk_association.change.rule_change import compare, fisher, mcnemar
from crmdesk_association.itemsets import bits
from crmdesk_association.params import ChangeParams
from crmdesk_association.transactions import Baskets, Item
from scipy.stats import binomtest, fisher_exact

from crmdesk.api import AnalysisError, Rules
from crmdesk.jobs import Silent
from crmdesk.testing import check_analysis

CHANGE = next(a for a in crmdesk_analyses() if a.id == "association.change")
MORTGAGE, INSURANCE = Item("mortgage", "Home mortgage"), Item("insurance", "Contents insurance")
WHO = {"strangers": (0, 0.0), "the same people": (1500, 0.8), "half of them": (750, 0.8)}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("rates", [(0.3, 0.4, 0.1), (0.1, 0.25, 0.1)])
@pytest.mark.parametrize("times", [1.0, 1.5])
def test_tests_of_change_keep_their_size_and_intervals_cover(
    who: str, rates: tuple[float, float, float], times: float
) -> None:
    shared, stay = WHO[who]
    pairs = 600
    both = snapshots.pair(*people_twice(1500, shared, stay, rates, times, pairs, seed=11))
    assert both.shared == shared
    whole = np.arange(2 * pairs, dtype=np.int32).reshape(pairs, 2)
    for part, truth in ((None, rates[0] * rates[1] * (times - 1)), (whole[:, :1], rates[1] * (times - 1))):
        found = compare(sums(both, whole, part), exact=both.single)
        covered = float(((found.low <= truth) & (truth <= found.high)).mean())
        assert 0.93 <= covered <= 0.975
        if times == 1.0:
            assert float((found.p <= 0.05).mean()) <= 0.065  # .05 and two standard errors of 600
            assert float((found.p <= 0.005).mean()) <= 0.012
        else:
            assert float((found.p <= 0.05).mean()) > 0.3


def test_knowing_who_is_who_finds_more() -> None:
    """The same people: their changes are told from who they are, which two groups of strangers cannot."""
    before, after = people_twice(1500, 1500, 0.9, (0.2, 0.3, 0.1), 1.3, 300, seed=3)
    whole = np.arange(600, dtype=np.int32).reshape(300, 2)
    found = [float((compare(sums(both, whole, whole[:, :1]), exact=True).p < 0.01).mean())
             for both in (snapshots.pair(before, after), snapshots.pair(before, after, strangers=True))]  # fmt: skip
    assert found[0] > found[1] + 0.3


def test_many_baskets_of_one_person_are_no_independent_evidence() -> None:
    rng = np.random.default_rng(8)
    people, each, pairs = 150, 8, 400
    owners = np.repeat(np.arange(people), each)
    days = []
    for _ in range(2):
        like = rng.random((people, pairs)) < 0.4  # a person buys a thing nearly always or nearly never
        held = np.repeat(like, each, axis=0) ^ (rng.random((people * each, pairs)) < 0.1)
        days.append(np.concatenate([np.ones((len(held), 1), dtype=bool), held], axis=1))
    before, after = (baskets(day, owners) for day in days)
    both = snapshots.pair(before, after)
    whole = np.stack([np.zeros(pairs, dtype=np.int32), np.arange(1, pairs + 1, dtype=np.int32)], axis=1)
    found = compare(sums(both, whole, whole[:, :1]), exact=both.single)
    assert float((found.p <= 0.05).mean()) <= 0.07
    assert 0.92 <= float(((found.low <= 0) & (found.high >= 0)).mean()) <= 0.98
    blind = snapshots.pair(replace(before, owners=np.arange(before.n)), replace(after, owners=np.arange(after.n)),
                           strangers=True)  # fmt: skip
    assert float((compare(sums(blind, whole, whole[:, :1]), exact=True).p <= 0.05).mean()) > 0.2


def test_sums_are_those_of_counting_by_hand() -> None:
    rng = np.random.default_rng(4)
    owners = [rng.integers(0, 30, 80), rng.integers(10, 40, 70)]
    held = [rng.random((len(who), 5)) < 0.5 for who in owners]
    both = snapshots.pair(baskets(held[0], owners[0]), baskets(held[1], owners[1]))
    assert not both.single
    got = sums(both, np.array([[1, 3, 4]], dtype=np.int32), np.array([[3, -1]], dtype=np.int32))
    x = [np.bincount(who[grid[:, [1, 3, 4]].all(axis=1)], minlength=40) for who, grid in zip(owners, held, strict=True)]
    y = [np.bincount(who[grid[:, 3]], minlength=40) for who, grid in zip(owners, held, strict=True)]
    assert (got.x0[0], got.y0[0], got.x1[0], got.y1[0]) == (x[0].sum(), y[0].sum(), x[1].sum(), y[1].sum())
    assert (got.xx0[0], got.xy0[0], got.yy1[0]) == (x[0] @ x[0], x[0] @ y[0], y[1] @ y[1])
    assert (got.x1x0[0], got.x1y0[0], got.y1x0[0], got.y1y0[0]) == (x[1] @ x[0], x[1] @ y[0], y[1] @ x[0], y[1] @ y[0])


def test_single_baskets_and_several_agree() -> None:
    before, after = people_twice(300, 200, 0.7, (0.3, 0.4, 0.1), 1.2, 20, seed=2)
    one = snapshots.pair(before, after)
    whole = np.arange(40, dtype=np.int32).reshape(20, 2)
    # One person has a second basket, an empty one: only sums with "could have been" change.
    more = baskets(np.zeros((1, 40), dtype=bool), np.array([0]))
    grown = baskets(np.concatenate([_held(before), _held(more)]), np.append(before.owners, 0))
    several = snapshots.pair(grown, after)
    assert one.single and not several.single
    for part in (whole[:, :1],):
        a, b = sums(one, whole, part), sums(several, whole, part)
        for name in vars(a):
            assert np.array_equal(getattr(a, name), getattr(b, name)), name


def _held(found: Baskets) -> np.ndarray:
    return np.asarray(bits.unpack(found.bits, found.n))


def test_exact_tests_are_fishers_and_mcnemars() -> None:
    rng = np.random.default_rng(1)
    y0, y1 = rng.integers(1, 60, 50), rng.integers(1, 60, 50)
    x0, x1 = rng.integers(0, y0 + 1), rng.integers(0, y1 + 1)
    for p, a, b, c, d in zip(fisher(x0, y0, x1, y1), x0, y0, x1, y1, strict=True):
        tails = [fisher_exact([[a, b - a], [c, d - c]], side).pvalue for side in ("less", "greater")]
        assert p == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-9)
    gained, lost = rng.integers(0, 30, 50), rng.integers(0, 30, 50)
    for p, g, loss in zip(mcnemar(gained, lost), gained.tolist(), lost.tolist(), strict=True):
        assert p == pytest.approx(binomtest(g, g + loss).pvalue if g + loss else 1.0, rel=1e-9)


def test_same_people_use_mcnemar_and_strangers_fisher() -> None:
    before, after = people_twice(400, 400, 0.7, (0.3, 0.5, 0.1), 1.4, 5, seed=6)
    whole = np.arange(10, dtype=np.int32).reshape(5, 2)
    a, b = (np.logical_and(_held(day)[:, ::2], _held(day)[:, 1::2]) for day in (before, after))
    paired = compare(sums(snapshots.pair(before, after), whole, None), exact=True)
    assert np.allclose(paired.p, mcnemar((b & ~a).sum(axis=0), (a & ~b).sum(axis=0)))
    loose = compare(sums(snapshots.pair(before, after, strangers=True), whole, None), exact=True)
    size = np.full(5, 400)
    assert np.allclose(loose.p, fisher(a.sum(axis=0), size, b.sum(axis=0), size))


def test_nothing_to_divide_by_is_no_test() -> None:
    before = np.zeros((50, 2), dtype=bool)
    after = np.ones((50, 2), dtype=bool)
    both = snapshots.pair(baskets(before), baskets(after))
    whole = np.array([[0, 1]], dtype=np.int32)
    found = compare(sums(both, whole, whole[:, :1]), exact=True)
    assert np.isnan([found.p[0], found.low[0], found.difference[0], found.before[0]]).all()
    assert found.after[0] == 1.0
    assert compare(sums(both, whole, None), exact=True).p[0] < 1e-10


def test_counts_and_pooling_keep_every_basket() -> None:
    rng = np.random.default_rng(9)
    first, second = rng.random((70, 6)) < 0.5, rng.random((131, 6)) < 0.5
    both = snapshots.pair(baskets(first), baskets(second), strangers=True)
    pooled, n = snapshots.pooled(both)
    assert n == 201 and both.people == 201 and both.independent
    sets = np.array([[0, 2, -1], [1, 4, 5], [3, -1, -1]], dtype=np.int32)
    together = np.concatenate([first, second])
    wanted = [int(together[:, [i for i in row if i >= 0]].all(axis=1).sum()) for row in sets.tolist()]
    assert counts(pooled, sets).tolist() == wanted


def test_weights_favour_what_could_be_seen_and_average_one() -> None:
    total = np.array([10, 40, 150, 400, 1000, 30_000])
    size = np.full(6, 50_000)
    weight = power.weights(total, size, size, 0.05)
    assert weight.mean() == pytest.approx(1.0)
    assert (np.diff(weight) >= -1e-12).all() and weight[0] >= power.EVEN
    p = np.array([0.001, np.nan, 0.5])
    assert np.allclose(power.weighted_q(p, np.ones(3)), [0.002, np.nan, 0.5], equal_nan=True)


def rule(*places: int) -> list[int]:
    return [*places, *[-1] * (3 - len(places))]


def test_kinds_of_change() -> None:
    sides = [((0, 1), (2,)), ((0, 1), (3,)), ((4,), (2,)), ((5,), (6,)), ((0,), (6,)), ((0, 1), (6,))]
    antecedent = np.array([rule(*a) for a, _ in sides], dtype=np.int32)
    consequent = np.array([rule(*c) for _, c in sides], dtype=np.int32)
    before = np.array([True, False, False, False, True, True])
    after = np.array([False, True, True, True, True, False])
    weight = np.array([9, 1, 1, 1, 1, 5])
    every = np.ones(6, dtype=bool)
    found = kinds.kinds(antecedent, consequent, before, after, every, weight, m=7, similar=0.5)
    assert found.kind == ["perished", "unexpected_consequent", "unexpected_condition", "unexpected_condition",
                          "emerging", "perished"]  # fmt: skip
    assert found.against.tolist() == [-1, 0, 0, 5, -1, -1]
    # A rule that only slipped below the threshold is nothing that another could have replaced.
    found = kinds.kinds(antecedent, consequent, before, after, ~before, weight, m=7, similar=0.5)
    assert found.kind[1:4] == ["added"] * 3 and set(found.against.tolist()) == {-1}


def test_similarity_is_the_share_of_the_longer_side() -> None:
    first = np.array([rule(0, 1, 2), rule(4)], dtype=np.int32)
    second = np.array([rule(1, 2), rule(4, 5)], dtype=np.int32)
    assert np.allclose(kinds.similarity(first, second, 6), [[2 / 3, 0], [0, 1 / 2]])


@pytest.mark.parametrize(
    ("basket", "months", "before", "after"),
    [("products", 12, "a year ago", "now"), ("products", 24, "2 years ago", "now"),
     ("products", 3, "3 months ago", "now"), ("visits", 12, "in the year before", "in the last year"),
     ("days", 6, "in the 6 months before", "in the last 6 months"),
     ("table", 12, "in the earlier file", "in the later")],
)  # fmt: skip
def test_periods_in_words(basket: str, months: int, before: str, after: str) -> None:
    found = change_words.periods(ChangeParams(basket=basket, months=months))
    assert (found.before, found.after) == (before, after)


def test_sentences() -> None:
    when, base = change_words.periods(ChangeParams()), ((0.2, 0.19), (0.1, 0.105))
    more = change_words.sentence([MORTGAGE], [INSURANCE], "confidence", 0.12, 0.19, 0.05, 0.09, when, base)
    assert more == ("Home mortgage → Contents insurance: 12 % of customers with Home mortgage a year ago, 19 % now "
                    "(5 to 9 points more; all customers: 10.0 % → 10.5 %).")  # fmt: skip
    both = [MORTGAGE, Item("age_band=25-34", "age 25-34", "attribute", "age_band")]
    fewer = change_words.sentence(both, [INSURANCE], "support", 0.031, 0.02, -0.016, -0.006, when, base)
    assert fewer == ("Home mortgage, age 25-34 and Contents insurance together: 3.1 % of all customers a year ago, "
                     "2.0 % now (0.6 to 1.6 points fewer; Home mortgage and age 25-34: 20 % → 19 %, Contents "
                     "insurance: 10.0 % → 10.5 %).")  # fmt: skip
    unsure = change_words.sentence(both, [INSURANCE], "confidence", 0.31, 0.30, -0.04, 0.03, when, base)
    assert "31 % of customers (age 25-34) with Home mortgage a year ago, 30 % now (between 4 points fewer and 3 " \
           "more; all" in unsure  # fmt: skip
    nothing = change_words.sentence([MORTGAGE], [INSURANCE], "confidence", np.nan, 0.3, np.nan, np.nan, when, base)
    assert nothing.endswith(": cannot be compared, there were no customers with Home mortgage a year ago.")


def test_verdicts() -> None:
    when, none = change_words.periods(ChangeParams()), dict.fromkeys(change_words.KINDS, 0)
    two = change_words.verdict(3, 9, 800, {**none, "grown": 2, "faded": 1}, ["Card 1 % → 2 %"], when)
    assert two == "3 changes stand up to a test, of 800 comparisons: 2 grown, 1 faded."
    assert change_words.verdict(0, 0, 800, none, [], when).startswith("Nothing changed beyond chance: 800 comparisons")
    items = change_words.verdict(0, 4, 800, none, ["Card 1 % → 2 %", "a", "b", "c"], when)
    assert items.endswith("single items did; what changed most: Card 1 % → 2 %; a; b and 1 more.")
    assert "1 of them differs beyond chance" in change_words.verdict(0, 1, 800, none, [], when)


def test_a_year_back_keeps_the_day_or_takes_the_months_last() -> None:
    assert snapshots.back(date(2024, 2, 29), 12) == date(2023, 2, 28)
    assert snapshots.back(date(2024, 12, 31), 1) == date(2024, 11, 30)
    assert snapshots.back(date(2024, 1, 15), 13) == date(2022, 12, 15)


def run(frame: pd.DataFrame, **given: object) -> Rules:
    return mine_change.run(frame, ChangeParams.model_validate({"as_of": "2024-06-30", **given}), Silent())


def test_a_planted_growth_among_customers_is_told_and_nothing_else_where_nothing_grew() -> None:
    frame = holdings(growth=0.2)
    grown = run(frame)
    table = grown.tables["changes"]
    assert tuple(table.columns) == change_table.COLUMNS
    first = table.iloc[0]
    assert {first["antecedent"], first["consequent"]} == {"Home mortgage", "Contents insurance"}
    assert (
        first["shown"]
        and first["difference"] > 0
        and first["q"] < 0.01
        and " points more; all customers: " in first["text"]
    )
    shown = table[table["shown"]]
    assert shown["rule"].str.contains("Contents insurance").all()
    assert grown.verdict.startswith(f"{len(shown)} changes stand up")
    bars = grown.figures["changes"].data
    assert len(bars) == min(len(shown), mine_change.DRAWN) and bars["rule"].is_unique
    assert bars["points"][0] == pytest.approx(100 * first["difference"])
    there = [set(frame.index[held_at(frame, day)]) for day in (date(2023, 6, 30), date(2024, 6, 30))]
    sizes = [grown.metrics[name].value for name in ("baskets_before", "baskets_after", "in_both")]
    assert sizes == [len(there[0]), len(there[1]), len(there[0] & there[1])]
    calm = run(holdings())
    assert not calm.tables["changes"]["shown"].any() and calm.verdict.startswith("Nothing changed beyond chance")
    assert "changes" not in calm.figures


def boats(frame: pd.DataFrame, who: np.ndarray, opened: int, closed: float) -> pd.DataFrame:
    """A product more, opened and closed so many days before today."""
    return pd.DataFrame({"opened_s": NOW - opened * DAY, "closed_s": NOW - closed * DAY, "product": "boat",
                         "product_name": "Boat loan", "family": "boat", "role": "owner"},
                        index=pd.Index(who, name="customer"))  # fmt: skip


def test_a_rule_below_the_threshold_is_still_measured_there() -> None:
    frame = holdings(growth=0.0)
    mortgage = np.unique(frame.index[frame["product"] == "mortgage"])
    others = np.setdiff1d(frame.index, mortgage)[::3]
    always = boats(frame, np.concatenate([mortgage[:9], others]), 600, np.nan)
    row = ("Home mortgage → Boat loan", "confidence")
    came = run(pd.concat([frame, always, boats(frame, mortgage[9::2], 50, np.nan)])).tables["changes"]
    boat = came.set_index(["rule", "measure"]).loc[row]
    assert boat["kind"] == "added" and boat["shown"]
    assert boat["count_before"] == 9 and 0 < boat["before"] < boat["after"]
    went = run(pd.concat([frame, always, boats(frame, mortgage[9::2], 600, 50)])).tables["changes"]
    boat = went.set_index(["rule", "measure"]).loc[row]
    assert boat["kind"] == "perished" and boat["shown"]
    assert (
        boat["count_after"] == 9
        and boat["before"] > boat["after"] > 0
        and "points fewer; all customers: 40 % → 22 %)" in boat["text"]
    )


def acts(n: int = 250, seed: int = 3) -> pd.DataFrame:
    """Two years of acts; transfers on a day with a look at the balance double in the second, others stay."""
    rng = np.random.default_rng(seed)
    rows = []
    for year, share in ((1, 0.2), (0, 0.4)):
        for customer in range(n):
            for day in rng.choice(360, 8, replace=False):
                at = NOW - (year * 366 + int(day)) * DAY
                looks = rng.random() < 0.4
                rows.append((customer, at, "information", "balance" if looks else "statement"))
                if rng.random() < (share if looks else 0.3):
                    rows.append((customer, at + 60, "transaction", "transfer"))
    frame = pd.DataFrame(rows, columns=["customer", "occurred_s", "mode", "activity"]).assign(channel="online")
    return frame.set_index("customer")


@pytest.mark.parametrize("basket", ["visits", "days"])
def test_acts_of_two_years_are_compared(basket: str) -> None:
    result = run(acts(), basket=basket, drop_above=1.0)
    shown = result.tables["changes"][result.tables["changes"]["shown"]]
    first = shown[shown["antecedent"].str.contains("balance") & (shown["measure"] == "confidence")].iloc[0]
    assert first["difference"] == pytest.approx(0.2, abs=0.06) and "in the year before" in first["text"]
    assert not (shown["rule"].str.contains("statement") & (shown["difference"] > 0)).any()


def test_two_files_are_compared(tmp_path: Path) -> None:
    rng = np.random.default_rng(12)
    for name, share in (("before.csv", 0.2), ("after.csv", 0.5)):
        lines = [",".join(["sugar"] + ["tea"] * (tea := rng.random() < 0.5) + ["milk"] * (tea and rng.random() < share)
                          + ["bread"] * (rng.random() < 0.4) + ["milk"] * (not tea and rng.random() < 0.6))
                 for _ in range(600)]  # fmt: skip
        (tmp_path / name).write_text("\n".join(lines))
    files = {"table_before": str(tmp_path / "before.csv"), "table": str(tmp_path / "after.csv")}
    nobody = pd.DataFrame(index=pd.Index(np.empty(0, np.int64), name="customer"))
    result = run(nobody, basket="table", drop_above=1.0, **files)
    shown = result.tables["changes"][result.tables["changes"]["shown"]]
    assert "tea → milk" in set(shown["rule"]) and result.metrics["in_both"].value == 0.0
    assert result.tables["source"]["snapshot"].tolist() == ["before", "after"]
    assert any("different people" in warning for warning in result.warnings)
    with pytest.raises(AnalysisError, match="two files"):
        run(nobody, basket="table", table=files["table"])


def test_a_shorter_time_is_advised_where_it_would_do() -> None:
    """Acts of a year and a half: half a year against the half year before fits, a year does not."""
    whole = acts()
    frame = whole[whole["occurred_s"] > NOW - 400 * DAY]
    with pytest.raises(AnalysisError, match=r"the data begins on 2023-\d\d-\d\d, so choose 5 or fewer months") as told:
        run(frame[frame["occurred_s"] > NOW - 366 * DAY], basket="visits")
    assert "(--months " in str(told.value) and run(frame, basket="visits", months=5).verdict
    with pytest.raises(AnalysisError, match="choose 2[0-4] or fewer months"):
        run(holdings(), months=60)


def test_too_little_data_is_refused_in_words() -> None:
    with pytest.raises(AnalysisError, match="Not enough data: 0 customers 10 years ago"):
        run(holdings(), months=120)
    with pytest.raises(AnalysisError, match="lacks"):
        run(holdings().drop(columns="product"))
    with pytest.raises(AnalysisError, match="different items"):
        snapshots.pair(baskets(np.ones((3, 2), dtype=bool)), baskets(np.ones((3, 1), dtype=bool)))


@pytest.mark.parametrize(
    "given", [{"single_consequent": False}, {"items": "family"}, {"min_support": 1.0}, {"drop_above": 0.01},
              {"max_length": 2}, {"min_confidence": 1.0}, {"top": 1}, {"similar": 0.01}]
)  # fmt: skip
def test_odd_parameters_still_give_a_result(given: dict[str, object]) -> None:
    result = run(holdings(500, growth=0.3), **given)
    table = result.tables["changes"]
    assert result.verdict and int(table["shown"].sum()) <= int(given.get("top", 50))
    assert not np.isinf(table.select_dtypes("number").to_numpy(dtype=float)).any()


def test_the_analysis_keeps_the_rules_of_the_house() -> None:
    frame = holdings(600, growth=0.3)
    shift = NOW - int(pd.Timestamp("1999-12-31").timestamp())
    frame = frame.assign(opened_s=frame["opened_s"] - shift, closed_s=frame["closed_s"] - shift)
    result = check_analysis(CHANGE, frame)
    assert result.tables["changes"]["shown"].any()
