"""Scoring: customers who came after a run are placed with the model that the run stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmdesk.analytics.population import Population
from crmdesk.contributions import Analysis
from crmdesk.domain.errors import CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Right
from crmdesk.jobs import Progress, Silent
from crmdesk.mining import frame, ledger
from crmdesk.mining.checks import ONE_ROW_PER_CUSTOMER, read_scores
from crmdesk.mining.record import RunRecord, with_numbers
from crmdesk.mining.use import Use, analysis_of
from crmdesk.results import Model
from crmdesk.services import result_masks as masks
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.runs import titles
from crmdesk.store import audit
from crmdesk.store.queries import customers as people
from crmdesk.store.queries import runs as queries

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ScoringReport:
    """`rows`: one per customer, by pseudonym; the columns of the analysis, `customer` as the actor may see it, and
    after `segment` its `name` in the run. `excluded`: reason to number of those who have no place in the run either.
    """

    run: str
    as_of: str
    rows: tuple[dict[str, Any], ...]
    excluded: Mapping[str, int]

    def document(self) -> dict[str, Any]:
        return {"run": self.run, "scores": [dict(row) for row in self.rows], "excluded": dict(self.excluded)}


@service(Right.RUN_ANALYSIS, Right.READ_RESULTS, of={"numbers": "customer"})
def score(
    app: App, actor: Actor, run_uuid: str, numbers: Sequence[str] | None = None, *,
    progress: Progress | None = None, cancel: Callable[[], bool] = lambda: False, runner: Any = None,
) -> ScoringReport:  # fmt: skip
    """Place customers with the model of a finished run, from their data up to the latest activity in the bank.

    `numbers` None: everybody without a place in the run whose permission covers its purpose now. The deed is audited
    and nothing else is stored: the run keeps the members it had, and a score is asked for again when it is needed.
    CrmdeskError where the run has no model or its analysis scores nobody; BadInput for an unknown run or number;
    Refused with the reason for a customer who is excluded now. A customer is named, in `numbers` and in the rows, as
    this person sees it: an analyst by pseudonym.
    """
    record = ledger.load(app.store, run_uuid, titles(app))
    masks.check_purpose(actor, record)
    analysis, model = _scorer(app, record)
    use = Use(app, record, analysis, model, frame.default_day(app.store))
    who = use.people()
    if numbers is None:
        who = _newcomers(record, who)
    else:
        who = Population(_named(app, analysis, who, numbers))
    rows: tuple[dict[str, Any], ...] = ()
    if who.eligible:
        answer = use.ask("score", who, progress or Silent(), cancel, runner)
        table = read_scores(answer, analysis, who.customers, _names(record))
        rows = tuple(ledger.plain_rows(_for_people(app, record, table)))
    with app.store.write() as session:
        audit.record(
            app.store, session, actor, "score", record.analysis, purpose=analysis.purpose, run_uuid=record.uuid,
            customer_id=int(who.customers[0]) if who.eligible == 1 else None, reason=f"{who.eligible} customer rows",
        )  # fmt: skip
    return ScoringReport(record.uuid, use.day.isoformat(), rows, dict(who.excluded))


def _scorer(app: App, record: RunRecord) -> tuple[Analysis, Model]:
    """The analysis that can score, and the model to score with."""
    if record.result is None:
        raise CrmdeskError(f"Run {record.uuid} has no result to score with: {record.verdict}")
    analysis = analysis_of(app, record)
    if analysis.score is None:
        raise CrmdeskError(f"{analysis.title} offers no scoring of new customers; run it again to include them.")
    if record.result.model is None:
        raise CrmdeskError(f"Run {record.uuid} stored no model, so nobody can be scored with it; run it again.")
    return analysis, record.result.model


def _newcomers(record: RunRecord, who: Population) -> Population:
    """Those who have no place in the run, permitted or not."""
    tables = record.result.tables if record.result else {}
    placed = [tables[n]["customer"].to_numpy() for n in ONE_ROW_PER_CUSTOMER if n in tables]
    known = np.concatenate([np.empty(0, np.int64), *placed])
    left_out = {reason: np.setdiff1d(ids, known) for reason, ids in who.left_out.items()}
    excluded = {reason: len(ids) for reason, ids in left_out.items() if len(ids)}
    return replace(who, customers=np.setdiff1d(who.customers, known), excluded=excluded, left_out=left_out)


def _named(app: App, analysis: Analysis, who: Population, numbers: Sequence[str]) -> Ints:
    """The pseudonyms of these numbers, sorted; refused as a whole where one of them may not be used."""
    with app.store.reader() as raw:
        ids = {people.id_of(raw, number): number for number in numbers}
    for reason, excluded in who.left_out.items():
        for customer in np.intersect1d(list(ids), excluded).tolist():
            words = reason.replace("_", " ")
            raise Refused(f"{ids[customer]} may not be scored by {analysis.title} ({analysis.purpose}): {words}.")
    return np.array(sorted(ids), dtype=np.int64)


def _names(record: RunRecord) -> dict[str, str]:
    """Segment names of the run by code."""
    segments = record.result.tables.get("segments") if record.result else None
    rows = ledger.plain_rows(segments) if segments is not None else []
    return {str(row["segment"]): str(row["name"] or "") for row in rows}


def _for_people(app: App, record: RunRecord, table: pd.DataFrame) -> pd.DataFrame:
    """The table with segment names, and with the numbers that the actor sees."""
    shown = table.copy()
    if "segment" in shown.columns and "name" not in shown.columns:
        place = list(shown.columns).index("segment") + 1
        shown.insert(place, "name", shown["segment"].astype(str).map(_names(record)))
    with app.store.read() as session:
        return with_numbers(shown, queries.customer_numbers(session, shown["customer"].tolist()))
