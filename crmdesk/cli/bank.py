"""Commands on the bank file: create, import, verify, backup, restore."""

from pathlib import Path
from typing import Annotated

import typer

from crmdesk.cli.output import Bar, answer, closed, grid, me, opened, warn
from crmdesk.domain.errors import BadInput, CrmdeskError, Refused
from crmdesk.domain.rights import Actor
from crmdesk.services import backup as keeping
from crmdesk.services import banks, custom_fields, importing, restoring
from crmdesk.services.sign_in import Keys
from crmdesk.synthetic.presets import PRESETS

SHOWN = 20  # problems that `verify` tells people
File = Annotated[Path, typer.Argument(metavar="FILE", help="The bank file.")]
Ask = Annotated[str, typer.Option("--ask", metavar="WHY", help="Ask a second person to approve this; do nothing else.")]
group = typer.Typer(help="New bank files, and their encryption.", rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON document.")]


def create(
    file: File,
    preset: Annotated[str, typer.Option(help=f"One of: {', '.join(PRESETS)}.")] = "empty",
    customers: Annotated[
        int | None, typer.Option(min=1, help="Number of customers; the preset's unless given.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bank.")] = 7,
    truth: Annotated[Path | None, typer.Option(help="Folder for the hidden truth of an invented bank.")] = None,
    files: Annotated[Path | None, typer.Option(help="Folder for the same bank in the standard import layout.")] = None,
    json: Json = False,
) -> None:
    """Make a new bank; FILE must not exist."""
    if preset not in PRESETS:
        raise BadInput(f"'{preset}' is not a preset; choose one of: {', '.join(PRESETS)}.")
    with Bar() as bar:
        made = banks.create(
            file, preset=preset, customers=customers, seed=seed, truth=truth, files=files, progress=bar, actor=me()
        )
    document = made.document()
    counts = ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in document["tables"].items() if n)
    answer(document, json, f"Made {file} ({preset}): {counts or 'no rows yet'}.")


def import_(
    file: File,
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A folder or a file.")],
    profile: Annotated[str, typer.Option(help="Layout of the source: standard, berka ...")] = "standard",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and count; write nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a file with over 5 % bad rows.")] = False,
    quarantine: Annotated[Path | None, typer.Option(help="Where the rows that were set aside are written.")] = None,
    own_fields: Annotated[
        bool, typer.Option("--own-fields", help="Columns of customers that are new become fields of the bank.")
    ] = False,
    ask: Ask = "",
    json: Json = False,
) -> None:
    """Bring a source into a bank: checked, counted row by row, whole or not at all."""
    if own_fields and profile != "standard":
        raise BadInput("--own-fields goes with the standard profile; the others know where their columns belong.")
    if ask:
        with opened(file) as app:
            key = importing.ask(app, me(), source, profile=profile, strict=strict, reason=ask)
        asked(file, key, json)
        return
    with opened(file) as app, Bar() as bar:
        offers = importing.offered(app, me(), source) if own_fields else []
        if offers and not dry_run:
            custom_fields.add_offered(app, me(), offers)
        report = importing.run(
            app, me(), source, profile=profile, dry_run=dry_run, strict=strict, quarantine=quarantine, progress=bar
        )
    for one in offers:
        kind = f"{one.kind} of {', '.join(one.choices)}" if one.choices else one.kind.replace("_", " or ")
        warn(f"Note: {one.title} {'would become' if dry_run else 'is now'} a field of the bank: {kind}.")
    for note in report.notes:
        warn(f"Note: {note}")
    document = report.document()
    names = ("rows_in", "inserted", "updated", "unchanged", "quarantined")
    rows = [[name, *(counts[n] for n in names)] for name, counts in document["files"].items()]
    text = grid(["file", *(n.replace("_", " ") for n in names)], rows)
    if document["quarantine_file"]:
        text += f"\nRows that were set aside, each with its reason: {document['quarantine_file']}"
    answer(document, json, text + ("\nDry run: nothing was written." if dry_run else ""))


def asked(file: Path, key: int, json: bool) -> None:
    """What is said when a second person is asked."""
    text = f"Asked as proposal {key}; once it is approved (crmdesk proposals {file}), give the same command again."
    answer({"proposal": key}, json, text)


def verify(
    file: File,
    anchor: Annotated[
        Path | None, typer.Option(metavar="PATH", help="A backup's manifest, or a text with a head kept elsewhere.")
    ] = None,
    json: Json = False,
) -> None:
    """Check integrity, chains, safeguards and settings; exit 1 where something is wrong."""
    keys, actor = closed(file)
    document = keeping.verify(actor, file, keys, anchor=anchor)
    lines = [f"{'ok ' if good else 'BAD'}  {name.replace('_', ' ')}" for name, good in document["checks"].items()]
    many = len(document["problems"])
    for problem in document["problems"][:SHOWN]:
        where = " ".join(str(v) for v in (problem["table"], problem["row"]) if v is not None)
        lines.append(f"     {problem['check']}: {where + ': ' if where else ''}{problem['reason']}")
    if many > SHOWN:
        lines.append(f"     and {many - SHOWN:,} more; --json lists them")
    lines.append(f"The audit key {'lies' if 'beside' in document['audit_key'] else 'is'} {document['audit_key']}; "
                 "tampering is detected back to the last anchor kept elsewhere "
                 f"({document['last_anchor'] or 'none yet: make a backup'}).")  # fmt: skip
    lines.append(f"Audit head, to be kept elsewhere: {document['head'] or 'none yet'}")
    answer(document, json, "\n".join(lines))
    if not document["ok"]:
        count = "1 problem" if many == 1 else f"{many:,} problems"
        warn(f"{file} has {count}; restore the last good backup or ask your administrator.")
        raise typer.Exit(1)


def backup(file: File, dest: Annotated[Path, typer.Argument(metavar="DEST")], json: Json = False) -> None:
    """Copy a bank with its keys and a manifest; the copy is checked."""
    with opened(file) as app:
        document = keeping.backup(app, me(), dest)
    answer(document, json, f"Kept {dest} ({document['bytes']:,} bytes), its keys and its manifest beside it.")


def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP")], file: File, ask: Ask = "", json: Json = False
) -> None:
    """Put a checked backup in the place of FILE; what was there is kept beside it."""
    if ask:
        with opened(file) as app:
            key = restoring.ask(app, me(), source, ask)
        asked(file, key, json)
        return
    keys, actor = _restorer(source, file)
    document = keeping.restore(actor, source, file, keys)
    kept = f" The file that was there is now {document['kept']}." if document["kept"] else ""
    answer(document, json, f"Restored {file} from {source}.{kept} {keeping.carried_words(document)}")


def _restorer(source: Path, file: Path) -> tuple[Keys | None, Actor]:
    """Who restores, known to the bank that is replaced; where that cannot be asked any more, to the backup."""
    try:
        return closed(file)
    except Refused:
        raise
    except CrmdeskError:
        return closed(source)


def register(program: typer.Typer) -> None:
    group.command("create")(create)
    program.add_typer(group, name="bank")
    program.command("import")(import_)
    program.command("verify")(verify)
    program.command("backup")(backup)
    program.command("restore")(restore)
