"""Invented holdings with a planted rule, so that the plugin's tests need no other room."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

DAY = 86_400
END = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())  # the kit's as-of day, at its beginning
NAMES = {"CUR": "Current account", "SAV": "Savings account", "MOR": "Home mortgage", "HOM": "Contents insurance",
         "LIF": "Life insurance", "TRV": "Travel insurance", "GLD": "Gold card", "STU": "Student card"}  # fmt: skip
FAMILY = {"CUR": "current", "SAV": "savings", "MOR": "mortgage", "HOM": "insurance", "LIF": "insurance",
          "TRV": "insurance", "GLD": "card", "STU": "card"}  # fmt: skip
BASE = {"CUR": 0.97, "SAV": 0.5, "MOR": 0.25, "HOM": 0.1, "LIF": 0.25, "TRV": 0.3, "GLD": 0.2, "STU": 0.05}
OCCUPATIONS = ("clerk", "health", "student", "retail")
CHANNELS = ("atm", "online", "call_centre", "branch")


def holders(
    n: int = 3_000, seed: int = 1, *, planted: bool = True, owners: bool = True, years: float = 3
) -> pd.DataFrame:
    """n customers over `years` up to END: with `planted`, MOR makes HOM and being a student STU far likelier.

    What is planted is opened after the mortgage; everything else on any day.
    """
    rng = np.random.default_rng(seed)
    occupation = rng.choice(len(OCCUPATIONS), n, p=(0.4, 0.3, 0.1, 0.2))
    held = {code: rng.random(n) < share for code, share in BASE.items()}
    held["CUR"][~np.logical_or.reduce(list(held.values()))] = True
    if planted:
        held["HOM"] |= held["MOR"] & (rng.random(n) < 0.5)
        held["STU"] |= (OCCUPATIONS.index("student") == occupation) & (rng.random(n) < 0.5)
    span = int(years * 365)
    day = {code: rng.integers(0, span, n) for code in BASE}
    day["CUR"] = np.zeros(n, np.int64)
    after = held["MOR"] & held["HOM"] & planted
    day["HOM"][after] = day["MOR"][after] + (rng.random(int(after.sum())) * (span - day["MOR"][after])).astype(int)
    rows = []
    for code in BASE:
        who = np.flatnonzero(held[code])
        opened = END + DAY - (span - day[code][who]) * DAY
        closed = np.where(rng.random(len(who)) < 0.05, opened + 400 * DAY, np.nan)
        rows.append(pd.DataFrame({
            "customer": who + 1, "opened_s": opened, "closed_s": np.where(closed > END, np.nan, closed),
            "product": code, "product_name": NAMES[code], "family": FAMILY[code],
            "role": np.where(rng.random(len(who)) < 0.02, "authorised", "owner"),
        }))  # fmt: skip
    frame = pd.concat(rows).sort_values(["customer", "opened_s"], kind="stable").set_index("customer")
    for name in ("product", "product_name", "family", "role"):
        frame[name] = frame[name].astype("category")
    return frame.join(_owners(n, occupation, rng))


def _owners(n: int, occupation: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    shares = rng.dirichlet((2, 3, 1, 2), n)
    silent = rng.random(n) < 0.03
    kind = np.where(rng.random(n) < 0.04, "company", "person")
    return pd.DataFrame({
        "kind": pd.Categorical(kind),
        "age_band": pd.Categorical(rng.choice(["18-24", "25-34", "35-44", "45-54", "55-64", "65+"], n)),
        "occupation": pd.Categorical(np.array(OCCUPATIONS)[occupation]),
        "education": pd.Categorical(rng.choice(["primary", "secondary", "university"], n)),
        "gender": pd.Categorical(rng.choice(["female", "male", "unknown"], n)),
        **{f"share_{c}": np.where(silent, np.nan, shares[:, i]) for i, c in enumerate(CHANNELS)},
    }, index=pd.Index(np.arange(1, n + 1), name="customer"))  # fmt: skip


def acts(n: int = 400, seed: int = 2) -> pd.DataFrame:
    """Acts of n customers on days before END; who transfers online also looks at the balance there."""
    rng = np.random.default_rng(seed)
    rows = n * 12
    customer = rng.integers(1, n + 1, rows)
    when = END - rng.integers(1, 200, rows) * DAY + rng.integers(8 * 3600, 20 * 3600, rows)
    kinds = [("online", "transaction", "transfer"), ("atm", "transaction", "withdrawal"),
             ("branch", "support", "general_question"), ("online", "support", "products")]  # fmt: skip
    kind = rng.choice(len(kinds), rows, p=(0.4, 0.3, 0.2, 0.1))
    frame = pd.DataFrame({"customer": customer, "occurred_s": when, **{
        name: [kinds[k][i] for k in kind] for i, name in enumerate(("channel", "mode", "activity"))}})  # fmt: skip
    also = frame[(kind == 0) & (rng.random(rows) < 0.7)].assign(activity="inquiry")
    posted = frame.iloc[:50].assign(channel="system", activity="interest")  # the bank's own, never an act
    return pd.concat([frame, also, posted]).sort_values(["customer", "occurred_s"], kind="stable").set_index("customer")
