"""The small bank, opened at the desk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_bank
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.dress import apply_theme
from crmdesk.desk.theme import LIGHT


@pytest.fixture
def context(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[DeskContext]:
    apply_theme(qapp, LIGHT)
    made = DeskContext(small_bank.ACTOR)
    made.app = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    qtbot.waitUntil(lambda: not made._background.busy, timeout=30_000)
    made.app.store.close()


@pytest.fixture
def opened(context: DeskContext) -> list[tuple[str, dict[str, Any]]]:
    """Every page that was asked for."""
    pages: list[tuple[str, dict[str, Any]]] = []
    context.opened.connect(lambda name, args: pages.append((name, args)))
    return pages
