"""Zoom: letters and measures grow together, from 70 to 200 %, at once and next time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from crmdesk.desk.dress import apply_theme

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame

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


def zoom(frame: Frame, new: int) -> None:
    """Show the whole window at `new` per cent: the pages are made anew where they stand."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    before = percent()
    wear(app, new)
    if percent() == before:
        frame.notice(f"Zoom {before} %.")
        return
    frame.settings.zoom = percent()
    apply_theme(app, frame.context.theme)
    frame.rebuild()
    frame.notice(f"Zoom {percent()} %.")


def larger(frame: Frame) -> None:
    zoom(frame, STEPS[min(STEPS.index(percent()) + 1, len(STEPS) - 1)])


def smaller(frame: Frame) -> None:
    zoom(frame, STEPS[max(STEPS.index(percent()) - 1, 0)])


def usual(frame: Frame) -> None:
    zoom(frame, 100)
