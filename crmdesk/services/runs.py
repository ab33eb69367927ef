"""The run history: who mined what, and any earlier result read back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.domain.rights import Actor, Right, reads_scores
from crmdesk.mining import ledger
from crmdesk.mining.record import RunRecord
from crmdesk.services import result_masks as masks
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.list_fields import told
from crmdesk.services.reach import within
from crmdesk.store.queries import runs as queries
from crmdesk.store.queries.permissions import may_be_mined


@service(Right.READ_RUNS)
def runs(app: App, actor: Actor) -> list[RunRecord]:
    """The run history, newest first, without results; runs for credit only for who may see such scores."""
    found = ledger.history(app.store, titles(app))
    with app.store.reader() as raw:
        return [_told_filter(raw, actor, record) for record in found
                if record.purpose != "credit" or reads_scores(actor, record.purpose)]  # fmt: skip


def _told_filter(raw: Any, actor: Actor, record: RunRecord) -> RunRecord:
    """The run without the conditions that ask for what this person may not know; they are counted."""
    try:
        chips = record.population
    except BadInput:  # of an older program: nobody can say what it asks for
        return record if actor.single else replace(record, chips=(), untold=len(record.chips))
    seen = tuple(chip.to_json() for chip in told(raw, actor, chips))
    return record if len(seen) == len(chips) else replace(record, chips=seen, untold=len(chips) - len(seen))


@service(Right.READ_RESULTS, Right.READ_CREDIT, any_of=True)
def get_run(app: App, actor: Actor, uuid: str, *, tables: Collection[str] | None = None) -> RunRecord:
    """One run with its result, by its name or a clear beginning of it; BadInput where there is none.

    The result holds nobody whose permission for the run's purpose has ended since (`with_numbers`).
    With `tables` it holds these alone, and nothing else is read. Refused for a run for credit where such scores are
    not for this person.
    """
    return with_numbers(app, actor, ledger.load(app.store, uuid, titles(app), tables=tables))


@service(Right.READ_RESULTS, Right.READ_CREDIT, any_of=True)
def finished(app: App, actor: Actor, uuid: str) -> RunRecord:
    """As `get_run`; CrmdeskError where the run has no result."""
    record = get_run(app, actor, uuid)
    if record.result is None:
        raise CrmdeskError(f"Run {record.uuid} has no result: {record.verdict}")
    return record


def titles(app: App) -> dict[str, str]:
    return {analysis_id: str(analysis.title) for analysis_id, analysis in app.plugins.analyses.items()}


@service(Right.READ_RESULTS, Right.READ_CREDIT, any_of=True)
def with_numbers(app: App, actor: Actor, record: RunRecord) -> RunRecord:
    """The record as this person may see it, and only of people who may be mined now.

    Rows of customers out of reach are left out. Rows of those whose permission for the run's purpose has ended since
    are left out too, and counted in `left_out`. The numbers are the public ones, or pseudonyms; who sees results
    masked gets bands without reasons.
    """
    masks.check_purpose(actor, record)
    with app.store.reader() as raw:
        record = _told_filter(raw, actor, record)
    if record.result is None:
        return record
    ids = {int(i) for table in masks.persons(record.result).values() for i in table["customer"].unique()}
    if not ids:
        return record
    reached = within(app, actor, masks.right_of(record.purpose))
    mine = ids if reached is None else ids & reached
    with app.store.reader() as raw:
        kept = mine & may_be_mined(raw, record.purpose, app.store.clock())
    result = record.result if kept == ids else masks.narrowed(record.result, kept)
    if masks.masked(actor, record.purpose):
        result = masks.in_bands(result)
    record = replace(record, result=result, left_out=len(mine - kept))
    with app.store.read() as session:
        return replace(record, numbers=queries.customer_numbers(session, sorted(kept)))
