"""`association.rules` from the frame to tables, figures, words and a model."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from crmdesk_association import crmdesk_analyses, mine_rules
from crmdesk_association.params import RulesParams
from holders import acts, holders

from crmdesk.api import Analysis, AnalysisError, Rules
from crmdesk.jobs import Silent
from crmdesk.testing import check_analysis

TABLES = ("rules", "itemsets", "items", "evaluation", "calibration")


def rules_analysis() -> Analysis:
    return next(a for a in crmdesk_analyses() if a.id == "association.rules")


def run(frame: pd.DataFrame, **given: object) -> Rules:
    return mine_rules.run(frame, RulesParams(as_of="2000-01-01", **given), Silent())


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return holders(3_000)


@pytest.fixture(scope="module")
def found(frame: pd.DataFrame) -> Rules:
    return run(frame)


def lines(tmp_path: Path, n: int = 400) -> Path:
    """n baskets, one a line: bread comes with butter."""
    rng = np.random.default_rng(3)
    rows = []
    for _ in range(n):
        basket = [word for word, share in (("milk", 0.5), ("tea", 0.3), ("jam", 0.2)) if rng.random() < share]
        basket += ["bread"] if rng.random() < 0.4 else []
        basket += ["butter"] if rng.random() < (0.8 if "bread" in basket else 0.1) else []
        rows.append(",".join(basket or ["milk"]))
    path = tmp_path / "baskets.csv"
    path.write_text("\n".join(rows))
    return path


def test_the_planted_rules_stand_and_nothing_else_does(found: Rules) -> None:
    rules = found.tables["rules"]
    pairs = set(zip(*(rules.loc[rules["shown"], name] for name in ("antecedent_keys", "consequent_keys")), strict=True))
    assert ('["MOR"]', '["HOM"]') in pairs and ('["occupation=student"]', '["STU"]') in pairs
    assert len(pairs) <= 5
    assert "stand up to the tests" in found.verdict and found.verdict.count("because") == 0


def test_the_verdict_tells_what_stands_and_what_of_it_is_shown(frame: pd.DataFrame, found: Rules) -> None:
    standing = found.metrics["rules_standing"].value
    assert standing == found.tables["rules"]["stands"].sum() >= found.metrics["rules_shown"].value > 1
    few = run(frame, top=1)
    assert (few.metrics["rules_standing"].value, few.metrics["rules_shown"].value) == (standing, 1)
    assert f"{standing:.0f} rules stand up to the tests, of " in few.verdict
    assert "; the one of largest leverage is shown. Of 100 customers" in few.verdict


def test_rules_that_repeat_a_better_one_are_told_apart_from_those_beyond_the_list() -> None:
    rules = pd.DataFrame({"stands": [True] * 5, "shown": [True] * 3 + [False] * 2, "covered_by": 0})
    assert mine_rules.chosen(rules, "visits", 3) == "; the 3 of largest leverage are shown"
    rules.loc[4, "covered_by"] = 1
    assert "3 of largest leverage that do not repeat each other" in mine_rules.chosen(rules, "visits", 3)
    rules["covered_by"] = [0, 0, 0, 1, 1]
    assert mine_rules.chosen(rules, "visits", 50) == "; 3 are shown, the others say the same of nearly the same visits"
    assert mine_rules.chosen(rules.iloc[:3], "visits", 50) == ""


def test_what_matters_least_is_the_last_note(found: Rules) -> None:
    assert len(found.warnings) > 1
    assert found.warnings[-1].startswith("Left out, because more than 90 % of customers have it: Current account")


def test_counts_of_a_rule_are_those_of_the_frame(frame: pd.DataFrame, found: Rules) -> None:
    own = frame[(frame["role"] == "owner") & frame["closed_s"].isna()]
    has = own.groupby(level=0)["product"].agg(set)
    rule = found.tables["rules"].set_index(["antecedent_keys", "consequent_keys"]).loc[('["MOR"]', '["HOM"]')]
    assert rule["count"] == sum({"MOR", "HOM"} <= keys for keys in has)
    assert rule["antecedent_count"] == sum("MOR" in keys for keys in has)
    assert rule["baskets"] == len(has) == found.metrics["baskets"].value


def test_products_alone_are_foretold(found: Rules) -> None:
    keys = [json.loads(text) for text in found.tables["rules"]["consequent_keys"]]
    assert keys and not any("=" in key for side in keys for key in side)


def test_without_a_plant_no_rule_stands() -> None:
    result = run(holders(3_000, 11, planted=False))
    assert result.metrics["rules_shown"].value == 0
    assert result.verdict.startswith("No rule stands up to a test: ")
    assert "map" not in result.figures


def test_tables_have_no_infinite_number_and_all_of_them_are_there(found: Rules) -> None:
    assert tuple(found.tables) == TABLES
    for table in found.tables.values():
        for name in table.select_dtypes("number"):
            assert not np.isinf(table[name].to_numpy(dtype=float)).any(), name
    assert type(found).from_bytes(found.to_bytes()).to_bytes() == found.to_bytes()


def test_itemsets_kept_are_closed_or_maximal(frame: pd.DataFrame, found: Rules) -> None:
    every = set(found.tables["itemsets"]["itemset"])
    closed = set(run(frame, keep="closed").tables["itemsets"]["itemset"])
    maximal = set(run(frame, keep="maximal").tables["itemsets"]["itemset"])
    assert maximal < every and maximal <= closed <= every
    assert len(run(frame, keep="maximal").tables["rules"]) == len(found.tables["rules"])


@pytest.mark.parametrize("engine", ["fpgrowth", "apriori"])
def test_engines_give_the_same_tables(frame: pd.DataFrame, found: Rules, engine: str) -> None:
    other = run(frame, engine=engine)
    for name in TABLES:
        pd.testing.assert_frame_equal(other.tables[name], found.tables[name])


def test_figures_are_those_of_what_is_shown(found: Rules) -> None:
    shown = found.tables["rules"].query("shown")
    assert set(found.figures) == {"map", "matrix", "next_product"}
    assert sorted(found.figures["map"].data["rule"]) == shown["rule"].tolist()
    assert found.figures["map"].data["band"].tolist()[0] == "lift 3 and more"
    bars = found.figures["next_product"].data
    assert set(bars["method"]) == {"rules", "popularity"} and bars["offers"].tolist()[:2] == ["1 offer", "1 offer"]
    for row in found.figures["map"].data.itertuples():
        words = "lift below 1.5" if row.lift < 1.5 else "lift 3 and more" if row.lift >= 3 else "lift 1.5 to 3"
        assert row.band == words


def test_visits_have_rules_and_no_recommender() -> None:
    result = run(acts(), basket="visits")
    rules = result.tables["rules"].query("shown")
    assert set(rules["antecedent"]) == {"Online, inquiry", "Online, transfer"}
    assert result.model is None and result.tables["evaluation"].empty
    assert "visits" in result.verdict and any("independent of each other" in words for words in result.warnings)


def test_baskets_of_a_file_need_no_customers_and_name_the_file(tmp_path: Path) -> None:
    path = lines(tmp_path)
    result = run(holders(1).iloc[:0], basket="table", table=str(path))
    source = result.tables["source"].iloc[0]
    assert (source["file"], source["baskets"], source["bytes"]) == (path.name, 400, path.stat().st_size)
    assert str(tmp_path) not in "".join(map(str, source)) and len(source["sha256"]) == 64
    assert {"bread", "butter"} <= set(result.tables["rules"].query("shown")["antecedent"])
    assert result.model is None


def test_the_kit_passes_baskets_of_products() -> None:
    result = check_analysis(rules_analysis(), holders(600))
    assert result.model is not None


def test_the_kit_passes_baskets_of_acts_and_of_a_file(tmp_path: Path) -> None:
    check_analysis(rules_analysis(), acts(120), basket="days")
    check_analysis(rules_analysis(), holders(5).iloc[:0], basket="table", table=str(lines(tmp_path)))


def test_few_baskets_are_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(AnalysisError, match=r"Not enough data: \d+ customers, and at least 200 are needed"):
        run(frame.loc[:150])


def test_progress_goes_forward_and_speaks(frame: pd.DataFrame) -> None:
    class Watch:
        seen: list[tuple[float, str]] = []

        def step(self, fraction: float, text: str = "") -> None:
            self.seen.append((fraction, text))

    watch = Watch()
    mine_rules.run(frame, RulesParams(as_of="2000-01-01"), watch)
    fractions = [fraction for fraction, _ in watch.seen]
    assert fractions == sorted(fractions) and fractions[0] >= 0 and fractions[-1] <= 1
    assert all(text for _, text in watch.seen)


def test_groceries_rules_of_the_whole_run(real_data: Path) -> None:
    given = {"basket": "table", "table": str(real_data / "itemsets" / "groceries.csv"), "drop_above": 1}
    result = run(pd.DataFrame(), min_support=0.006, min_confidence=0.25, max_length=10, **given)
    assert len(result.tables["rules"]) == 463
    assert math.isclose(result.metrics["baskets"].value or 0, 9_835)
