"""Mining as a use-case: what can be mined, running it, the run history, and the documents of both faces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from crmdesk.contributions.params import form_hints
from crmdesk.domain.filter import Chip
from crmdesk.domain.rights import Actor, Right
from crmdesk.jobs import Progress
from crmdesk.mining import frame, ledger
from crmdesk.mining.execute import Order, run_analysis
from crmdesk.mining.params import find_analysis, parse_day, validate
from crmdesk.mining.record import RunRecord
from crmdesk.plugin_host import Host
from crmdesk.services.context import App
from crmdesk.services.export import ExportReport, export
from crmdesk.services.guard import service
from crmdesk.services.list_fields import as_born, check_filter
from crmdesk.services.plugins import host_of
from crmdesk.services.recover import recover
from crmdesk.services.rerun import RerunReport, rerun
from crmdesk.services.runs import finished, get_run, runs, with_numbers
from crmdesk.store.queries import filters

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "AnalysisInfo", "ExportReport", "RerunReport", "analyses", "export", "finished", "get_run", "mine_document",
    "population", "recover", "rerun", "run", "runs",
]  # fmt: skip
HEAD_ROWS = 5


@dataclass(frozen=True)
class AnalysisInfo:
    """One analysis as `crmdesk analyses` and the Mine menu list it; `params` are rows of plain values."""

    id: str
    title: str
    summary: str
    plugin: str
    purpose: str
    gives: str
    needs: tuple[str, ...]
    params: tuple[dict[str, Any], ...]

    def document(self) -> dict[str, Any]:
        return {**asdict(self), "needs": list(self.needs), "params": list(self.params)}


def analyses(app: App | Host) -> list[AnalysisInfo]:
    """Everything that loaded plugins offer, by id; takes the app, or the plugin host alone where no bank is open."""
    host = host_of(app)
    return [
        AnalysisInfo(
            a.id, a.title, a.summary, host.plugin_of(a.id).id, a.purpose, a.gives.__name__, a.required(),
            tuple(_param(name, info) for name, info in a.params.own_fields().items()),
        )
        for _, a in sorted(host.analyses.items())
    ]  # fmt: skip


def _param(name: str, info: Any) -> dict[str, Any]:
    """One parameter as JSON shows it: type, default, words and limits, and what it tells the form."""
    kind, choices = _kind(info.annotation)
    limits: dict[str, Any] = {}
    for rule in info.metadata:
        for key in ("ge", "gt", "le", "lt"):
            limits[key] = getattr(rule, key, limits.get(key))
    step = 1 if kind == "int" else 0
    low, high = limits.get("ge"), limits.get("le")
    if low is None and limits.get("gt") is not None:
        low = limits["gt"] + step
    if high is None and limits.get("lt") is not None:
        high = limits["lt"] - step
    default = info.get_default(call_default_factory=True)
    return {
        "name": name, "type": kind, "default": None if info.is_required() else getattr(default, "value", default),
        "title": info.title or name, "description": info.description or "", "minimum": low, "maximum": high,
        "choices": choices, **form_hints(info),
    }  # fmt: skip


def _kind(annotation: Any) -> tuple[str, list[Any] | None]:
    """The word for a field's type, and its choices; `int | None` is an int that may be left empty."""
    import enum
    from typing import Literal, get_args, get_origin

    members = [a for a in get_args(annotation) if a is not type(None)]
    if get_origin(annotation) is Literal:
        return "choice", members
    if type(None) in get_args(annotation):
        inner = members[0] if len(members) == 1 else str
        return _kind(inner)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return "choice", [m.value for m in annotation]
    return getattr(annotation, "__name__", "str"), None


@service(Right.RUN_ANALYSIS, whole=True)
def population(
    app: App, actor: Actor, analysis_id: str, as_of: str | None = None, raw_params: Mapping[str, Any] | None = None,
    population: tuple[Chip, ...] = (),
) -> dict[str, Any]:  # fmt: skip
    """`{"eligible", "excluded", "as_of"}` of an analysis before it runs; eligible + excluded = all customers.

    With the default parameters, or with these as typed (BadInput where one is wrong); all zero where they choose no
    data of customers. `population`: only those whom this filter takes now; the others count as outside it.
    """
    population = _asked(app, actor, population)
    analysis = find_analysis(app.plugins.analyses, analysis_id)
    day = parse_day(as_of, app.store.clock()) or frame.default_day(app.store)
    params = validate(analysis, raw_params or {}, 0, day)
    who = frame.people(app.store, analysis, app.plugins.features, day, params, chips=population)
    return {"eligible": len(who.customers), "excluded": dict(who.excluded), "as_of": day.isoformat()}


@service(Right.RUN_ANALYSIS, whole=True)
def run(
    app: App, actor: Actor, analysis_id: str, raw_params: Mapping[str, Any], *, seed: int = 7,
    as_of: str | None = None, progress: Progress | None = None, cancel: Callable[[], bool] = lambda: False,
    runner: Any = None, threads: int | None = None, population: tuple[Chip, ...] = (),
) -> RunRecord:  # fmt: skip
    """Run and record one analysis; `mining.execute.run_analysis` says what it raises.

    `population` is kept with the run, so that `rerun` and `score` ask for the same people again. Refused where it
    asks for contact data that this person may not read.
    """
    population = _asked(app, actor, population)
    order = Order(analysis_id, raw_params, seed, as_of, threads, population)
    record = run_analysis(app, actor, order, progress=progress, cancel=cancel, runner=runner)
    return with_numbers(app, actor, record)


def _asked(app: App, actor: Actor, population: tuple[Chip, ...]) -> tuple[Chip, ...]:
    """The filter no sharper than this person sees birth dates; Refused where a chip asks for what is not seen."""
    with app.store.reader() as raw:
        check_filter(raw, actor, population)
        filters.check(raw, population)
    return tuple(as_born(actor, chip) for chip in population)


def mine_document(record: RunRecord) -> dict[str, Any]:
    """The JSON document of `crmdesk mine`; what cannot be computed is None."""
    return {
        "run": record.uuid,
        "analysis": record.analysis,
        "params": dict(record.params),
        "seed": record.seed,
        "as_of": record.as_of,
        "population": {
            "eligible": record.eligible,
            "excluded": dict(record.excluded),
            **({"filter": [dict(chip) for chip in record.chips]} if record.chips else {}),
            **({"filter_hidden": record.untold} if record.untold else {}),
        },
        "metrics": {name: asdict(metric) for name, metric in record.metrics.items()},
        "tables": {name: _table_document(table) for name, table in record.tables.items()},
        "warnings": list(record.warnings),
        "verdict": record.verdict,
    }


def _table_document(table: pd.DataFrame) -> dict[str, Any]:
    head = ledger.plain_rows(table.head(HEAD_ROWS))
    return {
        "columns": [str(c) for c in table.columns],
        "rows": len(table),
        "head": [[json_value(v) for v in row.values()] for row in head],
    }


def json_value(value: Any) -> Any:
    """A cell as JSON takes it: dates and times as ISO text."""
    return value.isoformat() if hasattr(value, "isoformat") else value
