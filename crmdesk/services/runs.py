"""The run history: who mined what, and any earlier result read back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Actor, Right, may
from crmdesk.mining import ledger
from crmdesk.mining.record import RunRecord
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.store.queries import runs as queries
from crmdesk.store.queries.permissions import may_be_mined


@service(Right.READ_RUNS)
def runs(app: App, actor: Actor) -> list[RunRecord]:
    """The run history, newest first, without results."""
    return ledger.history(app.store, titles(app))


@service(Right.READ_RESULTS)
def get_run(app: App, actor: Actor, uuid: str, *, tables: Collection[str] | None = None) -> RunRecord:
    """One run with its result, by its name or a clear beginning of it; BadInput where there is none.

    The result holds nobody whose permission for the run's purpose has ended since (`with_numbers`).
    With `tables` it holds these alone, and nothing else is read.
    """
    return with_numbers(app, actor, ledger.load(app.store, uuid, titles(app), tables=tables))


@service(Right.READ_RESULTS)
def finished(app: App, actor: Actor, uuid: str) -> RunRecord:
    """As `get_run`; CrmdeskError where the run has no result."""
    record = get_run(app, actor, uuid)
    if record.result is None:
        raise CrmdeskError(f"Run {record.uuid} has no result: {record.verdict}")
    return record


def titles(app: App) -> dict[str, str]:
    return {analysis_id: str(analysis.title) for analysis_id, analysis in app.plugins.analyses.items()}


@service(Right.READ_RESULTS)
def with_numbers(app: App, actor: Actor, record: RunRecord) -> RunRecord:
    """The record with public numbers, for actors who may see identities, and only of people who may be mined now.

    Rows of those whose permission for the run's purpose has ended since are left out and counted in `left_out`.
    """
    if record.result is None:
        return record
    people = {name: t for name, t in record.result.tables.items() if "customer" in t.columns}
    ids = {int(i) for table in people.values() for i in table["customer"].unique()}
    if not ids:
        return record
    with app.store.reader() as raw:
        gone = ids - may_be_mined(raw, record.purpose, app.store.clock())
    if gone:
        kept = {name: table[~table["customer"].isin(gone)].reset_index(drop=True) for name, table in people.items()}
        result = replace(record.result, tables={**record.result.tables, **kept})
        record = replace(record, result=result, left_out=len(gone))
    if not may(actor, Right.READ_CONTACT):
        return record
    with app.store.read() as session:
        return replace(record, numbers=queries.customer_numbers(session, sorted(ids - gone)))
