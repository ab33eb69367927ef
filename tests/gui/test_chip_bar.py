"""A chip that outlives its bar for a moment does nothing when a key still reaches it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from crmdesk.desk.chips import ChipBar, ChipButton
from crmdesk.domain.filter import Chip


def test_a_key_on_a_chip_without_its_bar_does_nothing(qtbot: QtBot) -> None:
    bar = ChipBar()
    bar.put_all([Chip("city", "contains", ("Moda",)), Chip("kind", "is", ("person",))])
    chip, other = bar.findChildren(ChipButton)
    QTest.keyClick(other, Qt.Key.Key_Delete)
    assert [c.field for c in bar.chips] == ["city"]
    chip = bar.findChildren(ChipButton)[0]
    chip.setParent(None)  # type: ignore[call-overload]
    qtbot.addWidget(chip)
    delete(bar)
    with qtbot.captureExceptions() as raised:
        QTest.keyClick(chip, Qt.Key.Key_Delete)
    assert raised == []
