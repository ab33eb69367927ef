"""Commands of the guard: encrypting a bank, its recovery key and the way back by it, what waits for a second person."""

from pathlib import Path
from typing import Annotated

import typer

from crmdesk.cli import bank
from crmdesk.cli.bank import File, Json
from crmdesk.cli.output import Bar, answer, built, chosen_passphrase, grid, me, opened, options, recovery_key, warn
from crmdesk.domain.errors import BadInput, Refused
from crmdesk.services import encryption, lost_passphrase, proposals, sign_in

COLUMNS = ("id", "kind", "title", "reason", "made_by", "made_at", "state", "decided_by", "answer")
VERBS = ("approve", "refuse", "withdraw")
NewFile = Annotated[
    str, typer.Option("--new-passphrase-file", metavar="PATH", help="Its first line is the new passphrase; - is stdin.")
]


def encrypt(file: File, new_passphrase_file: NewFile = "", json: Json = False) -> None:
    """Encrypt a bank's file, for good; prints the recovery key, once."""
    with opened(file) as app, Bar() as bar:
        if me().single:
            chosen = chosen_passphrase(new_passphrase_file, "New passphrase of the bank")
        else:
            chosen = options.given
        done = encryption.encrypt(app, me(), chosen, bar, cost=options.cost)
    for copy in done.plain_copies:
        warn(f"Note: {copy} holds the same data and is not encrypted; remove it, or keep it where nobody gets it.")
    if done.others:
        warn(f"Note: {', '.join(done.others)} cannot open it before you give each a one-time password: "
             f"crmdesk user {file} reset NAME")  # fmt: skip
    document = {"file": str(file), "recovery_key": done.recovery_key, "others": list(done.others),
                "plain_copies": [str(copy) for copy in done.plain_copies]}  # fmt: skip
    answer(document, json, f"{file} is encrypted. {_printed(done.recovery_key)}")


def recovery(file: File, json: Json = False) -> None:
    """A new recovery key; the former one opens nothing any more."""
    with opened(file) as app:
        found = encryption.new_recovery_key(app, me(), cost=options.cost)
    answer({"file": str(file), "recovery_key": found}, json, _printed(found))


def recover(file: Path, login: str, new_passphrase_file: str, json: bool) -> None:
    """The recovery key stands for the lost password of an administrator, who then helps the others."""
    door = sign_in.door(file)
    if door.encrypted and not door.users:
        raise Refused(f"{file} has no users: its recovery key opens it as a passphrase does; choose a new one with "
                      f"crmdesk user {file} password")  # fmt: skip
    key = recovery_key()
    new = chosen_passphrase(new_passphrase_file, "New password")
    app, actor = lost_passphrase.enter(file, built, key, new, login, cost=options.cost)
    with app:
        sign_in.leave(app, actor)
    text = f"{login} signs in with the new password from now on; the recovery key stays as it is."
    answer({"login": login}, json, f"{text}\nGive each of the others a one-time one: crmdesk user {file} reset NAME")


def waiting(
    file: File,
    verb: Annotated[str, typer.Argument(metavar="[approve|refuse|withdraw]", help="What to do with one.")] = "",
    id: Annotated[int | None, typer.Argument(metavar="[ID]", help="Which one.")] = None,
    said: Annotated[str, typer.Option("--answer", metavar="WORDS", help="What the person who asked reads.")] = "",
    past: Annotated[bool, typer.Option("--past", help="Those that are decided and done.")] = False,
    json: Json = False,
) -> None:
    """Acts that wait for a second person, and the answer to one: approve, refuse, or take an own one back."""
    if verb and (verb not in VERBS or id is None):
        raise BadInput(f"Say what to do with which one: {', '.join(VERBS)}, and its ID.")
    with opened(file) as app:
        if verb == "withdraw" and id is not None:
            proposals.withdraw(app, me(), id)
        elif id is not None:
            proposals.decide(app, me(), id, verb == "approve", said)
        found = proposals.past(app, me()) if past else proposals.open_ones(app, me())
    rows = [{**{c: getattr(p, c) for c in COLUMNS}, "details": dict(p.details)} for p in found]
    shown = [[p.id, p.kind, p.title, p.made_by, f"{p.made_at.astimezone():%Y-%m-%d %H:%M}", p.state] for p in found]
    table = grid(["id", "kind", "title", "by", "at", "state"], shown)
    answer({"proposals": rows}, json, table if shown else "Nothing waits for a second person.")


def _printed(key: str) -> str:
    return (f"Print this recovery key and lock it away; it is shown once, and without it a lost passphrase loses the "
            f"bank:\n{key}")  # fmt: skip


def register(program: typer.Typer) -> None:
    bank.group.command("encrypt")(encrypt)
    bank.group.command("recovery")(recovery)
    program.command("proposals")(waiting)
