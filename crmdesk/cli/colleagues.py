"""The command for the people who work at the bank."""

from typing import Annotated

import typer

from crmdesk.cli.bank import File, Json
from crmdesk.cli.output import answer, grid, me, opened
from crmdesk.domain.errors import BadInput
from crmdesk.services import staff

COLUMNS = ("login", "name", "branch", "me")


def colleagues(
    file: File,
    add: Annotated[str | None, typer.Option(metavar="LOGIN", help="Add a colleague who signs in as LOGIN.")] = None,
    name: Annotated[str, typer.Option(help="The new colleague's name.")] = "",
    branch: Annotated[str, typer.Option(metavar="CODE", help="The new colleague's branch.")] = "",
    json: Json = False,
) -> None:
    """The people who work at the bank; --add takes a new one, to whom tasks can be handed over."""
    if add is None and (name or branch):
        raise BadInput("--name and --branch are about a new colleague; name the login with --add.")
    with opened(file) as app:
        if add is not None:
            staff.add(app, me(), add, name, branch)
        people = staff.people(app, me())
    rows = [{column: getattr(one, column) for column in COLUMNS} for one in people]
    shown = [[one.login, one.name, one.branch, "yes" if one.me else ""] for one in people]
    answer({"staff": rows}, json, grid(list(COLUMNS), shown))


def register(program: typer.Typer) -> None:
    program.command("staff")(colleagues)
