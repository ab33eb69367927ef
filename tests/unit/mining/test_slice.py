"""The worker's side alone: bytes in, bytes out, and what it refuses."""

import base64
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from crmdesk.contributions import Analysis, Field, Params
from crmdesk.domain.errors import AnalysisError
from crmdesk.jobs import Cancelled, Silent
from crmdesk.mining.checks import read_result
from crmdesk.mining.payload import arrow_bytes, data_hash, decode, encode
from crmdesk.mining.worker import build_frame, find_code, fingerprint, pointer_of, run_slice
from crmdesk.results import Metric, Model, Result, Scores, Segments, Table

COUNTS = pa.table({"customer": pa.array([2, 5, 9], pa.int64()), "n": pa.array([4, 0, 6], pa.int64())})
MONEY = pa.table({"customer": pa.array([2, 5, 9], pa.int64()), "balance": pa.array([1.5, None, -2.0])})
LOG = pa.table({"customer": pa.array([2, 2, 9], pa.int64()), "channel": ["atm", "online", "atm"]})
WHO = np.array([2, 5, 9])


class AtLeast(Params):
    at_least: int = Field(0, title="At least", description="Smallest count.")


def halves(columns: dict[str, np.ndarray], as_of: object) -> dict[str, np.ndarray]:
    return {"half": columns["n"] / 2, "until": np.full(len(columns["n"]), str(as_of), dtype=object)}


def shorter(columns: dict[str, np.ndarray], as_of: object) -> dict[str, np.ndarray]:
    return {"n": columns["n"][:1]}


def keep(frame: pd.DataFrame, params: AtLeast, progress: Silent) -> Table:
    progress.step(0.5, "counting")
    rows = frame[frame["n"] >= params.at_least].reset_index()
    return Table(f"{len(rows)} kept.", {"mean": Metric(rows["n"].mean())}, {"kept": rows})


def spoil(frame: pd.DataFrame, params: AtLeast, progress: Silent) -> Table:
    frame["n"] += 1
    return Table("Spoilt.")


def nothing(frame: pd.DataFrame, params: AtLeast, progress: Silent) -> Any:
    return {"verdict": "a dict"}


def crmdesk_analyses() -> list[Analysis]:
    def hidden(frame: pd.DataFrame, params: AtLeast, progress: Silent) -> Table:
        return Table("Found although hidden.")

    def hidden_score(model: Model, frame: pd.DataFrame, params: AtLeast, progress: Silent) -> Table:
        return Table("Scored although hidden.")

    return [Analysis("demo.hidden", "Hidden", "", ("demo.n",), AtLeast, hidden, Table, score=hidden_score)]


def slice_of(run: Callable[..., Any], **changes: Any) -> bytes:
    head = {
        "analysis": "demo.keep", "task": "run", "code": pointer_of(run), "params_type": pointer_of(AtLeast),
        "params": {"at_least": 1}, "seed": 7, "as_of": "2026-06-30", "threads": 1,
        "needs": [{"id": "demo.n", "kind": "features", "finish": None}],
    } | changes  # fmt: skip
    return encode(head, [arrow_bytes(COUNTS)])


def test_the_analysis_sees_its_frame_and_parameters() -> None:
    result = Result.from_bytes(run_slice(slice_of(keep), Silent()))
    assert result.verdict == "2 kept."
    assert result.metrics["mean"].value == 5.0
    assert result.tables["kept"]["customer"].tolist() == [2, 9]


def later(model: Model, frame: pd.DataFrame, params: AtLeast, progress: Silent) -> Scores:
    scores = pd.DataFrame({"customer": frame.index, "score": frame["n"].to_numpy() * float(model.data)})
    return Scores(f"Scored with {model.kind}, at least {params.at_least}.", tables={"scores": scores})


def test_a_head_with_a_model_asks_for_scores() -> None:
    model = {"kind": "json", "data": base64.b64encode(b"0.5").decode()}
    result = Result.from_bytes(run_slice(slice_of(later, task="score", model=model), Silent()))
    assert result.verdict == "Scored with json, at least 1."
    assert result.tables["scores"]["score"].tolist() == [2.0, 0.0, 3.0]
    (analysis,) = crmdesk_analyses()
    assert callable(analysis.score)
    hidden = slice_of(analysis.score, task="score", model=model, analysis="demo.hidden")
    assert Result.from_bytes(run_slice(hidden, Silent())).verdict == "Scored although hidden."


def test_a_changed_frame_is_refused() -> None:
    with pytest.raises(AnalysisError, match="changed the data it was given"):
        run_slice(slice_of(spoil), Silent())


def test_something_that_is_no_result_is_refused() -> None:
    with pytest.raises(AnalysisError, match="gave back dict"):
        run_slice(slice_of(nothing), Silent())


def test_cancel_passes_through() -> None:
    with pytest.raises(Cancelled):
        run_slice(slice_of(keep), Silent(lambda: True))


def test_a_run_function_inside_a_function_is_found_through_the_hook() -> None:
    (analysis,) = crmdesk_analyses()
    code = pointer_of(analysis.run)
    head = {"analysis": "demo.hidden", "task": "run", "code": code, "params_type": pointer_of(AtLeast)}
    run, params_type = find_code(head)
    assert run(None, None, None).verdict == "Found although hidden."
    assert params_type is AtLeast
    with pytest.raises(AnalysisError, match="The code of demo.lost was not found"):
        find_code({**head, "analysis": "demo.lost"})


def test_features_stand_side_by_side_after_their_finish() -> None:
    needs = [
        {"id": "demo.n", "kind": "features", "finish": pointer_of(halves)},
        {"id": "demo.money", "kind": "features", "finish": None},
    ]
    frame = build_frame(needs, [COUNTS, MONEY], "2026-06-30")  # type: ignore[arg-type]
    assert frame.index.name == "customer"
    assert frame.index.tolist() == [2, 5, 9]
    assert frame["half"].tolist() == [2.0, 0.0, 3.0]
    assert frame["until"].tolist() == ["2026-06-30"] * 3
    assert np.isnan(frame.loc[5, "balance"])


def test_an_event_log_repeats_customers_and_takes_their_features_along() -> None:
    log = {"id": "demo.log", "kind": "events", "finish": None}
    alone = build_frame([log], [LOG], None)  # type: ignore[arg-type]
    assert alone.index.tolist() == [2, 2, 9]
    both = build_frame([log, {"id": "demo.n", "kind": "features", "finish": None}], [LOG, COUNTS], None)  # type: ignore[arg-type]
    assert both["n"].tolist() == [4, 4, 6]


def test_a_column_named_twice_and_a_shortened_one_are_refused() -> None:
    twice = [{"id": i, "kind": "features", "finish": None} for i in ("demo.a", "demo.b")]
    with pytest.raises(AnalysisError, match=r"demo\.b and demo\.a both have a column 'n'"):
        build_frame(twice, [COUNTS, COUNTS], None)  # type: ignore[arg-type]
    with pytest.raises(AnalysisError, match="changed the number of rows in 'n'"):
        build_frame([{**twice[0], "finish": pointer_of(shorter)}], [COUNTS], None)  # type: ignore[arg-type]


def test_the_fingerprint_sees_values_types_order_and_names() -> None:
    frame = pd.DataFrame({"n": [1, 2], "c": pd.Categorical(["a", "b"])}, index=pd.Index([1, 2], name="customer"))
    print_ = fingerprint(frame)
    assert fingerprint(frame.copy()) == print_
    for other in (frame.assign(n=[1, 3]), frame.astype({"n": "int32"}), frame[::-1], frame[["c", "n"]]):
        assert fingerprint(other) != print_


def test_payload_round_trip_and_hash() -> None:
    head, (table,) = decode(slice_of(keep))
    assert head["seed"] == 7
    assert table.equals(COUNTS)
    streams = [arrow_bytes(COUNTS)]
    assert data_hash(streams) == data_hash([arrow_bytes(pa.Table.from_batches(COUNTS.to_batches(max_chunksize=1)))])
    assert data_hash(streams) != data_hash([arrow_bytes(MONEY)])
    with pytest.raises(ValueError, match="no slice"):
        decode(b"something else")


GIVES_TABLE = Analysis("demo.keep", "Keep", "", ("demo.n",), AtLeast, keep, Table)
GIVES_SCORES = Analysis("demo.score", "Score", "", ("demo.n",), AtLeast, keep, Scores)
GIVES_SEGMENTS = Analysis("demo.segment", "Segment", "", ("demo.n",), AtLeast, keep, Segments)


def test_a_good_answer_passes_with_nan_as_missing() -> None:
    answer = Table("Fine.", tables={"t": pd.DataFrame({"customer": [2, 9], "x": [1.0, np.nan]})})
    assert read_result(answer.to_bytes(), GIVES_TABLE, WHO).tables["t"]["x"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"rubbish", "no result"),
        (Scores("Other kind.").to_bytes(), "declares Table but gave back Scores"),
        (Table("x", tables={"../up": pd.DataFrame({"a": [1]})}).to_bytes(), "names a table"),
        (Table("x", tables={"t": pd.DataFrame({"a": [np.inf]})}).to_bytes(), "infinite number in 'a'"),
        (Table("x", tables={"t": pd.DataFrame({"customer": [2, 3]})}).to_bytes(), "not in its data"),
        (Table("x", tables={"t": pd.DataFrame({"customer": [2.0, np.nan]})}).to_bytes(), "not in its data"),
    ],
)
def test_a_bad_answer_is_refused(answer: bytes, words: str) -> None:
    with pytest.raises(AnalysisError, match=words):
        read_result(answer, GIVES_TABLE, WHO)


def test_a_customer_may_have_one_score_only() -> None:
    twice = Scores("x", tables={"scores": pd.DataFrame({"customer": [2, 2], "score": [0.1, 0.2]})})
    with pytest.raises(AnalysisError, match="a customer twice"):
        read_result(twice.to_bytes(), GIVES_SCORES, WHO)


def test_members_must_belong_to_a_listed_segment() -> None:
    segments = pd.DataFrame({"segment": ["1.1"], "tier1": ["1"], "tier2": ["1"], "name": ["A"], "n": [1],
                             "share": [1.0], "value_share": [1.0], "stability": [0.9]})  # fmt: skip
    members = pd.DataFrame({"customer": [2], "tier1": ["1"], "tier2": ["1"], "segment": ["1.2"], "strength": [1.0],
                            "runner_up": ["1.1"], "distance_pct": [5.0], "provisional": [False]})  # fmt: skip
    with pytest.raises(AnalysisError, match="do not fit together"):
        read_result(Segments("x", tables={"segments": segments, "members": members}).to_bytes(), GIVES_SEGMENTS, WHO)
