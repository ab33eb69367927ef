"""Commands of the daily desk: find, show, add, edit, interaction, tasks, export, history, undo, redo."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from crmdesk.cli.bank import Ask, File, Json, asked
from crmdesk.cli.output import Bar, answer, grid, me, opened
from crmdesk.cli.where import SavedName, Where, chosen, query
from crmdesk.domain.errors import BadInput
from crmdesk.domain.rights import Right, may
from crmdesk.services import (
    audit_log,
    customer_edit,
    customer_export,
    customers,
    history,
    interactions,
    permissions,
    surroundings,
    tasks,
)
from crmdesk.services.near_names import near_names

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="A customer number.")]
Reason = Annotated[
    str, typer.Option("--reason", metavar="WHY", help="Why it is read in clear, where your role must say; it is kept.")
]
Values = Annotated[list[str], typer.Argument(metavar="FIELD=VALUE", help="Fields; an empty value clears one.")]


def find(
    file: File,
    text: Annotated[str, typer.Argument(help="Name, number, phone digits, e-mail, city or account.")] = "",
    where: Where = None,
    saved: SavedName = None,
    top: Annotated[int, typer.Option(min=1, max=256, help="Rows shown; the count covers all.")] = 20,
    json: Json = False,
) -> None:
    """Who matches words and conditions, and what marketing may do with each today."""
    with opened(file) as app:
        asked_for = query(app, where, saved, text)
        ids = customers.find(app, me(), asked_for)
        rows = customers.rows(app, me(), ids[:top].tolist(), searched=text)
        near = near_names(app, me(), text) if text and not where and not len(ids) else []
        rule = customers.search_rule(app, me())
        audit_log.note_search(app, me(), asked_for.text, len(ids))
    shown = [
        {"number": r.number, "name": r.name, "city": r.city, "segment": r.segment,
         "may_contact": [channel for channel, decision in r.permissions if decision.allowed],
         "active_on": r.active_on, **({"why": r.why} if any(row.why for row in rows) else {})}
        for r in rows
    ]  # fmt: skip
    lines = ["1 customer matches." if len(ids) == 1 else f"{len(ids):,} customers match."]
    if shown:
        lines.append(grid(list(shown[0]), [[_cell(value) for value in row.values()] for row in shown], top))
    if near:
        lines.append(f"Near: {', '.join(near)}.")
    if rule:
        lines.append(rule)
    document = {"count": len(ids), "customers": shown, "near": near, **({"rule": rule} if rule else {})}
    answer(document, json, "\n".join(lines))


def _cell(value: object) -> object:
    return ", ".join(value) if isinstance(value, list) else value or ""


def show(file: File, number: Number, reason: Reason = "", json: Json = False) -> None:
    """One customer: who it is, what may be done today, household, tasks; contact data masked without a reason."""
    with opened(file) as app:
        card = customers.get(app, me(), number, reason)
        customers.note_opened(app, me(), number)
        around = surroundings.of_customer(app, me(), number, reason)
        sentence = permissions.contactable(app, me(), number) if Right.READ_PERMISSIONS in card.rights else ""
        due = tasks.of_customer(app, me(), number) if may(me(), Right.READ_WORK) else []
    document = {**asdict(card), "rights": sorted(card.rights), "may_contact": sentence, "surroundings": asdict(around),
                "tasks": [asdict(task) for task in due]}  # fmt: skip
    facts = [("born", card.born), ("occupation", card.occupation), ("city", card.city), ("branch", card.branch),
             ("manager", card.manager), ("phone", card.phone), ("e-mail", card.email)]  # fmt: skip
    lines = [f"{card.name}  {card.number}", *filter(None, [sentence])]
    lines += [f"  {name}: {value}" for name, value in facts if value]
    lines += [f"  {a.product} {a.number}, opened {a.opened_on}" for a in card.accounts]
    lines += [f"  task, due {task.due_at:%Y-%m-%d %H:%M}: {task.title}" for task in due if task.state == "open"]
    answer(document, json, "\n".join(lines))


def fields_of(words: Sequence[str]) -> dict[str, str]:
    """`city=Moda email=` as {"city": "Moda", "email": ""}."""
    found: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name:
            raise BadInput(f"'{word}' is no field with a value; write it as city=Moda.")
        found[name] = value
    return found


def add(
    file: File,
    values: Values,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also where a similar customer is here.")] = False,
    json: Json = False,
) -> None:
    """A new customer; without number=... the next free one is given."""
    with opened(file) as app:
        typed = fields_of(values)
        empty = customer_edit.draft(app, me(), None, typed.get("kind", "person"))
        whole = {**empty.values, **typed}
        found = [] if anyway or customer_edit.check(app, me(), whole) else customer_edit.similar(app, me(), whole)
        if found:
            here = "; ".join(f"{', '.join(filter(None, (one.name, one.number)))} ({one.why})" for one in found)
            raise BadInput(f"Here already: {here}; add --anyway if this is somebody else.")
        made = customer_edit.create(app, me(), whole)
    answer({"number": made.number, "deed": made.deed}, json, f"Added {made.number}. crmdesk undo takes it back.")


def edit(file: File, number: Number, values: Values, json: Json = False) -> None:
    """Change fields of one customer; the history keeps what they were."""
    with opened(file) as app:
        version = customer_edit.draft(app, me(), number).version
        saved = customer_edit.edit(app, me(), number, version, fields_of(values))
    words = f"Changed {saved.number}. crmdesk undo takes it back." if saved.deed else f"{number} was so already."
    answer({"number": saved.number, "deed": saved.deed}, json, words)


def interaction(
    file: File,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="A customer number.")] = "",
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="channel.mode.activity, such as branch.support.general_question.")
    ] = "",
    codes: Annotated[bool, typer.Option("--codes", help="List the combinations instead, most used first.")] = False,
    amount: Annotated[str, typer.Option(help="For transactions; the sign follows from the activity.")] = "",
    at: Annotated[datetime | None, typer.Option(help="When it happened; now unless given.")] = None,
    response: Annotated[str, typer.Option(help="To a promotion: accepted, interested, declined ...")] = "",
    note: Annotated[str, typer.Option(help="What was said.")] = "",
    json: Json = False,
) -> None:
    """Record what happened with a customer; only combinations of the catalogue are taken."""
    if codes:
        _list_codes(file, json)
        return
    if not number or not code:
        raise BadInput("Name the customer and the code; crmdesk interaction FILE --codes lists the codes.")
    with opened(file) as app:
        moment = at.astimezone() if at is not None else None
        done = interactions.record(app, me(), number, code, occurred_at=moment, amount=amount, response=response,
                                   note=note)  # fmt: skip
    answer({"id": done.id}, json, f"Recorded interaction {done.id} of {number}.")


def _list_codes(file: Path, json: bool) -> None:
    with opened(file) as app:
        found = interactions.choices(app, me())
    text = grid(["code", "what happened", "used"], [[c.code, c.label, c.used] for c in found], most=len(found))
    answer({"codes": [asdict(c) for c in found]}, json, text)


def list_tasks(
    file: File,
    everyone: Annotated[bool, typer.Option("--everyone", help="Not only my own.")] = False,
    json: Json = False,
) -> None:
    """Open tasks by due date."""
    with opened(file) as app:
        found = tasks.due(app, me(), mine=not everyone)
    rows = [[t.id, f"{t.due_at:%Y-%m-%d %H:%M}", t.title, t.number, t.owner] for t in found]
    text = grid(["task", "due", "title", "customer", "owner"], rows, most=200) if rows else "Nothing is due."
    answer({"tasks": [asdict(t) for t in found]}, json, text)


def export(
    file: File,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A .csv or .xlsx file.")],
    purpose: Annotated[str, typer.Option(help="What for: service, marketing, survey or sharing.")],
    channel: Annotated[str, typer.Option(help="Of marketing, survey and sharing: email, phone, sms, post ...")] = "",
    where: Where = None,
    saved: SavedName = None,
    columns: Annotated[
        str | None,
        typer.Option(help="Column keys, comma separated; number, name and the channel's address unless given."),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
    ask: Ask = "",
    json: Json = False,
) -> None:
    """Customers as a file, each row checked for permission at this moment."""
    with opened(file) as app, Bar() as bar:
        if columns is None:
            wanted = ("number", "name", *customer_export.address_columns(app, me(), channel))
        else:
            wanted = tuple(c.strip() for c in columns.split(",") if c.strip())
        if ask:
            key = customer_export.ask(app, me(), chosen(app, where, saved), wanted, purpose, channel, reason=ask)
            asked(file, key, json)
            return
        if out.exists() and not replace:
            raise BadInput(f"{out} exists already; name another file, or add --replace to write over it.")
        done = customer_export.write(app, me(), chosen(app, where, saved), wanted, out, purpose=purpose,
                                     channel=channel, progress=bar, cancel=bar.stopped)  # fmt: skip
    left_out = ", ".join(f"{n:,} {reason}" for reason, n in done.left_out.items() if n) or "nobody"
    document = {"file": str(done.file), "rows": done.rows, "left_out": dict(done.left_out)}
    answer(document, json, f"Wrote {done.rows:,} customers to {done.file}; left out: {left_out}.")


def changes(file: File, number: Number, reason: Reason = "", json: Json = False) -> None:
    """Every change of one customer's fields: when, who, from what to what."""
    with opened(file) as app:
        found = history.of_customer(app, me(), number, reason)
        customers.note_opened(app, me(), number)
    columns = ["at", "by", "field", "before", "after"]
    rows = [[f"{e.at:%Y-%m-%d %H:%M}", e.by, e.field if e.field != "*" else e.title,
             "" if e.field == "*" else e.before, "" if e.field == "*" else e.after] for e in found]  # fmt: skip
    text = grid(columns, rows, most=200) if rows else f"Nothing of {number} was changed by hand yet."
    answer({"changes": [asdict(e) for e in found]}, json, text)


def undo(
    file: File,
    deed: Annotated[int | None, typer.Argument(metavar="DEED", help="The last one unless given.")] = None,
    json: Json = False,
) -> None:
    """Take back what you did last; rows that somebody changed since stay as they are and are named."""
    with opened(file) as app:
        report = history.undo(app, me(), deed)
    _undone(report, json)


def redo(file: File, json: Json = False) -> None:
    """Do again what was undone last."""
    with opened(file) as app:
        report = history.redo(app, me())
    _undone(report, json)


def _undone(report: history.UndoReport, json: bool) -> None:
    rows = "1 row" if report.restored == 1 else f"{report.restored:,} rows"
    word = "Done again" if report.title.startswith("Redo: ") else "Taken back"
    document = {"title": report.title, "what": report.what, "restored": report.restored, "kept": list(report.kept)}
    answer(document, json, "\n".join([f"{word}: {report.what} ({rows}).", *report.kept]))


def register(program: typer.Typer) -> None:
    for name, command in (
        ("find", find), ("show", show), ("add", add), ("edit", edit), ("interaction", interaction),
        ("tasks", list_tasks), ("export", export), ("history", changes), ("undo", undo), ("redo", redo),
    ):  # fmt: skip
        program.command(name)(command)
