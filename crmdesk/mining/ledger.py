"""The ledger of runs: one unit of work writes a run, its tables, its segments and its audit row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Actor
from crmdesk.mining.record import RunRecord, parts_of, result_of
from crmdesk.results import Metric, Result, Segments
from crmdesk.store import Store, audit
from crmdesk.store.queries import runs, segments

if TYPE_CHECKING:
    import pandas as pd

STORED = (
    "uuid", "analysis", "plugin", "seed", "as_of", "purpose", "data_hash", "eligible", "population_hash",
    "verdict", "outcome", "gives", "by", "began_at", "ended_at",
)  # fmt: skip


def write(store: Store, actor: Actor, record: RunRecord) -> RunRecord:
    """Store a run whatever its outcome; gives it back with its internal id.

    Segments made for credit stay in the run: lists, filters and measures show segments to those who sell, too.
    """
    values = {name: getattr(record, name) for name in STORED}
    values.update(
        versions=dict(record.versions), params=dict(record.params), excluded=dict(record.excluded),
        warnings=list(record.warnings), population=[dict(chip) for chip in record.chips] or None,
        metrics={name: [m.value, m.low, m.high] for name, m in record.metrics.items()},
    )  # fmt: skip
    with store.write() as session:
        run_id = runs.insert(session, values, parts_of(record.result) if record.result else [])
        if isinstance(record.result, Segments) and record.purpose != "credit":
            segments.insert(session, run_id, segment_rows(record.result), member_rows(record.result))
        audit.record(
            store, session, actor, "run", record.analysis, purpose=record.purpose, reason=record.outcome,
            run_uuid=record.uuid,
        )  # fmt: skip
    return replace(record, id=run_id)


def history(store: Store, titles: Mapping[str, str]) -> list[RunRecord]:
    """Every run, newest first, without results."""
    with store.read() as session:
        return [_record(row, titles) for row in runs.newest_first(session)]


def load(
    store: Store, name: str, titles: Mapping[str, str], *, result: bool = True, tables: Collection[str] | None = None
) -> RunRecord:
    """A run by its public name or a clear beginning of it; BadInput where there is none, or more than one.

    With `tables` its result holds these alone.
    """
    with store.read() as session:
        found = runs.find(session, name) if name else []
        if not found:
            raise BadInput(f"There is no run '{name}' in {store.path.name}; the run history lists those there are.")
        exact = [row for row in found if row["uuid"] == name]
        if len(found) > 1 and not exact:
            raise BadInput(f"More than one run begins with '{name}'; write more of its name.")
        row = exact[0] if exact else found[0]
        record = _record(row, titles)
        if result and record.outcome == "done":
            return replace(record, result=result_of(row, runs.parts(session, row["id"], tables)))
    return record


def _record(row: Mapping[str, Any], titles: Mapping[str, str]) -> RunRecord:
    def utc(at: datetime) -> datetime:
        return at.replace(tzinfo=UTC)

    rest = {k: row[k] for k in (*STORED, "id", "versions", "params", "excluded")}
    rest.update(
        title=titles.get(row["analysis"], row["analysis"]), warnings=tuple(row["warnings"]),
        chips=tuple(row["population"] or ()),
        metrics={name: Metric(*values) for name, values in row["metrics"].items()},
        began_at=utc(row["began_at"]), ended_at=utc(row["ended_at"]),
    )  # fmt: skip
    return RunRecord(**rest)


def segment_rows(result: Result) -> list[dict[str, Any]]:
    """The table `segments` as rows to store; a second-tier segment names its first-tier group as parent."""
    if "segments" not in result.tables or "members" not in result.tables:
        return []
    profiles = _profiles(result.tables.get("profile"))
    rows = []
    for row in plain_rows(result.tables["segments"]):
        code, tier2 = str(row["segment"]), row["tier2"]
        rows.append(
            {"code": code, "tier": 1 if tier2 is None else 2, "parent": None if tier2 is None else str(row["tier1"]),
             "name": str(row["name"]), "size": int(row["n"]), "stability": row["stability"],
             "profile": {"share": row["share"], "value_share": row["value_share"], "fields": profiles.get(code, {})}}
        )  # fmt: skip
    return rows


def _profiles(profile: pd.DataFrame | None) -> dict[str, dict[str, Any]]:
    """Effect size `d` of each field by segment."""
    found: dict[str, dict[str, Any]] = {}
    for row in plain_rows(profile) if profile is not None else ():
        found.setdefault(str(row["segment"]), {})[str(row["field"])] = row["d"]
    return found


def member_rows(result: Result) -> list[list[Any]]:
    """The table `members` as rows to store; tiers and segments become text."""
    if "segments" not in result.tables or "members" not in result.tables:
        return []

    def text(value: Any) -> str:
        return "" if value is None else str(value)

    return [
        [int(r["customer"]), text(r["tier1"]), text(r["tier2"]), str(r["segment"]), r["strength"],
         None if r["runner_up"] is None else str(r["runner_up"]), r["distance_pct"], int(bool(r["provisional"]))]
        for r in plain_rows(result.tables["members"])
    ]  # fmt: skip


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as dicts of plain Python values: NaN and missing are None, whole floats stay floats."""
    import pandas as pd

    columns = [
        [None if missing else value for value, missing in zip(series.tolist(), pd.isna(series).tolist(), strict=True)]
        for _, series in frame.items()
    ]
    return [dict(zip(frame.columns, values, strict=True)) for values in zip(*columns, strict=True)]
