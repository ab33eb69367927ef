"""Parts of the gates over the window: every page by name with arguments, and what a control is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gui.window import settle
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QScrollArea,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from crmdesk.desk.frame import Frame
from crmdesk.desk.pages import PAGES
from crmdesk.services import customers, mining


def places(desk: Frame) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every page that can be opened, with arguments where it needs some."""
    app, actor = desk.context.app, desk.context.actor
    ids = customers.find(app, actor, customers.CustomerQuery())
    number = customers.rows(app, actor, ids[:1])[0].number
    run = mining.run(app, actor, "sample.groups", {}).uuid
    given = {"customer": {"number": number}, "analysis": {"analysis": "sample.groups"}, "result": {"run": run}}
    for page in PAGES:
        if page.name != "offers":  # needs a run that makes offers: the plugin's own tests open it
            yield page.name, given.get(page.name, {})


def show(desk: Frame, qtbot: QtBot, name: str, args: dict[str, Any]) -> None:
    desk.shelf.go(name, args)
    settle(qtbot, desk)


def controls(root: QWidget) -> list[QWidget]:
    """Visible parts that the Tab key should reach; the line inside a spin box or a combo box belongs to its box."""
    return [
        w for w in root.findChildren(QWidget)
        if w.isVisible() and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(w.parent(), QAbstractSpinBox | QComboBox) and not isinstance(w, QScrollArea | QTabWidget)
        and not w.objectName().startswith("qt_")
    ]  # fmt: skip


def name_of(control: QWidget) -> str:
    """What a screen reader says: the accessible name, the own text, or the text of the label it is buddy of."""
    own = control.accessibleName() or str(getattr(control, "text", str)())
    if own.strip():
        return own
    window = control.window()
    return next((made.text() for made in window.findChildren(QLabel) if made.buddy() is control), "")
