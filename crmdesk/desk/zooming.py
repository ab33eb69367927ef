"""Larger, smaller, usual: what the zoom entries of the View menu do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from crmdesk.desk.dress import apply_theme
from crmdesk.desk.zoom import STEPS, percent, wear

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame


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
