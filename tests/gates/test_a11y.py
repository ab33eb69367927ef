"""Gate U4: every control has a name, Tab reaches all of them, nothing needs sideways scrolling, contrast holds."""

from __future__ import annotations

import re
from collections import Counter

from gates.window_tour import controls, name_of, places, show
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMenu, QScrollArea, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.desk import zooming
from crmdesk.desk.find import FindDialog
from crmdesk.desk.frame import Frame
from crmdesk.desk.theme import DARK, LIGHT, Theme

READS = 4.5  # WCAG 2.2, 1.4.3: text against its ground


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Relative contrast, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def worst_contrast(theme: Theme) -> float:
    grounds = (theme.window, theme.surface)
    pairs = [(ink, ground) for ink in (theme.text, theme.muted, theme.accent) for ground in grounds]
    pairs += [(ink.ink, ink.fill) for ink in (theme.granted, theme.asked, theme.none, theme.refused, theme.objected)]
    return min(contrast(*pair) for pair in (*pairs, (theme.on_accent, theme.accent)))


def tabbed(desk: Frame) -> set[QWidget]:
    """What the Tab key visits from here until it is back where it was."""
    start = here = QApplication.focusWidget()
    seen: set[QWidget] = set()
    for _ in range(600):
        if here is None:
            break
        seen.add(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
        here = QApplication.focusWidget()  # a date keeps the focus while Tab walks its parts
        if here is start and len(seen) > 1:
            break
    return seen


def sideways(root: QWidget) -> list[str]:
    """Pages that would have to be scrolled sideways; tables and code lines may."""
    return [
        area.accessibleName() or type(area.widget()).__name__ for area in root.findChildren(QScrollArea)
        if area.isVisible() and area.widget() is not None
        and area.widget().minimumSizeHint().width() > area.viewport().width() + 1
    ]  # fmt: skip


class Strays(QObject):
    """Parts of pages that were shown before they had a place: each flashes up as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow()
        if shown and not isinstance(watched, QMainWindow | QDialog | QMenu):
            self.found.add(f"{type(watched).__name__} '{name_of(watched)}' flashes up as a window")
        return False


def each_tab(page: QWidget) -> list[tuple[QTabWidget | None, int]]:
    tabs = page.findChild(QTabWidget)
    return [(tabs, at) for at in range(tabs.count())] if tabs is not None else [(None, 0)]


def faults(desk: Frame, qtbot: QtBot, where: str) -> list[str]:
    page = desk.shelf.page
    found = []
    for tabs, at in each_tab(page):
        if tabs is not None:
            tabs.setCurrentIndex(at)
            qtbot.wait(30)
        spot = f"{where}/{tabs.tabText(at)}" if tabs is not None else where
        mine = controls(page)
        found += [f"{spot}: {type(w).__name__} without a name" for w in mine if not name_of(w).strip()]
        found += [f"{spot}: {area} is wider than the page" for area in sideways(page)]
        keys = Counter(k.lower() for w in mine for k in re.findall(r"&([A-Za-z])", str(getattr(w, "text", str)())))
        found += [f"{spot}: Alt+{key} stands twice" for key, times in keys.items() if times > 1]
        if mine:
            desk.activateWindow()
            mine[0].setFocus(Qt.FocusReason.TabFocusReason)
            reached = tabbed(desk)
            missed = [w for w in mine if w not in reached and w.isVisible()]
            found += [f"{spot}: Tab never reaches {name_of(w) or type(w).__name__}" for w in missed]
    return found


def test_a11y(full: bool, desk: Frame, qtbot: QtBot) -> None:
    found: list[str] = []
    seen = 0
    strays = Strays()
    QCoreApplication.instance().installEventFilter(strays)  # type: ignore[union-attr]
    sizes = ((1024, 700), (1440, 900), (720, 450)) if full else ((1024, 700),)
    spots = list(places(desk))
    for width, height in sizes:
        desk.resize(width, height)
        qtbot.wait(20)
        for name, args in spots:
            show(desk, qtbot, name, args)
            found += [f"{width}x{height} {fault}" for fault in faults(desk, qtbot, name)]
            seen += 1
    if full:  # 200 % on the window of 1440 x 900, as a person would set it
        desk.resize(1440, 900)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        zooming.zoom(desk, 200)
        for name, args in spots:
            show(desk, qtbot, name, args)
            found += [f"200 % {name}: {area} is wider than the page" for area in sideways(desk.shelf.page)]
            seen += 1
        zooming.zoom(desk, 100)
    QCoreApplication.instance().removeEventFilter(strays)  # type: ignore[union-attr]
    found += sorted(strays.found)
    dialog = FindDialog(desk)
    qtbot.addWidget(dialog)
    lines = [dialog.list.item(i).text().strip() for i in range(dialog.list.count())]
    found += [f"not in Ctrl+K: {e.title}" for e in desk.entries if not any(e.title in line for line in lines)]
    reads = min(worst_contrast(LIGHT), worst_contrast(DARK))
    print(f"{seen} pages looked at, {len(found)} faults, least contrast {reads:.2f}")
    for fault in dict.fromkeys(found):
        print(" ", fault)
    assert reads >= READS
    assert not found
