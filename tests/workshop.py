"""Makes installed plugin packages in a folder: a package, its card and a dist-info, as pip would leave them."""

import importlib.metadata
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CARD = """id = "{id}"
title = "{id} title"
version = "0.{number}"
api = "{api}"
contributions = [{kinds}]
[wants]
features = [{features}]
purposes = ["profiling"]
"""
GOOD = """
from crmdesk.api import Analysis, Params, Table, hookimpl

def run(frame, params, progress):
    return Table.of(frame)

@hookimpl
def crmdesk_analyses():
    yield Analysis("{id}.one", "One", "Says one.", ("usage.cells",), Params, run, Table)
"""


class Workshop:
    """A site folder that plugins are put into; `entries()` are what pip's metadata would show."""

    def __init__(self, site: Path) -> None:
        self.site = site

    def add(
        self, plugin_id: str, code: str | None = None, *, api: str = ">=1.0,<2", kinds: str = '"analyses"',
        features: str = '"usage.cells"', card: str | None = CARD, package: str = "", distribution: str = "",
    ) -> str:  # fmt: skip
        """A plugin with this id; gives the name of its package. `{id}` in the code is replaced."""
        package = package or f"crmdesk_t_{plugin_id}"
        distribution = distribution or f"crmdesk-{plugin_id}"
        folder = self.site / package
        folder.mkdir()
        (folder / "__init__.py").write_text((GOOD if code is None else code).replace("{id}", plugin_id))
        if card is not None:
            text = card.format(id=plugin_id, number=len(plugin_id), api=api, kinds=kinds, features=features)
            (folder / "crmdesk-plugin.toml").write_text(text)
        info = self.site / f"{distribution.replace('-', '_')}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[crmdesk.plugins]\n{plugin_id} = {package}\n")
        return package

    def entries(self) -> list[importlib.metadata.EntryPoint]:
        found = importlib.metadata.distributions(path=[str(self.site)])
        return [e for d in found for e in d.entry_points if e.group == "crmdesk.plugins"]


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """A workshop whose site folder is on sys.path; its packages are forgotten after the test."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    yield Workshop(site)
    for name in [name for name in sys.modules if name.startswith("crmdesk_t_")]:
        del sys.modules[name]
