"""The kit passes a good analysis and names the rule that each bad one breaks."""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest

from crmdesk.api import Analysis, AnalysisError, Cancelled, Field, Model, Params, Result, Scores, Table
from crmdesk.testing import check_analysis

FRAME = pd.DataFrame({"uses": [3, 1, 2]}, index=pd.Index([11, 12, 13], name="customer"))


def scores(frame: pd.DataFrame) -> Scores:
    table = pd.DataFrame({"customer": frame.index.to_numpy(), "score": frame["uses"].to_numpy() / 3})
    return Scores("Scored.", tables={"scores": table})


def good(frame: pd.DataFrame, params: Params, progress: Any) -> Result:
    if frame.empty:
        raise AnalysisError("There is nobody to score.")
    progress.step(0.5, "Scoring")
    return scores(frame)


def changes(frame: pd.DataFrame, params: Params, progress: Any) -> Result:
    frame["uses"] = 0
    return scores(frame)


def dice(frame: pd.DataFrame, params: Params, progress: Any) -> Result:
    return scores(frame + np.random.default_rng().random())


def forgets(frame: pd.DataFrame, params: Params, progress: Any) -> Result:
    return scores(frame.iloc[1:])


def repeats(frame: pd.DataFrame, params: Params, progress: Any) -> Result:
    return scores(pd.concat([frame, frame]))


def invents(frame: pd.DataFrame, params: Params, progress: Any) -> Result:
    return scores(frame.rename(index={11: 99}))


def needs_two(frame: pd.DataFrame, params: Params, progress: Any) -> Result:
    frame["uses"].iloc[1]
    return scores(frame)


def deaf(frame: pd.DataFrame, params: Params, progress: Any) -> Result:
    with contextlib.suppress(Cancelled):
        progress.step(0.5)
    return scores(frame)


def calls_home(frame: pd.DataFrame, params: Params, progress: Any) -> Result:
    with socket.socket() as line:
        line.connect(("192.0.2.1", 9))
    return scores(frame)


def other_kind(frame: pd.DataFrame, params: Params, progress: Any) -> Result:
    return Table.of(frame)


class Untitled(Params):
    k: int = 3


def analysis(run: Callable[..., Result], params: type[Params] = Params) -> Analysis:
    return Analysis("kit.one", "One", "Scores.", ("usage.cells",), params, run, Scores)


def test_a_good_analysis_passes_and_gives_its_result() -> None:
    assert check_analysis(analysis(good), FRAME.copy()).verdict == "Scored."


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (changes, "changed the frame"), (dice, "two results"), (forgets, "leaves out 1"), (repeats, "twice"),
        (invents, "not given"), (needs_two, "breaks on 0 rows"), (deaf, "caught Cancelled"),
        (calls_home, "tried the network"), (other_kind, "not what it declares"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named(run: Callable[..., Result], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_analysis(analysis(run), FRAME.copy())


def test_a_parameter_needs_a_title() -> None:
    with pytest.raises(AssertionError, match="parameter k has no title"):
        check_analysis(analysis(good, Untitled), FRAME.copy())


def test_scoring_of_later_customers_is_tried_with_all_and_with_one() -> None:
    def fits(frame: pd.DataFrame, params: Params, progress: Any) -> Result:
        return replace(good(frame, params, progress), model=Model("json", b"3"))

    seen: list[int] = []

    def later(model: Model, frame: pd.DataFrame, params: Params, progress: Any) -> Result:
        seen.append(len(frame))
        return scores(frame)

    def not_alone(model: Model, frame: pd.DataFrame, params: Params, progress: Any) -> Result:
        return scores(frame if len(frame) > 1 else frame.iloc[:0])

    check_analysis(replace(analysis(fits), score=later), FRAME.copy())
    assert seen == [3, 1]
    with pytest.raises(AssertionError, match="leaves out 1"):
        check_analysis(replace(analysis(fits), score=not_alone), FRAME.copy())


def test_the_fixture_runs_with_checked_parameters(run_analysis: Callable[..., Result]) -> None:
    assert run_analysis(analysis(good), FRAME).verdict == "Scored."
    with pytest.raises(ValueError, match="unknown"):
        run_analysis(analysis(good), FRAME, unknown=1)


def test_the_bank_is_planted_and_each_test_has_its_own(bank: Path, planted_bank: Path) -> None:
    from crmdesk.store import open_bank

    store = open_bank(bank)
    with store.read() as session:
        (customers,) = session.connection().exec_driver_sql("SELECT count(*) FROM customer").one()
    store.close()
    assert customers == 300
    assert bank != planted_bank


def test_the_kit_is_light_at_import() -> None:
    program = (
        "import sys, crmdesk.testing.plugin; print([m for m in ('pandas', 'pydantic', 'PySide6') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_offers_are_tried_with_all_with_one_and_with_nobody() -> None:
    def fits(frame: pd.DataFrame, params: Params, progress: Any) -> Result:
        return replace(good(frame, params, progress), model=Model("json", b"[]"))

    seen: list[int] = []

    def offers(frame: pd.DataFrame) -> pd.DataFrame:
        seen.append(len(frame))
        told = {"product": "INS", "p": 0.2, "low": 0.1, "high": 0.3, "rule": 1, "why": "has CUR"}
        return pd.DataFrame([{"customer": int(c), **told} for c in frame.index], columns=["customer", *told])

    def offering(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Analysis:
        def offer(model: Model, frame: pd.DataFrame, params: Params, progress: Any) -> Result:
            return Table("Offered.", tables={"offers": change(offers(frame))})

        return replace(analysis(fits), offer=offer)

    check_analysis(offering(lambda t: t), FRAME.copy())
    assert seen == [3, 1, 0]
    wrong: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
        "a chance that does not lie": lambda t: t.assign(p=0.4),
        "a product or a reason that is no text": lambda t: t.assign(product=3),
        "customers that were not in its data": lambda t: t.assign(customer=t["customer"] + 7),
        "a product twice": lambda t: pd.concat([t, t]),
        "a rule without a whole number": lambda t: t.assign(rule=0.5),
        "its offers lack why": lambda t: t.drop(columns="why"),
    }
    for words, change in wrong.items():
        with pytest.raises(AssertionError, match=f"kit.one: .*{words}"):
            check_analysis(offering(change), FRAME.copy())

    def spoils(model: Model, frame: pd.DataFrame, params: Params, progress: Any) -> Result:
        frame["uses"] = 0
        return Table("Offered.", tables={"offers": offers(frame)})

    with pytest.raises(AssertionError, match="offer changed the frame"):
        check_analysis(replace(analysis(fits), offer=spoils), FRAME.copy())


class Chosen(Params):
    source: Literal["acts", "file"] = Field("acts", title="Source")


def test_needs_by_a_parameter_name_its_words() -> None:
    chosen = replace(analysis(good, Chosen), needs=(), needs_by={"source": {"acts": ("usage.cells",), "file": ()}})
    check_analysis(chosen, FRAME.copy())
    with pytest.raises(AssertionError, match="by 'source', whose words are acts, file, not acts, files"):
        check_analysis(replace(chosen, needs_by={"source": {"acts": ("usage.cells",), "files": ()}}), FRAME.copy())
    with pytest.raises(AssertionError, match="names no data that it needs"):
        check_analysis(replace(chosen, needs_by={}), FRAME.copy())
