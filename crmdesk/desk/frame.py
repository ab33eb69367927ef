"""The window: menus, rail, pages with back and forward, the job tray and the status bar."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction, QCloseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from crmdesk.desk import menus
from crmdesk.desk.context import DeskContext
from crmdesk.desk.dress import apply_theme
from crmdesk.desk.pages import BY_NAME
from crmdesk.desk.rail import Rail
from crmdesk.desk.settings import WindowSettings
from crmdesk.desk.shelf import Shelf
from crmdesk.desk.start_page import StartPage
from crmdesk.desk.theme import THEMES, Theme, system_theme
from crmdesk.desk.tray import Tray
from crmdesk.desk.widgets import button, label
from crmdesk.domain.change import Change
from crmdesk.domain.rights import Right, may

CONTRIBUTED = "crmdesk.desk.contributed:contributed_entries"  # loads the services, so only once a bank is open


class Frame(QMainWindow):
    """One window per bank file. Before a bank is open it shows the start page; see `deeds` for what menus do."""

    painted = Signal()  # once, after the first frame: from here on heavy imports are welcome

    def __init__(self, context: DeskContext, settings: WindowSettings) -> None:
        super().__init__()
        self.context, self.settings = context, settings
        self.actions: dict[str, QAction] = {}
        self._entries: list[menus.Entry] = list(menus.HOST)
        self._was_painted = False
        self.closing = self._closed = False
        self.rail: Rail | None = None
        self.start = StartPage(context, settings, self.act)
        self.shelf = Shelf(context, self.start)
        self.tray = Tray()
        self._lay_out()
        self._connect()
        self.fill_menus()
        self.setWindowTitle("crmdesk")
        self.setMinimumSize(640, 440)
        self.resize(1280, 800)

    # Layout ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._back = button("‹", lambda: self.act("view.back"), "quiet", "Back (Alt+Left)")
        self._back.setAccessibleName("Back")
        self._forward = button("›", lambda: self.act("view.forward"), "quiet", "Forward (Alt+Right)")
        self._forward.setAccessibleName("Forward")
        self._crumbs = label("", "muted")
        find = button("Find or do...  Ctrl+K", lambda: self.act("tools.palette"), tip="Find a page or run an action")
        self._top = QWidget()
        row = QHBoxLayout(self._top)
        row.setContentsMargins(16, 8, 24, 0)
        for part in (self._back, self._forward, self._crumbs):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(find)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part, stretch in ((self._top, 0), (self.shelf, 1), (self.tray, 0)):
            column.addWidget(part, stretch)
        self._across = QHBoxLayout()
        self._across.setContentsMargins(0, 0, 0, 0)
        self._across.setSpacing(0)
        self._across.addLayout(column, 1)
        middle = QWidget()
        middle.setLayout(self._across)
        self.setCentralWidget(middle)
        self._top.setVisible(False)
        self._status()

    def _status(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        self._notice = QLabel()
        self._file, self._person = label("No bank is open", "muted"), label(self.context.actor.login, "muted")
        self._jobs: QPushButton = button("No jobs", lambda: self.act("tools.jobs"), "quiet", "Jobs (Ctrl+J)")
        bar.addWidget(self._file)
        bar.addWidget(self._person)
        bar.addWidget(self._notice, 1)
        bar.addPermanentWidget(self._jobs)

    def _connect(self) -> None:
        self.context.opened.connect(self.shelf.go)
        self.shelf.shown.connect(self._shown)
        self.context.noticed.connect(self.notice)
        self.context.job_asked.connect(self.tray.start)
        self.context.hub.changed.connect(self._changed)
        self.tray.summary.connect(self._jobs.setText)
        self.tray.noticed.connect(self.notice)

    def fill_menus(self) -> None:
        """Build the menus anew: the host's entries, the pages, the analyses and the plugins' actions."""
        entries = [*self._entries, *menus.page_entries(lambda name: self.shelf.go(name, {}), self.allowed)]
        self.actions = menus.fill(self.menuBar(), entries, self.do, self.context.app is not None)
        self._all = {entry.id: entry for entry in entries}

    @property
    def entries(self) -> list[menus.Entry]:
        return menus.in_order(self._all.values())

    def allowed(self, right: Right | None) -> bool:
        return right is None or may(self.context.actor, right)

    # Deeds -----------------------------------------------------------------------------------------------------

    def act(self, entry_id: str) -> None:
        """Do what a menu entry does."""
        self.do(self._all[entry_id])

    def do(self, entry: menus.Entry) -> None:
        if self.closing:
            return
        if entry.needs_bank and self.context.app is None:
            self.notice("Open a bank first.")
        elif isinstance(entry.run, str):
            pkgutil.resolve_name(entry.run)(self)
        else:
            entry.run()

    def _changed(self, change: Change) -> None:
        """Pages refresh; with plugins turned on or off the menus follow."""
        if change.kind == "plugins":
            self.contribute()
        self.shelf.tell(change)

    def notice(self, text: str) -> None:
        """A sentence in the status bar, spoken by screen readers; the focus stays where it is."""
        self._notice.setText(text)
        self._notice.setToolTip(text)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._notice, text))

    def wear(self, choice: str) -> None:
        """Theme 'light', 'dark' or 'system', now and next time."""
        self.settings.theme = choice
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme: Theme = THEMES.get(choice) or system_theme(app)
        apply_theme(app, theme)
        self.context.set_theme(theme)

    # Banks -----------------------------------------------------------------------------------------------------

    def contribute(self) -> None:
        """Add what the bank's plugins bring to the menus."""
        found: list[menus.Entry] = pkgutil.resolve_name(CONTRIBUTED)(self.context)
        self._entries = [*menus.HOST, *found]
        self.fill_menus()

    def show_bank(self) -> None:
        """The context has an app now: show the rail and Home."""
        app = self.context.app
        assert app is not None
        self.contribute()
        self.rail = Rail(lambda name: self.shelf.go(name, {}), lambda page: self.allowed(page.may))
        self.rail.fit(self.width())
        self._across.insertWidget(0, self.rail)
        self._top.setVisible(True)
        self._file.setText(app.path.name)
        self.setWindowTitle(f"{app.path.stem} - crmdesk")
        self.settings.remember(app.path)
        self.shelf.go("home", {})

    def hide_bank(self, then: Callable[[], Any]) -> None:
        """Back to the start page; the bank is closed behind it once nothing runs on it, then `then()`."""
        self.context.let_go(self.tray.drop_all(), then)
        self.shelf.empty()
        if self.rail is not None:
            self.rail.deleteLater()
            self.rail = None
        self._top.setVisible(False)
        self._entries = list(menus.HOST)
        self.fill_menus()
        self._file.setText("No bank is open")
        self.setWindowTitle("crmdesk")

    def _shown(self, name: str) -> None:
        """Rail, crumbs and arrows follow the page in front."""
        record = BY_NAME[name]
        self._notice.clear()  # it spoke of what was done on the page before
        if self.rail is not None:
            self.rail.light(name)
        above = f"{BY_NAME[record.under].title}  ›  " if record.under else ""
        self._crumbs.setText(above + record.title)
        self._back.setEnabled(self.shelf.can_go_back)
        self._forward.setEnabled(self.shelf.can_go_forward)

    # Events ----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.rail is not None:
            self.rail.fit(self.width())

    def keyPressEvent(self, event: Any) -> None:
        # Single letters act outside text fields only.
        typing = isinstance(QApplication.focusWidget(), QLineEdit)
        if event.key() == Qt.Key.Key_T and not event.modifiers() and not typing:
            self.shelf.page.toggle_twin()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window stays, and can be moved and painted, until the bank is closed behind it."""
        if self._closed:
            event.accept()
            return
        event.ignore()

        def leave() -> None:
            if self.context.app is not None:  # it was still being opened when the window was closed
                self.context.let_go((), leave)
                return
            self._closed = True
            self.close()

        if not self.closing:
            self.closing = True
            self.settings.geometry = self.saveGeometry()
            self.hide_bank(leave)
            self.start.show_empty("Closing. What is still under way is being stopped; then this window closes.")
