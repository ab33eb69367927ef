"""Rules, sequences and changes written by hand, in the shape of the association plugin's tables."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from crmdesk.api import Metric, Model, Params, Rules

PRODUCTS = ("Current account", "Savings account", "Debit card", "Credit card", "Personal loan", "Car lease",
            "Home mortgage", "Contents insurance", "Car insurance", "Travel insurance", "Funds",
            "Pension plan")  # fmt: skip
ATTRIBUTES = ("age 25-34", "age 55-64", "mostly online", "mostly in the branch", "engineer", "in segment Online, high")
ITEMS = (*PRODUCTS, *ATTRIBUTES)
BASKETS = 15_000


def rule_tables(n: int = 120, seed: int = 7, people: str = "customers") -> dict[str, pd.DataFrame]:
    """`n` rules with counts that fit together, the 40 with the highest leverage shown."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for _ in range(n):
        then = int(rng.integers(len(PRODUCTS)))
        size = int(rng.choice([1, 1, 1, 2, 3]))
        left = sorted(int(i) for i in rng.choice([i for i in range(len(ITEMS)) if i != then], size, replace=False))
        hold, base = int(rng.integers(300, 4000)), 0.05 + 0.3 * rng.random()
        both = int(hold * min(0.95, base * (0.7 + 2.0 * rng.random())))
        rows.append(rule_row([ITEMS[i] for i in left], PRODUCTS[then], hold, both, base, people))
    table = pd.DataFrame(rows).drop_duplicates(["antecedent", "consequent"])
    table = table.sort_values("leverage", ascending=False, kind="stable").reset_index(drop=True)
    table.insert(0, "rule", np.arange(1, len(table) + 1))
    table["shown"] = (table.index < 40) & (table["lift"] > 1)
    items = pd.DataFrame({"item": [key(name) for name in ITEMS], "label": ITEMS,
                          "kind": ["product"] * len(PRODUCTS) + ["attribute"] * len(ATTRIBUTES),
                          "count": 1000, "share": 0.07, "used": True, "reason": ""})  # fmt: skip
    return {"rules": table, "items": items}


def key(name: str) -> str:
    return name.upper().replace(" ", "_")


def rule_row(left: list[str], then: str, hold: int, both: int, base: float, people: str) -> dict[str, Any]:
    confidence = both / hold
    half = 1.96 * (confidence * (1 - confidence) / hold) ** 0.5
    low, high = max(0.0, confidence - half), min(1.0, confidence + half)
    support, lift = both / BASKETS, confidence / base
    text = (f"Of 100 {people} with {' and '.join(left)}, {100 * low:.0f} to {100 * high:.0f} also have {then} "
            f"(all {people}: {100 * base:.0f}).")  # fmt: skip
    return {
        "antecedent": ", ".join(left), "consequent": then, "antecedent_keys": json.dumps([key(x) for x in left]),
        "consequent_keys": json.dumps([key(then)]), "length": len(left) + 1, "baskets": BASKETS,
        "antecedent_count": hold, "consequent_count": int(base * BASKETS), "count": both, "support": support,
        "confidence": confidence, "low": low, "high": high, "lift": lift,
        "leverage": support - hold / BASKETS * base, "conviction": 1.2, "kulczynski": 0.4, "imbalance": 0.2,
        "phi": 0.1, "p": 1e-6, "q": 1e-5 if lift > 1.2 else 0.2, "improvement": confidence - base,
        "improvement_q": 0.001, "covered_by": 0, "text": text,
    }  # fmt: skip


def next_tables() -> dict[str, pd.DataFrame]:
    """Three sizes of lists, each by rules, by popularity and as their paired difference; six bands of chances."""
    rows = []
    for k, ours, theirs in ((1, 0.24, 0.17), (3, 0.47, 0.36), (5, 0.61, 0.53)):
        for method, rate, half in (("rules", ours, 0.03), ("popularity", theirs, 0.03),
                                   ("rules - popularity", ours - theirs, 0.02)):  # fmt: skip
            rows.append((method, k, 1240, rate, rate - half, rate + half, rate * 0.8, 0.9))
    evaluation = pd.DataFrame(rows, columns=["method", "k", "customers", "hit_rate", "low", "high", "mrr", "coverage"])
    calibration = pd.DataFrame(
        [(i + 1, n, p, p * (0.9 + 0.04 * i), p * 0.7, p * 1.35) for i, (n, p) in
         enumerate(((21_000, 0.005), (18_000, 0.012), (9_000, 0.025), (4_000, 0.045), (900, 0.08), (300, 0.13)))],
        columns=["band", "n", "predicted", "observed", "low", "high"],
    )  # fmt: skip
    return {"evaluation": evaluation, "calibration": calibration}


STEPS = (
    (["CAR_LEASE"], ["CAR_INSURANCE"], "Car lease", "Car insurance", 620, 21.0, 9.0, 44.0),
    (["HOME_MORTGAGE"], ["CONTENTS_INSURANCE"], "Home mortgage", "Contents insurance", 540, 60.0, 25.0, 120.0),
    (["CURRENT_ACCOUNT", "DEBIT_CARD"], ["CREDIT_CARD"], "Current account, Debit card", "Credit card", 480, 150.0, 80.0,
     260.0),
)  # fmt: skip


def sequence_tables() -> dict[str, pd.DataFrame]:
    rows, waits = [], []
    for number, (first, second, a, b, customers, median, low, high) in enumerate(STEPS, 1):
        rows.append({
            "sequence": number, "steps": f"{a} → {b}", "length": 2, "customers": BASKETS, "customers_with_all": 2100,
            "count": customers, "support": customers / BASKETS, "confidence": customers / 2100, "low": 0.27,
            "high": 0.31, "expected": customers / 1.8, "median_days": median, "q25_days": low, "q75_days": high,
            "p": 1e-5, "q": 2e-5, "shown": True, "keys": json.dumps([first, second]),
            "text": f"Of 100 customers with {a}, 27 to 31 later take {b}, half of them within {median:.0f} days.",
        })  # fmt: skip
        edges = np.linspace(0, 365, 13).round()
        share = np.exp(-edges[:-1] / (2 * median))
        waits += [(number, 1, edges[i], edges[i + 1], int(customers * share[i] / share.sum())) for i in range(12)]
    waiting = pd.DataFrame(waits, columns=["sequence", "step", "days_from", "days_to", "customers"])
    return {"sequences": pd.DataFrame(rows), "waiting": waiting}


def change_tables() -> dict[str, pd.DataFrame]:
    rows = []
    kinds = ("grown", "faded", "unexpected_consequent", "unexpected_condition", "added", "perished", "grown")
    for number, kind in enumerate(kinds, 1):
        before = {"added": 0.004, "perished": 0.09}.get(kind, 0.05 + 0.03 * number)
        after = {"added": 0.05, "perished": 0.01}.get(kind, before * (1.5 if number % 2 else 0.6))
        left, then = PRODUCTS[number], PRODUCTS[(number + 4) % 12]
        rows.append({
            "change": number, "kind": kind, "rule": f"{left} → {then}", "antecedent": left, "consequent": then,
            "measure": "confidence" if number % 3 == 0 else "support", "count_before": int(before * 9000),
            "count_after": int(after * 9500), "baskets_before": 9000, "baskets_after": 9500, "before": before,
            "after": after, "difference": after - before, "low": after - before - 0.01, "high": after - before + 0.01,
            "p": 1e-5, "q": 3e-5, "shown": number != 7, "of": "Funds → Savings account" * ("unexpected" in kind),
            "text": f"{left} with {then}: {100 * before:.1f} of 100 a year ago, {100 * after:.1f} now.",
        })  # fmt: skip
    return {"changes": pd.DataFrame(rows)}


def rules_result(tables: dict[str, pd.DataFrame] | None = None, *, model: bool = True) -> Rules:
    """Everything a run of the association rules gives, or only these tables."""
    found = {**rule_tables(), **next_tables()} if tables is None else tables
    metrics = {"hit_at_3_gain": Metric(0.11, 0.09, 0.13)}
    return Rules("40 rules stand up to the tests. Home mortgage goes with Contents insurance: lift 1.6.", metrics,
                 found, model=Model("json", b"{}") if model else None)  # fmt: skip


class Empty(Params):
    """No setting."""


def run_rules(frame: Any, params: Any, progress: Any) -> Rules:
    return rules_result()


def run_sequences(frame: Any, params: Any, progress: Any) -> Rules:
    return Rules("3 sequences are no accident.", tables=sequence_tables())


def run_changes(frame: Any, params: Any, progress: Any) -> Rules:
    return Rules("6 rules changed in a way that is no accident.", tables=change_tables())


def make_offers(model: Any, frame: Any, params: Any, progress: Any) -> Rules:
    """Rule 1 offers everybody the travel insurance, rule 2 every other one the pension plan, at a higher chance."""
    progress.step(0.5, "Looking for offers")
    rows = [(customer, "TRV", 0.05, 0.04, 0.06, 1, "has Savings account and no Travel insurance; of 100 such customers "
             "4 to 6 took it within 180 days") for customer in frame.index]  # fmt: skip
    rows += [(customer, "PEN", 0.09, 0.07, 0.11, 2, "has Funds and no Pension plan; of 100 such customers 7 to 11 took "
              "it within 180 days") for customer in frame.index[::2]]  # fmt: skip
    names = ["customer", "product", "p", "low", "high", "rule", "why"]
    return Rules("Offers.", tables={"offers": pd.DataFrame(rows, columns=names)})
