"""Zoom: letters and measures grow together, from 70 to 200 %, at once and next time."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QDialog

STEPS: Final = (70, 80, 90, 100, 110, 125, 150, 175, 200)  # per cent
_state = {"percent": 100, "points": 0.0}  # of this process: one application, one font


def percent() -> int:
    return int(_state["percent"])


def px(measure: int) -> int:
    """A measure in px at the present zoom; what is built with it grows with the letters."""
    return round(measure * percent() / 100)


def wear(app: QApplication, new: int) -> None:
    """Set the application's font to `new` per cent of the system's; the nearest step counts."""
    if not _state["points"]:
        _state["points"] = app.font().pointSizeF()
    _state["percent"] = min(STEPS, key=lambda step: abs(step - new))
    font = QFont(app.font())
    font.setPointSizeF(_state["points"] * percent() / 100)
    app.setFont(font)


def size_dialog(dialog: QDialog, wide: int, tall: int) -> None:
    """Give a dialog `wide` x `tall` px at the present zoom, at most what the screen or its own window has room for."""
    room = dialog.screen().availableSize()
    if (above := dialog.parentWidget()) is not None:
        room = room.expandedTo(above.window().size())
    dialog.resize(min(px(wide), room.width()), min(px(tall), room.height()))
