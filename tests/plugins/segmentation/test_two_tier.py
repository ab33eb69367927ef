"""Planted segments are found, described and scored; a population without groups is left in one piece."""

import numpy as np
import pandas as pd
import pytest
from crmdesk_segmentation import single, two_tier
from crmdesk_segmentation.params import Single, TwoTier
from crmdesk_segmentation.score import score
from planted import Planted, planted

from crmdesk.api import Cancelled, Segments, statistics
from crmdesk.jobs import Silent


def test_planted_segments_are_recovered(small: Planted, found: Segments) -> None:
    members = found.tables["members"]
    assert statistics.adjusted_rand(small.segment, members["tier1"]) >= 0.95
    assert statistics.adjusted_rand(small.joint, members["segment"]) >= 0.70
    assert found.metrics["k1"].value == 4
    assert "stable" in found.verdict


@pytest.mark.parametrize("method", ["mixture", "hellinger"])
def test_given_numbers_are_obeyed(small: Planted, method: str) -> None:
    result = two_tier.run(small.frame, TwoTier(k1=4, k2=3, method=method), Silent())
    members = result.tables["members"]
    assert result.tables["segments"].shape[0] == 12
    assert statistics.adjusted_rand(small.segment, members["tier1"]) >= 0.95
    assert statistics.adjusted_rand(small.joint, members["segment"]) >= 0.78


def test_a_population_without_groups_stays_in_one_piece() -> None:
    null = planted(2000, 4, segments=False, tiers=(1.0,), separation=0.0, spread=0.9)
    result = two_tier.run(null.frame, TwoTier(), Silent())
    assert result.verdict.startswith("No stable segments")
    assert set(result.tables["members"]["segment"]) == {"A1"}
    assert set(result.figures) == {"stability"}  # no map that invites to choose a segment
    assert result.tables["k_choice"].query("chosen")["k"].tolist() == [1, 1]


def test_everyone_is_a_member_once_and_few_interactions_are_provisional(small: Planted, found: Segments) -> None:
    members = found.tables["members"]
    assert members["customer"].tolist() == small.frame.index.tolist()
    few = small.frame[[f"c{i:02d}" for i in range(1, 38)]].sum(axis=1).to_numpy() < 10
    assert (members["provisional"] == few).all()
    assert few.any()
    assert members["strength"].between(0, 1).all()
    assert members["distance_pct"].between(0, 100).all()
    assert (members["runner_up"] != members["segment"]).all()


def test_tables_agree_with_each_other(found: Segments) -> None:
    segments, members = found.tables["segments"], found.tables["members"]
    assert segments["n"].sum() == len(members)
    assert segments.set_index("segment")["n"].to_dict() == members["segment"].value_counts().to_dict()
    assert segments["share"].sum() == pytest.approx(1)
    assert segments["value_share"].sum() == pytest.approx(1)
    sizes = segments.groupby("tier1")["n"].sum()
    assert sizes.is_monotonic_decreasing
    permissions = found.tables["permissions"]
    n = permissions["segment"].map(segments.set_index("segment")["n"])
    assert (permissions["asked"] + permissions["never_asked"] == n).all()
    assert (permissions["low"] <= permissions["rate"]).all()
    assert (permissions["rate"] <= permissions["high"]).all()
    assert found.tables["profile"]["q"].between(0, 1).all()


def test_words_name_the_channel_and_the_level(small: Planted, found: Segments) -> None:
    segments = found.tables["segments"]
    assert set(segments["group"]) == {"ATM", "Online", "Call centre", "Branch"}
    high = segments[segments["level"] == "high"]["value_ratio"].to_numpy()
    low = segments[segments["level"] == "low"]["value_ratio"].to_numpy()
    assert (high > low).all()
    assert segments["rule"].str.contains("describes").all()
    assert found.metrics["fidelity_tier1"].value > 0.85


def test_permission_is_never_a_clustering_input(small: Planted, found: Segments) -> None:
    other = small.frame.copy()
    for name in other.columns[other.columns.str.startswith("state_")]:
        other[name] = "objected"
    result = two_tier.run(other, TwoTier(), Silent())
    pd.testing.assert_frame_equal(result.tables["members"], found.tables["members"])
    assert (result.tables["permissions"]["contactable"] == 0).all()


def test_same_frame_same_tables_frame_unchanged_and_round_trip(small: Planted, found: Segments) -> None:
    before = small.frame.copy()
    again = two_tier.run(small.frame, TwoTier(), Silent())
    pd.testing.assert_frame_equal(small.frame, before)
    assert again.to_bytes() == found.to_bytes()
    back = Segments.from_bytes(found.to_bytes())
    assert back.verdict == found.verdict
    assert set(back.figures) == {"map", "profile", "channel_mode", "stability"}


def test_a_scored_customer_gets_what_the_run_gave(small: Planted, found: Segments) -> None:
    assert found.model is not None
    scored = score(found.model.data, small.frame.iloc[100:140])
    expected = found.tables["members"].iloc[100:140].reset_index(drop=True)
    pd.testing.assert_frame_equal(scored, expected)
    stranger = small.frame.iloc[[7]].copy()
    stranger[["c15", "c16", "c17"]] = 900
    stranger[["balance", "loan"]] = [1e14, 1e14]
    assert score(found.model.data, stranger)["note"].tolist() == ["unlike anyone seen"]


def test_cancel_is_felt(small: Planted) -> None:
    calls = iter(range(1000))
    with pytest.raises(Cancelled):
        two_tier.run(small.frame, TwoTier(), Silent(lambda: next(calls) > 30))


def test_progress_never_goes_back(small: Planted) -> None:
    class Watched:
        steps: list[float] = []

        def step(self, fraction: float, text: str = "") -> None:
            self.steps.append(fraction)

    two_tier.run(small.frame.iloc[:800], TwoTier(k1=2, k2=1), Watched())
    assert Watched.steps == sorted(Watched.steps)
    assert 0 <= Watched.steps[0] <= Watched.steps[-1] <= 1


@pytest.mark.parametrize("method", ["blocks", "columns", "pca"])
def test_a_single_step_runs_honestly(small: Planted, method: str) -> None:
    result = single.run(small.frame, Single(k=4, method=method), Silent())
    members = result.tables["members"]
    assert len(members) == 3000
    assert members["segment"].nunique() == 4
    assert statistics.adjusted_rand(small.segment, members["segment"]) > 0.2
    assert np.isfinite(members["strength"]).all()


def test_comparison_shows_three_methods_with_intervals(found: Segments) -> None:
    table = found.tables["comparison"]
    assert len(table) == 3
    assert (table["low"] <= table["ari"] + 0.01).all()
    assert (table["ari"] <= table["high"] + 0.01).all()
