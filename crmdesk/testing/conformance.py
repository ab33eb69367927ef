"""What every analysis must keep, checked on a frame of the author's choice."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from crmdesk.contributions import Analysis, resolve
from crmdesk.domain.errors import AnalysisError
from crmdesk.jobs import Cancelled, Progress, Silent
from crmdesk.mining.checks import read_offers
from crmdesk.results import Result

if TYPE_CHECKING:
    import pandas as pd

# Tables that hold each customer of the frame exactly once.
ONE_ROW_EACH = ("members", "scores")


def run_analysis(
    analysis: Analysis, frame: pd.DataFrame, *, seed: int = 7, as_of: str = "2000-01-01",
    progress: Progress | None = None, **params: Any,
) -> Result:  # fmt: skip
    """Run an analysis as the worker does: parameters checked, randomness from `seed`; pydantic refuses wrong ones."""
    given = analysis.params.model_validate({**params, "seed": seed, "as_of": as_of})
    result = resolve(analysis.run)(frame, given, progress or Silent())
    assert isinstance(result, Result), f"{analysis.id} gave {type(result).__name__}, not a Result"
    return result


def check_analysis(analysis: Analysis, frame: pd.DataFrame, **params: Any) -> Result:
    """Every rule of an analysis on `frame` (indexed by `customer`); gives the result, AssertionError names the rule.

    Checked: defaults and form, same seed same result, frame unchanged, each customer once, round trip of bytes,
    scoring and offers where there are any, empty and one-row frames, cancel, no Qt, no network.
    """
    check_params(analysis)
    before = frame.copy(deep=True)
    with alone(analysis):
        result = run_analysis(analysis, frame, **params)
        again = run_analysis(analysis, before.copy(deep=True), **params)
    import pandas as pd

    try:
        pd.testing.assert_frame_equal(frame, before)
    except AssertionError as error:
        raise AssertionError(f"{analysis.id} changed the frame it was given; work on a copy: {error}") from None
    data = result.to_bytes()
    assert data == again.to_bytes(), f"{analysis.id} gave two results for one seed; use default_rng(params.seed) alone"
    assert type(result).from_bytes(data).to_bytes() == data, f"{analysis.id}: its result does not survive storing"
    assert isinstance(result, analysis.gives), f"{analysis.id} gave {type(result).__name__}, not what it declares"
    check_customers(analysis, result, frame)
    check_scoring(analysis, result, before.copy(deep=True), params)
    check_offers(analysis, result, before.copy(deep=True), params)
    for rows in (0, 1):
        check_edge(analysis, frame.iloc[:rows].copy(), params)
    check_cancel(analysis, before.copy(deep=True), params)
    return result


def check_params(analysis: Analysis) -> None:
    """Defaults construct, and every parameter has what a form and a command line show."""
    analysis.params.model_validate({})
    analysis.params.model_json_schema()
    for name, field in analysis.params.own_fields().items():
        assert not field.is_required(), f"{analysis.id}: parameter {name} has no default"
        assert field.title, f"{analysis.id}: parameter {name} has no title"
    assert not (wrong := list(analysis.bad_choices())), " ".join(wrong)
    assert analysis.every_need, f"{analysis.id} names no data that it needs"


def check_customers(analysis: Analysis, result: Result, frame: pd.DataFrame) -> None:
    """Tables name only customers of the frame; `members` and `scores` name each of them once."""
    asked = set(frame.index)
    for name, table in result.tables.items():
        if "customer" not in table.columns:
            continue
        named = list(table["customer"])
        assert set(named) <= asked, f"{analysis.id}: table {name} names customers that it was not given"
        if name in ONE_ROW_EACH:
            assert len(named) == len(set(named)), f"{analysis.id}: table {name} names a customer twice"
            assert set(named) == asked, f"{analysis.id}: table {name} leaves out {len(asked - set(named))} customers"


def check_scoring(analysis: Analysis, result: Result, frame: pd.DataFrame, params: dict[str, Any]) -> None:
    """Where there is a `score` and the run stored a model: one row each, also when one customer comes alone."""
    if analysis.score is None or result.model is None:
        return
    given = analysis.params.model_validate({**params, "seed": 7, "as_of": "2000-01-01"})
    for asked in (frame, frame.loc[frame.index[:1]]):
        scored = resolve(analysis.score)(result.model, asked, given, Silent())
        assert isinstance(scored, Result), f"{analysis.id}: score gave {type(scored).__name__}, not a Result"
        assert set(ONE_ROW_EACH) & set(scored.tables), f"{analysis.id}: score gave no table members or scores"
        check_customers(analysis, scored, asked)


def check_offers(analysis: Analysis, result: Result, frame: pd.DataFrame, params: dict[str, Any]) -> None:
    """Where there is an `offer` and the run stored a model: the host's table, also for one customer and for nobody."""
    if analysis.offer is None or result.model is None:
        return
    given = analysis.params.model_validate({**params, "seed": 7, "as_of": "2000-01-01"})
    for asked in (frame, frame.loc[frame.index[:1]], frame.iloc[:0]):
        before = asked.copy(deep=True)
        offered = resolve(analysis.offer)(result.model, asked, given, Silent())
        assert isinstance(offered, Result), f"{analysis.id}: offer gave {type(offered).__name__}, not a Result"
        assert asked.equals(before), f"{analysis.id}: offer changed the frame it was given; work on a copy"
        try:
            read_offers(offered.to_bytes(), analysis, np.unique(asked.index.to_numpy(np.int64)))
        except AnalysisError as error:
            raise AssertionError(f"{analysis.id}: {error}") from None


def check_edge(analysis: Analysis, frame: pd.DataFrame, params: dict[str, Any]) -> None:
    """Hardly any data: a result or an AnalysisError with a sentence, never another error."""
    try:
        run_analysis(analysis, frame, **params)
    except AnalysisError as error:
        assert str(error).strip(), f"{analysis.id} refuses {len(frame)} rows without a sentence"
    except Exception as error:
        raise AssertionError(f"{analysis.id} breaks on {len(frame)} rows: {type(error).__name__}: {error}") from error


class _Stopped:
    """Progress of a job that was cancelled before its first step."""

    asked = False

    def step(self, fraction: float, text: str = "") -> None:
        self.asked = True
        raise Cancelled


def check_cancel(analysis: Analysis, frame: pd.DataFrame, params: dict[str, Any]) -> None:
    """Cancelled, raised by a step, passes through."""
    stopped = _Stopped()
    try:
        run_analysis(analysis, frame, progress=stopped, **params)
    except Cancelled:
        return
    assert not stopped.asked, f"{analysis.id} caught Cancelled; let it pass"


@contextlib.contextmanager
def alone(analysis: Analysis) -> Iterator[None]:
    """Inside, a connection is refused; afterwards Qt must not have been loaded."""

    def refuse(self: socket.socket, address: object) -> None:
        raise AssertionError(f"{analysis.id} tried the network: {address}")

    had_qt = "PySide6" in sys.modules
    real = socket.socket.connect
    socket.socket.connect = refuse  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        socket.socket.connect = real  # type: ignore[method-assign]
    assert had_qt or "PySide6" not in sys.modules, f"{analysis.id} loads Qt; only view modules may"
