"""Declarations are data: measures, params and results say what they are and refuse what they cannot be."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from crmdesk.api import Field, Figure, I, Metric, Model, Params, Segments, Table, count_if, moments, top
from crmdesk.contributions.measures import Column_, Operation
from crmdesk.contributions.records import one_per_id, resolve
from crmdesk.results import Result


def test_a_comparison_is_a_predicate_not_a_truth() -> None:
    predicate = (I.channel == "atm") & ~I.amount.is_null()
    assert isinstance(predicate, Operation) and predicate.op == "and"
    assert isinstance(I.amount, Column_)
    assert count_if(predicate).where is predicate
    with pytest.raises(TypeError, match="& and |"):
        bool(I.channel == "atm")
    with pytest.raises(TypeError, match="numbers and text"):
        I.amount + [1]  # type: ignore[operator]


def test_groups_of_measures_name_their_columns() -> None:
    assert set(moments("amt", I.amount)) == {"amt_n", "amt_mean", "amt_m2", "amt_m3", "amt_m4"}
    assert set(top("act", I.activity)) == {"act", "act_n"}


class Few(Params):
    k: int = Field(3, ge=2, le=9, title="Groups")


def test_params_are_checked_frozen_and_split_from_the_hosts() -> None:
    few = Few.model_validate({"k": "4", "seed": 9})
    assert few.own() == {"k": 4} and list(Few.own_fields()) == ["k"]
    for bad in ({"k": 1}, {"k": "x"}, {"other": 1}):
        with pytest.raises(ValidationError):
            Few.model_validate(bad)
    with pytest.raises(TypeError, match="reserved parameter names: out"):
        type("Bad", (Params,), {"__annotations__": {"out": str}, "out": "x"})


def test_a_result_survives_the_way_to_another_process() -> None:
    frame = pd.DataFrame({"customer": np.array([3, 1], dtype="int64"), "share": [0.25, np.nan], "name": ["a", None]})
    figure = Figure("lines", "Stability", frame, x="customer", y="share", marks={"limit": 0.8})
    result = Table("Two rows.", {"ari": Metric(0.8, 0.7, float("nan"))}, {"t": frame}, {"f": figure}, ("w",),
                   Model("json", b"{}"))  # fmt: skip
    again = Result.from_bytes(result.to_bytes())
    assert type(again) is Table and again.verdict == "Two rows." and again.warnings == ("w",)
    assert again.metrics["ari"] == Metric(0.8, 0.7, None) and again.model == Model("json", b"{}")
    pd.testing.assert_frame_equal(again.tables["t"], frame, check_dtype=False)
    assert again.figures["f"].marks == {"limit": 0.8} and again.to_bytes() == result.to_bytes()
    with pytest.raises(ValueError, match="no crmdesk result"):
        Result.from_bytes(b"pickle")


def test_a_result_lacking_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="table 'segments' lacks name"):
        Segments("x", tables={"segments": pd.DataFrame(columns=["segment", "tier1", "tier2", "n", "share"])})


def test_pointers_resolve_and_ids_are_unique() -> None:
    assert resolve("math:sqrt")(4) == 2 and resolve(len) is len
    with pytest.raises(ValueError, match=r"package\.module:name"):
        resolve("math.sqrt")
    with pytest.raises(ValueError, match="already taken"):
        one_per_id([type("R", (), {"id": "a.b"}), type("R", (), {"id": "a.b"})])
