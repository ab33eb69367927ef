"""Command of offers: from a run's rules to who may be offered what by a channel now."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from crmdesk.cli.bank import Ask, File, Json, asked
from crmdesk.cli.output import Bar, answer, grid, me, opened, warn
from crmdesk.domain.money import plain
from crmdesk.domain.rounding import so_many, span
from crmdesk.services import offer_export, offers
from crmdesk.services.offers import OfferList, OfferRow

SHOWN = 20  # rows in the terminal; all are in the JSON document and in the file of --out


def list_offers(
    file: File,
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run of association.rules in the history.")],
    channel: Annotated[str, typer.Option(help="How they would be asked: email, phone, sms, post, in_person, in_app.")],
    rule: Annotated[int | None, typer.Option(min=1, help="Only what this rule offers.")] = None,
    product: Annotated[str | None, typer.Option(help="Only this product, by its code.")] = None,
    top: Annotated[int | None, typer.Option(min=1, help="At most so many customers, best first.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Put each offer on its customer's page.")] = False,
    out: Annotated[Path | None, typer.Option(help="A CSV file for the whole list.")] = None,
    ask: Ask = "",
    json: Json = False,
) -> None:
    """Whom to offer what by the rules of a run: only people who may be asked by the channel at this moment."""
    with opened(file) as app, Bar() as bar:
        found = offers.candidates(app, me(), run, channel=_channel(channel), rule=rule, product=product, top=top,
                                  progress=bar, cancel=bar.stopped)  # fmt: skip
        if ask:
            asked(file, offer_export.ask(app, me(), found, ask), json)
            return
        kept = len(offers.keep(app, me(), found).touched["recommended_action"]) if keep else 0
        warnings = offers.export_csv(app, me(), found, out).warnings if out else ()
    for warning in warnings:
        warn(f"Note: {warning}")
    answer({**found.document(), "kept": kept}, json, _words(found, kept if keep else None))
    if out and not json:
        warn(f"The list is in {out}, and how it came about in {out.with_suffix('.json')}.")


def _channel(text: str) -> str:
    """A channel's code as people write it: E-mail, in-person."""
    return text.lower().replace("e-mail", "email").replace("-", "_")


def _words(found: OfferList, kept: int | None) -> str:
    may_choose = ("their data may choose offers", found.eligible)
    without = ("no offer by the rules", found.considered - found.eligible)
    steps = [[what, n] for what, n in (may_choose, without, *found.funnel()[1:])]
    lines = [f"Data to {found.as_of}, permission as of {found.at:%Y-%m-%d}, run {found.run}.",
             grid(["step", "customers"], steps)]  # fmt: skip
    if found.rows:
        rows = [_cells(row, found.currency) for row in found.rows[:SHOWN]]
        lines += ["", grid(list(rows[0]), [list(row.values()) for row in rows])]
        if len(found.rows) > SHOWN:
            lines.append(f"And {len(found.rows) - SHOWN:,} more; --out FILE.csv writes them all.")
    if kept is not None:
        lines.append(f"Kept on the pages of {kept:,} customers.")
    return "\n".join(lines)


def _cells(row: OfferRow, currency: str) -> Mapping[str, Any]:
    of = so_many(row.high)
    value = "unknown" if row.value is None else f"{plain(row.value, currency)} {currency}"
    return {"rank": row.rank, "customer": row.number or row.customer, "product": row.product_name,
            "chance": f"{span(row.low, row.high, of)} of {of:,}", "value": value, "why": row.why}  # fmt: skip


def register(program: typer.Typer) -> None:
    program.command("offers")(list_offers)
