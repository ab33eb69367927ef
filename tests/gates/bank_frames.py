"""Frames of an invented bank's holdings as an analysis gets them, made in memory without anything that happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from crmdesk.analytics.computed import AGE_BANDS
from crmdesk.synthetic.presets import preset_spec
from crmdesk.synthetic.spec import BankSpec
from crmdesk.synthetic.world import Holders, holders

DAY = 86_400
CHANNELS = ("atm", "online", "call_centre", "branch")
WORDS = ("product", "product_name", "family", "role", "kind", "age_band", "occupation", "education")


@dataclass(frozen=True)
class HeldFrame:
    """One row per product opened, indexed by `customer`, and the last day of the bank."""

    rows: pd.DataFrame
    until: date


def held_frame(preset: str, seed: int, customers: int = 15_000) -> HeldFrame:
    """What the host would hand over: nobody who left, nobody without products."""
    spec = preset_spec(preset, customers)
    made = holders(spec, seed)
    account, product = (made.tables[name].columns for name in ("account", "product"))
    customer = np.asarray(made.tables["holding"].columns["customer_id"])
    place = np.asarray(account["product_id"]) - 1
    pick = partial(_picked, product, place)
    rows = pd.DataFrame(
        {"customer": customer, "opened_s": _seconds(account["opened_on"]), "closed_s": np.nan,
         "product": pick("code"), "product_name": pick("name"), "family": pick("family"), "role": "owner"}
    )  # fmt: skip
    rows = rows.join(_owners(spec, made, seed), on="customer")[~made.life.left[customer - 1]]
    rows = rows.sort_values(["customer", "opened_s"], kind="stable").set_index("customer")
    return HeldFrame(rows.astype(dict.fromkeys(WORDS, "category")), spec.until)


def _picked(table: Any, place: np.ndarray, column: str) -> np.ndarray:
    return np.asarray(table[column], object)[place]


def _seconds(days: Any) -> np.ndarray:
    return np.asarray(days, "datetime64[D]").astype("datetime64[s]").astype(np.int64)


def _owners(spec: BankSpec, made: Holders, seed: int) -> pd.DataFrame:
    """What customers are like; how they bank is drawn by chance, as it is in a null bank."""
    table, n = made.tables["customer"].columns, spec.customers
    born = np.asarray(table["birth_date"], "datetime64[D]")
    age = (np.datetime64(spec.until) - born).astype("timedelta64[D]").astype(float) / 365.25
    age[np.isnat(born)] = np.nan
    band = pd.cut(age, [0, 18, 25, 35, 45, 55, 65, 200], right=False, labels=list(AGE_BANDS)).astype(object)
    shares = np.random.default_rng(seed).dirichlet((2, 3, 1, 2), n)
    return pd.DataFrame(
        {"kind": table["kind"], "age_band": band, "occupation": table["occupation"], "education": table["education"]}
        | {f"share_{name}": shares[:, i] for i, name in enumerate(CHANNELS)},
        index=pd.Index(table["id"], name="customer"),
    )  # fmt: skip
