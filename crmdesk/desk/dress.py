"""Dress the application: Fusion, our own palette (the system's dark scheme leaves windows light), the style sheet."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from crmdesk.desk.sheet import style_sheet
from crmdesk.desk.theme import Theme


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window, role.Base: theme.surface, role.AlternateBase: theme.window,
        role.Button: theme.surface, role.WindowText: theme.text, role.Text: theme.text, role.ButtonText: theme.text,
        role.BrightText: theme.error.ink, role.PlaceholderText: theme.muted, role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent, role.Link: theme.accent, role.LinkVisited: theme.accent,
        role.ToolTipBase: theme.surface, role.ToolTipText: theme.text, role.Mid: theme.border, role.Dark: theme.border,
        role.Midlight: theme.line, role.Light: theme.surface, role.Shadow: theme.border, role.Accent: theme.accent,
    }  # fmt: skip
    for one, colour in colours.items():
        palette.setColor(one, QColor(colour))
    for one in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, one, QColor(theme.border))
    return palette


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Dress the whole application in `theme`."""
    if app.style().objectName().lower() != "fusion":
        app.setStyle("Fusion")
    app.setPalette(_palette(theme))
    app.setStyleSheet(style_sheet(theme))
