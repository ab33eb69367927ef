"""One run of one analysis: parameters, people, data, worker, check, ledger; each ending is written down."""

from __future__ import annotations

import base64
import importlib.metadata
import os
import platform
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Protocol

from crmdesk.contributions import Analysis, Events, Params
from crmdesk.domain.errors import AnalysisError, CrmdeskError
from crmdesk.domain.filter import Chip
from crmdesk.domain.rights import Actor
from crmdesk.jobs import Cancelled, Progress, Silent
from crmdesk.mining import files, frame, ledger
from crmdesk.mining.checks import read_result
from crmdesk.mining.params import find_analysis, parse_day, validate
from crmdesk.mining.payload import encode
from crmdesk.mining.record import Outcome, RunRecord
from crmdesk.mining.worker import Task, pointer_of
from crmdesk.results import Model
from crmdesk.store import Store
from crmdesk.store.queries import filters

TARGET = "crmdesk.mining.worker:run_slice"
LIBRARIES = ("crmdesk", "numpy", "scipy", "pandas", "pyarrow", "scikit-learn")


class Workplace(Protocol):
    """What mining needs of the composition root."""

    @property
    def store(self) -> Store: ...

    @property
    def plugins(self) -> Any: ...

    @property
    def engine(self) -> Any: ...

    @property
    def runner(self) -> Any: ...


@dataclass(frozen=True)
class Order:
    """What to run: an analysis by id with the parameters as typed; `threads` None means half the cores.

    `population`: only on those whom this filter takes at the moment of the run.
    """

    analysis: str
    raw: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 7
    as_of: str | None = None
    threads: int | None = None
    population: tuple[Chip, ...] = ()


@dataclass(frozen=True)
class Part:
    """A stretch of a longer progress: 0..1 here is `low`..`high` there; `cancel` is felt at each step."""

    whole: Progress
    low: float
    high: float
    cancel: Callable[[], bool] = lambda: False

    def step(self, fraction: float, text: str = "") -> None:
        if self.cancel():
            raise Cancelled
        self.whole.step(self.low + (self.high - self.low) * fraction, text)


def run_analysis(
    app: Workplace, actor: Actor, order: Order, *,
    progress: Progress | None = None, cancel: Callable[[], bool] = lambda: False, runner: Any = None,
) -> RunRecord:  # fmt: skip
    """Run and record; gives the record with its result.

    BadInput (nothing recorded) for a wrong analysis, parameter, day or filter. A failure or a cancel is recorded with
    its reason, then raised: AnalysisError, CrmdeskError or Cancelled. Rights are the caller's to check.
    """
    store = app.store
    analysis = find_analysis(app.plugins.analyses, order.analysis)
    as_of = parse_day(order.as_of, store.clock()) or frame.default_day(store)
    params = validate(analysis, order.raw, order.seed, as_of)
    with store.reader() as raw:
        filters.check(raw, order.population)
    start = _blank(app, actor, analysis, params, as_of, _threads(order))
    start = replace(start, chips=tuple(chip.to_json() for chip in order.population))
    watch = progress or Silent()
    attempt = Attempt(app, analysis, params, as_of, runner or app.runner, start)
    try:
        done = attempt.go(watch, cancel)
    except (Cancelled, KeyboardInterrupt) as stop:
        _end(store, actor, attempt.record, "cancelled", f"Cancelled by {actor.login}.")
        raise Cancelled from stop
    except CrmdeskError as error:
        _end(store, actor, attempt.record, "failed", str(error))
        raise
    except Exception as error:
        words = f"{analysis.title} failed with a fault in its program: {type(error).__name__}: {error}"
        _end(store, actor, attempt.record, "failed", words)
        raise CrmdeskError(words) from error
    return _end(store, actor, done, "done", done.verdict)


class Attempt:
    """A run under way; `record` holds what is known so far, so that a failure is written down with it."""

    def __init__(
        self, app: Workplace, analysis: Analysis, params: Params, as_of: date, runner: Any, record: RunRecord
    ) -> None:
        self._app, self._analysis, self._params, self._as_of = app, analysis, params, as_of
        self._runner = runner
        self.record = record

    def go(self, progress: Progress, cancel: Callable[[], bool]) -> RunRecord:
        features = self._app.plugins.features
        needs = frame.needs_of(self._analysis, features, self._params)
        chips = self.record.population
        who = frame.people(self._app.store, self._analysis, features, self._as_of, self._params, chips=chips)
        self.record = replace(self.record, eligible=len(who.customers), excluded=dict(who.excluded))
        if needs and len(who.customers) < max(self._analysis.minimum, 1):
            raise AnalysisError(too_few(self._analysis, len(who.customers), who.excluded))
        piece = frame.take(self._app.engine, who, needs, self._as_of, Part(progress, 0, 0.15, cancel), cancel)
        self.record = replace(self.record, data_hash=piece.data_hash, population_hash=piece.population_hash)
        threads = self.record.versions["threads"]
        answer = self._runner.call(
            TARGET, payload(self._analysis, self._params, self._as_of, threads, piece),
            progress=Part(progress, 0.15, 0.95, cancel), cancel=cancel, room=room_of(self._analysis, piece),
        )  # fmt: skip
        result = read_result(answer, self._analysis, who.customers)
        progress.step(0.97, "Storing the result")
        return replace(
            self.record, result=result, verdict=result.verdict, metrics=result.metrics, warnings=result.warnings,
            gives=type(result).__name__,
        )  # fmt: skip


def room_of(analysis: Analysis, piece: frame.Slice) -> str:
    """Whose code meets the slice, and for which purpose: runs of others get a process of their own."""
    finishers = [need.finish for need in piece.needs if not isinstance(need, Events) and need.finish]
    tasks = [one for one in (analysis.run, analysis.score, analysis.offer) if one]
    code = {pointer_of(one).partition(":")[0].partition(".")[0] for one in (*tasks, analysis.params, *finishers)}
    return "crmdesk" if code == {"crmdesk"} else " ".join([analysis.purpose, *sorted(code)])


def payload(
    analysis: Analysis, params: Params, as_of: date, threads: int, piece: frame.Slice, model: Model | None = None,
    task: Task = "run",
) -> bytes:  # fmt: skip
    """The slice as `worker.run_slice` takes it; `task` names the function; `run` gets no `model`."""
    head = {
        "analysis": analysis.id,
        "task": task,
        "code": pointer_of(getattr(analysis, task)),
        "params_type": pointer_of(analysis.params),
        "params": params.own(),
        "files": files.chosen(params),
        "seed": params.seed,
        "as_of": as_of.isoformat(),
        "threads": threads,
        "needs": [
            {"id": need.id, "kind": "events", "finish": None} if isinstance(need, Events)
            else {"id": need.id, "kind": "features", "finish": need.finish and pointer_of(need.finish)}
            for need in piece.needs
        ],
        "model": model and {"kind": model.kind, "data": base64.b64encode(model.data).decode("ascii")},
    }  # fmt: skip
    return encode(head, piece.streams)


def too_few(analysis: Analysis, eligible: int, excluded: Mapping[str, int]) -> str:
    """The sentence for a population that is empty or below the analysis's minimum."""
    reasons = ", ".join(f"{n} {reason.replace('_', ' ')}" for reason, n in excluded.items() if n)
    if not eligible and not reasons:
        return f"{analysis.title} found no customers: the bank is empty; import some first."
    some = "no customer" if not eligible else f"{eligible} customer{'s' if eligible > 1 else ''}"
    wanted = f" and needs at least {analysis.minimum}" if analysis.minimum > 1 else ""
    return f"{analysis.title} can use {some}{wanted}" + (f" (left out: {reasons})." if reasons else ".")


def _threads(order: Order) -> int:
    return order.threads or max(1, (os.cpu_count() or 2) // 2)


def _blank(app: Workplace, actor: Actor, analysis: Analysis, params: Params, as_of: date, threads: int) -> RunRecord:
    """The record of a run that has begun: everything but what the data and the worker will say."""
    plugin = app.plugins.plugin_of(analysis.id)
    now = datetime.now(UTC)
    return RunRecord(
        uuid=str(uuid.uuid4()), analysis=analysis.id, title=analysis.title, params=params.own(), seed=params.seed,
        as_of=as_of.isoformat(), eligible=0, excluded={}, metrics={}, verdict="", warnings=(), outcome="done",
        by=actor.login, began_at=now, ended_at=now, purpose=analysis.purpose, plugin=plugin.id,
        versions=versions(plugin, threads), gives=analysis.gives.__name__,
    )  # fmt: skip


def versions(plugin: Any, threads: int) -> dict[str, Any]:
    """What a result may depend on beside data, parameters and seed; read without importing anything heavy."""
    found: dict[str, Any] = {name: importlib.metadata.version(name) for name in LIBRARIES}
    found[f"plugin {plugin.id}"] = plugin.version
    found["python"] = platform.python_version()
    found["threads"] = threads
    return found


def _end(store: Store, actor: Actor, record: RunRecord, outcome: Outcome, verdict: str) -> RunRecord:
    ended = replace(record, outcome=outcome, verdict=verdict, ended_at=datetime.now(UTC))
    return ledger.write(store, actor, ended)
