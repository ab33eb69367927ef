"""Colours of the map: the permission ramp and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

LIGHT = ("#F1E3C6", "#C9D7C4", "#8FBFC9", "#4A93BE", "#0B5C94")
DARK = ("#4A3B1D", "#3B5244", "#2F6B78", "#3C8FBD", "#86CCF5")


class Look:
    """Colours for the theme the widget lives in; `surface` and ramp may come from the desk's palette."""

    def __init__(self, given: Mapping[str, Any], widget: QWidget) -> None:
        own = widget.palette()
        self.dark = own.color(QPalette.ColorRole.Window).lightness() < 128
        ramp = given.get("ramp") or (DARK if self.dark else LIGHT)
        self.ramp = [str(colour) for colour in ramp]
        self.surface = str(given.get("surface") or ("#1E2227" if self.dark else "#FFFFFF"))
        self.text = str(given.get("text") or ("#E8EAED" if self.dark else "#1B1F24"))
        self.muted = str(given.get("muted") or ("#A4ACB6" if self.dark else "#57606A"))
        self.border = str(given.get("border") or ("#717A85" if self.dark else "#868E98"))
        self.accent = str(given.get("accent") or ("#6CB0FF" if self.dark else "#0A5BC4"))
