"""The next product: chances are those of the past, and the judgement uses nothing that came later."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from crmdesk_association import mine_rules
from crmdesk_association.baskets.holdings import read, stop_of
from crmdesk_association.offers import evaluate, offers, recommend
from crmdesk_association.params import RulesParams
from crmdesk_association.transactions import Item
from holders import DAY, END, holders

from crmdesk.api import Rules
from crmdesk.jobs import Silent

LAST = date(2000, 1, 1)
PARAMS = RulesParams(as_of="2000-01-01")
MORTGAGE, CONTENTS = Item("MOR", "Home mortgage"), Item("HOM", "Contents insurance")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return holders(6_000, 5)


@pytest.fixture(scope="module")
def found(frame: pd.DataFrame) -> Rules:
    return mine_rules.run(frame, PARAMS, Silent())


def test_rules_beat_popularity_where_a_rule_is_planted(found: Rules) -> None:
    gain = found.metrics["hit_at_3_gain"]
    assert gain.value > 0.03 and gain.low > 0
    assert found.metrics["hit_at_3"].value - found.metrics["hit_at_3_popularity"].value == pytest.approx(gain.value)
    assert "more." in found.verdict


def test_chance_is_no_better_than_popularity() -> None:
    result = mine_rules.run(holders(4_000, 3, planted=False), PARAMS, Silent())
    gain = result.metrics["hit_at_3_gain"]
    assert gain.low <= 0 <= gain.high
    assert "no difference that could not be chance" in result.verdict or result.metrics["rules_shown"].value == 0


def test_the_judgement_does_not_see_what_is_opened_after_it(frame: pd.DataFrame) -> None:
    """Purchases of the last period change whom the rules hit, never what they offer."""
    t1 = LAST - timedelta(days=180)
    known = frame[frame["opened_s"] < stop_of(t1)]
    other = known.assign(closed_s=known["closed_s"].where(known["closed_s"] < stop_of(t1)))
    held_all, held_then = read(frame), read(other)
    first_all = recommend.window(held_all, stop_of(t1 - timedelta(days=180)), stop_of(t1))
    first_then = recommend.window(held_then, stop_of(t1 - timedelta(days=180)), stop_of(t1))
    rules = [(1, (MORTGAGE,), CONTENTS)]
    models = [recommend.fit(rules, held, seen, recommend.traits(f, held, ()), (), 180)
              for held, seen, f in ((held_all, first_all, frame), (held_then, first_then, other))]  # fmt: skip
    assert models[0].rules == models[1].rules
    assert np.array_equal(models[0].sold, models[1].sold) and np.array_equal(models[0].rest, models[1].rest)


def test_a_rule_counts_who_had_its_first_side_and_lacked_its_second(frame: pd.DataFrame) -> None:
    held = read(frame)
    start, stop = stop_of(LAST - timedelta(days=180)), stop_of(LAST)
    model = recommend.fit([(7, (MORTGAGE,), CONTENTS)], held, recommend.window(held, start, stop),
                          recommend.traits(frame, held, ()), (), 180)  # fmt: skip
    own = frame[frame["role"] == "owner"]
    before = own[(own["opened_s"] < start) & ~(own["closed_s"] < start)]
    had = set(before.index[before["product"] == "MOR"]) - set(before.index[before["product"] == "HOM"])
    after = own[(own["opened_s"] >= start) & (own["opened_s"] < stop) & (own["product"] == "HOM")]
    (rule,) = model.rules
    assert (rule.rule, rule.had, rule.took) == (7, len(had), len(had & set(after.index)))
    assert rule.low < rule.took / rule.had < rule.high
    assert rule.low <= rule.p <= rule.high


def test_attributes_that_were_not_known_are_not_counted(frame: pd.DataFrame) -> None:
    online = Item("channel=online", "mostly online", "attribute", "channel")
    held = read(frame)
    seen = recommend.window(held, stop_of(LAST - timedelta(days=180)), stop_of(LAST))
    known = recommend.traits(frame, held, ("channel",))
    both = [(1, (MORTGAGE, online), CONTENTS), (2, (MORTGAGE,), CONTENTS)]
    model = recommend.fit(both, held, seen, known, ("age_band",), 180)
    one, two = sorted(model.rules, key=lambda rule: rule.rule)
    assert one.counted == ("MOR",) and (one.had, one.took) == (two.had, two.took)
    assert "of 100 customers with Home mortgage and no Contents insurance " in offers.why(one, 180)
    assert offers.why(one, 180).startswith("has Home mortgage and no Contents insurance (mostly online); ")
    bare = replace(one, first=one.first[1:], counted=())
    assert "of 100 customers with no Contents insurance " in offers.why(bare, 180)


def test_chances_are_calibrated_where_the_world_stands_still() -> None:
    """Constant hazards: those who hold A buy B at 20 % a period, others at 4 %."""
    rng, n, days = np.random.default_rng(8), 20_000, 1_080
    has = rng.random(n) < 0.4
    daily = np.where(has, 0.2, 0.04) / 180
    wait = rng.exponential(1 / daily)
    bought = wait < days
    start = END + DAY - days * DAY
    rows = [
        pd.DataFrame({"customer": np.arange(n), "opened_s": start, "product": "CUR"}),
        pd.DataFrame({"customer": np.flatnonzero(has), "opened_s": start, "product": "A"}),
        pd.DataFrame({"customer": np.flatnonzero(bought), "opened_s": start + wait[bought] * DAY, "product": "B"}),
    ]
    frame = pd.concat(rows).assign(closed_s=np.nan, family="other").set_index("customer").sort_index()
    result = mine_rules.run(frame, PARAMS, Silent())
    table = result.tables["calibration"]
    sold = table[table["predicted"] > 0.01]
    assert len(sold) == 2
    assert ((sold["low"] <= sold["predicted"]) & (sold["predicted"] <= sold["high"])).all()
    assert result.metrics["calibration_error"].value < 0.01
    (rule,) = [r for r in recommend.from_json(result.model.data)[1] if r.then.key == "B"]
    assert rule.low < 1 - np.exp(-0.2) < rule.high


def test_intervals_of_rare_purchases_reach_from_nothing_to_something() -> None:
    p, low, high = recommend.shrunk(np.array([0]), np.array([2_000]), np.array([0.0001]))
    assert low[0] < 1e-4 and p[0] < 5e-4 and 1e-5 < high[0] < 2e-3


def test_too_few_purchases_are_said_and_leave_no_rows(frame: pd.DataFrame) -> None:
    quiet = frame[(frame["opened_s"] < stop_of(LAST - timedelta(days=180)))]
    result = mine_rules.run(quiet, PARAMS, Silent())
    assert result.tables["evaluation"].empty and result.model is None
    assert any("at least 30 are needed" in words for words in result.warnings)
    young = frame.assign(opened_s=np.maximum(frame["opened_s"], END - 200 * DAY))
    result = mine_rules.run(young, PARAMS, Silent())
    assert result.tables["evaluation"].empty and result.model is not None
    assert any("could not be judged" in words for words in result.warnings)
    assert "hit_at_3" not in result.metrics


def test_the_paired_interval_covers_the_true_difference() -> None:
    rng, inside = np.random.default_rng(4), 0
    for _ in range(300):
        values = rng.choice([-1.0, 0.0, 1.0], 300, p=[0.1, 0.75, 0.15])
        _, low, high = evaluate.bootstrap(values, rng)
        inside += low <= 0.05 <= high
    assert 0.91 <= inside / 300 <= 0.99


def test_orders_put_what_is_owned_last_and_break_ties_by_sales() -> None:
    owned = np.array([[False, True, False, False]])
    bought = np.array([[False, False, False, True]])
    chances = np.array([[0.1, np.nan, 0.1, 0.3]])
    model = recommend.Recommender(180, (), np.zeros(4), np.array([1, 9, 5, 0]))
    later = recommend.Window(np.array([0]), owned, bought)
    table = evaluate.evaluate(model, chances, later, 1).table.set_index(["method", "k"])
    assert table.loc[("rules", 1), "hit_rate"] == 1 and table.loc[("popularity", 1), "hit_rate"] == 0
    assert table.loc[("rules", 1), "mrr"] == 1 and table.loc[("popularity", 1), "mrr"] == pytest.approx(1 / 3)
    assert table.loc[("popularity", 3), "hit_rate"] == 1 and table.loc[("popularity", 3), "coverage"] == 0.75


def test_offers_are_of_those_who_have_and_lack(frame: pd.DataFrame, found: Rules) -> None:
    table = offers.run(found.model, frame, PARAMS, Silent()).tables["offers"]
    assert not table.duplicated(["customer", "product", "rule"]).any()
    assert (table.groupby(["customer", "product"])["low"].diff().dropna() <= 0).all()  # the strongest first
    own = frame[(frame["role"] == "owner") & frame["closed_s"].isna()]
    has = own.groupby(level=0)["product"].agg(set)
    rules = {rule.rule: rule for rule in recommend.from_json(found.model.data)[1]}
    shown = found.tables["rules"].set_index("rule")
    for row in table.head(500).itertuples():
        rule = rules[row.rule]
        assert {item.key for item in rule.first if item.kind == "product"} <= has[row.customer]
        assert row.product == rule.then.key and row.product not in has[row.customer]
        assert (row.p, row.low, row.high) == (rule.p, rule.low, rule.high) and row.low <= row.p <= row.high
        assert shown.loc[row.rule, "shown"] and "such customers" in row.why
    wanted = [customer for customer, keys in has.items() if "MOR" in keys and "HOM" not in keys]
    (number,) = [r.rule for r in rules.values() if [i.key for i in r.first] == ["MOR"] and r.then.key == "HOM"]
    assert table.loc[table["rule"] == number, "customer"].tolist() == wanted
    students = set(frame.index[frame["occupation"] == "student"])
    assert set(table.loc[table["product"] == "STU", "customer"]) <= students


def test_offers_of_one_customer_are_those_among_all(frame: pd.DataFrame, found: Rules) -> None:
    table = offers.run(found.model, frame, PARAMS, Silent()).tables["offers"]
    one = int(table["customer"].iloc[0])
    alone = offers.run(found.model, frame.loc[[one]], PARAMS, Silent()).tables["offers"]
    pd.testing.assert_frame_equal(alone, table[table["customer"] == one].reset_index(drop=True))
    empty = offers.run(found.model, frame.iloc[:0], PARAMS, Silent())
    assert empty.tables["offers"].empty and empty.verdict == "No rule applies to these customers."


def test_families_are_judged_but_nobody_can_be_offered_one(frame: pd.DataFrame) -> None:
    result = mine_rules.run(frame, RulesParams(as_of="2000-01-01", items="family"), Silent())
    assert result.model is None and len(result.tables["evaluation"]) == 9


def test_chances_that_went_astray_are_told() -> None:
    chances, bought = np.full((400, 1), 0.3), np.arange(400)[:, None] % 2 == 0
    (words,) = evaluate.astray(evaluate.calibrate(chances, bought))
    assert "30 % on average, 50 % bought" in words
    assert not evaluate.astray(evaluate.calibrate(np.full((400, 1), 0.5), bought))
