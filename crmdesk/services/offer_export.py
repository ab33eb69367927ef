"""A cross-selling list as a CSV file with a JSON beside it; each row passes every gate at that very moment."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from crmdesk.domain import export_terms
from crmdesk.domain.errors import BadInput
from crmdesk.domain.money import plain
from crmdesk.domain.rights import Actor, Right, clear
from crmdesk.services import anchors, large_export
from crmdesk.services import offer_gates as gates
from crmdesk.services import result_masks as masks
from crmdesk.services.context import App
from crmdesk.services.export import ExportReport, hand_over, writable, write_csv
from crmdesk.services.guard import service
from crmdesk.services.offer_list import OfferList, OfferRow, in_bands
from crmdesk.services.reach import within
from crmdesk.store import audit
from crmdesk.store.queries import offers as queries
from crmdesk.store.queries import reach

COLUMNS: Final = (
    "rank", "customer", "name", "channel", "product", "product_name", "p", "low", "high", "margin", "value", "rule",
    "why", "permission_at",
)  # fmt: skip


@service(Right.EXPORT, Right.READ_RESULTS)
def export_csv(app: App, actor: Actor, offers: OfferList, path: Path) -> ExportReport:
    """Write the rows to `path` (.csv), and run, as-of day, purpose and the counts of the gates to `path` with .json.

    Every gate is asked again in the unit of work that audits the export: whoever withdrew since is left out and
    counted. Customers in reach, numbers, names and chances are written only as far as `actor` sees them, whoever made
    the list. Refused without the right, for more rows than a role takes out of the bank, or for more than 1,000 without
    a second person; BadInput where the name does not end in .csv; CrmdeskError where the folder cannot be written: then
    both files are as they were.
    """
    if path.suffix.lower() != ".csv":
        raise BadInput(f"{path.name} is no name for a table; end it in .csv.")
    listed, names = _seen(app, actor, offers), clear(actor, Right.READ_CONTACT)
    export_terms.check_rows(actor, len(listed))
    wanted = _wanted(offers)
    large_export.check(app, actor, wanted, len(offers.rows))
    folder = path.resolve().parent
    left_out = 0
    with writable(folder), tempfile.TemporaryDirectory(prefix=".export-", dir=folder) as scratch:
        files = [Path(scratch) / path.name, Path(scratch) / path.with_suffix(".json").name]

        def note(session: Any) -> None:
            nonlocal left_out
            raw, at = queries.raw_of(session), app.store.clock()
            standing = gates.standing(raw, at, offers.channel, listed, queries.products(raw))
            left_out = len(offers.rows) - len(standing)
            rows = [row if names else replace(row, name=None) for row in standing]
            facts = {"written_at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "left_out_since": left_out, "rows": len(rows)}
            _write(offers, rows, {**facts, "audit_head": anchors.foot(app)[1]}, files)
            by = large_export.spend(app, session, actor, wanted, len(offers.rows))
            audit.record(
                app.store, session, actor, "export offers", offers.analysis, purpose=offers.purpose,
                run_uuid=offers.run, fields=offers.channel,
                reason=f"{len(rows)} customer rows, {left_out} people left out{by}",
            )  # fmt: skip

        written = hand_over(app, files, folder, note)
    return ExportReport(folder, tuple(written), left_out, _words(left_out))


@service(Right.EXPORT, Right.READ_RESULTS)
def ask(app: App, actor: Actor, offers: OfferList, reason: str) -> int:
    """Ask a second person for a list of more than 1,000 customers; returns the proposal's id."""
    export_terms.check_rows(actor, len(_seen(app, actor, offers)))
    return large_export.ask(app, actor, _wanted(offers), len(offers.rows), reason)


def _wanted(offers: OfferList) -> large_export.List:
    parts = {"run": offers.run, "channel": offers.channel, "rule": offers.rule, "product": offers.product,
             "top": offers.top}  # fmt: skip
    details = {"analysis": offers.title, "run": offers.run, "channel": offers.channel}
    return large_export.List(f"Export offers by {offers.channel}", {"offers": parts}, details)


def _seen(app: App, actor: Actor, offers: OfferList) -> list[OfferRow]:
    """The rows in reach under the numbers that this person sees, in bands where results are masked."""
    reached = within(app, actor, Right.READ_RESULTS)
    with app.store.reader() as raw:
        numbers = reach.seen(raw, [row.customer for row in offers.rows])
    rows = [replace(row, number=numbers[row.customer]) for row in offers.rows
            if row.customer in numbers and (reached is None or row.customer in reached)]  # fmt: skip
    return [in_bands(row) for row in rows] if masks.masked(actor, offers.purpose) and not offers.token else rows


def _write(offers: OfferList, rows: Sequence[OfferRow], facts: dict[str, Any], files: Sequence[Path]) -> None:
    import pandas as pd

    table = pd.DataFrame([_cells(row, offers, facts["written_at"]) for row in rows], columns=list(COLUMNS))
    write_csv(table if any(row.name for row in rows) else table.drop(columns="name"), files[0])
    head = {name: value for name, value in offers.document().items() if name != "offers"}
    files[1].write_text(json.dumps({**head, **facts}, indent=2), encoding="utf-8")


def _cells(row: OfferRow, offers: OfferList, at: str) -> dict[str, Any]:
    def money(amount: int | None) -> float | None:
        return None if amount is None else float(plain(amount, offers.currency))

    return {**vars(row), "customer": row.number or row.customer, "channel": offers.channel, "permission_at": at,
            "margin": money(row.margin), "value": money(row.value)}  # fmt: skip


def _words(left_out: int) -> tuple[str, ...]:
    if not left_out:
        return ()
    people = "1 person was" if left_out == 1 else f"{left_out} people were"
    return (f"{people} left out: since the list was made, they may no longer be offered this.",)
