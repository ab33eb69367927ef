"""A workshop on sys.path, forgotten after each test."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from workshop import Workshop


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    yield Workshop(site)
    for name in [name for name in sys.modules if name.startswith("crmdesk_t_")]:
        del sys.modules[name]
