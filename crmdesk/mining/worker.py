"""The worker's side: from the bytes of a slice to the bytes of a result; plugin code runs only here.

Nothing here knows the bank: the payload holds pseudonyms and the wanted columns, the answer holds tables.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import importlib
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from crmdesk.contributions import Analysis, Params
from crmdesk.domain.errors import AnalysisError
from crmdesk.jobs import Progress
from crmdesk.mining import files
from crmdesk.mining.payload import decode
from crmdesk.results import Model, Result

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Task = Literal["run", "score", "offer"]
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def run_slice(payload: bytes, progress: Progress) -> bytes:
    """Run the analysis that the payload's head names on the payload's tables; gives `Result.to_bytes()`.

    Its `task` is `run`, or `score` or `offer`, which are given the head's `model` first.
    Raises AnalysisError with its one sentence, and Cancelled from `progress.step`.
    """
    head, tables = decode(payload)
    with pinned_threads(head["threads"]), files.lent(head) as given:
        code, params_type = find_code(head)
        params = params_type.model_validate({**given, "seed": head["seed"], "as_of": head["as_of"]})
        frame = build_frame(head["needs"], tables, date.fromisoformat(head["as_of"]))
        before = fingerprint(frame)
        result = code(*stored_model(head), frame, params, progress)
        if not isinstance(result, Result):
            raise AnalysisError(f"{head['analysis']} gave back {type(result).__name__} instead of a result.")
        if fingerprint(frame) != before:
            raise AnalysisError(f"{head['analysis']} changed the data it was given; its author must work on a copy.")
        return result.to_bytes()


def pointer_of(thing: Any) -> str:
    """`package.module:qualname` of a function or class; a text is a pointer already."""
    return thing if isinstance(thing, str) else f"{thing.__module__}:{thing.__qualname__}"


def find_code(head: Mapping[str, Any]) -> tuple[Callable[..., Any], type[Params]]:
    """The function to call and the parameter class, by pointer, else from the analysis its plugin's hook yields."""
    try:
        return _follow(head["code"]), _follow(head["params_type"])
    except AttributeError:
        analysis = _declared(head["code"].partition(":")[0], head["analysis"])
        code: Any = getattr(analysis, head["task"])
        return _follow(code) if isinstance(code, str) else code, analysis.params


def stored_model(head: Mapping[str, Any]) -> tuple[Model, ...]:
    """The model that the head carries as base64 text; nothing where an analysis is to be run."""
    model = head.get("model")
    return (Model(model["kind"], base64.b64decode(model["data"])),) if model else ()


def _follow(pointer: str) -> Any:
    module, _, name = pointer.partition(":")
    return functools.reduce(getattr, name.split("."), importlib.import_module(module))


def _declared(module: str, analysis_id: str) -> Analysis:
    """The analysis as the plugin yields it: its code may live inside a function, where no pointer reaches."""
    for name in dict.fromkeys((module, module.partition(".")[0])):
        hook = getattr(importlib.import_module(name), "crmdesk_analyses", None)
        for analysis in hook() if hook else ():
            if analysis.id == analysis_id:
                return analysis  # type: ignore[no-any-return]
    raise AnalysisError(f"The code of {analysis_id} was not found; write its run function at the top of a module.")


def build_frame(needs: list[dict[str, Any]], tables: list[pa.Table], as_of: date) -> pd.DataFrame:
    """One frame indexed by `customer`: Features side by side; an event log with the Features of its customer.

    Without needs it is empty: no customers, no columns. A Features' `finish` turns its measured columns into the
    final ones before they are joined.
    """
    features: dict[str, Any] = {}
    source: dict[str, str] = {}
    log: Any = None
    index = None
    for need, table in zip(needs, tables, strict=True):
        if need["kind"] == "events":
            log = table.to_pandas().set_index("customer")
            continue
        index = table.column("customer").to_numpy()
        for name, column in _finished(need, table, as_of).items():
            if name in features:
                raise AnalysisError(f"{need['id']} and {source[name]} both have a column '{name}'; rename one of them.")
            features[name], source[name] = column, need["id"]
    import pandas as pd

    if index is None:
        return (
            pd.DataFrame(index=pd.Index(np.empty(0, np.int64), name="customer")) if log is None else pd.DataFrame(log)
        )

    frame = pd.DataFrame(features, index=pd.Index(index, name="customer"))
    return frame if log is None else log.join(frame, how="left")


def _finished(need: Mapping[str, Any], table: pa.Table, as_of: date) -> dict[str, Any]:
    """A Features' final columns: as measured, or what its `finish` makes of them as numpy arrays."""
    columns = table.drop_columns(["customer"])
    if not need["finish"]:
        # Bare arrays: a Series would be aligned by its own 0.. index instead of standing beside its customer.
        return {str(name): series.array for name, series in columns.to_pandas().items()}
    arrays = {name: columns.column(name).to_numpy() for name in columns.column_names}
    done: dict[str, Any] = _follow(need["finish"])(arrays, as_of)
    wrong = [name for name, column in done.items() if len(column) != len(table)]
    if wrong:
        raise AnalysisError(f"finish of {need['id']} changed the number of rows in '{wrong[0]}'.")
    return done


def fingerprint(frame: pd.DataFrame) -> tuple[Any, ...]:
    """What must not change while an analysis runs: columns, types, index and every value."""
    from pandas.util import hash_pandas_object

    values = hash_pandas_object(frame, index=True).to_numpy().tobytes() if frame.shape[1] else b""
    return tuple(frame.columns), tuple(map(str, frame.dtypes)), frame.index.name, len(frame), hash(values)


@contextlib.contextmanager
def pinned_threads(threads: int) -> Iterator[None]:
    """Numeric libraries, loaded or still to load, use this many threads: k-means centres vary with their number."""
    from threadpoolctl import threadpool_limits

    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, str(threads)))
    try:
        with threadpool_limits(limits=threads):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
