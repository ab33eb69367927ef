"""Fixtures that pytest offers to plugin authors; light at import."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def planted_bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small invented bank, always the same: 300 customers, seed 7. Shared by all tests, so never change it."""
    from crmdesk.services import banks

    path = tmp_path_factory.mktemp("planted") / "planted.crmdesk"
    banks.create(path, preset="tiny", seed=7)
    return path


@pytest.fixture
def bank(planted_bank: Path, tmp_path: Path) -> Path:
    """A copy of the planted bank for this test alone, with the keys beside it."""
    path = tmp_path / "bank.crmdesk"
    for file in planted_bank.parent.glob(f"{planted_bank.name}*"):
        shutil.copy(file, path.with_name(path.name + file.name[len(planted_bank.name) :]))
    return path


@pytest.fixture
def run_analysis() -> Callable[..., Any]:
    """`run_analysis(analysis, frame, seed=7, **params) -> Result`: checked parameters, in this process."""
    from crmdesk.testing import conformance

    return conformance.run_analysis
