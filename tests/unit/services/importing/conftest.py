"""A fresh bank for each import test."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from building import FileApp, empty_app


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FileApp]:
    made = empty_app(tmp_path)
    yield made
    made.store.close()
