"""The run history: who mined what, and any earlier result read back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import Actor, Right, may, require
from crmdesk.mining import ledger
from crmdesk.mining.record import RunRecord
from crmdesk.services.context import App
from crmdesk.store.queries import runs as queries

if TYPE_CHECKING:
    import pandas as pd


def runs(app: App, actor: Actor) -> list[RunRecord]:
    """The run history, newest first, without results."""
    require(actor, Right.READ_RUNS)
    return ledger.history(app.store, titles(app))


def get_run(app: App, actor: Actor, uuid: str) -> RunRecord:
    """One run with its result, by its name or a clear beginning of it; BadInput where there is none."""
    require(actor, Right.READ_RESULTS)
    return with_numbers(app, actor, ledger.load(app.store, uuid, titles(app)))


def finished(app: App, actor: Actor, uuid: str) -> RunRecord:
    """As `get_run`; CrmdeskError where the run has no result."""
    record = get_run(app, actor, uuid)
    if record.result is None:
        raise CrmdeskError(f"Run {record.uuid} has no result: {record.verdict}")
    return record


def public_tables(app: App, actor: Actor, record: RunRecord) -> dict[str, pd.DataFrame]:
    """The tables of a run with public customer numbers where the actor may see them."""
    return (record if record.numbers else with_numbers(app, actor, record)).tables


def titles(app: App) -> dict[str, str]:
    return {analysis_id: str(analysis.title) for analysis_id, analysis in app.plugins.analyses.items()}


def with_numbers(app: App, actor: Actor, record: RunRecord) -> RunRecord:
    """The record with public numbers; actors who may not see identities keep the pseudonyms."""
    tables = record.result.tables.values() if record.result else ()
    ids = {int(i) for table in tables if "customer" in table.columns for i in table["customer"].unique()}
    if not ids or not may(actor, Right.READ_CONTACT):
        return record
    with app.store.read() as session:
        return replace(record, numbers=queries.customer_numbers(session, sorted(ids)))
