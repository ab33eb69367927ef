"""The help is part of the build: every hook, command and analysis stands in it, and its code runs."""

import re
import runpy
import tomllib
from pathlib import Path

import pandas as pd
import pytest
import typer

from crmdesk import api, hookspecs
from crmdesk.cli.main import program
from crmdesk.jobs import Silent
from crmdesk.plugin_host import Host
from crmdesk.plugin_host.manifest import KINDS
from crmdesk.services.customers import CustomerCard, Timeline
from crmdesk.store.queries.customer_page import AccountRow, Event

ROOT = Path(__file__).parents[2]
HELP = ROOT / "resources" / "help"
README = (ROOT / "README.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_every_hook_stands_in_the_plugin_page() -> None:
    page = (HELP / "plugins.md").read_text()
    hooks = [name for name in vars(hookspecs) if name.startswith("crmdesk_")]
    assert hooks and not [h for h in hooks if f"`{h}()`" not in page]
    measures = ("count", "count_if", "min_", "max_", "sum_", "moments", "top")
    assert not [m for m in measures if f"`{m}`" not in page]


def test_every_command_stands_in_its_page() -> None:
    page = (HELP / "command-line.md").read_text()
    group = typer.main.get_command(program)
    verbs = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        verbs += [f"{name} {sub}" for sub in getattr(command, "commands", {})] or [name]
    assert len(verbs) >= 15
    assert not [v for v in verbs if f"crmdesk {v}" not in page]


def test_the_plugin_of_the_readme_runs(tmp_path: Path) -> None:
    (code,) = blocks(README, "python")
    file = tmp_path / "plugin.py"
    file.write_text(code)
    module = runpy.run_path(str(file))
    (analysis,) = module["crmdesk_analyses"]()
    frame = pd.DataFrame({"channel": ["atm", "atm", "online"]}, index=pd.Index([1, 1, 2], name="customer"))
    result = analysis.run(frame, analysis.params(at_least=2), Silent())
    assert result.verdict == "2 channels are used." and len(result.tables["table"]) == 1


def test_code_of_the_plugin_page_runs() -> None:
    page = (HELP / "plugins.md").read_text()
    for code in blocks(page, "python"):
        exec(compile(code, "plugins.md", "exec"), {})
    manifest = tomllib.loads(blocks(page, "toml")[0])
    hello = ROOT / "tests" / "third_party" / "crmdesk-hello" / "crmdesk_hello" / "crmdesk-plugin.toml"
    assert manifest == tomllib.loads(hello.read_text())  # the card that is shown is the card of the example


def test_every_word_of_the_card_and_every_field_of_a_panel_stands_in_the_plugin_page() -> None:
    page = (HELP / "plugins.md").read_text()
    assert not [kind for kind in KINDS if f"`{kind}`" not in page]
    names = [
        *CustomerCard.__dataclass_fields__,
        *Timeline.__dataclass_fields__,
        *Event._fields,
        *AccountRow.__dataclass_fields__,
    ]
    assert not [name for name in names if f"`{name}`" not in page]


def test_the_door_opens_on_everything_it_names() -> None:
    assert not [name for name in api.__all__ if not hasattr(api, name)]


def test_every_analysis_explains_itself() -> None:
    host = Host.load()
    assert "segmentation.two_tier" in host.analyses
    for analysis in host.analyses.values():
        assert analysis.summary.strip().endswith(".")
        for name, info in analysis.params.own_fields().items():
            assert info.title and info.description, f"{analysis.id}: {name} lacks title or description"


@pytest.mark.parametrize("page", sorted(HELP.glob("*.md")), ids=lambda p: p.name)
def test_pictures_and_files_named_in_pages_exist(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_pictures_of_the_readme_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
