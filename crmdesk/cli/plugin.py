"""Commands on plugins: list, doctor, enable, disable."""

from typing import Annotated

import typer

from crmdesk.cli.bank import Json
from crmdesk.cli.output import answer, me, options
from crmdesk.plugin_host import Host
from crmdesk.services import plugins

Id = Annotated[str, typer.Argument(metavar="ID", help="The plugin's id, as `plugin list` shows it.")]
group = typer.Typer(help="Plugins: state, checks, on and off.", rich_markup_mode=None)


def _words(found: list[dict[str, object]]) -> str:
    lines = []
    for p in found:
        lines.append(
            f"{p['id']}  {p['title']} {p['version']}  {p['state']}" + (f": {p['reason']}" if p["reason"] else "")
        )
        checks = p.get("checks")
        if isinstance(checks, dict):
            lines += [f"    {'ok ' if good else 'BAD'}  {name}" for name, good in checks.items()]
    return "\n".join(lines) or "No plugin is installed."


@group.command("list")
def list_(json: Json = False) -> None:
    """Every installed plugin, with its state and the reason."""
    found = plugins.list_plugins(Host.load(safe_mode=options.safe_mode))
    answer({"plugins": found}, json, _words(found))


@group.command("doctor")
def doctor(json: Json = False) -> None:
    """Load each plugin and run its checks; exit 1 where one is not well."""
    found = plugins.doctor(Host.load(safe_mode=options.safe_mode))
    answer({"plugins": found}, json, _words(found))
    if any(not all(p["checks"].values()) for p in found if p["state"] != "disabled"):
        raise typer.Exit(1)


@group.command("enable")
def enable(id: Id, json: Json = False) -> None:
    """Turn a plugin on."""
    found = plugins.enable(Host.load(safe_mode=True), me(), id)
    answer({"plugins": [found]}, json, f"{id} is on from the next start.")


@group.command("disable")
def disable(id: Id, json: Json = False) -> None:
    """Turn a plugin off."""
    found = plugins.disable(Host.load(safe_mode=True), me(), id)
    answer({"plugins": [found]}, json, f"{id} is off from the next start.")


def register(program: typer.Typer) -> None:
    program.add_typer(group, name="plugin")
