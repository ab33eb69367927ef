"""Offers: a run's rules turned into a list of who may be offered what, lawful at the moment of each step."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from crmdesk.contributions import Analysis
from crmdesk.domain.change import Change
from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.domain.offer import Product
from crmdesk.domain.permission import MARKETING_CHANNELS
from crmdesk.domain.rights import Actor, Right, clear
from crmdesk.jobs import Progress, Silent
from crmdesk.mining import frame, ledger
from crmdesk.mining.checks import read_offers
from crmdesk.mining.execute import Part
from crmdesk.mining.record import RunRecord
from crmdesk.mining.use import Use, analysis_of
from crmdesk.results import Model
from crmdesk.services import offer_gates as gates
from crmdesk.services import result_masks as masks
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.offer_actions import decide, of_customer
from crmdesk.services.offer_export import export_csv
from crmdesk.services.offer_list import OfferList, OfferRow, Recommendation, best, exact, rows_of, told_in_bands
from crmdesk.services.reach import within
from crmdesk.services.runs import titles
from crmdesk.store import audit
from crmdesk.store.queries import offers as queries

if TYPE_CHECKING:
    import pandas as pd

    from crmdesk.analytics.population import Population

__all__ = [
    "OfferList", "OfferRow", "Recommendation", "candidates", "decide", "export_csv", "keep", "newest_run",
    "of_customer", "standing",
]  # fmt: skip


@service(Right.READ_RESULTS)
def candidates(
    app: App, actor: Actor, run_uuid: str, *, channel: str, rule: int | None = None, product: str | None = None,
    top: int | None = None, progress: Progress | None = None, cancel: Callable[[], bool] = lambda: False,
    runner: Any = None,
) -> OfferList:  # fmt: skip
    """One best offer for each customer in reach, by the model of a finished run and the data up to the latest activity.

    Only the data of people whose permission covers targeting now is read; then each offer must pass the gates of
    methods.md, section 5, at the bank's clock. `rule` and `product` keep the offers of one rule and of one product
    alone; `top` is the capacity. Numbers and names are those that this person sees; who sees results masked gets
    chances in bands, without reasons. Nothing is stored but the audit of the deed.
    BadInput for an unknown run, channel or product, or a `top` below 1; CrmdeskError where the run has no model or
    its analysis makes no offers; AnalysisError where what it offers cannot be used.
    """
    if channel not in MARKETING_CHANNELS:
        raise BadInput(f"'{channel}' is no channel for offers; known: {', '.join(MARKETING_CHANNELS)}.")
    if top is not None and top < 1:
        raise BadInput(f"top must be at least 1, not {top}.")
    record = ledger.load(app.store, run_uuid, titles(app))
    masks.check_purpose(actor, record)
    use = Use(app, record, *_offerer(app, record), frame.default_day(app.store))
    with app.store.reader() as raw:
        known = queries.products(raw)
    if product is not None and product not in known:
        raise BadInput(f"No product has the code '{product}'; known: {', '.join(known)}.")
    _check_rule(record, rule, known[product] if product else None)
    who, watch, table = _people(app, actor, use), progress or Silent(), None
    if who.eligible:
        answer = use.ask("offer", who, Part(watch, 0, 0.9, cancel), cancel, runner)
        watch.step(0.9, "Checking the offers")
        table = read_offers(answer, use.analysis, who.customers)
        if rule is None:  # of several rules for one product the first is the strongest
            table = table.drop_duplicates(["customer", "product"], ignore_index=True)
        chosen = (table["rule"] == rule) | (rule is None)
        table = table[chosen & ((table["product"] == product) | (product is None))]
    Part(watch, 0.95, 1, cancel).step(0, "Asking who may be offered what")
    found = _listed(app, actor, table, OfferList(
        run=record.uuid, analysis=record.analysis, title=record.title, channel=channel, at=app.store.clock(),
        as_of=use.day.isoformat(), currency="", eligible=who.eligible, excluded=dict(who.excluded), considered=0,
        rejected={}, rows=(), rule=rule, product=product, top=top,
    ))  # fmt: skip
    with app.store.write() as session:
        audit.record(
            app.store, session, actor, "list offers", record.analysis, purpose=found.purpose, run_uuid=record.uuid,
            fields=channel, reason=f"{len(found.rows)} of {found.considered} customers listed",
        )  # fmt: skip
    return told_in_bands(found) if masks.masked(actor, record.purpose) else found


def _check_rule(record: RunRecord, rule: int | None, product: Product | None) -> None:
    """BadInput where the run's table of rules shows no such rule, or none of them foretells the product."""
    table = record.result.tables.get("rules") if record.result else None
    if table is None or "consequent_keys" not in table.columns:
        return
    shown = table[table["shown"]]
    if rule is not None and rule not in set(shown["rule"]):
        last = f"rules 1 to {int(shown['rule'].max())}" if len(shown) else "no rule"
        raise BadInput(f"Run {record.uuid} shows {last}, so no list can be made from rule {rule}.")
    asked = shown if rule is None else shown[shown["rule"] == rule]
    if product is not None and not any(product.code in json.loads(keys) for keys in asked["consequent_keys"]):
        which = "No rule of this run" if rule is None else f"Rule {rule} foretells {asked['consequent'].iloc[0]}: it"
        raise BadInput(f"{which} {'foretells' if rule is None else 'says nothing about'} {product.name}.")


@service(Right.READ_RESULTS)
def newest_run(app: App, actor: Actor) -> str:
    """The newest run that can make offers; BadInput where there is none.

    Who may read results may ask for it, without a right to the whole history of runs.
    """
    makers = [name for name, analysis in app.plugins.analyses.items() if analysis.offer is not None]
    with app.store.reader() as raw:
        found = queries.newest_model(raw, makers)
    if found is None:
        raise BadInput("No run of this bank can make a list yet: run an analysis that finds rules first.")
    return found


def _offerer(app: App, record: RunRecord) -> tuple[Analysis, Model]:
    """The analysis that can make offers, and the model to make them with."""
    if record.result is None:
        raise CrmdeskError(f"Run {record.uuid} has no result to make offers with: {record.verdict}")
    analysis = analysis_of(app, record)
    if "credit" in (record.purpose, analysis.purpose):
        raise CrmdeskError(f"Run {record.uuid} was made for credit; its results never choose whom to offer what.")
    if analysis.offer is None:
        raise CrmdeskError(f"{analysis.title} makes no offers; run an analysis that finds rules.")
    if record.result.model is None:
        raise CrmdeskError(
            f"Run {record.uuid} stored no model to make offers with: offers need baskets of products, a rule that "
            "stands up, and purchases to learn its chance from."
        )
    return analysis, record.result.model


def _people(app: App, actor: Actor, use: Use) -> Population:
    """Those in this person's reach whose data may choose offers now."""
    if not use.analysis.required(use.params()):
        raise CrmdeskError(f"Run {use.record.uuid} was not made from customers of this bank: it can offer nothing.")
    who, reached = use.people("targeting"), within(app, actor, Right.READ_RESULTS)
    return who if reached is None else who.within(np.array(sorted(reached), np.int64))


def _listed(app: App, actor: Actor, table: pd.DataFrame | None, empty: OfferList) -> OfferList:
    """The list with its rows and the count of each gate, all asked in one reading of the bank."""
    with app.store.reader() as raw:
        known, money = queries.products(raw), queries.currency(raw)
        if table is None or table.empty:
            return replace(empty, currency=money)
        customers = table["customer"].to_numpy(np.int64)
        chances = table["p"].to_numpy(np.float64)
        failed = gates.check(raw, empty.at, empty.channel, customers, table["product"].tolist(), chances, known)
        rejected = gates.rejections(customers, failed)
        listed, behind = best(table, failed == gates.PASSED, known, empty.top)
        names = queries.names(raw, listed["customer"].tolist())
    spoken = clear(actor, Right.READ_CONTACT)
    rows = rows_of(listed, known, names, names=spoken, rejected=_others(table, failed, set(names)))
    if behind:
        rejected["capacity"] = behind
    return replace(empty, currency=money, considered=len(np.unique(customers)), rejected=rejected, rows=rows)


def _others(table: pd.DataFrame, failed: Any, people: set[int]) -> dict[int, dict[str, str]]:
    """The rejected products of the listed people, each with its gate."""
    found: dict[int, dict[str, str]] = {}
    mine = (failed != gates.PASSED) & table["customer"].isin(people).to_numpy()
    away = table[mine]
    for customer, code, place in zip(away["customer"], away["product"], failed[mine], strict=True):
        found.setdefault(int(customer), {})[str(code)] = gates.ORDER[place]
    return found


@service(Right.READ_RESULTS)
def standing(app: App, actor: Actor, offers: OfferList) -> OfferList:
    """The list without those who fail a gate by now, each counted at that gate; nobody is added.

    What an open list becomes when permissions or customers change: the rows that stay keep their rank and values.
    """
    at = app.store.clock()
    customers = np.array([row.customer for row in offers.rows], np.int64)
    chances = np.array([row.p for row in offers.rows], np.float64)
    with app.store.reader() as raw:
        known = queries.products(raw)
        failed = gates.check(raw, at, offers.channel, customers, [r.product for r in offers.rows], chances, known)
    lost = Counter(gates.ORDER[place] for place in failed.tolist() if place != gates.PASSED)
    counts = {gate: offers.rejected.get(gate, 0) + lost[gate] for gate in gates.ORDER}
    rows = tuple(row for row, place in zip(offers.rows, failed, strict=True) if place == gates.PASSED)
    return replace(offers, at=at, rows=rows, rejected={gate: n for gate, n in counts.items() if n})


@service(Right.MAKE_OFFERS)
def keep(app: App, actor: Actor, offers: OfferList) -> Change:
    """Store the rows as recommended actions of their run; whoever may no longer be offered this is left out.

    So is who is out of this person's reach.

    The gates are asked again in the same unit of work. Actions of other runs stay; one of this run that a person has
    decided stays too. The change touches the ids that were stored; the audit holds the counts.
    """
    run = ledger.load(app.store, offers.run, {}, result=False)
    masks.check_purpose(actor, run)
    reached = within(app, actor, Right.MAKE_OFFERS)
    rows = [row for row in exact(offers) if reached is None or row.customer in reached]
    with app.store.write() as session:
        at = app.store.clock()
        raw = queries.raw_of(session)
        known = queries.products(raw)
        standing = gates.standing(raw, at, offers.channel, rows, known)
        ids = queries.keep(session, run.id or 0, [_stored(row, offers.channel, known) for row in standing], at)
        out, decided = len(offers.rows) - len(standing), len(standing) - len(ids)
        audit.record(
            app.store, session, actor, "keep offers", offers.analysis, purpose=offers.purpose, run_uuid=offers.run,
            fields=offers.channel, reason=f"{len(ids)} kept, {out} left out since, {decided} decided before",
        )  # fmt: skip
    return Change("keep_offers", {"recommended_action": frozenset(ids)}, app.store.change_no())


def _stored(row: OfferRow, channel: str, products: Mapping[str, Product]) -> dict[str, Any]:
    return {
        "customer_id": row.customer, "channel": channel, "product_id": products[row.product].id, "rule": row.rule,
        "reasons": [row.why], "p": row.p, "value": row.value, "rejected": dict(row.rejected),
    }  # fmt: skip
