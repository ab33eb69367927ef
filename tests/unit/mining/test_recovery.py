"""Agreement and matching against planted labels, with scikit-learn as the judge."""

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, v_measure_score

from crmdesk.mining.recovery import Labels, agreement_metrics, best_matches, paired_difference


def two_labelings(noise: float, n: int = 2000) -> tuple[Labels, Labels]:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 5, n)
    found = np.where(rng.random(n) < noise, rng.integers(0, 6, n), truth)
    return Labels.of([f"s{i}" for i in truth]), Labels.of(found.tolist())


def test_measures_equal_the_reference_and_lie_in_their_intervals() -> None:
    truth, found = two_labelings(0.3)
    metrics = agreement_metrics(truth, found, 7)
    for name, judge in (("ari", adjusted_rand_score), ("ami", adjusted_mutual_info_score), ("v", v_measure_score)):
        metric = metrics[name]
        assert abs((metric.value or 0) - judge(truth.codes, found.codes)) < 1e-9
        assert metric.low is not None and metric.high is not None and metric.value is not None
        assert metric.low < metric.value < metric.high
        assert metric.high - metric.low < 0.12


def test_same_seed_same_interval() -> None:
    truth, found = two_labelings(0.3)
    assert agreement_metrics(truth, found, 7) == agreement_metrics(truth, found, 7)
    assert agreement_metrics(truth, found, 7) != agreement_metrics(truth, found, 8)


def test_perfect_and_empty() -> None:
    truth, _ = two_labelings(0.0)
    assert agreement_metrics(truth, truth, 7)["ari"].value == 1.0
    nobody = Labels.of([])
    assert agreement_metrics(nobody, nobody, 7, "tier1_")["tier1_ami"].value is None
    assert paired_difference(nobody, nobody, nobody, 7).value is None


def test_matches_name_the_partner_and_count_it() -> None:
    truth = Labels.of(["a"] * 6 + ["b"] * 4 + ["c"] * 2)
    found = Labels.of(["1"] * 5 + ["2"] * 5 + ["2"] * 2)
    rows = {row["planted"]: row for row in best_matches(truth, found)}
    assert rows["a"] == {"planted": "a", "n": 6, "recovered": "1", "precision": 1.0, "recall": 5 / 6, "f1": 10 / 11}
    assert (rows["b"]["recovered"], rows["b"]["precision"], rows["b"]["recall"]) == ("2", 4 / 7, 1.0)
    assert rows["c"] == {"planted": "c", "n": 2, "recovered": None, "precision": 0.0, "recall": 0.0, "f1": 0.0}


def test_the_paired_difference_tells_better_from_equal() -> None:
    truth, rough = two_labelings(0.3)
    gap = paired_difference(truth, rough, truth, 7)
    assert gap.value is not None and gap.low is not None
    assert abs(gap.value - (1 - adjusted_rand_score(truth.codes, rough.codes))) < 1e-9
    assert gap.low > 0
    same = paired_difference(truth, rough, rough, 7)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
