"""The same run again: the same bytes, or every reason why they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Actor, Right
from crmdesk.jobs import Progress
from crmdesk.mining import ledger
from crmdesk.mining.execute import Order, run_analysis
from crmdesk.mining.record import RunRecord
from crmdesk.mining.use import analysis_of
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store.queries import runs as queries

Hashes = Mapping[tuple[str, str], str]
SOURCE = ("table", "source")  # where an analysis says which file it read, with its hash


@dataclass(frozen=True)
class RerunReport:
    """`tables` says for each table whether its bytes are the same; `differences` explain what is not."""

    run: str
    of: str
    same: bool
    tables: Mapping[str, bool]
    differences: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        return {"run": self.run, "of": self.of, "same": self.same, "tables": dict(self.tables),
                "differences": list(self.differences)}  # fmt: skip


@service(Right.RUN_ANALYSIS, whole=True)
def rerun(
    app: App, actor: Actor, uuid: str, *,
    progress: Progress | None = None, cancel: Callable[[], bool] = lambda: False, runner: Any = None,
) -> RerunReport:  # fmt: skip
    """Repeat a finished run with its parameters, seed, day and number of threads; recorded as a run of its own."""
    old = ledger.load(app.store, uuid, {}, result=False)
    if old.outcome != "done":
        raise CrmdeskError(f"Run {old.uuid} has nothing to compare with: {old.verdict}")
    analysis_of(app, old)
    order = Order(old.analysis, old.params, old.seed, old.as_of, old.versions.get("threads"), old.population)
    new = run_analysis(app, actor, order, progress=progress, cancel=cancel, runner=runner)
    with app.store.read() as session:
        before, after = queries.hashes(session, old.id or 0), queries.hashes(session, new.id or 0)
    names = sorted({name for kind, name in (*before, *after) if kind == "table"})
    tables = {name: before.get(("table", name)) == after.get(("table", name)) is not None for name in names}
    same = before == after and _spoken(old) == _spoken(new)
    return RerunReport(new.uuid, old.uuid, same, tables, tuple(differences(old, new, same, before, after)))


def _spoken(record: RunRecord) -> tuple[Any, ...]:
    return record.verdict, record.warnings, dict(record.metrics)


def differences(old: RunRecord, new: RunRecord, same: bool, before: Hashes, after: Hashes) -> list[str]:
    """One sentence for each thing that changed between the runs; none where the result is the same bytes."""
    if same:
        return []
    found = []
    if old.population_hash != new.population_hash:
        found.append(_population(old, new))
    elif old.data_hash != new.data_hash:
        found.append("The data of the same customers changed since the first run.")
    if SOURCE in before and SOURCE in after and before[SOURCE] != after[SOURCE]:
        found.append("The file that was read changed since the first run.")
    found += [
        f"{name} was {old.versions.get(name, 'absent')} and is {new.versions.get(name, 'absent')} now."
        for name in sorted({*old.versions, *new.versions})
        if old.versions.get(name) != new.versions.get(name)
    ]
    if not found:
        changed = {key[1] for key in {*before, *after} if before.get(key) != after.get(key)}
        what = ", ".join(sorted(changed)) or "the verdict or the metrics"
        found.append(f"Same customers, data, parameters, seed and versions, but {what} differ: "
                     "the analysis is not repeatable.")  # fmt: skip
    return found


def _population(old: RunRecord, new: RunRecord) -> str:
    """What happened to the people; reasons are those of the population's exclusions."""
    changes = [
        f"{reason.replace('_', ' ')} {old.excluded.get(reason, 0)} -> {new.excluded.get(reason, 0)}"
        for reason in sorted({*old.excluded, *new.excluded})
        if old.excluded.get(reason, 0) != new.excluded.get(reason, 0)
    ]
    permission = old.excluded.get("no_permission_for_purpose", 0) != new.excluded.get("no_permission_for_purpose", 0)
    cause = "Permission changed the population" if permission else "The population changed"
    rest = f" ({', '.join(changes)})" if changes else " (other customers, as many as before)"
    return f"{cause}: {old.eligible} customers then, {new.eligible} now{rest}."
